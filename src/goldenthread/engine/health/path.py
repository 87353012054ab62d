"""Checks of the critical path: the test that delays an activity and works all dates out anew (DCMA 12), and CPLI (DCMA 13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import Schedule, schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.health.limits import HARD
from goldenthread.engine.health.plan import Plan, Row
from goldenthread.engine.health.register import Answer, Family, Finding, Limit, check, fault
from goldenthread.engine.network import ROUND_THE_CLOCK, Bools, moment_of

DELAY_DAYS = 600
ALLOWED_DAYS = 6  # where calendars differ, each counts its own holidays: one day in a hundred
SHOWN = 12


@check(
    "DCMA-12",
    family=Family.DCMA,
    title="Critical path test",
    measures=f"days lost of {DELAY_DAYS} that the first critical task takes longer, on the way to what now finishes last",
    limit=Limit(0, "days"),
    weight=10,
    advice="Look at the rows where the delay ends: a successor is missing there, or a constraint holds the next one.",
)
def critical_path_test(plan: Plan) -> Answer:
    row = _first_critical(plan)
    if row is None:
        return Answer(None, note="no unfinished task is scheduled")
    before = plan.schedule
    network = before.made_by[0]
    duration = network.duration.copy()
    duration[row.place] += DELAY_DAYS * row.day_minutes
    try:
        after = schedule(replace(network, duration=duration), plan.options)
    except EngineError as error:
        return Answer(None, note=f"the delayed dates cannot be worked out: {error.message}")
    finish = _finish(plan, before)
    last = [one.place for one in _of_project(plan) if before.early_finish[one.place] == finish]
    moved = _moved_days(plan, row, finish, int(after.early_finish[last].max()))
    lost, later = abs(DELAY_DAYS - moved), after.early_finish > before.early_finish
    note = f"“{row.name[:60]}” took {DELAY_DAYS} days longer; the finish moved by {moved:,.6g} days"
    spare = plan.float_days(row)
    note += f" (no unfinished task has less than {spare:,.6g} days of float)" if spare > 0 else ""
    if 0 < lost <= ALLOWED_DAYS and _counts_otherwise(plan, row, later):
        lost, note = 0.0, f"{note}; calendars differ, so this is the same"
    findings = (fault(row, note), *_where_it_ends(plan, {row.place, *last}, later)) if lost else ()
    return Answer(lost, findings, 1, note)


@check(
    "DCMA-13",
    family=Family.DCMA,
    title="Critical path length index",
    measures="(working days from the status date to the finish + total float) / those days; aim at 1.00",
    limit=Limit(0.95, "index", at_least=True),
    weight=8,
    advice="More must be caught up than is likely: shorten the critical path, or agree on a later finish.",
)
def length_index(plan: Plan) -> Answer:
    row = _first_critical(plan)
    if row is None:
        return Answer(None, note="no unfinished task is scheduled")
    begin = plan.data_date or min(moment_of(plan.schedule.early_start[one.place]) for one in _of_project(plan))
    finish = moment_of(_finish(plan, plan.schedule))
    length = plan.calendar.minutes_between(begin, finish)
    spare, against = _spare(plan, row, finish)
    if spare is None:
        return Answer(None, note="no finish is demanded and there is no baseline: nothing to measure the float against")
    if length <= 0:
        return Answer(None, note="the finish does not lie after the status date")
    index = (length + spare) / length
    note = f"{length / plan.day_minutes:,.1f} days to go, {spare / plan.day_minutes:,.1f} days of float against {against}"
    return Answer(index, (fault(row, note),) if index < 0.95 else (), 1, note)


def _spare(plan: Plan, row: Row, finish: dt.datetime) -> tuple[int | None, str]:
    """Total float of the critical path in working minutes of the project, and against what it is counted."""
    if plan.must_finish is not None:
        return plan.calendar.minutes_between(finish, plan.must_finish), "the finish that is demanded"
    stated = [one for one in plan.rows if one.is_scheduled and one.actual_finish is None and _demands(one)]
    if stated:
        return round(plan.float_days(row) * plan.day_minutes), "deadlines and constraints"
    wanted = max((one.baseline_finish for one in plan.rows if one.is_scheduled and one.baseline_finish), default=None)
    return (None, "") if wanted is None else (plan.calendar.minutes_between(finish, wanted), "the baseline")


def _demands(row: Row) -> bool:
    return row.deadline is not None or any(word in HARD for word in row.constraints)


def _first_critical(plan: Plan) -> Row | None:
    """Of the unfinished tasks with the least float, the one that begins first."""
    rows = [row for row in plan.unfinished if row.place >= 0]
    start = plan.schedule.remaining_start
    return min(rows, key=lambda row: (plan.float_days(row), int(start[row.place]), row.place), default=None)


def _of_project(plan: Plan) -> list[Row]:
    return [row for row in plan.rows if row.place >= 0]


def _finish(plan: Plan, dates: Schedule) -> int:
    return int(max(dates.early_finish[row.place] for row in _of_project(plan)))


def _moved_days(plan: Plan, row: Row, before: int, after: int) -> float:
    network = plan.schedule.made_by[0]
    calendar = int(network.calendar[row.place])
    if calendar == ROUND_THE_CLOCK:
        return (after - before) / row.day_minutes
    time: WorkingTime = network.calendars[calendar]
    return time.minutes_between(moment_of(before), moment_of(after)) / row.day_minutes


def _counts_otherwise(plan: Plan, row: Row, moved: Bools) -> bool:
    """Whether the delay passes through another calendar than that of the delayed row."""
    network = plan.schedule.made_by[0]
    own = network.calendar[row.place]
    rows = moved & (network.calendar != own) & ((network.duration > 0) | (network.calendar != ROUND_THE_CLOCK))
    links = moved[network.predecessor] & moved[network.successor] & (network.lag != 0) & (network.link_calendar != own)
    return bool(rows.any() or links.any())


def _where_it_ends(plan: Plan, others: set[int], moved: Bools) -> list[Finding]:
    """Rows that were moved and move none of their successors, but the delayed one and what finishes last."""
    network = plan.schedule.made_by[0]
    onward = np.zeros(moved.size, bool)
    onward[network.predecessor[moved[network.successor]]] = True
    rows = [row for row in _of_project(plan) if moved[row.place] and not onward[row.place] and row.place not in others]
    return [fault(row, "the delay ends here") for row in rows[:SHOWN]]
