"""How fresh the plan is, and what would refresh it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.queries import may_in
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.actions.review import set_review
from goldenthread.plan.queries.freshness import STATES, plan_freshness
from goldenthread.plan.views.shared import done, may_edit, visitor
from goldenthread.ui import pages

MOST = 200  # stale parts on the page; those that count most stand first
KINDS = {"plan": "the plan", "objective": "objective", "step": "step", "assumption": "assumption", "figure": "figure"}
TONES = {"fresh": "good", "stale": "warn", "not_usable": "bad"}


@require_GET
def freshness(request: HttpRequest) -> HttpResponse:
    """The score with its parts, what is stale with the action that refreshes it, and the confusion measures."""
    person = visitor(request)
    plans = queries.plans_of(person)
    plan = queries.named_plan(plans, request.GET.get("office"))
    context = {
        "fresh": plan_freshness(plan, clock.today(), person),
        "plan": plan,
        "office": plan.office,
        "offices": [one.office for one in plans],
        "tones": TONES,
        "kinds": KINDS,
        "states": STATES,
        "most": MOST,
        "may_edit": may_edit(request, plan),
        "sees_people": may_in(person, Act.VIEW, Kind.PULSE, plan.scope_id),
    }
    return pages.page(request, "plan/templates/freshness.html", context)


@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """How often the plan is to be reviewed."""
    person = visitor(request)
    plan = queries.plan_of(person, request.GET.get("office") or request.POST.get("office"))
    days = pages.number_seen(request.POST.get("days", ""))
    if not days:
        raise Refused("Say after how many days.", field="days")
    set_review(plan=plan, days=days, by=person, version=pages.version_seen(request))
    return done(request, f"{plan} is to be reviewed every {days} days", f"{reverse('plan:freshness')}?office={plan.office.code}")
