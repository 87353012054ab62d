"""A plan workbook that comes back: every change shown cell by cell, then written whole as one changeset, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats.errors import FormatError
from goldenthread.formats.layout import text_of
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.records import Field, plain
from goldenthread.formats.workbook import Sheet, Workbook, column_letters
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.workbook import ABOUT, TITLE, rows_of
from goldenthread.workspace.actions.record_rows import Typed
from goldenthread.workspace.actions.records import Tables, Told
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import PreviewGroup, PreviewRow, record_kinds
from goldenthread.workspace.queries.records import EXTRA

AGAIN = "Take the workbook out again and change that one."


class PlanWorkbooks(Tables):
    """Takes in the workbook of a plan."""

    file_kind = ImportedFile.FileKind.PLAN
    label = "Plan workbook"

    def likeness(self, name: str, data: bytes) -> float:
        """Sure where its first sheet says so."""
        if not data.startswith(b"PK"):
            return 0.0
        try:
            book = read_guarded("workbook", data, None)
        except FormatError:
            return 0.0
        return 1.0 if _about(book) is not None else 0.0

    def sheets(self, reading: Workbook) -> Sequence[Sheet]:
        """All but the one that says what it is."""
        return [sheet for sheet in reading.sheets if plain(sheet.name) != ABOUT]

    def tables(self, reading: Workbook, file: ImportedFile) -> tuple[Typed, list[Told], list[Told]]:
        """The tables; columns that are gone or have another name, and formulas, are problems."""
        about = _about(reading)
        if about is None:
            raise FormatError("This is not the workbook of a plan: its sheet “about” is missing.", "", AGAIN)
        if about.get("organisation") != current_organisation().slug:
            raise FormatError("This is the workbook of another organisation.", f"sheet {ABOUT}", AGAIN)
        tables, problems, missed = super().tables(reading, file)
        read = {kind.name: found for kind, found in tables}
        for sheet in self.sheets(reading):
            kind = next((one for one in record_kinds() if plain(one.name) == plain(sheet.name)), None)
            if kind is None:
                continue
            fields = (*kind.fields, *EXTRA)
            problems += _gone(sheet, fields) if kind.name not in read else []
            problems += [_missing(sheet, name) for name in (read[kind.name].missing_columns if kind.name in read else ())]
            problems += _formulas(sheet, fields)
        return tables, problems, missed

    def left_out(self, tables: Typed, reading: Workbook, person: Person) -> PreviewGroup | None:
        """What belongs to the plan, may be seen and is not in the file."""
        about = _about(reading) or {}
        plan = visible(BusinessPlan.objects.filter(office__code=about.get("office", "")), person).first()
        if plan is None:
            raise FormatError("You see no plan of the office that this workbook names.", f"sheet {ABOUT}", AGAIN)
        of_plan, rows = rows_of(plan), []
        for kind, found in tables:
            title = next(field.name for field in kind.fields if field.required)
            rows += [
                PreviewRow(str(row.get("title") or row[title]), kind.name)
                for row in kind.rows(person)
                if row["id"] in of_plan.get(kind.name, ()) and str(row["id"]) not in found.ids
            ]
        lead = "They stay as they are. To take a row away, write “remove” in its column of that name."
        return PreviewGroup("left_out", "Not in the file", lead, rows, len(rows))


def _about(book: Workbook) -> dict[str, str] | None:
    """What the first sheet says; None where there is none."""
    for sheet in book.sheets:
        if plain(sheet.name) == ABOUT and sheet.rows and text_of(sheet.rows[0][0]) == TITLE:
            return {text_of(row[0]): text_of(row[1]) for row in sheet.rows[1:] if len(row) > 1 and row[0]}
    return None


def _headings(sheet: Sheet) -> dict[int, str]:
    return {n: plain(text_of(cell)) for n, cell in enumerate(sheet.rows[0]) if cell is not None} if sheet.rows else {}


def _missing(sheet: Sheet, name: str) -> Told:
    return (
        f"sheet {sheet.name}, row 1",
        name,
        f"The column {name} is missing. Give it this heading again, or take the workbook out again.",
    )


def _gone(sheet: Sheet, fields: Sequence[Field]) -> list[Told]:
    """The columns that a sheet lacks which could not be read as its table."""
    there = set(_headings(sheet).values())
    return [_missing(sheet, field.name) for field in fields if plain(field.name) not in there]


def _formulas(sheet: Sheet, fields: Sequence[Field]) -> list[Told]:
    """Cells in columns that are read whose value is worked out in the file."""
    read, names = {plain(field.name) for field in fields if not field.computed}, _headings(sheet)
    what = "The cell holds a formula. Put its value there instead: copy, then paste as values."
    return [
        (f"sheet {sheet.name}, row {row + 1}, column {column_letters(column)}", names[column], what)
        for row, column in sheet.formulas
        if row > 0 and names.get(column) in read
    ]


def import_kinds() -> list[PlanWorkbooks]:
    """For the slot of the same name."""
    return [PlanWorkbooks()]
