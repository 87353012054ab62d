"""A ScheduleFile as Microsoft Project XML (MSPDI), which holds one project.

What was read from such a file is written as it stood there; the elements stand in Microsoft's order (`mspdi_order`). The
bytes are read again at once, and all that they do not say is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from goldenthread.formats.errors import FormatError
from goldenthread.formats.mspdi import read_mspdi
from goldenthread.formats.mspdi_cells import Cells, holder
from goldenthread.formats.mspdi_writer_calendars import calendar_xml
from goldenthread.formats.mspdi_writer_fields import FieldPlan, planned
from goldenthread.formats.mspdi_writer_resources import assignments_xml, nameless_xml, resource_xml
from goldenthread.formats.mspdi_writer_tasks import Numbers, task_xml, tasks_xml
from goldenthread.formats.schedule_file import MSPDI, Project, ScheduleFile
from goldenthread.formats.schedule_losses import Comparison, Renamed, Written
from goldenthread.formats.schedule_numbers import is_number, numbered

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Project xmlns="http://schemas.microsoft.com/project">',
    "</Project>\n",
)
_VERSION = "14"
_NO_PLACE = "Microsoft Project XML has no place for it"
_WHY = {
    ("Project", "default_calendar_id"): "there is no such calendar in the file",
    ("Task", "constraint"): "Microsoft Project has no mandatory dates; written as must start on or must finish on",
    ("Task", "display_id"): "it is no number; written as the custom field Activity ID, and the rows are counted from 1",
    ("Task", "kind"): "written as the kind of task that is closest",
    ("Task", "priority"): "written as a number: Normal is 500",
    ("Task", "percent_kind"): "Microsoft Project counts the percentage of the duration",
    ("Task", "is_level_of_effort"): "Microsoft Project has no level of effort; written as an ordinary task",
    ("Task", "start"): "the summary states none; written as those of the rows under it",
    ("Task", "finish"): "the summary states none; written as those of the rows under it",
    ("Resource", "kind"): "Microsoft Project has no equipment; written as work",
    ("Custom field", "all"): "more fields than Microsoft Project has texts, or a field of the project",
    ("Relationship", "all"): "its other end stands in another project, which this file cannot hold",
}


def write_mspdi(file: ScheduleFile, project_id: str = "") -> Written:
    """The project `project_id`, or the only one, as XML; raises FormatError where several stand to choose from."""
    project = chosen(file, project_id)
    plan = planned(file, project)
    tasks = numbered((task.id for task in project.tasks), 0 if file.kind == MSPDI and project.project_row is None else 1)
    calendars = numbered((one.id for one in file.calendars), 0)
    resources = numbered((one.id for one in file.resources), 0 if file.kind == MSPDI else 1)
    assignments = numbered((one.id for one in project.assignments), 0)
    lines = {task.id: row for row, task in enumerate(project.tasks, 1)}
    rows = {f"assignment:{key}": int(number) for key, number in assignments.items()}
    if project.project_row is not None:
        tasks[project.project_row.id] = "0"
    numbers = Numbers(tasks, resources, calendars, plan.numbers, lines | rows)
    data = _document(file, project, numbers, plan).encode()
    again = read_mspdi(data)
    names = Renamed(tasks, resources, calendars, assignments, plan.numbers, {project.id: again.projects[0].id})
    return Written(data, Comparison(names, _WHY, _NO_PLACE, is_same_kind=file.kind == MSPDI).files(file, again, [project]))


def chosen(file: ScheduleFile, project_id: str = "") -> Project:
    """The project to write where a format holds but one; baselines of another project do not count as projects."""
    if project_id:
        found = next((one for one in file.projects if project_id in (one.id, one.name)), None)
        if found is None:
            known = ", ".join(f"{one.id} “{one.name[:40]}”" for one in file.projects[:20])
            raise FormatError(f"There is no project {project_id[:40]} in the file.", "", f"It holds: {known}.")
        return found
    own = [one for one in file.projects if one.baseline_of_id is None]
    if len(own) != 1:
        known = ", ".join(f"{one.id} “{one.name[:40]}”" for one in file.projects[:20])
        raise FormatError(
            f"The file holds {len(file.projects)} projects, and this format one.", "", f"Choose with --project: {known}."
        )
    return own[0]


def _document(file: ScheduleFile, project: Project, numbers: Numbers, plan: FieldPlan) -> str:
    cells = Cells(
        "Project", tuple(pair for pair in project.kept if "/" not in pair[0].rstrip("/") and not pair[0].startswith("Task:"))
    )
    for name, value in project.options:
        cells.text(name, value)
    _settings(cells, project, numbers, is_own=file.kind == MSPDI)
    cells.rows("ExtendedAttributes", [holder("ExtendedAttributes", plan.attributes)])
    cells.rows("OutlineCodes", [holder("OutlineCodes", plan.codes)])
    cells.rows("Calendars", [holder("Calendars", (calendar_xml(one, numbers.calendars) for one in file.calendars))])
    whole = project.project_row
    first = [task_xml(whole, (), numbers, "0")] if whole is not None else []
    tasks = tasks_xml(project.tasks, project.relationships, numbers, plan.activity_code)
    cells.rows("Tasks", [holder("Tasks", [*first, *_with_blanks(project, tasks)])])
    nobody = [] if "0" in numbers.resources.values() else [nameless_xml(project.kept)]
    people = [*nobody, *(resource_xml(one, numbers, row) for row, one in enumerate(file.resources, 1))]
    cells.rows("Resources", [holder("Resources", people)])
    rows = ([whole] if whole is not None else []) + list(project.tasks)
    cells.rows("Assignments", [holder("Assignments", assignments_xml(project.assignments, rows, numbers))])
    return cells.xml().replace("<Project>", _HEAD[0], 1)


def _settings(cells: Cells, project: Project, numbers: Numbers, *, is_own: bool) -> None:
    whole = project.project_row
    known = cells.stated.get("Title") or (whole.name if whole is not None else "") or cells.stated.get("Name", "")
    if known != project.name:
        cells.text("Title", project.name)
    if project.currency not in (cells.stated.get("CurrencyCode"), cells.stated.get("CurrencySymbol")):
        cells.text("CurrencyCode", project.currency)
    if not is_own:
        cells.text("SaveVersion", _VERSION)
        cells.text("UID", project.id if is_number(project.id) else "")
    cells.date("StartDate", project.start)
    cells.date("FinishDate", project.finish)
    cells.date("StatusDate", project.data_date)
    cells.text("CalendarUID", numbers.calendars.get(project.default_calendar_id or "", ""))
    cells.whole("MinutesPerDay", project.minutes_per_day)
    cells.whole("MinutesPerWeek", project.minutes_per_week)
    cells.number("DaysPerMonth", project.days_per_month)
    cells.flag("ScheduleFromStart", value=project.is_scheduled_from_start)


def _with_blanks(project: Project, tasks: Sequence[str]) -> list[str]:
    """The tasks, with the empty rows of the file between them where they stood."""
    blanks = [(int(where), xml) for name, xml in project.kept if name.startswith("Task:") for where in [name[5:].rstrip("/")]]
    found = list(tasks)
    for place, xml in sorted(blanks, reverse=True):
        found.insert(min(place, len(found)), f"<Task>{xml}</Task>\n")
    return found
