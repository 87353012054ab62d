"""Files for the tests of this room: real ones where they are at hand, and small ones made here."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

DATA = Path(__file__).parents[2] / "../shared/data"


def real_file(name: str) -> bytes:
    """A file of the shared material; the test is skipped, saying so, where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand: the shared real files are absent")
    return path.read_bytes()


def csv_of(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return end.join([*lines, ""]).encode(encoding)


def xlsx_of(*sheets, hidden=()) -> bytes:
    """Sheets as (name, rows, merged) with merged = ((top, left, bottom, right), ...); formulas as ("=", shown value)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    looks = {"percent": book.add_format({"num_format": "0%"}), "pounds": book.add_format({"num_format": "£#,##0"})}
    for name, rows, *rest in sheets:
        page = book.add_worksheet(name)
        if name in hidden:
            page.hide()
        else:
            page.activate()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _put(page, row, column, cell, looks)
        for top, left, bottom, right in rest[0] if rest else ():
            value = rows[top][left]
            page.merge_range(top, left, bottom, right, value)
    book.close()
    return stream.getvalue()


def _put(page, row, column, cell, looks):
    if cell is None:
        return
    if isinstance(cell, tuple) and cell[0] == "=":
        page.write_formula(row, column, "=1", None, cell[1])
    elif isinstance(cell, tuple):
        page.write_number(row, column, cell[1], looks[cell[0]])
    else:
        page.write(row, column, cell)


def zip_of(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def repacked(data: bytes, **changes: bytes) -> bytes:
    """An archive with parts added or replaced; keys use "__" for "/" and "_dot_" for "."."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts.update({key.replace("__", "/").replace("_dot_", "."): value for key, value in changes.items()})
    return zip_of(parts)


ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def ods_of(tables: str) -> bytes:
    """An OpenDocument sheet around the XML of its tables."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zip_of(
        {
            "mimetype": kind.encode(),
            "content.xml": f"{ODS_HEAD}{tables}{ODS_TAIL}".encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def ods_cell(value: str | float | None, extra: str = "") -> str:
    if value is None:
        return f"<table:table-cell {extra}/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string" {extra}><text:p>{value}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}" {extra}><text:p>{value}</text:p></table:table-cell>'
    )
