"""The page of one project and what is done there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import Markup

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may, may_in, one, rights, undo_address, visible
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import gather
from goldenthread.projects import actions, forms, queries
from goldenthread.projects.models import Project, StatusReport
from goldenthread.schedule.queries import in_short
from goldenthread.ui import pages
from goldenthread.workspace.queries import comments, may_ask


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def _seen(request: HttpRequest, key: int) -> Project:
    found = one(_person(request), Project, key, "manager", "sponsor", "programme", "scope", "schedule")
    if found is None:
        raise Http404
    return found


def _done(request: HttpRequest, words: str, project: Project) -> HttpResponse:
    pages.announce(request, words, undo_url=undo_address())
    return pages.see_other(reverse("projects:project", args=[project.pk]))


@require_GET
def project(request: HttpRequest, key: int) -> HttpResponse:
    """How it stands, as reported and as its figures say; what it moves; what was reported and said."""
    person, row = _person(request), _seen(request, key)
    may_edit = may(person, Act.EDIT, row)
    sees_plan = may_in(person, Act.VIEW, Kind.PLAN, row.scope_id) or is_own(person, row)
    context = {
        "sees_plan": sees_plan,
        "schedule": in_short(row.schedule) if sees_plan and row.schedule is not None else None,
        "may_import": may_edit and rights(person).anywhere(Act.EDIT, Kind.IMPORT),
        "page": queries.project_page(row, clock.today()),
        "project": row,
        "usual": queries.usual_course(row, clock.today()),
        "fewest": queries.FEWEST,
        "fewest_projects": queries.FEWEST_PROJECTS,
        "panels": [Markup(panel) for panel in gather("project_panels", row, person)],  # noqa: S704  rendered and escaped by our rooms
        "comments": list(comments("project", row.pk)),
        "may_edit": may_edit,
        "may_report": may_edit or is_own(person, row),
        "may_ask": may_ask(person, row),
    }
    return pages.page(request, "projects/templates/project.html", context)


@require_http_methods(["GET", "POST"])
def new_project(request: HttpRequest) -> HttpResponse:
    """Add a project."""
    person = _person(request)
    under = queries.home_scope(person)
    if not may_in(person, Act.EDIT, Kind.PROJECT, under.pk):
        raise Forbidden("You may not add projects.")
    shown = {"state": Project.State.RUNNING, "currency": person.organisation.currency}
    form = forms.ProjectForm(request.POST or None, initial=shown, person=person)
    made: list[Project] = []
    if request.method == "POST" and pages.tried(form, lambda: made.append(_add(form, person))):
        return _done(request, "Project added", made[0])
    return _form(request, form, "Add a project", reverse("projects:projects"))


def _add(form: forms.ProjectForm, person: Person) -> Project:
    values = form.values()
    programme = values["programme"]
    under = programme.scope if programme is not None else None
    return actions.add_project(by=person, under=under, **values)


@require_http_methods(["GET", "POST"])
def edit_project(request: HttpRequest, key: int) -> HttpResponse:
    """Change a project's plain fields."""
    person, row = _person(request), _seen(request, key)
    if not may(person, Act.EDIT, row):
        raise Forbidden("You may not change this project.")
    form = forms.ProjectForm(
        request.POST or None, initial=forms.initial(row, person.organisation.currency), project=row, person=person
    )

    def write() -> None:
        actions.edit_project(project=row, changes=form.values(), by=person, version=pages.version_seen(request))

    if request.method == "POST" and pages.tried(form, write):
        return _done(request, "Project saved", row)
    return _form(request, form, f"Edit {row.name}", reverse("projects:project", args=[row.pk]))


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, key: int) -> HttpResponse:
    """Say how the project stands."""
    person, row = _person(request), _seen(request, key)
    if not (may(person, Act.EDIT, row) or is_own(person, row)):
        raise Forbidden("Only its manager, its sponsor, or who may change it, reports on this project.")
    currency = row.currency or person.organisation.currency
    shown = {"rating": row.rating, "finishes_on": row.finishes_on, "forecast": forms.major(row.forecast_minor, currency)}
    form = forms.ReportForm(request.POST or None, initial=shown)

    def write() -> None:
        sent = dict(form.cleaned_data)
        sent["forecast_minor"] = forms.minor(sent.pop("forecast"), currency)
        actions.report_status(project=row, by=person, **sent)

    if request.method == "POST" and pages.tried(form, write):
        return _done(request, "Report kept", row)
    return _form(request, form, f"Report on {row.name}", reverse("projects:project", args=[row.pk]), unit=currency)


def _form(request: HttpRequest, form: Any, title: str, back: str, unit: str = "") -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": title, "back": back, "unit": unit}
    return pages.page(request, "projects/templates/project_form.html", context, status=status)


@require_POST
def close_project(request: HttpRequest, key: int) -> HttpResponse:
    """The project has delivered."""
    row = _seen(request, key)
    actions.close_project(project=row, by=_person(request), version=pages.version_seen(request))
    return _done(request, "Project closed", row)


@require_POST
def cancel_project(request: HttpRequest, key: int) -> HttpResponse:
    """The project ends without delivering."""
    row = _seen(request, key)
    because, version = request.POST.get("because", ""), pages.version_seen(request)
    actions.cancel_project(project=row, by=_person(request), because=because, version=version)
    return _done(request, "Project cancelled", row)


@require_POST
def withdraw_report(request: HttpRequest, key: int) -> HttpResponse:
    """Take a report back with a reason."""
    found = visible(StatusReport.objects.select_related("project"), _person(request))
    row = get_object_or_404(found, pk=key)
    actions.withdraw_report(report=row, by=_person(request), because=request.POST.get("because", ""))
    return _done(request, "Report withdrawn", row.project)
