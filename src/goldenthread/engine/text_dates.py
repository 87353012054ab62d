"""Finds the days that an English sentence names: days, months, quarters, halves, years and fiscal years.

A period stands for its last day, because goals are judged at the end of a period ("by 2027" is 31 December 2027).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WINDOW = 40  # characters before four digits that can show whether they are a year
FIRST_YEAR, LAST_YEAR = 1990, 2100
_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT = r"(?P<year>(?:19|20)?\d\d)(?:\s?[/–-]\s?(?P<last>(?:20)?\d\d))?"
_FISCAL = r"(?:fy|fiscal(?:\syear)?|financial\syear)\s?'?"
_EDGE = (
    r"(?:(?:the\s)?(?P<edge>end|start|beginning|close|middle)\s(?:of\s)?|"
    r"(?P<part>mid|early|late|end|year[\s-]end|eoy|ye)[\s-](?:of\s)?)"
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day named in a text. `day` is None where the words leave the year open ("by March"). `end` is exclusive."""

    start: int
    end: int
    day: date | None


def month_end(year: int, month: int) -> date:
    """The last day of a month; months above 12 or below 1 run into the next or former years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def find_dates(text: str, fiscal_year_ends: int = 12) -> list[FoundDate]:
    """Every day named in `text`, in order, without overlaps. `fiscal_year_ends` is the last month (1-12) of a fiscal year."""
    found: list[FoundDate] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if pattern is _BARE_YEAR and not _is_year(text, match):
                continue
            try:
                day = read(match, fiscal_year_ends)
            except ValueError:  # 31 February, month 13: no day, and no part of it is one
                day = None
            if day is None or FIRST_YEAR <= day.year <= LAST_YEAR:
                found.append(FoundDate(match.start(), match.end(), day))
    return sorted(found, key=lambda each: each.start)


def _month(match: re.Match[str]) -> int:
    name = match["month"].lower()[:3]
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name))


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _iso(match: re.Match[str], _ends: int) -> date:
    return date(int(match["year"]), int(match["number"]), int(match["day"]))


def _numeric(match: re.Match[str], _ends: int) -> date:
    first, second = int(match["day"]), int(match["number"])
    if second > 12:  # 06/30/2027: the month stands first
        first, second = second, first
    return date(int(match["year"]), second, first)


def _named_day(match: re.Match[str], _ends: int) -> date:
    return date(int(match["year"]), _month(match), int(match["day"]))


def _named_month(match: re.Match[str], _ends: int) -> date:
    return month_end(_year(match["year"]), _month(match))


def _numbered_month(match: re.Match[str], _ends: int) -> date:
    return month_end(int(match["year"]), int(match["number"]))


def _quarter(match: re.Match[str], ends: int) -> date:
    number = _ORDINALS.get(match["quarter"].lower()) or int(match["quarter"])
    return _last_day(_fiscal_year(match), ends if match["fiscal"] else 12, 3 * (4 - number))


def _half(match: re.Match[str], ends: int) -> date:
    return _last_day(_fiscal_year(match), ends if match["fiscal"] else 12, 6 * (2 - int(match["half"])))


def _fiscal(match: re.Match[str], ends: int) -> date:
    if match["last"] and ends == 12:  # "2027/28" cannot end in December: taken to end in June
        ends = 6
    return _last_day(_fiscal_year(match), ends, 0)


def _fiscal_year(match: re.Match[str]) -> int:
    return _year(match["last"] or match["year"])


def _last_day(year: int, ends: int, months_before: int) -> date:
    return month_end(year, ends - months_before)


def _edge_of_year(match: re.Match[str], _ends: int) -> date:
    word = (match["edge"] or match["part"]).lower()
    month = {"mid": 6, "middle": 6, "early": 3, "start": 1, "beginning": 1}.get(word, 12)
    return month_end(int(match["year"]), month)


def _bare_year(match: re.Match[str], _ends: int) -> date:
    return date(int(match["year"]), 12, 31)


def _open(_match: re.Match[str], _ends: int) -> None:
    return None


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether four digits are a year and not a count ("from 2025 complaints")."""
    left = text[max(0, match.start() - WINDOW) : match.start()]
    before = re.search(r"(\w+)?\W*$", left)
    word = (before[1] or "").lower() if before else ""
    after = re.match(r"\s*([%\w]+)?", text[match.end() :])
    following = ((after[1] or "") if after else "").lower()
    if re.search(r"[€$£¥.,]\s?$", left) and not re.search(r"[A-Za-z)%\d],\s$|\bvs\.\s$", left):
        return False
    if word in {"to", "from", "reach", "least", "most", "than", "exceed"}:
        return following in _AFTER_YEAR
    return following not in {"%", "percent", "per", "euros", "eur", "usd", "gbp", "hours", "days", "tonnes"}


_AFTER_YEAR = {"", "to", "by", "in", "and", "or", "level", "levels", "baseline", "until", "with", "while", "through", "on", "at"}


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)


_BARE_YEAR = _compile(_YEAR)
_QUARTER_WORDS = r"(?P<quarter>first|second|third|fourth|last|1st|2nd|3rd|4th)\squarter\s(?:of\s)?"
_PATTERNS: list[tuple[re.Pattern[str], Callable[[re.Match[str], int], date | None]]] = [
    (_compile(rf"{_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)"), _iso),
    (_compile(rf"(?P<day>\d{{1,2}})[./](?P<number>\d{{1,2}})[./]{_YEAR}"), _numeric),
    (_compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_NAME},?\s{_YEAR}"), _named_day),
    (_compile(rf"{_NAME}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{_YEAR}"), _named_day),
    (_compile(rf"(?:(?:the\s)?end\s(?:of\s)?)?{_NAME},?\s(?:of\s)?{_YEAR}"), _named_month),
    (_compile(rf"{_NAME}(?:\s['’]|['’-])(?P<year>\d\d)"), _named_month),
    (_compile(r"(?P<number>0?[1-9]|1[0-2])/(?P<year>20\d\d)"), _numbered_month),
    (_compile(rf"(?:spring|summer|autumn|fall|winter)\s(?:of\s)?{_YEAR}"), _open),
    (_compile(rf"(?P<fiscal>{_FISCAL}){_SHORT}[\s,’'-]{{0,2}}Q(?P<quarter>[1-4])"), _quarter),
    (_compile(rf"Q(?P<quarter>[1-4])[\s/,’'-]{{0,2}}(?:of\s)?(?P<fiscal>{_FISCAL})?{_SHORT}"), _quarter),
    (_compile(r"(?P<year>(?:19|20)\d\d)(?P<last>)(?P<fiscal>)[\s/-]?Q(?P<quarter>[1-4])"), _quarter),
    (_compile(rf"(?:the\s)?{_QUARTER_WORDS}(?P<fiscal>{_FISCAL})?{_SHORT}"), _quarter),
    (_compile(rf"H(?P<half>[12])[\s/,’'-]{{0,2}}(?:of\s)?(?P<fiscal>{_FISCAL})?{_SHORT}"), _half),
    (_compile(rf"(?:(?:the\s)?end\s(?:of\s)?)?{_FISCAL}{_SHORT}"), _fiscal),
    (_compile(rf"{_EDGE}(?:the\syear\s)?{_YEAR}"), _edge_of_year),
    (_compile(r"(?P<year>20\d\d)\s?[/–]\s?(?P<last>(?:20)?\d\d)"), _fiscal),
    (_BARE_YEAR, _bare_year),
    (re.compile(rf"(?<=\b(?:by|in)\s){_NAME}(?!\w)", re.IGNORECASE), _open),
    (re.compile(rf"(?<=until\s){_NAME}(?!\w)", re.IGNORECASE), _open),
]
