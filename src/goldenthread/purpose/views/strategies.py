"""Where objectives came from: the strategies that were taken in, and the office's strategy as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, rights
from goldenthread.formats.stratml_writer import write_stratml
from goldenthread.kit import clock, history
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries
from goldenthread.purpose.models import Office, Strategy
from goldenthread.purpose.views.base import seen, visitor
from goldenthread.ui import pages
from goldenthread.workspace.models import ImportedFile

STRATEGIES = (ImportedFile.FileKind.STRATML, ImportedFile.FileKind.GITLAB, ImportedFile.FileKind.PERFORMANCE)


@require_GET
def newest(request: HttpRequest) -> HttpResponse:
    """The strategy taken in last, or how to take in the first one."""
    return _page(request, None)


@require_GET
def strategy(request: HttpRequest, key: int) -> HttpResponse:
    """One strategy that was taken in."""
    return _page(request, seen(request, Strategy, key, "office"))


def _page(request: HttpRequest, row: Strategy | None) -> HttpResponse:
    person = visitor(request)
    found = queries.strategies(person)
    own = (one for one in found if one.office.head_id == person.pk)
    row = row or next(own, None) or next(iter(found), None)
    context: dict[str, Any] = {
        "page": queries.strategy_page(row, person) if row else None,
        "strategies": found,
        "offices": len({one.office_id for one in found}),
        "may_import": rights(person).anywhere(Act.EDIT, Kind.IMPORT),
        "may_export": row is not None and may_in(person, Act.EXPORT, Kind.OBJECTIVE, row.office.scope_id),
    }
    return pages.page(request, "purpose/templates/strategy.html", context)


@require_GET
def stratml(request: HttpRequest, key: int) -> HttpResponse:
    """The office's live objectives as one StratML file."""
    office: Office = seen(request, Office, key, "organisation")
    day = clock.today()
    response = HttpResponse(
        write_stratml(queries.live_plan(office, visitor(request), day).plan, None).data, content_type="application/xml"
    )
    response["Content-Disposition"] = f'attachment; filename="strategy-{office.code}-{day:%Y-%m-%d}.xml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def export_files(person: Person) -> list[tuple[str, str, str]]:
    """For the page of exports: (what, as what, address) of each office's strategy."""
    offices = [one for one in queries.offices(person) if may_in(person, Act.EXPORT, Kind.OBJECTIVE, one.scope_id)]
    return [(f"Strategy of {one.name}", "StratML", reverse("purpose:stratml", args=[one.pk])) for one in offices]


def after_import(file: ImportedFile, person: Person) -> list[tuple[str, str]]:
    """After a strategy was taken in: its objectives, and what else it says. For the slot of the same name."""
    row = _taken_in(file) if file.file_kind in STRATEGIES else None
    if row is None:
        return []
    address = f"{reverse('purpose:objectives')}?state=DRAFT&office={row.office_id}"
    return [("To the drafts", address), ("What the strategy says", reverse("purpose:strategy", args=[row.pk]))]


def _taken_in(file: ImportedFile) -> Strategy | None:
    """The strategy that the import wrote; where it changed nothing, the newest of a file of that name."""
    written = history.records(Strategy).filter(changeset_id=file.outcome.get("changeset")).values("id")
    newest = Strategy.objects.filter(file_name=file.name).order_by("-id")
    return Strategy.objects.filter(pk__in=written).first() or newest.first()
