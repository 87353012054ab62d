"""Objectives that pull apart: the matrix, and the rows under each cell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from goldenthread.kit import clock
from goldenthread.plan import queries
from goldenthread.plan.queries import conflict_page as reads
from goldenthread.plan.queries.conflicts import conflict_rows
from goldenthread.plan.views.shared import visitor
from goldenthread.ui import pages

TONES = {"against": "bad", "both": "warn", "with": "good"}


@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """The triangle of an office's live objectives with what was found between any two."""
    person = visitor(request)
    plans = queries.plans_of(person)
    plan = queries.named_plan(plans, request.GET.get("office"))
    context = {
        "page": reads.conflict_page(conflict_rows(plan, clock.today(), person)),
        "office": plan.office,
        "offices": [one.office for one in plans],
        "tones": TONES,
        "limits": reads.LIMITS,
        "source": reads.SOURCE,
    }
    return pages.page(request, "plan/templates/conflicts.html", context)
