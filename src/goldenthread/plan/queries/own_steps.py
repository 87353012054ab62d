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
from goldenthread.purpose.models import Objective, Target
from goldenthread.schedule.models import Activity
from goldenthread.ui import writing

MINE = (Raci.Letter.ACCOUNTABLE, Raci.Letter.RESPONSIBLE)
NO_GOAL = "no goal named"
HIDDEN_GOAL, HIDDEN_PROJECT = "a goal that is not shown here", "a project that is not shown here"


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
        line = Line(row.name, url, when_of(span), why[row.pk], is_late=late)
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
    """Activity id -> what it is for: the objective it moves, itself, through what lies above it or what it supervises.

    What may not be named is said to be there: a goal that is hidden is not a goal that is missing.
    """
    paths = {row.pk: [row.pk, *_above(row.pk, spans)] for row in rows}
    near = {pk for path in paths.values() for pk in path}
    own = {row.schedule_id: row.schedule.project.pk for row in rows if hasattr(row.schedule, "project")}
    shown = eyes.may(Supervision.objects.filter(pk=OuterRef("pk")))
    watches = Supervision.objects.filter(step__activity__in=near).annotate(is_shown=Exists(shown)).order_by("id")
    watched: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for activity, project, name, is_shown in watches.values_list("step__activity", "project", "project__name", "is_shown"):
        watched[activity].append((project, name if is_shown else HIDDEN_PROJECT))
    projects = {*own.values(), *(project for given in watched.values() for project, _ in given)}
    of = _moved(near, projects)
    goals = _goals(eyes, {kpi for kpis in of.values() for kpi in kpis})
    found = {}
    for row in rows:
        for here in paths[row.pk]:
            kpis = [*of["activity", here], *(kpi for project, _ in watched[here] for kpi in of["project", project])]
            goal = _goal(kpis, goals)
            if goal or watched[here]:
                found[row.pk] = goal or f"supervises {watched[here][0][1]}"
                break
        else:
            found[row.pk] = _goal(of["project", own.get(row.schedule_id, 0)], goals) or NO_GOAL
    return found


def _moved(activities: set[int], projects: set[int]) -> dict[tuple[str, int], list[int]]:
    """Step's activity or project -> the KPIs it moves, most expected first. One statement."""
    given = Contribution.objects.filter(Q(step__activity__in=activities) | Q(project__in=projects))
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    columns = ("step__activity_id", "project_id", "kpi_id")
    for activity, project, kpi in given.exclude(shown=Contribution.Shown.REFUTED).order_by("-likely", "id").values_list(*columns):
        found[("project", project) if project else ("activity", activity)].append(kpi)
    return found


def _goal(kpis: list[int], goals: dict[int, str]) -> str:
    """The first goal that may be named; else that there is one; empty where there is none."""
    told = [goals[kpi] for kpi in kpis if kpi in goals]
    return f"for: {next(filter(None, told), HIDDEN_GOAL)}" if told else ""


def _goals(eyes: Eyes, kpis: set[int]) -> dict[int, str]:
    """KPI id -> the objective it stands for, approved ones first; empty where that may not be named. One statement."""
    shown = eyes.may(Objective.objects.filter(pk=OuterRef("objective")))
    rows = Target.objects.filter(kpi__in=kpis, objective__state__in=LIVE).annotate(is_shown=Exists(shown))
    found: dict[int, str] = {}
    for target in rows.select_related("objective").order_by("objective__state", "id"):
        found[target.kpi_id] = found.get(target.kpi_id) or (target.objective.label if target.is_shown else "")
    return found
