"""Writes of schedules. Every change of dates, logic or progress recomputes the dates in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import is_own, may, may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.schedule.actions.dates import compute_dates
from goldenthread.schedule.actions.loads import EFFORTS, follow_joining, follow_leaving, followed
from goldenthread.schedule.models import (
    Activity,
    ActivityDates,
    Assignment,
    Baseline,
    BaselineActivity,
    Relationship,
    Resource,
    Schedule,
)
from goldenthread.schedule.queries.duration_types import load_of

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)


def effort_range(likely: float, low: float | None = None, high: float | None = None) -> tuple[int, int, int]:
    """An effort at best, likely and at worst, in whole units. An end that nobody named is assumed: 20 % less, 50 % more."""
    return round(likely * 0.8 if low is None else low), round(likely), round(likely * 1.5 if high is None else high)


def must_edit(by: Person | None, schedule: Schedule) -> None:
    """Refuse who may not change the schedule."""
    if by is not None and not may_in(by, Act.EDIT, _kind_of(schedule), schedule.scope_id):
        raise Forbidden("You may not change this schedule.")


def _kind_of(schedule: Schedule) -> str:
    return Kind.PROJECT if schedule.scope.scope_kind == Scope.ScopeKind.PROJECT else Kind.PLAN


def _must_work_on(by: Person, activity: Activity) -> None:
    """Whoever is assigned reports on the work; so does whoever may edit the schedule."""
    if not is_own(by, activity) and not may_in(by, Act.EDIT, _kind_of(activity.schedule), activity.schedule.scope_id):
        raise Forbidden("Only who works on it, or may change the plan, reports on it.")


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    for name in ("not_before", "deadline", "actual_start", "actual_finish"):
        day = fields.get(name)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise Refused(f"The day {day} is outside 1970 to 2199.", field=name)
    efforts = [fields.get(n) for n in EFFORTS]
    known = [e for e in efforts if e is not None]
    if known != sorted(known):
        raise Refused("The effort must rise from low over likely to high.", field="effort_likely")
    if "progress" in fields and not 0 <= fields["progress"] <= 100:
        raise Refused("Progress lies between 0 and 100 percent.", field="progress")
    if not str(fields.get("name", "x")).strip():
        raise Refused("A name is needed.", field="name")
    return fields


def add_schedule(*, scope: Scope, name: str, data_date: date | None = None) -> Schedule:
    """An empty schedule. Part of the action that adds what it schedules."""
    schedule = Schedule(scope=scope, name=name[:200], data_date=data_date)
    schedule.save()
    return schedule


def add_activity(
    *,
    schedule: Schedule,
    name: str,
    by: Person | None,
    parent: Activity | None = None,
    after: Activity | None = None,
    **fields: Any,
) -> Activity:
    """An activity under `parent`, last among its siblings or right after one of them."""
    must_edit(by, schedule)
    _checked({"name": name, **fields})
    _in_one_schedule(schedule.pk, parent, after)
    with changeset(title=f"Add {name}", by=by):
        siblings = Activity.objects.filter(schedule=schedule, parent=parent)
        position = (after.position if after else siblings.aggregate(m=Max("position"))["m"] or 0) + 1
        _make_room(siblings, position)
        activity = Activity(schedule=schedule, parent=parent, name=name.strip()[:300], position=position, **fields)
        activity.save()
        compute_dates(schedule=schedule)
    return activity


def _in_one_schedule(schedule_id: int, parent: Activity | None, after: Activity | None) -> None:
    for name, beside in (("parent", parent), ("after", after)):
        if beside is not None and beside.schedule_id != schedule_id:
            raise Refused(f"“{beside}” belongs to another schedule.", field=name)


def _make_room(siblings: Any, position: int) -> None:
    moved = list(siblings.filter(position__gte=position))
    for row in moved:
        row.position += 1
    history.change_all(Activity, moved, ["position"])


def edit_activity(*, activity: Activity, changes: dict[str, Any], by: Person | None, version: int | None = None) -> None:
    """Change entered fields: name, duration, effort, dates that bind. What hangs together by its duration type follows."""
    must_edit(by, activity.schedule)
    _checked({**{n: getattr(activity, n) for n in ("effort_low", "effort_likely", "effort_high")}, **changes})
    if "duration" in changes:
        changes = {"remaining": None, **changes}
    with changeset(title=f"Edit {activity}", by=by, about=_about(activity)):
        history.require_version(activity, version)
        if history.change(activity, followed(activity, changes), version=version):
            compute_dates(schedule=activity.schedule)


def _about(activity: Activity) -> str:
    return f"activity:{activity.pk}"


def report_progress(
    *,
    activity: Activity,
    by: Person,
    progress: int | None = None,
    effort: tuple[int, int, int] | None = None,
    started_on: date | None = None,
    finished_on: date | None = None,
    version: int | None = None,
) -> None:
    """What happened to the work: percent done, remaining effort (low, likely, high in minutes), start and finish.

    Finishing sets 100 %; 100 % without a finish leaves the work open for acceptance. A finish before the start is refused.
    """
    _must_work_on(by, activity)
    changes: dict[str, Any] = {}
    if progress is not None:
        changes |= {"progress": progress, "remaining": None}
        if progress and activity.actual_start is None and started_on is None:
            changes["actual_start"] = timezone.localdate()
    if effort is not None:
        changes |= dict(zip(("effort_low", "effort_likely", "effort_high"), effort, strict=True))
    if started_on is not None:
        changes["actual_start"] = started_on
    if finished_on is not None:
        start = changes.get("actual_start") or activity.actual_start or finished_on
        if finished_on < start:
            raise Refused("Work cannot finish before it starts.", field="finished_on")
        changes |= {"actual_start": start, "actual_finish": finished_on, "progress": 100, "blocked_because": ""}
    _checked(changes)
    verb = "Finish" if finished_on else "Report on"
    with changeset(title=f"{verb} {activity}", by=by, about=_about(activity)):
        history.change(activity, changes, version=version)
        compute_dates(schedule=activity.schedule)


def reopen(*, activity: Activity, by: Person, version: int | None = None) -> None:
    """Take a finish back."""
    _must_work_on(by, activity)
    with changeset(title=f"Reopen {activity}", by=by, about=_about(activity)):
        history.change(activity, {"actual_finish": None, "progress": min(activity.progress, 90)}, version=version)
        compute_dates(schedule=activity.schedule)


def block(*, activity: Activity, because: str, by: Person, version: int | None = None) -> None:
    """Say what the work waits for; an empty reason lifts the block."""
    _must_work_on(by, activity)
    verb = "Block" if because.strip() else "Unblock"
    with changeset(title=f"{verb} {activity}", by=by, about=_about(activity)):
        history.change(activity, {"blocked_because": because.strip()[:300]}, version=version)


def move_activity(
    *, activity: Activity, by: Person | None, parent: Activity | None, after: Activity | None = None, version: int | None = None
) -> None:
    """Put an activity with all below it under another parent, first or right after a sibling."""
    must_edit(by, activity.schedule)
    _in_one_schedule(activity.schedule_id, parent, after)
    node = parent
    while node is not None:
        if node.pk == activity.pk:
            raise Refused(f"“{activity}” cannot be moved under itself.", field="parent")
        node = node.parent
    with changeset(title=f"Move {activity}", by=by, about=_about(activity)):
        siblings = Activity.objects.filter(schedule=activity.schedule, parent=parent).exclude(pk=activity.pk)
        position = after.position + 1 if after else 1
        _make_room(siblings, position)
        activity.refresh_from_db()
        history.change(activity, {"parent": parent, "position": position}, version=version)
        compute_dates(schedule=activity.schedule)


def cancel_activity(*, activity: Activity, by: Person | None, on: date | None = None, version: int | None = None) -> None:
    """Stop the work and everything below it. Hours worked and history stay."""
    must_edit(by, activity.schedule)
    day = on or timezone.localdate()
    with changeset(title=f"Stop {activity}", by=by, about=_about(activity)):
        history.require_version(activity, version)
        stopped = [a for a in [activity, *descendants(activity)] if a.cancelled_on is None and not a.is_done]
        for row in stopped:
            row.cancelled_on = day
        history.change_all(Activity, stopped, ["cancelled_on"])
        compute_dates(schedule=activity.schedule)


def descendants(activity: Activity) -> list[Activity]:
    """All activities below one, from one statement."""
    below: dict[int | None, list[Activity]] = defaultdict(list)
    for row in Activity.objects.filter(schedule=activity.schedule_id):
        below[row.parent_id].append(row)
    found, waiting = [], [activity.pk]
    while waiting:
        children = below[waiting.pop()]
        found += children
        waiting += [c.pk for c in children]
    return found


def relate(
    *, predecessor: Activity, successor: Activity, by: Person | None, relationship_kind: str = "FS", lag: int = 0
) -> Relationship:
    """Let the successor wait for the predecessor. A circle is refused, naming the activities in it."""
    must_edit(by, successor.schedule)
    if predecessor.pk == successor.pk:
        raise Refused("An activity cannot wait for itself.", field="predecessor")
    if predecessor.schedule_id != successor.schedule_id:
        raise Refused("Both activities must stand in one schedule.", field="predecessor")
    if relationship_kind not in Relationship.RelationshipKind.values:
        raise Refused(f"There is no relationship {relationship_kind}.", field="relationship_kind")
    if Relationship.objects.filter(predecessor=predecessor, successor=successor, relationship_kind=relationship_kind).exists():
        raise Refused("This relationship is there already.", field="predecessor")
    with changeset(title=f"{successor} waits for {predecessor}", by=by, about=_about(successor)):
        link = Relationship(predecessor=predecessor, successor=successor, relationship_kind=relationship_kind, lag=lag)
        try:
            link.full_clean(exclude=["organisation"], validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise Refused("; ".join(error.messages), field=next(iter(error.message_dict))) from error
        link.save()
        compute_dates(schedule=successor.schedule)
    return link


def unrelate(*, relationship: Relationship, by: Person | None) -> None:
    """Let the successor no longer wait."""
    schedule = relationship.successor.schedule
    must_edit(by, schedule)
    with changeset(title=f"{relationship.successor} no longer waits for {relationship.predecessor}", by=by):
        relationship.delete()
        compute_dates(schedule=schedule)


def ensure_resource(*, person: Person) -> Resource:
    """The resource that stands for a person, made when missing."""
    resource = Resource.objects.filter(person=person).first()
    if resource is None:
        resource = Resource(name=person.name, person=person)
        resource.save()
    return resource


def assign(*, activity: Activity, person: Person, by: Person | None, units: int = 100) -> Assignment:
    """Let a person work on an activity."""
    must_edit(by, activity.schedule)
    found = Assignment.objects.filter(activity=activity, resource__person=person).first()
    if found is not None:
        return found
    with changeset(title=f"Assign {person} to {activity}", by=by, about=_about(activity)):
        before = load_of(activity)
        assignment = Assignment(activity=activity, resource=ensure_resource(person=person), units=units)
        assignment.save()
        if before is not None:
            follow_joining(activity, before, assignment)
            compute_dates(schedule=activity.schedule)
    return assignment


def reassign(*, activity: Activity, giver: Person, taker: Person, by: Person | None) -> None:
    """Let another person do what one was to do, with the same share of the time."""
    must_edit(by, activity.schedule)
    found = Assignment.objects.filter(activity=activity, resource__person=giver).first()
    if found is None:
        return
    with changeset(title=f"Hand {activity} to {taker}", by=by, about=_about(activity)):
        if not Assignment.objects.filter(activity=activity, resource__person=taker).exists():
            Assignment(activity=activity, resource=ensure_resource(person=taker), units=found.units).save()
        found.delete()


def unassign(*, activity: Activity, person: Person, by: Person | None) -> None:
    """Take a person off an activity."""
    must_edit(by, activity.schedule)
    with changeset(title=f"Take {person} off {activity}", by=by, about=_about(activity)):
        assignment = Assignment.objects.filter(activity=activity, resource__person=person).first()
        if assignment is None:
            return
        before, gone_id = load_of(activity), assignment.pk
        assignment.delete()
        if before is not None:
            follow_leaving(activity, before, gone_id)
            compute_dates(schedule=activity.schedule)


def set_baseline(*, schedule: Schedule, name: str, by: Person | None, on: date | None = None) -> Baseline:
    """Freeze today's dates and effort. Insert-only."""
    if by is not None and not may(by, Act.APPROVE, schedule):
        raise Forbidden("You may not set a baseline here.")
    with changeset(title=f"Set the baseline {name}", by=by):
        return freeze(schedule=schedule, name=name, on=on or timezone.localdate())


def freeze(*, schedule: Schedule, name: str, on: date) -> Baseline:
    """A baseline within an action that has asked for the right to make one."""
    baseline = Baseline(schedule=schedule, name=name[:120], set_on=on)
    baseline.save()
    _copy_dates(baseline)
    return baseline


def _copy_dates(baseline: Baseline) -> None:
    """Inside the database: fifty thousand rows that come and go through here would keep every other writer waiting."""
    name = connection.ops.quote_name
    into, dates, activities = (name(model._meta.db_table) for model in (BaselineActivity, ActivityDates, Activity))
    columns = ", ".join(map(name, ("organisation_id", "baseline_id", "activity_id", "start", "finish", "effort_likely")))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} ({columns}) SELECT d.organisation_id, %s, a.id, d.early_start, d.early_finish, a.effort_likely "  # noqa: S608
            f"FROM {dates} d JOIN {activities} a ON a.id = d.activity_id WHERE a.schedule_id = %s ORDER BY a.id",
            [baseline.pk, baseline.schedule_id],
        )
