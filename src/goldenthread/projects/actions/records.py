"""Projects as a table that goes out to a spreadsheet and comes back."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Refused
from goldenthread.kit.money import Money, currency_code, exponent
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects.actions.projects import ENDED, add_project, edit_project
from goldenthread.projects.models import Project
from goldenthread.workspace.queries import RecordKind, person_named
from goldenthread.workspace.queries.records import Row

STATES = {label: value for value, label in Project.State.choices}
RATINGS = {label: value for value, label in Project.Rating.choices}
TEXTS = {
    "reference": "reference",
    "description": "description",
    "category": "category",
    "department": "department",
    "mandatory because": "mandatory_because",
}
DATES = {"start": "starts_on", "finish": "finishes_on", "approved finish": "baseline_finish"}
MONEY = {"budget": "budget_minor", "forecast cost": "forecast_minor", "spent": "spent_minor"}
FIELDS = (
    Field("id", "id"),
    Field("version", "integer"),
    Field("name", required=True),
    Field("reference"),
    Field("department"),
    Field("category"),
    Field("description"),
    Field("manager"),
    Field("sponsor"),
    Field("state", "choice", choices=tuple(STATES)),
    Field("rating", "choice", choices=tuple(RATINGS)),
    *(Field(name, "date") for name in DATES),
    Field("currency"),
    *(Field(name, "money") for name in MONEY),
    Field("mandatory", "boolean"),
    Field("mandatory because"),
    Field("goal"),
)


def rows(person: Person) -> list[dict[str, Any]]:
    """The projects that `person` may export. Money in whole units; the answer for the goal is only shown."""
    found = visible(Project.objects.select_related("manager", "sponsor"), person, Act.EXPORT).order_by("id")
    return [_row(project) for project in found]


def _row(project: Project) -> dict[str, Any]:
    currency = project.currency or current_organisation().currency
    shown: dict[str, Any] = {name: getattr(project, field) for name, field in (TEXTS | DATES).items()}
    for name, field in MONEY.items():
        amount = getattr(project, field)
        shown[name] = None if amount is None else Money(amount, currency).major.quantize(_step(currency))
    return shown | {
        "id": project.pk,
        "version": project.version,
        "name": project.name,
        "manager": _who(project.manager, project.manager_name),
        "sponsor": _who(project.sponsor, project.sponsor_name),
        "state": project.get_state_display(),
        "rating": project.get_rating_display() if project.rating else None,
        "currency": project.currency,
        "mandatory": project.is_mandatory,
        "goal": project.get_goal_answer_display(),
    }


def _step(currency: str) -> Any:
    return Money(1, currency).major if exponent(currency) else Money(1, currency).major.to_integral_value()


def _who(person: Person | None, written: str) -> str:
    return (person.email or person.name) if person is not None else written


def write(row: Row, by: Person) -> str:
    """Change or add one project. Ending one is done on its page."""
    stored = _stored(row, by) if row.get("id") else None
    fields = _fields(row, stored)
    if stored is None:
        add_project(name=row["name"], by=by, **fields)
        return "new"
    changes = {"name": row["name"].strip(), **fields}
    if all(getattr(stored, name) == value for name, value in changes.items()):
        return "same"
    edit_project(project=stored, changes=changes, by=by, version=row.get("version"), reason="Changed in a spreadsheet")
    return "changed"


def _stored(row: Row, by: Person) -> Project:
    key = str(row["id"])
    found = visible(Project.objects.select_related("scope"), by)
    stored = found.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if stored is None:
        raise Http404
    return stored


def _fields(row: Row, stored: Project | None) -> dict[str, Any]:
    """What a line says. Columns that the file does not have stay as they are."""
    fields: dict[str, Any] = {field: (row.get(name) or "").strip() for name, field in TEXTS.items() if name in row}
    fields |= {field: row.get(name) for name, field in DATES.items() if name in row}
    for name in ("manager", "sponsor"):
        if name in row:
            fields |= _person(row, name, stored)
    if "state" in row:
        fields["state"] = STATES[row["state"]] if row["state"] else Project.State.RUNNING
        if fields["state"] in ENDED and (stored is None or stored.state != fields["state"]):
            raise Refused("A project is closed or cancelled on its page.", field="state")
    if "rating" in row:
        fields["rating"] = RATINGS[row["rating"]] if row["rating"] else ""
    if "mandatory" in row:
        fields["is_mandatory"] = bool(row["mandatory"])
    return fields | _money(row, stored)


def _person(row: Row, name: str, stored: Project | None) -> dict[str, Any]:
    """A linked person, or the name as it stands where nobody of that name is known."""
    words = (row.get(name) or "").strip()
    if stored is not None and words == _who(getattr(stored, name), getattr(stored, f"{name}_name")):
        return {}
    try:
        return {name: person_named(words, name), f"{name}_name": ""}
    except Refused:
        if "@" in words:
            raise
        return {name: None, f"{name}_name": words[:120]}


def _money(row: Row, stored: Project | None) -> dict[str, Any]:
    given = {name: row.get(name) for name in MONEY if name in row}
    currency = (row.get("currency") or "").strip() or (stored.currency if stored is not None else "")
    if any(amount is not None for amount in given.values()):
        currency = currency_code(currency or current_organisation().currency)
    fields: dict[str, Any] = {"currency": currency} if "currency" in row or given else {}
    for name, amount in given.items():
        fields[MONEY[name]] = None if amount is None else Money.of(amount, currency).minor
    return fields


def record_kinds() -> list[RecordKind]:
    """For the slot of the same name."""
    return [RecordKind("projects", "Projects", Kind.PROJECT, FIELDS, rows, write, 50)]
