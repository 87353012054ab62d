"""Reads of saved views: those of a page that somebody may open."""

from __future__ import annotations

from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.workspace.models import SavedView


def saved_views(page: str, ref_kind: str, ref_id: int, person: Person) -> list[SavedView]:
    """The person's own views of the page, then those that others share, each by name. For who sees the page: one statement."""
    found = SavedView.objects.filter(page=page, ref_kind=ref_kind, ref_id=ref_id).filter(Q(by=person) | Q(is_shared=True))
    return sorted(found.select_related("by"), key=lambda one: (one.by_id != person.pk, one.name.casefold(), one.pk))
