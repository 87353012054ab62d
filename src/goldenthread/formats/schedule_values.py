"""Cells of a schedule file as dates, minutes and money; what cannot be read is noted with its row, never dropped silently."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from goldenthread.formats.schedule_file import Kept, NotCarried, Shift

FIRST_YEAR, LAST_YEAR = 1900, 2200
MAX_MINUTES = 200 * 366 * 1440  # no duration, work or lag is longer than two centuries
MAX_TEXT = 1_000_000
NAMED_ROWS = 100  # faults of one kind and field that are named one by one; more are counted
DAY = 1440
SMALLEST = 1e-6  # of a minute: less is the rounding of numbers, not of time
_ISO = re.compile(r"(-?)P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
_PLAIN_ISO = re.compile(r"PT(\d{1,9})H(\d{1,9})M0S", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")
_NOTHING = frozenset({"", "0", "0.0", "0.00", "0.0000", "PT0H0M0S", "-1"})  # says no more than a field that is not there
_NO_REASONS: Mapping[str, str] = {}
_TRUE = {"1": True, "0": False, "true": True, "false": False, "Y": True, "N": False}


@lru_cache(maxsize=10_000)
def shared(name: str, value: str) -> tuple[str, str]:
    """The same pair for the same words: most rows of a file say the same."""
    return name, value


@lru_cache(maxsize=2_000)
def _others(columns: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    """The columns that are not known: most rows of a table have the same."""
    return tuple(column for column in columns if column not in known)


@lru_cache(maxsize=20_000)
def _moment(text: str) -> dt.datetime | None:
    """A local time, made once for all rows that state it."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def _amount(text: str) -> Decimal | None:
    """A number as written, of a size that means something; none otherwise."""
    try:
        found = Decimal((text if "." in text else text.replace(",", ".", 1))[:61])
    except InvalidOperation:
        return None
    if found.is_zero():
        return Decimal(0)
    return found if found.is_finite() and -20 < found.adjusted() < 15 and len(text) <= 60 else None


@lru_cache(maxsize=20_000)
def _minutes(text: str, per_unit: float) -> tuple[int, bool] | None:
    """A number of units in minutes, and whether it is none of whole minutes; none where something is wrong with it."""
    found = _amount(text)
    if found is None or abs(minutes := float(found) * per_unit) > MAX_MINUTES:
        return None
    return round(minutes), abs(minutes - round(minutes)) > SMALLEST


@lru_cache(maxsize=20_000)
def _whole_span(text: str) -> int | None:
    """A plain duration of whole minutes; none for any other, which takes more looking."""
    match = _PLAIN_ISO.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match is not None else MAX_MINUTES + 1
    return minutes if minutes <= MAX_MINUTES else None


KEPT_AS_IT_STANDS = "kept as it stands, for its own kind of file; not used here"


class Losses:
    """Collects what is not carried."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str, str], list[int | str]] = {}
        self._values: dict[NotCarried, None] = {}
        self._named: dict[tuple[str, str], int] = {}

    def field(self, where: str, row: str, name: str, why: str = KEPT_AS_IT_STANDS, count: int = 1) -> None:
        """A whole field or table is not read: counted, with the first row that holds it."""
        known = self._fields.setdefault((where, name, why), [row, 0])
        known[1] = int(known[1]) + count

    def value(self, where: str, row: str, name: str, why: str) -> None:
        """One value is not read or was put right; the first hundred of a field are named, the rest counted."""
        fault = NotCarried(where, row, name, why)
        named = self._named.get((where, name), 0)
        if fault in self._values:  # a field may be asked for twice
            return
        if named < NAMED_ROWS:
            self._named[where, name] = named + 1
            self._values[fault] = None
        else:
            self.field(where, row, name, "more rows with a fault in this field")

    def found(self) -> tuple[NotCarried, ...]:
        """Faults first, in file order, then fields by name."""
        counted = (
            NotCarried(where, str(row), name, why, int(count)) for (where, name, why), (row, count) in self._fields.items()
        )
        return (*self._values, *sorted(counted, key=lambda one: (one.where, one.field, one.why)))


class Row:
    """The cells of one row by name, and how to say which row it is."""

    __slots__ = ("cells", "inexact", "losses", "name", "where")

    def __init__(self, where: str, name: str, cells: Mapping[str, str], losses: Losses) -> None:
        self.where = where
        self.name = name
        self.cells = cells
        self.losses = losses
        self.inexact: set[str] = set()  # fields whose value says less than the cell

    def text(self, field: str) -> str:
        """The cell, trimmed; control characters that no database holds become spaces."""
        text = self.cells.get(field, "").strip()
        if len(text) > MAX_TEXT:
            self.lose(field, f"the text has {len(text):,} characters; the first {MAX_TEXT:,} were read")
            text = text[:MAX_TEXT]
        return text if text.isprintable() else "".join(c if c >= " " or c in "\n\t" else " " for c in text)

    def key(self, field: str) -> str | None:
        """A reference to another row; None where empty, -1 or 0xFFFF, which say none."""
        text = self.cells.get(field, "").strip()
        return None if text in ("", "-1", "-65535") else text

    def truth(self, field: str, *, default: bool = False) -> bool:
        """Yes or no."""
        text = self.cells.get(field, "").strip()
        if not text:
            return default
        if text not in _TRUE:
            self.lose(field, f"“{text[:40]}” is neither yes nor no")
        return _TRUE.get(text, default)

    def date(self, field: str) -> dt.datetime | None:
        """A local time; none outside 1900 to 2200."""
        text = self.cells.get(field, "").strip()
        if not text:
            return None
        found = _moment(text)
        if found is None:
            self.lose(field, f"“{text[:40]}” is not a date")
            return None
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            if found.microsecond or text[-1] == "Z" or "+" in text:
                self.inexact.add(field)
            return found
        self.lose(field, f"“{text[:40]}” lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
        return None

    def number(self, field: str) -> float | None:
        """A plain number, with a comma or a point."""
        money = self.money(field)
        return None if money is None else float(money)

    def whole(self, field: str, low: int, high: int) -> int | None:
        """A whole number within bounds, both included."""
        found = self.number(field)
        if found is None:
            return None
        if found == int(found) and low <= found <= high:
            return int(found)
        self.lose(field, f"{found:g} is not a whole number from {low:,} to {high:,}")
        return None

    def money(self, field: str, divisor: int = 1) -> Decimal | None:
        """An amount, exactly as written, divided by `divisor`."""
        text = self.cells.get(field, "").strip()
        if not text:
            return None
        found = _amount(text)
        if found is not None:
            return found if divisor == 1 or not found else found / divisor
        self.lose(field, f"“{text[:40]}” is not a number")
        return None

    def minutes(self, field: str, per_unit: float, *, signed: bool = False) -> int | None:
        """A number of units of `per_unit` minutes."""
        text = self.cells.get(field, "").strip()
        if not text:
            return None
        quick = _minutes(text, per_unit)
        if quick is not None and (signed or quick[0] >= 0):
            if quick[1]:
                self.inexact.add(field)
            return quick[0]
        found = self.number(field)
        return None if found is None else self._bounded(field, found * per_unit, signed=signed)

    def span(self, field: str, *, signed: bool = False) -> int | None:
        """An ISO duration (PT8H30M0S) in minutes."""
        text = self.cells.get(field, "").strip()
        if not text:
            return None
        quick = _whole_span(text)
        if quick is not None:
            return quick
        match = _ISO.fullmatch(text)
        if match is None or not any(match.groups()[1:]):
            self.lose(field, f"“{text[:40]}” is not a duration")
            return None
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
        found = days * DAY + hours * 60 + minutes + seconds / 60
        return self._bounded(field, -found if match[1] else found, signed=signed)

    def _bounded(self, field: str, minutes: float, *, signed: bool) -> int | None:
        if abs(minutes) > MAX_MINUTES:
            self.lose(field, f"{minutes / DAY:,.0f} days is longer than two centuries")
            return None
        if minutes < 0 and not signed:
            self.lose(field, f"{minutes / 60:g} hours is negative; read as 0")
            return 0
        whole = round(minutes)
        if abs(minutes - whole) > SMALLEST:
            self.inexact.add(field)
        return whole

    def lose(self, field: str, why: str) -> None:
        """Note that this field of this row is not carried, or was put right."""
        self.losses.value(self.where, self.name, field, why)

    def kept(self, carried: frozenset[str]) -> Kept:
        """Cells that no field says again, and those of which one says less; to be asked when all else was."""
        cells = self.cells
        found = [shared(name, text) for name in _others(tuple(cells), carried) if (text := cells[name])]
        if self.inexact:
            found += [shared(name, cells[name]) for name in cells if name in self.inexact and name in carried]
        return tuple(found)

    def unread(self, known: frozenset[str], why: Mapping[str, str] = _NO_REASONS) -> None:
        """Note every field that says something and that no reader asks for."""
        for field in _others(tuple(self.cells), known):
            if self.cells[field] not in _NOTHING:
                self.losses.field(self.where, self.name, field, why.get(field, KEPT_AS_IT_STANDS))


def clock_minute(text: str) -> int | None:
    """08:30 or 08:30:00 as minutes after midnight; None where it is no time of day."""
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59 or (int(match[1]) == 24 and int(match[2])):
        return None
    return int(match[1]) * 60 + int(match[2])


def shifts_of(times: list[tuple[str, str]]) -> tuple[tuple[Shift, ...], str]:
    """Shifts in order, and what was put right or left out, in words, "" where nothing."""
    found: list[Shift] = []
    faults: list[str] = []
    for start, finish in times:
        first, last = clock_minute(start), clock_minute(finish)
        if first is None or last is None or (first == last and first % DAY):
            faults.append(f"“{start[:12]} to {finish[:12]}” is no working time and was left out")
            continue
        found.append(Shift(first % DAY, last if last > first % DAY else last + DAY))
    merged: list[Shift] = []
    for shift in sorted(found, key=lambda one: (one.start_minute, one.finish_minute)):
        if merged and shift.start_minute < merged[-1].finish_minute:
            faults.append("working times that overlap were joined")
            merged[-1] = Shift(merged[-1].start_minute, max(merged[-1].finish_minute, shift.finish_minute))
        else:
            merged.append(shift)
    return tuple(merged), "; ".join(dict.fromkeys(faults[:5]))
