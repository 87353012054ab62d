"""Calendars of a schedule file as stored ones: what they take from their base is copied in, every day that differs is a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift
from goldenthread.formats.schedule_values import Losses

DAY = 1440
DAYS_NAMED = 4000  # of days that differ; eleven years of them
FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)
YEARLY = "2"
Shifts = list[list[int]]


def stored_calendar(key: str, calendars: Mapping[str, Calendar], losses: Losses) -> dict[str, Any] | None:
    """The fields of a stored calendar; None, with a note, where no day is worked."""
    calendar, row = calendars[key], f"Calendar {key[:20]} “{calendars[key].name[:60]}”"
    chain = _chain(key, calendars)
    week = [_usual(day, chain) for day in range(7)]
    if not any(week):
        losses.value("Calendar", row, "week", "no day of the week is worked; the organisation's own working time is used")
        return None
    found: dict[tuple[date, date], Shifts] = {}
    for one in reversed(chain):  # what is nearer holds
        for first, last, shifts in _days(one, row, losses):
            found[first, last] = shifts
    kept = sorted((first, last, shifts) for (first, last), shifts in found.items())
    return {
        "name": (calendar.name or f"Calendar {key}")[:120],
        "week": week,
        "exceptions": [[first.isoformat(), last.isoformat(), shifts] for first, last, shifts in kept],
        "minutes_per_day": min(calendar.minutes_per_day or max(_length(day) for day in week), DAY),
    }


def _chain(key: str, calendars: Mapping[str, Calendar]) -> list[Calendar]:
    """A calendar and its bases, nearest first. The reader has seen to it that none leads back."""
    chain = [calendars[key]]
    while chain[-1].base_id in calendars and len(chain) <= len(calendars):
        chain.append(calendars[str(chain[-1].base_id)])
    return chain


def _usual(day: int, chain: list[Calendar]) -> Shifts:
    """The shifts of a weekday, with what the evening before runs over midnight."""
    own = _stated(day, chain)
    before = [[0, min(s.finish_minute, 2 * DAY) - DAY] for s in _stated((day - 1) % 7, chain) if s.finish_minute > DAY]
    return _joined([*before, *_until_midnight(own)])


def _stated(day: int, chain: list[Calendar]) -> tuple[Shift, ...]:
    return next((shifts for one in chain if (shifts := one.week.days[day]) is not None), ())


def _until_midnight(shifts: tuple[Shift, ...]) -> Shifts:
    return [[s.start_minute, min(s.finish_minute, DAY)] for s in shifts if s.start_minute < DAY]


def _joined(shifts: Shifts) -> Shifts:
    joined: Shifts = []
    for begin, until in sorted(shifts):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], until)
        elif begin < until:
            joined.append([begin, until])
    return joined


def _length(shifts: Shifts) -> int:
    return sum(until - begin for begin, until in shifts)


def _days(calendar: Calendar, row: str, losses: Losses) -> Iterator[tuple[date, date, Shifts]]:
    """The days of one calendar that differ: first those of other weeks, then single ones, which hold against them."""
    left = DAYS_NAMED
    for week in calendar.other_weeks:
        if week.first_day is None or week.last_day is None:
            continue
        day = max(week.first_day, FIRST)
        while day <= min(week.last_day, LAST) and left:
            shifts = week.days[day.weekday()]
            if shifts is not None:
                left -= 1
                yield day, day, _joined(_until_midnight(shifts))
            day += timedelta(days=1)
    for one in calendar.exceptions:
        for begins, ends in _spans(one, row, losses):
            first = max(begins, FIRST)
            last = min(ends, LAST, first + timedelta(days=left))
            if first <= last and left:
                left -= (last - first).days + 1
                yield first, last, _joined(_until_midnight(one.shifts))
            left = max(left, 0)
    if not left:
        losses.value("Calendar", row, "exceptions", f"only the first {DAYS_NAMED:,} days that differ were kept")


def _spans(exception: CalendarException, row: str, losses: Losses) -> Iterator[tuple[date, date]]:
    if not exception.recurrence:
        yield exception.first_day, exception.last_day
        return
    rule = dict(exception.recurrence)
    if rule.get("Type") != YEARLY or not _is_day(rule):
        losses.value("Calendar", row, "recurrence", "days off that come back by such a rule count in dates; no list shows them")
        return
    month, number = int(rule["Month"]) + 1, int(rule["MonthDay"])
    for year in range(exception.first_day.year, exception.last_day.year + 1):
        try:
            day = date(year, month, number)
        except ValueError:  # 29 February
            continue
        if exception.first_day <= day <= exception.last_day:
            yield day, day


def _is_day(rule: Mapping[str, str]) -> bool:
    month, number = rule.get("Month", ""), rule.get("MonthDay", "")
    return month.isascii() and month.isdigit() and int(month) < 12 and number.isascii() and number.isdigit() and int(number) < 32
