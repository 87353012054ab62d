"""The plan on one page: of an office, and of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, rights, visible
from goldenthread.engine.plain_words import Readability
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.views.shared import may_edit, visitor
from goldenthread.ui import pages

ADVICE = 8  # sentences at fault that are named


@require_GET
def one_page(request: HttpRequest) -> HttpResponse:
    """An office's plan on one page: `?office=`; a file with `?pdf` and the like. Who may edit it is told which words are hard."""
    viewer = visitor(request)
    plans = queries.plans_of(viewer)
    found = queries.named_plan(plans, request.GET.get("office"))
    edits = may_edit(request, found)
    day = clock.today()
    if form := _form(request):
        return _as_file(queries.office_file(form, found, viewer, day), form, f"plan-{found.office.code}", day)
    page = queries.office_page(found, viewer, day)
    context = {
        "plan": found,
        "office": found.office,
        "offices": [plan.office for plan in plans],
        "sheet": page,
        "forms": queries.forms_here(),
        "people": _people(viewer) if edits else [],
        "may_share": may(viewer, Act.APPROVE, found),
        **_advice(page.reading if edits else None),
    }
    return pages.page(request, "plan/templates/one_page.html", context)


@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """One's own plan on one page, or with `?person=`, for who plans, that of somebody else; a file with `?pdf` and the like."""
    viewer = visitor(request)
    subject = _subject(viewer, request.GET.get("person", ""))
    edits = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    day = clock.today()
    if form := _form(request):
        return _as_file(queries.person_file(form, subject, viewer, day), form, f"plan-of-{subject.pk}", day)
    page = queries.person_page(subject, viewer, day)
    context = {
        "sheet": page,
        "lead": queries.lead_of(page),
        "forms": queries.forms_here(),
        "is_own": subject.pk == viewer.pk,
        **_advice(page.reading if edits else None),
    }
    return pages.page(request, "plan/templates/one_page_person.html", context)


def _form(request: HttpRequest) -> str:
    """The form of file that is asked for, empty where it is the page."""
    return next((form for form in queries.TYPES if form in request.GET), "")


def _as_file(data: bytes, form: str, name: str, day: date) -> HttpResponse:
    """The page as a file, to be saved."""
    response = HttpResponse(data, content_type=queries.TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _subject(viewer: Person, wanted: str) -> Person:
    """Whose page: 404 where the viewer may not see that person or that person's work."""
    if not wanted:
        return viewer
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        raise Http404
    subject = get_object_or_404(visible(Person.objects.select_related("organisation"), viewer), pk=int(wanted))
    if not queries.may_see_work(subject, viewer):
        raise Http404
    return subject


def _people(viewer: Person) -> list[Any]:
    """Everybody whose page may be asked for: id and name."""
    rows = visible(Person.objects.filter(erased_at__isnull=True), viewer)
    if not viewer.organisation.shows_person_load:
        rows = rows.filter(leaves_on__isnull=False)
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


def _advice(reading: Readability | None) -> dict[str, Any]:
    """The judgement of the words and the sentences at fault, for who may change them."""
    hard = reading.hard if reading else ()
    return {
        "reading": reading if reading and reading.words else None,
        "hard": hard[:ADVICE],
        "hard_left_out": max(0, len(hard) - ADVICE),
    }
