"""Writes of the inbox: one item per event and person, never one per row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.kit.scoping import current_organisation
from goldenthread.workspace.models import InboxItem


def notify(
    *, people: Iterable[Person], title: str, body: str = "", link: str = "", needs_answer: bool = False
) -> list[InboxItem]:
    """Tell people something once. Nobody is told twice of the same thing while the first item is unread."""
    told = list({person.pk: person for person in people}.values())
    organisation, now = current_organisation(), timezone.now()
    waiting = InboxItem.objects.filter(person__in=told, title=title[:200], link=link[:200], read_at__isnull=True)
    knows = set(waiting.values_list("person_id", flat=True))
    fields: dict[str, Any] = {"title": title[:200], "body": body[:600], "link": link[:200], "needs_answer": needs_answer}
    rows = [InboxItem(organisation=organisation, person=p, at=now, **fields) for p in told if p.pk not in knows]
    return InboxItem.objects.bulk_create(rows)


def mark_read(*, person: Person, item: InboxItem) -> None:
    """The person has seen one item of his or her own inbox."""
    InboxItem.objects.filter(pk=item.pk, person=person, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(*, person: Person) -> int:
    """The person has seen everything that needs no answer; answers the number of items."""
    unread = InboxItem.objects.filter(person=person, read_at__isnull=True, needs_answer=False)
    return unread.update(read_at=timezone.now())


def empty_inbox(person: Person) -> int:
    """Remove everything that was told to a person who is erased; answers the number of items."""
    return InboxItem.objects.filter(person=person).delete()[0]
