"""One step: what it is for, who is what on it, what it waits for, how it moves which number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.forms import StepForm
from goldenthread.plan.models import Raci, Step, Supervision
from goldenthread.plan.views.shared import came_from, done, may_edit, seen, step_of, visitor
from goldenthread.projects.models import Project
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.ui import pages


def _url(pk: int) -> str:
    return reverse("plan:step", args=[pk])


@require_GET
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """The step's page."""
    row = step_of(request, pk)
    page = queries.step_page(row, visitor(request))
    context: dict[str, Any] = {
        "page": page,
        "step": row,
        "beads": _beads(page),
        "may_edit": may_edit(request, row.plan),
        "letters": Raci.Letter.choices,
        "asked": request.GET.get("open", ""),
    }
    if context["may_edit"] and context["asked"]:
        context |= _choices(row, visitor(request))
    return pages.page(request, "plan/templates/step.html", context)


def _choices(step: Step, person: Person) -> dict[str, Any]:
    """What the small forms offer, as pairs of id and name; read where one of them is open."""
    waits = Activity.objects.filter(schedule=step.activity.schedule_id, cancelled_on=None, step__isnull=False)
    running = visible(Project.objects.filter(state=Project.State.RUNNING), person)
    return {
        "people": Person.objects.filter(is_external=False).order_by("name").values_list("pk", "name"),
        "activities": waits.exclude(pk=step.activity_id).order_by("position", "pk").values_list("pk", "name"),
        "projects": running.order_by("name").values_list("pk", "name"),
        "kinds": Relationship.RelationshipKind.choices,
    }


def _beads(page: queries.StepPage) -> list[tuple[str, str | None]]:
    """The step, the initiative above it, and the first figure that it moves."""
    beads: list[tuple[str, str | None]] = [(page.step.activity.name, None)]
    beads += [(s.activity.name, _url(s.pk)) for s in page.above]
    if page.said:
        kpi = page.said[0].contribution.kpi
        beads.append((kpi.name, f"/kpis/{kpi.pk}"))
    elif page.supervisions:
        beads.append((page.supervisions[0].project.name, f"/projects/{page.supervisions[0].project_id}"))
    elif page.hidden:
        beads.append(("a goal not shown to you", None))
    else:
        beads.append((queries.NAMELESS if page.supervises else "no goal named", None))
    return beads


@require_http_methods(["GET", "POST"])
def edit_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the step."""
    row = step_of(request, pk)
    actions.must_plan(visitor(request), row.plan)
    accountable = row.raci.filter(letter=Raci.Letter.ACCOUNTABLE).select_related("person").first()
    initial = StepForm.of(row, accountable.person if accountable else None)
    form = StepForm(request.POST or None, office=row.plan.office, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.edit_step(step=row, changes=form.changes(), by=visitor(request), version=pages.version_seen(request))
        who = form.cleaned_data["accountable"]
        if who is not None and (accountable is None or accountable.person_id != who.pk):
            actions.set_raci(step=row, person=who, letter=Raci.Letter.ACCOUNTABLE, by=visitor(request))
        return done(request, "Step saved", _url(pk))
    status = 422 if request.method == "POST" else 200
    return pages.page(
        request, "plan/templates/form.html", {"form": form, "title": f"Change {row}", "back": _url(pk)}, status=status
    )


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """It still stands as written."""
    row = step_of(request, pk)
    actions.confirm_step(step=row, by=visitor(request))
    return done(request, "Confirmed: it still stands as written", came_from(request, row.plan.office, _url(pk)))


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the step and all below it."""
    row = step_of(request, pk)
    actions.stop_step(step=row, by=visitor(request), because=request.POST.get("because", ""))
    return done(request, f"Stopped: {row}", reverse("plan:plan"))


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a step entered by mistake."""
    row = step_of(request, pk)
    name = row.activity.name
    actions.remove_step(step=row, by=visitor(request))
    return done(request, f"Removed: {name}", reverse("plan:plan"))


@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark that it doubles another step, or take the mark away."""
    row = step_of(request, pk)
    other = request.POST.get("doubles", "")
    doubles: Step | None = step_of(request, int(other)) if other.isdecimal() else None
    actions.mark_duplicate(step=row, doubles=doubles, by=visitor(request))
    return done(request, "Marked" if doubles else "Mark removed", _url(pk))


@require_POST
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the step wait for another one."""
    row = step_of(request, pk)
    given: Any = request.POST
    if not given.get("activity", "").isdecimal():
        raise Refused("Choose what it waits for.", field="activity")
    before = seen(request, Activity, int(given["activity"]), "schedule__scope")
    lag = given.get("lag", "0").strip().replace("−", "-") or "0"
    try:
        minutes = round(float(lag.replace(",", ".")) * 480)
    except (ValueError, OverflowError) as error:
        raise Refused(f"“{lag}” is not a number of days.", field="lag") from error
    schedule.relate(
        predecessor=before, successor=row.activity, by=visitor(request), relationship_kind=given.get("kind", "FS"), lag=minutes
    )
    return done(request, f"It waits for {before}", _url(pk))


@require_POST
def unrelate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it no longer wait."""
    link = seen(request, Relationship, pk, "successor__schedule__scope", "predecessor")
    schedule.unrelate(relationship=link, by=visitor(request))
    kept = getattr(link.successor, "step", None)
    return done(request, f"It no longer waits for {link.predecessor}", _url(kept.pk) if kept else reverse("plan:plan"))


@require_POST
def supervise(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the step supervise a project."""
    row = step_of(request, pk)
    if not request.POST.get("project", "").isdecimal():
        raise Refused("Choose a project.", field="project")
    project = seen(request, Project, int(request.POST["project"]))
    raised = tuple(int(x) if x.isdecimal() else -1 for x in (request.POST.get(n, "") for n in ("low", "likely", "high")))
    actions.supervise(step=row, project=project, by=visitor(request), raised=(raised[0], raised[1], raised[2]))
    return done(request, f"It supervises {project}", _url(pk))


@require_POST
def end_supervision(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop supervising."""
    row = seen(request, Supervision, pk, "step__plan", "project")
    actions.end_supervision(supervision=row, by=visitor(request))
    return done(request, f"It no longer supervises {row.project}", _url(row.step_id))


@require_POST
def set_baseline(request: HttpRequest) -> HttpResponse:
    """Freeze today's dates."""
    found = queries.plan_of(visitor(request), request.POST.get("office"))
    name = request.POST.get("name", "").strip() or f"Baseline of {clock.today():%d %B %Y}"
    schedule.set_baseline(schedule=found.schedule, name=name, by=visitor(request))
    return done(request, f"Set: {name}", reverse("plan:plan"))
