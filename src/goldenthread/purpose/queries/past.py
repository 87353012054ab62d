"""What was said before: an objective's changes as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit.history import records
from goldenthread.purpose.models import Clause, Kpi, Objective, Target

NOTHING = "nothing"
WORDS = {
    "title": "The sentence",
    "short_name": "The short name",
    "detail": "The detail",
    "clause_id": "The clause",
    "owner_id": "The owner",
    "ambition": "The ambition",
    "state": "The state",
    "leadership_goal": "The leadership’s goal",
    "agreed_by_id": "Agreed by",
    "agreed_on": "Agreed on",
    "missed_by": "Who would miss it",
    "disbenefits": "Disbenefits",
    "valid_to": "Counts until",
    "is_confidential": "Confidential",
    "baseline": "Baseline",
    "baseline_on": "Baseline measured on",
    "value": "Target",
    "band_low": "Lower edge of the band",
    "band_high": "Upper edge of the band",
    "due_on": "Due",
    "tolerance": "Tolerance",
    "is_required": "Required",
}


@dataclass(frozen=True)
class Change:
    """One changeset as it touched an objective: when, who, why, and its sentences of (what, before, after)."""

    changeset: Changeset
    sentences: tuple[tuple[str, str | None, str | None], ...]


def objective_changes(objective: Objective) -> list[Change]:
    """Every change of the objective and its targets, newest first, in six statements whatever their number."""
    own = list(records(Objective).filter(id=objective.pk).select_related("changeset__by").order_by("history_id"))
    targets = list(records(Target).filter(objective_id=objective.pk).select_related("changeset__by").order_by("history_id"))
    names = _names([*own, *targets])
    changes: dict[int, tuple[Changeset, list[tuple[str, str | None, str | None]]]] = {}
    for rows, prefix in [(own, ""), *((rows, names["kpi_id"].get(rows[0].kpi_id, "KPI")) for rows in _by_id(targets).values())]:
        before = None
        for row in rows:
            said = changes.setdefault(row.changeset_id, (row.changeset, []))[1]
            said += _sentences(before, row, prefix, names)
            before = None if row.history_type == "-" else row
    found = [Change(changeset, tuple(said)) for changeset, said in changes.values() if said]
    return sorted(found, key=lambda change: change.changeset.pk, reverse=True)


def _by_id(rows: list[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.id, []).append(row)
    return groups


def _sentences(before: Any, row: Any, prefix: str, names: dict[str, dict[int, str]]) -> list[tuple[str, str | None, str | None]]:
    what = f"{prefix}: target" if prefix else "The objective"
    if row.history_type == "-":
        return [(f"{what} removed", None, None)]
    if before is None:
        return [(f"{what} set" if prefix else f"{what} added", None, _figure(row, names) if prefix else row.title)]
    said: list[tuple[str, str | None, str | None]] = []
    for field in row.instance_type._meta.concrete_fields:
        name = field.attname
        if name not in WORDS or getattr(before, name) == getattr(row, name):
            continue
        label = f"{prefix}: {WORDS[name].lower()}" if prefix else WORDS[name]
        earlier, later = (_spoken(field, getattr(one, name), names) for one in (before, row))
        said.append((label, None if earlier == NOTHING else earlier, later))
    return said


def _figure(row: Any, names: dict[str, dict[int, str]]) -> str:
    fields = {f.attname: f for f in row.instance_type._meta.concrete_fields}
    if row.value is None and row.band_low is not None:
        return f"{row.band_low:g} to {row.band_high:g}" if row.band_high is not None else f"{row.band_low:g} or more"
    value = _spoken(fields["value"], row.value, names)
    return value if row.due_on is None else f"{value} by {_spoken(fields['due_on'], row.due_on, names)}"


def _spoken(field: Any, value: Any, names: dict[str, dict[int, str]]) -> str:
    """A value in words: names for references, labels for choices, yes and no."""
    if value is None or value == "":
        return NOTHING
    if field.attname in names:
        return names[field.attname].get(value, "somebody who is gone" if field.attname.endswith("_by_id") else f"no. {value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value)).lower()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _names(rows: list[Any]) -> dict[str, dict[int, str]]:
    """The names of everything that the records point at: people, clauses, KPIs; one statement each."""
    ids: dict[str, set[int]] = {"owner_id": set(), "agreed_by_id": set(), "clause_id": set(), "kpi_id": set()}
    for row in rows:
        for name, found in ids.items():
            value = getattr(row, name, None)
            if value is not None:
                found.add(value)
    people = dict(Person.objects.filter(pk__in=ids["owner_id"] | ids["agreed_by_id"]).values_list("pk", "name"))
    cited = Clause.objects.filter(pk__in=ids["clause_id"]).select_related("mandate")
    clauses = {clause.pk: f"{clause.number} of {clause.mandate}" for clause in cited}
    kpis = dict(Kpi.objects.filter(pk__in=ids["kpi_id"]).values_list("pk", "name"))
    return {"owner_id": people, "agreed_by_id": people, "clause_id": clauses, "kpi_id": kpis}
