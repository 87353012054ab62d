"""A person's own steps and tasks in the order of their dates, each with what it is for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from goldenthread.plan.models import Contribution, Raci, Step, Supervision
from goldenthread.plan.queries.goals import LIVE
from goldenthread.plan.queries.page_parts import Eyes, Line, Span, spans_of
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Objective, Target
from goldenthread.schedule.models import Activity
from goldenthread.ui import writing

MINE = (Raci.Letter.ACCOUNTABLE, Raci.Letter.RESPONSIBLE)
NO_GOAL = "no goal named"


def own_steps(eyes: Eyes, day: date) -> list[Line]:
    """Steps that the person answers for or works on, and tasks of others' steps, in the order of their dates. Six statements."""
    steps_of_mine = eyes.may(Step.objects.filter(raci__person=eyes.subject, raci__letter__in=MINE)).values("activity")
    work = eyes.may(Activity.objects.filter(assignments__resource__person=eyes.subject)).values("pk")
    mine = Activity.objects.filter(Q(pk__in=steps_of_mine) | Q(pk__in=work), cancelled_on__isnull=True)
    rows = list(mine.filter(duty_occurrence__isnull=True).select_related("step", "schedule__project").order_by("id"))
    spans = spans_of({row.schedule_id for row in rows})
    steps = {row.pk for row in rows if hasattr(row, "step")}
    shown = [row for row in rows if spans[row.pk].is_open and (row.pk in steps or not steps & set(_above(row.pk, spans)))]
    why = _reasons(eyes, shown, spans)
    found = []
    for row in shown:
        span, step = spans[row.pk], getattr(row, "step", None)
        project = getattr(row.schedule, "project", None)
        url = reverse("plan:step", args=[step.pk]) if step else f"/projects/{project.pk}" if project else ""
        late = span.finish is not None and span.finish < day
        line = Line(row.name, url, when_of(span), why.get(row.pk, NO_GOAL), is_late=late)
        found.append(((span.start or date.max, span.finish or date.max, row.pk), line))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _above(pk: int, spans: dict[int, Span]) -> list[int]:
    """The activities above one, nearest first."""
    found: list[int] = []
    here = spans[pk].parent
    while here is not None:
        found.append(here)
        here = spans[here].parent
    return found


def when_of(span: Span) -> str:
    """From when to when, in words."""
    if span.start is None or span.finish is None:
        return "no date"
    if span.start == span.finish:
        return writing.date(span.finish)
    first = writing.date(span.start)
    return f"{first.rpartition(' ')[0] if span.start.year == span.finish.year else first} to {writing.date(span.finish)}"


def _reasons(eyes: Eyes, rows: list[Any], spans: dict[int, Span]) -> dict[int, str]:
    """Activity id -> what it is for: the objective it moves, itself, through what lies above it or what it supervises."""
    paths = {row.pk: [row.pk, *_above(row.pk, spans)] for row in rows}
    near = {pk for path in paths.values() for pk in path}
    projects = {row.schedule_id: row.schedule.project.pk for row in rows if hasattr(row.schedule, "project")}
    watched: dict[int, list[Project]] = defaultdict(list)
    for watch in eyes.may(Supervision.objects.filter(step__activity__in=near).select_related("project", "step")).order_by("id"):
        watched[watch.step.activity_id].append(watch.project)
    watching = {project.pk for given in watched.values() for project in given}
    by_step = Q(step__activity__in=near)
    given = eyes.may(Contribution.objects.filter(by_step | Q(project__in={*projects.values(), *watching})))
    of: dict[Any, list[int]] = defaultdict(list)
    columns = ("step__activity_id", "project_id", "kpi_id")
    for activity, project, kpi in given.exclude(shown=Contribution.Shown.REFUTED).order_by("-likely", "id").values_list(*columns):
        of["project", project] += [kpi] if project else []
        of["activity", activity] += [kpi] if activity else []
    goals = _goals(eyes, {kpi for kpis in of.values() for kpi in kpis})
    found = {}
    for row in rows:
        for here in paths[row.pk]:
            kpis = [*of["activity", here], *(kpi for project in watched[here] for kpi in of["project", project.pk])]
            goal = next((goals[kpi] for kpi in kpis if kpi in goals), "")
            if goal or watched[here]:
                found[row.pk] = f"for: {goal}" if goal else f"supervises {watched[here][0]}"
                break
        else:
            own = projects.get(row.schedule_id)
            goal = next((goals[kpi] for kpi in of["project", own] if kpi in goals), "") if own else ""
            if goal:
                found[row.pk] = f"for: {goal}"
    return found


def _goals(eyes: Eyes, kpis: set[int]) -> dict[int, str]:
    """KPI id -> the objective it stands for, approved ones first. One statement."""
    shown = eyes.may(Objective.objects.filter(pk=OuterRef("objective"), state__in=LIVE))
    rows = Target.objects.filter(Exists(shown), kpi__in=kpis).select_related("objective").order_by("objective__state", "id")
    found: dict[int, str] = {}
    for target in rows:
        found.setdefault(target.kpi_id, target.objective.label)
    return found
