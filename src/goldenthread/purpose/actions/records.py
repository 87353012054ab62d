"""Objectives, KPIs, targets and measurements as tables that go out to a spreadsheet and come back."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.actions.figures import enter_measurement
from goldenthread.purpose.actions.kpis import add_kpi, edit_kpi, edit_target, remove_target, set_target
from goldenthread.purpose.actions.objectives import add_objective, edit_objective
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target
from goldenthread.workspace.queries import RecordKind, person_named
from goldenthread.workspace.queries.records import Row

AMBITIONS = {label: value for value, label in Objective.Ambition.choices}
DIRECTIONS = {label: value for value, label in Kpi.Direction.choices}
CADENCES = {label: value for value, label in Kpi.Cadence.choices}
KEY = (Field("id", "id"), Field("version", "integer"))

OBJECTIVES = (
    *KEY,
    Field("office"),
    Field("title", required=True),
    Field("short name"),
    Field("detail"),
    Field("owner"),
    Field("ambition", "choice", choices=tuple(AMBITIONS)),
    Field("state"),
    Field("leadership goal"),
    Field("missed by"),
    Field("disbenefits"),
    Field("valid to", "date"),
)
KPIS = (
    *KEY,
    Field("office"),
    Field("name", required=True),
    Field("unit"),
    Field("direction", "choice", choices=tuple(DIRECTIONS)),
    Field("decimals", "integer", lowest=0, highest=6),
    Field("floor", "number"),
    Field("ceiling", "number"),
    Field("definition"),
    Field("source"),
    Field("cadence", "choice", choices=tuple(CADENCES)),
    Field("owner"),
    Field("completion", "boolean"),
    Field("internal", "boolean"),
)
TARGETS = (
    *KEY,
    Field("objective id", "id"),
    Field("objective", required=True),
    Field("kpi id", "id"),
    Field("kpi", required=True),
    Field("baseline", "number"),
    Field("baseline on", "date"),
    Field("value", "number"),
    Field("band low", "number"),
    Field("band high", "number"),
    Field("due on", "date"),
    Field("tolerance", "number", lowest=0),
    Field("required", "boolean"),
)
MEASUREMENTS = (
    Field("id", "id"),
    Field("kpi id", "id"),
    Field("kpi", required=True),
    Field("on", "date", required=True),
    Field("value", "number", required=True),
    Field("source"),
    Field("estimate", "boolean"),
)


def row_of(found: Any, row: Row, name: str = "id") -> Any:
    """The stored row that a line names; 404 where there is none that the person may see."""
    key = str(row[name])
    stored = found.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if stored is None:
        raise Http404
    return stored


def named(found: Any, row: Row, noun: str, field: str) -> Any:
    """What a line refers to: by id where it gives one, else by a name that only one row has."""
    if row.get(f"{noun} id"):
        return row_of(found, row, f"{noun} id")
    rows = list(found.filter(**{field: row[noun].strip()})[:2])
    if len(rows) != 1:
        how = "There are several" if rows else "There is no"
        raise Refused(f"{how} {noun} called “{row[noun][:80]}”.", field=noun, advice=f"Give the {noun} id.")
    return rows[0]


def _owner(person: Person | None) -> str:
    return (person.email or person.name) if person is not None else ""


def _text(row: Row, name: str) -> str:
    return (row.get(name) or "").strip()


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    return None if value is None else float(value)


def _office(row: Row, by: Person, kind: str) -> Office:
    """The office of a new row: by its short name, else the only one to which the person may add such rows."""
    offices = visible(Office.objects.select_related("scope"), by).order_by("id")
    wanted = _text(row, "office")
    open_to = [o for o in offices if may_in(by, Act.EDIT, kind, o.scope_id)]
    found = [o for o in open_to if wanted in {"", o.code, o.name}]
    if not found:
        raise Refused(f"There is no office “{wanted}” for you." if wanted else "There is no office for you.", field="office")
    if len(found) > 1:
        raise Refused("Say which office.", field="office", advice=f"Use one of: {', '.join(o.code for o in found)}.")
    return found[0]


def objective_rows(person: Person) -> list[dict[str, Any]]:
    """The objectives that `person` may export."""
    found = visible(Objective.objects.select_related("office", "owner"), person, Act.EXPORT).order_by("id")
    return [
        {
            "id": o.pk,
            "version": o.version,
            "office": o.office.code,
            "title": o.title,
            "short name": o.short_name,
            "detail": o.detail,
            "owner": _owner(o.owner),
            "ambition": o.get_ambition_display(),
            "state": o.get_state_display(),
            "leadership goal": o.leadership_goal,
            "missed by": o.missed_by,
            "disbenefits": o.disbenefits,
            "valid to": o.valid_to,
            "who": str(o.owner or ""),
        }
        for o in found
    ]


def write_objective(row: Row, by: Person) -> str:
    """Change or add one objective. Its state changes on its page only."""
    fields: dict[str, Any] = {
        "short_name": _text(row, "short name"),
        "detail": _text(row, "detail"),
        "owner": person_named(row.get("owner"), "owner"),
        "ambition": AMBITIONS[row["ambition"]] if row.get("ambition") else Objective.Ambition.COMMITTED,
        "leadership_goal": _text(row, "leadership goal"),
        "missed_by": _text(row, "missed by"),
        "disbenefits": _text(row, "disbenefits"),
        "valid_to": row.get("valid to"),
    }
    if not row.get("id"):
        add_objective(office=_office(row, by, Kind.OBJECTIVE), title=row["title"], by=by, **fields)
        return "new"
    stored = row_of(visible(Objective.objects.select_related("office"), by), row)
    if _text(row, "state") not in {"", stored.get_state_display()}:
        raise Refused("The state of an objective is changed on its page.", field="state")
    before = stored.version
    changes = {"title": row["title"].strip(), **fields}
    edit_objective(objective=stored, changes=changes, by=by, version=row.get("version"), reason="Changed in a spreadsheet")
    return "changed" if stored.version != before else "same"


def kpi_rows(person: Person) -> list[dict[str, Any]]:
    """The KPIs that `person` may export."""
    found = visible(Kpi.objects.select_related("office", "owner"), person, Act.EXPORT).order_by("id")
    return [
        {
            "id": k.pk,
            "version": k.version,
            "office": k.office.code,
            "name": k.name,
            "unit": k.unit,
            "direction": k.get_direction_display(),
            "decimals": k.decimals,
            "floor": k.floor,
            "ceiling": k.ceiling,
            "definition": k.definition,
            "source": k.source,
            "cadence": k.get_cadence_display(),
            "owner": _owner(k.owner),
            "completion": k.is_completion,
            "internal": k.is_internal,
            "who": str(k.owner or ""),
        }
        for k in found
    ]


def write_kpi(row: Row, by: Person) -> str:
    """Change or add one KPI."""
    fields: dict[str, Any] = {
        "unit": _text(row, "unit"),
        "direction": DIRECTIONS[row["direction"]] if row.get("direction") else Kpi.Direction.RISE,
        "decimals": 1 if row.get("decimals") is None else int(row["decimals"]),
        "floor": _number(row, "floor"),
        "ceiling": _number(row, "ceiling"),
        "definition": _text(row, "definition"),
        "source": _text(row, "source"),
        "cadence": CADENCES[row["cadence"]] if row.get("cadence") else Kpi.Cadence.MONTHLY,
        "owner": person_named(row.get("owner"), "owner"),
        "is_completion": bool(row.get("completion")),
        "is_internal": bool(row.get("internal")),
    }
    if not row.get("id"):
        add_kpi(office=_office(row, by, Kind.KPI), name=row["name"], by=by, **fields)
        return "new"
    stored = row_of(visible(Kpi.objects.select_related("office"), by), row)
    before = stored.version
    edit_kpi(kpi=stored, changes={"name": row["name"].strip(), **fields}, by=by, version=row.get("version"))
    return "changed" if stored.version != before else "same"


def target_rows(person: Person) -> list[dict[str, Any]]:
    """The targets that `person` may export."""
    found = visible(Target.objects.select_related("objective__owner", "kpi"), person, Act.EXPORT).order_by("id")
    return [
        {
            "id": t.pk,
            "version": t.version,
            "objective id": t.objective_id,
            "objective": t.objective.title,
            "kpi id": t.kpi_id,
            "kpi": t.kpi.name,
            "baseline": t.baseline,
            "baseline on": t.baseline_on,
            "value": t.value,
            "band low": t.band_low,
            "band high": t.band_high,
            "due on": t.due_on,
            "tolerance": t.tolerance,
            "required": t.is_required,
            "who": str(t.objective.owner or ""),
            "title": f"{t.objective.label}: {t.kpi}",
        }
        for t in found
    ]


def write_target(row: Row, by: Person) -> str:
    """Change or add one target. The objective and the KPI of a target stay."""
    fields: dict[str, Any] = {
        "baseline": _number(row, "baseline"),
        "baseline_on": row.get("baseline on"),
        "value": _number(row, "value"),
        "band_low": _number(row, "band low"),
        "band_high": _number(row, "band high"),
        "due_on": row.get("due on"),
        "tolerance": _number(row, "tolerance"),
        "is_required": row.get("required") is not False,
    }
    reason = "Changed in a spreadsheet"
    if not row.get("id"):
        objective = named(visible(Objective.objects.select_related("office"), by), row, "objective", "title")
        kpi = named(visible(Kpi.objects.filter(office=objective.office), by), row, "kpi", "name")
        set_target(objective=objective, kpi=kpi, by=by, reason=reason, **fields)
        return "new"
    stored = row_of(visible(Target.objects.select_related("objective__office", "kpi"), by), row)
    before = stored.version
    edit_target(target=stored, changes=fields, by=by, version=row.get("version"), reason=reason)
    return "changed" if stored.version != before else "same"


def remove_target_row(row: Row, by: Person) -> None:
    """Take a target away from its objective."""
    stored = row_of(visible(Target.objects.select_related("objective__office", "kpi"), by), row)
    remove_target(target=stored, by=by, reason="Removed in a spreadsheet")


def measurement_rows(person: Person) -> list[dict[str, Any]]:
    """The standing figures that `person` may export."""
    found = visible(Measurement.objects.filter(withdrawn_at__isnull=True).select_related("kpi"), person, Act.EXPORT)
    return [
        {
            "id": m.pk,
            "kpi id": m.kpi_id,
            "kpi": m.kpi.name,
            "on": m.on,
            "value": m.value,
            "source": m.source,
            "estimate": m.is_estimate,
        }
        for m in found.order_by("kpi_id", "on", "id")
    ]


def write_measurement(row: Row, by: Person) -> str:
    """Enter one figure; another one on its day is withdrawn, never overwritten."""
    kpi = named(visible(Kpi.objects.select_related("office"), by), row, "kpi", "name")
    standing = Measurement.objects.filter(kpi=kpi, on=row["on"], withdrawn_at__isnull=True).first()
    if not may_in(by, Act.EDIT, Kind.KPI, kpi.office.scope_id) and kpi.owner_id != by.pk:
        raise Forbidden("You may not enter figures of this KPI.")
    made = enter_measurement(
        kpi=kpi,
        on=row["on"],
        value=float(row["value"]),
        by=by,
        source=_text(row, "source"),
        is_estimate=bool(row.get("estimate")),
    )
    if standing is None:
        return "new"
    return "same" if made.pk == standing.pk else "changed"


def record_kinds() -> list[RecordKind]:
    """For the slot of the same name."""
    return [
        RecordKind(
            "objectives", "Objectives", Kind.OBJECTIVE, OBJECTIVES, objective_rows, write_objective, 20,
            stays="An objective is not removed by a file: it is retired on its page.",
        ),
        RecordKind("kpis", "KPIs", Kind.KPI, KPIS, kpi_rows, write_kpi, 25, stays="A KPI is not removed: its figures stay."),
        RecordKind("targets", "Targets", Kind.OBJECTIVE, TARGETS, target_rows, write_target, 30, remove=remove_target_row),
        RecordKind("measurements", "Measurements", Kind.KPI, MEASUREMENTS, measurement_rows, write_measurement, 40),
    ]  # fmt: skip
