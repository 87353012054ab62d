"""Tables out: CSV and XLSX bytes, the same bytes for the same data, and no text that a spreadsheet would run as a formula.

In CSV a text that could be taken for a formula gets one apostrophe in front, and so does a text that already looks so
guarded; `unguarded` takes exactly that one away again. In XLSX text is stored as text with the cell's quote mark, so it
reads unchanged and stays text when somebody edits it. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from goldenthread.formats.errors import FormatError

OutCell = str | int | float | Decimal | bool | dt.date | dt.datetime | None
XLSX_TEXT = 32_767
OFFERED = 255  # characters of all choices of a column together, as Excel takes them
NEW_ROWS = 500  # below the table, in which the choices are offered too
LARGEST = 9.99e307  # what a cell can hold; larger numbers would come back infinite
_DANGEROUS = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠﹢﹣﹦﹫\u2212]")
_GUARDED = re.compile("''*[=+\\-@\t\r\n\0＝＋－＠﹢﹣﹦﹫\u2212]")
_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_BORN = dt.datetime(2000, 1, 1)
_NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A table to write: its name, the header, rows of cells. widths: column widths in characters or empty.

    choices: per column (from 0) the words that a workbook offers for its cells; hidden: columns that it does not show.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[OutCell]]
    widths: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    hidden: Sequence[int] = ()


def guarded(text: str) -> str:
    """`text`, with one apostrophe in front where a spreadsheet could read it as a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Undo `guarded`; any other text comes back unchanged."""
    return text[1:] if _GUARDED.match(text) else text


def write_csv(tables: Sequence[OutSheet] | OutSheet, delimiter: str = ",") -> bytes:
    """UTF-8 with a byte order mark (spreadsheets need it), CRLF lines; several tables are parted by a blank line.

    Raises FormatError for NaN and infinities. NUL characters become U+FFFD.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    for number, table in enumerate([tables] if isinstance(tables, OutSheet) else tables):
        if number:
            writer.writerow([])
        writer.writerow([guarded(name) for name in table.header])
        for line, row in enumerate(table.rows, 2):
            writer.writerow([_csv_cell(cell, table.name, line) for cell in row] or [""])
    return stream.getvalue().encode("utf-8-sig", "replace")


def _csv_cell(cell: OutCell, sheet: str, line: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell.replace("\0", "\ufffd"))
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    _finite(cell, sheet, line)
    return format(cell, "f") if isinstance(cell, Decimal) else repr(cell)


def write_xlsx(sheets: Sequence[OutSheet] | OutSheet) -> bytes:
    """A workbook with one sheet per table, header bold and frozen; the same input gives the same bytes.

    Floats carry the 16 digits a workbook can hold; whole numbers and decimals with more are written as text, unharmed.
    Raises FormatError for NaN, infinities and text longer than a cell can hold (32,767 characters).
    """
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": _BORN, "author": "", "comments": ""})
    looks = {
        "text": book.add_format({"quote_prefix": True, "valign": "top"}),
        "header": book.add_format({"bold": True, "quote_prefix": True, "valign": "top", "bottom": 1}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
    }
    names: set[str] = set()
    for table in [sheets] if isinstance(sheets, OutSheet) else sheets:
        _write_sheet(book.add_worksheet(_sheet_name(table.name, names)), table, looks)
    book.close()
    return stream.getvalue()


def _sheet_name(wanted: str, taken: set[str]) -> str:
    base = _NAME_FORBIDDEN.sub(" ", wanted).strip("' ")[:31] or "Sheet"
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name


def _write_sheet(page: Any, table: OutSheet, looks: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for column, width in enumerate(table.widths):
        page.set_column(column, column, width)
    for column in table.hidden:
        page.set_column(column, column, 12, None, {"hidden": True})
    for column, words in table.choices.items():
        if len(",".join(words)) <= OFFERED:
            page.data_validation(1, column, len(table.rows) + NEW_ROWS, column, {"validate": "list", "source": list(words)})
    for column, name in enumerate(table.header):
        page.write_string(0, column, _xlsx_text(name, table.name, 1), looks["header"])
    for row, cells in enumerate(table.rows, 1):
        for column, cell in enumerate(cells):
            _write_cell(page, row, column, cell, table.name, looks)


def _write_cell(page: Any, row: int, column: int, cell: OutCell, sheet: str, looks: dict[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, _xlsx_text(cell, sheet, row + 1), looks["text"])
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, looks["number"])
    elif isinstance(cell, dt.date):
        moment = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        if moment.tzinfo or moment.year < 1901:
            page.write_string(row, column, cell.isoformat(), looks["text"])
        else:
            page.write_datetime(row, column, moment, looks["moment" if isinstance(cell, dt.datetime) else "date"])
    else:
        _finite(cell, sheet, row + 1)
        if (isinstance(cell, float) and abs(cell) < LARGEST) or Decimal(f"{float(cell):.16G}") == cell:
            page.write_number(row, column, float(cell), looks["number"])
        else:
            page.write_string(row, column, format(cell, "f") if isinstance(cell, Decimal) else repr(cell), looks["text"])


def _xlsx_text(text: str, sheet: str, row: int) -> str:
    if len(text) > XLSX_TEXT:
        place = f"sheet {sheet}, row {row}"
        raise FormatError(
            f"A text has {len(text):,} characters; an Excel cell holds {XLSX_TEXT:,}.", place, "Export as CSV instead."
        )
    return _NOT_IN_XML.sub("\ufffd", text.replace("\0", "\ufffd"))


def _finite(number: float | Decimal, sheet: str, row: int) -> None:
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        raise FormatError(
            "A number is not finite and cannot be exported.", f"sheet {sheet}, row {row}", "Correct the figure it comes from."
        )
