"""The order of today's work for one person, with one reason in words for each item, and what fits into the day.

Order: duties that are due by the last pinned day (see PINNED_DAYS) stand first, by due date. Then everything whose cost of
delay is known, by cost of delay per day over hours left (at least 0.25 h), highest first; then what is not known. Ties, and
the unknown, go by total float, due date, id. A float or a due date that is not known comes after those that are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_links import Key
from goldenthread.engine.today_reasons import Facts, why

SHORTEST_HOURS = 0.25
PINNED_DAYS = 3  # a duty is pinned when it is overdue or due within this many calendar days


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing a person could do today.

    Money or value units in `cost_of_delay` per day (one unit for all items); None: not known.

    `float_days`: total float in working days. `waits_for`: what must be done before it can start. `holds_up`: the gate,
    meeting or person waiting for it, with the day. `is_question`: it is a question somebody asked;
    `waiting_days`: for how long an answer has been waited for.
    """

    key: Key
    title: str
    due: date | None = None
    float_days: float | None = None
    hours_left: float | None = None
    cost_of_delay: float | None = None
    is_duty: bool = False
    started: bool = False
    waits_for: str = ""
    holds_up: str = ""
    holds_up_on: date | None = None
    waiting_days: int = 0
    is_question: bool = False
    measurement_days_late: int = 0
    has_goal: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item in its place.

    `rate` is cost of delay per day over hours left; None where it is not known. `pinned`: a duty due soon.
    """

    item: TodayItem
    position: int
    pinned: bool
    rate: float | None
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What fits into the hours of one day, in the order of the ranking.

    `whole` can be finished; `begun` is the item the day ends in, with the hours left for it; `later` comes after; `unknown`
    has no estimate of hours, `waiting` cannot start yet: neither takes hours here. `hours_used` never exceeds the hours
    given.
    """

    whole: tuple[Key, ...]
    begun: Key | None
    begun_hours: float
    later: tuple[Key, ...]
    unknown: tuple[Key, ...]
    waiting: tuple[Key, ...]
    hours_used: float
    hours_free: float


def rank(items: Sequence[TodayItem], day: date, pinned_days: int = PINNED_DAYS) -> list[Ranked]:
    """The items in the order of this module's rule on `day`.

    Raises EngineError naming the item for a figure that is none, or a repeated key.
    """
    _refuse(items)
    pinned_until = day + timedelta(days=pinned_days)
    pins = {item.key for item in items if item.is_duty and item.due is not None and item.due <= pinned_until}
    ordered = sorted(items, key=lambda item: _order(item, pinned=item.key in pins))
    known = [item for item in ordered if (item.cost_of_delay or 0) > 0]
    cost_ranks = _places(sorted(known, key=lambda item: (-(item.cost_of_delay or 0), *_ties(item))))
    yields = [item for item in known if rate(item) is not None]
    yield_ranks = _places(sorted(yields, key=lambda item: (-(rate(item) or 0), *_ties(item))))
    longest = max((item.waiting_days for item in items), default=0)
    smallest = min((item.hours_left for item in items if item.hours_left is not None), default=None)
    ranked = []
    for position, item in enumerate(ordered, 1):
        facts = Facts(
            position=position,
            day=day,
            due=item.due,
            float_days=item.float_days,
            hours_left=item.hours_left,
            cost_rank=cost_ranks.get(item.key),
            yield_rank=yield_ranks.get(item.key),
            is_duty=item.is_duty,
            started=item.started,
            waiting_days=item.waiting_days,
            longest_waiting=item.waiting_days == longest,
            smallest=item.hours_left is not None and item.hours_left == smallest,
            waits_for=item.waits_for,
            holds_up=item.holds_up,
            holds_up_on=item.holds_up_on,
            is_question=item.is_question,
            measurement_days_late=item.measurement_days_late,
            estimated=rate(item) is not None,
            has_goal=item.has_goal,
        )
        ranked.append(Ranked(item, position, item.key in pins, rate(item), *why(facts)))
    return ranked


def rate(item: TodayItem) -> float | None:
    """Cost of delay per day over hours left, at least 0.25 h; None where either is not known."""
    if item.cost_of_delay is None or item.hours_left is None:
        return None
    return item.cost_of_delay / max(item.hours_left, SHORTEST_HOURS)


def day_load(ranked: Sequence[Ranked], hours_available: float) -> DayLoad:
    """Fills the day in order: items whole while they fit, then the one the day ends in; everything after it is for later.

    Raises EngineError for hours that are negative or over 24.
    """
    if not 0 <= hours_available <= 24:
        raise EngineError(f"A day has between 0 and 24 hours, not {hours_available}.")
    whole: list[Key] = []
    later: list[Key] = []
    unknown: list[Key] = []
    waiting: list[Key] = []
    begun, begun_hours, free = None, 0.0, hours_available
    for row in ranked:
        item = row.item
        if item.waits_for:
            waiting.append(item.key)
        elif item.hours_left is None:
            unknown.append(item.key)
        elif begun is None and item.hours_left <= free:
            whole.append(item.key)
            free -= item.hours_left
        elif begun is None and free > 0:
            begun, begun_hours, free = item.key, free, 0.0
        else:
            later.append(item.key)
    return DayLoad(tuple(whole), begun, begun_hours, tuple(later), tuple(unknown), tuple(waiting), hours_available - free, free)


def _order(item: TodayItem, *, pinned: bool) -> tuple[object, ...]:
    if pinned:
        return (0, item.due, 0.0, *_ties(item))
    by_rate = rate(item)
    if by_rate is None:
        return (2, date.max, 0.0, *_ties(item))
    return (1, date.max, -by_rate, *_ties(item))


def _ties(item: TodayItem) -> tuple[float, date, str, Key]:
    spare = math.inf if item.float_days is None else item.float_days
    return spare, item.due or date.max, type(item.key).__name__, item.key


def _places(items: Sequence[TodayItem]) -> dict[Key, int]:
    return {item.key: place for place, item in enumerate(items, 1)}


def _refuse(items: Sequence[TodayItem]) -> None:
    seen: set[Key] = set()
    for item in items:
        if item.key in seen:
            raise EngineError(f"Two items have the key {item.key}. Give one of them another.", item.key)
        seen.add(item.key)
        for name, value in (("hours left", item.hours_left), ("cost of delay", item.cost_of_delay), ("float", item.float_days)):
            if value is not None and (not math.isfinite(value) or (name == "hours left" and value < 0)):
                raise EngineError(f"The {name} of “{item.title}” is not a usable number: {value}.", item.key)
