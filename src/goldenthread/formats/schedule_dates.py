"""The critical path of a schedule file: dates and floats of every row by its id in the file, ready to be written as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

from goldenthread.engine.critical_path import Schedule, schedule
from goldenthread.engine.drag import bands, drag, effort_of_drag
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, moment_of
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import MSPDI, Project, ScheduleFile, Task
from goldenthread.formats.schedule_network import PlanNetwork, network_of

NAMED = 12  # so many rows of a circle are named
AFFORDABLE = 4_000_000  # rows looked at for the drags of a file
NEAR, HIGH = 5, 44  # days of float: up to the first nearly critical, beyond the second more than a plan should have
CRITICAL, *BANDS = ("critical", "near critical", "some float", "high float")


def computed(file: ScheduleFile) -> tuple[PlanNetwork, Schedule]:
    """The network of a file and its dates; FormatError names the rows that wait for each other, or one out of all years."""
    plan = None
    try:
        plan = network_of(file)
        dates = schedule(plan.network, plan.options)
        if plan.firsts:
            plan = network_of(file, _earliest(plan, dates))
            dates = schedule(plan.network, plan.options)
    except EngineError as error:
        raise FormatError(*_in_words(error, plan)) from error
    return plan, dates


def _earliest(plan: PlanNetwork, dates: Schedule) -> dict[tuple[str, str], str]:
    """Of each summary the row under it that starts first, as worked out without the relationships from its start."""
    found = {}
    for summary, places in plan.firsts.items():
        first = plan.rows[min(places, key=lambda place: (int(dates.early_start[place]), place))] if places else None
        if first is not None:
            found[summary] = first[1].id
    return found


def critical_path(file: ScheduleFile, *, with_drags: bool = True) -> dict[str, Any]:
    """Projects with their finish, critical rows, and dates and floats of every scheduled row; its drag, if asked."""
    plan, dates = computed(file)
    drivers, drags = _drivers(plan, dates), _drags(plan, dates) if with_drags else None
    return {
        "kind": file.kind,
        "program": file.program,
        "projects": [
            _project(project, plan, dates, drivers, drags, is_microsoft=file.kind == MSPDI)
            for project in file.projects
            if project.baseline_of_id is None
        ],
    }


def _project(
    project: Project,
    plan: PlanNetwork,
    dates: Schedule,
    drivers: dict[int, list[str]],
    drags: list[int] | None,
    *,
    is_microsoft: bool,
) -> dict[str, Any]:
    rows = [(place, one[1]) for place, one in enumerate(plan.rows) if one is not None and one[0] == project.id]
    end, worked = dates.finish, plan.usual[project.id]
    near = bands(dates, [NEAR * project.minutes_per_day, HIGH * project.minutes_per_day])
    told = [
        _row(place, task, dates, is_microsoft=is_microsoft)
        | {
            "float_band": None if task.actual_finish is not None else CRITICAL if dates.critical[place] else BANDS[near[place]],
            "drag_minutes": None if drags is None else worked.minutes_between(moment_of(end - drags[place]), moment_of(end)),
            "driven_by": drivers.get(place, []),
        }
        for place, task in rows
    ]
    told += _summaries(project, plan, dates)
    order = {task.id: place for place, task in enumerate(project.tasks)}
    told.sort(key=lambda row: order[row["id"]])
    return {
        "id": project.id,
        "name": project.name,
        "data_date": iso(project.data_date),
        "start": min((row["start"] for row in told), default=None),
        "finish": max((row["finish"] for row in told), default=None),
        "critical": [row["id"] for row in told if row["is_critical"] and not row["is_summary"]],
        "longest_path": [row["id"] for row in told if row["is_on_longest_path"]],
        "rows": told,
        "left_out": _left_out(project, plan, dates),
    }


def _left_out(project: Project, plan: PlanNetwork, dates: Schedule) -> list[dict[str, Any]]:
    """Rows that are not scheduled, and why; a level of effort lasts from the first to the last of the work it goes with."""
    found = {task.id: (task, why) for home, task, why in plan.left_out if home == project.id}
    ends: dict[str, tuple[list[int], list[int]]] = {key: ([], []) for key, (task, _) in found.items() if task.is_level_of_effort}
    for link in project.relationships if ends else ():
        for key, other, side in (
            (link.successor_id, link.predecessor_id, link.kind[0]),
            (link.predecessor_id, link.successor_id, link.kind[1]),
        ):
            place = plan.place.get((project.id, other))
            if key in ends and place is not None:
                own = link.kind[1] if key == link.successor_id else link.kind[0]
                moments = dates.early_start if side == "S" else dates.early_finish
                ends[key][own == "F"].append(int(moments[place]))
    told = []
    for key, (task, why) in found.items():
        starts, finishes = ends.get(key, ([], []))
        start = task.actual_start or (moment_of(min(starts)) if starts else None)
        finish = task.actual_finish or (moment_of(max(finishes)) if finishes else None)
        told.append({"id": key, "name": task.name, "why": why, "start": iso(start), "finish": iso(finish)})
    return told


def _row(place: int, task: Task, dates: Schedule, *, is_microsoft: bool) -> dict[str, Any]:
    late = is_microsoft and dates.made_by[0].constraint[place] == AS_LATE_AS_POSSIBLE
    start, finish, late_start = dates.early_start[place], dates.early_finish[place], dates.late_start[place]
    if is_microsoft and task.actual_start is not None:  # it shows the late start of begun work as its actual one
        late_start = start
    return {
        "id": task.id,
        "name": task.name,
        "is_summary": False,
        "start": iso(moment_of(late_start if late else start)),
        "finish": iso(moment_of(dates.late_finish[place] if late else finish)),
        "early_start": iso(moment_of(start)),
        "early_finish": iso(moment_of(finish)),
        "late_start": iso(moment_of(late_start)),
        "late_finish": iso(moment_of(dates.late_finish[place])),
        "total_float_minutes": int(dates.total_float[place]),
        "free_float_minutes": int(dates.free_float[place]),
        "independent_float_minutes": int(dates.independent_float[place]),
        "is_critical": bool(dates.critical[place]),
        "is_on_longest_path": bool(dates.longest_path[place]),
    }


def _drivers(plan: PlanNetwork, dates: Schedule) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    network = plan.network
    for before, after in zip(network.predecessor[dates.driving].tolist(), network.successor[dates.driving].tolist(), strict=True):
        one = plan.rows[before]
        if one is not None:
            found.setdefault(after, []).append(one[1].id)
    return found


def _drags(plan: PlanNetwork, dates: Schedule) -> list[int] | None:
    """Of each row in minutes of the clock; None where working them out would take long."""
    if effort_of_drag(plan.network, dates) > AFFORDABLE:
        return None
    found: list[int] = drag(plan.network, dates, plan.options).tolist()
    return found


def _summaries(project: Project, plan: PlanNetwork, dates: Schedule) -> list[dict[str, Any]]:
    """Rows over others: from the first start to the last finish of what is scheduled under them, as critical as the worst."""
    parents = {task.id: task.parent_id for task in project.tasks}
    under: dict[str, list[int]] = {}
    for (home, key), place in plan.place.items():
        seen = {key}
        over = parents.get(key) if home == project.id else None
        while over is not None and over not in seen:
            under.setdefault(over, []).append(place)
            seen.add(over)
            over = parents.get(over)
    told: list[dict[str, Any]] = []
    for task in project.tasks:
        places = under.get(task.id, [])
        if not task.is_summary or not places:
            continue
        spans = {
            name: iso(moment_of(int(pick(getattr(dates, name)[places]))))
            for name, pick in (("early_start", min), ("early_finish", max), ("late_start", min), ("late_finish", max))
        }
        told.append(
            {
                "id": task.id,
                "name": task.name,
                "is_summary": True,
                "start": spans["early_start"],
                "finish": spans["early_finish"],
                **spans,
                "total_float_minutes": int(dates.total_float[places].min()),
                "free_float_minutes": None,
                "independent_float_minutes": None,
                "is_critical": bool(dates.critical[places].any()),
                "is_on_longest_path": False,
                "float_band": None,
                "drag_minutes": None,
                "driven_by": [],
            }
        )
    return told


def iso(moment: dt.datetime | None) -> str | None:
    """A local time as text, to the minute."""
    return moment.isoformat(timespec="minutes") if moment else None


def _in_words(error: EngineError, plan: PlanNetwork | None) -> tuple[str, str, str]:
    places = [] if plan is None else [item for item in error.items if isinstance(item, int)]
    tasks = [one[1] if plan and (one := plan.rows[place]) else plan.ends[place] for place in places if plan]
    tasks = [task for place, task in enumerate(tasks) if place == 0 or task is not tasks[place - 1]]
    if len(tasks) > 1:
        named = [f"{task.display_id or task.id} “{task.name[:60]}”" for task in tasks[:NAMED]]
        circle = " → ".join([*named, *(["…"] if len(tasks) > NAMED else []), named[0]])
        return f"These wait for each other in a circle: {circle}.", "", "Take one of these relationships away."
    if tasks:
        reason = error.message.partition(": ")[2] or error.message.partition(" would ")[2] or error.message
        return f"The row cannot be scheduled: {reason}", f"{tasks[0].display_id or tasks[0].id} “{tasks[0].name[:60]}”", ""
    return error.message, "", "Correct the date in the program it came from."
