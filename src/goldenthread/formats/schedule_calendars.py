"""Calendars of a schedule file as the engine's working time: bases, weeks between dates, exceptions and rules that repeat."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Mapping

from goldenthread.engine.calendars import FIRST_DAY, LAST_DAY, Shifts, WorkingTime
from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift, WorkWeek
from goldenthread.formats.schedule_numbers import is_number

DAY = 1440
OFFICE: Shifts = ((480, 720), (780, 1020))
OFFICE_WEEK: tuple[Shifts, ...] = (OFFICE,) * 5 + ((), ())
_DAILY, _YEARLY, _YEARLY_PLACE, _MONTHLY, _MONTHLY_PLACE, _WEEKLY = "1", "2", "3", "4", "5", "6"
_LAST = 4  # the fifth position means the last one of the month


def working_times(calendars: tuple[Calendar, ...]) -> dict[str, WorkingTime]:
    """Each calendar by its id; one that never works is read as five days of eight hours."""
    by_id = {one.id: one for one in calendars}
    return {one.id: _working_time(one, by_id) for one in calendars}


def together(times: list[WorkingTime]) -> WorkingTime:
    """When at least one of these works: how Microsoft Project counts the duration of a task that several people share."""
    days = sorted({day for one in times for day in one.exceptions})
    return WorkingTime(
        tuple(_joined([shift for one in times for shift in one.week[place]]) for place in range(7)),
        {day: _joined([shift for one in times for shift in one.shifts_on(day)]) for day in days},
    )


def _working_time(calendar: Calendar, by_id: Mapping[str, Calendar]) -> WorkingTime:
    chain = [calendar]
    while chain[-1].base_id is not None and chain[-1].base_id in by_id and len(chain) <= len(by_id):
        chain.append(by_id[chain[-1].base_id])
    week: list[tuple[Shift, ...]] = []
    for place in range(7):
        stated = [shifts for one in chain if (shifts := one.week.days[place]) is not None]
        week.append(stated[0] if stated else ())
    usual = _week(week)
    days: dict[dt.date, Shifts] = {}
    for one in reversed(chain):  # the calendar's own word comes last and stands
        for other in one.other_weeks:
            days.update(_between(other, week))
        for exception in one.exceptions:
            hours = _within_day(exception.shifts)
            days.update((day, hours) for day in exception_days(exception) if FIRST_DAY <= day <= LAST_DAY)
    if not any(usual) and not any(days.values()):
        usual = OFFICE_WEEK
    return WorkingTime(usual, days)


def _week(week: list[tuple[Shift, ...]]) -> tuple[Shifts, ...]:
    """Shifts that end on the next day are continued there."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for place, shifts in enumerate(week):
        for shift in shifts:
            days[place].append((shift.start_minute, min(shift.finish_minute, DAY)))
            if shift.finish_minute > DAY:
                days[(place + 1) % 7].append((0, min(shift.finish_minute - DAY, DAY)))
    return tuple(_joined(day) for day in days)


def _within_day(shifts: tuple[Shift, ...]) -> Shifts:
    return _joined([(shift.start_minute, min(shift.finish_minute, DAY)) for shift in shifts])


def _joined(shifts: list[tuple[int, int]]) -> Shifts:
    found: list[tuple[int, int]] = []
    for begin, until in sorted(shifts):
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif begin < until:
            found.append((begin, until))
    return tuple(found)


def _between(other: WorkWeek, usual: list[tuple[Shift, ...]]) -> Iterator[tuple[dt.date, Shifts]]:
    if other.first_day is None or other.last_day is None:
        return
    week = _week([usual[place] if day is None else day for place, day in enumerate(other.days)])
    for day in _range(other.first_day, other.last_day):
        yield day, week[day.weekday()]


def _range(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    day, last = max(first, FIRST_DAY), min(last, LAST_DAY)
    while day <= last:
        yield day
        day += dt.timedelta(days=1)


def exception_days(exception: CalendarException) -> Iterator[dt.date]:
    """Every day of an exception: all of its range, or those that its rule names (rules as Microsoft Project writes them)."""
    rule = dict(exception.recurrence)
    kind = rule.get("Type", "")
    days = _range(exception.first_day, exception.last_day)
    most = _number(rule, "Occurrences", 0) or None
    found = 0
    for day in days:
        if _is_named(day, kind, rule, exception.first_day):
            yield day
            found += 1
            if most is not None and found >= most:
                return


def _is_named(day: dt.date, kind: str, rule: Mapping[str, str], first: dt.date) -> bool:
    every = max(1, _number(rule, "Period", 1))
    if kind == _DAILY:
        return (day - first).days % every == 0
    if kind == _WEEKLY:
        weeks = (
            day - dt.timedelta(days=(day.weekday() + 1) % 7) - first + dt.timedelta(days=(first.weekday() + 1) % 7)
        ).days // 7
        return bool(_number(rule, "DaysOfWeek", 0) >> ((day.weekday() + 1) % 7) & 1) and weeks % every == 0
    if kind in (_YEARLY, _YEARLY_PLACE) and day.month != _number(rule, "Month", 0) + 1:
        return False
    if kind in (_MONTHLY, _MONTHLY_PLACE) and ((day.year - first.year) * 12 + day.month - first.month) % every:
        return False
    if kind in (_YEARLY, _MONTHLY):
        return day.day == _number(rule, "MonthDay", 0)
    if kind in (_YEARLY_PLACE, _MONTHLY_PLACE):
        return _is_placed(day, _number(rule, "MonthItem", 0), _number(rule, "MonthPosition", 0))
    return True


def _is_placed(day: dt.date, item: int, position: int) -> bool:
    """item: 0 any day, 1 a weekday, 2 a weekend day, 3 to 9 Sunday to Saturday; position: 0 to 3, 4 for the last."""

    def fits(one: dt.date) -> bool:
        return (True, one.weekday() < 5, one.weekday() > 4)[item] if item < 3 else (one.weekday() + 1) % 7 == item - 3

    if not fits(day):
        return False
    last = months.monthrange(day.year, day.month)[1]
    if position == _LAST:
        return not any(fits(day.replace(day=after)) for after in range(day.day + 1, last + 1))
    return sum(fits(day.replace(day=before)) for before in range(1, day.day)) == position


def _number(rule: Mapping[str, str], name: str, default: int) -> int:
    text = rule.get(name, "")
    return int(text) if is_number(text) else default
