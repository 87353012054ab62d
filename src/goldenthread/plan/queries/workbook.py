"""A whole plan as one Excel workbook that may be changed and brought back: objectives, KPIs, targets, steps, duties, effects."""

from __future__ import annotations

from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in
from goldenthread.formats.records import Field, mark_of, write_records
from goldenthread.formats.sheets import OutSheet, write_xlsx
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Contribution, Duty, Step
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.ui import writing
from goldenthread.workspace.queries import RecordKind
from goldenthread.workspace.queries.records import EXTRA, MARK, exportable

TITLE, ABOUT = "Golden Thread plan workbook", "about"
HOW = (
    "Change cells, add rows without an id, write “remove” in the column of that name to take a row away.",
    "A row that is left out stays as it is. Leave ids, versions, marks and headings as they are.",
    "Start and finish are worked out from durations, effort and order: change those.",
    "Nothing is written when you bring the file back: first you see every change.",
)
WIDE = {"name": 44, "title": 52, "detail": 40, "deliverable": 32, "acceptance": 32, "definition": 32, "mechanism": 32,
        "assumption": 32, "objective": 40, "kpi": 30, "work": 36, "source": 26, "accountable": 28, "responsible": 32,
        "owner": 28, "holder": 28, "short name": 24, "leadership goal": 32}  # fmt: skip


def rows_of(plan: BusinessPlan) -> dict[str, set[int]]:
    """Table -> the ids of what belongs to a plan. For choosing among rows that somebody may see: no right is asked."""
    office = plan.office_id
    found: dict[str, Any] = {
        "objectives": Objective.objects.filter(office=office),
        "kpis": Kpi.objects.filter(office=office),
        "targets": Target.objects.filter(objective__office=office),
        "steps": Step.objects.filter(plan=plan),
        "duties": Duty.objects.filter(plan=plan),
        "contributions": Contribution.objects.filter(kpi__office=office),
    }
    return {name: set(rows.values_list("pk", flat=True)) for name, rows in found.items()}


def may_take_out(plan: BusinessPlan, person: Person) -> bool:
    """Whether somebody may have the plan as a workbook."""
    return may_in(person, Act.EXPORT, Kind.PLAN, plan.scope_id)


def plan_workbook(plan: BusinessPlan, person: Person, day: date) -> bytes:
    """The workbook with what the person may export; text can be no formula in it."""
    if not may_take_out(plan, person):
        raise Forbidden("You may not export this plan.")
    of_plan = rows_of(plan)
    kinds = [kind for kind in exportable(person) if kind.name in of_plan]
    about = [("office", plan.office.code), ("organisation", plan.organisation.slug), ("made on", writing.date(day))]
    first = OutSheet(ABOUT, (TITLE, "value"), [*about, *((f"how {n}", line) for n, line in enumerate(HOW, 1))], (32, 100))
    return write_xlsx([first, *(_sheet(kind, person, of_plan[kind.name]) for kind in kinds)])


def _sheet(kind: RecordKind, person: Person, wanted: set[int]) -> OutSheet:
    fields: tuple[Field, ...] = (*kind.fields, *EXTRA)
    rows = [row | {MARK: mark_of(kind.fields, row)} for row in kind.rows(person) if row["id"] in wanted]
    sheet = write_records(kind.name, fields, rows)
    widths = [WIDE.get(field.name, max(9, len(field.name) + 2)) for field in fields]
    hidden = [place for place, field in enumerate(fields) if field.name == MARK]
    return OutSheet(sheet.name, sheet.header, sheet.rows, widths, sheet.choices, hidden)
