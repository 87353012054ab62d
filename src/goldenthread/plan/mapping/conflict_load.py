"""Hours of people week by week, and for which objectives: as the check of conflicts reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.engine.objective_conflicts import Key, Load

WEEKS = 12  # as far as work is looked at


@dataclass(frozen=True)
class Piece:
    """An open leaf of the plan: when it is to be done, how much is left, whose objectives its step serves."""

    key: int
    start: date
    finish: date
    minutes: float
    objectives: frozenset[int]


@dataclass(frozen=True)
class Worker:
    """Who is assigned to a piece: a person, or a resource that is none, of which nobody says how many hours it has."""

    key: str
    name: str
    person: int | None
    minutes_per_week: int
    absent: tuple[date, date] | None
    leaves_on: date | None


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _shares(first: date, last: date, week: list[int]) -> list[tuple[date, float]]:
    """The days from `first` to `last` with their part of the working time; all alike where none is a working day."""
    days = [first + timedelta(days=back) for back in range((last - first).days + 1)]
    weights = [float(week[day.weekday()]) for day in days]
    total = sum(weights)
    return [(day, weight / total if total else 1 / len(days)) for day, weight in zip(days, weights, strict=True)]


def loads(
    pieces: Iterable[Piece],
    assigned: Mapping[int, list[tuple[Worker, int]]],
    today: date,
    week: list[int],
) -> Iterator[Load]:
    """The hours left of each piece, spread evenly over the working days it has left and over who works on it."""
    horizon = monday(today) + timedelta(weeks=WEEKS)
    for piece in pieces:
        first = max(today, piece.start)
        workers = assigned.get(piece.key, [])
        units = sum(share for _, share in workers)
        if first >= horizon or not units or not piece.minutes or not piece.objectives:
            continue
        parts: dict[int, float] = defaultdict(float)
        for day, share in _shares(first, max(first, piece.finish), week):
            if day < horizon:
                parts[monday(day).toordinal()] += share * piece.minutes / 60
        for worker, share in workers:
            for at, hours in parts.items():
                yield Load(worker.key, at, piece.key, hours * share / units, piece.objectives)


def capacity(workers: Iterable[Worker], today: date, week: list[int]) -> dict[tuple[Key, int], float]:
    """Hours that each person has in each week from today on: the weekly hours without absence, up to the last day."""
    total = sum(week) or 1
    found: dict[tuple[Key, int], float] = {}
    for worker in workers:
        if worker.person is None or not worker.minutes_per_week:
            continue
        for back in range((monday(today) + timedelta(weeks=WEEKS) - today).days):
            day = today + timedelta(days=back)
            away = worker.absent is not None and worker.absent[0] <= day <= worker.absent[1]
            gone = worker.leaves_on is not None and day > worker.leaves_on
            free = 0 if away or gone else worker.minutes_per_week * week[day.weekday()] / total / 60
            key = (worker.key, monday(day).toordinal())
            found[key] = found.get(key, 0.0) + free
    return found
