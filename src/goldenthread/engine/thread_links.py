"""Work, its links to goals, and what the links of a piece of work are once those of its ancestors are added.

Plain data for `unsupported`, `thread_gaps` and `belief_gap`. Keys are the caller's and come back untouched.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from goldenthread.engine.errors import EngineError

Key = int | str
Kind = Literal["step", "project", "service", "activity"]
OwnerAnswer = Literal["not_asked", "none", "dont_know", "linked"]
ObjectiveState = Literal["draft", "proposed", "approved", "achieved", "retired", "expired"]
ServiceState = Literal["offered", "not_offered", "retired"]

CLOSED_STATES = frozenset({"achieved", "retired", "expired"})
EVIDENCED = 2  # evidence grade from which a link counts as shown: output accepted by the user
LONGEST_LINE = 100  # ancestors of one piece of work


@dataclass(frozen=True, slots=True)
class Link:
    """One contribution of a piece of work to a KPI, with the facts of the path behind it.

    `expected_effect` is in KPI units (None: not estimated yet; 0 is a legal answer). `grade` is the evidence grade 0-5.
    `delivered_day` is when the work was finished, `lag_days` how long the effect then takes. `asked`: the owner was asked
    about this link.
    """

    contribution: Key
    kpi: Key
    kpi_has_objective: bool = True
    objective_state: ObjectiveState = "approved"
    through_cancelled: bool = False
    service_retired: bool = False
    expected_effect: float | None = None
    statement_complete: bool = False
    grade: int = 0
    delivered_day: date | None = None
    lag_days: int = 0
    refuted: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class DutyFact:
    """The duty a piece of work meets: valid between two days (None: open), with or without proof."""

    valid_from: date | None
    valid_to: date | None
    has_proof: bool

    def holds(self, day: date) -> bool:
        """Whether the duty is in force on `day` (both ends count) and proven."""
        return (
            self.has_proof
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work. `hours` are planned or logged; those of an item with children are ignored in favour of its leaves."""

    key: Key
    kind: Kind
    title: str
    hours: float
    holder: Key | None = None
    owner_answer: OwnerAnswer = "not_asked"
    links: tuple[Link, ...] = ()
    duty: DutyFact | None = None
    is_mandatory: bool = False
    service_state: ServiceState | None = None
    duplicate_of: Key | None = None
    parent: Key | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What holds for a piece of work with its ancestors: all links, duties and marks along the line to the root."""

    links: tuple[Link, ...]
    duties: tuple[DutyFact, ...]
    is_mandatory: bool
    service_state: ServiceState | None
    owner_answer: OwnerAnswer
    duplicate_of: Key | None

    def on_duty(self, day: date) -> bool:
        """Whether a duty in force, with proof, asks for this work."""
        return any(duty.holds(day) for duty in self.duties)


def lines(work: Sequence[Work]) -> dict[Key, Line]:
    """The Line of every item, by key.

    Links, duties and the mandatory mark add up along the ancestors; the owner's answer, the service and the duplicate mark
    are those of the nearest item that has one. Raises EngineError naming the item for a repeated key, an unknown parent, a
    loop, or hours that are negative or no number.
    """
    by_key = _checked(work)
    known: dict[Key, Line] = {}
    for item in work:
        trail: list[Work] = []
        step: Work | None = item
        while step is not None and step.key not in known:
            if step in trail or len(trail) > LONGEST_LINE:
                raise EngineError(f"“{item.title}” lies inside itself. Choose another parent for it.", item.key)
            trail.append(step)
            step = _parent(step, by_key)
        for each in reversed(trail):
            above = known[each.parent] if each.parent is not None else None
            known[each.key] = _joined(each, above, by_key)
    return known


def leaves(work: Sequence[Work]) -> list[Work]:
    """The items without children, in the order given: only their hours count."""
    parents = {item.parent for item in work if item.parent is not None}
    return [item for item in work if item.key not in parents]


def fault_of(link: Link, day: date) -> str | None:
    """The first reason, in the order U1 U3 U2 U6 U4 U5, why a link does not carry work to a goal; None for a sound link."""
    if not link.kpi_has_objective:
        return "U1"
    if link.through_cancelled or link.service_retired:
        return "U3"
    if link.objective_state in CLOSED_STATES:
        return "U2"
    if link.refuted:
        return "U6"
    if not link.statement_complete or not link.expected_effect:
        return "U4"
    return "U5" if overdue(link, day) else None


def overdue(link: Link, day: date) -> bool:
    """Whether twice the lag has passed since delivery and the link was never evidenced."""
    if link.delivered_day is None or link.grade >= EVIDENCED:
        return False
    return day - link.delivered_day > timedelta(days=2 * link.lag_days)


def shown(link: Link, day: date) -> bool:
    """Whether a link is a complete path, in force, and evidenced or still within its lag with the claim written down before."""
    if fault_of(link, day) or link.objective_state != "approved":
        return False
    return link.grade >= EVIDENCED or link.delivered_day is None or day - link.delivered_day <= timedelta(days=link.lag_days)


def _checked(work: Iterable[Work]) -> dict[Key, Work]:
    by_key: dict[Key, Work] = {}
    for item in work:
        if item.key in by_key:
            raise EngineError(f"Two pieces of work have the key {item.key}. Give one of them another.", item.key)
        if not math.isfinite(item.hours) or item.hours < 0:
            raise EngineError(f"The hours of “{item.title}” must be zero or more, not {item.hours}.", item.key)
        by_key[item.key] = item
    return by_key


def _parent(item: Work, by_key: dict[Key, Work]) -> Work | None:
    if item.parent is None:
        return None
    if item.parent not in by_key:
        raise EngineError(f"“{item.title}” names a parent ({item.parent}) that is not in the list.", item.key)
    return by_key[item.parent]


def _joined(item: Work, above: Line | None, by_key: dict[Key, Work]) -> Line:
    duties = () if item.duty is None else (item.duty,)
    original = _original(item, by_key)
    if above is None:
        return Line(item.links, duties, item.is_mandatory, item.service_state, item.owner_answer, original)
    return Line(
        item.links + above.links,
        duties + above.duties,
        item.is_mandatory or above.is_mandatory,
        item.service_state or above.service_state,
        above.owner_answer if item.owner_answer == "not_asked" else item.owner_answer,
        original if original is not None else above.duplicate_of,
    )


def _original(item: Work, by_key: dict[Key, Work]) -> Key | None:
    """What the item repeats, or None.

    Where items name each other in a ring, the one with the first key (as text) is the original.
    """
    ring, step = [item.key], item.duplicate_of
    while step is not None and step not in ring:
        ring.append(step)
        step = by_key[step].duplicate_of if step in by_key else None
    if step == item.key and item.key == min(ring, key=str):
        return None
    return item.duplicate_of
