"""The outer shape of a Primavera XER file: tables of named columns in a text file cut by tabs.

`%T` begins a table, `%F` names its columns, `%R` is a row, `%E` the end. A text cell may hold line breaks, written as two
DEL characters or as real ones; a line that begins with none of the marks continues the row before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_values import Losses, Row
from goldenthread.formats.text import decode

ROWS = 2_000_000
COLUMNS = 500
TABLES = 500
_AGAIN = "Export the plan again from Primavera."
_MARKS = ("%T\t", "%F\t", "%R\t")
_PLAIN = re.compile(rb"[\x00-\x7f]+")
_ENDS = ("%E", "ERMTAIL")


@dataclass(slots=True)
class Table:
    """One table: its columns, rows as cells, and the line on which each row begins."""

    name: str
    columns: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Xer:
    """The tables of a file by name, and the words of its first line."""

    head: tuple[str, ...]
    tables: dict[str, Table]
    losses: Losses

    def rows(self, name: str, id_column: str, name_column: str = "") -> Iterator[Row]:
        """The rows of a table, once, each named by its id, its name and its line; none where the table is missing.

        They are given away one by one, so that a large file is not held twice.
        """
        table = self.tables.get(name)
        if table is None:
            return
        table.rows.reverse()
        for line in table.lines:
            cells = table.rows.pop()
            while len(cells) > len(table.columns) and not cells[-1].strip():
                cells.pop()
            named = dict(zip(table.columns, cells, strict=False))
            words = " ".join(named.get(name_column, "").split())[:60]
            who = f"{name} {named.get(id_column, '')[:20]}{f' “{words}”' if words else ''} (line {line})"
            if len(cells) != len(table.columns):
                why = f"the row has {len(cells)} cells for {len(table.columns)} columns: "
                why += "cells at its end are missing, or its values stand in wrong columns"
                self.losses.value(name, who, "", why)
            yield Row(name, who, named, self.losses)


def read_tables(data: bytes) -> Xer:
    """Cut a file into tables; raises FormatError where it is no XER, damaged or cut short."""
    text, notes = _decoded(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError("The file holds a NUL byte.", f"line {line}", _AGAIN)
    losses = Losses()
    for note in notes:
        if "stray" in note:
            losses.value("file", "", "", note)
    lines = _joined(text.split("\n"))
    del text
    head = tuple(lines[0][1].split("\t")) if lines else ()
    if not head or head[0] != "ERMHDR":
        raise FormatError("This is not a Primavera XER file: it does not begin with ERMHDR.", "line 1", _AGAIN)
    return Xer(head, _tables(lines[1:]), losses)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text, and what is to be said about it: UTF-16 or UTF-8 where it is that, else code page 1252 as Primavera writes it."""
    head = data[:2000]
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        text, _, notes = decode(data)
        return text, notes
    found = decode(_PLAIN.sub(b" ", data))[1]  # only what is not ASCII decides, and it is little
    if found in ("utf-8", "cp1252"):
        return data.decode(found), []
    text, _, notes = decode(data)
    return text, notes


def _joined(raw: list[str]) -> list[tuple[int, str]]:
    """Lines that begin with a mark, each with its number and with what continues it."""
    found: list[tuple[int, list[str]]] = []
    for number, ended in enumerate(raw, 1):
        line = ended.removesuffix("\r")
        if line.startswith(_MARKS) or line.startswith(_ENDS) or number == 1:
            found.append((number, [line]))
        elif line and found:
            found[-1][1].append(line)
    return [(number, "\n".join(parts)) for number, parts in found]


def _tables(lines: list[tuple[int, str]]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    table = None
    count = 0
    seen: dict[str, str] = {}  # the same few words and dates fill most cells: each is kept once
    for number, line in lines:
        mark, _, rest = line.partition("\t")
        if line.startswith(_ENDS):
            return tables
        if mark == "%T":
            table = _begun(rest.strip(), tables, number)
        elif table is None:
            raise FormatError("A row stands before the first table.", f"line {number}", _AGAIN)
        elif mark == "%F":
            table.columns = _columns(rest, number)
        elif not table.columns:
            raise FormatError(f"The table {table.name[:40]} has rows but no line of columns.", f"line {number}", _AGAIN)
        else:
            cells = rest.replace("\x7f\x7f", "\n").split("\t", COLUMNS)
            table.rows.append([seen.setdefault(cell, cell) for cell in cells])
            table.lines.append(number)
            count += 1
        if count > ROWS:
            raise FormatError(f"The file holds more than {ROWS:,} rows.", f"line {number}", "Export fewer projects at once.")
    last = f"line {lines[-1][0]}" if lines else "line 1"
    raise FormatError("The file ends in the middle: its end mark (%E) is missing, so it was cut short.", last, _AGAIN)


def _begun(name: str, tables: dict[str, Table], number: int) -> Table:
    if name in tables:
        raise FormatError(f"The table {name[:40]} stands in the file twice.", f"line {number}", _AGAIN)
    if len(tables) >= TABLES or not name:
        raise FormatError("A table has no name, or there are too many of them.", f"line {number}", _AGAIN)
    tables[name] = Table(name)
    return tables[name]


def _columns(rest: str, number: int) -> tuple[str, ...]:
    columns = tuple(one.strip() for one in rest.split("\t"))
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not columns or len(columns) > COLUMNS or len(set(columns)) != len(columns):
        raise FormatError("The columns of a table are missing, too many, or named twice.", f"line {number}", _AGAIN)
    return columns
