"""A stored schedule as a ScheduleFile: what its file said with all that was changed here since; or made from its rows.

So one engine computes its dates, one writer exports it and one set of checks judges it, wherever it came from. Where no file
stands behind the rows, Primavera's rules hold: what is left to do starts on the data date at the earliest.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from goldenthread.formats import schedule_file as files
from goldenthread.formats.schedule_kept import read_kept
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule.mapping import working_time
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Baseline,
    BaselineActivity,
    Calendar,
    Relationship,
    Schedule,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries.comparison import differences
from goldenthread.schedule.queries.file_rows import FileSchedule, file_schedules
from goldenthread.schedule.queries.stored_tasks import ALL, Clock, Hand, task_of

PROGRAM = "Golden Thread"
OWN_CALENDAR = "1"
PERCENT, ELAPSED = Relationship.LagKind.PERCENT, Relationship.LagKind.ELAPSED
KINDS = {"EQUIPMENT": "equipment", "MATERIAL": "material"}
COLUMNS = tuple(field.attname for field in Activity._meta.concrete_fields if field.attname not in ("id", "organisation_id"))
LINK_COLUMNS = ("predecessor_id", "successor_id", "relationship_kind", "lag", "lag_kind")
ASSIGNMENT_COLUMNS = (
    *("pk", "activity_id", "resource_id", "units", "resource__name", "resource__resource_kind", "resource__person__name"),
)
BASELINES = range(11)
WEEK = 7


@dataclass(frozen=True, eq=False)
class StoredFile:
    """The file, and the activity of each of its tasks by the task's id."""

    file: files.ScheduleFile
    activities: dict[str, int]
    usual_week: list[Any]  # shifts of the seven days of its default calendar, Monday first; empty where there is none

    @property
    def project(self) -> files.Project:
        """The one project that is no baseline."""
        return next(one for one in self.file.projects if one.baseline_of_id is None)


@no_search_for_circles()
def stored_file(schedule: Schedule, today: dt.date | None = None) -> StoredFile:
    """The schedule as a file, in a number of statements that does not depend on its rows.

    today: the data date where the schedule states none. It names who works on what: not for everybody who may see the schedule.
    """
    return _Stored(schedule, today or timezone.localdate()).read()


class _Stored:
    """Reads all rows of a schedule and puts them together."""

    def __init__(self, schedule: Schedule, today: dt.date) -> None:
        self.schedule = schedule
        self.data_date = schedule.data_date or today
        rows = Activity.objects.filter(schedule=schedule).order_by("position", "id")
        self.rows: list[Any] = list(rows.values_list("pk", *COLUMNS, named=True))  # a model of each would take twice as long
        links = Relationship.objects.filter(successor__schedule=schedule).order_by("id")
        self.links: list[Any] = list(links.values_list(*LINK_COLUMNS, named=True))
        self.calendars = list(Calendar.objects.filter(schedule=schedule).order_by("id"))
        source = ScheduleSource.objects.filter(schedule=schedule).first()
        said = read_kept(source.content) if source is not None else None
        self.said: FileSchedule | None = next(iter(file_schedules(said)), None) if said is not None else None
        self.became: Mapping[str, int] = source.resources if source is not None and self.said is not None else {}
        kind = schedule.source_key.partition(":")[0]
        self.kind = said.kind if said is not None and self.said is not None else kind if kind == files.MSPDI else files.XER
        self.own = "gt-" if schedule.source_key else ""  # before the id of a row that was added to those of a file
        self.keys = {row.pk: row.source_key or f"{self.own}{row.pk}" for row in self.rows}
        self.calendar_keys = {one.pk: one.source_key or f"{self.own}{one.pk}" for one in self.calendars}
        self.default = next((one for one in self.calendars if one.is_default), None)

    def read(self) -> StoredFile:
        calendars = self._calendars()
        resources, assignments = self._work()
        base = self.said.source if self.said is not None else None
        project = self._project(assignments)
        frozen = tuple(one for one in base.projects if one.baseline_of_id is not None) if base is not None else ()
        file = files.ScheduleFile(
            kind=self.kind,
            program=base.program if base is not None else PROGRAM,
            projects=(project, *frozen),
            calendars=calendars,
            resources=resources,
            custom_fields=base.custom_fields if base is not None else (),
            not_carried=base.not_carried if base is not None else (),
        )
        week = self.default.week if self.default is not None else []
        return StoredFile(file, {key: pk for pk, key in self.keys.items()}, week)

    def _project(self, assignments: tuple[files.Assignment, ...]) -> files.Project:
        tasks, links = self._tasks(), self._links()
        begins = dt.datetime.combine(self.data_date, dt.time())
        if self.said is None:
            day = (self.default.minutes_per_day if self.default is not None else None) or 480
            default = self.calendar_keys[self.default.pk] if self.default is not None else OWN_CALENDAR
            own = self.schedule.source_key.partition(":")[2] or str(self.schedule.pk)
            start = min((task.actual_start for task in tasks if task.actual_start), default=begins)
            return files.Project(
                *(own, self.schedule.name, min(start, begins), None, begins, default),
                minutes_per_day=day,
                minutes_per_week=5 * day,
                tasks=tasks,
                relationships=links,
                assignments=assignments,
            )
        project = self.said.source.projects[0]
        data_date = project.data_date if self.said.data_date == self.schedule.data_date else begins
        return replace(project, data_date=data_date, tasks=tasks, relationships=links, assignments=assignments)

    def _tasks(self) -> tuple[files.Task, ...]:
        """Rows in the order of the outline; as filed where nothing was moved."""
        known = {task.id: task for task in self.said.source.projects[0].tasks} if self.said is not None else {}
        children: dict[int | None, list[Any]] = defaultdict(list)
        for row in self.rows:
            children[row.parent_id].append(row)
        hand = Hand(self.kind, self._clock(), self.keys, self.calendar_keys, self._finishing(), self._baselines())
        found: dict[str, files.Task] = {}
        is_moved = False
        top = min((task.level for task in known.values()), default=1)
        waiting = [(row, 0) for row in reversed(children[None])]
        while waiting:
            row, depth = waiting.pop()
            waiting += [(child, depth + 1) for child in reversed(children[row.pk])]
            changed = self._changed(row)
            is_moved = is_moved or bool({"parent", "position"} & changed) or changed == ALL
            key = self.keys[row.pk]
            found[key] = task_of(row, known.get(key), changed, hand, level=top + depth, is_group=bool(children[row.pk]))
        if not is_moved and len(found) == len(known):
            return tuple(found[key] for key in known)
        if self.kind == files.MSPDI:  # there the id that is shown is the number of the row
            return tuple(replace(task, display_id=str(number)) for number, task in enumerate(found.values(), 1))
        return tuple(found.values())

    def _changed(self, row: Any) -> frozenset[str]:
        """What of a row is no longer as its file has it; ALL of a row that is not in it."""
        filed = self.said.rows.get(row.source_key) if self.said is not None and row.source_key else None
        if filed is None:
            return ALL
        names = {*differences(row, filed, self.keys, self.calendar_keys), *(["not_before"] if row.not_before else [])}
        return frozenset(names)

    def _finishing(self) -> frozenset[int]:
        """The rows that wait for a finish: as milestones they mark one."""
        return frozenset(link.successor_id for link in self.links if link.relationship_kind in ("FS", "FF"))

    def _clock(self) -> Clock:
        week = self.default.week if self.default is not None else None
        return Clock(week if week and len(week) == WEEK else self._own_time().week)

    def _own_time(self) -> Any:
        return working_time(current_organisation(), self.data_date)

    def _links(self) -> tuple[files.Relationship, ...]:
        filed: dict[tuple[str, str, str], list[files.Relationship]] = defaultdict(list)
        said = self.said.links if self.said is not None else {}
        for one in self.said.source.projects[0].relationships if self.said is not None else ():
            filed[one.predecessor_id, one.successor_id, one.kind].append(one)
        found: list[files.Relationship] = []
        for link in self.links:
            if link.predecessor_id not in self.keys:
                continue
            key = (self.keys[link.predecessor_id], self.keys[link.successor_id], link.relationship_kind)
            if said.get(key) == (link.lag, link.lag_kind):
                found += filed[key]
                continue
            is_share = link.lag_kind == PERCENT
            found.append(
                files.Relationship(
                    *key,
                    lag_minutes=0 if is_share else link.lag,
                    is_elapsed=link.lag_kind == ELAPSED,
                    lag_percent=float(link.lag) if is_share else None,
                )
            )
        place = {id(one): n for n, one in enumerate(one for some in filed.values() for one in some)}
        return tuple(sorted(found, key=lambda one: place.get(id(one), len(place))))

    def _calendars(self) -> tuple[files.Calendar, ...]:
        """Those of the file as it has them, those that differ or are made here from their shifts and days."""
        base = self.said.source.calendars if self.said is not None else ()
        filed = self.said.calendars if self.said is not None else {}
        found = {one.id: one for one in base}
        for one in self.calendars:
            key = self.calendar_keys[one.pk]
            if any(getattr(one, name) != value for name, value in filed.get(key, {"pk": None}).items()):
                found[key] = _calendar(key, one)
        if self.default is None and self.said is None:
            time = self._own_time()
            days = [[day.isoformat(), day.isoformat(), shifts] for day, shifts in sorted(time.exceptions.items())]
            own = Calendar(name="Working time", week=time.week, exceptions=days, minutes_per_day=_longest(time.week))
            found[OWN_CALENDAR] = replace(_calendar(OWN_CALENDAR, own), is_default=True)
        return tuple(found.values())

    def _baselines(self) -> Mapping[int, tuple[files.Baseline, ...]]:
        """Of rows without a file the stated ones; of every row those set here, newest first, at the numbers that are free."""
        own = list(Baseline.objects.filter(schedule=self.schedule).order_by("-set_on", "-id")[: len(BASELINES)])
        filed = {number for _, number in self.said.baselines} if self.said is not None else set()
        found: dict[int, list[files.Baseline]] = defaultdict(list)
        clock = self._clock()
        if self.said is None:
            stated = StatedBaseline.objects.filter(activity__schedule=self.schedule).order_by("number")
            for pk, number, start, finish in stated.values_list("activity_id", "number", "start", "finish"):
                filed.add(number)
                found[pk].append(files.Baseline(number, clock.begins(start), clock.ends(finish)))
        free = dict(zip((one.pk for one in own), (n for n in BASELINES if n not in filed), strict=False))
        lines = BaselineActivity.objects.filter(baseline__in=free).order_by("id") if free else BaselineActivity.objects.none()
        for pk, baseline, start, finish in lines.values_list("activity_id", "baseline_id", "start", "finish"):
            found[pk].append(files.Baseline(free[baseline], clock.begins(start), clock.ends(finish)))
        return {pk: tuple(sorted(some, key=lambda one: one.number)) for pk, some in found.items()}

    def _work(self) -> tuple[tuple[files.Resource, ...], tuple[files.Assignment, ...]]:
        """Who works on what: as the file says where that still holds."""
        rows: Any = Assignment.objects.filter(activity__schedule=self.schedule).order_by("id")
        rows = rows.values_list(*ASSIGNMENT_COLUMNS, named=True)
        stored = {(self.keys[one.activity_id], one.resource_id): one for one in rows}
        became = self.became
        units: dict[tuple[str, int], int] = defaultdict(int)
        for (task, key), share in (self.said.assignments if self.said is not None else {}).items():
            units[task, became.get(key, 0)] += share
        said = {pair for pair, share in units.items() if pair in stored and stored[pair].units == min(share, 1000)}
        people = {one.id: one for one in self.said.source.resources} if self.said is not None else {}
        filed = self.said.source.projects[0].assignments if self.said is not None else ()
        tasks = set(self.keys.values())
        found = [
            one
            for one in filed
            if one.task_id in tasks and (one.resource_id not in became or (one.task_id, became[one.resource_id]) in said)
        ]
        key_of = {pk: key for key, pk in reversed(list(became.items()))}
        for pair, one in stored.items():
            if pair in said:
                continue
            key = key_of.setdefault(one.resource_id, f"{self.own}{one.resource_id}")
            if key not in people:
                kind = KINDS.get(one.resource__resource_kind, "work")
                people[key] = files.Resource(key, one.resource__person__name or one.resource__name, kind)
            found.append(files.Assignment(f"{self.own}{one.pk}", pair[0], key, units=one.units / 100))
        working = {key for key, one in people.items() if one.kind in ("work", "equipment")}
        others = {pair[0] for pair in {*stored, *(pair for pair in units if pair[1])} - said}
        return tuple(people.values()), self._divided(found, working, others)

    def _divided(self, found: list[files.Assignment], working: set[str], others: set[str]) -> tuple[files.Assignment, ...]:
        """The work of a filed row that is no longer what its file says, or on which others work, parted by their units.

        working: the resources that are people or machines; others: the rows with other assignments than in the file.
        """
        filed = self.said.rows if self.said is not None else {}
        efforts = {
            key: row.effort_likely
            for row in self.rows
            if row.effort_likely
            and (key := self.keys[row.pk]) in filed
            and (key in others or row.effort_likely != filed[key].values["effort_likely"])
        }
        units: dict[str, float] = defaultdict(float)
        for one in found:
            if one.task_id in efforts and one.resource_id in working:
                units[one.task_id] += one.units or 0
        return tuple(
            _with_work(one, efforts[one.task_id] * (one.units or 0) / units[one.task_id])
            if one.resource_id in working and units.get(one.task_id)
            else one
            for one in found
        )


def _with_work(one: files.Assignment, minutes: float) -> files.Assignment:
    """Another work, spread over its days by whoever reads it; what is done stays done."""
    work = round(minutes)
    left = max(work - (one.actual_work_minutes or 0), 0)
    return replace(
        one,
        work_minutes=work,
        remaining_work_minutes=None if one.remaining_work_minutes is None else left,
        phases=(),
        kept=tuple(cell for cell in one.kept if cell[0] != "target_qty"),
    )


def _calendar(key: str, stored: Calendar) -> files.Calendar:
    def shifts(day: Any) -> tuple[files.Shift, ...]:
        return tuple(files.Shift(begin, until) for begin, until in day)

    return files.Calendar(
        key,
        stored.name,
        files.WorkWeek(tuple(shifts(day) for day in stored.week) if len(stored.week) == WEEK else (None,) * WEEK),
        is_default=stored.is_default,
        exceptions=tuple(
            files.CalendarException(dt.date.fromisoformat(first), dt.date.fromisoformat(last), shifts(day))
            for first, last, day in stored.exceptions
        ),
        minutes_per_day=stored.minutes_per_day,
        minutes_per_week=sum(until - begin for day in stored.week for begin, until in day),
    )


def _longest(week: Any) -> int:
    return max((sum(until - begin for begin, until in day) for day in week), default=0) or 480
