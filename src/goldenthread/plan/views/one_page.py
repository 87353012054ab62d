"""The plan on one page: of an office, and of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.engine.plain_words import Readability
from goldenthread.formats.one_page import Paper, as_pdf, is_available
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.views.shared import may_edit, visitor
from goldenthread.ui import pages

ADVICE = 8  # sentences at fault that are named


@require_GET
def one_page(request: HttpRequest) -> HttpResponse:
    """An office's plan on one page: `?office=`; with `?pdf` as a file. Who may edit it is told which words are hard."""
    viewer = visitor(request)
    plans = queries.plans_of(viewer)
    found = queries.named_plan(plans, request.GET.get("office"))
    edits = may_edit(request, found)
    page = queries.office_page(found, viewer, timezone.localdate())
    if "pdf" in request.GET:
        return _as_file(queries.office_paper(page), f"plan-{found.office.code}", page.standing.day)
    context = {
        "plan": found,
        "office": found.office,
        "offices": [plan.office for plan in plans],
        "sheet": page,
        "has_pdf": is_available(),
        "people": _people(viewer) if edits else [],
        **_advice(page.reading if edits else None),
    }
    return pages.page(request, "plan/templates/one_page.html", context)


@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """One's own plan on one page, or with `?person=`, for who plans, that of somebody else; with `?pdf` as a file."""
    viewer = visitor(request)
    subject = _subject(viewer, request.GET.get("person", ""))
    edits = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    page = queries.person_page(subject, viewer, timezone.localdate())
    if "pdf" in request.GET:
        return _as_file(queries.person_paper(page), f"plan-of-{subject.pk}", page.day)
    context = {
        "sheet": page,
        "lead": queries.lead_of(page),
        "has_pdf": is_available(),
        "is_own": subject.pk == viewer.pk,
        **_advice(page.reading if edits else None),
    }
    return pages.page(request, "plan/templates/one_page_person.html", context)


def _as_file(paper: Paper, name: str, day: date) -> HttpResponse:
    """The page as a PDF, to be saved."""
    if not is_available():
        raise Refused("PDF is not installed here.", advice="Print the page, or have the extra “reports” installed.")
    response = HttpResponse(as_pdf(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.pdf"'
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
