"""A plan beside a baseline that holds dates alone: rows, durations, dates and the finish; never which change moved it.

In the shape of `schedule_compare`, with None for what dates cannot tell. All in whole days: a baseline has no times of day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from goldenthread.engine.calendars import WorkingTime
from goldenthread.formats.schedule_calendars import OFFICE_WEEK, working_times
from goldenthread.formats.schedule_compare import day_minutes
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_differences import Telling
from goldenthread.formats.schedule_file import ScheduleFile, Task

Span = tuple[dt.date, dt.date]
METHOD = (
    "This baseline holds dates alone: no relationships, constraints or calendars. So which change moved the finish, what was "
    "critical and how much float there was cannot be told. A duration counts the working days from start to finish."
)


def compare_with_dates(file: ScheduleFile, planned: Mapping[str, Span]) -> dict[str, Any]:
    """planned: start and finish by the id of the task. Level of effort is left out: it lasts as long as other work does."""
    project = next(one for one in file.projects if one.baseline_of_id is None)
    told = critical_path(file, with_drags=False)["projects"][0]
    tasks = {task.id: task for task in project.tasks if not task.is_summary and not task.is_level_of_effort}
    dated = {row["id"]: row for row in told["rows"] if row["id"] in tasks}
    once = {key: span for key, span in planned.items() if key in tasks}
    now = {key: (_day(row["start"]), max(_day(row["start"]), _day(row["finish"]))) for key, row in dated.items()}
    both = [key for key in now if key in once]
    day = day_minutes(file, project)
    time = working_times(file.calendars).get(project.default_calendar_id or "", WorkingTime(OFFICE_WEEK))
    added = [_row(tasks[key]) for key in now if key not in once]
    removed = [_row(tasks[key]) for key in once if not tasks[key].is_active]
    return {
        "id": project.id,
        "name": project.name,
        "is_whole": False,
        "method": METHOD,
        "matched_by": "unique id",
        "matched": len(both),
        "only_before": len(removed),
        "only_after": len(added),
        **_finish(once, now, tasks, time, day),
        "causes": [],
        "without_effect": 0,
        "rows_added": added,
        "rows_removed": removed,
        "rows_changed": [one for key in both if (one := _lasting(tasks[key], once[key], now[key], time, day))],
        "logic": None,
        "dates_moved": [
            {
                **_row(tasks[key]),
                "start_before": once[key][0].isoformat(),
                "start": now[key][0].isoformat(),
                "finish_before": once[key][1].isoformat(),
                "finish": now[key][1].isoformat(),
                "float_days_before": None,
                "float_days": round(dated[key]["total_float_minutes"] / day, 1),
            }
            for key in both
            if once[key] != now[key]
        ],
        "critical_entered": None,
        "critical_left": None,
    }


def _finish(
    once: Mapping[str, Span], now: Mapping[str, Span], tasks: Mapping[str, Task], time: WorkingTime, day: int
) -> dict[str, Any]:
    """The last finish in the baseline and now, each with a row that ends then, and the working time between the two.

    `same_rows`: the same now of the rows alone that are in the baseline.
    """
    before, after, same = (_last(spans) for spans in (once, now, {key: now[key] for key in now if key in once}))
    moved, of_same = (
        time.minutes_between(_opens(before[1], 1), _opens(then[1], 1)) if before and then else 0 for then in (after, same)
    )
    return {
        "finish_before": before[1].isoformat() if before else None,
        "finish": after[1].isoformat() if after else None,
        "last_before": _row(tasks[before[0]]) if before else None,
        "last": _row(tasks[after[0]]) if after else None,
        "moved_minutes": moved,
        "moved_days": round(moved / day, 1),
        "same_rows": {"finish": same[1].isoformat(), "moved_days": round(of_same / day, 1)} if same else None,
    }


def _last(spans: Mapping[str, Span]) -> tuple[str, dt.date] | None:
    """The row that ends last, and when."""
    key = max(spans, key=lambda one: spans[one][1], default=None)
    return None if key is None else (key, spans[key][1])


def _lasting(task: Task, once: Span, now: Span, time: WorkingTime, day: int) -> dict[str, Any] | None:
    """A row whose duration differs."""
    before, after = (time.minutes_between(_opens(start), _opens(finish, 1)) for start, finish in (once, now))
    if task.is_milestone or before == after:
        return None
    words = Telling({}, day)
    return {**_row(task), "changes": [{"field": "duration", "before": words.length(before), "after": words.length(after)}]}


def _opens(day: dt.date, later: int = 0) -> dt.datetime:
    """Midnight at which a day begins, or so many days after it."""
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(days=later)


def _day(moment: str) -> dt.date:
    return dt.date.fromisoformat(moment[:10])


def _row(task: Task) -> dict[str, str]:
    return {"id": task.id, "name": task.name}
