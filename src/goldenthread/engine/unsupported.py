"""Which work serves no goal, by hours, with one reason each, in words that accuse nobody.

A reason is one registered function over a `Case`; pages and exports draw titles, sentences and actions from `REASONS`. They
are tried in the order they stand here, and the first that applies is the reason. Work with a sound link to an objective, or
asked for by a duty in force with proof, has none, unless it repeats other work or belongs to a service that is no longer
offered. A goal that is still a draft or proposed is an open goal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from goldenthread.engine.thread_links import CLOSED_STATES, Key, Line, Link, Work, fault_of, leaves, lines

State = Literal["not_asked", "owner_says_none", "linked_not_shown", "shown_not_to_work"]
ActionCode = Literal["assign_goal", "ask_owner", "ask_requester", "mark_duty", "stop"]


@dataclass(frozen=True, slots=True)
class Case:
    """A leaf of the work with its line, the faults of its links (None: sound) and the day it is judged on."""

    work: Work
    line: Line
    faults: tuple[str | None, ...]
    day: date

    @property
    def has_sound_link(self) -> bool:
        return None in self.faults

    @property
    def on_duty(self) -> bool:
        return self.line.on_duty(self.day)

    def first(self, fault: str) -> Link:
        """The first link with this fault."""
        return self.line.links[self.faults.index(fault)]


Rule = Callable[[Case], str | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """A registered reason: its code, a short title, what can be done, and the rule that gives the sentence or None."""

    code: str
    title: str
    actions: tuple[ActionCode, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """One leaf of the work without support.

    `topmost` is the highest ancestor under which everything has this reason and state.
    """

    key: Key
    title: str
    holder: Key | None
    reason: str
    state: State
    hours: float
    sentence: str
    actions: tuple[ActionCode, ...]
    topmost: Key

    @property
    def is_alarm(self) -> bool:
        """Work nobody was asked about is no alarm."""
        return self.state != "not_asked"


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The findings, most hours first, beside all leaves and the keys of those done for a duty. `work_hours` adds them up."""

    findings: tuple[Finding, ...]
    ends: tuple[Work, ...]
    on_duty: frozenset[Key]

    @property
    def alarm_hours(self) -> float:
        return math.fsum(row.hours for row in self.findings if row.is_alarm)

    @property
    def hours_by_reason(self) -> dict[str, float]:
        return _sums((row.reason, row.hours) for row in self.findings)

    @property
    def hours_by_state(self) -> dict[str, float]:
        return _sums((row.state, row.hours) for row in self.findings)


REASONS: dict[str, Reason] = {}


def reason(code: str, *, title: str, actions: tuple[ActionCode, ...]) -> Callable[[Rule], Rule]:
    """Registers a reason; the order of registration is the order in which reasons are tried."""

    def register(rule: Rule) -> Rule:
        REASONS[code] = Reason(code, title, actions, rule)
        return rule

    return register


def unsupported(work: Sequence[Work], day: date) -> Unsupported:
    """Every leaf of `work` without support on `day`, one reason each. Raises EngineError as `thread_links.lines` does."""
    known = lines(work)
    rows: list[tuple[Work, Case, str, str]] = []
    ends = leaves(work)
    on_duty = set()
    for item in ends:
        line = known[item.key]
        case = Case(item, line, tuple(fault_of(link, day) for link in line.links), day)
        found = _reason_of(case)
        if found:
            rows.append((item, case, *found))
        elif case.on_duty:
            on_duty.add(item.key)
    kinds = {item.key: (code, state_of(case)) for item, case, code, _ in rows}
    tops = _topmost(work, ends, kinds)
    findings = [
        Finding(
            item.key,
            item.title,
            item.holder,
            code,
            kinds[item.key][1],
            item.hours,
            sentence,
            REASONS[code].actions,
            tops[item.key],
        )
        for item, _, code, sentence in rows
    ]
    findings.sort(key=lambda row: (-row.hours, str(row.key)))
    return Unsupported(tuple(findings), tuple(ends), frozenset(on_duty))


def state_of(case: Case) -> State:
    """Which of the four states the link from this work to a goal is in."""
    links = case.line.links
    open_links = [link for link, fault in zip(links, case.faults, strict=True) if fault != "U1"]
    if open_links and all(link.refuted for link in open_links):
        return "shown_not_to_work"
    if any(link.asked for link in links) or case.line.owner_answer == "linked":
        return "linked_not_shown"
    if case.line.owner_answer == "none" or case.line.is_mandatory or case.line.service_state in {"not_offered", "retired"}:
        return "owner_says_none"
    return "not_asked"


def _reason_of(case: Case) -> tuple[str, str] | None:
    for each in REASONS.values():
        sentence = each.rule(case)
        if sentence:
            return each.code, sentence
    return None


def _topmost(work: Sequence[Work], ends: Sequence[Work], kinds: dict[Key, tuple[str, State]]) -> dict[Key, Key]:
    """For every found leaf, the highest ancestor all of whose leaves share its reason and state."""
    by_key = {item.key: item for item in work}
    below: dict[Key, set[tuple[str, State] | None]] = {}
    for item in ends:
        step: Work | None = item
        while step is not None:
            below.setdefault(step.key, set()).add(kinds.get(item.key))
            step = by_key[step.parent] if step.parent is not None else None
    tops: dict[Key, Key] = {}
    for item in ends:
        if item.key in kinds:
            top = item
            while top.parent is not None and len(below[top.parent]) == 1:
                top = by_key[top.parent]
            tops[item.key] = top.key
    return tops


def _sums(rows: Iterable[tuple[str, float]]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for name, hours in rows:
        groups.setdefault(name, []).append(hours)
    return {name: math.fsum(hours) for name, hours in sorted(groups.items())}


@reason("U7", title="Repeats other work", actions=("ask_owner", "stop"))
def repeats(case: Case) -> str | None:
    return None if case.line.duplicate_of is None else "Marked as a repetition of other work."


@reason("U3", title="Runs through something stopped", actions=("ask_requester", "assign_goal", "stop"))
def through_stopped(case: Case) -> str | None:
    if case.on_duty:
        return None
    if case.line.service_state == "retired":
        return "The service it belongs to is retired."
    if case.line.service_state == "not_offered":
        return "The service it belongs to is on the list of what the office does not offer."
    if case.has_sound_link or "U3" not in case.faults:
        return None
    link = case.first("U3")
    return (
        "Its line to the goal runs through a retired service."
        if link.service_retired
        else "Its line to the goal runs through cancelled work."
    )


@reason("U8", title="Mandatory without a duty in force", actions=("mark_duty", "ask_owner", "assign_goal"))
def without_duty(case: Case) -> str | None:
    duties = case.line.duties
    if case.has_sound_link or case.on_duty or not (case.line.is_mandatory or duties):
        return None
    if not duties:
        return "Marked as mandatory; no duty is named yet."
    if not any(duty.has_proof for duty in duties):
        return "A duty is named; its proof is missing."
    ended = [duty.valid_to for duty in duties if duty.valid_to is not None and duty.valid_to < case.day]
    if not ended:
        return "The duty it meets is not in force yet."
    return f"The duty it met ended on {max(ended).day} {max(ended):%b %Y}."


@reason("U2", title="The goal is closed", actions=("assign_goal", "ask_requester", "stop"))
def goal_closed(case: Case) -> str | None:
    if _served(case) or "U2" not in case.faults:
        return None
    states = [link.objective_state for link, fault in zip(case.line.links, case.faults, strict=True) if fault == "U2"]
    return f"The goal it serves is {min(states, key=sorted(CLOSED_STATES).index)}."


@reason("U6", title="Checked, and the effect was not seen", actions=("ask_owner", "assign_goal", "stop"))
def not_seen(case: Case) -> str | None:
    return "The expected effect was checked and not seen." if not _served(case) and "U6" in case.faults else None


@reason("U4", title="Expected effect not stated, or zero", actions=("ask_owner", "assign_goal"))
def no_effect_stated(case: Case) -> str | None:
    if _served(case) or "U4" not in case.faults:
        return None
    link = case.first("U4")
    return (
        "The expected effect on the goal is zero."
        if link.expected_effect == 0
        else "A goal is named; the expected effect is not stated yet."
    )


@reason("U5", title="Delivered; effect not shown yet", actions=("ask_owner", "assign_goal"))
def not_shown(case: Case) -> str | None:
    if _served(case) or "U5" not in case.faults:
        return None
    return "Delivered; the effect is not shown yet although its time has passed twice."


@reason("U1", title="No goal named", actions=("assign_goal", "ask_owner", "mark_duty", "stop"))
def no_goal(case: Case) -> str | None:
    if _served(case):
        return None
    if case.line.links:
        return "It is linked to a figure that belongs to no goal."
    answers = {
        "none": "The owner names no goal.",
        "dont_know": "The owner does not know the goal yet.",
        "linked": "A goal was said; none is linked.",
    }
    return answers.get(case.line.owner_answer, "No goal named; nobody was asked yet.")


def _served(case: Case) -> bool:
    return case.has_sound_link or case.on_duty
