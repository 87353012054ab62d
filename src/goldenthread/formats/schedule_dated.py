"""A ScheduleFile with the dates that are worked out of it in place of those it states."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import Project, ScheduleFile, Task


def with_dates(file: ScheduleFile) -> ScheduleFile:
    """Start, finish, early and late dates, floats and the critical mark of every row that is scheduled; others stay as stated."""
    told = {project["id"]: project for project in critical_path(file, with_drags=False)["projects"]}
    return replace(file, projects=tuple(_dated(one, told[one.id]) if one.id in told else one for one in file.projects))


def _dated(project: Project, told: dict[str, Any]) -> Project:
    rows = {row["id"]: row for row in told["rows"]}
    lasting = {row["id"]: row for row in told["left_out"]}
    tasks = tuple(
        _task(task, rows[task.id]) if task.id in rows else _lasting(task, lasting[task.id]) if task.id in lasting else task
        for task in project.tasks
    )
    return replace(
        project, tasks=tasks, start=project.start or _moment(told["start"]), finish=_moment(told["finish"]) or project.finish
    )


def _task(task: Task, row: dict[str, Any]) -> Task:
    values: dict[str, Any] = {name: _moment(row[name]) for name in ("early_start", "early_finish", "late_start", "late_finish")}
    if row["free_float_minutes"] is not None:
        values["free_slack_minutes"] = row["free_float_minutes"]
    return replace(
        task,
        start=task.actual_start or _moment(row["start"]),
        finish=task.actual_finish or _moment(row["finish"]),
        total_slack_minutes=row["total_float_minutes"],
        is_critical=row["is_critical"],
        **values,
    )


def _lasting(task: Task, row: dict[str, Any]) -> Task:
    """A level of effort lasts as long as what it goes along with, where that is known."""
    if not task.is_active or not task.is_level_of_effort:
        return task
    return replace(task, start=_moment(row["start"]) or task.start, finish=_moment(row["finish"]) or task.finish)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
