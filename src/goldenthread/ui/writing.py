"""How figures are written for people: dates, hours, money, shares, chances.

Every function takes plain values, returns text and never raises on `None` (it writes an en dash). Formats are fixed and
unambiguous ("23 Nov 2026") rather than taken from a locale: the same page reads the same for everybody, and a table of
200 rows costs microseconds. Registered as template filters of the same name in `jinja.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils import timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NONE = "–"
MINUS = "\u2212"
NBSP = "\u00a0"

ISO_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b")
NARROW, BROAD = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMWQOG%@")

Day = dt.date | dt.datetime | None


def _day(value: dt.date | dt.datetime) -> dt.date:
    """The calendar day of a date or of an instant, the instant seen in the current time zone."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def date(value: Day) -> str:
    """23 Nov 2026."""
    if value is None:
        return NONE
    day = _day(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day(value: Day) -> str:
    """Thu 26 Nov: for dates near today, where the year is plain."""
    if value is None:
        return NONE
    that = _day(value)
    return f"{WEEKDAYS[that.weekday()]} {that.day} {MONTHS[that.month - 1]}"


def month(value: Day) -> str:
    """Nov 2026."""
    if value is None:
        return NONE
    that = _day(value)
    return f"{MONTHS[that.month - 1]} {that.year}"


def iso(value: Day) -> str:
    """2026-11-23, for attributes and machine-read places."""
    return "" if value is None else _day(value).isoformat()


def datetime(value: dt.datetime | None) -> str:
    """23 Nov 2026, 14:05 in the current time zone."""
    if value is None:
        return NONE
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{date(local)}, {local:%H:%M}"


def read_moments(text: str) -> str:
    """A text in which moments stand as 2026-11-23 14:05 with each as people write it."""
    return ISO_MOMENT.sub(lambda found: _moment(found[0]), text)


def _moment(text: str) -> str:
    try:
        return datetime(dt.datetime.fromisoformat(text))
    except ValueError:
        return text


def number(value: float | Decimal | None, digits: int | None = None) -> str:
    """1,234.5 with a true minus sign; without `digits`, as many decimals as the value needs, at most three."""
    if value is None:
        return NONE
    text = f"{value:,.3f}".rstrip("0").rstrip(".") if digits is None else f"{value:,.{digits}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return text


def signed(value: float | Decimal | None, digits: int | None = None) -> str:
    """A change: +0.4, −0.4, 0."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def percent(share: float | Decimal | None, digits: int = 0) -> str:
    """0.61 as 61 %."""
    return NONE if share is None else f"{number(float(share) * 100, digits)}{NBSP}%"


def plural(count: int, word: str, many: str | None = None) -> str:
    """1 step, 2 steps; `many` where an s is not enough (1 duty, 2 duties)."""
    return f"{number(count)} {word if count == 1 else many or word + 's'}"


def hours(minutes: float | None) -> str:
    """Working minutes as people say them: 30 min, 1.5 h, 1 h 40 min, 31 h (from ten hours on, whole hours)."""
    if minutes is None:
        return NONE
    sign, whole = (MINUS, round(-minutes)) if minutes < 0 else ("", round(minutes))
    if whole < 60:
        return f"{sign if whole else ''}{whole}{NBSP}min"
    if whole >= 600:
        return f"{sign}{number(round(whole / 60))}{NBSP}h"
    if whole % 30 == 0:
        return f"{sign}{number(whole / 60, 0 if whole % 60 == 0 else 1)}{NBSP}h"
    return f"{sign}{whole // 60}{NBSP}h {whole % 60}{NBSP}min"


@lru_cache(maxsize=256)
def _currency(code: str) -> tuple[str, int]:
    """Symbol and number of decimals of an ISO 4217 currency; a code used as a symbol gets a space after it."""
    symbol = get_currency_symbol(code, locale="en_GB")
    return (f"{symbol}{NBSP}" if symbol == code else symbol, get_currency_precision(code))


def money(minor: int | None, currency: str = "EUR", full: bool = False) -> str:  # noqa: FBT001, FBT002  short in a template
    """Integer minor units as €1.9m, €80k, €950; with `full`, every digit: €1,900,000.00 (no decimals where they are zero)."""
    if minor is None:
        return NONE
    symbol, decimals = _currency(currency)
    sign, units = (MINUS if minor < 0 else ""), abs(minor) / 10**decimals
    if full or units < 999.5:
        exact = abs(minor) % 10**decimals == 0 or not full
        return f"{sign if minor and (full or round(units)) else ''}{symbol}{number(units, 0 if exact else decimals)}"
    for size, suffix in ((1e3, "k"), (1e6, "m"), (1e9, "bn")):
        scaled = units / size
        if scaled < 999.5 or suffix == "bn":
            break
    text = number(scaled, 1 if scaled < 9.95 or (suffix != "k" and scaled < 99.95) else 0)
    return f"{sign}{symbol}{text.removesuffix('.0')}{suffix}"


def chance_words(p: float | None) -> str:
    """A chance in words, for a thin basis: no figure that the basis cannot carry."""
    if p is None:
        return "not known"
    for limit, words in ((0.1, "very unlikely"), (0.4, "unlikely"), (0.6, "about even"), (0.9, "likely")):
        if p < limit:
            return words
    return "very likely"


def chance(p: float | None, basis: str = "fair") -> str:
    """A chance as people say it: 4 in 10. Never 0 or 10 in 10; words where the basis is thin."""
    if p is None or basis == "thin":
        return chance_words(p)
    if p < 0.05:
        return "under 1 in 10"
    if p >= 0.95:
        return "over 9 in 10"
    return f"{min(9, max(1, int(p * 10 + 0.5)))} in 10"


def outcome(p: float | None) -> str:
    """What became of something whose day has passed, from its chance, which is settled then."""
    return "not known" if p is None else "reached" if p >= 0.5 else "not reached"


def chance_change(before: float | None, after: float | None, basis: str = "fair") -> str:
    """Two chances of the same thing, 55 % → 61 %; words where the basis is thin."""
    if before is None or after is None:
        return NONE
    if basis != "thin":
        return f"{percent(before)} → {percent(after)}"
    first, then = chance_words(before), chance_words(after)
    if first != then:
        return f"{first} → {then}"
    return f"{first}, hardly changed" if abs(after - before) < 0.01 else f"{first}, a little {'up' if after > before else 'down'}"


def since(value: Day, now: dt.datetime | dt.date) -> str:
    """How long ago: just now, 5 minutes ago, 3 hours ago, yesterday, 6 days ago, 4 months ago."""
    if value is None:
        return "never"
    days = (_day(now) - _day(value)).days
    if isinstance(value, dt.datetime) and isinstance(now, dt.datetime):
        seconds = (now - value).total_seconds()
        if 0 <= seconds < 90:
            return "just now"
        if 0 <= seconds < 5400:
            return f"{plural(round(seconds / 60), 'minute')} ago"
        if 0 <= seconds < 86400 and days <= 1:
            return f"{plural(round(seconds / 3600), 'hour')} ago"
    if days < 0:
        return f"in {plural(-days, 'day')}"
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 61:
        return f"{plural(days, 'day')} ago"
    return f"{plural(round(days / 30.44), 'month')} ago" if days < 730 else f"{plural(round(days / 365.25), 'year')} ago"


def due(value: Day, today: dt.date) -> str:
    """When something is due, seen from today: due today, due Thu (within a week), due 12 Jan 2027, 3 days late."""
    if value is None:
        return "no date"
    that, now = _day(value), _day(today)
    left = (that - now).days
    if left < 0:
        return f"{plural(-left, 'day')} late"
    if left < 2:
        return "due tomorrow" if left else "due today"
    if left < 7:
        return f"due {WEEKDAYS[that.weekday()]}"
    return f"due {day(that)}" if left < 180 else f"due {date(that)}"


def width(text: str, size: float = 12) -> float:
    """About how wide a text stands in Inter at `size`, in the same units: for room in pictures, never for layout of pages."""
    return size * sum(0.3 if c in NARROW else 0.88 if c in BROAD else 0.66 if c.isupper() else 0.57 for c in text)


def fit(text: str, room: float, size: float = 12) -> str:
    """The text, or as much of it as fits `room`, ending in an ellipsis."""
    if width(text, size) <= room:
        return text
    kept = next((n for n in range(len(text), 0, -1) if width(text[:n], size) + size <= room), 1)
    return text[:kept].rstrip() + "…"
