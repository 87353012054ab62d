"""Calendars as Primavera writes them: seven days and single days that differ, in one cell of nested parentheses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import islice

from goldenthread.formats.schedule_calendars import exception_days
from goldenthread.formats.schedule_file import Calendar, Shift
from goldenthread.formats.xer_cells import Cells

_EPOCH = dt.date(1899, 12, 30)
_DAY = 1440
_LONGEST = 3_660  # days of one exception or one other week that are written out
_KINDS = {True: "CA_Project", False: "CA_Base"}

Week = tuple[tuple[Shift, ...] | None, ...]


def calendar_row(
    calendar: Calendar,
    ids: Mapping[str, str],
    projects: Mapping[str, str],
    known: Mapping[str, Calendar],
    minutes: tuple[int, int],
) -> Cells:
    """One row of CALENDAR. known: all calendars by id; minutes: of a day and of a week where the calendar states none."""
    cells = Cells(calendar.kept)
    cells.text("clndr_id", ids[calendar.id])
    cells.flag("default_flag", value=calendar.is_default)
    cells.text("clndr_name", calendar.name)
    cells.text("proj_id", projects.get(calendar.project_id or "", ""))
    cells.text("base_clndr_id", ids.get(calendar.base_id or "", ""))
    if "clndr_type" not in cells.stated:
        cells.text("clndr_type", _KINDS[calendar.project_id is not None])
    cells.hours("day_hr_cnt", calendar.minutes_per_day or minutes[0])
    cells.hours("week_hr_cnt", calendar.minutes_per_week or minutes[1])
    cells.text("clndr_data", _data(calendar, known))
    cells.kept()
    return cells


def _data(calendar: Calendar, known: Mapping[str, Calendar]) -> str:
    week = full_week(calendar, known)
    days = "".join(f"(0||{number}()({_shifts(week[(number - 2) % 7])}))" for number in range(1, 8))
    others = "".join(
        f"(0||{place}(d|{(day - _EPOCH).days})({_shifts(shifts)}))"
        for place, (day, shifts) in enumerate(_exceptions(calendar, known))
    )
    return f"(0||CalendarData()((0||DaysOfWeek()({days}))(0||VIEW(ShowTotal|N)())(0||Exceptions()({others}))))"


def full_week(calendar: Calendar, known: Mapping[str, Calendar]) -> tuple[tuple[Shift, ...], ...]:
    """Seven days, each as the first calendar on the way to the last base states it; no work where none does."""
    found: list[tuple[Shift, ...] | None] = list(calendar.week.days)
    at, seen = calendar, {calendar.id}
    while None in found and at.base_id is not None and at.base_id in known and at.base_id not in seen:
        at = known[at.base_id]
        seen.add(at.id)
        found = [day if day is not None else at.week.days[place] for place, day in enumerate(found)]
    return tuple(day or () for day in found)


def _exceptions(calendar: Calendar, known: Mapping[str, Calendar]) -> list[tuple[dt.date, tuple[Shift, ...]]]:
    """Every day that differs, once: other weeks day by day, then exceptions, of the bases first."""
    found: dict[dt.date, tuple[Shift, ...]] = {}
    chain, at = [calendar], calendar
    while at.base_id is not None and at.base_id in known and known[at.base_id] not in chain:
        at = known[at.base_id]
        chain.append(at)
    for one in reversed(chain):
        for week in one.other_weeks:
            for day in _between(week.first_day, week.last_day):
                shifts = week.days[day.weekday()]
                if shifts is not None:
                    found[day] = shifts
        for exception in one.exceptions:
            found.update(dict.fromkeys(islice(exception_days(exception), _LONGEST), exception.shifts))
    return sorted(found.items())


def _between(first: dt.date | None, last: dt.date | None) -> list[dt.date]:
    if first is None or last is None:
        return []
    return [first + dt.timedelta(number) for number in range(min((last - first).days + 1, _LONGEST))]


def _shifts(shifts: tuple[Shift, ...]) -> str:
    return "".join(
        f"(0||{place}(s|{_clock(one.start_minute)}|f|{_clock(one.finish_minute)})())" for place, one in enumerate(shifts)
    )


def _clock(minute: int) -> str:
    return f"{minute % _DAY // 60:02}:{minute % 60:02}"
