"""What the pages of this room share: who asks, which office, and the answer after a write."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries
from goldenthread.purpose.models import Office
from goldenthread.ui import pages


def visitor(request: HttpRequest) -> Person:
    """Who asks; the middleware lets nobody else in."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def seen(request: HttpRequest, model: Any, key: int, *related: str) -> Any:
    """The row, if the visitor may see it; else 404."""
    found = accounts.visible(model.objects.select_related(*related) if related else model.objects.all(), visitor(request))
    return get_object_or_404(found, pk=key)


def require(request: HttpRequest, act: str, row: Any, words: str) -> None:
    """403 for who may see the row but not do this with it."""
    if not accounts.may(visitor(request), act, row):
        raise Forbidden(words)


def office_wanted(request: HttpRequest) -> tuple[Office | None, list[Office]]:
    """The office named by `?office=`, else the visitor's own, else the first that he or she may see; and all of those."""
    person, wanted = visitor(request), request.GET.get("office", "")
    offices = list(queries.offices(person))
    held = accounts.rights(person).scopes(Act.VIEW, Kind.MANDATE)
    nearest = sorted(offices, key=lambda row: (str(row.pk) != wanted, row.head_id != person.pk, row.scope_id not in held))
    return next(iter(nearest), None), offices


def offices_to_edit(request: HttpRequest, kind: str) -> list[Office]:
    """The offices where the visitor may edit things of that kind."""
    person = visitor(request)
    return [row for row in queries.offices(person) if accounts.may_in(person, Act.EDIT, kind, row.scope_id)]


def office_to_edit(request: HttpRequest, kind: str, words: str) -> Office:
    """The office a new thing is for: the one named, if the visitor may edit such things there; else the first such office."""
    offices, wanted = offices_to_edit(request, kind), request.GET.get("office", "")
    if not offices:
        raise Forbidden(words)
    return min(offices, key=lambda row: (str(row.pk) != wanted, row.head_id != visitor(request).pk))


def done(request: HttpRequest, words: str, address: str) -> HttpResponse:
    """Say what was done, offer to undo it, and go to the page."""
    pages.announce(request, words, undo_url=accounts.undo_address())
    return pages.see_other(address)
