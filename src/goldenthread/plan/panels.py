"""What pages of lower rooms show of the plan: forecasts, effects and levers of an objective, the thread of a project."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, rights, visible
from goldenthread.kit.permissions import Act, Kind
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


def project_panels(project: Project, person: Person) -> list[str]:
    """The thread of a project: what it moves and who of the PMO supervises it."""
    if not rights(person).anywhere(Act.VIEW, Kind.PLAN):
        return []
    given = Contribution.objects.filter(project=project)
    context = {
        "project": project,
        "hidden": given.count(),
        "may_edit": rights(person).anywhere(Act.EDIT, Kind.PLAN),
        "none_said": queries.none_said_of(project, project.manager_id, project.sponsor_id),
        "sentences": [
            (c, queries.contribution_sentence(c, project.finishes_on))
            for c in visible(given, person).select_related("kpi").order_by("pk")
        ],
        "supervisions": list(
            visible(Supervision.objects.filter(project=project), person).select_related("step__activity").order_by("pk")
        ),
    }
    return [render_to_string("plan/templates/panel_project.html", context)]
