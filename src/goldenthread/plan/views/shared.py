"""What the views of this room begin with: who is there, which row, may she; and how they end."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, one, undo_address
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Step
from goldenthread.purpose.models import Office
from goldenthread.ui import pages


def visitor(request: HttpRequest) -> Person:
    """Who is there."""
    return request.person  # type: ignore[attr-defined]


def seen(request: HttpRequest, model: Any, pk: int, *related: str) -> Any:
    """The row of `model`, or 404 where the visitor may not see it."""
    found = one(visitor(request), model, pk, *related)
    if found is None:
        raise Http404
    return found


def step_of(request: HttpRequest, pk: int) -> Step:
    """A step with its activity and the activity above it, plan and office."""
    found: Step = seen(
        request,
        Step,
        pk,
        "activity__schedule__scope",
        "activity__dates",
        "activity__parent__step__activity",
        "plan__office__organisation",
        "plan__schedule__scope",
        "plan__scope",
        "service",
    )
    return found


def may_edit(request: HttpRequest, plan: BusinessPlan) -> bool:
    """Whether the visitor may change the plan."""
    return may_in(visitor(request), Act.EDIT, Kind.PLAN, plan.scope_id)


def sees_scenarios(request: HttpRequest, plan: BusinessPlan) -> bool:
    """Whether the visitor may look at scenarios of the plan."""
    return may_in(visitor(request), Act.VIEW, Kind.SCENARIO, plan.scope_id)


def came_from(request: HttpRequest, office: Office, home: str) -> str:
    """Where to go on: the page of the plan's freshness for who came from there, else home."""
    if request.POST.get("next") == "freshness":
        return f"{reverse('plan:freshness')}?office={office.code}"
    return home


def done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Say what was done, with its undo, and go on."""
    pages.announce(request, text, undo_url=undo_address())
    return pages.see_other(url)
