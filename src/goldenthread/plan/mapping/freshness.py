"""Rows -> what the freshness of a plan is computed from: steps and assumptions with their last look, hours by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goldenthread.engine.freshness import Touch
from goldenthread.engine.thread_links import Key, Work
from goldenthread.plan.mapping.gaps import GapRows
from goldenthread.plan.models import BusinessPlan, Contribution, Step
from goldenthread.projects.models import Project

STEP_DAYS = 30  # somebody looks at each step once a month, or once a review where that is more often
LEAST_DAYS = 7  # of a version in force before its hours are compared with those worked
MOST_DAYS = 28
SETTLED = (Contribution.Shown.SHOWN, Contribution.Shown.REFUTED)  # what was judged is no assumption any more


@dataclass(frozen=True)
class Span:
    """The days over which planned and worked hours are compared, both counted."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days + 1

    def part_of(self, start: date, finish: date) -> float:
        """The part of the days from start to finish that lies in the span, 0 to 1."""
        common = (min(self.end, finish) - max(self.start, start)).days + 1
        return max(0, common) / max(1, (finish - start).days + 1)


def span(plan: BusinessPlan, day: date) -> Span:
    """The last four weeks, or since the version in force was approved."""
    first = day - timedelta(days=MOST_DAYS - 1)
    return Span(max(first, plan.approved_on) if plan.approved_on else first, day)


def step_cadence(plan: BusinessPlan) -> int:
    """Days within which a step is to be confirmed."""
    return min(STEP_DAYS, plan.review_days)


def open_steps(rows: GapRows, work: Iterable[Work]) -> list[Step]:
    """Steps that are neither stopped nor done, in the order of the plan."""
    steps = rows.steps
    return [steps[int(str(item.key).partition(":")[2])] for item in work if item.kind == "step"]


def assumptions(rows: GapRows, steps: Iterable[Step], office_id: int) -> list[Any]:
    """Effects on the office's figures that the open steps, and the running projects they supervise, are expected to have.

    Each is an assumption until it is judged.
    """
    ids = {step.pk for step in steps}
    projects = {project for step, supervised in rows.supervised.items() if step in ids for project in supervised}
    found: list[Any] = []
    for row in rows.contributions:
        project: Project | None = row.project
        is_ours = row.step_id in ids or (
            project is not None and project.pk in projects and project.state == Project.State.RUNNING and project.gone_on is None
        )
        if is_ours and row.kpi_office == office_id and row.shown not in SETTLED:  # type: ignore[attr-defined]
            found.append(row)
    return found


def step_touches(steps: Iterable[Step], cadence: int) -> list[Touch]:
    """When each step was last confirmed or changed."""
    return [Touch(step.pk, step.updated_on, cadence) for step in steps]


def assumption_touches(rows: Iterable[Contribution], cadence: int) -> list[Touch]:
    """When each effect was last confirmed."""
    return [Touch(row.pk, row.confirmed_on, cadence) for row in rows]


def groups(activities: list[Any]) -> dict[int, str]:
    """Id of an activity -> what its hours are compared under: the service of the step it stands under, else the top step."""
    by_id = {a.pk: a for a in activities}
    found: dict[int, str] = {}

    def group(activity: Any) -> str:
        if activity.pk not in found:
            step, above = getattr(activity, "step", None), by_id.get(activity.parent_id)
            if step is not None and step.service_id is not None:
                found[activity.pk] = f"service:{step.service_id}"
            else:
                found[activity.pk] = group(above) if above is not None else f"activity:{activity.pk}"
        return found[activity.pk]

    for activity in activities:
        group(activity)
    return found


def planned_hours(frozen: Iterable[tuple[int, date, date, int | None]], activities: list[Any], when: Span) -> dict[Key, float]:
    """Hours by group that the baseline of the version in force puts in the span: of leaves, spread evenly over their days.

    `frozen`: activity, start, finish and minutes; those not estimated count as long as they last.
    """
    by_id, summaries = {a.pk: a for a in activities}, {a.parent_id for a in activities}
    of = groups(activities)
    total: dict[Key, float] = defaultdict(float)
    for pk, start, finish, minutes in frozen:
        if pk in by_id and pk not in summaries:
            total[of[pk]] += (by_id[pk].duration if minutes is None else minutes) * when.part_of(start, finish) / 60
    return {group: hours for group, hours in total.items() if hours}


def worked_hours(logged: Mapping[tuple[str, int], int], activities: list[Any]) -> dict[Key, float]:
    """Hours by group from minutes by ("activity" or "service", id)."""
    of = groups(activities)
    total: dict[Key, float] = defaultdict(float)
    for (kind, pk), minutes in logged.items():
        total[of[pk] if kind == "activity" else f"service:{pk}"] += minutes / 60
    return dict(total)
