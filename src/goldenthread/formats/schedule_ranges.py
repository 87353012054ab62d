"""What a schedule file says about the uncertainty of its durations, and what a minute of its work costs."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from goldenthread.formats.schedule_file import Assignment, Project, ScheduleFile, Task
from goldenthread.formats.schedule_network import PlanNetwork

Floats = npt.NDArray[np.float64]
_NAMES = (
    ("optimistic duration", "minimum duration", "shortest duration"),
    ("expected duration", "most likely duration", "likely duration"),
    ("pessimistic duration", "maximum duration", "longest duration"),
)
_WRITTEN = re.compile(r"PT(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:\d+(?:\.\d+)?S)?$")


def range_fields(file: ScheduleFile) -> tuple[frozenset[str], ...]:
    """The fields in which the file says the shortest, the likely and the longest duration, by what they are called."""
    named = [(one.id, one.name.strip().lower()) for one in file.custom_fields if one.of == "task"]
    return tuple(frozenset(key for key, name in named if name in names) for names in _NAMES)


def own_range(task: Task, fields: tuple[frozenset[str], ...], remaining: int) -> tuple[float, float, float] | None:
    """Three durations in working minutes, of begun work the part that remains; None where the row does not state all three."""
    found = []
    for keys in fields:
        written = next((_WRITTEN.match(one.value) for one in task.custom if one.field_id in keys), None)
        if written is None:
            return None
        found.append(int(written[1] or 0) * 60 + int(written[2] or 0))
    low, likely, high = found
    if not 0 < low <= likely <= high:
        return None
    share = remaining / task.duration_minutes if task.actual_start is not None and task.duration_minutes else 1.0
    return low * share, likely * share, high * share


def rates(plan: PlanNetwork, projects: list[Project]) -> tuple[Floats, Floats]:
    """Of every row the cost that no duration changes, and the cost of a minute: what its people are still to be paid."""
    by_task: dict[tuple[str, str], list[Assignment]] = {}
    for project in projects:
        for one in project.assignments:
            by_task.setdefault((project.id, one.task_id), []).append(one)
    fixed, per_minute = np.zeros(len(plan.rows)), np.zeros(len(plan.rows))
    for row, of_row in enumerate(plan.rows):
        if of_row is None:
            continue
        task, minutes = of_row[1], int(plan.network.duration[row])
        work = sum((_left(each) for each in by_task.get((of_row[0], task.id), ()) if each.work_minutes), Decimal(0))
        per_minute[row] = float(work) / minutes if minutes else 0.0
        fixed[row] = float((task.cost or Decimal(0)) - (work if minutes else 0))
    return fixed, per_minute


def _left(one: Assignment) -> Decimal:
    if one.remaining_cost is not None:
        return one.remaining_cost
    return (one.cost or Decimal(0)) - (one.actual_cost or Decimal(0))
