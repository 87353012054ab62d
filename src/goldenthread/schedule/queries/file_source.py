"""One project of a schedule file by itself, with what it uses of what the projects of the file share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from goldenthread.formats.schedule_file import NotCarried, Project, ScheduleFile, Task

LONGEST = 10_000_000  # working minutes; about eighty years


def alone(file: ScheduleFile, project: Project, frozen: Iterable[Project]) -> ScheduleFile:
    """The file with this project, its baselines, and the calendars and resources of both."""
    shared = sum(one.baseline_of_id is None for one in file.projects) > 1
    projects = tuple(replace(one, tasks=tuple(map(_bounded, one.tasks))) for one in (project, *frozen))
    used = {one.resource_id for each in projects for one in each.assignments}
    used = _with_those_above(used, {one.id: one.parent_id for one in file.resources})
    resources = tuple(one for one in file.resources if one.id in used)
    held = {one.id for one in file.calendars if one.is_default} | {one.calendar_id for one in resources if one.calendar_id}
    for each in projects:
        held |= {key for key in (each.default_calendar_id, *(task.calendar_id for task in each.tasks)) if key is not None}
    held = _with_those_above(held, {one.id: one.base_id for one in file.calendars})
    calendars = tuple(one for one in file.calendars if one.id in held)
    file = replace(file, projects=projects, resources=resources, calendars=calendars)
    return replace(file, not_carried=_of_one(file)) if shared else file


def _of_one(file: ScheduleFile) -> tuple[NotCarried, ...]:
    """What was lost, without the rows: they may be of another project."""
    return tuple(replace(one, row="") for one in file.not_carried)


def _bounded(task: Task) -> Task:
    """What lasts longer than any column holds, lasts as long as that."""
    if max(task.duration_minutes or 0, task.remaining_minutes or 0) <= LONGEST:
        return task
    remaining = None if task.remaining_minutes is None else min(task.remaining_minutes, LONGEST)
    return replace(task, duration_minutes=min(task.duration_minutes or 0, LONGEST), remaining_minutes=remaining)


def _with_those_above(keys: set[str], above: Mapping[str, str | None]) -> set[str]:
    found: set[str] = set()
    waiting: list[str | None] = list(keys)
    while waiting:
        key = waiting.pop()
        if key is not None and key not in found:
            found.add(key)
            waiting.append(above.get(key))
    return found
