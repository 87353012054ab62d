"""Storing a compared schedule file: a few statements a table, inside the caller's changeset, so that it is undone as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person, Scope
from goldenthread.formats.schedule_kept import kept
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.schedule.actions.dates import compute_dates
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Calendar,
    Relationship,
    Resource,
    Schedule,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries import Comparison, FileResource

DEEPEST = 51  # levels; the mapping refuses what is deeper


@dataclass(frozen=True)
class Given:
    """What is known beside the file: where a new schedule belongs, who its resources are, and the day."""

    scope: Scope
    people: Mapping[str, Person]
    today: date


@no_search_for_circles()
def store(*, compared: Comparison, given: Given) -> Schedule:
    """Write one compared project of a file inside an open changeset; the caller has asked for the right.

    Refused where the stored rows changed since they were compared, where rows wait for each other in a circle, or where the
    outline is deeper than anybody can read.
    """
    schedule = _schedule(compared, given)
    calendars = _calendars(compared, schedule)
    rows = _activities(compared, schedule, calendars, given.today)
    _links(compared, rows)
    _baselines(compared, rows)
    _source(compared, schedule, _assignments(compared, rows, given))
    compute_dates(schedule=schedule, today=given.today, is_new=compared.schedule is None)
    return schedule


def _schedule(compared: Comparison, given: Given) -> Schedule:
    file = compared.file
    if compared.schedule is None:
        schedule = Schedule(scope=given.scope, name=file.name, data_date=file.data_date, source_key=file.source_key)
        schedule.save()
        return schedule
    schedule = compared.schedule
    stored = dict(
        Activity.objects.select_for_update().filter(schedule=schedule).exclude(source_key="").values_list("pk", "version")
    )
    if stored != {a.pk: a.version for a in compared.stored.values()}:
        raise Refused(f"Somebody changed “{schedule}” while the file was looked at.", advice="Look at what it would do again.")
    history.change(schedule, {"data_date": file.data_date, "source_key": file.source_key})
    return schedule


def _calendars(compared: Comparison, schedule: Schedule) -> dict[str, Calendar]:
    known, new, changed = dict(compared.calendars), [], []
    for key, fields in compared.file.calendars.items():
        values = {**fields, "is_default": key == compared.file.default_calendar}
        if key not in known:
            known[key] = Calendar(schedule=schedule, source_key=key[:120], **values)
            new.append(known[key])
        elif _set(known[key], values):
            changed.append(known[key])
    history.add_all(Calendar, new)
    history.change_all(Calendar, changed, ["name", "week", "exceptions", "minutes_per_day", "is_default"])
    return known


def _set(row: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _activities(compared: Comparison, schedule: Schedule, calendars: Mapping[str, Calendar], today: date) -> dict[str, Activity]:
    """New rows level by level, parents first; then what differs; then what the file no longer holds is stopped."""
    rows = dict(compared.stored)
    levels: dict[int, list[str]] = defaultdict(list)
    for row in compared.new:
        levels[_level(row.key, compared)].append(row.key)
    for level in sorted(levels):
        for key in levels[level]:
            row = compared.file.rows[key]
            rows[key] = Activity(
                schedule=schedule,
                source_key=key,
                parent=rows[row.parent] if row.parent is not None else None,
                calendar=calendars.get(row.calendar or ""),
                cancelled_on=None if row.is_active else today,
                **row.values,
            )
        history.add_all(Activity, [rows[key] for key in levels[level]])
    fields: set[str] = set()
    for one in compared.changed:
        fields |= set(one.changes)
        for name, value in one.changes.items():
            found = rows.get(value or "") if name == "parent" else calendars.get(value or "") if name == "calendar" else value
            setattr(one.activity, name, found)
    history.change_all(Activity, [one.activity for one in compared.changed], sorted(fields))
    for activity in compared.gone:
        activity.cancelled_on = today
    history.change_all(Activity, compared.gone, ["cancelled_on"])
    return rows


def _level(key: str, compared: Comparison) -> int:
    """How many new rows stand over a row."""
    level, at = 0, compared.file.rows[key].parent
    while at is not None and level <= DEEPEST:
        level, at = level + 1, compared.file.rows[at].parent
    if level > DEEPEST:
        advice = "Move rows to higher levels, or leave the deepest ones out."
        raise Refused(f"The outline has more than {DEEPEST - 1} levels below the first.", field="parent", advice=advice)
    return level


def _links(compared: Comparison, rows: Mapping[str, Activity]) -> None:
    history.remove_all(Relationship, compared.gone_links)
    changed = []
    for key in compared.changed_links:
        compared.links[key].lag, compared.links[key].lag_kind = compared.file.links[key]
        changed.append(compared.links[key])
    history.change_all(Relationship, changed, ["lag", "lag_kind"])
    history.add_all(
        Relationship,
        [
            Relationship(
                predecessor=rows[before],
                successor=rows[after],
                relationship_kind=kind,
                lag=lag,
                lag_kind=lag_kind,
                is_stated=True,
            )
            for before, after, kind in compared.new_links
            for lag, lag_kind in [compared.file.links[before, after, kind]]
        ],
    )


def _baselines(compared: Comparison, rows: Mapping[str, Activity]) -> None:
    known, wanted = compared.baselines, compared.file.baselines
    of_file = set(compared.file.rows)  # what an activity that is gone once was to be, stays
    history.remove_all(StatedBaseline, [line for key, line in known.items() if key not in wanted and key[0] in of_file])
    changed = [
        known[key]
        for key, (start, finish) in wanted.items()
        if key in known and _set(known[key], {"start": start, "finish": finish})
    ]
    history.change_all(StatedBaseline, changed, ["start", "finish"])
    new = [
        StatedBaseline(activity=rows[key], number=number, start=start, finish=finish)
        for (key, number), (start, finish) in wanted.items()
        if (key, number) not in known
    ]
    history.add_all(StatedBaseline, new)


def _assignments(compared: Comparison, rows: Mapping[str, Activity], given: Given) -> dict[str, Resource]:
    """Several resources of a file may be one person: their shares add up. Answers the resource of each of the file's."""
    resources = _resources(compared.file.resources, given.people)
    wanted: dict[tuple[str, int], int] = defaultdict(int)
    for (key, resource), units in compared.file.assignments.items():
        wanted[key, resources[resource].pk] += units
    known = compared.assignments
    gone = [one for pair, one in known.items() if one.is_stated and pair not in wanted and pair[0] in compared.file.rows]
    history.remove_all(Assignment, gone)
    changed = [known[pair] for pair, units in wanted.items() if pair in known and _set(known[pair], {"units": min(units, 1000)})]
    history.change_all(Assignment, changed, ["units"])
    new = [
        Assignment(activity=rows[key], resource_id=resource, units=min(units, 1000), is_stated=True)
        for (key, resource), units in wanted.items()
        if (key, resource) not in known
    ]
    history.add_all(Assignment, new)
    return resources


def _source(compared: Comparison, schedule: Schedule, resources: Mapping[str, Resource]) -> None:
    """What the file says beyond the rows; the next version takes its place."""
    values = {"content": kept(compared.file.source), "resources": {key: one.pk for key, one in resources.items()}}
    known = ScheduleSource.objects.filter(schedule=schedule).first() if compared.schedule is not None else None
    if known is None:
        ScheduleSource(schedule=schedule, **values).save()
    elif _set(known, values):
        known.save()


def _resources(named: Mapping[str, FileResource], people: Mapping[str, Person]) -> dict[str, Resource]:
    """The resource of each person linked; else the one of that name and kind without a person; made where there is none."""
    if not named:
        return {}
    of_person = {r.person_id: r for r in Resource.objects.filter(person__in=people.values())}
    others = Resource.objects.filter(person=None, name__in={one.name for one in named.values()}).order_by("-id")
    by_name = {(r.name, r.resource_kind): r for r in others}
    found: dict[str, Resource] = {}
    new: list[Resource] = []
    for key, one in named.items():
        person = people.get(key)
        known: dict[Any, Resource] = by_name if person is None else of_person
        place = (one.name, one.kind) if person is None else person.pk
        if place not in known:
            known[place] = Resource(name=one.name if person is None else person.name, resource_kind=one.kind, person=person)
            new.append(known[place])
        found[key] = known[place]
    history.add_all(Resource, new)
    return found
