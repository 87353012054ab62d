"""What moved in a schedule since an earlier plan of it: a file that was brought, or a baseline.

Where the whole of the earlier plan is kept, all of it is compared; of a baseline that is nothing but dates, the dates are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from goldenthread.formats.schedule_compare import compare_schedules
from goldenthread.formats.schedule_file import XER, Project, ScheduleFile
from goldenthread.formats.schedule_since_dates import compare_with_dates
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries.baselines import OF_FILE, baseline_dates, baselines, file_of_baseline
from goldenthread.schedule.queries.kept_files import kept_file, kept_rows, kept_versions
from goldenthread.schedule.queries.stored_file import StoredFile, stored_file

BASELINE = "baseline-"
LISTS = ("rows_added", "rows_removed", "rows_changed", "dates_moved", "critical_entered", "critical_left")


def moved_since(schedule: Schedule, earlier: str, today: date) -> dict[str, Any]:
    """earlier: the number of a brought file, or `baseline-` and the value of a baseline.

    As `formats.schedule_compare` tells of a project; each row with its activity. is_whole: whether more than dates was compared.
    """
    value = earlier.removeprefix(BASELINE) if earlier.startswith(BASELINE) else None
    known = (
        [one.value for one in baselines(schedule)] if value is not None else [str(one.number) for one in kept_versions(schedule)]
    )
    if (value or earlier) not in known:
        raise Refused("There is no such earlier plan of this schedule.")
    stored = stored_file(schedule, today)
    whole = kept_file(int(earlier)) if value is None else _whole(schedule, value, stored.file)
    if whole is None:
        dates = baseline_dates(schedule, value or "")
        told = compare_with_dates(stored.file, {key: dates[pk] for key, pk in stored.activities.items() if pk in dates})
    else:
        answer = compare_schedules(_that_counts(whole), _that_counts(stored.file))
        told = answer["projects"][0] | {"method": answer["method"], "is_exact": answer["is_exact"]}
    return _with_activities(told, stored)


def earlier_rows(schedule: Schedule, earlier: str) -> int:
    """How many rows of an earlier plan have to be worked out anew: none of one that is nothing but dates."""
    if not earlier.startswith(BASELINE):
        return kept_rows(int(earlier))
    value = earlier.removeprefix(BASELINE)
    if value.startswith(OF_FILE):
        return len(baseline_dates(schedule, value)) if _keeps_baselines_whole(schedule) else 0
    version = file_of_baseline(schedule, int(value))
    return kept_rows(version.number) if version is not None else 0


def _keeps_baselines_whole(schedule: Schedule) -> bool:
    """Primavera's files hold a baseline as a project of its own, others as dates of each row."""
    return schedule.source_key.startswith(f"{XER}:")


def _whole(schedule: Schedule, value: str, file: ScheduleFile) -> ScheduleFile | None:
    """The plan that a baseline was, where it is known."""
    if not value.startswith(OF_FILE):
        version = file_of_baseline(schedule, int(value))
        return kept_file(version.number) if version is not None else None
    frozen = [one for one in file.projects if one.baseline_of_id is not None] if _keeps_baselines_whole(schedule) else []
    number = int(value.removeprefix(OF_FILE))
    return replace(file, projects=(replace(frozen[number], baseline_of_id=None),)) if number < len(frozen) else None


def _that_counts(file: ScheduleFile) -> ScheduleFile:
    """The file without inactive rows: here a row that was stopped since is gone, and one that counts again has come."""
    return replace(file, projects=tuple(_of_project(one) for one in file.projects))


def _of_project(project: Project) -> Project:
    parents = {task.id: task.parent_id for task in project.tasks}
    kept: set[str] = set()
    for task in project.tasks:
        at: str | None = task.id if task.is_active else None
        while at in parents and at not in kept:
            kept.add(at)
            at = parents[at]
    if len(kept) == len(project.tasks):
        return project
    return replace(
        project,
        tasks=tuple(task for task in project.tasks if task.id in kept),
        relationships=tuple(
            one
            for one in project.relationships
            if one.successor_id in kept and (one.predecessor_id in kept or one.predecessor_project_id not in (None, project.id))
        ),
        assignments=tuple(one for one in project.assignments if one.task_id in kept),
    )


def _with_activities(told: dict[str, Any], stored: StoredFile) -> dict[str, Any]:
    """Each row that stands here with its activity. Ids may have been given anew, so the name has to be the same as well."""
    names = {task.id: task.name for task in stored.project.tasks}

    def found(one: dict[str, Any]) -> dict[str, Any]:
        return one | {"activity": stored.activities.get(one["id"]) if names.get(one["id"]) == one["name"] else None}

    ends = ("predecessor", "successor")
    logic = [one | {name: found(one[name]) for name in ends} for one in told["logic"]] if told["logic"] is not None else None
    lists = {name: [found(one) for one in told[name]] if told[name] is not None else None for name in LISTS}
    return told | lists | {"logic": logic}
