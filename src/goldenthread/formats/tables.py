"""A messy table file as columns with kinds and rows with typed values, and every decision on the way told and correctable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from goldenthread.formats.columns import KINDS, Column, ColumnSettings, Hints, Value, decimal_votes, order_votes, read_column
from goldenthread.formats.errors import FormatError
from goldenthread.formats.header_words import is_known
from goldenthread.formats.layout import Layout, Row, find_layout, text_of
from goldenthread.formats.values import is_blank
from goldenthread.formats.workbook import Sheet, Workbook, column_letters, read_workbook

__all__ = ["Column", "ColumnSettings", "Detected", "Note", "Settings", "Table", "detect", "detect_in"]

TITLE_ROWS = 20  # looked into above a table
KIND_NAMED = {"money": "an amount", "percent": "a percentage", "boolean": "yes or no", "id": "an id"} | {
    kind: f"a {kind}" for kind in ("number", "date", "rating", "text")
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What to take as given; None means detect. `Detected.settings` holds what was used, to be corrected and passed in again.

    orientation: "rows" (one record per row) or "columns". header_row: row number, 1-based, of the first header line as counted
    in the file (in a transposed list: column number); 0 for none. keep_totals: leave rows of totals in.
    columns: corrections by column index, written as a string. by_heading: corrections by column heading, for next month's
    file, in which columns may have moved; an index wins over a heading.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    orientation: str | None = None
    header_row: int | None = None
    header_lines: int | None = None
    keep_totals: bool = False
    decimal_mark: str | None = None
    date_order: str | None = None
    columns: dict[str, ColumnSettings] = field(default_factory=dict)
    by_heading: dict[str, ColumnSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """One decision: its topic ("header", "dates", ...), in words, how sure ("certain", "likely", "unsure"), and where."""

    topic: str
    text: str
    sure: str = "likely"
    place: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """columns x records. texts: cells as written; values: typed (None blank, text where a cell does not fit its column).

    numbers: each record's row number (column number in a transposed list). sections: heading above each record or "".
    """

    sheet: str
    kind: str
    orientation: str
    columns: tuple[Column, ...]
    texts: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Value, ...], ...]
    numbers: tuple[int, ...]

    def place(self, record: int, column: int | None = None) -> str:
        """Where a record or cell stands in the file: "line 12", "sheet Plan, row 5, column D"."""
        number = self.numbers[record]
        word = "line" if self.kind == "text" else "row"
        head = f"sheet {self.sheet}, " if self.sheet else ""
        source = self.columns[column].source if column is not None else ""
        if self.orientation == "columns":
            return f"{head}{f'{word} {source}, ' if source else ''}column {column_letters(number - 1)}"
        return f"{head}{word} {number}{f', column {source}' if source else ''}"


@dataclass(frozen=True, slots=True)
class Detected:
    """The table found, the settings that gave it, and the notes a person should see. `above`: what stands over the table."""

    table: Table
    settings: Settings
    notes: tuple[Note, ...]
    sheets: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


def detect(data: bytes, settings: Settings | None = None) -> Detected:
    """Find the table in a CSV, TSV, XLSX or ODS file; raises FormatError where there is none."""
    settings = settings or Settings()
    return detect_in(read_workbook(data, settings), settings)


def detect_in(book: Workbook, settings: Settings) -> Detected:
    """As `detect`, from sheets already read."""
    _check(settings)
    notes = [Note("encoding", text, "likely") for text in book.notes]
    sheet, layout, orientation = _chosen(book, settings, notes)
    if layout is None or not layout.records:
        raise FormatError(
            "No table was found.",
            f"sheet {sheet.name}" if sheet.name else "",
            "A table needs a header row and at least one row below it.",
        )
    notes += [Note("layout", text) for text in layout.notes]
    if layout.header_lines == 0:
        notes.append(Note("header", "No header row was found; columns are numbered.", "unsure"))
    if sheet.errors:
        notes.append(Note("cells", f"{sheet.errors} cell(s) hold a spreadsheet error such as #REF!.", "certain"))
    table, used = _read_table(book, sheet, layout, orientation, settings, notes)
    header_row = layout.header_row + 1 if orientation == "columns" else _number_of(sheet, layout.header_row)
    final = replace(
        settings, encoding=book.encoding or None, delimiter=book.delimiter or None, sheet=sheet.name or None,
        orientation=orientation, header_row=header_row, header_lines=layout.header_lines,
        decimal_mark=used.decimal_mark, date_order=used.date_order, columns=_columns_used(table),
    )  # fmt: skip
    above = _above(sheet, layout) if orientation == "rows" else ()
    return Detected(table, final, tuple(notes), tuple(sheet.name for sheet in book.sheets if sheet.name), above)


def _above(sheet: Sheet, layout: Layout) -> tuple[str, ...]:
    """The title rows: what is written over the header, cell by cell."""
    rows = sheet.rows[: max(0, layout.header_row)][:TITLE_ROWS]
    return tuple(dict.fromkeys(text for row in rows for cell in row if not is_blank(text := text_of(cell)) and len(text) <= 300))


def _check(settings: Settings) -> None:
    if settings.orientation not in (None, "rows", "columns"):
        raise FormatError(f"Unknown orientation {settings.orientation!r}.", "", 'Use "rows" or "columns".')
    for index, column in (settings.columns | settings.by_heading).items():
        if (
            column.kind not in (None, *KINDS)
            or column.date_order not in (None, "dmy", "mdy")
            or column.decimal_mark not in (None, ".", ",")
        ):
            raise FormatError(
                "A column setting is not known.", f"column {index}", f"Kinds are {', '.join(KINDS)}; date orders dmy and mdy."
            )


def _chosen(book: Workbook, settings: Settings, notes: list[Note]) -> tuple[Sheet, Layout | None, str]:
    sheets = [sheet for sheet in book.sheets if settings.sheet in (None, "", sheet.name)]
    if not sheets:
        known = ", ".join(sheet.name for sheet in book.sheets)
        raise FormatError(f"There is no sheet called {settings.sheet}.", "", f"The file holds: {known}.")
    best: tuple[float, Sheet, Layout | None, str] | None = None
    for sheet in sheets:
        layout, orientation = _layout_of(sheet, settings)
        worth = _worth(sheet, layout)
        if best is None or worth > best[0]:
            best = worth, sheet, layout, orientation
    if best is None:
        raise FormatError("The file holds no sheet.", "", "Choose another file.")
    if len(sheets) > 1:
        others = ", ".join(sheet.name for sheet in sheets if sheet is not best[1])
        notes.append(Note("sheet", f"Read sheet {best[1].name}; not read: {others}.", "likely"))
    if best[3] == "columns":
        notes.append(Note("layout", "One project per column: the sheet was turned.", "likely"))
    return best[1:]


def _worth(sheet: Sheet, layout: Layout | None) -> float:
    """How likely a sheet holds the list: known headings times records, hidden sheets last."""
    if layout is None or not layout.records:
        return -1.0
    known = sum(is_known(name) for name in layout.header) / max(3, len(layout.header))
    return (0.2 + known) * sqrt(min(len(layout.records), 500)) * min(len(layout.header), 12) * (0.1 if sheet.hidden else 1.0)


def _layout_of(sheet: Sheet, settings: Settings) -> tuple[Layout | None, str]:
    keep = settings.keep_totals
    upright = turned = None
    if settings.orientation != "columns":
        upright = find_layout(sheet.rows, _index_of(sheet, settings.header_row), settings.header_lines, keep_totals=keep)
    if settings.orientation == "columns" or (
        settings.orientation is None and settings.header_row is None and len(sheet.rows) <= 120
    ):
        row = None if settings.header_row is None else settings.header_row - 1
        turned = find_layout(_turned(sheet.rows), row, settings.header_lines, keep_totals=keep)
    if upright is None or (turned is not None and _is_turned(upright, turned)):
        return turned, "columns"
    return upright, "rows"


def _is_turned(upright: Layout, turned: Layout) -> bool:
    """Headings down the first column beat headings along the first row clearly."""
    if turned.header_lines != 1 or len(turned.header) < 3 or len(turned.records) < 2 or turned.header_row > 2:
        return False
    across = sum(is_known(name) for name in upright.header) / len(upright.header)
    down = sum(is_known(name) for name in turned.header) / len(turned.header)
    return down >= 0.4 and down > across + 0.25 and turned.score > upright.score


def _turned(rows: Sequence[Row]) -> list[Row]:
    return [tuple(column) for column in zip(*rows, strict=True)] if rows else []


def _index_of(sheet: Sheet, number: int | None) -> int | None:
    if number is None or number <= 0:
        return None if number is None else -1
    return next((index for index, at in enumerate(sheet.numbers) if at >= number), 0)


def _number_of(sheet: Sheet, index: int) -> int:
    return sheet.numbers[index] if index >= 0 else 0


def _read_table(
    book: Workbook, sheet: Sheet, layout: Layout, orientation: str, settings: Settings, notes: list[Note]
) -> tuple[Table, Hints]:
    names, cells = list(layout.header), [list(column) for column in zip(*layout.records, strict=True)]
    sources = [str(_number_of(sheet, at)) if orientation == "columns" else column_letters(at) for at in layout.column_at]
    if any(layout.sections):
        names.append("Section")
        cells.append([section or None for section in layout.sections])
        sources.append("")
    texts = [[text_of(cell) for cell in column] for column in cells]
    plain = [
        [text for cell, text in zip(column, text_column, strict=True) if isinstance(cell, str)]
        for column, text_column in zip(cells, texts, strict=True)
    ]
    hints = _hints(plain, book, settings)
    columns, values = [], []
    for index, name in enumerate(names):
        at = layout.column_at[index] if index < len(layout.column_at) else -1
        sheet_format = sheet.formats[at] if orientation == "rows" and 0 <= at < len(sheet.formats) else ""
        own = replace(hints, sheet_format=sheet_format)
        told = settings.columns.get(str(index)) or settings.by_heading.get(name) or ColumnSettings()
        column, read = read_column(Column(index, name, sources[index]), cells[index], texts[index], own, told)
        columns.append(column)
        values.append(read)
    for column, texts_of_column in zip(columns, plain, strict=True):
        notes += _column_notes(column, texts_of_column, max(other.power for other in columns))
    numbers = (
        [at + 1 for at in layout.record_at] if orientation == "columns" else [_number_of(sheet, at) for at in layout.record_at]
    )
    table = Table(
        sheet.name,
        book.kind,
        orientation,
        tuple(columns),
        tuple(zip(*texts, strict=True)),
        tuple(zip(*values, strict=True)),
        tuple(numbers),
    )
    return table, hints


def _hints(plain: list[list[str]], book: Workbook, settings: Settings) -> Hints:
    marks: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    for texts in plain:
        short = [text for text in texts[:2000] if len(text) <= 40]
        marks += decimal_votes(short)
        orders += order_votes(short)
    mark = "," if marks[","] > marks["."] or (not marks and book.delimiter == ";") else "."
    order = "mdy" if orders["mdy"] > orders["dmy"] else "dmy"
    return Hints(settings.decimal_mark or mark, settings.date_order or order)


def _column_notes(column: Column, texts: list[str], power: int) -> list[Note]:
    place, notes = f"column {column.name}"[:80], []
    if column.kind == "date":
        votes = order_votes(texts)
        if votes["dmy"] and votes["mdy"]:
            notes.append(
                Note(
                    "dates",
                    f"Both orders occur: {votes['dmy']} cells are day first, {votes['mdy']} month first.",
                    "unsure",
                    place,
                )
            )
        elif votes["?"] and not column.order_proved:
            words = "day first" if column.date_order == "dmy" else "month first"
            notes.append(Note("dates", f"No cell tells day from month; read {words}.", "unsure", place))
    if column.kind == "money":
        notes += _money_notes(column, texts, place, power)
    if column.withheld:
        notes.append(
            Note(
                "withheld",
                f"{column.withheld} of {column.filled} cells hold words, not {KIND_NAMED[column.kind]}; kept as withheld.",
                "certain",
                place,
            )
        )
    return notes


def _money_notes(column: Column, texts: list[str], place: str, power: int) -> list[Note]:
    notes = []
    if column.currency and len(column.currency) != 3:
        notes.append(Note("currency", f"The sign {column.currency} names several currencies.", "unsure", place))
    if (
        column.power == 0
        and column.filled
        and max((len(text.split(".")[0]) for text in texts if not is_blank(text) and len(text) < 20), default=9) <= 7
    ):
        other = {3: " Other columns say thousands.", 6: " Other columns say millions."}.get(power, "")
        text = f"These amounts are small for projects; are they thousands or millions?{other}"
        notes.append(Note("scale", text, "unsure", place))
    return notes


def _columns_used(table: Table) -> dict[str, ColumnSettings]:
    return {
        str(column.index): ColumnSettings(column.kind, column.date_order, column.decimal_mark, column.currency, column.power)
        for column in table.columns
    }
