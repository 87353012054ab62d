"""Duties: what has to be done without a goal, because something asks for it."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import actions, queries
from goldenthread.plan.forms import DutyForm
from goldenthread.plan.models import Duty, DutyOccurrence
from goldenthread.plan.views.shared import done, seen, visitor
from goldenthread.ui import pages

NAMES = ("name", "source", "holder", "cadence", "next_due", "minutes", "proof_wanted", "valid_to", "step")


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """The duties, and the last proofs."""
    found = queries.plan_of(visitor(request), request.GET.get("office"))
    waiting = DutyOccurrence.objects.filter(duty=OuterRef("pk"), proven_on__isnull=True).order_by("due_on")
    rows = (
        visible(Duty.objects.filter(plan=found), visitor(request))
        .select_related("holder", "step__activity", "project")
        .annotate(due_on=Coalesce(Subquery(waiting.values("due_on")[:1]), "next_due"))
        .order_by("due_on", "name")
    )
    proofs = (
        visible(DutyOccurrence.objects.filter(duty__plan=found, proven_on__isnull=False), visitor(request))
        .select_related("duty")
        .order_by("-proven_on")[:20]
    )
    context = {
        "plan": found,
        "office": found.office,
        "rows": rows,
        "proofs": proofs,
        "day": clock.today(),
        "may_edit": may_in(visitor(request), Act.EDIT, Kind.DUTY, found.scope_id),
    }
    return pages.page(request, "plan/templates/duties.html", context)


@require_http_methods(["GET", "POST"])
def add_duty(request: HttpRequest) -> HttpResponse:
    """A new duty."""
    found = queries.plan_of(visitor(request), request.GET.get("office"))
    form = DutyForm(request.POST or None, plan=found, by=visitor(request))
    if request.method == "POST" and form.is_valid():
        given = {n: form.cleaned_data[n] for n in NAMES}
        actions.add_duty(plan=found, by=visitor(request), **given)
        return done(request, "Duty added", reverse("plan:duties"))
    context = {"form": form, "title": "Add a duty", "back": reverse("plan:duties")}
    return pages.page(request, "plan/templates/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def edit_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a duty."""
    row: Duty = seen(request, Duty, pk, "plan", "holder")
    initial = {n: getattr(row, n) for n in (*NAMES, "version")}
    form = DutyForm(request.POST or None, plan=row.plan, by=visitor(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = {n: form.cleaned_data[n] for n in NAMES}
        actions.edit_duty(duty=row, changes=changes, by=visitor(request), version=pages.version_seen(request))
        return done(request, "Duty saved", reverse("plan:duties"))
    context = {"form": form, "title": f"Change {row}", "back": reverse("plan:duties")}
    return pages.page(request, "plan/templates/form.html", context, status=422 if request.method == "POST" else 200)
