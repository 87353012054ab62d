"""Calendars as Microsoft Project XML: the usual week, other weeks, and days that differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from goldenthread.formats.mspdi_cells import Cells, holder
from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift, WorkWeek

_DAY = 1440
_LAST = dt.time(23, 59)


def calendar_xml(calendar: Calendar, ids: Mapping[str, str]) -> str:
    """One calendar. ids: the number of each calendar in the file that is written."""
    cells = Cells("Calendar", calendar.kept)
    cells.text("UID", ids[calendar.id])
    cells.text("Name", calendar.name)
    if not cells.has("IsBaseCalendar"):
        cells.flag("IsBaseCalendar", value=calendar.base_id is None)
    cells.text("BaseCalendarUID", ids.get(calendar.base_id or "", "-1"))
    cells.rows("WeekDays", [holder("WeekDays", _days(calendar.week))])
    cells.rows("Exceptions", [holder("Exceptions", (_exception(one) for one in calendar.exceptions))])
    cells.rows("WorkWeeks", [holder("WorkWeeks", (_other_week(one) for one in calendar.other_weeks))])
    return cells.xml()


def _days(week: WorkWeek) -> list[str]:
    """Sunday first, as Microsoft counts."""
    found = []
    for number in range(1, 8):
        shifts = week.days[(number - 2) % 7]
        if shifts is not None:
            cells = Cells("WeekDay")
            cells.whole("DayType", number)
            _working(cells, shifts)
            found.append(cells.xml())
    return found


def _working(cells: Cells, shifts: tuple[Shift, ...]) -> None:
    cells.flag("DayWorking", value=bool(shifts))
    times = (
        f"<WorkingTime><FromTime>{_clock(one.start_minute)}</FromTime><ToTime>{_clock(one.finish_minute)}</ToTime></WorkingTime>"
        for one in shifts
    )
    cells.rows("WorkingTimes", [holder("WorkingTimes", times)])


def _clock(minute: int) -> str:
    return f"{minute % _DAY // 60:02}:{minute % 60:02}:00"


def _period(first: dt.date | None, last: dt.date | None) -> str:
    if first is None or last is None:
        return ""
    begins, ends = dt.datetime.combine(first, dt.time()), dt.datetime.combine(last, _LAST)
    return f"<TimePeriod><FromDate>{begins.isoformat()}</FromDate><ToDate>{ends.isoformat()}</ToDate></TimePeriod>"


def _exception(one: CalendarException) -> str:
    cells = Cells("Exception", one.recurrence or one.kept)
    cells.rows("TimePeriod", [_period(one.first_day, one.last_day)])
    cells.text("Name", one.name)
    if not one.recurrence and not cells.has("Type"):
        cells.flag("EnteredByOccurrences", value=False)
        cells.whole("Occurrences", (one.last_day - one.first_day).days + 1)
        cells.whole("Type", 1)
    _working(cells, one.shifts)
    return cells.xml()


def _other_week(week: WorkWeek) -> str:
    cells = Cells("WorkWeek")
    cells.rows("TimePeriod", [_period(week.first_day, week.last_day)])
    cells.text("Name", week.name)
    cells.rows("WeekDays", [holder("WeekDays", _days(week))])
    return cells.xml()
