"""What pages of lower rooms show of the plan: forecasts, effects and levers of an objective, the thread of a project."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import for_person, may_in, rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.prepared import Blank
from goldenthread.plan import queries
from goldenthread.plan.models import Contribution, Supervision
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Objective

STRONGEST = 10  # contributions on an objective's page; the others are a click away


def navigation(person: Person) -> list[dict[str, Any]]:
    """The plan."""
    if not rights(person).in_an_office(Act.VIEW, Kind.PLAN):
        return []
    return [{"group": "thread", "label": "Plan", "url": reverse("plan:plan"), "count": None, "key": "g l"}]


def objective_panels(objective: Objective, person: Person, *, whole: bool) -> list[str]:
    """What moves an objective, the strongest contributions or the `whole` list, and its best levers."""
    if not may_in(person, Act.VIEW, Kind.PLAN, objective.office.scope_id):
        return []
    made = queries.latest_forecast(objective.office_id)
    effects, count = queries.effects_of(objective, made, person, most=None if whole else STRONGEST)
    context = {
        "objective": objective,
        "forecast": made,
        "effects": effects,
        "count": count,
        "drifts": queries.drift_rows(objective, made),
        "levers": queries.levers(made, objective.pk, person),
        "basis": queries.basis_of(made, objective.pk),
    }
    return [
        render_to_string("plan/templates/panel_effects.html", context),
        render_to_string("plan/templates/panel_levers.html", context),
    ]


@for_person
def _given(person: Person) -> QuerySet[Contribution]:
    """What a project moves, with `is_shown`."""
    found = queries.with_shown(Contribution.objects.filter(project=Blank("project")), person)
    return found.select_related("kpi").order_by("pk")


@for_person
def _supervised_by(person: Person) -> QuerySet[Supervision]:
    """Who of the PMO supervises a project."""
    found = visible(Supervision.objects.filter(project=Blank("project")), person)
    return found.select_related("step__activity").order_by("pk")


def project_panels(project: Project, person: Person) -> list[str]:
    """The thread of a project: what it moves and who of the PMO supervises it."""
    if not rights(person).anywhere(Act.VIEW, Kind.PLAN):
        return []
    given: list[Any] = _given(person, project=project.pk)
    context = {
        "project": project,
        "hidden": len(given),
        "may_edit": rights(person).anywhere(Act.EDIT, Kind.PLAN),
        "none_said": queries.none_said_of(project, project.manager_id, project.sponsor_id),
        "sentences": [(c, queries.contribution_sentence(c, project.finishes_on)) for c in given if c.is_shown],
        "supervisions": _supervised_by(person, project=project.pk),
    }
    return [render_to_string("plan/templates/panel_project.html", context)]
