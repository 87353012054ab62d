"""Lets the demo's past be a past: what happened in March is recorded in March, not all in the minute of loading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Organisation, Person
from goldenthread.kit import history
from goldenthread.kit.history import tracked_models
from goldenthread.kit.scoping import current_organisation
from goldenthread.workspace.models import InboxItem

FRIDAY = 4


def moment(day: date) -> datetime:
    """Mid-morning of a day, or now where that is still to come."""
    return min(timezone.make_aware(datetime.combine(day, time(9, 40))), timezone.now())


@contextmanager
def happened(day: date, title: str, *, by: Person | None = None, about: str = "", reason: str = "") -> Iterator[Changeset]:
    """One action of a day in the past. Stages are written oldest first, so that ids and days run the same way."""
    source = Changeset.Source.COMMAND if by is None else Changeset.Source.PAGE
    told = max(InboxItem.objects.values_list("pk", flat=True), default=0)
    with transaction.atomic():
        made = Changeset.objects.create(
            organisation=current_organisation(),
            title=title[:200],
            by=by,
            source=source,
            reason=reason,
            at=moment(day),
            about=about,
        )
        with history.writing(made):
            yield made
        InboxItem.objects.filter(pk__gt=told).update(at=made.at)


class Agenda:
    """Events by how many days ago they happened; run oldest first, all of them or those before another stage."""

    def __init__(self, events: Iterable[tuple[int, Callable[[], object]]]) -> None:
        self._events = sorted(events, key=lambda event: -event[0])

    def until(self, days: int) -> None:
        """Run what happened that many days ago or earlier and was not run yet."""
        while self._events and self._events[0][0] >= days:
            self._events.pop(0)[1]()


def settle(organisation: Organisation, begun: date) -> None:
    """Every record gets the time of the action that wrote it; the first action is as old as the oldest."""
    first = Changeset.objects.order_by("pk").first()
    if first is not None:
        Changeset.objects.filter(pk=first.pk).update(at=moment(begun))
    at = Changeset.objects.filter(pk=OuterRef("changeset_id")).values("at")[:1]
    for model in tracked_models():
        history.records(model, organisation).update(history_date=Subquery(at))


def ago(today: date, days: int) -> date:
    """The day so many days before."""
    return today - timedelta(days=days)


def worked(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))
