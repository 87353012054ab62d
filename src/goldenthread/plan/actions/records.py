"""Steps, duties and contributions as tables that go out to a spreadsheet and come back."""

from __future__ import annotations

from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.contributions import contribute, edit_contribution, withdraw_contribution
from goldenthread.plan.actions.duty_records import DUTIES, STAYS, duty_rows, write_duty
from goldenthread.plan.actions.record_cells import HOUR, KEY, found, hours, minutes, plan_of, text
from goldenthread.plan.actions.steps import add_step, clear_raci, edit_step, remove_step, set_raci
from goldenthread.plan.models import Contribution, Raci, Step
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi
from goldenthread.schedule import actions as schedule
from goldenthread.workspace.queries import RecordKind, person_named
from goldenthread.workspace.queries.records import Row

KINDS = {label: value for value, label in Step.StepKind.choices}
DOES = (Raci.Letter.ACCOUNTABLE, Raci.Letter.RESPONSIBLE)
MODES = {label: value for value, label in Step.Mode.choices}
SIZES = {label: value for value, label in Contribution.Size.choices}

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
    Field("start", "date", computed=True),
    Field("finish", "date", computed=True),
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


def _who(raci: Raci) -> str:
    return raci.person.email or raci.person.name


def step_rows(person: Person) -> list[dict[str, Any]]:
    """The steps that `person` may export, in outline order."""
    rows = visible(Step.objects.select_related("activity__parent", "activity__dates", "plan__office"), person, Act.EXPORT)
    rows = rows.prefetch_related("raci__person").order_by("plan_id", "activity__position", "id")
    steps = {step.activity_id: step.pk for step in rows}
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
            **{name: hours(getattr(s.activity, field)) for name, field in WHOLE_HOURS.items()},
            "progress": s.activity.progress,
            "start": s.activity.actual_start or _computed(s, "early_start"),
            "finish": s.activity.actual_finish or _computed(s, "early_finish"),
            "who": ", ".join(dict.fromkeys(str(r.person) for r in s.raci.all() if r.letter in DOES)),
        }
        for s in rows
    ]


def _computed(step: Step, name: str) -> Any:
    dates = getattr(step.activity, "dates", None)
    return getattr(dates, name) if dates is not None else None


def write_step(row: Row, by: Person) -> str:
    """Change or add one step. Its place in the tree is changed on the page of the plan."""
    accountable = person_named(row.get("accountable"), "accountable")
    responsible = tuple(p for name in row.get("responsible") or () if (p := person_named(name, "responsible")) is not None)
    if not row.get("id"):
        parent = found(visible(Step.objects.select_related("activity"), by), row, "parent id") if row.get("parent id") else None
        fields = {name: value for name, value in _step_fields(row).items() if value is not None}
        fields.setdefault("duration", 8 * HOUR)
        add_step(
            plan=plan_of(row, by, parent),
            name=row["name"],
            by=by,
            parent=parent,
            accountable=accountable,
            responsible=responsible,
            **fields,
        )
        return "new"
    stored = found(visible(Step.objects.select_related("activity__schedule", "plan"), by), row, "id")
    _refuse_a_move(stored, row)
    changes = _step_changes(stored, row)
    people, gone = _missing_people(stored, accountable, responsible), _people_gone(stored, responsible, row)
    if not changes and not people and not gone:
        return "same"
    if changes:
        edit_step(step=stored, changes=changes, by=by, version=row.get("version"))
    for person, letter in people:
        set_raci(step=stored, person=person, letter=letter, by=by)
    for person in gone:
        clear_raci(step=stored, person=person, letter=Raci.Letter.RESPONSIBLE, by=by)
    return "changed"


def remove_step_row(row: Row, by: Person) -> None:
    """Take a step away that was entered by mistake."""
    remove_step(step=found(visible(Step.objects.select_related("activity__schedule", "plan"), by), row, "id"), by=by)


def _refuse_a_move(step: Step, row: Row) -> None:
    """A parent that differs from the stored one is said to be left alone, not passed over in silence."""
    above = Step.objects.filter(activity=step.activity.parent_id).values_list("pk", flat=True).first()
    if row.get("parent id") and int(row["parent id"]) != above:
        raise Refused(f"“{step}” stands elsewhere in the plan.", field="parent id", advice="Move it on the page of the plan.")


def _step_fields(row: Row) -> dict[str, Any]:
    """Fields of step and activity that a line states, for the columns that the file has."""
    fields: dict[str, Any] = {f: minutes(row[n]) for n, f in WHOLE_HOURS.items() if n in row}
    fields |= {name.replace(" ", "_"): row[name] for name in ("not before", "deadline") if name in row}
    fields |= {name.replace(" ", "_"): text(row, name) for name in ("deliverable", "acceptance", "requested by") if name in row}
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
    """Letters that a line adds."""
    held = {(r.person_id, r.letter) for r in step.raci.all()}
    wanted = [(person, Raci.Letter.RESPONSIBLE.value) for person in responsible]
    wanted += [(accountable, Raci.Letter.ACCOUNTABLE.value)] if accountable is not None else []
    return [(person, letter) for person, letter in wanted if (person.pk, letter) not in held]


def _people_gone(step: Step, responsible: tuple[Person, ...], row: Row) -> list[Person]:
    """Who is responsible here and not named any more, in a file that has the column. The Accountable is only replaced."""
    named = {person.pk for person in responsible}
    held = [r.person for r in step.raci.all() if r.letter == Raci.Letter.RESPONSIBLE]
    return [person for person in held if person.pk not in named] if "responsible" in row else []


def contribution_rows(person: Person) -> list[dict[str, Any]]:
    """The contributions that `person` may export; not those of work or projects that he or she may not see."""
    rows = visible(Contribution.objects.select_related("step__activity", "project__manager", "kpi"), person, Act.EXPORT)
    seen = set(visible(Project.objects.all(), person).values_list("pk", flat=True))
    letters = Raci.objects.filter(step__in=rows.values("step"), letter=Raci.Letter.ACCOUNTABLE)
    answers = dict(letters.values_list("step_id", "person__name"))
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
            "title": f"{c.step or c.project} → {c.kpi}",
            "who": answers.get(c.step_id, "") if c.step_id else c.project.leader if c.project is not None else "",
        }
        for c in rows.order_by("id")
        if c.project_id is None or c.project_id in seen
    ]


def write_contribution(row: Row, by: Person) -> str:
    """Change or add one contribution. A size without a range sets the range; a range that differs ends the size."""
    fields: dict[str, Any] = {
        "chance": 80 if row.get("chance") is None else int(row["chance"]),
        "lag_days": int(row.get("lag days") or 0),
        "ramp_days": int(row.get("ramp days") or 0),
        "mechanism": text(row, "mechanism"),
        "assumption": text(row, "assumption"),
        "grade": int(row.get("grade") or 0),
    }
    given = [row.get(name) for name in ("low", "likely", "high")]
    effect = (float(given[0]), float(given[1]), float(given[2])) if None not in given else None  # type: ignore[arg-type]
    size = SIZES[row["size"]] if row.get("size") else ""
    if not row.get("id"):
        work = _work(row, by)
        contribute(kpi=_kpi(row, by), by=by, size="" if effect else size, effect=effect, **work, **fields)
        return "new"
    stored = found(visible(Contribution.objects.select_related("step__plan", "project", "kpi__office"), by), row, "id")
    if effect is not None and effect != (stored.low, stored.likely, stored.high):
        fields |= dict(zip(("low", "likely", "high"), effect, strict=True))
    elif size and size != stored.size:
        fields["size"] = size
    changes = {name: value for name, value in fields.items() if getattr(stored, name) != value}
    if not changes:
        return "same"
    edit_contribution(contribution=stored, changes=changes, by=by, version=row.get("version"))
    return "changed"


def remove_contribution_row(row: Row, by: Person) -> None:
    """Say that the work is not expected to move the KPI after all."""
    rows = visible(Contribution.objects.select_related("step__plan", "project", "kpi__office"), by)
    withdraw_contribution(contribution=found(rows, row, "id"), by=by)


def _work(row: Row, by: Person) -> dict[str, Any]:
    if bool(row.get("step id")) == bool(row.get("project id")):
        raise Refused("Give the id of a step or of a project.", field="step id")
    if row.get("step id"):
        return {"step": found(visible(Step.objects.select_related("plan", "activity"), by), row, "step id")}
    return {"project": found(visible(Project.objects.all(), by), row, "project id")}


def _kpi(row: Row, by: Person) -> Kpi:
    kpis = visible(Kpi.objects.select_related("office"), by)
    if row.get("kpi id"):
        kpi: Kpi = found(kpis, row, "kpi id")
        return kpi
    named = list(kpis.filter(name=row["kpi"].strip())[:2])
    if len(named) != 1:
        how = "There are several KPIs" if named else "There is no KPI"
        raise Refused(f"{how} called “{row['kpi'][:80]}”.", field="kpi", advice="Give the kpi id.")
    return named[0]


def record_kinds() -> list[RecordKind]:
    """For the slot of the same name."""
    return [
        RecordKind("steps", "Steps", Kind.PLAN, STEPS, step_rows, write_step, 60, schedule.postponed_dates, remove_step_row),
        RecordKind("duties", "Duties", Kind.DUTY, DUTIES, duty_rows, write_duty, 65, stays=STAYS),
        RecordKind(
            "contributions",
            "Contributions",
            Kind.PLAN,
            CONTRIBUTIONS,
            contribution_rows,
            write_contribution,
            70,
            remove=remove_contribution_row,
        ),
    ]
