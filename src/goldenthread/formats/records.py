"""Tables of our own nouns out to a spreadsheet and back: an `id` column, named columns, typed values, every error with its place.

Reading accepts what a spreadsheet program makes of such a file on the way (semicolons, local dates and decimal marks, moved
columns, extra columns), but a value that is not clearly right is an error with row and column, never a guess.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from goldenthread.formats.columns import date_in
from goldenthread.formats.dates import FIRST_YEAR, LAST_YEAR, read_date
from goldenthread.formats.errors import FormatError
from goldenthread.formats.layout import text_of
from goldenthread.formats.sheets import OutCell, OutSheet, unguarded
from goldenthread.formats.tables import Settings, Table, detect_in
from goldenthread.formats.values import is_spreadsheet_error, read_boolean, read_number, tidy
from goldenthread.formats.workbook import Workbook

FIELD_KINDS = ("text", "integer", "number", "money", "percent", "date", "boolean", "choice", "id")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a noun. name: its heading; kind: one of FIELD_KINDS; choices: allowed words for kind "choice".

    lowest, highest: inclusive bounds for numbers (a percent is 0 to 100 unless said otherwise).
    many: several texts in one cell, parted by semicolons. computed: goes out for the reader alone.
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    many: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell or row that was not read: place in words, the column heading ("" for a whole row), what is wrong, what to do."""

    place: str
    column: str
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """rows: field name -> value for each row without a problem, in file order; places: where each stands.

    unknown_columns: headings no field answers to. missing_columns: fields without a column (not required ones).
    at: field name -> name of its column in the file. ids: of all rows, those with problems too.
    """

    rows: tuple[dict[str, Any], ...]
    places: tuple[str, ...]
    problems: tuple[CellProblem, ...]
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    at: Mapping[str, str] = dataclasses.field(default_factory=dict)
    ids: frozenset[str] = frozenset()

    def cell(self, place: str, name: str) -> str:
        """Where the cell of a field stands in the row at `place`."""
        return f"{place}, column {self.at[name]}" if self.at.get(name) else place


def write_records(name: str, fields: Sequence[Field], rows: Sequence[Mapping[str, Any]]) -> OutSheet:
    """A sheet for `write_csv` or `write_xlsx`: one column per field in the order given."""
    return OutSheet(
        name,
        [field.name for field in fields],
        [[_out(field, row.get(field.name)) for field in fields] for row in rows],
        choices={place: field.choices for place, field in enumerate(fields) if field.choices},
    )


def _out(field: Field, value: Any) -> OutCell:
    if field.many and value is not None:
        return "; ".join(str(item).replace(";", ",") for item in value)
    if isinstance(value, (str, bool, int, float, Decimal, dt.date)) or value is None:
        return value
    return str(value)


def read_records(book: Workbook, fields: Sequence[Field], sheet: str | None = None) -> Records:
    """Read one sheet of `book` by its headings; raises FormatError where a required column is missing or no table is found.

    Guards against formulas (see sheets) are taken off in text files, where alone they are put on.
    """
    settings = Settings(
        sheet=_sheet_named(book, sheet),
        orientation="rows",
        header_lines=1,
        keep_totals=True,
        header_row=_header_row(book, sheet, fields),
    )
    try:
        table = detect_in(book, settings).table
    except FormatError:
        if _only_header(book, sheet, fields):
            return Records((), (), (), (), ())
        raise
    places, unknown, missing = _columns(table, fields)
    reader = _RowReader(table, fields, places)
    for record in range(len(table.texts)):
        reader.read(record)
    at = {name: table.columns[column].source for name, column in places.items()}
    return Records(tuple(reader.rows), tuple(reader.at), tuple(reader.problems), unknown, missing, at, frozenset(reader.seen))


def _sheet_named(book: Workbook, wanted: str | None) -> str | None:
    """The sheet whose name is the one wanted, whatever its case; the only sheet where there is one."""
    if len(book.sheets) == 1 or wanted is None:
        return None
    return next((sheet.name for sheet in book.sheets if plain(sheet.name) == plain(wanted)), wanted)


def _header_row(book: Workbook, wanted: str | None, fields: Sequence[Field]) -> int | None:
    """The first row that holds all headings that must be there, at least one, as half of its cells or more."""
    names = {plain(field.name) for field in fields}
    needed = {plain(field.name) for field in fields if field.required}
    chosen = _sheet_named(book, wanted)
    for sheet in book.sheets:
        if chosen in (None, sheet.name):
            for number, row in zip(sheet.numbers[:30], sheet.rows[:30], strict=True):
                found = {plain(unguarded(text_of(cell))) for cell in row if cell is not None}
                if needed <= found and len(found & names) >= max(1, len(found) / 2, len(needed)):
                    return number
    return None


def _only_header(book: Workbook, wanted: str | None, fields: Sequence[Field]) -> bool:
    return _header_row(book, wanted, fields) is not None


def plain(heading: str) -> str:
    """A heading for comparison: lower case, words parted by single blanks."""
    return re.sub(r"[\s_\-]+", " ", tidy(heading)).casefold()


def _columns(table: Table, fields: Sequence[Field]) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
    headings: dict[str, int] = {}
    for column in table.columns:
        heading = plain(unguarded(column.name))
        if heading in headings:
            raise FormatError(
                f"The column {column.name} occurs twice.", f"column {column.source}", "Remove or rename one of them."
            )
        headings[heading] = column.index
    places = {field.name: headings[plain(field.name)] for field in fields if plain(field.name) in headings}
    lacking = [field.name for field in fields if field.required and field.name not in places]
    if lacking:
        have = ", ".join(column.name for column in table.columns)[:200]
        raise FormatError(
            f"The column {lacking[0]} is missing.", f"sheet {table.sheet}" if table.sheet else "", f"The file has: {have}."
        )
    used = set(places.values())
    unknown = tuple(column.name for column in table.columns if column.index not in used and column.filled)
    return places, unknown, tuple(field.name for field in fields if field.name not in places)


class _RowReader:
    """Reads records one by one, keeping rows without problems apart from the problems of the others."""

    def __init__(self, table: Table, fields: Sequence[Field], places: Mapping[str, int]) -> None:
        self.table = table
        self.fields = sorted(((field, places[field.name]) for field in fields if field.name in places), key=lambda pair: pair[1])
        self.rows: list[dict[str, Any]] = []
        self.at: list[str] = []
        self.problems: list[CellProblem] = []
        self.identifiers: dict[str, str] = {}
        self.seen: set[str] = set()

    def read(self, record: int) -> None:
        row: dict[str, Any] = {}
        before = len(self.problems)
        for field, column in self.fields:
            try:
                row[field.name] = self._value(field, record, column)
            except FormatError as refusal:
                if field.computed:
                    continue
                self.problems.append(CellProblem(self.table.place(record, column), field.name, refusal.message, refusal.advice))
        identifier = str(row.get("id") or "")
        self.seen.add(identifier)
        if identifier and identifier in self.identifiers:
            message = f"The id {identifier} occurs already at {self.identifiers[identifier]}."
            column = next(column for field, column in self.fields if field.name == "id")
            self.problems.append(
                CellProblem(self.table.place(record, column), "id", message, "Leave the id empty for a new row.")
            )
        if len(self.problems) == before:
            self.identifiers.setdefault(identifier, self.table.place(record))
            self.rows.append(row)
            self.at.append(self.table.place(record))

    def _value(self, field: Field, record: int, column: int) -> Any:
        text = self.table.texts[record][column]
        if self.table.kind == "text":
            text = unguarded(text)
        if "\0" in text:
            raise FormatError("The cell holds a NUL character.", "", "Type the text again.")
        if not text.strip():
            if field.required:
                raise FormatError(f"{field.name} is empty.", "", "Fill the cell or remove the row.")
            return [] if field.many else None
        if field.many:
            return [part.strip() for part in text.split(";") if part.strip()]
        about = self.table.columns[column]
        return value_of(field, text, decimal_mark=about.decimal_mark, date_order=about.date_order if about.order_proved else None)


def value_of(field: Field, text: str, *, decimal_mark: str = ".", date_order: str | None = None) -> Any:
    """Read one cell by its field; raises FormatError with message and advice. date_order None: 03/04/2020 is refused."""
    if field.kind in ("text", "id"):
        return text if field.kind == "text" else tidy(text)
    if is_spreadsheet_error(text):
        raise FormatError(f"The cell holds the spreadsheet error {tidy(text)}.", "", "Repair the formula or clear the cell.")
    if field.kind == "date":
        return _date(text, date_order)
    if field.kind == "boolean":
        answer = read_boolean(text)
        if answer is None:
            raise FormatError(f"{_shown(text)} is neither yes nor no.", "", "Write yes or no.")
        return answer
    if field.kind == "choice":
        return _choice(field, text)
    return _number(field, text, decimal_mark)


def plain_value(field: Field, value: Any) -> str:
    """A value as it would be after a way through a file, for comparison: the same words for what is the same."""
    if value is None or value in ("", []):
        return ""
    if field.many:
        return "; ".join(str(item).replace(";", ",").strip() for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        return format(float(value), ".15g")
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return str(value).replace("\0", "\ufffd").replace("\r\n", "\n").strip()


def mark_of(fields: Sequence[Field], row: Mapping[str, Any]) -> str:
    """A short digest of what a row says, its computed cells apart: alike before and after a way through a file."""
    told = [plain_value(field, row.get(field.name)) for field in fields if not field.computed]
    return hashlib.sha256(json.dumps(told).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _date(text: str, order: str | None) -> dt.date:
    found = read_date(text, order or "dmy")
    if found is None:
        serial = date_in(text, text, "dmy")
        if serial:
            return serial
        year = re.search(r"\d{4,}", text)
        if year and not FIRST_YEAR <= int(year[0][:9]) <= LAST_YEAR:
            raise FormatError(f"The year {year[0][:9]} lies outside {FIRST_YEAR} to {LAST_YEAR}.", "", "Correct the year.")
        raise FormatError(f"{_shown(text)} is not a date.", "", "Write it as 2027-03-31.")
    if found.ambiguous and order is None:
        raise FormatError(f"{_shown(text)} could be two different days.", "", "Write it as 2027-03-31.")
    if found.whole_month:
        raise FormatError(f"{_shown(text)} names a month, not a day.", "", "Write it as 2027-03-31.")
    return found.date


def _choice(field: Field, text: str) -> str:
    wanted = plain(text)
    for choice in field.choices:
        if plain(choice) == wanted:
            return choice
    raise FormatError(f"{_shown(text)} is not one of the choices.", "", f"Use one of: {', '.join(field.choices)}.")


def _number(field: Field, text: str, decimal_mark: str) -> int | Decimal:
    found = read_number(text, decimal_mark)
    if found is None:
        if plain(text).strip("+-() ") in ("nan", "inf", "infinity", "∞") or re.fullmatch(
            r"[+-]?\d[\d.,]*e[+-]?\d+", tidy(text).casefold()
        ):
            raise FormatError(f"{_shown(text)} is not a finite number this system works with.", "", "Correct the figure.")
        raise FormatError(f"{_shown(text)} is not a number.", "", "Write digits, for example 1234.5.")
    value = found.scaled
    if found.percent and field.kind != "percent":
        raise FormatError(f"{_shown(text)} is a percentage where a plain number belongs.", "", "Write the number without %.")
    lowest = field.lowest if field.lowest is not None else 0 if field.kind == "percent" else None
    highest = field.highest if field.highest is not None else 100 if field.kind == "percent" else None
    if lowest is not None and value < Decimal(repr(lowest)):
        raise FormatError(f"{_shown(text)} is below {lowest:g}.", "", f"{field.name} must be at least {lowest:g}.")
    if highest is not None and value > Decimal(repr(highest)):
        raise FormatError(f"{_shown(text)} is above {highest:g}.", "", f"{field.name} must be at most {highest:g}.")
    if field.kind == "integer":
        if value != value.to_integral_value():
            raise FormatError(f"{_shown(text)} is not a whole number.", "", "Write it without decimals.")
        return int(value)
    return value


def _shown(text: str) -> str:
    words = tidy(text).replace("\n", " ")
    return f'"{words[:57]}..."' if len(words) > 60 else f'"{words}"'
