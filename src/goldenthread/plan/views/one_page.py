"""The plan on one page: of an office, and of one person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.engine.plain_words import Readability
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.views.shared import may_edit, visitor
from goldenthread.ui import pages

ADVICE = 8  # sentences at fault that are named


@require_GET
def one_page(request: HttpRequest) -> HttpResponse:
    """An office's plan on one page: `?office=`. Who may edit it is told which sentences are hard to read."""
    viewer = visitor(request)
    plans = queries.plans_of(viewer)
    found = queries.named_plan(plans, request.GET.get("office"))
    edits = may_edit(request, found)
    page = queries.office_page(found, viewer, timezone.localdate())
    context = {
        "plan": found,
        "office": found.office,
        "offices": [plan.office for plan in plans],
        "sheet": page,
        "people": _people(viewer) if edits else [],
        **_advice(page.reading if edits else None),
    }
    return pages.page(request, "plan/templates/one_page.html", context)


@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """One's own plan on one page, or with `?person=`, for who plans, that of somebody else."""
    viewer = visitor(request)
    subject = _subject(viewer, request.GET.get("person", ""))
    edits = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    page = queries.person_page(subject, viewer, timezone.localdate())
    context = {"sheet": page, "is_own": subject.pk == viewer.pk, **_advice(page.reading if edits else None)}
    return pages.page(request, "plan/templates/one_page_person.html", context)


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
