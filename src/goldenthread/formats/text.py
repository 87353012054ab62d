"""Bytes of a text table as rows of strings: encoding, delimiter, quoting and line breaks decided from the content."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from goldenthread.formats import limits
from goldenthread.formats.errors import FormatError

DELIMITERS = (",", ";", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class TextGrid:
    """Rows of strings with the line each row began on (1-based), and what was decided on the way."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]


def read_text(data: bytes, encoding: str | None = None, delimiter: str | None = None) -> TextGrid:
    """Decode and split a CSV or TSV file; raises FormatError with the line for NUL bytes and over-long files."""
    text, used, notes = decode(data, encoding)
    mark = text.find("\0")
    if mark >= 0:
        line = text.count("\n", 0, mark) + 1
        raise FormatError(
            "The file holds a NUL byte.", f"line {line}", "Export it again as plain CSV; a NUL never belongs in text."
        )
    stated, text = _stated_delimiter(text)
    chosen = delimiter or stated or find_delimiter(text)
    rows, lines = _split(text, chosen, offset=1 if stated else 0)
    return TextGrid(rows, lines, used, chosen, tuple(notes))


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, list[str]]:
    """Return text, the encoding used and notes. Order: stated, BOM, UTF-16 by its zeros, UTF-8, cp1252, latin-1."""
    if encoding:
        try:
            return data.decode(encoding).lstrip("\ufeff"), encoding, []
        except (LookupError, UnicodeError) as problem:
            raise FormatError(
                f"The file is not {encoding} text.", _place_of(problem, data), "Choose another encoding."
            ) from problem
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strict(data, name), name, []
    sixteen = _utf16_without_bom(data)
    if sixteen:
        return _strict(data, sixteen), sixteen, [f"No byte order mark; read as {sixteen} by its zero bytes."]
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= character <= "\udcff" for character in loose)
    good = sum(character > "\x7f" for character in loose) - bad
    if good > 3 * bad:
        text = "".join(_CP1252_OR_LATIN[ord(c) - 0xDC00] if "\udc80" <= c <= "\udcff" else c for c in loose)
        return text, "utf-8+cp1252", [f"UTF-8 with {bad} stray bytes, read as Windows code page 1252."]
    return _eight_bit(data)


def _eight_bit(data: bytes) -> tuple[str, str, list[str]]:
    try:
        return data.decode("cp1252"), "cp1252", ["Not UTF-8; read as Windows code page 1252."]
    except UnicodeDecodeError:
        stray = sum(data.count(bytes([byte])) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
        text = "".join(_CP1252_OR_LATIN[byte] for byte in data)
        note = f"Not UTF-8; {stray} stray bytes that Windows code page 1252 does not know were read as latin-1."
        return text, "cp1252+latin-1", [note]


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeError as problem:
        raise FormatError(
            f"The file says it is {name} but is damaged.", _place_of(problem, data), "Save it again as UTF-8."
        ) from problem


def _place_of(problem: Exception, data: bytes) -> str:
    start = getattr(problem, "start", None)
    if not isinstance(start, int):
        return ""
    line = data.count(b"\n", 0, start) + 1
    return f"line {line}"


def _utf16_without_bom(data: bytes) -> str | None:
    head = data[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _latin_fallback() -> list[str]:
    table = []
    for byte in range(256):
        try:
            table.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            table.append(chr(byte))
    return table


_CP1252_OR_LATIN = _latin_fallback()


def _stated_delimiter(text: str) -> tuple[str | None, str]:
    """Excel's own first line `sep=;`, honoured and removed."""
    head, _, rest = text.partition("\n")
    head = head.strip().strip('"')
    if len(head) == 5 and head.lower().startswith("sep="):
        return head[4], rest
    return None, text


def find_delimiter(text: str) -> str:
    """The separator under which most records have the same number of fields, more than one; a comma when none does."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        if candidate not in sample:
            continue
        widths = _widths(sample, candidate)
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, agreeing = max(counts.items(), key=lambda item: (item[1] * min(item[0], 40), item[0]))
        score = agreeing / len(widths) * (1 + min(width, 40) / 40)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                widths.append(len(row))
            if len(widths) >= 2000:
                break
    except csv.Error:
        pass
    return widths[:-1] if len(widths) > 2 else widths


def _split(text: str, delimiter: str, offset: int) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    cells, before = 0, 0
    try:
        for row in reader:
            rows.append(tuple(row))
            lines.append(before + 1 + offset)
            before = reader.line_num
            cells += len(row)
            if len(rows) > limits.ROWS + 100 or cells > limits.CELLS or len(row) > limits.COLUMNS:
                raise FormatError(
                    _too_big(len(rows), cells, len(row)), f"line {lines[-1]}", "Split the file and import the parts."
                )
    except csv.Error as problem:
        advice = "Look for a quotation mark that is opened and never closed."
        raise FormatError(
            f"The table cannot be split into cells: {problem}.", f"line {reader.line_num + offset}", advice
        ) from problem
    return tuple(rows), tuple(lines)


def _too_big(rows: int, cells: int, columns: int) -> str:
    if columns > limits.COLUMNS:
        return f"A row holds more than {limits.COLUMNS:,} columns."
    if cells > limits.CELLS:
        return f"The file holds more than {limits.CELLS:,} cells."
    return f"The file holds more than {limits.ROWS:,} rows."
