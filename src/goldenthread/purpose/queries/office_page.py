"""Reads of offices: what each one is, and what was said of it before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.kit.history import records
from goldenthread.purpose.models import Mandate, Office
from goldenthread.purpose.queries.mandates import offices
from goldenthread.purpose.queries.past import Change

WORDS = {
    "name": "The name",
    "code": "The short name",
    "head_id": "The head",
    "red_means": "What red means",
    "supervision_minutes": "Minutes a week for supervising",
}


@dataclass(frozen=True)
class OfficeRow:
    """An office with its mandate in force, or None."""

    office: Office
    mandate: Mandate | None


def office_rows(person: Person) -> list[OfficeRow]:
    """The offices that the person may see, by name. Two statements."""
    found = list(offices(person))
    mandates = {m.office_id: m for m in Mandate.objects.filter(office__in=found, state=Mandate.State.IN_FORCE)}
    return [OfficeRow(office, mandates.get(office.pk)) for office in found]


def office_changes(office: Office) -> list[Change]:
    """Every change of the office, newest first, in two statements."""
    rows = list(records(Office).filter(id=office.pk).select_related("changeset__by").order_by("history_id"))
    people = dict(Person.objects.filter(pk__in={row.head_id for row in rows}).values_list("pk", "name"))
    found, before = [], None
    for row in rows:
        said = _sentences(before, row, people)
        before = row
        if said:
            found.append(Change(row.changeset, tuple(said)))
    return found[::-1]


def _sentences(before: Any, row: Any, people: dict[int, str]) -> list[tuple[str, str | None, str | None]]:
    if before is None:
        return [("The office added", None, row.name)]
    differing = [name for name in WORDS if getattr(before, name) != getattr(row, name)]
    return [(WORDS[name], _spoken(before, name, people) or None, _spoken(row, name, people) or "nothing") for name in differing]


def _spoken(row: Any, name: str, people: dict[int, str]) -> str:
    value = getattr(row, name)
    if name == "head_id":
        return people.get(value, "somebody who is gone") if value else "nobody"
    return str(value)
