"""What may happen to a schedule: its risks for a simulation, as a list to take out, and a list beside those that are kept."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.formats.errors import FormatError
from goldenthread.formats.risk_list import INSTEAD, TIMELESS, RiskEvent, RiskList, called, one_called, risk_sheet
from goldenthread.formats.schedule_file import Task
from goldenthread.formats.sheets import OutSheet, write_csv, write_xlsx
from goldenthread.schedule.models import Activity, DrivenActivity, Schedule, ScheduleRisk
from goldenthread.schedule.queries.stored_file import StoredFile, stored_file

PERCENT = ScheduleRisk.Unit.PERCENT
FIGURES = ("name", "chance", "unit", "low", "likely", "high")
WRITERS: dict[str, Callable[[OutSheet], bytes]] = {"csv": write_csv, "xlsx": write_xlsx}


def risks(schedule: Schedule) -> QuerySet[ScheduleRisk]:
    """The risks of a schedule, in the order they were added: two of one name draw by their order."""
    return ScheduleRisk.objects.filter(schedule=schedule).order_by("id")


def driven_by(known: Iterable[ScheduleRisk]) -> dict[int, list[int]]:
    """Which activities each of these risks drives, by their ids. One statement."""
    found: dict[int, list[int]] = defaultdict(list)
    links = DrivenActivity.objects.filter(risk__in=[risk.pk for risk in known]).order_by("id")
    for risk, activity in links.values_list("risk_id", "activity_id"):
        found[risk].append(activity)
    return found


def risk_events(schedule: Schedule, stored: StoredFile) -> tuple[RiskEvent, ...]:
    """The risks as a simulation of the stored file takes them."""
    known = list(risks(schedule))
    if not known:
        return ()
    driven = driven_by(known)
    task = {pk: key for key, pk in stored.activities.items()}
    return tuple(_event(risk, tuple(task[pk] for pk in driven[risk.pk] if pk in task)) for risk in known)


def _event(risk: ScheduleRisk, activities: tuple[str, ...]) -> RiskEvent:
    figures = (risk.chance, risk.low, risk.likely, risk.high)
    return RiskEvent(f"the risk “{risk.name[:60]}”", risk.name, *figures, risk.unit == PERCENT, activities, risk.pk)


def risk_mark(schedule: Schedule) -> str:
    """Another one whenever a risk was added, changed or removed."""
    rows = sorted(risks(schedule).values_list("pk", "version"))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:24]


def listed_risks(schedule: Schedule, form: str, today: date) -> bytes:
    """The list that `--risks` and this schedule take, as csv or xlsx. FormatError where a cell cannot hold what it names."""
    stored = stored_file(schedule, today)
    task = {pk: key for key, pk in stored.activities.items()}
    names = _Names(stored)
    known = list(risks(schedule))
    driven = driven_by(known)
    events = [_event(risk, tuple(names.of(task[pk]) for pk in driven[risk.pk])) for risk in known]
    return WRITERS[form](risk_sheet(events))


class _Names:
    """What the activities of a stored schedule are called in a list: of those that are stopped only what no other is called."""

    def __init__(self, stored: StoredFile) -> None:
        self.tasks = {task.id: task for task in stored.project.tasks}
        could = [task for task in self.tasks.values() if not task.is_summary and not task.is_level_of_effort]
        self.live = called((task.id, task) for task in could if task.is_active)
        self.stopped = called((task.id, task) for task in could if not task.is_active)

    def find(self, name: str, place: str) -> str:
        """The id of the task that is called so; FormatError where there is none, or several."""
        is_known = name.lower() in self.live or name.lower() not in self.stopped
        return one_called(name, self.live if is_known else self.stopped, place)

    def of(self, key: str) -> str:
        """What a list calls a task, so that it is found again: its name where that is its alone, else a code or an id."""
        task = self.tasks[key]
        return next((name for name in (task.name, task.display_id, task.wbs) if self._is_its(name, key)), key)

    def _is_its(self, name: str, key: str) -> bool:
        told = name.strip()
        if not told or ";" in told or told != " ".join(told.split()):
            return False
        try:
            return self.find(told, "") == key
        except FormatError:
            return False


@dataclass(frozen=True)
class ListedRisk:
    """A risk of a list beside the one that is kept. risk: None for a new one. changes: what differs, from and to."""

    event: RiskEvent
    activities: tuple[int, ...]
    risk: ScheduleRisk | None = None
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ComparedRisks:
    """What a list would do. faults: message, place and advice of every row that cannot be used; with one, nothing is done.

    mark: of the risks that it was compared with.
    """

    mark: str
    new: tuple[ListedRisk, ...] = ()
    changed: tuple[ListedRisk, ...] = ()
    same: tuple[ListedRisk, ...] = ()
    gone: tuple[ScheduleRisk, ...] = ()
    faults: tuple[tuple[str, str, str], ...] = ()
    events: tuple[RiskEvent, ...] = field(default=(), repr=False)

    @property
    def does_something(self) -> bool:
        """Whether it would add, change or remove any."""
        return bool(self.new or self.changed or self.gone)


def compared_risks(schedule: Schedule, listed: RiskList, today: date) -> ComparedRisks:
    """A list beside the risks that are kept: those of one name are taken one after the other. What it does not name would go."""
    stored = stored_file(schedule, today)
    names, faults = _Names(stored), list(listed.faults)
    known = list(risks(schedule))
    driven = driven_by(known)
    left = dict(zip(_in_turn([risk.name for risk in known]), known, strict=True))
    found: list[ListedRisk] = []
    for called_so, event in zip(_in_turn([one.name for one in listed.events]), listed.events, strict=True):
        try:
            tasks = dict.fromkeys(names.find(name, event.place) for name in event.activities)
            _check_share(event, [names.tasks[key] for key in tasks])
        except FormatError as error:
            faults.append((error.message, error.place, error.advice))
            continue
        risk = left.pop(called_so, None)
        activities = tuple(stored.activities[key] for key in tasks)
        changes = _changes(risk, event, activities, driven[risk.pk]) if risk is not None else ()
        found.append(ListedRisk(event, activities, risk, changes))
    return ComparedRisks(
        mark=risk_mark(schedule),
        new=tuple(one for one in found if one.risk is None),
        changed=tuple(one for one in found if one.changes),
        same=tuple(one for one in found if one.risk is not None and not one.changes),
        gone=tuple(left.values()),
        faults=tuple(sorted(faults, key=_row_of)),
        events=listed.events,
    )


def _row_of(fault: tuple[str, str, str]) -> int:
    """The row of the list that a fault names."""
    return int("".join(filter(str.isdecimal, fault[1])) or 0)


def _in_turn(names: Sequence[str]) -> list[tuple[str, int]]:
    """Each name, and the how manyth of that name it is."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append((name, seen[name]))
    return found


def _check_share(event: RiskEvent, tasks: Sequence[Task]) -> None:
    for task in tasks:
        if event.is_factor and task.duration_minutes == 0:
            raise FormatError(f"“{task.name[:60]}” {TIMELESS}", event.place, INSTEAD)


def figures(event: RiskEvent) -> dict[str, Any]:
    """The columns of a risk as an event has them."""
    unit = PERCENT if event.is_factor else ScheduleRisk.Unit.DAYS
    return {
        "name": event.name,
        "chance": event.chance,
        "unit": unit,
        "low": event.low,
        "likely": event.likely,
        "high": event.high,
    }


def _changes(
    risk: ScheduleRisk, event: RiskEvent, activities: Sequence[int], driven: Sequence[int]
) -> tuple[tuple[str, str, str], ...]:
    wanted = figures(event)
    told = [(name, _told(getattr(risk, name)), _told(wanted[name])) for name in FIGURES if getattr(risk, name) != wanted[name]]
    if set(activities) != set(driven):
        told.append(("activities", f"{len(driven)}", f"{len(activities)}, of which {len(set(activities) - set(driven))} new"))
    return tuple(told)


def _told(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def may_be_driven(schedule: Schedule) -> QuerySet[Activity]:
    """The activities that a risk can still lengthen: work of their own, open and not stopped."""
    parts = Activity.objects.filter(parent=OuterRef("pk"))
    open_rows = Activity.objects.filter(schedule=schedule, is_summary=False, is_level_of_effort=False)
    return open_rows.filter(~Exists(parts), actual_finish=None, cancelled_on=None).order_by("position", "id")


def found_to_drive(schedule: Schedule, words: str, but: Sequence[int], most: int) -> list[Activity]:
    """Some of them whose name or code holds what was typed, without those that are chosen already."""
    found = may_be_driven(schedule).exclude(pk__in=but)
    words = words.replace("\0", "").strip()
    if words:
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
    return list(found[:most])
