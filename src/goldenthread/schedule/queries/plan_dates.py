"""Dates of a project's schedule, worked out as those of a schedule file are, by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import Task
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule.models import ActivityDates, Schedule
from goldenthread.schedule.queries.parts import parts_of
from goldenthread.schedule.queries.stored_file import StoredFile, stored_file


def plan_dates(schedule: Schedule, today: date) -> list[ActivityDates]:
    """Dates and floats of every row that is work, unsaved; Refused names the rows that wait for each other in a circle."""
    stored = stored_file(schedule, today)
    try:
        told = critical_path(stored.file)["projects"][0]
    except FormatError as error:
        raise Refused(f"{error.place}: {error.message}" if error.place else error.message, advice=error.advice) from error
    organisation = current_organisation()
    rows = [row for row in told["rows"] if not row["is_summary"]]
    tasks = {task.id: task for task in stored.project.tasks if task.is_level_of_effort and task.is_active}
    parts = _parts(stored)
    lasting = [found for row in told["left_out"] if row["id"] in tasks and (found := _lasting(row, tasks[row["id"]]))]
    return [
        ActivityDates(
            organisation=organisation,
            activity_id=stored.activities[row["id"]],
            early_start=_day(row["start"]),
            early_finish=max(_day(row["start"]), _day(row["finish"])),
            late_start=_day(row["late_start"]),
            late_finish=max(_day(row["late_start"]), _day(row["late_finish"])),
            total_float=row["total_float_minutes"],
            free_float=row["free_float_minutes"],
            is_critical=row["is_critical"],
            is_on_longest_path=row["is_on_longest_path"],
            driven_by=[stored.activities[key] for key in row["driven_by"]],
            drag=row["drag_minutes"],
            parts=_fitting(parts.get(row["id"]), row),
        )
        for row in (*rows, *lasting)
    ]


def _parts(stored: StoredFile) -> dict[str, list[tuple[datetime, datetime]]]:
    """Of each split task when it is worked on."""
    given = defaultdict(list)
    for one in stored.project.assignments:
        if one.phases:
            given[one.task_id].append(one)
    week = stored.usual_week
    told = {task.id: parts_of(task, given[task.id], week) for task in stored.project.tasks if task.phases or task.id in given}
    return {key: parts for key, parts in told.items() if parts}


def _fitting(parts: list[tuple[datetime, datetime]] | None, row: dict[str, Any]) -> list[list[str]] | None:
    """The days of the parts, while the row lasts from the first to the last of them: else nobody knows where it pauses."""
    if parts is None or (parts[0][0].date(), parts[-1][1].date()) != (_day(row["start"]), _day(row["finish"])):
        return None
    return [[start.date().isoformat(), finish.date().isoformat()] for start, finish in parts]


def _lasting(row: dict[str, Any], task: Task) -> dict[str, Any] | None:
    """A level of effort: it lasts as long as what it goes along with, else as its file says, and is never critical."""
    said = [moment.isoformat() if moment is not None else None for moment in (task.start, task.finish)]
    start, finish = row["start"] or said[0] or row["finish"], row["finish"] or said[1] or row["start"]
    if start is None or finish is None:
        return None
    return {
        "id": row["id"],
        **dict.fromkeys(("start", "late_start"), start),
        **dict.fromkeys(("finish", "late_finish"), max(start, finish)),
        "total_float_minutes": 0,
        "free_float_minutes": 0,
        "is_critical": False,
        "is_on_longest_path": False,
        "drag_minutes": None,
        "driven_by": [],
    }


def _day(moment: str) -> date:
    return date.fromisoformat(moment[:10])
