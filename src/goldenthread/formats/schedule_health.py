"""The health of a schedule file: every check of every project in it, with the rows at fault, ready to be written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import Schedule
from goldenthread.engine.health.plan import OUTSIDE, Link, Plan, Row
from goldenthread.engine.health.review import PracticeResult, Result, review
from goldenthread.engine.network import ROUND_THE_CLOCK, moment_of
from goldenthread.formats.schedule_calendars import OFFICE_WEEK, working_times
from goldenthread.formats.schedule_dates import computed
from goldenthread.formats.schedule_file import XER, Baseline, Project, Relationship, ScheduleFile, Task
from goldenthread.formats.schedule_network import PlanNetwork

WHOLE_DAY = 1440


def health(file: ScheduleFile) -> dict[str, Any]:
    """Projects with their score, what to mend first, every check and every practice."""
    return {
        "kind": file.kind,
        "program": file.program,
        "projects": [_told(project.id, plan) for project, plan in plans(file)],
    }


def plans(file: ScheduleFile) -> list[tuple[Project, Plan]]:
    """Each project that is no baseline of another, as the checks read it, on the dates of the whole file."""
    network, dates = computed(file)
    calendars = working_times(file.calendars)
    known = [project for project in file.projects if project.baseline_of_id is None]
    return [(project, _plan(file, project, network, dates, calendars, group)) for group, project in enumerate(known)]


def _told(key: str, plan: Plan) -> dict[str, Any]:
    seen = review(plan)
    return {
        "id": key,
        "name": plan.name,
        "data_date": plan.data_date.isoformat(timespec="minutes") if plan.data_date else None,
        "score": None if seen.score is None else seen.score / 10,
        "mend_first": [one.check.id for one in seen.first],
        "checks": [_check(one) for one in seen.results],
        "practices": [_practice(one) for one in seen.practices],
    }


def _check(one: Result) -> dict[str, Any]:
    return {
        "id": one.check.id,
        "family": one.check.family.value,
        "title": one.check.title,
        "measures": one.check.measures,
        "passed": one.passed,
        "measured": one.measured,
        "measured_words": one.measured_words,
        "limit": one.check.limit.value,
        "limit_words": one.check.limit.words,
        "unit": one.check.limit.unit,
        "counted": one.counted,
        "weight": one.check.weight,
        "points_lost": one.lost / 10,
        "note": one.note,
        "advice": one.check.advice if one.passed is False else "",
        "findings": [{"id": each.row, "name": each.name, "detail": each.detail} for each in one.findings],
    }


def _practice(one: PracticeResult) -> dict[str, Any]:
    return {
        "id": one.practice.id,
        "title": one.practice.title,
        "trait": one.practice.trait,
        "passed": one.passed,
        "tests": list(one.practice.tests),
        "failed": list(one.failed),
        "words": one.words,
    }


def _plan(
    file: ScheduleFile, project: Project, network: PlanNetwork, dates: Schedule, calendars: Mapping[str, WorkingTime], group: int
) -> Plan:
    default = next((one for one in file.calendars if one.id == project.default_calendar_id), None)
    stated = default.minutes_per_day if default is not None and file.kind == XER else None
    day = stated or project.minutes_per_day or 480
    facts = _Facts(file, project, network, day)
    wanted = network.options.finishes.get(group)
    return Plan(
        name=project.name,
        rows=[facts.row(task) for task in project.tasks],
        links=_links(file, project, day),
        schedule=dates,
        options=network.options,
        data_date=project.data_date,
        calendar=calendars.get(project.default_calendar_id or "", WorkingTime(OFFICE_WEEK)),
        day_minutes=day,
        must_finish=None if wanted is None else moment_of(wanted),
    )


class _Facts:
    """What the rows of one project are read with: its baseline, who works on what, and its place in the network."""

    def __init__(self, file: ScheduleFile, project: Project, network: PlanNetwork, day: int) -> None:
        self.project, self.network, self.day = project, network, day
        self.week = project.minutes_per_week or 5 * day
        self.planned = _baselines(file, project)
        people = {one.id for one in file.resources if one.name != "Unassigned"}
        self.has_work = any(one.resource_id in people for one in project.assignments)
        self.hours: dict[str, float] = {}
        self.cost: dict[str, float] = {}
        for one in project.assignments:
            if one.resource_id in people:
                self.hours[one.task_id] = self.hours.get(one.task_id, 0.0) + (one.work_minutes or 0) / 60 + (one.quantity or 0)
                self.cost[one.task_id] = self.cost.get(one.task_id, 0.0) + float(one.cost or 0)

    def row(self, task: Task) -> Row:
        place = self.network.place.get((self.project.id, task.id), OUTSIDE)
        elapsed = task.is_duration_elapsed
        by_clock = place != OUTSIDE and int(self.network.network.calendar[place]) == ROUND_THE_CLOCK
        planned = self.planned.get(task.id)
        return Row(
            id=task.id,
            name=task.name,
            place=place,
            parent=task.parent_id,
            is_summary=task.is_summary,
            is_milestone=task.is_milestone,
            is_effort=task.is_level_of_effort or task.kind.startswith("WBS summary"),
            is_active=task.is_active,
            is_estimated=task.is_estimated,
            day_minutes=WHOLE_DAY if by_clock else self.day,
            duration_days=self._days(task.duration_minutes, elapsed=elapsed) or 0.0,
            baseline_days=self._days(planned.duration_minutes, elapsed=elapsed) if planned else None,
            start=task.start,
            finish=task.finish,
            actual_start=task.actual_start,
            actual_finish=task.actual_finish or (task.finish if (task.percent_complete or 0) >= 100 else None),
            baseline_finish=planned.finish if planned else None,
            has_baseline=planned is not None and (planned.start or planned.finish) is not None,
            deadline=task.deadline,
            constraints=tuple(one for one in (task.constraint, task.second_constraint) if one),
            hours=self.hours.get(task.id, 0.0) if self.has_work else (task.work_minutes or 0) / 60,
            cost=float(task.cost or task.fixed_cost or 0) or self.cost.get(task.id, 0.0),
        )

    def _days(self, minutes: int | None, *, elapsed: bool) -> float | None:
        if minutes is None or not elapsed:
            return None if minutes is None else minutes / self.day
        return minutes * self.week / (7 * WHOLE_DAY * self.day)


def _baselines(file: ScheduleFile, project: Project) -> dict[str, Baseline]:
    """The baseline of each row: of its lowest number, or what the file's baseline project says of the row of the same code."""
    numbers = sorted({one.number for task in project.tasks for one in task.baselines})
    if numbers:
        return {task.id: one for task in project.tasks for one in task.baselines if one.number == numbers[0]}
    once = next((one for one in file.projects if one.baseline_of_id == project.id), None)
    if once is None:
        return {}
    by_code = {task.display_id: task for task in once.tasks if not task.is_summary}
    found = ((task.id, by_code.get(task.display_id)) for task in project.tasks if not task.is_summary)
    return {key: Baseline(0, task.start, task.finish, task.duration_minutes) for key, task in found if task is not None}


def _links(file: ScheduleFile, project: Project, day: int) -> list[Link]:
    """The project's relationships, and those by which other projects of the file wait for its rows."""
    found = [
        _link(one, one.predecessor_id if _is_within(one, project) else f"{one.predecessor_project_id}: {one.predecessor_id}", day)
        for one in project.relationships
    ]
    for other in file.projects:
        if other.id != project.id and other.baseline_of_id is None:
            found += [
                Link(one.predecessor_id, f"{other.id}: {one.successor_id}", one.kind)
                for one in other.relationships
                if one.predecessor_project_id == project.id
            ]
    return found


def _is_within(link: Relationship, project: Project) -> bool:
    return link.predecessor_project_id in (None, project.id)


def _link(link: Relationship, predecessor: str, day: int) -> Link:
    if link.lag_percent:
        return Link(predecessor, link.successor_id, link.kind, link.lag_percent, f"{link.lag_percent:+g} %")
    if not link.lag_minutes:
        return Link(predecessor, link.successor_id, link.kind)
    length, unit = (WHOLE_DAY, "days by the clock") if link.is_elapsed else (day, "days")
    return Link(predecessor, link.successor_id, link.kind, link.lag_minutes, f"{link.lag_minutes / length:+.3g} {unit}")
