"""Computing the dates of a schedule anew, after whatever changed it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import date
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from goldenthread.kit import bulk
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule import queries
from goldenthread.schedule.models import (
    Activity,
    ActivityDates,
    Calendar,
    Relationship,
    Schedule,
    ScheduleDates,
    ScheduleSource,
)

COMPUTED = [
    *("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float", "is_critical"),
    *("is_on_longest_path", "driven_by", "drag", "parts"),
]
_computed_of = attrgetter(*COMPUTED)
_postponed: ContextVar[dict[int, Schedule] | None] = ContextVar("postponed", default=None)


@contextmanager
def postponed_dates() -> Iterator[None]:
    """Compute dates once at the end of a larger action instead of after each of its writes."""
    if _postponed.get() is not None:
        yield
        return
    waiting: dict[int, Schedule] = {}
    token = _postponed.set(waiting)
    try:
        yield
    finally:
        _postponed.reset(token)
    for _, schedule in sorted(waiting.items()):  # always in one order: two actions that touch the same ones lock none another
        compute_dates(schedule=schedule)


def compute_dates(*, schedule: Schedule, today: date | None = None, is_new: bool = False) -> None:
    """Recompute early and late dates and floats of one schedule. Derived: no history, no changeset.

    One action at a time: another one that changes the same schedule waits, and then computes with what this one wrote.
    is_new: this transaction made the schedule, so that nobody else knows it and nothing is computed yet.
    """
    waiting = _postponed.get()
    if waiting is not None:
        waiting[schedule.pk] = schedule
        return
    day = today or timezone.localdate()
    is_part = connection.in_atomic_block  # then what is refused here spoils nothing of a whole that goes on without
    with nullcontext() if is_part else transaction.atomic(), no_search_for_circles():
        if not is_new:
            rows = Schedule.objects.select_related("scope").select_for_update(of=("self",), no_key=True)
            schedule = rows.get(pk=schedule.pk)  # the data date may be another since the caller read it
        dates = queries.plan_dates(schedule, day) if schedule.is_of_project else _of_business_plan(schedule, day)
        _store(schedule, dates, {} if is_new else _stored(schedule))


def _stored(schedule: Schedule) -> dict[int, tuple[Any, ...]]:
    """What is computed already, by activity."""
    rows = ActivityDates.objects.filter(activity__schedule=schedule).values_list("activity_id", *COMPUTED)
    return {row[0]: row[1:] for row in rows.iterator(chunk_size=5000)}


def _store(schedule: Schedule, dates: list[ActivityDates], known: dict[int, tuple[Any, ...]]) -> None:
    """Write what differs from what is `known`: after most edits a few rows of thousands."""
    found = {one.pk: _computed_of(one) for one in dates}
    if known == found:
        return
    ActivityDates.objects.bulk_create([one for one in dates if one.pk not in known], batch_size=bulk.BATCH)
    bulk.update_rows(ActivityDates, [one for one in dates if one.pk in known and known[one.pk] != found[one.pk]], COMPUTED)
    if gone := known.keys() - found.keys():
        ActivityDates.objects.filter(activity_id__in=gone).delete()
    digest = hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()
    stamp = ScheduleDates(schedule=schedule, digest=digest, organisation=current_organisation())
    ScheduleDates.objects.bulk_create([stamp], update_conflicts=True, unique_fields=["schedule"], update_fields=["digest"])


def _of_business_plan(schedule: Schedule, today: date) -> list[ActivityDates]:
    """A business plan is dated in whole days of the organisation's working time, as its forecast is."""
    rows = list(Activity.objects.filter(schedule=schedule))
    links = list(Relationship.objects.filter(successor__schedule=schedule))
    return queries.computed_dates(rows, links, current_organisation(), schedule.data_date or today)


def dates_after_undo(written: dict[Any, list[Any]]) -> None:
    """Compute the dates of every schedule that still stands of which an undo wrote rows; `written`: model -> records of them."""
    touched = {row.schedule_id for model in (Activity, Calendar, ScheduleSource) for row in written.get(model, ())}
    touched |= {row.id for row in written.get(Schedule, ())}
    ends = {pk for row in written.get(Relationship, ()) for pk in (row.successor_id, row.predecessor_id)}
    if ends:
        touched |= set(Activity.objects.filter(pk__in=ends).values_list("schedule_id", flat=True))
    for schedule in Schedule.objects.filter(pk__in=touched).order_by("pk") if touched else ():
        compute_dates(schedule=schedule)
