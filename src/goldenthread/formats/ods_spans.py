"""Merged ranges of an OpenDocument sheet, which the sheet reader does not report."""

from __future__ import annotations

from xml.parsers import expat

from goldenthread.formats.errors import FormatError

Span = tuple[tuple[int, int], tuple[int, int]]
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_MOST_SPANS = 20_000


def spans_of(content: bytes) -> dict[str, tuple[Span, ...]]:
    """Sheet name -> ((top, left), (bottom, right)), all zero-based and inclusive, from content.xml."""
    if not content:
        return {}
    walker = _Walker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walker.start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise FormatError("The workbook is damaged.", f"line {problem.lineno}", "Save it again and import that.") from problem
    return {name: tuple(spans) for name, spans in walker.found.items()}


def _refuse(*_: object) -> None:
    raise FormatError("The file declares its own document type, which is refused.", "", "Save it again and import that.")


class _Walker:
    """Counts rows and columns with their repeats while the content streams by."""

    def __init__(self) -> None:
        self.found: dict[str, list[Span]] = {}
        self.spans: list[Span] = []
        self.row = self.next_row = self.column = 0
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not tag.startswith(_TABLE):
            return
        name = tag.removeprefix(_TABLE)
        if name == "table":
            self.spans = self.found.setdefault(attributes.get(f"{_TABLE}name", ""), [])
            self.row = self.next_row = 0
        elif name == "table-row":
            self.row, self.column = self.next_row, 0
            self.next_row += _whole(attributes, "number-rows-repeated")
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        down, right = _whole(attributes, "number-rows-spanned"), _whole(attributes, "number-columns-spanned")
        if (down > 1 or right > 1) and self.count < _MOST_SPANS:
            self.spans.append(((self.row, self.column), (self.row + down - 1, self.column + right - 1)))
            self.count += 1
        self.column += _whole(attributes, "number-columns-repeated")


def _whole(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(_TABLE + name, "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1
