"""The whole plan as an Excel workbook: taken out, changed, brought back. What a file would change the import pages show."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.queries import rights
from goldenthread.formats.errors import FormatError
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.workbook import may_take_out, plan_workbook
from goldenthread.plan.views.shared import visitor
from goldenthread.ui import pages
from goldenthread.workspace import actions
from goldenthread.workspace.models import ImportedFile


@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest) -> HttpResponse:
    """How it goes; with `?xlsx` the workbook itself. What is sent is kept and looked at, and nothing is written yet."""
    viewer = visitor(request)
    plans = queries.plans_of(viewer)
    found = queries.named_plan(plans, request.GET.get("office"))
    if not may_take_out(found, viewer):
        raise Forbidden("You may not export this plan.")
    if request.method == "POST":
        return _taken_in(request, found)
    if "xlsx" in request.GET:
        day = clock.today()
        response = HttpResponse(plan_workbook(found, viewer, day), content_type=queries.TYPES["xlsx"])
        response["Content-Disposition"] = f'attachment; filename="whole-plan-{found.office.code}-{day:%Y-%m-%d}.xlsx"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
    return _page(request, found)


def _taken_in(request: HttpRequest, plan: BusinessPlan) -> HttpResponse:
    """Keep the file and go on to what it would change; one that cannot be read leaves nothing behind."""
    sent = request.FILES.get("file")
    if not rights(visitor(request)).anywhere(Act.EDIT, Kind.IMPORT):
        raise Forbidden("You may not import files.")
    if sent is None:
        return _page(request, plan, Refused("Choose the workbook that you changed.", field="file"))
    try:
        file = actions.take_in(
            name=sent.name or "plan.xlsx",
            chunks=sent.chunks(),
            by=visitor(request),
            file_kind=ImportedFile.FileKind.PLAN,
            later=False,
        )
    except (FormatError, Refused) as error:
        return _page(request, plan, error)
    return pages.see_other(reverse("workspace:file", args=[file.pk]))


def _page(request: HttpRequest, plan: BusinessPlan, refusal: FormatError | Refused | None = None) -> HttpResponse:
    viewer = visitor(request)
    context = {
        "plan": plan,
        "office": plan.office,
        "offices": [one.office for one in queries.plans_of(viewer) if may_take_out(one, viewer)],
        "may_import": rights(viewer).anywhere(Act.EDIT, Kind.IMPORT),
        "refusal": refusal,
    }
    return pages.page(request, "plan/templates/workbook.html", context, status=422 if refusal else 200)
