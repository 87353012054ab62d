"""Rows <-> the engine's network: working minutes from the data date, leaves only, links of summaries spread over their leaves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from goldenthread.accounts.models import Organisation
from goldenthread.accounts.queries import public_holidays
from goldenthread.engine.calendars import Shifts, WorkingTime
from goldenthread.engine.critical_path import FF, FS, NONE, SF, SS, Network, Schedule, schedule, tail_of
from goldenthread.engine.errors import EngineError
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import Activity, ActivityDates, Relationship

KINDS = {"FS": FS, "SS": SS, "FF": FF, "SF": SF}
STARTS, FINISHES = {"SNET", "MSO", "FIXED"}, {"FNET", "MFO"}  # constraints before which nothing is done
STARTS_LATE, LATEST = {"SNLT", "MSO"}, {"SNLT", "MSO", "FNLT", "MFO"}  # constraints after which it is late
BEGIN, NOON, PAUSE, MIDNIGHT = 9 * 60, 13 * 60, 60, 24 * 60
YEARS_BACK, YEARS_AHEAD = 3, 12
DEEPEST = 50  # levels of a plan below the first
MOST_PAIRS = 2_000_000  # of leaves, over which relationships of summaries spread
NAMED = 6  # so many activities of a circle are named


def working_time(organisation: Organisation, around: date) -> WorkingTime:
    """The organisation's working week and public holidays, for the years around a day."""
    return _working_time(tuple(organisation.working_week), organisation.country, around.year)


@lru_cache(maxsize=32)
def _working_time(week: tuple[int, ...], country: str, year: int) -> WorkingTime:
    years = range(max(1970, year - YEARS_BACK), min(2199, year + YEARS_AHEAD) + 1)
    off = {holiday.on: () for y in years for holiday in public_holidays(country, y)}
    try:
        return WorkingTime(tuple(_shifts(minutes) for minutes in week), off)
    except EngineError as error:
        raise Refused(str(error), field="working_week") from error


def _shifts(minutes: int) -> Shifts:
    """A day of so many minutes from nine o'clock with an hour's pause at one; longer days begin earlier."""
    if minutes <= 0:
        return ()
    if minutes <= NOON - BEGIN:
        return ((BEGIN, BEGIN + minutes),)
    last = BEGIN + minutes + PAUSE
    if last <= MIDNIGHT:
        return ((BEGIN, NOON), (NOON + PAUSE, last))
    return ((MIDNIGHT - minutes, MIDNIGHT),)


@dataclass(frozen=True)
class Axis:
    """A working calendar and the moment from which its minutes count."""

    calendar: WorkingTime
    origin: datetime

    @property
    def worked_share(self) -> float:
        """Working minutes of a week over all its minutes: what time by the clock is counted as."""
        return sum(until - begin for shifts in self.calendar.week for begin, until in shifts) / (7 * MIDNIGHT)

    def start(self, day: date) -> int:
        """The minute at which this day begins."""
        return self.calendar.to_minute(datetime.combine(day, time()), self.origin)

    def end(self, day: date) -> int:
        """The minute at which this day ends."""
        return self.start(day + timedelta(days=1))


def _axis(organisation: Organisation, data_date: date) -> Axis:
    return Axis(working_time(organisation, data_date), datetime.combine(data_date, time()))


def leaf_ids(rows: list[Activity]) -> dict[int, list[int]]:
    """Activity id -> ids of the scheduled leaves at or below it: no summaries, nothing cancelled."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row.pk)
    cancelled = {row.pk for row in rows if row.cancelled_on is not None or (row.is_summary and not children[row.pk])}
    found: dict[int, list[int]] = {}

    def below(pk: int) -> list[int]:
        if pk not in found:
            found[pk] = [leaf for child in children[pk] for leaf in below(child)] if children[pk] else [pk]
            found[pk] = [leaf for leaf in found[pk] if leaf not in cancelled]
        return found[pk]

    for row in rows:
        below(row.pk)
    return found


def _above(rows: list[Activity]) -> dict[int, set[int]]:
    """Activity id -> ids of the summaries over it: a part and its own summary never wait for each other.

    Refused where a plan is nested deeper than anybody can read, which is long before anything that follows its levels gives up.
    """
    parents = {row.pk: row.parent_id for row in rows}
    found: dict[int, set[int]] = {}
    for pk, parent in parents.items():
        over: set[int] = set()
        here = parent
        while here is not None and here not in over:
            over.add(here)
            here = parents.get(here)
            if len(over) > DEEPEST:
                advice = "Put it, or what lies over it, at a higher level."
                raise Refused(f"A plan has at most {DEEPEST} levels below the first.", field="parent", advice=advice)
        found[pk] = over
    return found


def network(rows: list[Activity], links: list[Relationship], axis: Axis) -> Network:
    """The engine's network of these rows."""
    above, leaves = _above(rows), leaf_ids(rows)
    scheduled = [row for row in rows if leaves[row.pk] == [row.pk]]
    place = {row.pk: i for i, row in enumerate(scheduled)}
    left = [_remaining(row, axis) for row in scheduled]
    _bound(links, leaves)
    pairs = {
        (place[p], place[s], KINDS[link.relationship_kind], _lag(link, scheduled[place[p]], axis))
        for link in links
        if link.predecessor_id not in above[link.successor_id] and link.successor_id not in above[link.predecessor_id]
        for p in leaves.get(link.predecessor_id, [])
        for s in leaves.get(link.successor_id, [])
        if p != s
    }
    ordered = sorted(pairs)
    return Network(
        key=np.array([row.pk for row in scheduled], np.int64),
        duration=np.array(left, np.int64),
        predecessor=np.array([p for p, _, _, _ in ordered], np.int64),
        successor=np.array([s for _, s, _, _ in ordered], np.int64),
        kind=[k for _, _, k, _ in ordered],
        lag=[lag for _, _, _, lag in ordered],
        not_before=[_not_before(row, minutes, axis) for row, minutes in zip(scheduled, left, strict=True)],
        actual_start=[min(axis.start(row.actual_start), 0) if row.actual_start else NONE for row in scheduled],
        actual_finish=[min(axis.end(row.actual_finish), 0) if row.actual_finish else NONE for row in scheduled],
        deadline=[_deadline(row, minutes, axis) for row, minutes in zip(scheduled, left, strict=True)],
    )


def _bound(links: list[Relationship], leaves: dict[int, list[int]]) -> None:
    """Refused where relationships of summaries would spread to more pairs of leaves than a machine should hold."""
    pairs = sum(len(leaves.get(link.predecessor_id, ())) * len(leaves.get(link.successor_id, ())) for link in links)
    if pairs > MOST_PAIRS:
        advice = "Relate activities instead of their summaries."
        raise Refused(f"Its relationships between summaries spread to {pairs:,} pairs.", field="predecessor", advice=advice)


def _remaining(row: Activity, axis: Axis) -> int:
    if row.is_milestone or row.is_done:
        return 0
    left = round(row.duration * (100 - row.progress) / 100) if row.remaining is None else row.remaining
    return round(left * axis.worked_share) if row.is_elapsed else left


def _lag(link: Relationship, predecessor: Activity, axis: Axis) -> int:
    if link.lag_kind == Relationship.LagKind.PERCENT:
        return round(predecessor.duration * (axis.worked_share if predecessor.is_elapsed else 1) * link.lag / 100)
    return round(link.lag * axis.worked_share) if link.lag_kind == Relationship.LagKind.ELAPSED else link.lag


def _not_before(row: Activity, left: int, axis: Axis) -> int:
    """The earliest minute that its entered days allow; -1 for none. What must start on a day starts no earlier."""
    begins = -1 if row.not_before is None else axis.start(row.not_before)
    if row.constraint_date is not None and row.constraint_kind in STARTS:
        begins = max(begins, axis.start(row.constraint_date))
    if row.constraint_date is not None and row.constraint_kind in FINISHES:
        begins = max(begins, axis.end(row.constraint_date) - left)
    return max(begins, -1)


def _deadline(row: Activity, left: int, axis: Axis) -> int:
    """The minute against which its late dates count; NONE for none. What must finish on a day finishes no later."""
    ends = NONE if row.deadline is None else axis.end(row.deadline)
    if row.constraint_date is not None and row.constraint_kind in LATEST:
        starts = row.constraint_kind in STARTS_LATE
        latest = axis.start(row.constraint_date) + left if starts else axis.end(row.constraint_date)
        ends = latest if ends == NONE else min(ends, latest)
    return ends


def _scheduled(rows: list[Activity], links: list[Relationship], axis: Axis) -> tuple[Network, Schedule]:
    made = network(rows, links, axis)
    try:
        return made, schedule(made)
    except EngineError as error:
        names = {row.pk: row.name for row in rows}
        named = [f"“{names[key]}”" for key in error.items if key in names]
        if len(named) > 1:
            circle = [*named[:NAMED], *(["…"] if len(named) > NAMED else []), named[0]]
            raise Refused(f"These wait for each other in a circle: {' → '.join(circle)}.", field="predecessor") from error
        raise Refused(f"{named[0] + ': ' if named else ''}{error.message}") from error


def computed_dates(
    rows: list[Activity],
    links: list[Relationship],
    organisation: Organisation,
    data_date: date,
) -> list[ActivityDates]:
    """Early and late dates and floats of every scheduled leaf, unsaved, in the organisation's working time.

    Refused names the activities of a circle.
    """
    if not rows:
        return []
    axis = _axis(organisation, data_date)
    _, result = _scheduled(rows, links, axis)
    by_id = {row.pk: row for row in rows}
    try:
        return [_dates(by_id[int(key)], i, result, axis, organisation) for i, key in enumerate(result.key)]
    except EngineError as error:  # durations that add up to centuries
        advice = "Look for a duration that is too long by far."
        raise Refused("The plan would end outside the years 1970 to 2199.", field="duration", advice=advice) from error


def _dates(row: Activity, i: int, result: Schedule, axis: Axis, organisation: Organisation) -> ActivityDates:
    def starts(minute: int) -> date:
        return axis.calendar.start_moment(minute, axis.origin).date()

    def ends(minute: int, begin: date) -> date:
        return max(axis.calendar.finish_moment(minute, axis.origin).date(), begin)

    early_start = row.actual_start or starts(int(result.early_start[i]))
    late_start = row.actual_start or starts(int(result.late_start[i]))
    early_finish = row.actual_finish or ends(int(result.early_finish[i]), early_start)
    late_finish = row.actual_finish or ends(int(result.late_finish[i]), late_start)
    return ActivityDates(
        organisation=organisation,
        activity=row,
        early_start=early_start,
        early_finish=early_finish,
        late_start=late_start,
        late_finish=late_finish,
        total_float=int(result.total_float[i]),
        free_float=int(result.free_float[i]),
        is_critical=bool(result.critical[i]) and not row.is_level_of_effort,
    )


class Chains:
    """Driving chains of a schedule: what must be done, from the data date on, for an activity to finish.

    network: None where there is nothing; its minutes count on `axis`.
    """

    def __init__(self, axis: Axis, made: Network | None = None, result: Schedule | None = None) -> None:
        self.axis, self.network, self._result = axis, made, result
        self._keys = {int(k) for k in made.key} if made is not None else set()

    def of(self, activity_id: int) -> tuple[int, ...]:
        """Ids of the unfinished activities of the chain, first to last; empty for one that is not scheduled."""
        if activity_id not in self._keys:
            return ()
        made: Any = self.network
        return tail_of(made, self._result, activity_id)  # type: ignore[arg-type]


def driving_chains(rows: list[Activity], links: list[Relationship], organisation: Organisation, data_date: date) -> Chains:
    """The driving chains of these rows."""
    axis = _axis(organisation, data_date)
    return Chains(axis, *_scheduled(rows, links, axis)) if rows else Chains(axis)
