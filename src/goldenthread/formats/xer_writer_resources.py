"""Resources, rates, assignments and expenses as rows of a Primavera XER file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from goldenthread.formats.schedule_file import Assignment, Project, Rate, Resource, Task
from goldenthread.formats.xer_cells import Cells
from goldenthread.formats.xer_writer_tasks import Numbers, status

ROLE = "role:"
_KINDS = {"work": "RT_Labor", "equipment": "RT_Equip"}
_TABLES = "ABCDE"
_LONG_AGO = "2000-01-01 00:00"


def is_role(resource: Resource) -> bool:
    """Whether Primavera knows this as a role."""
    return resource.id.startswith(ROLE)


def resource_row(resource: Resource, numbers: Numbers) -> Cells:
    """One row of RSRC."""
    cells = Cells(resource.kept)
    cells.text("rsrc_id", numbers.resources[resource.id])
    cells.text("parent_rsrc_id", numbers.resources.get(resource.parent_id or "", ""))
    cells.text("clndr_id", numbers.calendars.get(resource.calendar_id or "", ""))
    cells.text("rsrc_name", resource.name)
    cells.text("rsrc_short_name", resource.code or resource.initials or numbers.resources[resource.id])
    cells.text("email_addr", resource.email)
    cells.flag("active_flag", value=resource.is_active)
    cells.text("rsrc_type", _KINDS.get(resource.kind, "RT_Mat"))
    cells.text("rsrc_notes", resource.notes)
    cells.kept()
    return cells


def role_row(role: Resource, numbers: Numbers) -> Cells:
    """One row of ROLES."""
    cells = Cells(role.kept)
    cells.text("role_id", numbers.resources[role.id])
    cells.text("parent_role_id", numbers.resources.get(role.parent_id or "", ""))
    cells.text("role_name", role.name)
    cells.text("role_short_name", role.code or role.initials or numbers.resources[role.id])
    cells.text("role_descr", role.notes)
    cells.kept()
    return cells


def rate_rows(resource: Resource, number: int, numbers: Numbers) -> list[Cells]:
    """Rows of RSRCRATE or ROLERATE: all prices of one day, and the units there are, in one row."""
    by_day: defaultdict[str, dict[str, Rate]] = defaultdict(dict)
    for rate in resource.rates:
        by_day[rate.from_time.isoformat() if rate.from_time else ""].setdefault(rate.table, rate)
    if not by_day and resource.max_units is None:
        return []
    found = []
    key = "role" if is_role(resource) else "rsrc"
    for place, rates in enumerate(by_day.values() or [{}]):
        cells = Cells()
        first = next(iter(rates.values()), None)
        cells.number(f"{key}_rate_id", number + place)
        cells.text(f"{key}_id", numbers.resources[resource.id])
        cells.number("max_qty_per_hr", first.max_units if first and first.max_units is not None else resource.max_units)
        for at, letter in enumerate(_TABLES, 1):
            cells.number(f"cost_per_qty{at if at > 1 else ''}", rates[letter].standard if letter in rates else None)
        cells.date("start_date", first.from_time if first else None)
        if not cells.cells["start_date"]:
            cells.text("start_date", _LONG_AGO)
        found.append(cells)
    return found


def assignment_row(one: Assignment, task: Task, resource: Resource, project: Project, numbers: Numbers) -> Cells:
    """One row of TASKRSRC: what is done and what is left, in hours or in the material's own unit."""
    cells = Cells(one.kept)
    cells.text("taskrsrc_id", numbers.assignments[one.id])
    cells.text("task_id", numbers.tasks[one.task_id])
    cells.text("proj_id", numbers.projects[project.id])
    if is_role(resource):
        cells.text("rsrc_id", "")
        cells.text("role_id", numbers.resources[resource.id])
    else:
        cells.text("rsrc_id", numbers.resources[resource.id])
        cells.kept("role_id")
    _amounts(cells, one)
    _costs(cells, one)
    cells.number("target_qty_per_hr", one.units)
    cells.text("rate_type", f"COST_PER_QTY{_TABLES.index(one.rate_table) + 1 if one.rate_table not in ('', 'A') else ''}")
    if not _keeps_dates(cells, one):
        began, ended = status(task) != "not started", status(task) == "complete"
        cells.date("act_start_date", one.start if began else None)
        cells.date("act_end_date", one.finish if ended else None)
        cells.date("restart_date", None if ended or began else one.start)
        cells.date("reend_date", None if ended else one.finish)
        cells.date("target_start_date", one.start)
        cells.date("target_end_date", one.finish)
    cells.kept()
    return cells


def _amounts(cells: Cells, one: Assignment) -> None:
    if one.work_minutes is None:
        cells.kept("act_ot_qty", "act_reg_qty", "target_qty")
        done = sum((cells.amount(name) for name in ("act_ot_qty", "act_reg_qty")), Decimal(0))
        cells.number("remain_qty", None if one.quantity is None else Decimal(repr(one.quantity)) - done)
        return
    done_minutes = one.actual_work_minutes
    left = one.remaining_work_minutes
    if left is None:
        left = one.work_minutes - (done_minutes or 0)
    overtime = cells.minutes("act_ot_qty")
    cells.hours("act_reg_qty", None if done_minutes is None else done_minutes - overtime)
    cells.hours("remain_qty", left)
    if "target_qty" not in cells.stated:
        cells.hours("target_qty", one.work_minutes)


def _costs(cells: Cells, one: Assignment) -> None:
    overtime = cells.amount("act_ot_cost")
    left = one.remaining_cost
    if left is None and one.cost is not None:
        left = one.cost - (one.actual_cost or 0)
    cells.number("act_reg_cost", None if one.actual_cost is None else one.actual_cost - overtime)
    cells.number("remain_cost", left)


def _keeps_dates(cells: Cells, one: Assignment) -> bool:
    """Whether the dates that were kept still show what the assignment says."""
    starts = (cells.stated.get(name) for name in ("act_start_date", "restart_date", "target_start_date"))
    ends = (cells.stated.get(name) for name in ("act_end_date", "reend_date", "target_end_date"))
    shown = Cells()
    shown.date("start", one.start)
    shown.date("finish", one.finish)
    return next(filter(None, starts), None) == shown.cells["start"] and next(filter(None, ends), None) == shown.cells["finish"]


def expense_rows(project: Project, written: Iterable[Assignment], numbers: Numbers, first: int) -> list[Cells]:
    """Rows of PROJCOST: what activities cost beside their assignments, as one expense each."""
    sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for one in written:
        actual = one.actual_cost or Decimal(0)
        left = one.remaining_cost if one.remaining_cost is not None else (one.cost or actual) - actual
        sums[one.task_id][0] += actual
        sums[one.task_id][1] += left
    found: list[Cells] = []
    for task in project.tasks:
        if task.is_summary:
            continue
        spent = task.actual_cost if task.actual_cost is not None else Decimal(0)
        rest = task.remaining_cost if task.remaining_cost is not None else (task.cost or spent) - spent
        actual, left = spent - sums[task.id][0], rest - sums[task.id][1]
        if actual or left:
            cells = Cells()
            cells.number("cost_item_id", first + len(found))
            cells.text("proj_id", numbers.projects[project.id])
            cells.text("task_id", numbers.tasks[task.id])
            cells.text("cost_name", "Cost beside assignments")
            cells.number("act_cost", actual)
            cells.number("remain_cost", left)
            cells.number("target_cost", actual + left)
            found.append(cells)
    return found
