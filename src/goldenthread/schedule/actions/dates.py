"""Computing the dates of a schedule anew, after whatever changed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.utils import timezone

from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule import queries
from goldenthread.schedule.models import Activity, ActivityDates, Calendar, Relationship, Schedule, ScheduleSource

COMPUTED = [
    *("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float", "is_critical"),
    *("is_on_longest_path", "driven_by", "digest"),
]
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
    for schedule in waiting.values():
        compute_dates(schedule=schedule)


def compute_dates(*, schedule: Schedule, today: date | None = None) -> None:
    """Recompute early and late dates and floats of one schedule. Derived: no history, no changeset."""
    waiting = _postponed.get()
    if waiting is not None:
        waiting[schedule.pk] = schedule
        return
    day = today or timezone.localdate()
    dates = queries.plan_dates(schedule, day) if schedule.is_of_project else _of_business_plan(schedule, day)
    ActivityDates.objects.bulk_create(
        dates,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["activity"],
        update_fields=COMPUTED,
    )
    kept = {d.activity_id for d in dates}
    gone = set(ActivityDates.objects.filter(activity__schedule=schedule).values_list("activity_id", flat=True)) - kept
    ActivityDates.objects.filter(activity_id__in=gone).delete()


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
    for schedule in Schedule.objects.filter(pk__in=touched) if touched else ():
        compute_dates(schedule=schedule)
