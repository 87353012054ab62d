"""Rows of tables written one by one, each in a savepoint of its own, and cell by cell what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.formats.records import Field, Records, mark_of, plain_value
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.ui import writing
from goldenthread.workspace.queries import RecordKind
from goldenthread.workspace.queries.records import MARK, REMOVE, Row

UNCOUNTED = frozenset({"id", "version"})
CHANGED_SINCE = "It was changed here after this file was exported. Export it again."
NOT_TAKEN = "Not taken: this is not changed by a file, but on its page."

Typed = list[tuple[RecordKind, Records]]
Cells = tuple[tuple[str, str, str], ...]
Standing = Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Written:
    """What became of one row.

    fate: "new", "changed", "same", "removed" or "refused"; problem: why, with its field and cell; changes: (field, before,
    after) of its cells; untaken: (cell, field) of those that differ from what stands here and were not taken; who: whom it
    concerns.
    """

    noun: str
    title: str
    place: str
    fate: str
    problem: str = ""
    field: str = ""
    key: str = ""
    cell: str = ""
    changes: Cells = ()
    untaken: tuple[tuple[str, str], ...] = ()
    who: str = ""


@dataclass(frozen=True)
class _Line:
    """A row of the file beside what stands here under its id."""

    kind: RecordKind
    found: Records
    row: Row
    place: str
    stands: dict[str, Any] | None

    @property
    def key(self) -> str:
        return str(self.row.get("id") or "")

    @property
    def title(self) -> str:
        if self.stands and self.stands.get("title"):
            return str(self.stands["title"])
        rows = (self.row, self.stands or {})
        named = (row[f.name] for row in rows for f in self.kind.fields if f.required and row.get(f.name))
        return str(next(named, self.key))

    def differing(self) -> list[Field]:
        """The fields in which the file says something else."""
        asked = [f for f in self.kind.fields if f.name in self.row and f.name not in UNCOUNTED]
        stands = self.stands or {}
        return [f for f in asked if plain_value(f, self.row[f.name]) != plain_value(f, stands.get(f.name))]

    def is_conflict(self) -> bool:
        """Whether the row was changed here since it went out, told by its mark or, without one, by its version."""
        stands = self.stands or {}
        if self.row.get(MARK):
            return bool(self.row[MARK] != mark_of(self.kind.fields, stands))
        asked = self.row.get("version")
        return asked is not None and "version" in stands and int(asked) != stands["version"]


def write_tables(tables: Typed, person: Person, *, tells: bool = False) -> list[Written]:
    """Write the rows of all nouns: first those marked to be removed, the last noun first. `tells`: with what changed in them."""
    before = {kind.name: _standing(kind, person) for kind, _ in tables}
    lines = {kind.name: list(_lines(kind, found, before[kind.name])) for kind, found in tables}
    written: list[Written] = []
    for kind, _ in reversed(tables):
        written += _together(kind, [line for line in lines[kind.name] if line.row.get(REMOVE)], person)
    for kind, _ in tables:
        written += _together(kind, [line for line in lines[kind.name] if not line.row.get(REMOVE)], person)
    if not tells:
        return written
    after = {kind.name: _standing(kind, person) for kind, _ in tables}
    told = {(name, line.place): line for name, rows in lines.items() for line in rows}
    return [_told(row, told[row.noun, row.place], before[row.noun], after[row.noun]) for row in written]


def _standing(kind: RecordKind, person: Person) -> Standing:
    return {str(row["id"]): row for row in kind.rows(person)}


def _lines(kind: RecordKind, found: Records, stands: Standing) -> Iterator[_Line]:
    for row, place in zip(found.rows, found.places, strict=True):
        yield _Line(kind, found, row, place, stands.get(str(row.get("id") or "")))


def _together(kind: RecordKind, rows: Sequence[_Line], person: Person) -> list[Written]:
    """Rows of one noun. Where only what they come to is refused, each half by itself, down to the row at fault."""
    if not rows:
        return []
    try:
        with transaction.atomic(), kind.together():
            return [_written(line, person) for line in rows]
    except Refused as error:
        if len(rows) == 1:
            return [_refused(rows[0], error)]
        half = len(rows) // 2
        return _together(kind, rows[:half], person) + _together(kind, rows[half:], person)


def _written(line: _Line, person: Person) -> Written:
    """Write one row in a savepoint of its own, so that one that is refused leaves nothing."""
    try:
        with transaction.atomic():
            return Written(line.kind.name, line.title, line.place, _write(line, person), key=line.key)
    except (Refused, Forbidden, Conflict, Http404, ValidationError, IntegrityError) as error:
        return _refused(line, error)


def _write(line: _Line, person: Person) -> str:
    """Its fate. A column that the file has not stays as it is; a row that nobody touched is not looked at."""
    kind, row, stands = line.kind, line.row, line.stands
    if line.key and row.get(MARK) and not row.get(REMOVE) and row[MARK] == mark_of(kind.fields, row):
        if stands is None:
            raise Http404
        return "same"
    if stands is not None and (line.differing() or row.get(REMOVE)) and line.is_conflict():
        raise Refused(CHANGED_SINCE + _since(line), field="id" if row.get(REMOVE) else line.differing()[0].name)
    if row.get(REMOVE):
        if not line.key:
            raise Refused("A row without an id is not here yet.", field="id", advice="Delete it from the file.")
        if kind.remove is None:
            raise Refused(kind.stays, field=REMOVE)
        kind.remove(row, person)
        return "removed"
    return kind.write({**(stands or {}), **row}, person)


def _since(line: _Line) -> str:
    """What stands here instead of what the file says."""
    told = [
        f"{f.name} is “{said((line.stands or {}).get(f.name))}” here and “{said(line.row[f.name])}” in the file"
        for f in line.differing()
    ]
    return f" {'; '.join(told)}." if told else ""


def _refused(line: _Line, error: Exception) -> Written:
    at = str(getattr(error, "field", "") or ("id" if isinstance(error, Http404) else ""))
    cell = line.found.cell(line.place, at)
    return Written(line.kind.name, line.title, line.place, "refused", _why(error), at, line.key, cell)


def _why(error: Exception) -> str:
    if isinstance(error, Conflict):
        return CHANGED_SINCE
    if isinstance(error, Http404):
        return "There is no row with this id, or you may not see it."
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError):
        return "It contradicts a row that is there already."
    return str(error)


def _told(row: Written, line: _Line, before: Standing, after: Standing) -> Written:
    """The row with its cells: what they were and what they are, and which were not taken."""
    if row.fate == "refused":
        return row
    was: Row = before.get(row.key, {})
    now: Row = after.get(row.key, {})
    if row.fate == "new":
        now = line.row
    fields = [f for f in line.kind.fields if f.name not in UNCOUNTED and not f.computed]
    changes = tuple(
        (f.name, said(was.get(f.name)), said(now.get(f.name)))
        for f in fields
        if plain_value(f, was.get(f.name)) != plain_value(f, now.get(f.name))
    )
    untaken: tuple[tuple[str, str], ...] = ()
    if row.fate in {"changed", "same"} and was and now:
        changed = {name for name, _, _ in changes}
        touched = line.row.get(MARK) != mark_of(line.kind.fields, line.row)
        untaken = tuple(
            (line.found.cell(line.place, f.name), f.name)
            for f in line.differing()
            if f.name not in changed and (touched or f.computed) and not _moved_by_others(line, f)
        )
    who = str((now or was).get("who") or (was or now).get("who") or "")
    return replace(row, changes=changes, untaken=untaken, who=who)


def _moved_by_others(line: _Line, field: Field) -> bool:
    """Whether a computed cell may differ for another reason than that somebody typed in it: other work moved it."""
    return field.computed and line.row.get(MARK) is not None and line.row[MARK] != mark_of(line.kind.fields, line.stands or {})


def said(value: Any) -> str:
    """A value in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return writing.date(value)
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    return str(value) if isinstance(value, str) else writing.number(value)
