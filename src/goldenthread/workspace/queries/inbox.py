"""A person's inbox."""

from __future__ import annotations

from django.db.models import F, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.workspace.models import InboxItem


def inbox(person: Person, *, unread_only: bool = False) -> QuerySet[InboxItem]:
    """The person's items: unread first, then newest first."""
    found = InboxItem.objects.filter(person=person)
    if unread_only:
        found = found.filter(read_at__isnull=True)
    return found.order_by(F("read_at").desc(nulls_first=True), "-at", "-id")


def unread_count(person: Person) -> int:
    """How many items the person has not read."""
    return InboxItem.objects.filter(person=person, read_at__isnull=True).count()
