"""The plan: its outline, the RACI grid, and what is done to rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.actions import rows as row_actions
from goldenthread.plan.models import Raci, Step
from goldenthread.plan.views.shared import done, may_edit, seen, step_of, visitor
from goldenthread.ui import charts, pages

PAGE = 200


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The outline with people, dates, effects and bars; `?mine`, `?open`, `?view=raci`."""
    person = visitor(request)
    plans = queries.plans_of(person)
    found = queries.named_plan(plans, request.GET.get("office"))
    view = request.GET.get("view", "outline")
    rows = queries.plan_rows(found, with_done="done" in request.GET, holder=person if "mine" in request.GET else None)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "plan": found,
        "office": found.office,
        "offices": [plan.office for plan in plans],
        "rows": page.object_list,
        "page": page,
        "view": view,
        "filters": {name: name in request.GET for name in ("mine", "done")},
        "may_edit": may_edit(request, found),
        "scale": _scale(rows),
        "hours": sum(r.row.effort for r in rows if r.row.is_leaf),
        "people": _people(rows) if view == "raci" else [],
        "choices": _people(rows),
    }
    template = "plan/templates/raci.html" if view == "raci" else "plan/templates/plan.html"
    return pages.page(request, template, context)


def _scale(rows: list[queries.PlanRow]) -> charts.TimeScale:
    today = timezone.localdate()
    days = [d for r in rows for d in (r.row.start, r.row.finish) if d is not None and d >= today - timedelta(days=30)]
    return charts.time_scale(min([today - timedelta(days=14), *days]), max([today + timedelta(days=90), *days]), 6)


def _people(rows: list[queries.PlanRow]) -> list[Person]:
    found = {p.pk: p for r in rows for letters in r.raci.values() for p in letters}
    return sorted(found.values(), key=lambda p: p.name)


def _back(found: Any) -> str:
    return f"{reverse('plan:plan')}?office={found.office.code}"


@require_POST
def add_row(request: HttpRequest) -> HttpResponse:
    """A new step: by name, below a parent or after a row."""
    found = queries.plan_of(visitor(request), request.POST.get("office"))
    name = request.POST.get("name", "").strip()
    if not name:
        raise Refused("Say what the step is called.", field="name")
    parent = step_of(request, int(request.POST["parent"])) if request.POST.get("parent", "").isdecimal() else None
    kind = Step.StepKind.STEP if parent else Step.StepKind.INITIATIVE
    actions.add_step(plan=found, name=name, by=visitor(request), parent=parent, step_kind=kind)
    return done(request, f"Added: {name}", _back(found))


@require_POST
def move_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a row: up, down, indent, outdent; or, from a drag, below or after another row."""
    step = step_of(request, pk)
    where = request.POST.get("where", "")
    other = step_of(request, int(request.POST["other"])) if request.POST.get("other", "").isdecimal() else None
    row_actions.move_row(step=step, where=where, other=other, by=visitor(request))
    return done(request, f"Moved: {step.activity.name}", _back(step.plan))


@require_POST
def act_on_rows(request: HttpRequest) -> HttpResponse:
    """One thing for several rows: stop, name an accountable person, shift by days."""
    person = visitor(request)
    ids = [int(i) for i in request.POST.getlist("ids") if i.isdecimal()]
    steps = [step_of(request, pk) for pk in dict.fromkeys(ids)]
    if not steps:
        raise Refused("Pick at least one row.", field="ids")
    who = seen(request, Person, int(request.POST["person"])) if request.POST.get("person", "").isdecimal() else None
    text = row_actions.act_on_rows(
        steps=steps, action=request.POST.get("action", ""), person=who, days=request.POST.get("days", ""), by=person
    )
    return done(request, text, _back(steps[0].plan))


@require_POST
def edit_cell(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one field of a row in place."""
    step = step_of(request, pk)
    row_actions.edit_cell(
        step=step, field=request.POST.get("field", ""), value=request.POST.get("value", ""), by=visitor(request)
    )
    return done(request, f"Changed: {step.activity.name}", _back(step.plan))


@require_POST
def set_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Give or take a RACI letter."""
    step = step_of(request, pk)
    who = request.POST.get("person", "")
    person = seen(request, Person, int(who) if who.isdecimal() else 0)
    letter, had = request.POST.get("letter", ""), request.POST.get("had", "")
    if had and had != letter:
        actions.clear_raci(step=step, person=person, letter=had, by=visitor(request))
    if letter in Raci.Letter.values:
        actions.set_raci(step=step, person=person, letter=letter, by=visitor(request))
    to = request.POST.get("next", "")
    place = reverse("plan:step", args=[pk]) if to == "step" else f"{_back(step.plan)}&view=raci"
    return done(request, f"{person} on {step.activity.name}: {letter or 'none'}", place)
