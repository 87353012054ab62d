"""Resources, rates and assignments as Microsoft Project XML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from goldenthread.formats.mspdi_cells import Cells, holder
from goldenthread.formats.mspdi_resources import FIRST_DAY, LAST_DAY
from goldenthread.formats.mspdi_writer_tasks import UNASSIGNED, Numbers, baseline_xml, custom_xml
from goldenthread.formats.schedule_file import Assignment, Kept, Rate, Resource, Task, TimePhase
from goldenthread.formats.schedule_numbers import is_number

NAMELESS = "Resource/"  # before the cells of Microsoft's resource 0
_NOBODY = "-65535"
_KINDS = {"material": 0, "cost": 2}
_WORK = 1
_PER_HOUR = 2
_TABLES = "ABCDE"
_AT = {"RatesFrom": dt.time(0, 0), "RatesTo": dt.time(23, 59)}


def resource_xml(resource: Resource, numbers: Numbers, row: int) -> str:
    """One resource. row: the line on which it stands."""
    cells = Cells("Resource", resource.kept)
    cells.text("UID", numbers.resources[resource.id])
    if not cells.has("ID"):
        cells.whole("ID", row)
    cells.text("Name", resource.name)
    cells.whole("Type", _KINDS.get(resource.kind, _WORK))
    cells.flag("IsNull", value=False)
    cells.text("Initials", resource.initials)
    cells.text("MaterialLabel", resource.material_unit)
    cells.text("Code", resource.code)
    cells.text("Group", resource.group)
    cells.text("EmailAddress", resource.email)
    cells.number("MaxUnits", resource.max_units)
    cells.text("CalendarUID", numbers.calendars.get(resource.calendar_id or "", "-1"))
    cells.text("Notes", resource.notes)
    cells.flag("IsGeneric", value=resource.is_generic)
    cells.flag("IsInactive", value=not resource.is_active)
    cells.flag("IsCostResource", value=resource.kind == "cost")
    _prices(cells, resource)
    cells.rows("Baseline", (baseline_xml(one, "ResourceBaseline") for one in resource.baselines))
    custom_xml(cells, resource.custom, numbers)
    return cells.xml()


def _prices(cells: Cells, resource: Resource) -> None:
    """Rates by day; today's price alone stands on the resource."""
    first = next((one for one in resource.rates if one.table == "A"), None)
    alone = len(resource.rates) == 1 and first is not None and first.from_time is None and first.to_time is None
    if first is not None and (alone or not cells.has("StandardRate")):
        cells.number("StandardRate", first.standard)
        cells.number("OvertimeRate", first.overtime)
        cells.money("CostPerUse", first.per_use)
        if not cells.has("StandardRateFormat"):
            cells.whole("StandardRateFormat", _PER_HOUR)
    if not alone:
        cells.rows("Rates", [holder("Rates", map(_rate, resource.rates))])


def _rate(rate: Rate) -> str:
    cells = Cells("Rate", rate.kept)
    for name, value, always in (("RatesFrom", rate.from_time, FIRST_DAY), ("RatesTo", rate.to_time, LAST_DAY)):
        if value is not None or not cells.has(name):
            cells.date(name, value or dt.datetime.combine(always, _AT[name]))
    cells.whole("RateTable", _TABLES.index(rate.table) if rate.table in _TABLES else 0)
    cells.number("StandardRate", rate.standard)
    cells.number("OvertimeRate", rate.overtime)
    cells.money("CostPerUse", rate.per_use)
    for name in ("StandardRateFormat", "OvertimeRateFormat") if not rate.kept else ():
        cells.whole(name, _PER_HOUR)
    return cells.xml()


def nameless_xml(kept: Kept) -> str:
    """Microsoft's resource 0, for whom tasks without a resource are."""
    cells = Cells("Resource", tuple((name.removeprefix(NAMELESS), text) for name, text in kept if name.startswith(NAMELESS)))
    for name, number in (("UID", 0), ("ID", 0), ("Type", _WORK), ("IsNull", 0)):
        if not cells.has(name):
            cells.whole(name, number)
    return cells.xml()


def assignments_xml(assignments: Sequence[Assignment], tasks: Sequence[Task], numbers: Numbers) -> list[str]:
    """All assignments by number, those of nobody among them."""
    found = {int(numbers.rows[f"assignment:{one.id}"]): _assignment(one, numbers) for one in assignments}
    last = max(found, default=0)
    for task in tasks:
        kept = tuple((name.removeprefix(UNASSIGNED), text) for name, text in task.kept if name.startswith(UNASSIGNED))
        if kept or task.phases:
            last += 1
            stated = dict(kept).get("UID", "")
            number = int(stated) if is_number(stated) and int(stated) not in found else last
            last = max(last, number)
            found[number] = _of_nobody(task, kept, number, numbers)
    return [found[number] for number in sorted(found)]


def _assignment(one: Assignment, numbers: Numbers) -> str:
    cells = Cells("Assignment", one.kept)
    number = str(numbers.rows[f"assignment:{one.id}"])
    cells.text("UID", number)
    cells.text("TaskUID", numbers.tasks[one.task_id])
    cells.text("ResourceUID", numbers.resources[one.resource_id])
    cells.number("Units", one.units)
    cells.span("Work", one.work_minutes if one.quantity is None else round(one.quantity * 60))
    cells.span("ActualWork", one.actual_work_minutes)
    cells.span("RemainingWork", one.remaining_work_minutes)
    cells.money("Cost", one.cost)
    cells.money("ActualCost", one.actual_cost)
    cells.money("RemainingCost", one.remaining_cost)
    cells.date("Start", one.start)
    cells.date("Finish", one.finish)
    if one.rate_table:
        cells.whole("CostRateTable", _TABLES.index(one.rate_table))
    cells.rows("Baseline", (baseline_xml(each, "AssignmentBaseline") for each in one.baselines))
    custom_xml(cells, one.custom, numbers)
    cells.rows("TimephasedData", (_phase(phase, number) for phase in one.phases))
    return cells.xml()


def _of_nobody(task: Task, kept: Kept, number: int, numbers: Numbers) -> str:
    cells = Cells("Assignment", kept)
    cells.text("UID", str(number))
    cells.text("TaskUID", numbers.tasks[task.id])
    cells.text("ResourceUID", _NOBODY)
    cells.rows("TimephasedData", (_phase(phase, str(number)) for phase in task.phases))
    return cells.xml()


def _phase(phase: TimePhase, owner: str) -> str:
    cells = Cells("TimephasedData", phase.kept)
    cells.text("Type", phase.kind)
    cells.text("UID", owner)
    cells.date("Start", phase.start)
    cells.date("Finish", phase.finish)
    cells.text("Unit", phase.unit)
    cells.text("Value", phase.value)
    return cells.xml()
