"""Tables of nouns in the import wizard: written row by row as one action; the dry run is that action, rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.records import Records, plain, read_records
from goldenthread.formats.tables import Settings
from goldenthread.formats.workbook import Sheet, Workbook
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.workspace import queries
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import Preview, PreviewGroup, PreviewRow, RecordKind
from goldenthread.workspace.queries.imports import SHOWN_ROWS
from goldenthread.workspace.queries.records import Row

SHARE_OF_HEADINGS = 0.6


Typed = list[tuple[RecordKind, Records]]


@dataclass(frozen=True)
class Written:
    """What became of one row: its noun, title, place, fate ("new", "changed", "same" or "refused") and why it was refused."""

    noun: str
    title: str
    place: str
    fate: str
    problem: str = ""
    field: str = ""


class Tables:
    """Takes in tables of nouns as they are exported: one noun in a CSV file, one a sheet in a workbook."""

    file_kind = ImportedFile.FileKind.RECORDS
    label = "Table of records"

    def likeness(self, name: str, data: bytes) -> float:
        """Sure where the headings are those of a noun."""
        if data.lstrip()[:1] == b"<":
            return 0.0
        try:
            book = read_guarded("workbook", data, None)
        except FormatError:
            return 0.0
        return 0.9 if any(_noun_of(sheet) for sheet in book.sheets) else 0.0

    def read(self, data: bytes, file: ImportedFile) -> Workbook:
        """The sheets as they stand."""
        book: Workbook = read_guarded("workbook", data, Settings())
        return book

    def layout(self, reading: Workbook) -> str:
        """Nothing to remember: the headings say it all."""
        return ""

    def table(self, reading: Workbook, file: ImportedFile) -> None:
        """No columns to confirm."""
        return

    def size(self, reading: Workbook) -> int:
        """The rows of all sheets."""
        return sum(len(sheet.rows) for sheet in reading.sheets)

    def preview(self, reading: Workbook, file: ImportedFile, person: Person) -> Preview:
        """Write everything, look, and roll it back."""
        tables, problems, missed = _tables(reading, file)
        written: list[Written] = []
        with transaction.atomic():
            with changeset(title=f"Import {file.name}", by=person, source=Changeset.Source.IMPORT):
                written = _write(tables, person)
            transaction.set_rollback(True)
        problems += [(row.place, row.field, row.problem) for row in written if row.fate == "refused"]
        counts = {fate: sum(row.fate == fate for row in written) for fate in ("new", "changed", "same")}
        by_noun = {kind.name: len(found.rows) for kind, found in tables}
        groups = [_group(fate, title, written) for fate, title in (("new", "New"), ("changed", "Changed"), ("same", "Unchanged"))]
        figures = list(counts.items())
        return Preview(
            figures,
            [group for group in groups if group.total],
            problems,
            missed,
            blocked=_blocked(problems, counts),
            counts={**by_noun, **counts, "refused": len(problems)},
        )

    def prepare(
        self, reading: Workbook, file: ImportedFile, person: Person, answers: Mapping[str, str]
    ) -> list[tuple[RecordKind, Records]]:
        """The typed rows; refused while one of them cannot be read."""
        tables, problems, _ = _tables(reading, file)
        if problems:
            place, _, message = problems[0]
            raise Refused(f"{place}: {message}", advice="Correct the file and upload it again.")
        return tables

    def apply(self, prepared: Typed, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write everything; one row that is refused refuses the file."""
        written = _write(prepared, person)
        refused = next((row for row in written if row.fate == "refused"), None)
        if refused is not None:
            raise Refused(f"{refused.place}: {refused.problem}", advice="Correct the file and upload it again.")
        return {fate: sum(row.fate == fate for row in written) for fate in ("new", "changed", "same")}


def _noun_of(sheet: Sheet, named: str = "") -> RecordKind | None:
    """The noun whose headings a sheet has in one of its first rows; the sheet's own name decides between alike ones."""
    best: tuple[float, RecordKind] | None = None
    for kind in queries.record_kinds():
        if named and kind.name != named:
            continue
        names = {plain(field.name) for field in kind.fields}
        rows = [{plain(str(cell).lstrip("'")) for cell in row if cell is not None} for row in sheet.rows[:10]]
        share = max((len(row & names) / len(names) for row in rows), default=0.0)
        required = {plain(field.name) for field in kind.fields if field.required}
        has_required = any(required <= row for row in rows)
        score = share + (0.5 if plain(sheet.name) == plain(kind.name) else 0.0)
        if has_required and (share >= SHARE_OF_HEADINGS or named) and (best is None or score > best[0]):
            best = (score, kind)
    return best[1] if best else None


def _tables(book: Workbook, file: ImportedFile) -> tuple[Typed, list[Any], list[Any]]:
    """The nouns of a workbook with their typed rows, cells that cannot be read, and columns nobody asked for."""
    tables: Typed = []
    problems: list[tuple[str, str, str]] = []
    missed: list[tuple[str, str, str]] = []
    for sheet in book.sheets:
        kind = _noun_of(sheet, file.settings.get("noun", ""))
        if kind is None:
            missed.append((f"sheet {sheet.name}" if sheet.name else "the file", "No table known here", ""))
            continue
        found = read_records(book, kind.fields, sheet.name or None)
        tables.append((kind, found))
        problems += [(p.place, p.column, f"{p.message} {p.advice}".strip()) for p in found.problems]
        missed += [
            (f"sheet {sheet.name}" if sheet.name else "the file", "Column not used", name) for name in found.unknown_columns
        ]
    if not tables:
        names = ", ".join(kind.name for kind in queries.record_kinds())
        raise FormatError("No table with known headings was found.", "", f"Export one of {names} and change that file.")
    return sorted(tables, key=lambda pair: pair[0].position), problems, missed


def _write(tables: Typed, person: Person) -> list[Written]:
    """Write the rows of all nouns, and say of each what came of it."""
    return [row for kind, found in tables for row in _together(kind, list(zip(found.rows, found.places, strict=True)), person)]


def _together(kind: RecordKind, rows: list[tuple[Row, str]], person: Person) -> list[Written]:
    """Rows of one noun. Where only what they come to is refused, each half by itself, down to the row at fault."""
    try:
        with transaction.atomic(), kind.together():
            return [_written(kind, row, place, person) for row, place in rows]
    except Refused as error:
        if len(rows) == 1:
            return [_refused(kind, *rows[0], error)]
        half = len(rows) // 2
        return _together(kind, rows[:half], person) + _together(kind, rows[half:], person)


def _written(kind: RecordKind, row: Row, place: str, person: Person) -> Written:
    """Write one row in a savepoint of its own, so that one that is refused leaves nothing."""
    try:
        with transaction.atomic():
            return Written(kind.name, _title(kind, row), place, kind.write(row, person))
    except (Refused, Forbidden, Conflict, Http404, ValidationError, IntegrityError) as error:
        return _refused(kind, row, place, error)


def _refused(kind: RecordKind, row: Row, place: str, error: Exception) -> Written:
    return Written(kind.name, _title(kind, row), place, "refused", _why(error), getattr(error, "field", ""))


def _title(kind: RecordKind, row: Row) -> str:
    return str(next((row[f.name] for f in kind.fields if f.required and row.get(f.name)), row.get("id") or ""))


def _why(error: Exception) -> str:
    if isinstance(error, Conflict):
        return "It was changed here after this file was exported. Export it again."
    if isinstance(error, Http404):
        return "There is no row with this id, or you may not see it."
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError):
        return "It contradicts a row that is there already."
    return str(error)


def _group(fate: str, title: str, written: list[Written]) -> PreviewGroup:
    rows = [PreviewRow(row.title, row.noun, place=row.place) for row in written if row.fate == fate]
    leads = {"new": "Rows without an id.", "changed": "Only what differs is written.", "same": "As they stand here."}
    return PreviewGroup(fate, title, leads[fate], rows[:SHOWN_ROWS] if fate != "same" else (), len(rows), fate != "same")


def _blocked(problems: list[Any], counts: Mapping[str, int]) -> str:
    if problems:
        rows = "1 row cannot be taken" if len(problems) == 1 else f"{len(problems)} rows cannot be taken"
        return f"{rows}. Correct the file and upload it again; nothing has been written."
    return "" if counts["new"] or counts["changed"] else "The file says nothing new."


def import_kinds() -> list[Tables]:
    """For the slot of the same name."""
    return [Tables()]
