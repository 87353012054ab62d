"""Calendars of Microsoft Project XML: the usual week, other weeks, and days that differ."""

from __future__ import annotations

import datetime as dt
from xml.etree.ElementTree import Element

from goldenthread.formats.mspdi_stream import cells_of, child, children, kept_parts
from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift, WorkWeek
from goldenthread.formats.schedule_values import Losses, Row, shifts_of

_CALENDAR = frozenset({"UID", "Name", "IsBaseCalendar", "BaseCalendarUID"})  # a base calendar is one that names no base
_PARTS = frozenset({"WeekDays", "Exceptions", "WorkWeeks"})
_EXCEPTION = frozenset({"Name", "Type", "DayWorking", "EnteredByOccurrences", "Occurrences"})
_ONE_RANGE = ("", "1")  # a plain run of days; other types are rules that repeat
SHIFTS = 100

Day = tuple[Shift, ...] | None


def calendar_of(element: Element, losses: Losses) -> Calendar | None:
    """One calendar; None, with a note, where it has no UID."""
    row, nested = cells_of(element, "Calendar", losses)
    uid = row.text("UID")
    if not uid:
        row.lose("UID", "a calendar without UID was left out")
        return None
    row.unread(_CALENDAR)
    parts = dict(nested)
    for name in parts.keys() - _PARTS:
        losses.field("Calendar", row.name, name)
    week, days = _week(parts.get("WeekDays"), row)
    ranges = parts.get("Exceptions")
    newer = [_exception(one, row) for one in children(ranges, "Exception")] if ranges is not None else []
    found = [one for one in newer if one is not None]
    known = {(one.first_day, one.last_day) for one in found}
    found += [one for one in days if (one.first_day, one.last_day) not in known]
    weeks = parts.get("WorkWeeks")
    return Calendar(
        id=uid,
        name=row.text("Name"),
        week=WorkWeek(week),
        base_id=row.key("BaseCalendarUID") if row.key("BaseCalendarUID") != uid else None,
        other_weeks=tuple(_other_week(one, row) for one in children(weeks, "WorkWeek")) if weeks is not None else (),
        exceptions=tuple(sorted(found, key=lambda one: (one.first_day, one.last_day))),
        kept=(*row.kept(_CALENDAR - {"IsBaseCalendar"}), *kept_parts(nested, _PARTS)),
    )


def _week(element: Element | None, row: Row) -> tuple[tuple[Day, ...], list[CalendarException]]:
    """Seven days, Monday first, None where nothing is said; and, in older files, single days among them."""
    week: list[Day] = [None] * 7
    days: list[CalendarException] = []
    for one in children(element, "WeekDay") if element is not None else ():
        cells, _ = cells_of(one, "WeekDay", row.losses)
        cells.name = row.name
        number = cells.whole("DayType", 0, 7)
        shifts = _shifts(one, cells)
        if number == 0:
            period = _period(one, cells)
            days += [CalendarException(*period, shifts)] if period else []
        elif number is not None:
            week[(number - 2) % 7] = shifts
    return tuple(week), days


def _shifts(element: Element, cells: Row) -> tuple[Shift, ...]:
    times = child(element, "WorkingTimes")
    if times is None:
        if cells.truth("DayWorking"):
            cells.lose("WorkingTimes", "a working day without working times was read as 08:00 to 12:00 and 13:00 to 17:00")
            return (Shift(480, 720), Shift(780, 1020))
        return ()
    if not cells.truth("DayWorking", default=True):
        return ()
    stated = []
    for one in children(times, "WorkingTime")[:SHIFTS]:
        parts = cells_of(one, "WorkingTime", cells.losses)[0]
        if parts.text("FromTime") or parts.text("ToTime"):
            stated.append((parts.text("FromTime"), parts.text("ToTime")))
    shifts, fault = shifts_of(stated)
    if fault:
        cells.lose("WorkingTimes", fault)
    return shifts


def _period(element: Element, cells: Row) -> tuple[dt.date, dt.date] | None:
    period = child(element, "TimePeriod")
    if period is None:
        cells.lose("TimePeriod", "days that differ without dates were left out")
        return None
    dates = cells_of(period, "TimePeriod", cells.losses)[0]
    dates.name = cells.name
    first, last = dates.date("FromDate"), dates.date("ToDate")
    if first is None or last is None or last < first:
        cells.lose("TimePeriod", "days that differ without a first and last day in order were left out")
        return None
    return first.date(), last.date()


def _exception(element: Element, row: Row) -> CalendarException | None:
    cells, _ = cells_of(element, "Exception", row.losses)
    cells.name = row.name
    period = _period(element, cells)
    if period is None:
        return None
    rule: tuple[tuple[str, str], ...] = ()
    if cells.text("Type") not in _ONE_RANGE:
        rule = tuple((name, cells.text(name)) for name in cells.cells if name not in ("Name", "DayWorking") and cells.text(name))
    else:
        cells.unread(_EXCEPTION, {"Period": "an interval without a rule that repeats", "Month": "part of no rule"})
    kept = () if rule else cells.kept(frozenset({"Name", "DayWorking"}))
    return CalendarException(*period, _shifts(element, cells), cells.text("Name"), rule, kept)


def _other_week(element: Element, row: Row) -> WorkWeek:
    cells, _ = cells_of(element, "WorkWeek", row.losses)
    cells.name = row.name
    period = _period(element, cells)
    days, _ = _week(child(element, "WeekDays"), cells)
    return WorkWeek(days, cells.text("Name"), *(period or (None, None)))
