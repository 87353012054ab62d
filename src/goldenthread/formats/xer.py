"""Primavera XER into a ScheduleFile: several projects may stand in one file and share calendars and resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import XER, Assignment, Project, Relationship, ScheduleFile, Task
from goldenthread.formats.schedule_links import checked_calendars, checked_links, checked_resources
from goldenthread.formats.schedule_values import Row
from goldenthread.formats.xer_calendars import calendars_of
from goldenthread.formats.xer_custom import custom_of, expenses_of, notes_of
from goldenthread.formats.xer_outline import Wbs
from goldenthread.formats.xer_resources import assignments_of, resources_of, total
from goldenthread.formats.xer_tables import Xer, read_tables
from goldenthread.formats.xer_tasks import HOUR, Around, links_of, task_of

TASKS = 200_000
_TABLES = frozenset(
    "PROJECT PROJWBS TASK TASKPRED CALENDAR RSRC ROLES RSRCRATE ROLERATE TASKRSRC ACTVTYPE ACTVCODE TASKACTV UDFTYPE UDFVALUE "
    "MEMOTYPE TASKMEMO WBSMEMO PROJCOST SCHEDOPTIONS".split()
)
_HEAD = frozenset("proj_id proj_short_name proj_name plan_start_date scd_end_date last_recalc_date clndr_id".split())


def read_xer(data: bytes) -> ScheduleFile:
    """Read a Primavera XER file; raises FormatError where it is damaged, cut short or holds no project."""
    xer = read_tables(data)
    heads = _heads(xer)
    fields, custom = custom_of(xer)
    calendars, resources = checked_calendars(calendars_of(xer), xer.losses), resources_of(xer, custom)
    rows = _activities(xer)
    homes = {key: row.text("proj_id") for key, row in rows.items()}
    assignments = assignments_of(xer, homes, resources, custom)
    notes = notes_of(xer)
    limits = {key: _critical_minutes(row) for key, row in heads.items()}
    around = Around(notes, custom, _costs(xer, assignments), limits)
    wbs = Wbs(xer, notes, custom)
    tasks: defaultdict[str, list[Task]] = defaultdict(list)
    for key, row in rows.items():
        tasks[homes[key]].append(_placed(row, task_of(row, around, is_wbs_known=_knows(wbs, row)), calendars))
    links: defaultdict[str, list[Relationship]] = defaultdict(list)
    for link in checked_links(links_of(xer, homes), homes, xer.losses):
        links[homes[link.successor_id]].append(link)
    options = {row.text("proj_id"): row for row in xer.rows("SCHEDOPTIONS", "schedoptions_id")}
    projects = []
    for key in dict.fromkeys([*heads, *homes.values(), *(wbs.project(one) for one in wbs.rows)]):
        if key not in heads:
            xer.losses.value("PROJECT", f"project {key[:20]}", "proj_id", "rows name this project, but it has no row of its own")
        outline = wbs.tasks(key, tasks[key])
        project = _project(key, heads.get(key), options.get(key), outline, xer)
        project = replace(project, relationships=tuple(links[key]), assignments=tuple(assignments.get(key, ())))
        projects.append(replace(project, custom=custom.get(("PROJECT", key), ())))
    if not projects:
        raise FormatError("The file holds no project.", "", "Choose a project in Primavera when exporting.")
    known = {project.id for project in projects}
    projects = [one if one.baseline_of_id in known else replace(one, baseline_of_id=None) for one in projects]
    for name, table in xer.tables.items():
        if name not in _TABLES and table.rows:
            xer.losses.field(name, f"line {table.lines[0]}", "all", "this table is left out", len(table.rows))
    program = f"Primavera XER {xer.head[1]}" if len(xer.head) > 1 else "Primavera XER"
    people = checked_resources(resources.values(), calendars, xer.losses)
    return ScheduleFile(XER, program, tuple(projects), tuple(calendars.values()), people, tuple(fields), xer.losses.found())


def _heads(xer: Xer) -> dict[str, Row]:
    heads: dict[str, Row] = {}
    for row in xer.rows("PROJECT", "proj_id", "proj_short_name"):
        key = row.text("proj_id")
        if not key or key in heads:
            row.lose("proj_id", "the id is missing or taken; the row was left out")
            continue
        heads[key] = row
    return heads


def _activities(xer: Xer) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in xer.rows("TASK", "task_id", "task_name"):
        key = row.text("task_id")
        if not key or key in found:
            row.lose("task_id", "the id is missing or taken; the activity was left out")
            continue
        found[key] = row
    if len(found) > TASKS:
        raise FormatError(f"The file holds more than {TASKS:,} activities.", "", "Export fewer projects at once.")
    return found


def _knows(wbs: Wbs, row: Row) -> bool:
    key = row.text("wbs_id")
    return key in wbs.rows and wbs.project(key) == row.text("proj_id")


def _placed(row: Row, task: Task, calendars: Collection[str]) -> Task:
    """The activity with what it names but the file does not hold taken off, and said."""
    if task.parent_id is None and row.text("wbs_id"):
        row.lose("wbs_id", f"there is no WBS row {row.text('wbs_id')[:20]} in this project; the activity was put at the top")
    if task.calendar_id is None or task.calendar_id in calendars:
        return task
    row.lose("clndr_id", f"there is no calendar {task.calendar_id[:20]}; read as the project's own")
    return replace(task, calendar_id=None)


def _critical_minutes(row: Row) -> int | None:
    """Up to which float the project calls an activity critical; None: its longest path is."""
    if row.text("critical_path_type") == "CT_DrivPath":
        return None
    return row.minutes("critical_drtn_hr_cnt", HOUR, signed=True) or 0


def _costs(xer: Xer, assignments: dict[str, list[Assignment]]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """Actual and remaining cost of each activity: of its assignments and its expenses."""
    found = expenses_of(xer)
    for rows in assignments.values():
        for one in rows:
            actual, left = found.get(one.task_id, (None, None))
            found[one.task_id] = total(actual, one.actual_cost), total(left, one.remaining_cost)
    return found


def _project(key: str, head: Row | None, options: Row | None, outline: tuple[Task, ...], xer: Xer) -> Project:
    currency = xer.head[8] if len(xer.head) > 8 and len(xer.head[8]) == 3 and xer.head[8].isupper() else ""
    if head is None:
        return Project(key, key, currency=currency, tasks=outline)
    node = next((task.name for task in outline if task.is_summary and task.level == 1), "")
    stated = [(name, head.text(name)) for name in head.cells if name not in _HEAD]
    stated += [(name, options.text(name)) for name in options.cells if name != "proj_id"] if options else []
    return Project(
        id=key,
        name=head.text("proj_name") or node or head.text("proj_short_name"),
        start=head.date("plan_start_date"),
        finish=head.date("scd_end_date") or head.date("plan_end_date"),
        data_date=head.date("last_recalc_date"),
        default_calendar_id=head.key("clndr_id"),
        currency=currency,
        tasks=outline,
        baseline_of_id=head.key("orig_proj_id"),
        options=tuple((name, value) for name, value in stated if value),
        kept=(("proj_short_name", head.text("proj_short_name")),),
    )
