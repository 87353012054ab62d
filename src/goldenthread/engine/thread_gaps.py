"""The other direction of the thread: goals without work, people without a line to a goal, steps without an owner."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from goldenthread.engine.thread_links import CLOSED_STATES, Key, Link, ObjectiveState, Work, fault_of, leaves, lines

GoalReason = Literal["mandate_not_in_force", "no_target", "no_work", "no_sound_work"]
_GOAL_SENTENCES: dict[GoalReason, str] = {
    "mandate_not_in_force": "The mandate it rests on is not in force.",
    "no_target": "No figure to reach is set.",
    "no_work": "No work is linked to it.",
    "no_sound_work": "Work is linked to it, but no link carries an expected effect in force.",
}


@dataclass(frozen=True, slots=True)
class Office:
    """The office as far as gaps need it."""

    mandate_in_force: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective and the KPIs it has targets on."""

    key: Key
    title: str
    kpis: tuple[Key, ...]
    state: ObjectiveState = "approved"


@dataclass(frozen=True, slots=True)
class GoalGap:
    """What an open objective lacks; `kpi` is set where one target lacks work, None where the whole objective does."""

    goal: Key
    title: str
    kpi: Key | None
    reason: GoalReason
    sentence: str
    state: ObjectiveState = "approved"


@dataclass(frozen=True, slots=True)
class PersonGap:
    """A person without a line to a goal or duty.

    `asked` is False where nobody was asked about any of the work: then it is no alarm.
    """

    person: Key
    reason: Literal["no_work", "no_line"]
    hours: float
    asked: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class StepGap:
    """A step that nobody holds."""

    key: Key
    title: str
    hours: float


def coverage_gaps(goals: Iterable[Goal], links: Iterable[Link], day: date, office: Office | None = None) -> list[GoalGap]:
    """Open objectives, and single targets of them, that no work moves on `day`; closed objectives are left out."""
    sound: dict[Key, bool] = {}
    for link in links:
        sound[link.kpi] = sound.get(link.kpi, False) or fault_of(link, day) is None
    gaps: list[GoalGap] = []
    for goal in goals:
        if goal.state in CLOSED_STATES:
            continue
        if office is not None and not office.mandate_in_force:
            gaps.append(_gap(goal, None, "mandate_not_in_force"))
        lacking = [kpi for kpi in goal.kpis if not sound.get(kpi)]
        if not goal.kpis:
            gaps.append(_gap(goal, None, "no_target"))
        elif len(lacking) == len(goal.kpis):
            gaps.append(_gap(goal, None, "no_sound_work" if any(kpi in sound for kpi in lacking) else "no_work"))
        else:
            gaps += [_gap(goal, kpi, "no_sound_work" if kpi in sound else "no_work") for kpi in lacking]
    return gaps


def people_without_line(people: Iterable[Key], work: Sequence[Work], day: date) -> list[PersonGap]:
    """People none of whose work reaches a goal by a sound link or meets a duty in force, in the order given."""
    known = lines(work)
    held: dict[Key, list[Work]] = {}
    for item in leaves(work):
        if item.holder is not None:
            held.setdefault(item.holder, []).append(item)
    gaps = []
    for person in people:
        own = held.get(person, [])
        if not own:
            gaps.append(PersonGap(person, "no_work", 0.0, asked=True, sentence="No work in the plan."))
            continue
        if any(
            known[item.key].on_duty(day) or any(fault_of(link, day) is None for link in known[item.key].links) for item in own
        ):
            continue
        asked = any(known[item.key].owner_answer not in {"not_asked", "dont_know"} or known[item.key].links for item in own)
        hours = math.fsum(item.hours for item in own)
        sentence = (
            "None of the work has a line to a goal yet." if asked else "No goal named for any of the work; nobody was asked yet."
        )
        gaps.append(PersonGap(person, "no_line", hours, asked, sentence))
    return gaps


def without_owner(work: Iterable[Work]) -> list[StepGap]:
    """Steps that nobody holds, in the order given."""
    return [StepGap(item.key, item.title, item.hours) for item in work if item.kind == "step" and item.holder is None]


def _gap(goal: Goal, kpi: Key | None, why: GoalReason) -> GoalGap:
    return GoalGap(goal.key, goal.title, kpi, why, _GOAL_SENTENCES[why], goal.state)
