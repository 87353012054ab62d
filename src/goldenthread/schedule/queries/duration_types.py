"""By which rule duration, work and units of an activity hang together: as the file of its schedule says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from goldenthread.engine.duration_types import DurationType, Load
from goldenthread.formats import schedule_file as files
from goldenthread.formats.schedule_kept import read_row
from goldenthread.schedule.models import Activity, Assignment, Resource, ScheduleSource

MICROSOFT = {kind.value: kind for kind in (DurationType.UNITS, DurationType.WORK, DurationType.DURATION)}
PRIMAVERA = {
    "FixedRate": DurationType.UNITS,
    "FixedQty": DurationType.WORK,
    "FixedDrtn": DurationType.DURATION,
    "FixedDUR2": DurationType.DURATION_AND_WORK,
}


@dataclass(frozen=True)
class LoadOf:
    """What hangs together of one activity. assignments: of people and machines, in the order of the load."""

    kind: DurationType
    is_effort_driven: bool
    load: Load
    assignments: tuple[Assignment, ...]


def load_of(activity: Activity) -> LoadOf | None:
    """The load of an activity whose file says how it is scheduled; None of any other, and of one that is done or without work."""
    if not activity.source_key or not activity.effort_likely or activity.is_elapsed or activity.actual_finish is not None:
        return None
    content = ScheduleSource.objects.filter(schedule=activity.schedule_id).values_list("content", flat=True).first()
    rule = _rule(content, activity.source_key)
    if rule is None:
        return None
    given = Assignment.objects.filter(activity=activity, units__gt=0).exclude(
        resource__resource_kind=Resource.ResourceKind.MATERIAL
    )
    assignments = tuple(given.select_related("resource").order_by("id"))
    units = tuple(one.units / 100 for one in assignments)
    work = tuple(activity.effort_likely * one / sum(units) for one in units)
    return LoadOf(*rule, Load(activity.duration, units, work), assignments)


def _rule(content: Any, key: str) -> tuple[DurationType, bool] | None:
    file = read_row(content, key)
    if file is None:
        return None
    task = file.projects[0].tasks[0]
    if file.kind == files.MSPDI:
        kind = MICROSOFT.get(task.kind)
        is_effort_driven = dict(task.kept).get("EffortDriven") == "1"
    else:
        kind, is_effort_driven = PRIMAVERA.get(task.kind.rpartition(" ")[2]), False
    return (kind, is_effort_driven) if kind is not None else None
