"""Changing a saved view of one's own, from whatever page it is of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import undo_address
from goldenthread.ui import pages
from goldenthread.workspace import actions
from goldenthread.workspace.models import SavedView


@require_POST
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Another name, shared, seen first; or, with `remove`, gone."""
    person: Person = request.person  # type: ignore[attr-defined]
    view = get_object_or_404(SavedView, pk=key, by=person)
    if "remove" in request.POST:
        actions.remove_view(view=view, by=person)
        words = "View removed"
    else:
        marks = {name: name in request.POST for name in ("is_shared", "is_default")}
        changes = {"name": request.POST.get("name", ""), **marks}
        actions.change_view(view=view, changes=changes, by=person, version=pages.version_seen(request))
        words = "View changed"
    pages.announce(request, words, undo_url=undo_address())
    try:
        return pages.see_other(reverse(view.page, args=[view.ref_id]))
    except NoReverseMatch:  # there is no such page any more
        return pages.see_other("/")
