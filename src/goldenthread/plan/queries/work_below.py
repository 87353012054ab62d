"""What hangs on objectives and services: open steps, projects and the people on them. For the slot `work_below`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import Contribution, Raci, Step, Supervision
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Target
from goldenthread.schedule.models import Activity, Assignment

OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)
OPEN = Q(activity__cancelled_on__isnull=True, activity__actual_finish__isnull=True)
LETTERS = {Raci.Letter.ACCOUNTABLE: "answers for it", Raci.Letter.RESPONSIBLE: "is responsible for it"}


@dataclass
class Below:
    """Names by key as (kind, label, note, address), and ties as (above, below, words)."""

    names: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    ties: list[tuple[str, str, str]] = field(default_factory=list)

    def person(self, above: str, person: Any, words: str) -> None:
        """Somebody hangs on a piece of work."""
        if person is not None:
            self.names[f"person:{person.pk}"] = ("person", person.name, person.job_title, f"/people/{person.pk}")
            self.ties.append((above, f"person:{person.pk}", words))

    def project(self, project: Project) -> str:
        """A project, with who leads and who sponsors it."""
        key = f"project:{project.pk}"
        if key not in self.names:
            self.names[key] = ("work", project.name, "project", f"/projects/{project.pk}")
            self.person(key, project.manager, "leads it")
            self.person(key, project.sponsor, "sponsors it")
        return key


def work_below(objectives: list[int], services: list[int], person: Person) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Everything open that serves these objectives or is for these services, as the person may see it: seven statements."""
    found = Below()
    if not objectives and not services:
        return found.names, found.ties
    effects = _effects(objectives, person)
    steps = _steps(services, {row.step_id for row, _ in effects if row.step_id}, person)
    for row, served in effects:
        if row.step_id in steps:
            key = f"step:{row.step_id}"
        elif row.project is not None:
            key = found.project(row.project)
        else:
            continue
        found.ties += [(f"objective:{pk}", key, f"moves {row.kpi.name}") for pk in served]
    for step in steps.values():
        note = step.get_step_kind_display().lower()
        found.names[f"step:{step.pk}"] = ("work", step.activity.name, note, f"/plan/steps/{step.pk}")
        if step.service_id in services:
            found.ties.append((f"service:{step.service_id}", f"step:{step.pk}", "is work for it"))
    projects = [int(key[8:]) for key in found.names if key.startswith("project:")]
    for watch in visible(Supervision.objects.filter(step__in=steps, project__in=projects), person).order_by("pk"):
        found.ties.append((f"project:{watch.project_id}", f"step:{watch.step_id}", "supervises it"))
    _people(found, steps)
    return found.names, found.ties


def _effects(objectives: list[int], person: Person) -> list[tuple[Contribution, list[int]]]:
    """What moves the figures of these objectives and has not been shown not to work, with the objectives that it moves."""
    serves: dict[int, list[int]] = defaultdict(list)
    targets = Target.objects.filter(objective__in=objectives).order_by("objective_id", "pk")
    for kpi, objective in targets.values_list("kpi_id", "objective_id"):
        if objective not in serves[kpi]:
            serves[kpi].append(objective)
    alive = Q(project__isnull=True) | Q(project__state__in=OPEN_PROJECTS, project__gone_on__isnull=True)
    rows = Contribution.objects.filter(alive, kpi__in=serves).exclude(shown=Contribution.Shown.REFUTED)
    named = rows.select_related("kpi", "project__manager", "project__sponsor")
    return [(row, serves[row.kpi_id]) for row in visible(named, person).order_by("pk")]


def _steps(services: list[int], moving: set[int], person: Person) -> dict[int, Any]:
    """Every open step of the plans that are concerned."""
    plans = Step.objects.filter(Q(service__in=services) | Q(pk__in=moving)).values("plan")
    rows = Step.objects.filter(OPEN, plan__in=plans).select_related("activity")
    return {row.pk: row for row in visible(rows, person).order_by("pk")}


def _people(found: Below, steps: dict[int, Any]) -> None:
    """Steps below steps, who holds a letter on each, and who works on the tasks below it."""
    of_activity = {step.activity_id: step.pk for step in steps.values()}
    schedules = {step.activity.schedule_id for step in steps.values()}
    rows = Activity.objects.filter(schedule__in=schedules).order_by("pk").values_list("pk", "parent_id")
    above = dict(rows)

    def step_over(activity: int | None) -> int | None:
        while activity is not None and activity not in of_activity:
            activity = above.get(activity)
        return of_activity[activity] if activity is not None else None

    for step in steps.values():
        parent = step_over(above.get(step.activity_id))
        if parent is not None:
            found.ties.append((f"step:{parent}", f"step:{step.pk}", "is part of it"))
    letters = Raci.objects.filter(step__in=steps, letter__in=LETTERS).select_related("person").order_by("letter", "pk")
    for letter in letters:
        found.person(f"step:{letter.step_id}", letter.person, LETTERS[Raci.Letter(letter.letter)])
    given = Assignment.objects.filter(
        activity__schedule__in=schedules, activity__cancelled_on__isnull=True, activity__actual_finish__isnull=True,
        resource__person__isnull=False,
    )  # fmt: skip
    for row in given.select_related("resource__person").order_by("pk"):
        step = step_over(row.activity_id)
        if step is not None:
            found.person(f"step:{step}", row.resource.person, "works on it")
