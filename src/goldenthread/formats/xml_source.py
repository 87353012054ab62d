"""XML from strangers as a small tree with line numbers. Any document type is refused, and depth, count and size are bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from goldenthread.formats.errors import FormatError

DEPTH = 100
ELEMENTS = 100_000
ATTRIBUTES = 100
ATTRIBUTE_CHARACTERS = 100_000
ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")  # what XML cannot hold, nor a database
NOTE = "goldenthread"  # processing instructions of this name hold a JSON object about the element they stand in
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_RESAVE = "Export the plan again from the program it came from."


@dataclass(slots=True)
class Node:
    """One element. name: without namespace; text: all character data directly inside, trimmed; line: where its tag stands.

    notes: what our own writer left inside it, texts or lists of texts; one that cannot be read stands there by its words.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)
    notes: dict[str, str | list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[Node]:
        """Children of that name, in order."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator[Node]:
        """The element itself and everything below it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


class _Target:
    """Builds Node objects and stops at the first breach of a limit."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[tuple[Node, list[str]]] = []
        self.count = 0
        self.line_of: Any = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        line = self.line_of()
        self.count += 1
        if namespace == _XINCLUDE:
            raise FormatError("The file includes other files (XInclude), which is refused.", f"line {line}", _RESAVE)
        if self.count > ELEMENTS or len(self.open) >= DEPTH:
            what = f"more than {ELEMENTS:,} elements" if self.count > ELEMENTS else f"elements nested more than {DEPTH} deep"
            raise FormatError(f"The file holds {what}.", f"line {line}", _RESAVE)
        if len(attributes) > ATTRIBUTES or any(len(value) > ATTRIBUTE_CHARACTERS for value in attributes.values()):
            raise FormatError("An element has more or longer attributes than any real one.", f"line {line}", _RESAVE)
        node = Node(name, namespace, {key.rpartition("}")[2]: value for key, value in attributes.items()}, line)
        if self.open:
            self.open[-1][0].children.append(node)
        else:
            self.root = node
        self.open.append((node, []))

    def end(self, tag: str) -> None:
        node, pieces = self.open.pop()
        node.text = "".join(pieces).strip()

    def data(self, text: str) -> None:
        self.open[-1][1].append(text)

    def pi(self, target: str, text: str = "") -> None:
        if target == NOTE and self.open:
            self.open[-1][0].notes.update(_note(text))

    def close(self) -> Node | None:
        return self.root


def _note(text: str) -> dict[str, str | list[str]]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and not ILLEGAL.search("".join(said)) and all(_is_plain(value) for value in said.values()):
        return said
    return {text[:100]: ""}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) and not ILLEGAL.search(one) for one in value)
    return isinstance(value, str) and not ILLEGAL.search(value)


def read_xml(data: bytes) -> Node:
    """Parse `data`; raises FormatError with the line for anything broken, over-large, or with a document type."""
    target = _Target()
    if data.count(b"<") - data.count(b"</") > ELEMENTS + 1000:
        raise FormatError(f"The file holds more than {ELEMENTS:,} elements.", "", _RESAVE)
    try:
        parser = DefusedXMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        target.line_of = lambda: parser.parser.CurrentLineNumber
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as problem:
        raise FormatError(
            "The file declares its own document type (DTD), which is refused.", "", "Remove the DOCTYPE line and import it again."
        ) from problem
    except (expat.ExpatError, SyntaxError) as problem:
        line, column = getattr(problem, "position", (getattr(problem, "lineno", 0), 0))
        reason = str(problem).split(":", maxsplit=1)[0]
        raise FormatError(f"The XML is broken: {reason}.", f"line {line}, column {column}", _RESAVE) from problem
    except (ValueError, LookupError) as problem:
        if isinstance(problem, FormatError):
            raise
        raise FormatError(
            "The file is written in an encoding this reader does not take.", "line 1", "Save it as UTF-8."
        ) from problem
    if not isinstance(root, Node):
        raise FormatError("The file holds no XML element.", "line 1", _RESAVE)
    return root
