"""What one column holds: its kind, unit, scale and date order, decided over all of its cells together."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from goldenthread.formats.dates import from_serial, read_date
from goldenthread.formats.header_words import words_of
from goldenthread.formats.values import (
    CODES,
    RATING_STEPS,
    SCALES,
    SYMBOLS,
    decimal_mark_of,
    is_blank,
    is_no_number,
    number_body,
    read_boolean,
    read_number,
    read_rating,
    unit_parts,
)
from goldenthread.formats.workbook import Cell

KINDS = ("text", "number", "money", "date", "percent", "boolean", "rating", "id")
FIGURES = frozenset(KINDS) - {"text", "id"}
Value = str | Decimal | dt.date | bool | None
_ENOUGH = 0.5
_SAMPLE = 2_000
_DATE_WORDS = frozenset(
    "date start finish end due deadline completion until beginn ende datum debut fin fecha inicio begin day on milestone".split()
)
_MONEY_WORDS = frozenset(
    (
        "budget cost costs spend spent amount price forecast capex opex funding wlc eac bac kosten cout montant "
        "presupuesto coste importe revenue saving savings"
    ).split()
)
_NOT_MONEY = frozenset("% percent days date hours index ratio comment completion schedule".split())
_ID_WORDS = frozenset("id ref reference pid code key uid guid identifier nr no number wbs".split())
_YES_WORDS = frozenset("is has in flag".split())
_RATING_WORDS = frozenset("rag rating colour color health ampel confidence status light dca overall".split())
_PLAIN_CODES = CODES - {"TRY", "ALL", "COP", "PEN", "RON", "MAD", "PHP"}


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """Corrections to the detection of one column; None means detect. power: 3 for thousands, 6 for millions."""

    kind: str | None = None
    date_order: str | None = None
    decimal_mark: str | None = None
    currency: str | None = None
    power: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """index: place in the table, from 0; source: column letter, or row number in a transposed list.

    currency: ISO code, or the bare sign where it names several currencies ("$"). power: amounts are in 10**power; 2 for a
    percentage written as a share of one.
    date_order: "dmy" or "mdy". sure: 0 to 1. filled, distinct, withheld: counts of cells (withheld = text where the kind
    asks for something else). samples: up to five different cells as written.
    """

    index: int
    name: str
    source: str
    kind: str = "text"
    currency: str | None = None
    power: int = 0
    date_order: str = "dmy"
    order_proved: bool = False
    decimal_mark: str = "."
    sure: float = 1.0
    filled: int = 0
    distinct: int = 0
    withheld: int = 0
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the rest of the file says, for columns that do not decide by themselves."""

    decimal_mark: str = "."
    date_order: str = "dmy"
    sheet_format: str = ""


@dataclass(frozen=True, slots=True)
class _Shares:
    filled: int
    number: float
    date: float
    rating: float
    boolean: float


def read_column(
    base: Column, cells: Sequence[Cell], texts: Sequence[str], hints: Hints, settings: ColumnSettings
) -> tuple[Column, list[Value]]:
    """Decide what a column is and read it. `base` carries index, name and source; returns the column and its values.

    Blank cells become None, cells that do not fit the kind stay text.
    """
    blank = [is_blank(text) for text in texts]
    filled = [(cell, text) for cell, text, empty in zip(cells, texts, blank, strict=True) if not empty]
    sample = filled if len(filled) <= _SAMPLE else filled[:: len(filled) // _SAMPLE + 1]
    plain = [text for cell, text in sample if isinstance(cell, str)]
    mark = settings.decimal_mark or _decimal_mark(plain) or hints.decimal_mark
    shares = _shares(sample, mark, hints.date_order)
    every = (
        [text for cell, text in filled if isinstance(cell, str)] if shares.date >= _ENOUGH or settings.kind == "date" else plain
    )
    order, proved = _date_order(every)
    order = settings.date_order or order or hints.date_order
    unit = header_unit(base.name)
    kind, sure = (settings.kind, 1.0) if settings.kind else _kind(base.name, filled, shares, unit, hints.sheet_format)
    currency = (
        settings.currency or _currency(plain, mark) or unit[0] or (hints.sheet_format if len(hints.sheet_format) == 3 else None)
    )
    power = (unit[1] if kind == "money" else 0) if settings.power is None else settings.power
    read = reader_of(kind, mark, order, power)
    values = [None if empty else read(cell, text) for cell, text, empty in zip(cells, texts, blank, strict=True)]
    lost = [row for row, text in enumerate(texts) if blank[row] and is_no_number(text)] if kind in FIGURES else []
    for row in lost:
        values[row] = texts[row]
    if kind == "percent" and are_fractions(values) and not any("%" in text for text in plain):
        power, values = 2, [value * 100 if isinstance(value, Decimal) else value for value in values]
    withheld = _withheld(kind, values)
    distinct = dict.fromkeys(text for _, text in filled)
    column = Column(
        index=base.index, name=base.name, source=base.source, kind=kind, currency=currency if kind == "money" else None,
        power=power if kind in ("money", "percent") else 0, date_order=order, decimal_mark=mark,
        order_proved=proved or settings.date_order is not None, sure=sure, filled=len(filled) + len(lost), distinct=len(distinct),
        withheld=withheld, samples=tuple(list(distinct)[:5]),
    )  # fmt: skip
    return column, values


def are_fractions(values: Sequence[Value]) -> bool:
    """True where all numbers lie from 0 to 1 and at least one lies between: shares of one, not per cents."""
    numbers = [value for value in values if isinstance(value, Decimal)]
    return any(0 < number < 1 for number in numbers) and all(0 <= number <= 1 for number in numbers)


def _withheld(kind: str, values: Sequence[Value]) -> int:
    if kind in ("text", "id"):
        return 0
    return sum(isinstance(value, str) and not (kind == "rating" and value in RATING_STEPS) for value in values)


def reader_of(kind: str, mark: str, order: str, power: int) -> Callable[[Cell, str], Value]:
    """A function from (cell, its text) to a value of the kind, or the text itself where it does not fit."""

    def number(cell: Cell, text: str) -> Value:
        amount = _number_in(cell, text, mark)
        return text if amount is None else amount

    def money(cell: Cell, text: str) -> Value:
        amount = _number_in(cell, text, mark)
        return text if amount is None else scaled(amount, power)

    def date(cell: Cell, text: str) -> Value:
        found = date_in(cell, text, order)
        return text if found is None else found

    def boolean(cell: Cell, text: str) -> Value:
        found = cell if isinstance(cell, bool) else read_boolean(text)
        return text if found is None else found

    def as_text(cell: Cell, text: str) -> Value:
        return text

    readers = {
        "number": number,
        "percent": number,
        "money": money,
        "date": date,
        "boolean": boolean,
        "rating": lambda _, text: read_rating(text) or text,
    }
    return readers.get(kind, as_text)


def scaled(amount: Decimal, power: int) -> Decimal:
    """Amount x 10**power, exact and written without an exponent."""
    value = amount.scaleb(power) if power else amount
    return value.quantize(Decimal(1)) if value == value.to_integral_value() and abs(value) < 10**20 else value


def date_in(cell: Cell, text: str, order: str) -> dt.date | None:
    """The date a cell holds: a real one, a written one, or a spreadsheet's day number."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return from_serial(cell)
    found = read_date(text, order)
    if found:
        return found.date
    return from_serial(int(text)) if re.fullmatch(r"\d{5}", text.strip()) else None


def _number_in(cell: Cell, text: str, mark: str) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return Decimal(repr(cell))
    found = read_number(text, mark)
    return found.scaled if found else None


def _shares(filled: Sequence[tuple[Cell, str]], mark: str, order: str) -> _Shares:
    count = max(1, len(filled))
    numbers = sum(_number_in(cell, text, mark) is not None for cell, text in filled)
    dates = sum(
        isinstance(cell, dt.date) or (isinstance(cell, str) and read_date(text, order) is not None) for cell, text in filled
    )
    ratings = sum(read_rating(text) is not None for _, text in filled)
    booleans = sum(isinstance(cell, bool) or read_boolean(text) is not None for cell, text in filled)
    return _Shares(len(filled), numbers / count, dates / count, ratings / count, booleans / count)


def _kind(
    name: str,
    filled: Sequence[tuple[Cell, str]],
    shares: _Shares,
    unit: tuple[str | None, int, bool],
    sheet_format: str,
) -> tuple[str, float]:
    words = set(words_of(name))
    if shares.filled == 0:
        return "text", 0.3
    if shares.rating >= _ENOUGH and (words & _RATING_WORDS or (shares.rating > 0.8 and any(len(text) > 2 for _, text in filled))):
        return "rating", shares.rating
    if shares.date >= _ENOUGH and shares.date >= shares.number:
        return "date", shares.date
    if _is_id(words, filled, shares):
        return "id", 0.9
    if shares.number >= _ENOUGH:
        return _kind_of_number(words, filled, shares, unit, sheet_format)
    if shares.boolean >= 0.9 and len({text.casefold() for _, text in filled}) <= 4:
        return "boolean", shares.boolean
    return "text", 1.0 - max(shares.number, shares.date)


def _kind_of_number(
    words: set[str],
    filled: Sequence[tuple[Cell, str]],
    shares: _Shares,
    unit: tuple[str | None, int, bool],
    sheet_format: str,
) -> tuple[str, float]:
    distinct = {text for _, text in filled}
    if distinct <= {"0", "1"} and words & _YES_WORDS:
        return "boolean", 0.9
    if words & _DATE_WORDS and not words & _MONEY_WORDS and all(_could_be_serial(cell, text) for cell, text in filled):
        return "date", 0.8
    read = [found for cell, text in filled[:_SAMPLE] if isinstance(cell, str) and (found := read_number(text))]
    signs = sum(found.percent for found in read)
    if (read and signs >= _ENOUGH * len(read)) or sheet_format == "percent" or unit[2]:
        return "percent", shares.number
    money = sum(found.currency is not None for found in read)
    if (read and money >= _ENOUGH * len(read)) or sheet_format or unit[0]:
        return "money", shares.number
    if words & _MONEY_WORDS and not words & _NOT_MONEY:
        return "money", 0.7 * shares.number
    return "number", shares.number


def _could_be_serial(cell: Cell, text: str) -> bool:
    number = cell if isinstance(cell, (int, float)) else float(text) if re.fullmatch(r"\d{5}(\.\d+)?", text) else 0.0
    return from_serial(number) is not None


def _is_id(words: set[str], filled: Sequence[tuple[Cell, str]], shares: _Shares) -> bool:
    texts = [text for _, text in filled]
    if max(len(text) for text in texts) > 60:
        return False
    if words & _ID_WORDS and len(words) <= 4 and not words & _MONEY_WORDS:
        return all(not isinstance(cell, float) for cell, _ in filled)
    if len(set(texts)) < len(texts):
        return False
    coded = sum(bool(re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9][\w./\-]*", text)) for text in texts[:_SAMPLE])
    return len(texts) >= 3 and coded >= 0.9 * min(len(texts), _SAMPLE) and shares.number < _ENOUGH


def _decimal_mark(texts: Sequence[str]) -> str | None:
    votes = Counter(mark for text in texts if len(text) <= 60 and (body := number_body(text)) and (mark := decimal_mark_of(body)))
    return votes.most_common(1)[0][0] if votes else None


def decimal_votes(texts: Sequence[str]) -> Counter[str]:
    """How many cells prove each decimal mark."""
    return Counter(mark for text in texts if (body := number_body(text)) and (mark := decimal_mark_of(body)))


def order_votes(texts: Sequence[str]) -> Counter[str]:
    """How many cells prove "dmy", "mdy" or neither ("?")."""
    votes: Counter[str] = Counter()
    for text in texts:
        found = read_date(text)
        if found and (found.order or found.ambiguous):
            votes[found.order or "?"] += 1
    return votes


def _date_order(texts: Sequence[str]) -> tuple[str | None, bool]:
    votes = order_votes(texts)
    proved = {order: votes[order] for order in ("dmy", "mdy") if votes[order]}
    if proved:
        return max(proved, key=lambda order: proved[order]), True
    if votes["?"] and sum("." in text for text in texts) > len(texts) / 2:
        return "dmy", True
    return None, votes["?"] == 0


def _currency(texts: Sequence[str], mark: str) -> str | None:
    votes = Counter(found.currency for text in texts if (found := read_number(text, mark)) and found.currency)
    return votes.most_common(1)[0][0] if votes else None


def header_unit(name: str) -> tuple[str | None, int, bool]:
    """Currency, power of ten and percent sign that a heading states.

    Understood are "Cost ($ M)", "Budget [k€]", "budget_gbp_m", "in EUR '000" and their like.
    """
    bracketed = re.findall(r"[(\[{]([^)\]}]*)[)\]}]", name)
    for piece in bracketed:
        unit = _unit_of(re.split(r"[\s,]+", piece.strip()), strict=True)
        if unit:
            return unit
    tail = re.split(r"[\s_,/]+", re.sub(r"[(\[{][^)\]}]*[)\]}]", " ", name).strip())
    for count in (3, 2, 1):
        unit = _unit_of(tail[-count:], strict=True) if len(tail) > count or "%" in name else None
        if unit:
            return unit
    return None, 0, "%" in name or "percent" in name.casefold()


def _unit_of(words: Sequence[str], *, strict: bool) -> tuple[str | None, int, bool] | None:
    currency, power, percent, known = None, 0, False, False
    for word in words:
        if word.casefold() in ("in", "of", "p.a.", "inc", ""):
            continue
        for part in unit_parts(word):
            key = part.casefold()
            if key in ("%", "percent", "%age", "pct"):
                percent = known = True
            elif part.upper() in _PLAIN_CODES or (key in SYMBOLS and key not in ("r", "rs", "kr")):
                currency, known = SYMBOLS.get(key) or part.upper(), True
            elif key.rstrip(".") in SCALES or key in SCALES:
                power = SCALES.get(key) or SCALES[key.rstrip(".")]
                known = known or len(key) > 2
            elif strict:
                return None
    return (currency, power, percent) if known else None
