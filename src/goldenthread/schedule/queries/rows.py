"""Reads of schedules: the outline, what a person works on, who is free to be assigned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from goldenthread.accounts.models import Person
from goldenthread.schedule.models import Activity, Assignment, Relationship, Schedule


@dataclass
class OutlineRow:
    """One activity in outline order, with its place in the tree and what rolls up from its leaves."""

    activity: Activity
    depth: int
    number: str
    children: list[OutlineRow] = field(default_factory=list)
    start: date | None = None
    finish: date | None = None
    total_float: int | None = None
    is_critical: bool = False
    effort: int = 0
    left: float = 0.0  # minutes of the effort that are still to be worked
    progress: int = 0

    @property
    def is_leaf(self) -> bool:
        """Whether no other activity lies below it."""
        return not self.children


def activities(schedule: Schedule) -> QuerySet[Activity]:
    """The schedule's activities with dates and assigned people: two statements whatever their number."""
    people = Assignment.objects.select_related("resource__person")
    return (
        Activity.objects.filter(schedule=schedule)
        .select_related("dates")
        .prefetch_related(Prefetch("assignments", queryset=people))
        .order_by("position", "id")
    )


def outline(rows: list[Activity], under: int | None = None) -> list[OutlineRow]:
    """The activities of one schedule, or those `under` one of it, as a flat list in outline order, rolled up.

    Dates span, effort and what is left of it add, progress weighs by effort.
    """
    below: dict[int | None, list[Activity]] = defaultdict(list)
    for activity in rows:
        below[activity.parent_id].append(activity)
    flat: list[OutlineRow] = []

    def walk(parent_id: int | None, depth: int, prefix: str) -> list[OutlineRow]:
        made = []
        for n, activity in enumerate(below[parent_id], start=1):
            row = OutlineRow(activity, depth, f"{prefix}{n}")
            flat.append(row)
            row.children = walk(activity.pk, depth + 1, f"{prefix}{n}.")
            _roll_up(row)
            made.append(row)
        return made

    walk(under, 0, "")
    return flat


def _roll_up(row: OutlineRow) -> None:
    if row.is_leaf:
        dates = getattr(row.activity, "dates", None)
        row.start = row.activity.actual_start or (dates.early_start if dates else row.activity.not_before)
        row.finish = row.activity.actual_finish or (dates.early_finish if dates else None)
        row.total_float = dates.total_float if dates and not row.activity.is_done else None
        row.is_critical = bool(dates and dates.is_critical and not row.activity.is_done)
        row.effort = row.activity.effort_likely or 0
        row.progress = 100 if row.activity.is_done else row.activity.progress
        row.left = row.effort * (100 - row.progress) / 100
        return
    row.start = min((c.start for c in row.children if c.start), default=None)
    row.finish = max((c.finish for c in row.children if c.finish), default=None)
    row.total_float = min((c.total_float for c in row.children if c.total_float is not None), default=None)
    row.is_critical = any(c.is_critical for c in row.children)
    row.effort = sum(c.effort for c in row.children)
    row.left = sum(c.left for c in row.children)
    weights = [(c.effort or 1) for c in row.children]
    row.progress = round(sum(w * c.progress for w, c in zip(weights, row.children, strict=True)) / sum(weights))


def relationships(schedule: Schedule) -> QuerySet[Relationship]:
    """The schedule's relationships."""
    return Relationship.objects.filter(successor__schedule=schedule).order_by("id")


def open_work(person: Person) -> QuerySet[Activity]:
    """Leaf activities assigned to a person that are neither done nor cancelled."""
    return (
        Activity.objects.filter(assignments__resource__person=person, actual_finish__isnull=True, cancelled_on__isnull=True)
        .filter(children__isnull=True)
        .select_related("dates", "schedule")
        .distinct()
        .order_by("id")
    )


@dataclass(frozen=True)
class InShort:
    """A schedule in one line: how many activities, how many of them critical, from when to when."""

    activities: int
    critical: int
    start: date | None
    finish: date | None


def in_short(schedule: Schedule) -> InShort:
    """The figures of a schedule, in one statement."""
    leaves = Activity.objects.filter(schedule=schedule, children=None, is_summary=False, cancelled_on=None)
    found = leaves.aggregate(
        activities=Count("id"),
        critical=Count("id", filter=Q(dates__is_critical=True, actual_finish=None)),
        start=Min(Coalesce("actual_start", "dates__early_start")),
        finish=Max(Coalesce("actual_finish", "dates__early_finish")),
    )
    return InShort(**found)
