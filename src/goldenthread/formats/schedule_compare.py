"""Two schedule files compared: rows, logic, dates, the critical path, and which change moved the finish by how much.

The dates of both are worked out here, so that a difference is one of the plans and not of the programs that dated them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import moment_of
from goldenthread.engine.schedule_compare import FinishMoved, critical_changes, dates_moved, finish_moved
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_calendars import OFFICE_WEEK, working_times
from goldenthread.formats.schedule_compare_words import Words
from goldenthread.formats.schedule_differences import Telling, logic_changes, moment, row_changes
from goldenthread.formats.schedule_file import XER, Project, ScheduleFile, Task
from goldenthread.formats.schedule_matching import MatchedProjects, matched
from goldenthread.formats.schedule_pair import PlanPair, plan_pair

METHOD = (
    "Each change is brought into the earlier schedule by the engine and credited with what the finish then moves, on average "
    "over the orders in which the changes could have come (Shapley values). The parts sum to the whole movement."
)


def compare_schedules(old: ScheduleFile, new: ScheduleFile) -> dict[str, Any]:
    """Ready to be written as JSON; FormatError where no project of one is a version of one of the other."""
    projects = matched(old, new)
    if not projects:
        raise FormatError("No project stands in both files.", "", "Compare two versions of the same project.")
    try:
        return _compared(old, new, projects)
    except EngineError as error:
        raise FormatError(f"The two plans cannot be compared: {error.message}") from error


def _compared(old: ScheduleFile, new: ScheduleFile, projects: list[MatchedProjects]) -> dict[str, Any]:
    both = plan_pair(old, new, projects)
    known = working_times(new.calendars)
    times = [known.get(one.new.default_calendar_id or "", WorkingTime(OFFICE_WEEK)) for one in projects]
    moved = finish_moved(*both.sides, calendars=times, other_program=old.kind != new.kind, part=both.parts)
    return {
        "before": {"kind": old.kind, "program": old.program},
        "after": {"kind": new.kind, "program": new.program},
        "method": METHOD,
        "is_exact": moved.is_exact,
        "projects": [_project(old, new, one, both, moved, group) for group, one in enumerate(projects)],
    }


def day_minutes(file: ScheduleFile, project: Project) -> int:
    """The length of a working day of a project."""
    default = next((one for one in file.calendars if one.id == project.default_calendar_id), None)
    stated = default.minutes_per_day if default is not None and file.kind == XER else None
    return stated or project.minutes_per_day or 480


def in_tenths(parts: list[float], whole: float) -> list[float]:
    """Parts rounded to tenths so that they still sum to the rounded whole (largest remainders)."""
    scaled = np.array(parts) * 10
    floor = np.floor(scaled + 1e-9)
    missing = round(whole * 10) - int(floor.sum())
    order = np.argsort(floor - scaled, kind="stable")
    if 0 < missing <= order.size:
        floor[order[:missing]] += 1
    return [value / 10 for value in floor.tolist()]


def _project(
    old: ScheduleFile, new: ScheduleFile, match: MatchedProjects, both: PlanPair, moved: FinishMoved, group: int
) -> dict[str, Any]:
    day = day_minutes(new, match.new)
    telling = [
        Telling({one.id: one.name for one in file.calendars}, day_minutes(file, project))
        for file, project in ((old, match.old), (new, match.new))
    ]
    rows, logic = row_changes(match, *telling), logic_changes(match, *telling)
    dates = _dates(both, match, group, day)
    spans = {one["id"]: {name: one[name] for name in ("start_before", "start", "finish_before", "finish")} for one in dates}
    return {
        "id": match.new.id,
        "name": match.new.name,
        "is_whole": True,
        "matched_by": match.way,
        "matched": len(match.pairs),
        "only_before": len(match.only_old),
        "only_after": len(match.only_new),
        **_finish(match, both, moved, group, day, rows, logic),
        "rows_added": [_row(task) for task in match.only_new],
        "rows_removed": [_row(task) for task in match.only_old],
        "rows_changed": [one | spans.get(one["id"], {}) for one in rows],
        "logic": logic,
        "dates_moved": [
            one
            for one in dates
            if one["start_before"] != one["start"]
            or one["finish_before"] != one["finish"]
            or one["float_days_before"] != one["float_days"]
        ],
        **_critical(both, group),
    }


def _finish(
    match: MatchedProjects, both: PlanPair, moved: FinishMoved, group: int, day: int, rows: list[Any], logic: list[Any]
) -> dict[str, Any]:
    """The finish before and now, and the changes that moved it, the largest first."""
    place = int(np.flatnonzero(moved.groups == group)[0]) if group in moved.groups else -1
    if place < 0:
        return {"finish_before": None, "finish": None, "moved_days": 0.0, "moved_minutes": 0, "causes": [], "without_effect": 0}
    start = [moment(one.data_date or one.start) for one in (match.old, match.new)]
    words = Words(
        both,
        {one["id"]: one["changes"] for one in rows},
        {(one["predecessor"]["id"], one["successor"]["id"]): one for one in logic},
        f": {start[0]} → {start[1]}" if start[0] != start[1] else "",
    )
    worked, clock = moved.worked, moved.by_clock
    whole = int(worked.after[place] - worked.before[place])
    parts = (worked.changes[:, place] / day).tolist()
    shown = in_tenths(parts, whole / day)
    causes = [
        {
            "words": words.of(cause),
            "kinds": list(cause.kinds),
            "rows": [both.tasks[key].id for key in cause.keys],
            "moved_days": shown[number],
            "moved_minutes": float(worked.changes[number, place]),
            "moved_clock_minutes": float(clock.changes[number, place]),
            "error_days": round(float(worked.error[number, place]) / day, 2),
        }
        for number, cause in enumerate(moved.causes)
        if worked.parts[number, place] or clock.parts[number, place]
    ]
    return {
        "finish_before": _iso(int(moved.before[place])),
        "finish": _iso(int(moved.after[place])),
        "moved_days": round(whole / day, 1),
        "moved_minutes": whole,
        "moved_clock_minutes": int(moved.after[place] - moved.before[place]),
        "causes": sorted(causes, key=lambda one: -abs(one["moved_minutes"])),
        "without_effect": len(moved.causes) - len(causes),
    }


def _dates(both: PlanPair, match: MatchedProjects, group: int, day: int) -> list[dict[str, Any]]:
    """Rows of both with their early dates and float, before and now."""
    old, new = (one.schedule for one in both.sides)
    moved = dates_moved(old, new)
    told = []
    for key, a, b in zip(moved.keys.tolist(), moved.in_old.tolist(), moved.in_new.tolist(), strict=True):
        task = both.tasks[key]
        if both.sides[1].network.group[b] != group or task.is_summary or key in both.between:
            continue
        told.append(
            {
                "id": task.id,
                "name": task.name,
                "start_before": _iso(int(old.early_start[a])),
                "start": _iso(int(new.early_start[b])),
                "finish_before": _iso(int(old.early_finish[a])),
                "finish": _iso(int(new.early_finish[b])),
                "late_finish_before": _iso(int(old.late_finish[a])),
                "late_finish": _iso(int(new.late_finish[b])),
                "float_days_before": round(int(old.total_float[a]) / day, 1),
                "float_days": round(int(new.total_float[b]) / day, 1),
            }
        )
    return told


def _critical(both: PlanPair, group: int) -> dict[str, Any]:
    came, went = critical_changes(both.sides[0].schedule, both.sides[1].schedule)
    of_group = {
        int(key)
        for side in both.sides
        for key, home in zip(side.network.key.tolist(), side.network.group.tolist(), strict=True)
        if home == group
    }
    return {
        name: [
            _row(both.tasks[key])
            for key in keys.tolist()
            if key in of_group and key not in both.between and not both.tasks[key].is_summary
        ]
        for name, keys in (("critical_entered", came), ("critical_left", went))
    }


def _row(task: Task) -> dict[str, str]:
    return {"id": task.id, "name": task.name}


def _iso(minute: int) -> str:
    return moment_of(minute).isoformat(timespec="minutes")
