"""A look inside a zip before anything opens it: entries, true sizes, macros, and how many rows and cells a sheet holds.

Nothing is written to disk. Every part that the sheet reader would open is unpacked once in pieces and measured, because
the sizes written in an archive can lie.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

from goldenthread.formats import limits
from goldenthread.formats.errors import FormatError

_PIECE = 1 << 20
_SAVE = "Save the file again as .xlsx in your spreadsheet program and import that."
_LESS = "Delete the rows under your data, or save only the sheet you need as CSV."


@dataclass(frozen=True, slots=True)
class Archive:
    """A checked archive: its kind ("xlsx" or "ods") and the unpacked XML parts that matter, by name."""

    kind: str
    parts: dict[str, bytes]


def open_archive(data: bytes) -> Archive:
    """Check the zip in `data` against the limits of this room; raises FormatError at the first breach."""
    signatures = data.count(b"PK\x01\x02")
    if signatures > limits.ZIP_ENTRIES:
        raise FormatError(f"The file holds {signatures:,} parts; the limit is {limits.ZIP_ENTRIES:,}.", "", _SAVE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(data))
            kind = _kind(archive, {entry.filename for entry in entries})
            return Archive(kind, _unpacked(archive, entries))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        UnicodeDecodeError,
        ValueError,
        RuntimeError,
    ) as problem:
        if isinstance(problem, FormatError):
            raise
        raise FormatError("The file looks like a spreadsheet but is damaged.", "", _SAVE) from problem


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or (entry.external_attr >> 28) == 0xA:
            raise FormatError("The file holds a part that points outside itself.", f"part {name[:80]}", _SAVE)
        if name in names:
            raise FormatError("The file holds two parts of the same name.", f"part {name[:80]}", _SAVE)
        if entry.flag_bits & 0x1:
            raise FormatError("The file is locked with a password.", "", "Remove the password and import it again.")
        names.add(name)
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.UNPACKED_BYTES:
        raise FormatError(
            f"The file unpacks to {declared / 2**20:,.0f} MiB; the limit is {limits.UNPACKED_BYTES // 2**20} MiB.", "", _LESS
        )
    if sum(entry.compress_size for entry in entries) > size:
        raise FormatError("The parts of the file overlap each other.", "", _SAVE)


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FormatError("The workbook carries macros.", "", "Save it as .xlsx (without macros) and import that.")
    if "[Content_Types].xml" in names:
        types = _bounded(archive, archive.getinfo("[Content_Types].xml"), 4 * _PIECE)
        if b"macroEnabled" in types:
            raise FormatError("The workbook carries macros.", "", "Save it as .xlsx (without macros) and import that.")
        if "xl/workbook.bin" in names:
            raise FormatError("This is a binary workbook (.xlsb).", "", _SAVE)
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
    if "mimetype" in names and b"opendocument.spreadsheet" in _bounded(archive, archive.getinfo("mimetype"), 1024):
        if any(name.startswith("Basic/") for name in names):
            raise FormatError("The workbook carries macros.", "", "Save it without macros and import that.")
        return "ods"
    raise FormatError("The file is an archive, not a spreadsheet.", "", "Import an .xlsx, .ods or .csv file.")


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    left = limits.UNPACKED_BYTES
    cells = 0
    parts: dict[str, bytes] = {}
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        content = _bounded(archive, entry, left)
        left -= len(content)
        if entry.filename.startswith("xl/worksheets/"):
            cells += _check_sheet(content, entry.filename)
        if cells > limits.CELLS:
            raise FormatError(f"The workbook holds more than {limits.CELLS:,} cells.", f"part {entry.filename}", _LESS)
        _check_xml(content, entry.filename)
        parts[entry.filename] = content
    _check_shared_text(parts)
    return parts


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> bytes:
    """Unpack one part without ever holding more than `budget` bytes; its declared size must be true.

    ZipExtFile stops at the declared size, so a part that goes on after it is found through its checksum.
    """
    if entry.file_size > budget:
        raise FormatError(f"The file unpacks to more than {limits.UNPACKED_BYTES // 2**20} MiB.", f"part {entry.filename}", _LESS)
    pieces: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > budget:
                raise FormatError(
                    f"The file unpacks to more than {limits.UNPACKED_BYTES // 2**20} MiB.", f"part {entry.filename}", _LESS
                )
            pieces.append(piece)
    if size != entry.file_size:
        raise FormatError("The sizes written in the file are not true.", f"part {entry.filename}", _SAVE)
    return b"".join(pieces)


def _check_shared_text(parts: dict[str, bytes]) -> None:
    """Refuse a workbook whose few shared texts are named by so many cells that writing them out would fill the memory."""
    strings = parts.get("xl/sharedStrings.xml", b"")
    lengths = [len(piece) for piece in re.split(rb"<si[ >]", strings)[1:]] if b"<si" in strings else []
    sheets = [content for name, content in parts.items() if name.startswith("xl/worksheets/")]
    uses = sum(content.count(b't="s"') for content in sheets)
    if not lengths or max(lengths) * uses < limits.UNPACKED_BYTES:
        return
    named = (int(number) for content in sheets for number in re.findall(rb't="s"[^>]*><v>(\d{1,9})</v>', content))
    if sum(lengths[number] for number in named if number < len(lengths)) > limits.UNPACKED_BYTES:
        limit = f"{limits.UNPACKED_BYTES // 2**20} MiB"
        raise FormatError(f"The texts of the workbook come to more than {limit} when written out.", "", _LESS)


def _check_xml(content: bytes, name: str) -> None:
    """Refuse a part that is no plain well-formed XML: the sheet reader may wait for ever on a broken one."""
    if b"\0" in content[:200]:
        raise FormatError("The file is not written in UTF-8.", f"part {name}", _SAVE)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        place = f"part {name}, line {problem.lineno}"
        raise FormatError("The file looks like a spreadsheet but is damaged.", place, _SAVE) from problem
    except FormatError as refusal:
        raise FormatError(refusal.message, f"part {name}", refusal.advice) from None
    except (LookupError, ValueError) as problem:
        raise FormatError("The file is written in an encoding that is not known.", f"part {name}", _SAVE) from problem


def _refuse_doctype(*_: object) -> None:
    raise FormatError("The file declares its own document type, which is refused.", "", _SAVE)


def _check_sheet(content: bytes, name: str) -> int:
    rows = content.count(b"<row ") + content.count(b"<row>") + content.count(b":row ")
    if rows > limits.ROWS:
        raise FormatError(f"A sheet holds {rows:,} rows; the limit is {limits.ROWS:,}.", f"part {name}", _LESS)
    return content.count(b"<c ") + content.count(b":c ")
