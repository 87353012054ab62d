"""When work of a schedule finishes in simulated runs of its network: what a forecast draws its finish dates from.

Each remaining duration is drawn as a triangle: as the effort that somebody entered is spread, else from 20 % less to 50 % more.
One factor moves all of a schedule together, since people who are optimistic once are so again. Of a project's schedule what
may happen (ScheduleRisk) is drawn as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
from django.core.cache import cache
from django.db.models import F, Min

from goldenthread.engine.calendars import LAST_DAY
from goldenthread.engine.critical_path import ScheduleOptions
from goldenthread.engine.network import NONE, Ints, moment_of
from goldenthread.engine.risk_runs import RunOptions
from goldenthread.engine.schedule_risk import finish_runs
from goldenthread.engine.uncertainty import CERTAIN, MAX_DURATION, TRIANGULAR, Uncertainty
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_risk import RiskRequest
from goldenthread.formats.schedule_risk import finish_runs as runs_of_file
from goldenthread.kit import history, worlds
from goldenthread.schedule.mapping import Axis, Chains
from goldenthread.schedule.models import Activity, Schedule
from goldenthread.schedule.queries.reviews import revision
from goldenthread.schedule.queries.risks import risk_events
from goldenthread.schedule.queries.stored_file import StoredFile, stored_file

LESS, MORE = 0.20, 0.50  # of a remaining duration of which nobody said a range
TOGETHER = 0.3  # correlation of durations of one schedule
MOST, LEAST = 2_000, 200  # runs
AT_ONCE = 4_000_000  # activities times runs
HELD = 4_000_000  # finishes of single activities kept at a time
A_WHILE = 400  # days laid out at first
KEPT = 7 * 24 * 60 * 60  # seconds


def how_many_runs(activities: int) -> int:
    """So many runs of a network of this size: fewer of a large one."""
    return min(MOST, max(LEAST, AT_ONCE // max(1, activities)))


def finishes_of_plan(
    plan: Chains, activities: Mapping[int, Activity], parts: Mapping[int, list[int]], seed: int
) -> dict[int, Ints]:
    """Part -> the day, as an ordinal, on which the last of its unfinished activities ends in each run; (runs,), in whole days.

    parts: ids of unfinished activities of the plan, by any name.
    """
    network, axis = plan.network, plan.axis
    place = {int(key): row for row, key in enumerate(network.key)} if network is not None else {}
    known = {part: rows for part, ids in parts.items() if (rows := sorted({place[pk] for pk in ids if pk in place}))}
    if network is None or not known:
        return {}
    uncertain = _uncertainty(network.duration, network.actual_finish, [activities[int(key)] for key in network.key])
    watched = np.unique(np.concatenate([np.array(rows, np.int64) for rows in known.values()]))
    lines = [np.searchsorted(watched, rows) for rows in known.values()]
    lasts_no_time = (network.duration[watched] == 0)[:, None]
    found = np.empty((len(known), how_many_runs(network.key.size)), np.int64)
    at_a_time = max(1, HELD // watched.size)
    for first in range(0, found.shape[1], at_a_time):
        wanted = RunOptions(min(at_a_time, found.shape[1] - first), first=first, threads=1)
        seen = finish_runs(network, uncertain, watched, ScheduleOptions(), seed, wanted).seen
        ends = 2 * seen + lasts_no_time  # what lasts no time stands at the beginning of the next shift, not at the end of this
        for part, line in enumerate(lines):
            found[part, first : first + wanted.count] = ends[line].max(axis=0)
    days = axis.origin.date().toordinal() + np.searchsorted(2 * _day_ends(axis, int(found.max()) // 2), found)
    return dict(zip(known, days, strict=True))


def _uncertainty(base: Ints, actual_finish: Ints, activities: list[Activity]) -> Uncertainty:
    likely = base.astype(np.float64)
    shares = np.array([_shares(activity) or (1 - LESS, 1 + MORE) for activity in activities]).reshape(-1, 2)
    is_open = (actual_finish == NONE) & (base > 0)
    low, likely, high = (np.minimum(column, MAX_DURATION) for column in (likely * shares[:, 0], likely, likely * shares[:, 1]))
    return Uncertainty(
        np.where(is_open, TRIANGULAR, CERTAIN),
        low,
        likely,
        high,
        factor=np.where(is_open, 0, -1),
        loading=np.where(is_open, np.sqrt(TOGETHER), 0.0),
    )


def _shares(activity: Activity) -> tuple[float, float] | None:
    """What the low and the high effort are of the likely one; None where nobody said."""
    low, likely, high = activity.effort_low, activity.effort_likely, activity.effort_high
    return None if low is None or high is None or not likely else (low / likely, high / likely)


def _day_ends(axis: Axis, minute: int) -> Ints:
    """Working minutes up to the end of each day from the first, until more than `minute`, or the last day that can be."""
    first, calendar = axis.origin.date(), axis.calendar
    most, count = (LAST_DAY - first).days, A_WHILE
    week = np.array([sum(until - begin for begin, until in shifts) for shifts in calendar.week], np.int64)
    while True:
        count = min(count, most)
        minutes = week[(first.weekday() + np.arange(count)) % 7]
        for day in calendar.exceptions:
            if 0 <= (day - first).days < count:
                minutes[(day - first).days] = calendar.minutes_on(day)
        ends = np.cumsum(minutes)
        if ends[-1] > minute or count == most:
            return ends
        count *= 2


def entered_ranges(schedule: Schedule, stored: StoredFile) -> dict[str, tuple[float, float]]:
    """What the least and the most effort that somebody entered are of the likely one, by the id of the row in the stored file.

    One figure for all three is the work as a file states it, and no range.
    """
    activities: Iterable[Activity] = Activity.objects.filter(
        schedule=schedule, effort_likely__gt=0, effort_low__lt=F("effort_high")
    )
    ranges = {activity.pk: shares for activity in activities if (shares := _shares(activity)) is not None}
    return {key: ranges[pk] for key, pk in stored.activities.items() if pk in ranges}


def finishes_of_schedule(schedule: Schedule, today: date, seed: int) -> Ints | None:
    """The day, as an ordinal, on which the schedule ends in each run; None where no work is left, or it goes in a circle.

    Worked out anew once a row of it was written: a forecast is made after every change of anything.
    """
    if worlds.is_inside():
        return _finishes_of_schedule(schedule, today, seed)
    made = history.records(Schedule).filter(id=schedule.pk).aggregate(at=Min("history_date"))["at"]
    key = f"finish-runs:{schedule.pk}:{made.timestamp() if made else 0}:{seed}:{revision(schedule, today, with_risks=True)}"
    known = cache.get(key)
    if known is None:
        known = (_finishes_of_schedule(schedule, today, seed),)
        cache.set(key, known, KEPT)
    found: Ints | None = known[0]
    return found


def _finishes_of_schedule(schedule: Schedule, today: date, seed: int) -> Ints | None:
    stored = stored_file(schedule, today)
    request = RiskRequest(
        how_many_runs(len(stored.activities)), seed, low=100 * (1 - LESS), high=100 * (1 + MORE), correlation=TOGETHER
    )
    try:
        minutes = runs_of_file(stored.file, request, entered_ranges(schedule, stored), risk_events(schedule, stored))
    except FormatError:
        return None
    if minutes is None:
        return None
    return moment_of(0).date().toordinal() + (minutes - 1) // (24 * 60)  # midnight ends a day
