"""Steps and contributions as tables that go out to a spreadsheet and come back."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.contributions import contribute, edit_contribution
from goldenthread.plan.actions.steps import add_step, edit_step, set_raci
from goldenthread.plan.models import BusinessPlan, Contribution, Raci, Step
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi
from goldenthread.schedule import actions as schedule
from goldenthread.workspace.queries import RecordKind, person_named
from goldenthread.workspace.queries.records import Row

KINDS = {label: value for value, label in Step.StepKind.choices}
MODES = {label: value for value, label in Step.Mode.choices}
SIZES = {label: value for value, label in Contribution.Size.choices}
KEY = (Field("id", "id"), Field("version", "integer"))
HOUR = 60

STEPS = (
    *KEY,
    Field("plan"),
    Field("parent id", "id"),
    Field("name", required=True),
    Field("kind", "choice", choices=tuple(KINDS)),
    Field("mode", "choice", choices=tuple(MODES)),
    Field("deliverable"),
    Field("acceptance"),
    Field("requested by"),
    Field("accountable"),
    Field("responsible", many=True),
    Field("not before", "date"),
    Field("deadline", "date"),
    Field("duration hours", "number", lowest=0, highest=160_000),
    Field("effort low hours", "number", lowest=0, highest=1_000_000),
    Field("effort likely hours", "number", lowest=0, highest=1_000_000),
    Field("effort high hours", "number", lowest=0, highest=1_000_000),
    Field("progress", "percent"),
)
CONTRIBUTIONS = (
    *KEY,
    Field("step id", "id"),
    Field("project id", "id"),
    Field("work"),
    Field("kpi id", "id"),
    Field("kpi", required=True),
    Field("size", "choice", choices=tuple(SIZES)),
    Field("low", "number"),
    Field("likely", "number"),
    Field("high", "number"),
    Field("chance", "percent"),
    Field("lag days", "integer", lowest=0, highest=3650),
    Field("ramp days", "integer", lowest=0, highest=3650),
    Field("mechanism"),
    Field("assumption"),
    Field("grade", "integer", lowest=0, highest=5),
)
WHOLE_HOURS = {
    "duration hours": "duration",
    "effort low hours": "effort_low",
    "effort likely hours": "effort_likely",
    "effort high hours": "effort_high",
}


def _found(rows: Any, row: Row, name: str) -> Any:
    key = str(row[name])
    stored = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if stored is None:
        raise Http404
    return stored


def _text(row: Row, name: str) -> str:
    return (row.get(name) or "").strip()


def _hours(minutes: int | None) -> float | int | None:
    if minutes is None:
        return None
    return minutes // HOUR if minutes % HOUR == 0 else minutes / HOUR


def _minutes(value: Any) -> int | None:
    return None if value is None else round(float(value) * HOUR)


def _who(raci: Raci) -> str:
    return raci.person.email or raci.person.name


def step_rows(person: Person) -> list[dict[str, Any]]:
    """The steps that `person` may export, in outline order."""
    found = visible(Step.objects.select_related("activity__parent", "plan__office"), person, Act.EXPORT)
    found = found.prefetch_related("raci__person").order_by("plan_id", "activity__position", "id")
    steps = {step.activity_id: step.pk for step in found}
    return [
        {
            "id": s.pk,
            "version": s.whole_version,
            "plan": s.plan.office.code,
            "parent id": steps.get(s.activity.parent_id) if s.activity.parent_id else None,
            "name": s.activity.name,
            "kind": s.get_step_kind_display(),
            "mode": s.get_mode_display(),
            "deliverable": s.deliverable,
            "acceptance": s.acceptance,
            "requested by": s.requested_by,
            "accountable": next((_who(r) for r in s.raci.all() if r.letter == Raci.Letter.ACCOUNTABLE), ""),
            "responsible": sorted(_who(r) for r in s.raci.all() if r.letter == Raci.Letter.RESPONSIBLE),
            "not before": s.activity.not_before,
            "deadline": s.activity.deadline,
            **{name: _hours(getattr(s.activity, field)) for name, field in WHOLE_HOURS.items()},
            "progress": s.activity.progress,
        }
        for s in found
    ]


def write_step(row: Row, by: Person) -> str:
    """Change or add one step. Its place in the tree is changed on the page of the plan."""
    accountable = person_named(row.get("accountable"), "accountable")
    responsible = tuple(p for name in row.get("responsible") or () if (p := person_named(name, "responsible")) is not None)
    if not row.get("id"):
        parent = _found(visible(Step.objects.select_related("activity"), by), row, "parent id") if row.get("parent id") else None
        fields = {name: value for name, value in _step_fields(row).items() if value is not None}
        fields.setdefault("duration", 8 * HOUR)
        add_step(
            plan=_plan(row, by, parent),
            name=row["name"],
            by=by,
            parent=parent,
            accountable=accountable,
            responsible=responsible,
            **fields,
        )
        return "new"
    stored = _found(visible(Step.objects.select_related("activity__schedule", "plan"), by), row, "id")
    _refuse_a_move(stored, row)
    changes = _step_changes(stored, row)
    people = _missing_people(stored, accountable, responsible)
    if not changes and not people:
        return "same"
    if changes:
        edit_step(step=stored, changes=changes, by=by, version=row.get("version"))
    for person, letter in people:
        set_raci(step=stored, person=person, letter=letter, by=by)
    return "changed"


def _refuse_a_move(step: Step, row: Row) -> None:
    """A parent that differs from the stored one is said to be left alone, not passed over in silence."""
    above = Step.objects.filter(activity=step.activity.parent_id).values_list("pk", flat=True).first()
    if row.get("parent id") and int(row["parent id"]) != above:
        raise Refused(f"“{step}” stands elsewhere in the plan.", field="parent id", advice="Move it on the page of the plan.")


def _step_fields(row: Row) -> dict[str, Any]:
    """Fields of step and activity that a line states, for the columns that the file has."""
    fields: dict[str, Any] = {f: _minutes(row[n]) for n, f in WHOLE_HOURS.items() if n in row}
    fields |= {name.replace(" ", "_"): row[name] for name in ("not before", "deadline") if name in row}
    fields |= {name.replace(" ", "_"): _text(row, name) for name in ("deliverable", "acceptance", "requested by") if name in row}
    if "progress" in row:
        fields["progress"] = int(row["progress"] or 0)
    if row.get("kind"):
        fields["step_kind"] = KINDS[row["kind"]]
    if row.get("mode"):
        fields["mode"] = MODES[row["mode"]]
    return fields


def _step_changes(step: Step, row: Row) -> dict[str, Any]:
    wanted = {"name": row["name"].strip(), **_step_fields(row)}
    if wanted.get("duration") is None:
        wanted.pop("duration", None)
    on_activity = {"name", "progress", "not_before", "deadline", *WHOLE_HOURS.values()}
    return {n: v for n, v in wanted.items() if getattr(step.activity if n in on_activity else step, n) != v}


def _missing_people(step: Step, accountable: Person | None, responsible: tuple[Person, ...]) -> list[tuple[Person, str]]:
    """Letters that a line adds. Taking one away is done on the page."""
    held = {(r.person_id, r.letter) for r in step.raci.all()}
    wanted = [(person, Raci.Letter.RESPONSIBLE.value) for person in responsible]
    wanted += [(accountable, Raci.Letter.ACCOUNTABLE.value)] if accountable is not None else []
    return [(person, letter) for person, letter in wanted if (person.pk, letter) not in held]


def _plan(row: Row, by: Person, parent: Step | None) -> BusinessPlan:
    if parent is not None:
        return parent.plan
    plans = visible(BusinessPlan.objects.select_related("office", "schedule"), by).order_by("id")
    wanted = _text(row, "plan")
    found = [p for p in plans if wanted in {"", p.office.code, p.name} and may_in(by, Act.EDIT, Kind.PLAN, p.scope_id)]
    if len(found) != 1:
        raise Refused("Say to which plan the step belongs." if found else "There is no such plan for you.", field="plan")
    return found[0]


def contribution_rows(person: Person) -> list[dict[str, Any]]:
    """The contributions that `person` may export; not those of work or projects that he or she may not see."""
    found = visible(Contribution.objects.select_related("step__activity", "project", "kpi"), person, Act.EXPORT).order_by("id")
    seen = set(visible(Project.objects.all(), person).values_list("pk", flat=True))
    return [
        {
            "id": c.pk,
            "version": c.version,
            "step id": c.step_id,
            "project id": c.project_id,
            "work": str(c.step or c.project),
            "kpi id": c.kpi_id,
            "kpi": c.kpi.name,
            "size": c.get_size_display() if c.size else None,
            "low": c.low,
            "likely": c.likely,
            "high": c.high,
            "chance": c.chance,
            "lag days": c.lag_days,
            "ramp days": c.ramp_days,
            "mechanism": c.mechanism,
            "assumption": c.assumption,
            "grade": c.grade,
        }
        for c in found
        if c.project_id is None or c.project_id in seen
    ]


def write_contribution(row: Row, by: Person) -> str:
    """Change or add one contribution. A size without a range sets the range; a range that differs ends the size."""
    fields: dict[str, Any] = {
        "chance": 80 if row.get("chance") is None else int(row["chance"]),
        "lag_days": int(row.get("lag days") or 0),
        "ramp_days": int(row.get("ramp days") or 0),
        "mechanism": _text(row, "mechanism"),
        "assumption": _text(row, "assumption"),
        "grade": int(row.get("grade") or 0),
    }
    given = [row.get(name) for name in ("low", "likely", "high")]
    effect = (float(given[0]), float(given[1]), float(given[2])) if None not in given else None  # type: ignore[arg-type]
    size = SIZES[row["size"]] if row.get("size") else ""
    if not row.get("id"):
        work = _work(row, by)
        contribute(kpi=_kpi(row, by), by=by, size="" if effect else size, effect=effect, **work, **fields)
        return "new"
    stored = _found(visible(Contribution.objects.select_related("step__plan", "project", "kpi__office"), by), row, "id")
    if effect is not None and effect != (stored.low, stored.likely, stored.high):
        fields |= dict(zip(("low", "likely", "high"), effect, strict=True))
    elif size and size != stored.size:
        fields["size"] = size
    changes = {name: value for name, value in fields.items() if getattr(stored, name) != value}
    if not changes:
        return "same"
    edit_contribution(contribution=stored, changes=changes, by=by, version=row.get("version"))
    return "changed"


def _work(row: Row, by: Person) -> dict[str, Any]:
    if bool(row.get("step id")) == bool(row.get("project id")):
        raise Refused("Give the id of a step or of a project.", field="step id")
    if row.get("step id"):
        return {"step": _found(visible(Step.objects.select_related("plan", "activity"), by), row, "step id")}
    return {"project": _found(visible(Project.objects.all(), by), row, "project id")}


def _kpi(row: Row, by: Person) -> Kpi:
    found = visible(Kpi.objects.select_related("office"), by)
    if row.get("kpi id"):
        kpi: Kpi = _found(found, row, "kpi id")
        return kpi
    named = list(found.filter(name=row["kpi"].strip())[:2])
    if len(named) != 1:
        how = "There are several KPIs" if named else "There is no KPI"
        raise Refused(f"{how} called “{row['kpi'][:80]}”.", field="kpi", advice="Give the kpi id.")
    return named[0]


def record_kinds() -> list[RecordKind]:
    """For the slot of the same name."""
    return [
        RecordKind("steps", "Steps", Kind.PLAN, STEPS, step_rows, write_step, 60, schedule.postponed_dates),
        RecordKind("contributions", "Contributions", Kind.PLAN, CONTRIBUTIONS, contribution_rows, write_contribution, 70),
    ]
