"""CSV, TSV, XLSX and ODS bytes as sheets of typed cells; merged ranges are filled, nothing else is interpreted."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import python_calamine as calamine

from goldenthread.formats import limits
from goldenthread.formats.archive import Archive, open_archive
from goldenthread.formats.errors import FormatError
from goldenthread.formats.ods_spans import spans_of
from goldenthread.formats.text import read_text
from goldenthread.formats.values import SYMBOLS

Cell = str | int | float | bool | dt.date | dt.datetime | None
_SAVE = "Save it again as .xlsx and import that."
_LARGEST_MERGE = 100_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. rows: cells (None where empty), all of one width; numbers: each row's line or row number (1-based).

    formats: per column a currency code, "percent" or "" as the number format of its cells says; cells shown in per cent are
    texts such as "50%". hidden: not shown in the
    program it came from. errors: count of #REF! and the like, which arrive as text. formulas: row and column (from 0) of cells
    whose value is worked out in the file, of xlsx.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...]
    formats: tuple[str, ...] = ()
    hidden: bool = False
    errors: int = 0
    formulas: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """kind: "text", "xlsx" or "ods"; encoding and delimiter only for text."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookOptions:
    """What the caller knows better than the detection; None means detect."""

    encoding: str | None = None
    delimiter: str | None = None


def read_workbook(data: bytes, options: Any = None) -> Workbook:
    """Read a table file of any supported kind; options: anything with `encoding` and `delimiter`. Raises FormatError."""
    limits.check_upload(data)
    if data.startswith(b"PK"):
        return _read_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FormatError("This is an old Excel file (.xls) or a workbook locked with a password.", "", _SAVE)
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise FormatError("This is not a table but a document, picture or archive.", "", "Import an .xlsx, .ods or .csv file.")
    _refuse_markup(data)
    grid = read_text(data, getattr(options, "encoding", None), getattr(options, "delimiter", None))
    width = max((len(row) for row in grid.rows), default=0)
    if width * len(grid.rows) > 4 * limits.CELLS:
        raise FormatError("One row is far wider than the others.", "", "Remove the stray separators and import the file again.")
    rows = tuple((*(cell if cell.strip() else None for cell in row), *(None,) * (width - len(row))) for row in grid.rows)
    return Workbook("text", (Sheet("", rows, grid.lines),), grid.encoding, grid.delimiter, grid.notes)


def _refuse_markup(data: bytes) -> None:
    """Name the files that only look like tables by their suffix: web pages, XML, JSON."""
    head = data[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").replace(b"\0", b"").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")) or b"mso-application" in head:
        raise FormatError(
            "This is a web page saved as a spreadsheet.", "", "Open it in a spreadsheet program and save it as .xlsx."
        )
    if head.startswith((b"<?xml", b"<!doctype")):
        raise FormatError("This is XML, not a table.", "", "Import StratML plans and schedules by their own commands.")
    if head.startswith((b'{"', b"[{", b"{\n")):
        raise FormatError("This is JSON, not a table.", "", "Export it as .xlsx or CSV and import that.")


def _read_archive(data: bytes) -> Workbook:
    archive = open_archive(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        paths = _sheet_paths(archive)
        spans = spans_of(archive.parts.get("content.xml", b"")) if archive.kind == "ods" else {}
        percent_styles = _style_formats(archive.parts.get("xl/styles.xml", b""))
        sheets = tuple(
            _sheet(book, meta, archive, paths.get(meta.name, ""), spans.get(meta.name, ()), percent_styles)
            for meta in book.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
        )
    except calamine.CalamineError as problem:
        raise FormatError("The workbook is damaged or not in a form this reader knows.", "", _SAVE) from problem
    except BaseException as problem:
        if isinstance(problem, (KeyboardInterrupt, SystemExit, MemoryError, FormatError)):
            raise
        raise FormatError("The workbook is damaged.", "", _SAVE) from problem
    return Workbook(archive.kind, sheets)


def _sheet(book: Any, meta: Any, archive: Archive, path: str, spans: Any, styles: dict[int, str]) -> Sheet:
    source = book.get_sheet_by_name(meta.name)
    if source.total_height * source.total_width > 4 * limits.CELLS or source.total_height > limits.ROWS:
        place = f"sheet {meta.name}"
        raise FormatError(
            f"The sheet reaches to row {source.total_height:,}, column {source.total_width:,}.",
            place,
            "Delete what stands far outside your list.",
        )
    content = archive.parts.get(path, b"")
    rows = [[_cell(value) for value in row] for row in source.to_python(skip_empty_area=False)]
    errors = _put_errors(rows, content)
    _put_percent(rows, content, {style for style, meaning in styles.items() if meaning == "percent"})
    _fill_merged(rows, [*(source.merged_cell_ranges or []), *spans])
    width = max((len(row) for row in rows), default=0)
    formats = _column_formats(content, styles, width) if styles else ()
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    numbers = tuple(range(1, len(rows) + 1))
    return Sheet(meta.name, tuple(map(tuple, rows)), numbers, formats, hidden, errors, _formulas(content))


def _cell(value: Any) -> Cell:
    if value == "" or value is None:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return value if isinstance(value, dt.date) else str(value)


def _fill_merged(rows: list[list[Cell]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    for (top, left), (lowest, right) in ranges:
        bottom = min(lowest, len(rows) - 1)
        if top >= len(rows) or left >= len(rows[top]) or (bottom - top + 1) * (right - left + 1) > _LARGEST_MERGE:
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                if row[column] is None:
                    row[column] = value


_PATH_OF = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET_OF = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]{1,20})</v>')
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*><f[ />]')
_STYLED_NUMBER = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(\d{1,5})"(?: t="n")?>')


def _sheet_paths(archive: Archive) -> dict[str, str]:
    """Sheet name -> part name, from the workbook's own relations; empty for ODS."""
    targets = {}
    for tag in _PATH_OF.findall(archive.parts.get("xl/_rels/workbook.xml.rels", b"")):
        target = _attribute(tag, b"Target").lstrip("/")
        targets[_attribute(tag, b"Id")] = target if target.startswith("xl/") else f"xl/{target}"
    sheets = _SHEET_OF.findall(archive.parts.get("xl/workbook.xml", b""))
    return {_unescaped(_attribute(tag, b"name")): targets.get(_attribute(tag, rb"\w+:id"), "") for tag in sheets}


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"=\"([^\"]*)\"", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _unescaped(text: str) -> str:
    for mark, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, character)
    return text


def _put_errors(rows: list[list[Cell]], content: bytes) -> int:
    """The sheet reader drops #REF! and #N/A; put them back as text so that they are seen and counted."""
    count = 0
    if b't="e"' not in content:
        return 0
    for letters, number, word in _ERROR_CELL.findall(content):
        row, column = int(number) - 1, column_index(letters.decode())
        if row < len(rows) and column < len(rows[row]) and rows[row][column] is None:
            rows[row][column] = word.decode("utf-8", "replace")
            count += 1
    return count


def _formulas(content: bytes) -> tuple[tuple[int, int], ...]:
    if b"<f" not in content:
        return ()
    return tuple((int(number) - 1, column_index(letters.decode())) for letters, number in _FORMULA_CELL.findall(content))


def _put_percent(rows: list[list[Cell]], content: bytes, styles: set[int]) -> None:
    """A cell shown as 50% holds 0.5; make it the text a person sees, so that nobody takes it for half a per cent."""
    for letters, number, style in _STYLED_NUMBER.findall(content) if styles else ():
        if int(style) not in styles:
            continue
        row, column = int(number) - 1, column_index(letters.decode())
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            rows[row][column] = f"{(Decimal(repr(value)) * 100).normalize():f}%"


def _style_formats(styles: bytes) -> dict[int, str]:
    """Cell style number -> "percent" or currency code, from xl/styles.xml."""
    texts = {9: "0%", 10: "0.00%"}
    for tag in re.findall(rb"<numFmt\b[^>]*>", styles):
        texts[int(_attribute(tag, b"numFmtId") or 0)] = _unescaped(_attribute(tag, b"formatCode"))
    block = re.search(rb"<cellXfs\b.*?</cellXfs>", styles, re.DOTALL)
    found: dict[int, str] = {}
    for index, tag in enumerate(re.findall(rb"<xf\b[^>]*>", block[0]) if block else ()):
        meaning = _format_meaning(texts.get(int(_attribute(tag, b"numFmtId") or 0), ""))
        if meaning:
            found[index] = meaning
    return found


def _format_meaning(code: str) -> str:
    if "%" in code:
        return "percent"
    bracket = re.search(r"\[\$([^\-\]]*)", code)
    sign = (bracket[1] if bracket else code.replace('"', "").replace("\\", "")).strip()
    if sign.upper() in SYMBOLS.values() and sign:
        return sign.upper()
    marks = [mark for mark in ("£", "€", "¥", "₹", "$") if mark in sign]
    return SYMBOLS[marks[0]] if marks else ""


def _column_formats(content: bytes, styles: dict[int, str], width: int) -> tuple[str, ...]:
    """For each column the number format most of its first styled number cells carry."""
    votes: list[dict[str, int]] = [{} for _ in range(width)]
    for found in islice(_STYLED_NUMBER.finditer(content), 20_000):
        column = column_index(found[1].decode())
        if column < width:
            meaning = styles.get(int(found[3]), "")
            votes[column][meaning] = votes[column].get(meaning, 0) + 1
    return tuple(max(vote, key=lambda meaning: vote[meaning]) if vote else "" for vote in votes)


def column_index(letters: str) -> int:
    """The zero-based column of a spreadsheet letter: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """The spreadsheet letter of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
