"""When work finishes: as simulated runs of its schedule have it, or as a range round the date of a project without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from goldenthread.engine.thread_data import Floats, Ints
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.projects.models import Project
from goldenthread.schedule import queries as schedules

# A project known only by its forecast date: assumed to finish between 5 % of the remaining time early and 30 % late.
PROJECT_EARLY, PROJECT_LATE = 0.05, 0.30
SEED = 20_260


@dataclass(frozen=True)
class Finish:
    """Days from today (negative: finished), and the activities whose remaining work decides it, first to last.

    runs: the day in each simulated run of the schedule with the id `schedule`, (runs,); empty where the days are a triangle.
    """

    low: float
    likely: float
    high: float
    chain: tuple[int, ...] = ()
    runs: Floats = field(default_factory=lambda: np.zeros(0), compare=False)
    schedule: int = 0


def finishes(rows: ThreadRows, seed: int = SEED) -> dict[str, Finish]:
    """Reference -> finish, for every step with an effect or a supervision that has a date, and every project; else none."""
    children = rows.below()
    plan = rows.office.plan.schedule
    course = schedules.driving_chains(
        list(rows.activities.values()), rows.relationships, rows.office.organisation, plan.data_date or rows.today
    )
    named = {row.step_id for some in (rows.contributions, rows.supervisions) for row in some if row.step_id}
    leaves = {
        step.pk: [
            activity for pk in rows.leaves(step.activity_id, children) if (activity := rows.activities[pk]).cancelled_on is None
        ]
        for step in rows.steps.values()
        if step.pk in named
    }
    still = {pk: [a.pk for a in some if not a.is_done and a.pk in rows.dates] for pk, some in leaves.items()}
    drawn = schedules.finishes_of_plan(course, rows.activities, still, seed)
    found: dict[str, Finish] = {}
    for pk, some in leaves.items():
        ends = [a.actual_finish for a in some if a.actual_finish]
        if pk in drawn:
            last = max(still[pk], key=lambda leaf: (rows.dates[leaf].early_finish, leaf))
            found[f"step:{pk}"] = _drawn(drawn[pk], rows.today, plan.pk, course.of(last))
        elif ends and not still[pk]:
            found[f"step:{pk}"] = _certain((max(ends) - rows.today).days)
    for project in rows.projects.values():
        finish = _project_finish(project, rows)
        if finish is not None:
            found[f"project:{project.pk}"] = finish
    return found


def _certain(day: float) -> Finish:
    return Finish(float(day), float(day), float(day))


def _drawn(ordinals: Ints, today: date, schedule_id: int, chain: tuple[int, ...] = ()) -> Finish:
    """What is not finished does so today at the earliest."""
    days = np.maximum(ordinals - float(today.toordinal()), 0.0)
    low, likely, high = float(days.min()), float(np.median(days)), float(days.max())
    return Finish(low, likely, high, chain, days, schedule_id)


def _project_finish(project: Project, rows: ThreadRows) -> Finish | None:
    if project.state == Project.State.CLOSED and project.finishes_on is not None:
        return _certain(min((project.finishes_on - rows.today).days, -1))
    ordinals = rows.networks.get(project.pk)
    # A schedule that ends before today in most runs is older than what it tells of.
    if ordinals is not None and np.median(ordinals) >= rows.today.toordinal():
        return _drawn(ordinals, rows.today, project.schedule_id or 0)
    if project.finishes_on is None:
        return None
    likely = float((project.finishes_on - rows.today).days)
    left = max(likely, 0.0)
    # A date that has passed without a closure cannot be true any more: it may still come, within a quarter.
    high = left * (1 + PROJECT_LATE) if likely > 0 else 90.0
    return Finish(left * (1 - PROJECT_EARLY), left if likely > 0 else 30.0, high)


def networks_of(projects: Mapping[int, Project], today: date, seed: int = SEED) -> dict[int, Ints]:
    """Project -> the days, as ordinals, on which it ends in runs of its schedule; for those that have one and are not over."""
    over = (Project.State.CLOSED, Project.State.CANCELLED)
    found = {
        pk: schedules.finishes_of_schedule(project.schedule, today, seed)
        for pk, project in projects.items()
        if project.schedule is not None and project.state not in over
    }
    return {pk: days for pk, days in found.items() if days is not None}
