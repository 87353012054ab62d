"""Calendars of a Primavera XER file, whose working time is one cell of nested parentheses.

    (0||CalendarData()( (0||DaysOfWeek()( (0||2()( (0||0(s|08:00|f|12:00)()) )) )) (0||Exceptions()( (0||0(d|43650)()) )) ))

Each part is `(number||name(values)(parts))`. Days are 1 (Sunday) to 7 (Saturday); `d` counts days from 30 December 1899.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift, WorkWeek
from goldenthread.formats.schedule_values import Row, shifts_of
from goldenthread.formats.xer_tables import Xer

_HEAD = re.compile(r"\(\d{1,9}\|\|([^()|]{0,100})\(([^()]{0,200})\)\(")
_TAIL = re.compile(r"\)\)")
_SPACE = re.compile(r"[\s\x7f]+")
_PARTS = 100_000
_DEPTH = 20
_EPOCH = dt.date(1899, 12, 30)
_DAYS = 110_000  # until 2201
_USUAL = (Shift(480, 720), Shift(780, 1020))
_FIVE_DAYS = (*((_USUAL,) * 5), (), ())
_READ = frozenset("clndr_id clndr_name default_flag proj_id base_clndr_id day_hr_cnt week_hr_cnt clndr_data".split())


class BrokenCalendarError(ValueError):
    """Parentheses that do not match, or a part that is none."""


@dataclass(slots=True)
class Part:
    """One `(number||name(values)(parts))`. values: as key and value in turn."""

    name: str
    values: dict[str, str]
    parts: list[Part] = field(default_factory=list)

    def find(self, name: str) -> Part | None:
        """The first part of that name, directly inside."""
        return next((part for part in self.parts if part.name == name), None)


def parse(text: str) -> Part:
    """The outermost part; raises BrokenCalendarError."""
    packed = _SPACE.sub("", text)
    root = Part("", {})
    open_parts = [root]
    at = count = 0
    while at < len(packed):
        if head := _HEAD.match(packed, at):
            values = head[2].split("|")
            part = Part(head[1], dict(zip(values[::2], values[1::2], strict=False)))
            open_parts[-1].parts.append(part)
            open_parts.append(part)
            count += 1
        elif (head := _TAIL.match(packed, at)) and len(open_parts) > 1:
            open_parts.pop()
        else:
            raise BrokenCalendarError(f"“{packed[at : at + 20]}” is no part of a calendar")
        if count > _PARTS or len(open_parts) > _DEPTH:
            raise BrokenCalendarError("it holds too many parts")
        at = head.end()
    if len(open_parts) != 1 or not root.parts:
        raise BrokenCalendarError("it ends in the middle")
    return root.parts[0]


def calendars_of(xer: Xer) -> dict[str, Calendar]:
    """All calendars by id."""
    found: dict[str, Calendar] = {}
    for row in xer.rows("CALENDAR", "clndr_id", "clndr_name"):
        key = row.text("clndr_id")
        if not key or key in found:
            row.lose("clndr_id", "the id is missing or taken; the calendar was left out")
            continue
        row.unread(_READ)
        week, exceptions = _working_time(row)
        base = row.key("base_clndr_id")
        found[key] = Calendar(
            id=key,
            name=row.text("clndr_name"),
            week=WorkWeek(week),
            base_id=base if base != key else None,
            is_default=row.truth("default_flag"),
            exceptions=exceptions,
            project_id=row.key("proj_id"),
            minutes_per_day=row.minutes("day_hr_cnt", 60),
            minutes_per_week=row.minutes("week_hr_cnt", 60),
            kept=row.kept(_READ),
        )
    return found


def _working_time(row: Row) -> tuple[tuple[tuple[Shift, ...] | None, ...], tuple[CalendarException, ...]]:
    text = row.cells.get("clndr_data", "")
    if not text.strip():
        row.lose("clndr_data", "no working time is stated; read as Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00")
        return _FIVE_DAYS, ()
    try:
        root = parse(text)
    except BrokenCalendarError as problem:
        row.lose("clndr_data", f"the working time is broken: {problem}; read as Monday to Friday, 8 hours")
        return _FIVE_DAYS, ()
    for part in root.parts:
        if part.name not in ("DaysOfWeek", "Exceptions", "VIEW"):
            row.losses.field("CALENDAR", row.name, f"clndr_data {part.name[:40]}")
    days, others = root.find("DaysOfWeek"), root.find("Exceptions")
    return _week(days, row), _exceptions(others, row)


def _week(days: Part | None, row: Row) -> tuple[tuple[Shift, ...] | None, ...]:
    if days is None:
        row.lose("clndr_data", "no days of the week are stated; read as Monday to Friday, 8 hours")
        return _FIVE_DAYS
    week: list[tuple[Shift, ...] | None] = [()] * 7
    for part in days.parts:
        if part.name not in tuple("1234567"):
            row.lose("clndr_data", f"“{part.name[:20]}” is no day of the week")
            continue
        week[(int(part.name) - 2) % 7] = _shifts(part, row)
    return tuple(week)


def _exceptions(parts: Part | None, row: Row) -> tuple[CalendarException, ...]:
    found: dict[dt.date, CalendarException] = {}
    for part in parts.parts if parts is not None else ():
        stated = part.values.get("d", "")
        if not stated.isascii() or not stated.isdigit() or len(stated) > 9 or not 0 < int(stated) < _DAYS:
            row.lose("clndr_data", f"“{stated[:20]}” is no day; the exception was left out")
            continue
        day = _EPOCH + dt.timedelta(int(stated))
        found[day] = CalendarException(day, day, _shifts(part, row))
    return tuple(found[day] for day in sorted(found))


def _shifts(part: Part, row: Row) -> tuple[Shift, ...]:
    times = [(one.values["s"], one.values.get("f", "")) for one in part.parts if "s" in one.values]
    shifts, fault = shifts_of(times)
    if fault:
        row.lose("clndr_data", fault)
    return shifts
