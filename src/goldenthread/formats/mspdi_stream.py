"""Microsoft Project XML one row at a time: a first pass refuses what is broken or hostile, a second one hands out rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from xml.etree import ElementTree as ET
from xml.parsers import expat
from xml.sax.saxutils import escape

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import Kept
from goldenthread.formats.schedule_values import Losses, Row

ELEMENTS = 3_000_000
DEPTH = 100
ROWS = frozenset({"Task", "Resource", "Assignment", "Calendar", "ExtendedAttributes", "OutlineCodes"})
_PIECE = 1 << 16
_AGAIN = "Export the plan again from the program it came from."

Nested = list[tuple[str, ET.Element]]


class _Names(dict[str, str]):
    """Tags without their namespace, worked out once each."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition("}")[2]
        return name


def rows(data: bytes) -> Iterator[tuple[str, ET.Element]]:
    """Each row with its name when it is whole, emptied afterwards; last the root with all that was no row."""
    _check(data)
    names = _Names()
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(("end",))
    root: ET.Element | None = None
    for at in range(0, len(data), _PIECE):
        parser.feed(data[at : at + _PIECE])
        for _, element in cast("Iterator[tuple[str, ET.Element]]", parser.read_events()):
            root = element
            name = names[element.tag]
            if name in ROWS:
                yield name, element
                element.clear()
    if root is None or names[root.tag] != "Project":
        raise FormatError(
            f"This XML holds “{names[root.tag][:40] if root is not None else ''}”, not a project of Microsoft Project.",
            "line 1",
            "Save the plan as Microsoft Project XML and import that.",
        )
    yield "Project", root


def _check(data: bytes) -> None:
    if data.count(b"<") - data.count(b"</") > ELEMENTS:
        raise FormatError(f"The file holds more than {ELEMENTS:,} elements.", "", "Export fewer projects at once.")
    parser = expat.ParserCreate(None, "}")  # as the second pass splits names, so that both refuse the same
    parser.StartDoctypeDeclHandler = _refuse_doctype
    depth = 0

    def begin(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise FormatError(
                f"The file holds elements nested more than {DEPTH} deep.", f"line {parser.CurrentLineNumber}", _AGAIN
            )

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        reason = expat.ErrorString(problem.code)
        raise FormatError(f"The XML is broken: {reason}.", f"line {problem.lineno}, column {problem.offset}", _AGAIN) from problem
    except (ValueError, LookupError) as problem:
        if isinstance(problem, FormatError):
            raise
        raise FormatError("The file is written in an encoding that is not known.", "line 1", "Save it as UTF-8.") from problem


def _refuse_doctype(*_: object) -> None:
    raise FormatError(
        "The file declares its own document type (DTD), which is refused.", "", "Remove the DOCTYPE line and import it again."
    )


_NAMES = _Names()


def cells_of(element: ET.Element, where: str, losses: Losses) -> tuple[Row, Nested]:
    """Children that hold text as a Row named by its UID and name, and children that hold elements."""
    cells: dict[str, str] = {}
    nested: Nested = []
    doubled: list[str] = []
    for child in element:
        name = _NAMES[child.tag]
        if len(child):
            nested.append((name, child))
            continue
        if name in cells:
            doubled.append(name)
        cells[name] = child.text or ""
    row = Row(where, _named(where, cells), cells, losses)
    for name in doubled:
        row.lose(name, "stated more than once; the last one was read")
    return row, nested


def children(element: ET.Element, name: str) -> list[ET.Element]:
    """Children of that name, whatever their namespace."""
    return [child for child in element if _NAMES[child.tag] == name]


def child(element: ET.Element, name: str) -> ET.Element | None:
    """The first child of that name."""
    return next(iter(children(element, name)), None)


def _named(where: str, cells: dict[str, str]) -> str:
    name = " ".join(cells.get("Name", "").split())[:60]
    return f"{where} {cells.get('UID', '').strip()[:20] or 'without UID'}{f' “{name}”' if name else ''}"


def kept_parts(nested: Nested, carried: frozenset[str]) -> Kept:
    """Children that hold elements and that no reader asks for, as XML without namespaces."""
    return tuple((f"{name}/", inner(part)) for name, part in nested if name not in carried)


def inner(element: ET.Element) -> str:
    """What stands inside an element, as XML without namespaces."""
    if not len(element):
        return escape(element.text or "")
    return "".join(f"<{_NAMES[one.tag]}>{inner(one)}</{_NAMES[one.tag]}>" for one in element)
