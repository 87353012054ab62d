"""Claimed but not yet shown: the share of work that people say serves a goal, less the share that a complete path shows.

Both shares are weighted by hours and taken over the same people: those who answered. Nothing is said of fewer people than the
minimum group size, and nothing of single persons ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_links import Key, Work, leaves, lines, shown

MINIMUM_GROUP = 5


@dataclass(frozen=True, slots=True)
class PulseAnswer:
    """One person's answer to "what share of your work served a goal?" (0-1; None: "don't know yet")."""

    person: Key
    share: float | None


@dataclass(frozen=True, slots=True)
class ShownHours:
    """A person's hours outside duties, and how many of them a complete path shows."""

    hours: float
    shown: float


@dataclass(frozen=True, slots=True)
class BeliefGap:
    """Shares 0-1 and their difference over `n` answers; None, with the reason in `sentence`, where nothing may be said."""

    claimed: float | None
    shown: float | None
    gap: float | None
    n: int
    sentence: str


def complete_paths(work: Sequence[Work], day: date) -> dict[Key, ShownHours]:
    """Per holder.

    Hours of leaves outside duties, and those with a path that is complete, in force and evidenced or within its lag.
    """
    known = lines(work)
    totals: dict[Key, list[tuple[float, float]]] = {}
    for item in leaves(work):
        line = known[item.key]
        if item.holder is None or line.on_duty(day):
            continue
        served = (
            line.duplicate_of is None and line.service_state in {None, "offered"} and any(shown(link, day) for link in line.links)
        )
        totals.setdefault(item.holder, []).append((item.hours, item.hours if served else 0.0))
    return {
        holder: ShownHours(math.fsum(hours for hours, _ in rows), math.fsum(part for _, part in rows))
        for holder, rows in totals.items()
    }


def belief_gap(answers: Iterable[PulseAnswer], paths: Mapping[Key, ShownHours], minimum: int = MINIMUM_GROUP) -> BeliefGap:
    """Claimed share less shown share over everybody who answered with a share and has hours.

    Positive where more is believed than shown.

    Raises EngineError for a share outside 0-1, two answers of one person, or a minimum below 2.
    """
    if minimum < 2:
        raise EngineError("The smallest group must be at least 2 people, so that no single answer can be read.")
    counted: dict[Key, float] = {}
    for answer in answers:
        if answer.share is None:
            continue
        if not 0 <= answer.share <= 1:
            raise EngineError(f"A share must lie between 0 and 1, not {answer.share}.", answer.person)
        if answer.person in counted:
            raise EngineError("One person answered twice; keep the later answer.", answer.person)
        if answer.person in paths and paths[answer.person].hours > 0:
            counted[answer.person] = answer.share
    n = len(counted)
    if n < minimum:
        return BeliefGap(None, None, None, n, f"Not enough answers: {n} of at least {minimum}.")
    hours = math.fsum(paths[person].hours for person in counted)
    claimed = math.fsum(share * paths[person].hours for person, share in counted.items()) / hours
    part = math.fsum(paths[person].shown for person in counted) / hours
    sentence = f"{claimed:.0%} of the hours are said to serve a goal; a complete path shows {part:.0%} ({n} answers)."
    return BeliefGap(claimed, part, claimed - part, n, sentence)
