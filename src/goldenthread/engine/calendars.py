"""Working time: shifts of a week, days that differ, and whole working minutes between moments.

Moments are naive date-times of one place. Minute m on an axis counted from an origin is reached at one moment as a finish (the
end of a shift) and at another as a start (the beginning of the next): `finish_moment` and `start_moment`.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from goldenthread.engine.errors import EngineError

Shift = tuple[int, int]  # minutes of the day: from (0..1439), until (1..1440)
Shifts = tuple[Shift, ...]

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
OFFICE_DAY: Shifts = ((9 * 60, 13 * 60), (14 * 60, 18 * 60))
OFFICE_WEEK: tuple[Shifts, ...] = (OFFICE_DAY,) * 5 + ((), ())


def _length(shifts: Shifts) -> int:
    return sum(until - begin for begin, until in shifts)


def _check_shifts(shifts: Shifts, day: object) -> None:
    last = 0
    for begin, until in shifts:
        if not last <= begin < until <= 1440:
            raise EngineError(f"The working hours of {day} overlap, run backwards or leave the day.", day)
        last = until


@dataclass(frozen=True)
class WorkingTime:
    """A working calendar.

    `week` holds the shifts of Monday to Sunday, `exceptions` the shifts of single dates (() = a holiday).
    """

    week: tuple[Shifts, ...] = OFFICE_WEEK
    exceptions: Mapping[dt.date, Shifts] = field(default_factory=dict)
    _days: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _extra: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _before: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise EngineError("A working week has seven days.")
        for weekday, shifts in enumerate(self.week):
            _check_shifts(shifts, f"weekday {weekday + 1}")
        for day, shifts in self.exceptions.items():
            _check_shifts(shifts, day)
            _ordinal(day)
        lengths = [_length(shifts) for shifts in self.week]
        if not any(lengths) and not any(_length(shifts) for shifts in self.exceptions.values()):
            raise EngineError("This calendar has no working day at all.")
        days = sorted(self.exceptions)
        extra, total = [0], 0
        for day in days:
            total += _length(self.exceptions[day]) - lengths[day.weekday()]
            extra.append(total)
        before = [0]
        for length in [lengths[(FIRST_DAY.weekday() + i) % 7] for i in range(7)]:
            before.append(before[-1] + length)
        object.__setattr__(self, "_days", tuple(_ordinal(day) for day in days))
        object.__setattr__(self, "_extra", tuple(extra))
        object.__setattr__(self, "_before", tuple(before))

    def shifts_on(self, day: dt.date) -> Shifts:
        """Shifts of this date."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def minutes_on(self, day: dt.date) -> int:
        """Working minutes of this date."""
        return _length(self.shifts_on(day))

    def minutes_between(self, a: dt.datetime, b: dt.datetime) -> int:
        """Working minutes from a to b; negative where b lies before a."""
        return self._count(b) - self._count(a)

    def add(self, moment: dt.datetime, minutes: int) -> dt.datetime:
        """The moment so many working minutes later.

        A positive number gives a finish, a negative one a start (earlier); 0 moves nothing.
        """
        if minutes == 0:
            return moment
        return self._moment(self._count(moment) + minutes, as_finish=minutes > 0)

    def to_minute(self, moment: dt.datetime, origin: dt.datetime) -> int:
        """The moment as a working minute of the axis that begins at `origin`."""
        return self.minutes_between(origin, moment)

    def start_moment(self, minute: int, origin: dt.datetime) -> dt.datetime:
        """When work that starts at this minute begins: never in a break."""
        return self._moment(self._count(origin) + minute, as_finish=False)

    def finish_moment(self, minute: int, origin: dt.datetime) -> dt.datetime:
        """When work that finishes at this minute ends: never the beginning of a shift, unless nothing was worked before."""
        return self._moment(self._count(origin) + minute, as_finish=True)

    def _count(self, moment: dt.datetime) -> int:
        """Working minutes from 1970-01-01 to the moment."""
        day = moment.date()
        now = moment.hour * 60 + moment.minute
        today = sum(min(max(now - begin, 0), until - begin) for begin, until in self.shifts_on(day))
        return self._until(_ordinal(day)) + today

    def _until(self, ordinal: int) -> int:
        """Working minutes before this day."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * self._before[7] + self._before[rest] + self._extra[bisect.bisect_left(self._days, ordinal)]

    def _moment(self, count: int, *, as_finish: bool) -> dt.datetime:
        last = (LAST_DAY - FIRST_DAY).days
        wanted = count if as_finish else count + 1  # the day in which this minute is the last, or the next one worked
        low, high = 0, last + 1
        while low < high:
            middle = (low + high) // 2
            if self._until(middle + 1) >= wanted:
                high = middle
            else:
                low = middle + 1
        if low > last or count < 0:
            raise EngineError("This date would lie outside the years 1970 to 2199.")
        day = FIRST_DAY + dt.timedelta(days=low)
        left = count - self._until(low)
        for begin, until in self.shifts_on(day):
            if left < until - begin or (as_finish and left == until - begin):
                return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=begin + left)
            left -= until - begin
        return dt.datetime.combine(day, dt.time())


def _ordinal(day: dt.date) -> int:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise EngineError(f"The date {day} lies outside the years 1970 to 2199.", day)
    return (day - FIRST_DAY).days
