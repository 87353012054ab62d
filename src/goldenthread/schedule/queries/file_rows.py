"""One project of a schedule file in the columns of our tables, before anything is compared or written; and what is not kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from goldenthread.formats import schedule_file as files
from goldenthread.formats.schedule_values import Losses
from goldenthread.schedule.models import Activity, Relationship, Resource
from goldenthread.schedule.queries.file_calendars import FIRST, LAST, stored_calendar
from goldenthread.schedule.queries.file_source import LONGEST, alone

LONGEST_ID = 120
KINDS = Resource.ResourceKind
RESOURCES = {"equipment": KINDS.EQUIPMENT, "material": KINDS.MATERIAL}
CONSTRAINTS = {
    files.ALAP: Activity.Constraint.ALAP,
    files.START_NO_EARLIER: Activity.Constraint.SNET,
    files.START_NO_LATER: Activity.Constraint.SNLT,
    files.FINISH_NO_EARLIER: Activity.Constraint.FNET,
    files.FINISH_NO_LATER: Activity.Constraint.FNLT,
    files.MUST_START: Activity.Constraint.MSO,
    files.MUST_FINISH: Activity.Constraint.MFO,
    files.MANDATORY_START: Activity.Constraint.MSO,
    files.MANDATORY_FINISH: Activity.Constraint.MFO,
}
ENDING = re.compile(r"(?<=.)\.(?:xml|mpp|mpt|mpx|xer)$", re.IGNORECASE)  # a project without a title is called like its file
ON_FINISH = {"FNET", "FNLT", "MFO"}
# What is kept with the whole file and stands on no page, or is not what holds here, by the kind of row.
NO_PLACE = "kept and exported again; no page shows it yet"
OPTIONS = "settings of the program that wrote it count in dates; no page shows them"
NOT_KEPT: dict[str, dict[str, str]] = {
    "Task": dict.fromkeys(("early_start", "late_start", "total_slack_minutes"), "computed anew"),
    "Resource": dict.fromkeys(
        ("code", "group", "rates", "notes", "calendar_id", "material_unit", "baselines", "custom"), NO_PLACE
    ),
    "Assignment": dict.fromkeys(("phases", "baselines", "custom"), NO_PLACE),
    "Project": {"custom": NO_PLACE, "options": OPTIONS},
}
Moment = datetime | None


@dataclass(frozen=True)
class FileRow:
    """One activity or summary: its key in the file, that of its parent and of its calendar, and the columns it fills."""

    key: str
    parent: str | None
    calendar: str | None
    is_active: bool
    values: dict[str, Any]


@dataclass(frozen=True)
class FileResource:
    """Who or what works on it, as the file says. `email` serves only to find the person."""

    key: str
    name: str
    kind: str
    email: str = ""


@dataclass(frozen=True)
class FileSchedule:
    """One project of a file. Keys are the file's own ids; `rows` stand in the order of the outline, parents first."""

    source_key: str
    name: str
    data_date: date
    default_calendar: str | None
    rows: dict[str, FileRow]
    links: dict[tuple[str, str, str], tuple[int, str]]
    calendars: dict[str, dict[str, Any]]
    baselines: dict[tuple[str, int], tuple[date, date]]
    resources: dict[str, FileResource]
    assignments: dict[tuple[str, str], int]
    not_kept: tuple[files.NotCarried, ...]
    source: files.ScheduleFile
    starts_on: date | None = None
    finishes_on: date | None = None
    milestones: int = 0
    summaries: int = 0


def file_schedules(file: files.ScheduleFile) -> list[FileSchedule]:
    """The projects of a file that hold rows; one that is a baseline of another is read as that one's baseline."""
    kept = {project.id: project for project in file.projects if project.tasks}
    frozen: dict[str, list[files.Project]] = {}
    for project in kept.values():
        if project.baseline_of_id in kept and project.baseline_of_id != project.id:
            frozen.setdefault(str(project.baseline_of_id), []).append(project)
    lent = {one.id for some in frozen.values() for one in some}
    return [_Reading(file, one, frozen.get(one.id, [])).schedule() for one in kept.values() if one.id not in lent]


@dataclass
class _Reading:
    """Turns one project over and notes what is lost."""

    file: files.ScheduleFile
    project: files.Project
    frozen: list[files.Project]
    losses: Losses = field(default_factory=Losses)

    def schedule(self) -> FileSchedule:
        """The whole project."""
        self.calendars = self._calendars()
        default = self.usual = self._default_calendar()
        self.week = self.calendars[default]["week"] if default in self.calendars else [[[480, 1020]]] * 5 + [[], []]
        tasks = [task for task in self.project.tasks if self._is_known(task.id)]
        inside = {task.id for task in tasks}
        rows = {task.id: self._row(task, inside) for task in tasks}
        self._number(rows)
        self._lose("Project", f"project “{self.project.name[:60]}”", self.project)
        leaves = [task for task in tasks if not task.is_summary]
        resources = self._resources()
        return FileSchedule(
            source_key=f"{self.file.kind}:{self.project.id}"[:160],
            name=(ENDING.sub("", self.project.name.strip()) or "Schedule without a name")[:200],
            data_date=self._data_date(),
            default_calendar=default if default in self.calendars else None,
            rows=rows,
            links=self._links(rows),
            calendars=self.calendars,
            baselines=self._baselines(rows),
            resources=resources,
            assignments=self._assignments(rows, resources),
            not_kept=self.losses.found(),
            source=alone(self.file, self.project, self.frozen),
            starts_on=min((r.values["stated_start"] for r in rows.values() if r.values["stated_start"]), default=None),
            finishes_on=max((r.values["stated_finish"] for r in rows.values() if r.values["stated_finish"]), default=None),
            milestones=sum(task.is_milestone for task in leaves),
            summaries=len(rows) - len(leaves),
        )

    def _is_known(self, key: str) -> bool:
        """Whether a row can be found again by its id, which is kept up to 120 characters."""
        if len(key) > LONGEST_ID:
            self.losses.value(
                "Task", f"Task {key[:20]}…", "id", f"it has more than {LONGEST_ID} characters; the row was left out"
            )
        return len(key) <= LONGEST_ID

    def _default_calendar(self) -> str | None:
        known = {one.id: one for one in self.file.calendars}
        if self.project.default_calendar_id in known:
            return self.project.default_calendar_id
        return next((one.id for one in self.file.calendars if one.is_default), None)

    def _calendars(self) -> dict[str, dict[str, Any]]:
        known = {one.id: one for one in self.file.calendars}
        used = {self._default_calendar(), *(task.calendar_id for task in self.project.tasks)}
        found = {key: stored_calendar(key, known, self.losses) for key in known if key in used}
        return {key: values for key, values in found.items() if values is not None}

    def _data_date(self) -> date:
        """As stated; else, where work has begun, the last day of which something is known; else the start."""
        begun = [m for task in self.project.tasks for m in (task.actual_start, task.actual_finish) if m and not task.is_summary]
        stated = self.project.data_date
        if self.file.kind == files.MSPDI and not begun:
            stated = None  # there, what has not begun stays where it is
        first = min((task.start for task in self.project.tasks if task.start), default=None)
        moment = stated or max(begun, default=None) or self.project.start or first
        name = f"project “{self.project.name[:60]}”"
        return self._day(name, "data date", moment, begins=True) or FIRST

    def _number(self, rows: dict[str, FileRow]) -> None:
        """Positions among siblings, in file order; a summary that stands nowhere ends at the top."""
        count: Counter[str | None] = Counter()
        for row in rows.values():
            count[row.parent] += 1
            row.values["position"] = count[row.parent]

    def _lose(self, where: str, row: str, thing: Any) -> None:
        for name, why in NOT_KEPT[where].items():
            if getattr(thing, name):
                self.losses.field(where, row, name, why)

    def _row(self, task: files.Task, inside: set[str]) -> FileRow:
        row = f"Task {task.id[:20]} “{task.name[:60]}”"
        self._lose("Task", row, task)
        of_activity = self.file.kind == files.XER and not task.is_summary
        values: dict[str, Any] = {
            "name": self._name(task, row),
            "code": ((task.display_id if of_activity else task.wbs) or task.display_id)[:60],
            "is_summary": task.is_summary,
            "is_milestone": task.is_milestone and not task.is_summary,
            "is_level_of_effort": task.is_level_of_effort,
            "deadline": self._day(row, "deadline", task.deadline, ends=True),
            "stated_start": self._day(row, "start", task.start),
            "stated_finish": self._day(row, "finish", task.finish),
            **self._durations(task, row),
            **self._constraint(task, row),
            **self._progress(task, row),
        }
        parent = task.parent_id if task.parent_id in inside and task.parent_id != task.id else None
        calendar = task.calendar_id if task.calendar_id in self.calendars and task.calendar_id != self.usual else None
        return FileRow(task.id, parent, calendar, task.is_active, values)

    def _name(self, task: files.Task, row: str) -> str:
        name = " ".join(task.name.split())
        if len(name) > 300:
            self.losses.value("Task", row, "name", "a name has at most 300 characters; the rest was left out")
        return name[:300] or f"Row {task.display_id or task.id}"[:300]

    def _durations(self, task: files.Task, row: str) -> dict[str, Any]:
        nothing = {
            "duration": 0,
            "is_elapsed": False,
            "remaining": None,
            "effort_low": None,
            "effort_likely": None,
            "effort_high": None,
        }
        if task.is_summary:
            return nothing
        duration = task.duration_minutes
        if duration is None:
            duration = 0 if task.is_milestone else self.project.minutes_per_day
            if duration:
                self.losses.value("Task", row, "duration", "no duration is stated; one day was taken")
        effort = self._bounded(row, "work", task.work_minutes) or None
        left = task.remaining_minutes if task.actual_start and not task.actual_finish else None
        return {
            "duration": self._bounded(row, "duration", abs(duration)),
            "is_elapsed": task.is_duration_elapsed,
            "remaining": None if left is None else self._bounded(row, "remaining", abs(left)),
            "effort_low": effort,
            "effort_likely": effort,
            "effort_high": effort,
        }

    def _bounded(self, row: str, name: str, minutes: int | None) -> int:
        if minutes is not None and minutes > LONGEST:
            self.losses.value("Task", row, name, f"it is longer than can be kept; {LONGEST:,} minutes were taken")
        return min(minutes or 0, LONGEST)

    def _constraint(self, task: files.Task, row: str) -> dict[str, Any]:
        kind, moment = CONSTRAINTS.get(task.constraint, ""), task.constraint_at
        if task.is_manual and not task.is_summary and task.start and not task.actual_start:
            kind, moment = Activity.Constraint.FIXED, task.start
        lasts = task.duration_minutes != 0 and not task.is_milestone  # what does not last stands where its moment is
        ends, begins = kind in ON_FINISH, kind not in ON_FINISH and lasts
        day = self._day(row, "constraint", moment, ends=ends, begins=begins) if kind else None
        if kind and kind != Activity.Constraint.ALAP and day is None:
            kind = ""
        return {"constraint_kind": str(kind), "constraint_date": day if kind != Activity.Constraint.ALAP else None}

    def _progress(self, task: files.Task, row: str) -> dict[str, Any]:
        if task.is_summary:
            return {"progress": 0, "actual_start": None, "actual_finish": None}
        started, finished = self._day(row, "actual start", task.actual_start), self._day(row, "actual finish", task.actual_finish)
        progress = 100 if finished else min(max(round(task.percent_complete or 0), 0), 100)
        if started is None and (finished or progress):
            started = self._day(row, "start", task.start) or finished
        if started and finished and finished < started:
            self.losses.value("Task", row, "actual start", "it lies after the actual finish, which was taken for both")
            started = finished
        return {"progress": progress, "actual_start": started, "actual_finish": finished}

    def _day(self, row: str, name: str, moment: Moment, *, ends: bool = False, begins: bool = False) -> date | None:
        """The day of a moment. What begins as a day closes begins on the next; what ends as one opens, on the one before."""
        if moment is None:
            return None
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        shifts = self.week[day.weekday()]
        if begins and shifts and minute >= shifts[-1][1]:
            day += timedelta(days=1)
        elif ends and shifts and minute <= shifts[0][0]:
            day -= timedelta(days=1)
        if FIRST <= day <= LAST:
            return day
        self.losses.value("Task", row, name, f"{day.isoformat()} lies outside the years 1970 to 2199")
        return None

    def _links(self, rows: dict[str, FileRow]) -> dict[tuple[str, str, str], tuple[int, str]]:
        found: dict[tuple[str, str, str], tuple[int, str]] = {}
        for link in self.project.relationships:
            if link.predecessor_id not in rows or link.successor_id not in rows:
                row = f"{link.kind} from {link.predecessor_id[:20]} to {link.successor_id[:20]}"
                self.losses.value("Relationship", row, "predecessor", "relationships between projects are not kept yet")
                continue
            lag, kind = link.lag_minutes, Relationship.LagKind.WORKING
            if link.lag_percent:
                lag, kind = round(link.lag_percent), Relationship.LagKind.PERCENT
            elif link.is_elapsed and lag:
                kind = Relationship.LagKind.ELAPSED
            found[link.predecessor_id, link.successor_id, link.kind] = (min(max(lag, -LONGEST), LONGEST), str(kind))
        return found

    def _baselines(self, rows: dict[str, FileRow]) -> dict[tuple[str, int], tuple[date, date]]:
        found = {}
        for task in self.project.tasks:
            for one in task.baselines:
                row = f"Task {task.id[:20]} “{task.name[:60]}”"
                start, finish = self._day(row, "baseline", one.start), self._day(row, "baseline", one.finish)
                if start and finish and not task.is_summary and task.id in rows:
                    found[task.id, one.number] = (start, max(start, finish))
        codes = {row.values["code"]: key for key, row in rows.items() if not row.values["is_summary"]}
        for number, project in enumerate(self.frozen[:10]):
            for task in project.tasks:
                key, start, finish = (
                    codes.get(task.display_id),
                    task.planned_start or task.start,
                    task.planned_finish or task.finish,
                )
                if key is not None and start and finish and not task.is_summary:
                    found[key, number] = (start.date(), max(start, finish).date())
        return found

    def _resources(self) -> dict[str, FileResource]:
        used = {one.resource_id for one in self.project.assignments}
        found = {}
        for one in self.file.resources:
            row = f"Resource {one.id[:20]} “{one.name[:60]}”"
            if one.id not in used or not one.name.strip():
                continue
            if one.kind == "cost":
                self.losses.value("Resource", row, "kind", "money spent by itself stands on the page of its row alone")
                continue
            self._lose("Resource", row, one)
            kind = RESOURCES.get(one.kind, KINDS.ROLE if one.is_generic else KINDS.PERSON)
            found[one.id] = FileResource(one.id, " ".join(one.name.split())[:120], str(kind), one.email.strip().lower())
        return found

    def _assignments(self, rows: dict[str, FileRow], resources: dict[str, FileResource]) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for one in self.project.assignments:
            if one.task_id in rows and one.resource_id in resources:
                self._lose("Assignment", f"Assignment {one.id[:20]}", one)
                is_part = one.units is not None and resources[one.resource_id].kind != KINDS.MATERIAL
                found[one.task_id, one.resource_id] += round((one.units or 0) * 100) if is_part else 100
        return {pair: min(max(units, 0), 1000) for pair, units in found.items()}
