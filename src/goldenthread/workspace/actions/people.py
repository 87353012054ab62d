"""People as a table."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from goldenthread.accounts import actions as accounts
from goldenthread.accounts import queries as people
from goldenthread.accounts.models import Person
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.workspace.queries.records import RecordKind, Row, person_named

FIELDS = (
    Field("id", "id"),
    Field("version", "integer"),
    Field("name", required=True),
    Field("email"),
    Field("job title"),
    Field("department"),
    Field("external", "boolean"),
    Field("hours a week", "number", lowest=0, highest=168),
    Field("leaves on", "date"),
    Field("deputy"),
)


def rows(person: Person) -> list[dict[str, Any]]:
    """The people whom `person` may export."""
    if not people.rights(person).anywhere(Act.EXPORT, Kind.PERSON):
        return []
    found = people.people(person).select_related("deputy").order_by("id")
    return [
        {
            "id": p.pk,
            "version": p.version,
            "name": p.name,
            "email": p.email,
            "job title": p.job_title,
            "department": p.department,
            "external": p.is_external,
            "hours a week": p.minutes_per_week / 60 if p.minutes_per_week % 60 else p.minutes_per_week // 60,
            "leaves on": p.leaves_on,
            "deputy": (p.deputy.email or p.deputy.name) if p.deputy else "",
        }
        for p in found
    ]


def write(row: Row, by: Person) -> str:
    """Change or add one person."""
    if not people.rights(by).anywhere(Act.EDIT, Kind.PERSON):
        raise Forbidden("You may not change people.")
    fields: dict[str, Any] = {
        "email": (row.get("email") or "").strip().lower(),
        "job_title": (row.get("job title") or "").strip(),
        "department": (row.get("department") or "").strip(),
        "is_external": bool(row.get("external")),
        "minutes_per_week": round(float(row["hours a week"]) * 60) if row.get("hours a week") is not None else 2400,
        "leaves_on": row.get("leaves on"),
        "deputy": person_named(row.get("deputy"), "deputy"),
    }
    if not row.get("id"):
        accounts.add_person(name=row["name"], by=by, **fields)
        return "new"
    person = row_of(people.people(by), row)
    changes = {"name": row["name"].strip(), **fields}
    if all(getattr(person, name) == value for name, value in changes.items()):
        return "same"
    accounts.edit_person(person=person, changes=changes, by=by, version=row.get("version"))
    return "changed"


def row_of(found: Any, row: Row) -> Any:
    """The stored row that a line of a table is about; 404 where there is none that the person may see."""
    key = str(row["id"])
    stored = found.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if stored is None:
        raise Http404
    return stored


KIND = RecordKind("people", "People", Kind.PERSON, FIELDS, rows, write, 10)


def record_kinds() -> list[RecordKind]:
    """For the slot of the same name."""
    return [KIND]
