"""What programs read across rooms: one's own day, and the gaps of an office."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Router
from pydantic import BaseModel

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.queries import gaps as gaps_of
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Objective, Office
from goldenthread.thread import queries
from goldenthread.ui.programs import Id

UNTOLD_GOAL = "An objective that you may not see"
UNTOLD_PROJECT = "A project that you may not see"

router = Router(tags=["thread"])


class TodayItem(BaseModel):
    """One thing to do: its thread from near to far, and the reason for its place."""

    ref: str
    kind: str
    title: str
    chain: list[str]
    reason: str
    cost_of_delay: float | None
    hours_left: float | None
    due: date | None


class TodayAnswer(BaseModel):
    """A person's day, in order."""

    person: int
    day: date
    hours: float
    items: list[TodayItem]


class UnsupportedWork(BaseModel):
    """Work without a line to a goal, as far as asked and known."""

    ref: str
    title: str
    reason: str
    state: str
    hours: float
    sentence: str


class UncoveredObjective(BaseModel):
    """A goal, or one of its KPIs, that no work moves."""

    objective: int
    title: str
    kpi: int | None
    reason: str
    sentence: str


class PersonWithoutLine(BaseModel):
    """Somebody whose work leads to no goal."""

    person: int
    name: str
    reason: str
    hours: float


class Hours(BaseModel):
    """Hours of work: what is left, or what was logged in four weeks where that is more. The three parts add up to `hours`."""

    hours: float
    thread_hours: float
    duty_hours: float
    unsupported_hours: float


class GapsAnswer(Hours):
    """Hours of all work, and of the plan alone; they are sums over the same rows."""

    office: int
    day: date
    plan: Hours
    unsupported: list[UnsupportedWork]
    uncovered_objectives: list[UncoveredObjective]
    people_without_line: list[PersonWithoutLine]


@router.get("/today", operation_id="today_read", summary="Read: one's own day", response=TodayAnswer)
def today(request: Any) -> dict[str, Any]:
    """The caller's own day."""
    day = queries.today(request.person)
    items = [
        {
            "ref": row.ref,
            "kind": row.kind,
            "title": row.title,
            "chain": [link.label for link in row.chain],
            "reason": row.ranked.sentence,
            "cost_of_delay": row.ranked.item.cost_of_delay,
            "hours_left": row.ranked.item.hours_left,
            "due": row.ranked.item.due,
        }
        for row in day.rows
    ]
    return {"person": request.person.pk, "day": day.day, "hours": day.hours_today, "items": items}


@router.get("/offices/{key}/gaps", operation_id="gaps_read", summary="Read: gaps", response=GapsAnswer)
def gaps(request: Any, key: Path[Id]) -> dict[str, Any]:
    """Work with no goal named, goals with no work, people without a line."""
    person: Person = request.person
    office = get_object_or_404(visible(Office.objects.all(), person), pk=key)
    if not may_in(person, Act.VIEW, Kind.PULSE, office.scope_id):
        raise Http404
    found = gaps_of(office, timezone.localdate(), person)
    shown = set(visible(Objective.objects.filter(office=office), person).values_list("pk", flat=True))
    projects = {f"project:{pk}" for pk in visible(Project.objects.all(), person).values_list("pk", flat=True)}
    work = [
        _work(f, is_shown=not str(f.key).startswith("project:") or str(f.key) in projects) for f in found.unsupported.findings
    ]
    people = [
        {"person": p.person, "name": found.names[int(p.person)], "reason": p.reason, "hours": p.hours} for p in found.people
    ]
    return {
        "office": office.pk,
        "day": found.day,
        **_hours(found.hours),
        "plan": _hours(found.plan_hours),
        "unsupported": work,
        "uncovered_objectives": [_goal(goal, is_shown=goal.goal in shown) for goal in found.goals],
        "people_without_line": people,
    }


def _hours(part: Any) -> dict[str, float]:
    return {name: getattr(part, name) for name in Hours.model_fields}


def _work(finding: Any, *, is_shown: bool) -> dict[str, Any]:
    told = {"ref": str(finding.key), **{name: getattr(finding, name) for name in ("reason", "state", "hours")}}
    texts = (finding.title, finding.sentence) if is_shown else (UNTOLD_PROJECT, UNTOLD_PROJECT)
    return told | {"title": texts[0], "sentence": texts[1]}


def _goal(goal: Any, *, is_shown: bool) -> dict[str, Any]:
    told = {"objective": goal.goal, "kpi": goal.kpi, "reason": goal.reason}
    if is_shown:
        return told | {"title": goal.title, "sentence": goal.sentence}
    return told | {"title": UNTOLD_GOAL, "sentence": UNTOLD_GOAL}
