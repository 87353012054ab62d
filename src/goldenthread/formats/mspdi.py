"""Microsoft Project XML (MSPDI) into a ScheduleFile: every row is read once, then references between rows are checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from goldenthread.formats.errors import FormatError
from goldenthread.formats.mspdi_calendars import calendar_of
from goldenthread.formats.mspdi_resources import Nameless, Unassigned, assignment_of, custom_fields, resource_of
from goldenthread.formats.mspdi_stream import Nested, cells_of, inner, kept_parts, rows
from goldenthread.formats.mspdi_tasks import Outline, custom_of, is_blank, task_of
from goldenthread.formats.schedule_file import (
    MSPDI,
    Assignment,
    Calendar,
    CustomField,
    Kept,
    Project,
    Relationship,
    Resource,
    ScheduleFile,
    Task,
)
from goldenthread.formats.schedule_links import checked_calendars, checked_links, checked_resources
from goldenthread.formats.schedule_values import Losses, Row, shared

TASKS = 200_000
_HEAD = frozenset(
    "Title StartDate FinishDate StatusDate CalendarUID CurrencyCode MinutesPerDay MinutesPerWeek DaysPerMonth "
    "ScheduleFromStart".split()
)
_STOOD = ("Title", "Name", "UID", "GUID", "CurrencyCode", "CurrencySymbol")
_PARTS = frozenset({"Calendars", "Tasks", "Resources", "Assignments", "ExtendedAttribute"})  # emptied row by row


class _Found:
    """Rows as they come, and the ids seen so far."""

    def __init__(self) -> None:
        self.losses = Losses()
        self.outline = Outline()
        self.tasks: dict[str, Task] = {}
        self.links: list[Relationship] = []
        self.resources: dict[str, Resource] = {}
        self.assignments: list[Assignment] = []
        self.unassigned: dict[str, Unassigned] = {}
        self.kept: list[tuple[str, str]] = []  # rows that hold nothing, each with its place among the tasks
        self.calendars: dict[str, Calendar] = {}
        self.fields: dict[str, CustomField] = {}

    def take(self, name: str, element: Element) -> None:
        """Read one row."""
        if name == "Task":
            self._task(element)
        elif name == "Assignment":
            assignment = assignment_of(element, self.resources, self.losses)
            if isinstance(assignment, Assignment):
                self.assignments.append(assignment)
            elif assignment is not None:
                self.unassigned[assignment.task_id] = assignment
        elif name == "Resource":
            resource = resource_of(element, self.losses)
            if isinstance(resource, Nameless):
                self.kept += [(f"Resource/{cell}", text) for cell, text in resource.kept]
            else:
                self._keep(self.resources, resource, "Resource")
        elif name == "Calendar":
            self._keep(self.calendars, calendar_of(element, self.losses), "Calendar")
        else:
            for field in custom_fields(name, element, self.losses):
                self._keep(self.fields, field, "Custom field")

    def _task(self, element: Element) -> None:
        task, links = task_of(element, self.outline, self.losses)
        if task is None and is_blank(element):
            self.kept.append((f"Task:{len(self.tasks) - ('0' in self.tasks)}/", inner(element)))
        if task is not None and self._keep(self.tasks, task, "Task"):
            self.links += links
        if len(self.tasks) > TASKS:
            raise FormatError(f"The file holds more than {TASKS:,} tasks.", "", "Export fewer projects at once.")

    def _keep(self, known: dict[str, Any], row: Any, where: str) -> bool:
        if row is None:
            return False
        if row.id in known:
            self.losses.value(where, f"{where} {row.id[:20]} “{row.name[:60]}”", "UID", "the UID is taken; this row was left out")
            return False
        known[row.id] = row
        return True


def read_mspdi(data: bytes) -> ScheduleFile:
    """Read Microsoft Project XML; raises FormatError where the XML is broken, hostile or of another kind."""
    found = _Found()
    for name, element in rows(data):
        if name != "Project":
            found.take(name, element)
    project, program = _project(element, found)  # the root comes last, or reading it was refused
    default = project.default_calendar_id
    calendars = tuple(
        replace(one, is_default=True) if one.id == default else one
        for one in checked_calendars(found.calendars, found.losses).values()
    )
    resources = checked_resources(found.resources.values(), found.calendars, found.losses)
    fields = tuple(found.fields.values())
    return ScheduleFile(MSPDI, program, (project,), calendars, resources, fields, found.losses.found())


def _project(root: Element, found: _Found) -> tuple[Project, str]:
    head, nested = cells_of(root, "Project", found.losses)
    head.name = f"project “{(head.text('Title') or head.text('Name'))[:60]}”"
    for name in {name for name, _ in nested} - _PARTS:
        found.losses.field("Project", head.name, name)
    hidden = found.tasks.pop("0") if "0" in found.tasks and found.tasks["0"].level == 0 else None
    tasks = tuple(_summarised(task, found) for task in found.tasks.values())
    project = Project(
        id=head.text("UID") or head.text("GUID") or "1",
        name=head.text("Title") or (hidden.name if hidden else "") or head.text("Name"),
        start=head.date("StartDate"),
        finish=head.date("FinishDate"),
        data_date=head.date("StatusDate"),
        default_calendar_id=head.key("CalendarUID"),
        currency=head.text("CurrencyCode") or head.text("CurrencySymbol"),
        minutes_per_day=head.whole("MinutesPerDay", 1, 1440) or 480,
        minutes_per_week=head.whole("MinutesPerWeek", 1, 10080) or 2400,
        days_per_month=head.number("DaysPerMonth") or 20.0,
        is_scheduled_from_start=head.truth("ScheduleFromStart", default=True),
        project_row=_phased(hidden, found) if hidden is not None else None,
        tasks=tasks,
        relationships=checked_links(found.links, found.tasks, found.losses),
        assignments=tuple(one for one in found.assignments if _has_task(one, found)),
        custom=custom_of(nested, head),
        kept=(*found.kept, *_kept_head(head, nested)),
        options=tuple((name, head.text(name)) for name in head.cells if name not in _HEAD and head.text(name)),
    )
    return project, f"Microsoft Project XML {head.text('SaveVersion')}".strip()


def _kept_head(head: Row, nested: Nested) -> Kept:
    """Where the name and the currency stood, and parts that nobody asks for."""
    return (*((name, head.text(name)) for name in _STOOD if head.text(name)), *kept_parts(nested, _PARTS))


def _summarised(task: Task, found: _Found) -> Task:
    row = f"Task {task.id} “{task.name[:60]}”"
    if task.calendar_id is not None and task.calendar_id not in found.calendars:
        found.losses.value("Task", row, "CalendarUID", f"there is no calendar {task.calendar_id[:20]}; read as the project's own")
        task = replace(task, calendar_id=None)
    task = _phased(task, found)
    if task.is_summary or task.id not in found.outline.parents:
        return task
    found.losses.value("Task", row, "Summary", "rows stand under it, so it was read as a summary")
    return replace(task, is_summary=True)


def _phased(task: Task, found: _Found) -> Task:
    """A task that Microsoft assigns to nobody takes over when it is worked on."""
    if task.id not in found.unassigned:
        return task
    _, phases, kept = found.unassigned[task.id]
    return replace(task, phases=phases, kept=(*task.kept, *(shared(f"Assignment/{name}", text) for name, text in kept)))


def _has_task(assignment: Assignment, found: _Found) -> bool:
    if assignment.task_id in found.tasks:
        return True
    name = f"Assignment {assignment.id} (task {assignment.task_id[:20]})"
    found.losses.value("Assignment", name, "TaskUID", "there is no such task; the assignment was left out")
    return False
