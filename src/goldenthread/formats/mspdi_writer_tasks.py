"""Tasks and relationships as Microsoft Project XML."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from goldenthread.formats import schedule_file as said
from goldenthread.formats.mspdi_cells import Cells
from goldenthread.formats.mspdi_tasks import CONSTRAINTS, KINDS, LINKS, OUTLINE, is_percent, unit_of
from goldenthread.formats.schedule_file import Baseline, CustomValue, Kept, Relationship, Task
from goldenthread.formats.schedule_numbers import is_number

UNASSIGNED = "Assignment/"  # before the cells of Microsoft's assignment of nobody
_DAYS, _ELAPSED, _ESTIMATED, _PERCENT = 7, 8, 32, 19
_CLOSEST = {**dict(zip(CONSTRAINTS, CONSTRAINTS, strict=True)), said.MANDATORY_START: said.MUST_START}
_CLOSEST[said.MANDATORY_FINISH] = said.MUST_FINISH
_PRIORITIES = {"Top": "900", "High": "700", "Normal": "500", "Low": "300", "Lowest": "100"}
_PRIMAVERA = {"FixedRate": 0, "FixedDrtn": 1, "FixedDUR2": 1, "FixedQty": 2}


@dataclass(frozen=True, slots=True)
class Numbers:
    """The number of every row in the file that is written, by its id. fields: the number of a custom field, by its id."""

    tasks: Mapping[str, str]
    resources: Mapping[str, str]
    calendars: Mapping[str, str]
    fields: Mapping[str, str]
    rows: Mapping[str, int] = field(default_factory=dict)  # the line on which a task stands, where it has none of its own


def tasks_xml(tasks: Sequence[Task], links: Sequence[Relationship], numbers: Numbers, activity_code: str) -> list[str]:
    """All tasks in order. activity_code: the custom field that takes codes which are no numbers; "" where there are none."""
    before: defaultdict[str, list[Relationship]] = defaultdict(list)
    for link in links:
        if link.predecessor_id in numbers.tasks:
            before[link.successor_id].append(link)
    outline: list[int] = []
    spans = _rolled_up(tasks)
    found = []
    for task in tasks:
        level = max(task.level, 1)
        outline = [*outline[:level], *([0] * (level - len(outline)))]
        outline[-1] += 1
        start, finish = spans.get(task.id, (task.start, task.finish))
        dated = replace(task, start=start, finish=finish)
        if activity_code and task.display_id and not is_number(task.display_id):
            dated = replace(dated, custom=(*task.custom, CustomValue(activity_code, task.display_id)))
        found.append(task_xml(dated, before[task.id], numbers, ".".join(map(str, outline))))
    return found


def _rolled_up(tasks: Sequence[Task]) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """Start and finish of summaries that state none: those of what stands under them."""
    parents = {task.id: task.parent_id for task in tasks}
    bare = {task.id for task in tasks if task.is_summary and task.start is None and task.finish is None}
    found: dict[str, tuple[dt.datetime, dt.datetime]] = {}
    for task in tasks if bare else ():
        if task.is_summary or task.start is None or task.finish is None:
            continue
        above, seen = task.parent_id, set[str]()
        while above is not None and above not in seen:
            seen.add(above)
            if above in bare:
                first, last = found.get(above, (task.start, task.finish))
                found[above] = min(first, task.start), max(last, task.finish)
            above = parents.get(above)
    return found


def task_xml(task: Task, links: Sequence[Relationship], numbers: Numbers, outline: str) -> str:
    """One task. outline: its number in the outline, where it does not keep its own."""
    cells = Cells("Task", tuple(pair for pair in task.kept if not pair[0].startswith(UNASSIGNED)))
    cells.text("UID", numbers.tasks[task.id])
    cells.text("ID", task.display_id if is_number(task.display_id) else str(numbers.rows.get(task.id, 0)))
    cells.text("Name", task.name)
    cells.flag("Active", value=task.is_active)
    cells.flag("Manual", value=task.is_manual)
    cells.whole("Type", _kind(task.kind))
    cells.flag("IsNull", value=False)
    cells.text("WBS", task.wbs)
    if not cells.has("OutlineNumber"):
        cells.text("OutlineNumber", outline or "0")
    cells.whole("OutlineLevel", task.level)
    cells.text("Priority", _PRIORITIES.get(task.priority, task.priority if is_number(task.priority) else ""))
    _dates(cells, task)
    _progress(cells, task)
    cells.flag("Milestone", value=task.is_milestone)
    cells.flag("Summary", value=task.is_summary)
    cells.flag("Critical", value=task.is_critical)
    if task.constraint in _CLOSEST:
        cells.whole("ConstraintType", CONSTRAINTS.index(_CLOSEST[task.constraint]))
    cells.text("CalendarUID", numbers.calendars.get(task.calendar_id or "", "-1"))
    cells.text("Notes", task.notes)
    cells.rows("PredecessorLink", (_link(one, numbers) for one in links))
    cells.rows("Baseline", (baseline_xml(one, "TaskBaseline") for one in task.baselines))
    custom_xml(cells, task.custom, numbers)
    return cells.xml()


def _kind(words: str) -> int | None:
    if words in KINDS:
        return KINDS.index(words)
    return _PRIMAVERA.get(words.rpartition(" ")[2])


def _dates(cells: Cells, task: Task) -> None:
    for name, value in (
        ("Start", task.start),
        ("Finish", task.finish),
        ("Stop", task.stopped_at),
        ("Resume", task.resumed_at),
        ("EarlyStart", task.early_start),
        ("EarlyFinish", task.early_finish),
        ("LateStart", task.late_start),
        ("LateFinish", task.late_finish),
        ("ActualStart", task.actual_start),
        ("ActualFinish", task.actual_finish),
        ("ConstraintDate", task.constraint_at),
        ("Deadline", task.deadline),
        ("ManualStart", task.planned_start),
        ("ManualFinish", task.planned_finish),
    ):
        cells.date(name, value)
    cells.tenths("FreeSlack", task.free_slack_minutes)
    cells.tenths("TotalSlack", task.total_slack_minutes)


def _progress(cells: Cells, task: Task) -> None:
    cells.span("Duration", task.duration_minutes, task.duration_stated.partition(" ")[0])
    _format(cells, task)
    cells.span("Work", task.work_minutes)
    cells.span("ActualDuration", task.actual_duration_minutes)
    cells.span("RemainingDuration", task.remaining_minutes)
    cells.span("ActualWork", task.actual_work_minutes)
    cells.span("RemainingWork", task.remaining_work_minutes)
    cells.number("PercentComplete", task.percent_complete)
    cells.number("PercentWorkComplete", task.percent_work)
    cells.number("PhysicalPercentComplete", task.percent_physical)
    cells.money("Cost", task.cost)
    cells.money("FixedCost", task.fixed_cost)
    cells.money("ActualCost", task.actual_cost)
    cells.money("RemainingCost", task.remaining_cost)


def _format(cells: Cells, task: Task) -> None:
    """The unit in which a duration is shown, and whether it is elapsed or estimated."""
    unit = cells.stated.get("DurationFormat", "")
    estimated = cells.stated.get("Estimated", "0") in ("1", "true")
    _, elapsed, guessed = unit_of(int(unit) if is_number(unit) else None)
    if (elapsed, estimated or guessed) == (task.is_duration_elapsed, task.is_estimated):
        return
    cells.text(
        "DurationFormat",
        str((_ELAPSED if task.is_duration_elapsed else _DAYS) + (_ESTIMATED if task.is_estimated else 0)),
    )
    cells.flag("Estimated", value=task.is_estimated)


def _link(link: Relationship, numbers: Numbers) -> str:
    cells = Cells("PredecessorLink", link.kept)
    cells.text("PredecessorUID", numbers.tasks[link.predecessor_id])
    cells.whole("Type", LINKS.index(link.kind))
    cells.flag("CrossProject", value=False)
    unit = cells.stated.get("LagFormat", "")
    number = int(unit) if is_number(unit) else None
    if (unit_of(number)[1], is_percent(number)) != (link.is_elapsed, link.lag_percent is not None):
        wanted = _ELAPSED if link.is_elapsed else _DAYS
        cells.whole("LagFormat", wanted if link.lag_percent is None else _PERCENT + link.is_elapsed)
    elif number is None:
        cells.whole("LagFormat", _DAYS)
    if link.lag_percent is None:
        cells.tenths("LinkLag", link.lag_minutes)
    else:
        cells.number("LinkLag", link.lag_percent)
    return cells.xml()


def baseline_xml(baseline: Baseline, kind: str) -> str:
    """One baseline of a task, a resource or an assignment. kind: its name in ORDER."""
    cells = Cells(kind, baseline.kept, "Baseline")
    cells.whole("Number", baseline.number)
    cells.date("Start", baseline.start)
    cells.date("Finish", baseline.finish)
    cells.span("Duration", baseline.duration_minutes)
    cells.span("Work", baseline.work_minutes)
    cells.money("Cost", baseline.cost)
    return cells.xml()


def custom_xml(cells: Cells, values: Sequence[CustomValue], numbers: Numbers) -> None:
    """Values of custom fields, and of outline codes, which stand apart."""
    found: dict[str, list[str]] = {"ExtendedAttribute": [], "OutlineCode": []}
    for value in values:
        number = numbers.fields.get(value.field_id)
        if number is None:
            continue
        kind = "OutlineCode" if OUTLINE in value.kept else "ExtendedAttribute"
        kept: Kept = tuple(pair for pair in value.kept if pair != OUTLINE)
        row = Cells(kind, kept)
        row.text("FieldID", number)
        if not any(row.stated.get(name) == value.value for name in ("ValueID", "ValueGUID")):
            row.text("Value", value.value)
        found[kind].append(row.xml())
    for kind, rows in found.items():
        cells.rows(kind, rows)
