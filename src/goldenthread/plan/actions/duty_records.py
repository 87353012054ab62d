"""Duties as a table that goes out to a spreadsheet and comes back."""

from __future__ import annotations

from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats.records import Field
from goldenthread.kit.permissions import Act
from goldenthread.plan.actions.duties import add_duty, edit_duty
from goldenthread.plan.actions.record_cells import HOUR, KEY, found, hours, minutes, plan_of, text
from goldenthread.plan.models import Cadence, Duty, Step
from goldenthread.projects.models import Project
from goldenthread.workspace.queries import person_named
from goldenthread.workspace.queries.records import Row

CADENCES = {label: value for value, label in Cadence.choices}
STAYS = "A duty is not removed: give it a day under “valid to”, after which it ends."

DUTIES = (
    *KEY,
    Field("plan"),
    Field("name", required=True),
    Field("source", required=True),
    Field("holder"),
    Field("cadence", "choice", choices=tuple(CADENCES)),
    Field("next due", "date"),
    Field("hours each time", "number", lowest=0, highest=1_000),
    Field("proof wanted"),
    Field("valid from", "date"),
    Field("valid to", "date"),
    Field("step id", "id"),
    Field("project id", "id"),
)


def duty_rows(person: Person) -> list[dict[str, Any]]:
    """The duties that `person` may export; not those for projects that he or she may not see."""
    rows = visible(Duty.objects.select_related("plan__office", "holder"), person, Act.EXPORT).order_by("id")
    return [
        {
            "id": d.pk,
            "version": d.version,
            "plan": d.plan.office.code,
            "name": d.name,
            "source": d.source,
            "holder": (d.holder.email or d.holder.name) if d.holder is not None else "",
            "cadence": d.get_cadence_display(),
            "next due": d.next_due,
            "hours each time": hours(d.minutes),
            "proof wanted": d.proof_wanted,
            "valid from": d.valid_from,
            "valid to": d.valid_to,
            "step id": d.step_id,
            "project id": d.project_id,
            "who": str(d.holder or ""),
        }
        for d in rows
    ]


def write_duty(row: Row, by: Person) -> str:
    """Change or add one duty."""
    each = row.get("hours each time")
    fields: dict[str, Any] = {
        "holder": person_named(row.get("holder"), "holder"),
        "cadence": CADENCES[row["cadence"]] if row.get("cadence") else Cadence.YEARLY,
        "next_due": row.get("next due"),
        "minutes": HOUR if each is None else minutes(each),
        "proof_wanted": text(row, "proof wanted"),
        "valid_from": row.get("valid from"),
        "valid_to": row.get("valid to"),
        "step": found(visible(Step.objects.all(), by), row, "step id") if row.get("step id") else None,
        "project": found(visible(Project.objects.all(), by), row, "project id") if row.get("project id") else None,
    }
    if not row.get("id"):
        add_duty(plan=plan_of(row, by, None), name=row["name"], source=row["source"], by=by, **fields)
        return "new"
    stored = found(visible(Duty.objects.select_related("plan", "holder", "step", "project"), by), row, "id")
    wanted = {"name": row["name"].strip(), "source": row["source"].strip(), **fields}
    changes = {name: value for name, value in wanted.items() if getattr(stored, name) != value}
    if not changes:
        return "same"
    edit_duty(duty=stored, changes=changes, by=by, version=row.get("version"))
    return "changed"
