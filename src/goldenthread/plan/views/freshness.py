"""How fresh the plan is, and what would refresh it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from goldenthread.accounts.queries import may_in
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.queries.freshness import STATES, plan_freshness
from goldenthread.plan.views.shared import may_edit, visitor
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
        "fresh": plan_freshness(plan, timezone.localdate(), person),
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
