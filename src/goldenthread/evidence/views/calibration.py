"""The page that says how good the forecasts were."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.evidence.queries import calibration as judged
from goldenthread.evidence.queries import own_estimates as own
from goldenthread.kit.permissions import Act, Kind
from goldenthread.ui import pages

ROWS = 50


def navigation(person: Person) -> list[dict[str, Any]]:
    """The record of the forecasts, for who may see objectives."""
    if not rights(person).in_an_office(Act.VIEW, Kind.OBJECTIVE):
        return []
    return [{"group": "thread", "label": "Track record", "url": reverse("evidence:calibration"), "count": None, "key": "g k"}]


@require_GET
def calibration(request: HttpRequest) -> HttpResponse:
    """What the forecasts said, and what came of it."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not rights(person).anywhere(Act.VIEW, Kind.OBJECTIVE):
        raise Http404
    found = judged.calibration(person)
    context = {
        "found": found,
        "enough": judged.ENOUGH,
        "next_due": judged.next_due(found),
        "shared": own.shared_estimates(person),
        "page": Paginator(found.closed, ROWS).get_page(request.GET.get("page")),
    }
    return pages.page(request, "evidence/templates/calibration.html", context)
