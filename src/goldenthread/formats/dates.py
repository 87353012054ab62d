"""Dates as people write them. The order of day and month is an argument: it belongs to a whole column, never to one cell."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from goldenthread.formats.values import tidy

FIRST_YEAR, LAST_YEAR = 1900, 2199
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv enero ene",
            "feb february februar février fevrier févr fevr febrero",
            "mar march märz maerz mars marzo mrz",
            "apr april avril avr abril abr",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre set",
            "oct october oktober okt octobre octubre",
            "nov november novembre noviembre",
            "dec december dezember dez décembre decembre déc diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
_TIME = rf"(?:[T ,]+{_CLOCK}\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}})?)?"
_ISO = re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(?P<y>(?:19|20|21)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})(?P<s>[-/. ])(?P<b>\d{{1,2}})(?P=s)(?P<y>\d{{4,5}}|'?\d{{2}}){_TIME}")
_WEEKDAY = r"(?:[A-Za-zÀ-ž]{2,10}\.?,?\s+)??"
_DAY_WORD = re.compile(
    rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s\-/,]*(?:de\s+)?(?P<w>[A-Za-zÀ-ž]{{3,10}})\.?[\s\-/,]*(?:de\s+)?(?P<y>\d{{4,5}}|'?\d{{2}}){_TIME}"
)
_WORD_DAY = re.compile(
    rf"{_WEEKDAY}(?P<w>[A-Za-zÀ-ž]{{3,10}})\.?[\s\-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,\-]+(?P<y>\d{{4,5}}){_TIME}"
)
_WORD_YEAR = re.compile(r"(?P<w>[A-Za-zÀ-ž]{3,10})\.?[\s\-/,']*(?P<y>\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})")
_YEAR_MONTH = re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})")


@dataclass(frozen=True, slots=True)
class Day:
    """A date read from text. whole_month: only month and year were given, `date` is the first of that month."""

    date: dt.date
    whole_month: bool = False
    ambiguous: bool = False
    order: str | None = None


@lru_cache(maxsize=65536)
def read_date(text: str, order: str = "dmy") -> Day | None:
    """Read a date; `order` ("dmy" or "mdy") settles 03/04/2020 only. None outside 1900-2199 or where it is no date.

    Day.order says which order this text proves ("dmy", "mdy") and Day.ambiguous that it proves neither.
    """
    plain = tidy(text)
    if not 6 <= len(plain) <= 40 or not any(character.isdigit() for character in plain):
        return None
    if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _made(int(found["y"]), int(found["m"]), int(found["d"]))
    if found := _NUMERIC.fullmatch(plain):
        return _ordered(int(found["a"]), int(found["b"]), _year(found["y"]), order)
    if found := _DAY_WORD.fullmatch(plain) or _WORD_DAY.fullmatch(plain):
        return _made(_year(found["y"]), _month(found["w"]), int(found["d"]))
    if found := _WORD_YEAR.fullmatch(plain):
        return _made(_year(found["y"]), _month(found["w"]), 1, whole_month=True)
    if found := _MONTH_YEAR.fullmatch(plain) or _YEAR_MONTH.fullmatch(plain):
        return _made(int(found["y"]), int(found["m"]), 1, whole_month=True)
    return None


def from_serial(serial: float) -> dt.date | None:
    """The date behind a spreadsheet's day number (1900 system), 1955 to 2119; None outside."""
    if not 20_000 <= serial < 80_400:
        return None
    return _EXCEL_EPOCH + dt.timedelta(days=int(serial))


def last_of_month(day: dt.date) -> dt.date:
    """The last day of the month `day` lies in."""
    following = day.replace(day=28) + dt.timedelta(days=4)
    return following - dt.timedelta(days=following.day)


def _ordered(first: int, second: int, year: int, order: str) -> Day | None:
    if first > 12 >= second:
        return _made(year, second, first, order="dmy")
    if second > 12 >= first:
        return _made(year, first, second, order="mdy")
    day, month = (first, second) if order == "dmy" else (second, first)
    return _made(year, month, day, ambiguous=first != second)


def _made(
    year: int, month: int, day: int, *, whole_month: bool = False, ambiguous: bool = False, order: str | None = None
) -> Day | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return Day(dt.date(year, month, day), whole_month, ambiguous, order)
    except ValueError:
        return None


def _year(text: str) -> int:
    """Two digits mean 1970 to 2069."""
    short = text.startswith("'") or len(text) == 2
    number = int(text.lstrip("'"))
    return number if not short else number + (1900 if number >= 70 else 2000)


def _month(word: str) -> int:
    return _MONTHS.get(word.casefold(), 0)
