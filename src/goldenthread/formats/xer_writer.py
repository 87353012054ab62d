"""A ScheduleFile as Primavera XER, which may hold several projects.

What was read from such a file is written as it stood there. The bytes are read again at once, and all that they do not say
is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import XER, Assignment, Project, Relationship, Resource, ScheduleFile, Task
from goldenthread.formats.schedule_losses import Comparison, Renamed, Written
from goldenthread.formats.schedule_numbers import numbered
from goldenthread.formats.schedule_values import Losses, Row
from goldenthread.formats.xer import read_xer
from goldenthread.formats.xer_cells import HOUR, Cells, xer_bytes
from goldenthread.formats.xer_outline import wbs_key
from goldenthread.formats.xer_writer_calendars import calendar_row
from goldenthread.formats.xer_writer_fields import Fields, all_rows, fields_of, note_rows, notes_topic
from goldenthread.formats.xer_writer_resources import (
    ROLE,
    assignment_row,
    expense_rows,
    is_role,
    rate_rows,
    resource_row,
    role_row,
)
from goldenthread.formats.xer_writer_tasks import Numbers, activity_row, link_row, short_name, status, wbs_rows

_VERSION = "18.8"
_TABLES = (
    "CURRTYPE MEMOTYPE ROLES UDFTYPE ACTVTYPE PROJECT CALENDAR SCHEDOPTIONS PROJWBS RSRC ACTVCODE RSRCRATE ROLERATE TASK "
    "TASKMEMO WBSMEMO TASKACTV PROJCOST TASKPRED TASKRSRC UDFVALUE"
).split()
_OPTIONS = (
    "sched_",
    "level_",
    "schedoptions_id",
    "enable_multiple",
    "limit_multiple",
    "max_multiple",
    "use_total_float",
    "key_activity",
    "LevelPriorityList",
)
_NO_PLACE = "Primavera has no place for it"
_BY_PRIMAVERA = "a row of the outline states none in Primavera; it is worked out from the rows under it"
_WHY = {
    ("Calendar", "week"): "days that a base calendar states were written out",
    ("Calendar", "other_weeks"): "written as days that differ",
    ("Calendar", "exceptions"): "written day by day, rules that repeat among them",
    ("Resource", "rates"): "Primavera has one price from a day on: none for overtime or for each use, and no last day",
    ("Resource", "kind"): "written as a material",
    ("Resource", "is_generic"): "written as a resource, not as a role",
    ("Summary", ""): _BY_PRIMAVERA,
    ("Summary", "id"): "WBS rows have numbers of their own",
    ("Task", "all"): "Primavera has no row for the whole project",
    ("Task", "level"): "one row for the whole project stands above all",
    ("Task", "kind"): "written as the kind of activity that is closest",
    ("Task", "priority"): "written as one of five words",
    ("Task", "percent_kind"): "written as a physical percentage, for it does not follow from the durations",
    ("Relationship", "lag_percent"): "written as the working time that it is today",
    ("Relationship", "is_elapsed"): "Primavera counts lag in working time",
    ("Relationship", "all"): "a row of the outline cannot be linked in Primavera, or the other project is not written",
    ("Assignment", "all"): "a row of the outline takes no resource in Primavera",
    ("Project", "is_scheduled_from_start"): "Primavera schedules from the start",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A project with those of its rows that Primavera can hold."""

    project: Project
    tasks: dict[str, Task]
    links: list[Relationship]
    assignments: list[Assignment]


def write_xer(file: ScheduleFile, project_id: str = "") -> Written:
    """All projects, or the one named by id or name; raises FormatError where there is no such project."""
    projects = [one for one in file.projects if project_id in ("", one.id, one.name)]
    if not projects:
        known = ", ".join(f"{one.id} “{one.name[:40]}”" for one in file.projects[:20])
        raise FormatError(f"There is no project {project_id[:40]} in the file.", "", f"It holds: {known}.")
    numbers = _numbers(file, projects)
    fields = fields_of(file)
    currency = next((one.currency for one in projects if len(one.currency) == 3), "")
    day = next((time for one in projects for time in (one.data_date, one.start) if time is not None), None)
    head = (
        _VERSION,
        f"{day:%Y-%m-%d}" if day else "2000-01-01",
        "Project",
        "goldenthread",
        "Golden Thread",
        "",
        "Project Management",
    )
    tables = _tables(file, projects, numbers, fields)
    ordered = {name: tables.get(name, []) for name in _TABLES}
    data = xer_bytes((*head, currency.upper()), ordered)
    again = read_xer(data)
    renamed = _renamed(file, numbers, fields)
    before = file if len(projects) == len(file.projects) else _only(file, projects)
    return Written(data, Comparison(renamed, _WHY, _NO_PLACE, is_same_kind=file.kind == XER).files(before, again, projects))


def _only(file: ScheduleFile, projects: Sequence[Project]) -> ScheduleFile:
    return ScheduleFile(file.kind, file.program, tuple(projects), file.calendars, file.resources, file.custom_fields, ())


def _numbers(file: ScheduleFile, projects: Sequence[Project]) -> Numbers:
    rows = [task for project in projects for task in project.tasks]
    summaries = [task.id for task in rows if task.is_summary]
    tasks = numbered(task.id for task in rows if not task.is_summary)
    wbs = _wbs_numbers(summaries, tasks)
    last = max((int(number) for number in (*wbs.values(), *tasks.values())), default=0)
    roots = {}
    for place, project in enumerate(projects, 1):
        top = [task for task in project.tasks if task.parent_id is None]
        is_rooted = len(top) == 1 and top[0].is_summary
        roots[project.id] = wbs[top[0].id] if is_rooted else str(last + place)
    people = [one.id for one in file.resources if not one.id.startswith(ROLE)]
    roles = [one.id for one in file.resources if one.id.startswith(ROLE)]
    resources = dict(numbered(people))
    resources |= dict(zip(roles, numbered(key.removeprefix(ROLE) for key in roles).values(), strict=True))
    return Numbers(
        projects=numbered(one.id for one in projects),
        tasks=tasks,
        wbs=wbs,
        roots=roots,
        resources=resources,
        calendars=numbered((one.id for one in file.calendars), 0),
        assignments=numbered((one.id for project in projects for one in project.assignments), 0),
    )


def _wbs_numbers(summaries: Sequence[str], tasks: Mapping[str, str]) -> dict[str, str]:
    """Primavera's own numbers stay; others begin above those of activities, since some programs count both as one."""
    bare = [_bare(key) for key in summaries]
    if bare != list(summaries):
        return dict(zip(summaries, numbered(bare).values(), strict=True))
    first = max((int(number) for number in tasks.values()), default=0) + 1
    return {key: str(number) for number, key in enumerate(summaries, first)}


def _bare(key: str) -> str:
    return key.removeprefix(wbs_key(""))


def _renamed(file: ScheduleFile, numbers: Numbers, fields: Fields) -> Renamed:
    roles = {one.id: f"{ROLE}{numbers.resources[one.id]}" for one in file.resources if is_role(one)}
    rows = {key: wbs_key(number) for key, number in numbers.wbs.items()}
    return Renamed(
        {**numbers.tasks, **rows},
        {**numbers.resources, **roles},
        numbers.calendars,
        numbers.assignments,
        fields.names,
        numbers.projects,
    )


def _tables(file: ScheduleFile, projects: Sequence[Project], numbers: Numbers, fields: Fields) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {"MEMOTYPE": [notes_topic()], "RSRCRATE": [], "ROLERATE": []}
    found["CURRTYPE"] = [_currency(one.currency) for one in projects[:1] if one.currency]
    calendars = {one.id: one for one in file.calendars}
    minutes = projects[0].minutes_per_day, projects[0].minutes_per_week
    found["CALENDAR"] = [calendar_row(one, numbers.calendars, numbers.projects, calendars, minutes) for one in file.calendars]
    found["RSRC"] = [resource_row(one, numbers) for one in file.resources if not is_role(one)]
    found["ROLES"] = [role_row(one, numbers) for one in file.resources if is_role(one)]
    for one in file.resources:
        table = found["ROLERATE" if is_role(one) else "RSRCRATE"]
        table += rate_rows(one, len(table) + 1, numbers)
        if not is_role(one):
            fields.values("RSRC", numbers.resources[one.id], "", one.custom)
    links = costs = 1
    resources = {one.id: one for one in file.resources}
    everything = [found]
    for project in projects:
        part = _part(project, numbers, resources)
        rows = _project_tables(part, numbers, resources, fields, (links, costs), own=file.kind == XER)
        links, costs = links + len(rows["TASKPRED"]), costs + len(rows["PROJCOST"])
        everything.append(rows)
    return all_rows([*everything, fields.rows])


def _part(project: Project, numbers: Numbers, resources: Mapping[str, Resource]) -> _Part:
    tasks = {task.id: task for task in project.tasks if not task.is_summary}
    links = [one for one in project.relationships if one.successor_id in tasks and one.predecessor_id in numbers.tasks]
    assignments = [one for one in project.assignments if one.task_id in tasks and one.resource_id in resources]
    return _Part(project, tasks, links, assignments)


def _project_tables(
    part: _Part, numbers: Numbers, resources: Mapping[str, Resource], fields: Fields, first: tuple[int, int], *, own: bool
) -> dict[str, list[Cells]]:
    project, number = part.project, numbers.projects[part.project.id]
    waits = {link.successor_id for link in part.links}
    marked = _is_path_marked(project)
    found = note_rows(project, numbers.tasks, numbers.wbs, number)
    found["PROJECT"], found["SCHEDOPTIONS"] = _heads(project, numbers, is_path_marked=marked, is_own=own)
    found["PROJWBS"] = wbs_rows(project, numbers)
    found["TASK"] = [
        activity_row(task, project, numbers, has_predecessors=task.id in waits, is_path_marked=marked)
        for task in part.tasks.values()
    ]
    found["TASKPRED"] = [
        link_row(link, place, project, numbers, part.tasks.get(link.predecessor_id))
        for place, link in enumerate(part.links, first[0])
    ]
    found["TASKRSRC"] = [
        assignment_row(one, part.tasks[one.task_id], resources[one.resource_id], project, numbers) for one in part.assignments
    ]
    found["PROJCOST"] = expense_rows(project, part.assignments, numbers, first[1])
    for task in project.tasks:
        if task.custom:
            table, key = ("PROJWBS", numbers.wbs[task.id]) if task.is_summary else ("TASK", numbers.tasks[task.id])
            fields.values(table, key, number, task.custom)
    for one in part.assignments:
        fields.values("TASKRSRC", numbers.assignments[one.id], number, one.custom)
    fields.values("PROJECT", number, number, project.custom)
    return found


def _is_path_marked(project: Project) -> bool:
    """Whether what is critical does not follow from the float, so that it must be marked row by row."""
    stated = dict(project.options)
    if "critical_path_type" in stated:
        return stated["critical_path_type"] == "CT_DrivPath"
    limit = Row("", "", stated, Losses()).minutes("critical_drtn_hr_cnt", HOUR, signed=True) or 0
    return any(
        task.is_critical != (task.total_slack_minutes is not None and task.total_slack_minutes <= limit)
        for task in project.tasks
        if not task.is_summary and status(task) != "complete"
    )


def _heads(project: Project, numbers: Numbers, *, is_path_marked: bool, is_own: bool) -> tuple[list[Cells], list[Cells]]:
    """The rows of PROJECT and SCHEDOPTIONS."""
    head, options = Cells(), Cells()
    head.text("proj_id", numbers.projects[project.id])
    head.text("proj_short_name", short_name(project))
    head.text("clndr_id", numbers.calendars.get(project.default_calendar_id or "", ""))
    head.date("plan_start_date", project.start)
    head.date("scd_end_date", project.finish)
    head.date("last_recalc_date", project.data_date)
    own = {task.name for task in project.tasks if task.is_summary and task.level == 1}
    if project.name not in own and own:
        head.text("proj_name", project.name)
    for name, value in project.options if is_own else ():
        (options if name.startswith(_OPTIONS) else head).text(name, value)
    if "critical_path_type" not in head.cells:
        head.text("critical_path_type", "CT_DrivPath" if is_path_marked else "CT_TotFloat")
    if project.baseline_of_id is not None:
        head.text("orig_proj_id", numbers.projects.get(project.baseline_of_id, project.baseline_of_id))
    if options.cells:
        options.text("proj_id", numbers.projects[project.id])
    return [head], [options] if options.cells else []


def _currency(code: str) -> Cells:
    cells = Cells()
    cells.text("curr_id", "1")
    cells.number("decimal_digit_cnt", 2)
    cells.text("curr_symbol", code)
    cells.text("decimal_symbol", ".")
    cells.text("digit_group_symbol", ",")
    cells.text("pos_curr_fmt_type", "#1.1")
    cells.text("neg_curr_fmt_type", "(#1.1)")
    cells.text("curr_type", code)
    cells.text("curr_short_name", code)
    cells.number("group_digit_cnt", 3)
    cells.number("base_exch_rate", 1)
    return cells
