"""How work moves which number: the editor that speaks its sentence, and the judgement of what was seen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import Markup

from goldenthread.accounts.queries import may_in, rights
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import gather
from goldenthread.plan import actions, queries
from goldenthread.plan.forms import ContributionForm
from goldenthread.plan.models import Contribution, Step
from goldenthread.plan.views.shared import came_from, done, seen, step_of, visitor
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Office
from goldenthread.ui import pages

TEMPLATE = "plan/templates/contribution.html"


def _home(row: Contribution) -> str:
    if row.step_id:
        return reverse("plan:step", args=[row.step_id])
    return reverse("projects:project", args=[row.project_id])


def _offer(subject: Step | Project | None, office: Office) -> queries.Experience | None:
    """What work like this gave so far."""
    return None if subject is None else queries.experience_of(subject, queries.latest_forecast(office))


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Say how a step or a project moves a KPI: `?step=` or `?project=`."""
    held = rights(visitor(request))
    if request.method == "POST" and not (held.anywhere(Act.EDIT, Kind.PLAN) or held.anywhere(Act.EDIT, Kind.PROJECT)):
        raise Forbidden("You may not change this plan.")
    named = request.GET if request.GET.get("step") or request.GET.get("project") else request.POST
    kind = "step" if named.get("step") else "project"
    ident = named.get(kind, "")
    if not ident.isdecimal():
        raise Refused("A contribution comes from a step or from a project.")
    step = step_of(request, int(ident)) if kind == "step" else None
    if step is not None and request.method == "POST":
        actions.must_plan(visitor(request), step.plan)
    project = seen(request, Project, int(ident), "scope") if kind == "project" else None
    office = step.plan.office if step else queries.office_of(visitor(request))
    offer = _offer(step or project, office)
    form = ContributionForm(request.POST or None, office=office, by=visitor(request), offer=offer)
    if request.method == "POST" and form.is_valid():
        row = actions.contribute(step=step, project=project, by=visitor(request), **form.arguments())
        return done(request, "Its line to the goal is drawn", _home(row))
    context: dict[str, Any] = {
        "form": form,
        "subject": step or project,
        "row": None,
        "may_edit": True,
        "panels": [],
        "spoken": "",
        "say_url": reverse("plan:say") + f"?{kind}={ident}",
    }
    return pages.page(request, TEMPLATE, context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change, confirm, judge or withdraw a contribution."""
    row: Contribution = seen(request, Contribution, pk, "kpi__office", "step__activity", "step__plan", "project")
    names = ("size", "low", "likely", "high", "chance", "lag_days", "ramp_days", "mechanism", "assumption", "grade", "version")
    initial = {n: getattr(row, n) for n in names} | {"kpi": row.kpi, "counts_part": row.counted_percent is not None}
    offer = _offer(row.step or row.project, row.kpi.office)
    form = ContributionForm(request.POST or None, office=row.kpi.office, by=visitor(request), initial=initial, offer=offer)
    if request.method == "POST" and form.is_valid():
        actions.edit_contribution(
            contribution=row, changes=form.changes(), by=visitor(request), version=pages.version_seen(request)
        )
        return done(request, "Contribution saved", _home(row))
    context = {
        "form": form,
        "subject": row.step or row.project,
        "row": row,
        "spoken": queries.contribution_sentence(row, None),
        "say_url": reverse("plan:say") + (f"?step={row.step_id}" if row.step_id else f"?project={row.project_id}"),
        "judgements": Contribution.Shown.choices,
        "may_edit": may_in(visitor(request), Act.EDIT, Kind.PLAN, row.kpi.office.scope_id),
        "panels": [Markup(panel) for panel in gather("contribution_panels", row, request)],  # noqa: S704  rendered by our rooms
    }
    return pages.page(request, TEMPLATE, context, status=422 if request.method == "POST" else 200)


@require_GET
def say(request: HttpRequest) -> HttpResponse:
    """The sentence of what is typed so far; what is missing is a hint, never an error."""
    form = ContributionForm(request.GET, office=queries.office_of(visitor(request)), by=visitor(request))
    if not form.is_valid():
        spoken = "Name the figure and how much, and the sentence appears here."
    else:
        spoken = _spoken(form.arguments(), from_step=bool(request.GET.get("step")))
    return pages.page(request, "plan/templates/said.html", {"spoken": spoken}, block="said")


def _spoken(given: dict[str, Any], *, from_step: bool) -> str:
    kpi, effect = given["kpi"], given["effect"]
    try:
        low, likely, high = effect or _of_size(kpi, given["size"])
    except Refused as refusal:
        return str(refusal)
    row = Contribution(
        kpi=kpi, low=low, likely=likely, high=high, chance=given["chance"], mechanism=given["mechanism"], grade=given["grade"],
        step_id=1 if from_step else None,
    )  # fmt: skip
    return queries.contribution_sentence(row, None)


def _of_size(kpi: Any, size: str) -> tuple[float, float, float]:
    effect = actions.effect_of_size(kpi, size)
    return effect.low, effect.likely, effect.high


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark what was seen of it; confirm it; or withdraw it."""
    row: Contribution = seen(request, Contribution, pk, "kpi__office", "step__activity", "step__plan", "project")
    home, what = _home(row), request.POST.get("what", "")
    if what == "confirm":
        actions.confirm_contribution(contribution=row, by=visitor(request))
        return done(request, "Confirmed", came_from(request, row.kpi.office, home))
    if what == "withdraw":
        actions.withdraw_contribution(contribution=row, by=visitor(request))
        return done(request, "Withdrawn: no line to this figure any more", home)
    actions.judge_contribution(
        contribution=row, shown=request.POST.get("shown", ""), by=visitor(request), because=request.POST.get("because", "")
    )
    return done(request, "Judged", home)
