"""Tables of nouns in the import wizard: written row by row as one action; the dry run is that action, rolled back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.records import plain, read_records
from goldenthread.formats.tables import Settings
from goldenthread.formats.workbook import Sheet, Workbook
from goldenthread.kit.errors import Refused
from goldenthread.workspace import queries
from goldenthread.workspace.actions.record_rows import NOT_TAKEN, Typed, Written, write_tables
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import Preview, PreviewGroup, PreviewRow, RecordKind
from goldenthread.workspace.queries.records import EXTRA

SHARE_OF_HEADINGS = 0.6
FATES = {  # what becomes of a row: its title and what it means
    "new": ("New", "Rows without an id."),
    "changed": ("Changed", "Only what differs is written."),
    "removed": ("Removed", "Rows marked so. What is not marked stays."),
    "same": ("Unchanged", "As they stand here."),
}

Told = tuple[str, str, str]


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

    def tables(self, reading: Workbook, file: ImportedFile) -> tuple[Typed, list[Told], list[Told]]:
        """The nouns of a workbook with their typed rows, cells that cannot be read, and columns nobody asked for."""
        tables: Typed = []
        problems: list[Told] = []
        missed: list[Told] = []
        for sheet in self.sheets(reading):
            kind = _noun_of(sheet, file.settings.get("noun", ""))
            if kind is None:
                missed.append((_at(sheet), "No table known here", ""))
                continue
            found = read_records(reading, (*kind.fields, *EXTRA), sheet.name or None)
            tables.append((kind, found))
            problems += [(p.place, p.column, f"{p.message} {p.advice}".strip()) for p in found.problems]
            missed += [(_at(sheet), "Column not used", name) for name in found.unknown_columns]
        if not tables:
            names = ", ".join(kind.name for kind in queries.record_kinds())
            raise FormatError("No table with known headings was found.", "", f"Export one of {names} and change that file.")
        return sorted(tables, key=lambda pair: pair[0].position), problems, missed

    def sheets(self, reading: Workbook) -> Sequence[Sheet]:
        """The sheets that may hold tables."""
        return reading.sheets

    def left_out(self, tables: Typed, reading: Workbook, person: Person) -> PreviewGroup | None:
        """Rows that a whole file would hold and this one does not; None where a file may be a part."""
        return None

    def preview(self, reading: Workbook, file: ImportedFile, person: Person) -> Preview:
        """Write everything, look, and roll it back."""
        tables, problems, missed = self.tables(reading, file)
        written: list[Written] = []
        with transaction.atomic():
            with changeset(title=f"Import {file.name}", by=person, source=Changeset.Source.IMPORT):
                written = write_tables(tables, person, tells=True)
            transaction.set_rollback(True)
        problems += [(row.cell, row.field, row.problem) for row in written if row.fate == "refused"]
        missed += [(place, NOT_TAKEN, name) for row in written for place, name in row.untaken]
        counts = {fate: sum(row.fate == fate for row in written) for fate in FATES}
        by_noun = {kind.name: len(found.rows) for kind, found in tables}
        groups = [_group(fate, written) for fate in FATES]
        gone = self.left_out(tables, reading, person)
        groups += [gone] if gone is not None else []
        return Preview(
            list(counts.items()),
            [group for group in groups if group.total],
            problems,
            missed,
            blocked=_blocked(problems, counts),
            counts={**by_noun, **counts, "refused": len(problems), **({"left_out": gone.total} if gone is not None else {})},
        )

    def prepare(self, reading: Workbook, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> Typed:
        """The typed rows; refused while one of them cannot be read."""
        tables, problems, _ = self.tables(reading, file)
        if problems:
            place, _, message = problems[0]
            raise Refused(f"{place}: {message}", advice="Correct the file and upload it again.")
        return tables

    def apply(self, prepared: Typed, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write everything; one row that is refused refuses the file."""
        written = write_tables(prepared, person)
        refused = next((row for row in written if row.fate == "refused"), None)
        if refused is not None:
            raise Refused(f"{refused.cell}: {refused.problem}", advice="Correct the file and upload it again.")
        return {fate: sum(row.fate == fate for row in written) for fate in FATES}


def _at(sheet: Sheet) -> str:
    return f"sheet {sheet.name}" if sheet.name else "the file"


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


def _group(fate: str, written: list[Written]) -> PreviewGroup:
    title, lead = FATES[fate]
    rows = [
        PreviewRow(row.title, " · ".join(part for part in (row.noun, row.who) if part), row.changes, row.place)
        for row in written
        if row.fate == fate
    ]
    return PreviewGroup(fate, title, lead, rows if fate != "same" else (), len(rows), fate != "same")


def _blocked(problems: list[Any], counts: Mapping[str, int]) -> str:
    if problems:
        rows = "1 row cannot be taken" if len(problems) == 1 else f"{len(problems)} rows cannot be taken"
        return f"{rows}. Correct the file and upload it again; nothing has been written."
    return "" if any(counts[fate] for fate in FATES if fate != "same") else "The file says nothing new."


def import_kinds() -> list[Tables]:
    """For the slot of the same name."""
    return [Tables()]
