"""What one cell says: numbers with money signs, scales and either decimal mark, dates in either order, ratings, yes and no.

Every reader returns None for what it does not understand; nothing is guessed. Numbers are exact decimals.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

SYMBOLS = {
    "£": "GBP", "€": "EUR", "$": "$", "¥": "¥", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₪": "ILS",
    "zł": "PLN", "kč": "CZK", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "r$": "BRL", "fr.": "CHF", "sfr": "CHF", "rs": "INR", "rs.": "INR", "kr": "kr",
    "r": "ZAR", "euro": "EUR", "euros": "EUR", "dollars": "$", "pounds": "GBP",
}  # fmt: skip
CODES = frozenset(
    (
        "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR ISK JPY KRW KWD MAD "
        "MXN MYR NGN NOK NZD PEN PHP PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR"
    ).split()
)
SCALES = {
    "k": 3, "thousand": 3, "thousands": 3, "tsd": 3, "'000": 3, "000s": 3, "m": 6, "mn": 6, "mm": 6, "mio": 6,
    "mil": 6, "mill": 6, "million": 6, "millions": 6, "millionen": 6, "millones": 6, "md": 9, "bn": 9, "b": 9,
    "billion": 9, "billions": 9, "mrd": 9, "mia": 9, "milliarden": 9, "milliards": 9, "tn": 12, "trillion": 12,
}  # fmt: skip
BLANK_WORDS = frozenset(("|#|(blank)|(empty)|-|--|---|.|?|entfällt|k.a.|n.a.|n/a|n/a.|na|nan|nil|none|null|s/o|–|—").split("|"))
SPREADSHEET_ERRORS = frozenset(
    ("#calc!|#div/0!|#getting_data|#n/a|#name?|#null!|#num!|#ref!|#spill!|#value!|err:502|err:508").split("|")
)
YES = frozenset({"yes", "y", "true", "t", "x", "✓", "✔", "ja", "oui", "si", "sí", "wahr", "vrai", "verdadero", "1"})
NO = frozenset({"no", "n", "false", "f", "✗", "✘", "nein", "non", "falsch", "faux", "falso", "0"})

LARGEST_POWER = 18  # a number of 10^18 or more is not an amount anybody plans with
_BODY = r"(?P<body>\d[\d.,'’ _]*|[.,]\d+)(?P<exponent>[eE][+-]?\d{1,3})?"
_LETTER = r"A-Za-zÀ-ž$£€¥₹₽₩₺₪'%‰"
_UNIT = rf"(?:[{_LETTER}][{_LETTER}.]{{0,11}})?"
_NUMBER = re.compile(rf"(?P<before>[+-]?\s?{_UNIT}(?:\s{_UNIT})?\s?[+-]?)\s?{_BODY}\s?(?P<after>{_UNIT}(?:\s{_UNIT})?\s?[+-]?)")
_SPACES = {ord(space): " " for space in "\u00a0\u2007\u2009\u202f\u2002\u2003\u2005\u200a"} | {
    0x2212: "-",
    0x2010: "-",
    0x2011: "-",
    0x200B: None,
    0xFEFF: None,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from text: exact value (scale and percent sign not applied), currency code or None, power of ten, percent."""

    value: Decimal
    currency: str | None = None
    power: int = 0
    percent: bool = False

    @property
    def scaled(self) -> Decimal:
        """The value with its own suffix applied: "2.5m" is 2500000."""
        return self.value.scaleb(self.power) if self.power else self.value


def tidy(text: str) -> str:
    """Trim, with every kind of blank made a plain one and typographic minus signs made plain."""
    return text.strip() if text.isascii() else text.translate(_SPACES).strip()


def is_blank(text: str) -> bool:
    """True for nothing, dashes, n/a and the like."""
    if len(text) > 16:
        return text.isspace()
    return tidy(text).casefold() in BLANK_WORDS


def is_no_number(text: str) -> bool:
    """True for NaN: nothing in a column of words, and in one of figures a figure that could not be computed."""
    return len(text) < 16 and tidy(text).casefold() == "nan"


def is_spreadsheet_error(text: str) -> bool:
    """True for #N/A, #REF! and their kin."""
    return tidy(text).casefold() in SPREADSHEET_ERRORS


@lru_cache(maxsize=65536)
def read_number(text: str, decimal: str = ".") -> Number | None:
    """Read a number such as "£1,234.50", "(12)", "-3,5 %", "2.5m", "1.234,56 EUR"; `decimal` settles "1,234"."""
    plain = tidy(text)
    if not plain or len(plain) > 60 or not any(character.isdigit() for character in plain):
        return None
    if not plain.isascii():
        plain = "".join(unicodedata.normalize("NFKC", c) if c.isdigit() or 0xFF01 <= ord(c) <= 0xFF5E else c for c in plain)
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        plain, negative = plain[1:-1].strip(), True
    found = _NUMBER.fullmatch(plain)
    if not found:
        return None
    before, after = found["before"].strip(), found["after"].strip()
    signs = [sign for sign in (before[:1], before[-1:] if len(before) > 1 else "", after[-1:]) if sign and sign in "+-"]
    if len(signs) + negative > 1:
        return None
    units = _units(before.strip("+- "), after.strip("+- "))
    value = _decimal(found["body"].strip(), found["exponent"] or "", decimal)
    if units is None or value is None:
        return None
    if negative or "-" in signs:
        value = -value
    return Number(value, *units)


def _units(before: str, after: str) -> tuple[str | None, int, bool] | None:
    """Currency, power of ten and percent sign from the words around a number; None where a word is unknown."""
    currency: str | None = None
    power = 0
    percent = False
    for word in (*before.split(), *after.split()):
        for part in unit_parts(word):
            key = part.casefold()
            if key in ("%", "percent", "pct"):
                percent = True
            elif key.rstrip(".") in SCALES:
                power = SCALES[key.rstrip(".")]
            elif key in SYMBOLS:
                currency = SYMBOLS[key]
            elif part.upper() in CODES:
                currency = part.upper()
            else:
                return None
    return currency, power, percent


@lru_cache(maxsize=4096)
def unit_parts(word: str) -> tuple[str, ...]:
    """The unit words written as one: "k€" -> k, €;  "GBPm" -> GBP, m;  "€m" -> €, m."""
    if not word:
        return ()
    key = word.casefold()
    if key in SYMBOLS or key in SCALES or key.rstrip(".") in SCALES or word.upper() in CODES or key in ("%", "percent", "pct"):
        return (word,)
    if key.startswith("t") and _known_money(word[1:]):
        return "tsd", word[1:]  # T€ and TEUR, thousands in German books
    for cut in range(1, len(word)):
        left, right = word[:cut], word[cut:]
        if _known_money(left) and right.casefold().rstrip(".") in SCALES:
            return left, right
        if left.casefold() in SCALES and _known_money(right):
            return left, right
    return (word,)


def _known_money(word: str) -> bool:
    return word.casefold() in SYMBOLS or word.upper() in CODES


def _decimal(body: str, exponent: str, decimal: str) -> Decimal | None:
    mark = decimal_mark_of(body) or decimal
    group = "," if mark == "." else "."
    whole, _, fraction = body.partition(mark)
    if mark in fraction or any(separator in fraction for separator in (group, " ", "'", "’", "_")):
        return None
    parts = re.split(r"[.,'’ _]", whole)
    if len(parts) > 1 and (
        any(len(part) not in (2, 3) for part in parts[1:]) or len(parts[-1]) != 3 or not 1 <= len(parts[0]) <= 3
    ):
        return None
    try:
        value = Decimal("".join(parts) + ("." + fraction if fraction else "") + exponent)
    except InvalidOperation:
        return None
    return value if -30 < value.adjusted() < LARGEST_POWER else None


def decimal_mark_of(body: str) -> str | None:
    """The decimal mark that the digits of one number prove, or None where "1,234" could be either."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    if dots + commas == 0:
        return None
    mark = "." if dots else ","
    other = "," if dots else "."
    if dots + commas > 1:
        return other
    whole, _, fraction = body.partition(mark)
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole.strip("0"):
        return None
    return mark


def number_body(text: str) -> str | None:
    """The digits and separators of a number cell, for the vote on the decimal mark; None where it is no number."""
    plain = tidy(text).strip("()")
    found = _NUMBER.fullmatch(plain) if 0 < len(plain) <= 60 else None
    if not found or _units(found["before"].strip().strip("+- "), found["after"].strip().strip("+- ")) is None:
        return None
    return found["body"].strip()


_RATINGS = {
    "green": "green", "g": "green", "grün": "green", "gruen": "green", "vert": "green", "verde": "green",
    "🟢": "green", "on track": "green", "ok": "green", "amber": "amber", "a": "amber", "yellow": "amber",
    "y": "amber", "orange": "amber", "gelb": "amber", "jaune": "amber", "ámbar": "amber", "amarillo": "amber",
    "🟡": "amber", "🟠": "amber", "at risk": "amber", "red": "red", "r": "red", "rot": "red", "rouge": "red",
    "rojo": "red", "🔴": "red", "off track": "red",
}  # fmt: skip
RATING_STEPS = ("green", "amber-green", "amber", "amber-red", "red")


@lru_cache(maxsize=8192)
def read_rating(text: str) -> str | None:
    """A red-amber-green rating as one of RATING_STEPS; "Amber/red", "A/R", "Amber - Red" and emoji are understood."""
    plain = re.sub(r"\s+", " ", tidy(text).casefold()).strip(" .*")
    if plain in _RATINGS:
        return _RATINGS[plain]
    if len(plain) > 24:
        return None
    parts = [_RATINGS.get(part.strip()) for part in re.split(r"\s*[/\-–—_&+]\s*|\s+to\s+|\s+", plain) if part.strip()]
    if len(parts) != 2 or None in parts:
        return None
    pair = {part for part in parts if part}
    if len(pair) == 1:
        return pair.pop()
    if "amber" not in pair:
        return None
    return "amber-green" if "green" in pair else "amber-red"


def read_boolean(text: str) -> bool | None:
    """Yes or no in five languages, ticks, 1 and 0."""
    plain = tidy(text).casefold()
    return True if plain in YES else False if plain in NO else None
