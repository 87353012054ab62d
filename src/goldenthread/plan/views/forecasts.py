"""Why a figure of the forecast is what it is, and asking for a new one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit import jobs
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.models import Contribution, Forecast, Supervision
from goldenthread.plan.views.shared import done, step_of, visitor
from goldenthread.purpose.models import Objective, Target
from goldenthread.ui import pages

MODELS = {"objective": Objective, "target": Target, "contribution": Contribution, "supervision": Supervision}
OFFICES = {
    "objective": "office_id",
    "target": "objective__office_id",
    "contribution": "kpi__office_id",
    "supervision": "step__plan__office_id",
}


@require_GET
def explain(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Formula, inputs, seed and time of a figure, and the figure computed again from them."""
    if kind == "step":
        step = step_of(request, pk)
        return pages.page(request, "plan/templates/explain_step.html", {"step": step, "found": queries.step_explanation(step)})
    if kind not in MODELS:
        raise Http404
    rows = visible(MODELS[kind].objects.all(), visitor(request))
    row = get_object_or_404(rows, pk=pk)
    office_id = rows.filter(pk=pk).values_list(OFFICES[kind], flat=True).get()
    made = visible(Forecast.objects.filter(office_id=office_id), visitor(request)).order_by("-made_at", "-id").first()
    found, inputs = None, []
    if made is not None:
        with suppress(KeyError):
            found = queries.shown_to(queries.explanation(made, kind, pk), visitor(request), made.office.scope_id)
            inputs = queries.in_words(found, visitor(request), made.data_date, row.organisation.currency)
    name, unit = queries.subject_in_words(kind, pk, visitor(request))

    def told(figure: str, value: Any) -> str:
        basis = found["basis"] if found else None
        return queries.figure_in_words(figure, value, basis=basis, unit=unit, currency=row.organisation.currency)

    context = {"name": name, "found": found, "inputs": inputs, "forecast": made, "told": told, "labels": queries.LABELS}
    return pages.page(request, "plan/templates/explain.html", context)


@require_POST
def forecast_now(request: HttpRequest) -> HttpResponse:
    """Ask for a forecast; it is made in the background."""
    office = queries.office_of(visitor(request), request.POST.get("office"))
    if not may_in(visitor(request), Act.EDIT, Kind.PLAN, office.scope_id):
        raise Forbidden("You may not ask for a forecast here.")
    jobs.ask_for("forecast", by=visitor(request), key=f"forecast:{office.pk}", office_id=office.pk)
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return done(request, "The forecast is being made; it takes a few seconds.", wanted if is_ours else reverse("plan:plan"))
