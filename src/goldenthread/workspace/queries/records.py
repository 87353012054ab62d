"""Nouns as tables: which there are, and their rows as files. A room registers its nouns through the slot `record_kinds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.formats.records import Field, write_records
from goldenthread.formats.sheets import write_csv, write_xlsx
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.kit.slots import gather

Row = Mapping[str, Any]
REMOVE, MARK = "remove", "mark"
EXTRA = (Field(REMOVE, "choice", choices=(REMOVE,)), Field(MARK))  # columns of tables that go out to come back


@dataclass(frozen=True)
class RecordKind:
    """A noun as a table that goes out to a spreadsheet and comes back.

    name: of sheet and file. kind: what the right to export is about. fields: the columns; `id` and `version` come first.
    rows(person): what the person may export, keyed by field name. write(row, by): change the row of that id, or add one without
    an id; answers "new", "changed" or "same"; runs inside a changeset. position: tables that others refer to come earlier.
    together: around the writing of many rows, what need not be computed after each of them; may refuse at its end.
    remove(row, by): take the row of that id away; where there is no such thing, `stays` says what to do instead.
    A row may carry beside its fields “who”, whom it concerns, and “title”, where no one field says what it is.
    """

    name: str
    label: str
    kind: str
    fields: Sequence[Field]
    rows: Callable[[Person], list[dict[str, Any]]]
    write: Callable[[Row, Person], str]
    position: int = 100
    together: Callable[[], AbstractContextManager[None]] = nullcontext
    remove: Callable[[Row, Person], None] | None = None
    stays: str = "Rows of this table are not removed by a file."


def record_kinds() -> list[RecordKind]:
    """All nouns, those that others refer to first."""
    found: list[RecordKind] = gather("record_kinds")
    return sorted(found, key=lambda kind: (kind.position, kind.name))


def exportable(person: Person) -> list[RecordKind]:
    """The nouns of which `person` may export some."""
    held = rights(person)
    return [kind for kind in record_kinds() if held.anywhere(Act.EXPORT, kind.kind)]


def exports(person: Person, form: str, names: Sequence[str] = ()) -> list[tuple[str, bytes]]:
    """Files with what `person` may export, as (name, bytes): one CSV a noun, or one XLSX with a sheet a noun.

    names: only these nouns. Formula cells are neutralised by the writers. Forbidden where nothing may be exported.
    """
    kinds = [kind for kind in exportable(person) if not names or kind.name in names]
    if not kinds:
        raise Forbidden("You may not export this.")
    if form not in {"csv", "xlsx"}:
        raise Refused(f"There is no export as “{form}”.", field="form", advice="Use csv or xlsx.")
    sheets = [write_records(kind.name, kind.fields, kind.rows(person)) for kind in kinds]
    if form == "csv":
        return [(f"{sheet.name}.csv", write_csv(sheet)) for sheet in sheets]
    name = kinds[0].name if len(kinds) == 1 else "golden-thread"
    return [(f"{name}.xlsx", write_xlsx(sheets))]


def person_named(text: str | None, field: str) -> Person | None:
    """The person of an e-mail address or of a name that only one person has; None for an empty cell; Refused otherwise."""
    words = (text or "").strip()
    if not words:
        return None
    found = list(Person.objects.filter(**({"email__iexact": words} if "@" in words else {"name__iexact": words}))[:2])
    if len(found) == 1:
        return found[0]
    reason = "There are several people called" if found else "There is nobody called"
    raise Refused(f"{reason} “{words[:80]}”.", field=field, advice="Write the e-mail address.")
