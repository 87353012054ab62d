"""The plan: its outline with bars and baseline, the RACI grid, and what is done to rows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import undo_address
from goldenthread.kit import clock, history
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.actions import cells
from goldenthread.plan.actions import rows as row_actions
from goldenthread.plan.models import BusinessPlan, Raci
from goldenthread.plan.queries.workbook import may_take_out
from goldenthread.plan.views.shared import done, may_edit, seen, sees_scenarios, step_of, visitor
from goldenthread.schedule.models import Activity
from goldenthread.ui import charts, pages

PAGE = 200
FILTERS = ("office", "mine", "done", "baseline", "page", "view")
OUTLINE, RACI = "plan/templates/plan.html", "plan/templates/raci.html"


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The outline with people, dates, effects and bars; `?mine`, `?done`, `?baseline=`, `?view=raci`."""
    return _page(request, request.GET)


def _page(request: HttpRequest, given: QueryDict, fresh: int = 0) -> HttpResponse:
    template = RACI if given.get("view") == "raci" else OUTLINE
    person = visitor(request)
    plans, frozen = queries.plans_with_baselines(person)
    found = queries.named_plan(plans, given.get("office"))
    baselines = frozen.get(found.pk, [])
    chosen = _chosen(baselines, given.get("baseline", ""))
    outline = queries.plan_outline(
        found,
        viewer=person,
        with_done="done" in given,
        holder=person if "mine" in given else None,
        baseline=chosen.pk if chosen else None,
    )
    rows = outline.rows
    page = Paginator(rows, PAGE).get_page(given.get("page"))
    shown = _people(rows, {p.pk: p for p in outline.everybody if str(p.pk) in given.getlist("with")})
    context: dict[str, Any] = {
        "plan": found,
        "office": found.office,
        "offices": [plan.office for plan in plans],
        "rows": page.object_list,
        "page": page,
        "filters": {name: name in given for name in ("mine", "done")},
        "query": "&".join(f"{name}={given[name]}" for name in FILTERS[:4] if given.get(name)),
        "baselines": baselines,
        "chosen": chosen,
        "slips": _slips(rows) if chosen else None,
        "may_edit": may_edit(request, found),
        "sees_scenarios": sees_scenarios(request, found),
        "may_take_out": may_take_out(found, person),
        "scale": _scale(rows),
        "hours": sum(r.row.left for r in rows if r.row.is_leaf),
        "shown": shown,
        "counts": {x: Counter(p.pk for r in rows for p in r.raci.get(x, ())) for x in "AR"},
        "everybody": outline.everybody,
        "fresh": fresh,
        "suggested": f"Baseline of {clock.today():%-d %B %Y}",
    }
    return pages.page(request, template, context, block="grid" if template == RACI else "outline")


def _chosen(baselines: list[queries.FrozenPlan], wanted: str) -> queries.FrozenPlan | None:
    """The baseline asked for; the newest where none is named; none where that was asked."""
    if wanted == "none":
        return None
    return next((b for b in baselines if str(b.pk) == wanted), next(iter(baselines), None))


def _slips(rows: list[queries.PlanRow]) -> dict[str, Any]:
    """How the leaves stand against the baseline: how many later, earlier, kept, new since; and the plan's last day."""
    leaves = [r for r in rows if r.row.is_leaf]
    slips = [r.slip for r in leaves if r.slip is not None]
    ends = [(r.row.finish, r.baseline[1]) for r in rows if r.baseline and r.row.finish and r.row.depth == 0]
    return {
        "later": sum(s > 0 for s in slips),
        "earlier": sum(s < 0 for s in slips),
        "new": sum(r.baseline is None for r in leaves),
        "end": (max(now for now, _ in ends) - max(then for _, then in ends)).days if ends else 0,
    }


def _scale(rows: list[queries.PlanRow]) -> charts.TimeScale:
    today = clock.today()
    days = [d for r in rows for d in (r.row.start, r.row.finish, *(r.baseline or ())) if d is not None]
    days = [d for d in days if d >= today - timedelta(days=30)]
    return charts.time_scale(min([today - timedelta(days=14), *days]), max([today + timedelta(days=90), *days]), 6)


def _people(rows: list[queries.PlanRow], others: dict[int, queries.Who]) -> list[queries.Who]:
    """Who has a letter on one of the rows, and those others."""
    found = others | {p.pk: p for r in rows for letter in "RACI" for p in r.raci.get(letter, ())}
    return sorted(found.values(), key=lambda p: p.name)


def _row(request: HttpRequest, pk: int) -> Activity:
    found: Activity = seen(request, Activity, pk, "schedule__scope", "step__activity", "step__plan__scope", "parent")
    return found


def _after(request: HttpRequest, row: Activity, text: str, fresh: int = 0) -> HttpResponse:
    """Say what was done, and show the outline as it was filtered: its table alone where htmx asks."""
    found = BusinessPlan.objects.select_related("office").filter(schedule=row.schedule_id).first()
    given = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query or request.POST.get("filters", "")).copy()
    if found is not None:
        given["office"] = found.office.code
    if found is not None and pages.wants_fragment(request):
        pages.announce(request, text, undo_url=undo_address())
        return _page(request, given, fresh=fresh)
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if given.get(name):
            kept[name] = str(given[name])
    return done(request, text, f"{reverse('plan:plan')}?{kept.urlencode()}")


@require_POST
def add_row(request: HttpRequest) -> HttpResponse:
    """A new row: by name, after or inside another one, or last of all."""
    found = queries.plan_of(visitor(request), request.POST.get("office"))
    actions.must_plan(visitor(request), found)
    name = request.POST.get("name", "").strip()
    if not name:
        raise Refused("Say what the step is called.", field="name")
    near = {where: _row(request, int(pk)) for where in ("inside", "after") if (pk := request.POST.get(where, "")).isdecimal()}
    made = row_actions.add_row(plan=found, name=name, by=visitor(request), inside=near.get("inside"), after=near.get("after"))
    return _after(request, made, f"Added: {name}", fresh=made.pk)


@require_POST
def move_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a row: up, down, indent, outdent; or, from a drag, before, after or inside another row."""
    row = _row(request, pk)
    other = _row(request, int(request.POST["other"])) if request.POST.get("other", "").isdecimal() else None
    row_actions.move_row(row=row, where=request.POST.get("where", ""), other=other, by=visitor(request))
    return _after(request, row, f"Moved: {row.name}")


@require_POST
def end_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a row, or remove one that was entered by mistake."""
    row = _row(request, pk)
    if request.POST.get("how") == "remove":
        name = row.name
        row_actions.remove_row(row=row, by=visitor(request))
        return _after(request, row, f"Removed: {name}")
    row_actions.stop_row(row=row, by=visitor(request))
    return _after(request, row, f"Stopped: {row.name}")


@require_POST
def act_on_rows(request: HttpRequest) -> HttpResponse:
    """One thing for several rows: move, stop, name who answers, shift by days."""
    rows = _picked(request)
    who = seen(request, Person, int(request.POST["person"])) if request.POST.get("person", "").isdecimal() else None
    text = row_actions.act_on_rows(
        rows=rows,
        action=request.POST.get("action", ""),
        person=who,
        days=request.POST.get("days", ""),
        by=visitor(request),
    )
    return _after(request, rows[0], text)


def _picked(request: HttpRequest) -> list[Activity]:
    """The rows picked, each as `id:version`; a Conflict where one of them is no longer as it was seen."""
    pairs = dict(pair.partition(":")[::2] for pair in ",".join(request.POST.getlist("ids")).split(","))
    seen_as = {int(pk): version for pk, version in pairs.items() if pk.isascii() and pk.isdigit() and len(pk) < 19}
    if not seen_as:
        raise Refused("Pick at least one row.", field="ids")
    rows = [_row(request, pk) for pk in seen_as]
    for row in rows:
        history.require_version(row, pages.number_seen(seen_as[row.pk]))
    return rows


@require_POST
def edit_cell(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one field of a row in place."""
    row = _row(request, pk)
    cells.edit_cell(
        row=row,
        field=request.POST.get("field", ""),
        value=request.POST.get("value", ""),
        by=visitor(request),
        version=pages.version_seen(request),
    )
    return _after(request, row, f"Changed: {row.name}")


@require_POST
def set_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Give or take a letter of RACI: `letter` beside the others, or `value`, all that the person is to have."""
    step = step_of(request, pk)
    named = request.POST.get("person", "")
    person = seen(request, Person, int(named) if named.isdecimal() else 0)
    if "value" in request.POST:
        actions.set_letters(step=step, person=person, letters=request.POST["value"], by=visitor(request))
        return _after(request, step.activity, f"{person} on {step.activity.name}: {request.POST['value'] or 'none'}")
    letter, had = request.POST.get("letter", ""), request.POST.get("had", "")
    if had and had != letter:
        actions.clear_raci(step=step, person=person, letter=had, by=visitor(request))
    if letter in Raci.Letter.values:
        actions.set_raci(step=step, person=person, letter=letter, by=visitor(request))
    text = f"{person} on {step.activity.name}: {letter or 'none'}"
    back = reverse("plan:step", args=[pk]) if request.POST.get("next") == "step" else f"{reverse('plan:plan')}?view=raci"
    return done(request, text, back)
