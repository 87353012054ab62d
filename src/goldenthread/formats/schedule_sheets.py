"""A ScheduleFile as tables: the list of tasks as CSV; a workbook with links, resources, assignments and baselines beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from goldenthread.formats.schedule_file import Assignment, NotCarried, Project, Relationship, Resource, ScheduleFile, Task
from goldenthread.formats.schedule_losses import Written
from goldenthread.formats.schedule_values import Losses
from goldenthread.formats.sheets import OutCell, OutSheet, write_csv, write_xlsx

_HOUR = 60
_DASH = "; "
_NO_COLUMN = "the tables have no column for it"
_NOT_SHOWN = frozenset(
    {"kept", "custom", "level", "parent_id", "id", "baselines", "project_id", "minutes_per_day", "minutes_per_week"}
)

Column = tuple[str, str, Callable[[Any], OutCell]]


def _hours(name: str) -> Callable[[Any], OutCell]:
    def found(row: Any) -> OutCell:
        minutes = getattr(row, name)
        return None if minutes is None else Decimal(minutes) / _HOUR if minutes % _HOUR else minutes // _HOUR

    return found


def _plain(name: str) -> Callable[[Any], OutCell]:
    def found(row: Any) -> OutCell:
        value = getattr(row, name)
        if isinstance(value, bool):
            return "yes" if value else ""
        return value or None if isinstance(value, str) else value

    return found


def _columns(*stated: tuple[str, str]) -> tuple[Column, ...]:
    """Heading and field; a field of minutes is shown in hours."""
    return tuple((head, name, (_hours if name.endswith("_minutes") else _plain)(name)) for head, name in stated)


_TASK = _columns(
    ("Number", "display_id"),
    ("WBS", "wbs"),
    ("Name", "name"),
    ("Summary", "is_summary"),
    ("Milestone", "is_milestone"),
    ("Start", "start"),
    ("Finish", "finish"),
    ("Duration (h)", "duration_minutes"),
    ("Elapsed", "is_duration_elapsed"),
    ("% complete", "percent_complete"),
    ("Critical", "is_critical"),
    ("Total float (h)", "total_slack_minutes"),
    ("Free float (h)", "free_slack_minutes"),
    ("Work (h)", "work_minutes"),
    ("Actual work (h)", "actual_work_minutes"),
    ("Remaining work (h)", "remaining_work_minutes"),
    ("Cost", "cost"),
    ("Actual cost", "actual_cost"),
    ("Remaining cost", "remaining_cost"),
    ("Actual start", "actual_start"),
    ("Actual finish", "actual_finish"),
    ("Remaining duration (h)", "remaining_minutes"),
    ("Constraint", "constraint"),
    ("Constraint date", "constraint_at"),
    ("Deadline", "deadline"),
    ("Status", "status"),
    ("Priority", "priority"),
    ("Notes", "notes"),
)
_LINK = _columns(("Predecessor", "predecessor_id"), ("Successor", "successor_id"), ("Kind", "kind"), ("Lag (h)", "lag_minutes"))
_LINK += _columns(
    ("Lag in clock time", "is_elapsed"), ("Lag (% of predecessor)", "lag_percent"), ("Other project", "predecessor_project_id")
)
_RESOURCE = _columns(
    ("Name", "name"),
    ("Kind", "kind"),
    ("Code", "code"),
    ("Initials", "initials"),
    ("E-mail", "email"),
    ("Group", "group"),
    ("Units", "max_units"),
    ("Unit of material", "material_unit"),
    ("Active", "is_active"),
    ("Generic", "is_generic"),
    ("Notes", "notes"),
)
_ASSIGNMENT = _columns(
    ("Task", "task_id"),
    ("Resource", "resource_id"),
    ("Units", "units"),
    ("Work (h)", "work_minutes"),
    ("Actual work (h)", "actual_work_minutes"),
    ("Remaining work (h)", "remaining_work_minutes"),
    ("Quantity", "quantity"),
    ("Cost", "cost"),
    ("Actual cost", "actual_cost"),
    ("Remaining cost", "remaining_cost"),
    ("Start", "start"),
    ("Finish", "finish"),
)
_BASELINE = _columns(("Baseline", "number"), ("Start", "start"), ("Finish", "finish"), ("Duration (h)", "duration_minutes"))
_BASELINE += _columns(("Work (h)", "work_minutes"), ("Cost", "cost"))
_RATE = _columns(("Table", "table"), ("From", "from_time"), ("To", "to_time"), ("Standard", "standard"), ("Overtime", "overtime"))
_RATE += _columns(("Per use", "per_use"), ("Per", "unit"))


def write_schedule_csv(file: ScheduleFile, project: Project) -> Written:
    """The tasks of one project, with predecessors and resources in a cell each and a column for each custom field."""
    losses = _lost(file, project, _TASK)
    for name, count in (("assignments", len(project.assignments)), ("baselines", _baselines(project)), ("rates", _rates(file))):
        if count:
            losses.field("Project", f"project “{project.name[:60]}”", name, "a list of tasks has no place for it", count)
    return Written(write_csv(_tasks(file, project)), losses.found())


def write_schedule_xlsx(file: ScheduleFile, project: Project) -> Written:
    """A workbook of one project; what it does not say stands on its last sheet, too."""
    losses = _lost(file, project, _TASK)
    for kind, rows, columns in (
        ("Resource", file.resources, _RESOURCE),
        ("Assignment", project.assignments, _ASSIGNMENT),
        ("Relationship", project.relationships, _LINK),
    ):
        _unshown(kind, rows, columns, losses)
    lost = losses.found()
    sheets = [
        _tasks(file, project),
        _sheet("Relationships", project.relationships, _LINK),
        _sheet("Resources", file.resources, _RESOURCE, with_id=True),
        _parts("Rates", file.resources, "rates", _RATE),
        _sheet("Assignments", project.assignments, _ASSIGNMENT),
        _parts("Baselines", project.tasks, "baselines", _BASELINE),
        OutSheet(
            "Not carried", ("Where", "First row", "Field", "Rows", "Why"), [_loss(one) for one in lost], (16, 50, 24, 8, 60)
        ),
    ]
    return Written(write_xlsx([one for one in sheets if one.rows]), lost)


def _loss(one: NotCarried) -> tuple[OutCell, ...]:
    return one.where, one.row, one.field, one.count, one.why


def _tasks(file: ScheduleFile, project: Project) -> OutSheet:
    before: defaultdict[str, list[str]] = defaultdict(list)
    for link in project.relationships:
        before[link.successor_id].append(_words(link))
    names = {one.id: one.name for one in file.resources}
    people: defaultdict[str, list[str]] = defaultdict(list)
    for one in project.assignments:
        share = "" if one.units in (None, 1.0) else f" [{(one.units or 0) * 100:g}%]"
        people[one.task_id].append(f"{names.get(one.resource_id, one.resource_id)}{share}")
    custom = [field for field in file.custom_fields if field.of == "task"]
    header = ["Id", "Level", *(head for head, _, _ in _TASK), "Predecessors", "Resources", *(field.name for field in custom)]
    rows = []
    for task in project.tasks:
        said = {value.field_id: value.value for value in task.custom}
        cells = [read(task) for _, _, read in _TASK]
        ends = [_DASH.join(before[task.id]) or None, _DASH.join(people[task.id]) or None]
        rows.append((task.id, task.level, *cells, *ends, *(said.get(field.id) for field in custom)))
    return OutSheet("Tasks", header, rows, (10, 6, 10, 12, 50))


def _words(link: Relationship) -> str:
    """A predecessor as planners write it: 12FS+8h."""
    if link.lag_percent:
        return f"{link.predecessor_id}{link.kind}{link.lag_percent:+g}%"
    unit = "eh" if link.is_elapsed else "h"
    return f"{link.predecessor_id}{link.kind}" + (f"{link.lag_minutes / _HOUR:+g}{unit}" if link.lag_minutes else "")


def _sheet(name: str, rows: Iterable[Any], columns: Sequence[Column], *, with_id: bool = False) -> OutSheet:
    first = ("Id",) if with_id else ()
    found = [(*((row.id,) if with_id else ()), *(read(row) for _, _, read in columns)) for row in rows]
    return OutSheet(name, (*first, *(head for head, _, _ in columns)), found)


def _parts(name: str, rows: Iterable[Task | Resource], part: str, columns: Sequence[Column]) -> OutSheet:
    found = [(row.id, row.name, *(read(one) for _, _, read in columns)) for row in rows for one in getattr(row, part)]
    return OutSheet(name, ("Id", "Name", *(head for head, _, _ in columns)), found)


def _baselines(project: Project) -> int:
    return sum(len(task.baselines) for task in project.tasks)


def _rates(file: ScheduleFile) -> int:
    return sum(len(one.rates) for one in file.resources)


def _lost(file: ScheduleFile, project: Project, columns: Sequence[Column]) -> Losses:
    """What no table of ours has a column for: calendars, other fields of tasks, settings."""
    losses = Losses()
    _unshown("Task", project.tasks, columns, losses)
    known = {field.id for field in file.custom_fields if field.of == "task"}
    for task in project.tasks:
        for _ in [value for value in task.custom if value.field_id not in known]:
            losses.field("Task", _named(task), "custom", "the file does not name this field")
    for calendar in file.calendars:
        losses.field("Calendar", f"Calendar {calendar.id[:20]} “{calendar.name[:60]}”", "all", _NO_COLUMN)
    for name, _ in project.options:
        losses.field("Project", f"project “{project.name[:60]}”", name, _NO_COLUMN)
    others = len(file.projects) - 1
    if others:
        losses.field("Project", f"projects beside “{project.name[:60]}”", "all", "a table holds one project", others)
    return losses


def _unshown(where: str, rows: Iterable[Any], columns: Sequence[Column], losses: Losses) -> None:
    """Fields that say something and that no column shows."""
    shown = {name for _, name, _ in columns}
    for row in rows:
        for field in fields(row):
            value = getattr(row, field.name)
            if field.name not in shown and field.name not in _NOT_SHOWN and value not in (None, "", (), False):
                losses.field(where, _named(row), field.name, _NO_COLUMN)


def _named(row: Task | Resource | Assignment | Relationship) -> str:
    if isinstance(row, Relationship):
        return f"{row.kind} from {row.predecessor_id[:20]} to {row.successor_id[:20]}"
    if isinstance(row, Assignment):
        return f"Assignment {row.id[:20]} (task {row.task_id[:20]})"
    return f"{type(row).__name__} {row.id[:20]} “{row.name[:60]}”"
