"""A schedule file as the engine's network: every scheduled row of its projects, with the rules of the program that wrote it.

Microsoft Project: work waits for the project's start where nothing goes before it; "no later than" pulls dates forward where the
file says that constraints are honoured; lags count in the successor's calendar. Primavera: nothing left to do starts before the
data date; lags count in the predecessor's calendar unless the file says otherwise.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from goldenthread.engine import network as engine
from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import FreeFloat, ScheduleOptions
from goldenthread.engine.network import NONE, ROUND_THE_CLOCK, Network
from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_calendars import OFFICE_WEEK, working_times
from goldenthread.formats.schedule_file import Project, ScheduleFile, Task
from goldenthread.formats.schedule_network_links import Columns, add_links
from goldenthread.formats.schedule_rules import Rules, minute

_CONSTRAINTS = {
    said.ALAP: engine.AS_LATE_AS_POSSIBLE,
    said.START_NO_EARLIER: engine.START_NO_EARLIER,
    said.START_NO_LATER: engine.START_NO_LATER,
    said.FINISH_NO_EARLIER: engine.FINISH_NO_EARLIER,
    said.FINISH_NO_LATER: engine.FINISH_NO_LATER,
    said.MUST_START: engine.START_ON,
    said.MUST_FINISH: engine.FINISH_ON,
    said.MANDATORY_START: engine.MANDATORY_START,
    said.MANDATORY_FINISH: engine.MANDATORY_FINISH,
}
_ELAPSED = {"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"}  # units of Microsoft Project that run round the clock
MAX_DELAY = 200 * 366 * 1440
_HONOURED = {engine.START_ON: engine.MANDATORY_START, engine.FINISH_ON: engine.MANDATORY_FINISH}


@dataclass(frozen=True, eq=False)
class PlanNetwork:
    """The network of a file. rows: the task of each row, None for the begin or end of a summary that has links of its own.

    ends: the summary of such a row; place: the row of each task by (project, task id); left_out: tasks that are not scheduled,
    and why; firsts: the rows under each summary with relationships from its start; usual: the working time of each project.
    """

    network: Network
    options: ScheduleOptions
    rows: tuple[tuple[str, Task] | None, ...]
    ends: dict[int, Task]
    place: dict[tuple[str, str], int]
    left_out: tuple[tuple[str, Task, str], ...]
    firsts: dict[tuple[str, str], list[int]]
    usual: dict[str, WorkingTime]

    def task(self, row: int) -> tuple[str, Task]:
        """Project and task of a row that is one: not the begin or end of a summary."""
        found = self.rows[row]
        if found is None:
            raise LookupError(f"Row {row} is the begin or end of a summary.")
        return found


def network_of(file: ScheduleFile, earliest: dict[tuple[str, str], str] | None = None) -> PlanNetwork:
    """The network of all projects of a file that are no baseline of another; each is a group with a finish of its own.

    earliest: of summaries with relationships from their start, by project and id, the row under each that starts first.
    """
    known = working_times(file.calendars)
    times = [*known.values(), WorkingTime(OFFICE_WEEK)]
    names = {"": len(known), **{key: place for place, key in enumerate(known)}}
    columns, left_out = Columns(), []
    plans = [project for project in file.projects if project.baseline_of_id is None]
    rules = {project.id: Rules(file, project, times, names) for project in plans}
    for group, project in enumerate(plans):
        left_out += _add_rows(columns, rules[project.id], group)
    for project in plans:
        add_links(columns, rules[project.id], earliest or {})
    for project in plans:
        _wait_for_start(columns, rules[project.id])
    first = next(iter(rules.values()), None)
    return PlanNetwork(
        _network(columns, times),
        _options(first, _must_finish(plans)),
        tuple(columns.rows),
        columns.summaries,
        columns.place,
        tuple(left_out),
        columns.firsts,
        {project.id: times[rules[project.id].default] for project in plans},
    )


def _must_finish(plans: list[Project]) -> dict[int, int]:
    """Of projects of Primavera, by their place, the moment by which they must finish."""
    found = {}
    for place, project in enumerate(plans):
        stated = dict(project.options).get("plan_end_date", "")
        try:
            found[place] = minute(dt.datetime.fromisoformat(stated))
        except ValueError:
            continue
    return found


def _options(rules: Rules | None, finishes: dict[int, int]) -> ScheduleOptions:
    if rules is None:
        return ScheduleOptions()
    limit = rules.options.get("CriticalSlackLimit", "0") or "0"
    minutes = int(limit) * rules.project.minutes_per_day if limit.lstrip("-").isdigit() else 0
    if rules.is_primavera:
        hours = rules.options.get("critical_drtn_hr_cnt", "0") or "0"
        minutes = round(float(hours) * 60) if hours.replace(".", "", 1).lstrip("-").isdigit() else 0
    several = rules.options.get("MultipleCriticalPaths") == "1" or rules.options.get("sched_open_critical_flag") == "Y"
    return ScheduleOptions(
        finishes=finishes,
        critical_float=minutes,
        retained_logic=rules.options.get("sched_progress_override") != "Y",
        dates_win=rules.honours,
        several_paths=several,
        late_within_free_float=rules.is_primavera,
        free_float=FreeFloat.PRIMAVERA if rules.is_primavera else FreeFloat.MICROSOFT,
    )


def _add_rows(columns: Columns, rules: Rules, group: int) -> list[tuple[str, Task, str]]:
    left_out = []
    for task in rules.project.tasks:
        if task.is_summary:
            continue
        why = ""
        if not task.is_active:
            why = "the row is inactive"
        elif task.is_level_of_effort or task.kind.startswith("WBS summary"):
            why = "level of effort: it lasts as long as the work it goes with"
        if why:
            left_out.append((rules.project.id, task, why))
            continue
        row = columns.add((rules.project.id, task), group=group, **_row(task, rules))
        columns.place[rules.project.id, task.id] = row
        _add_delay(columns, row, task, rules)
    return left_out


def _add_delay(columns: Columns, row: int, task: Task, rules: Rules) -> None:
    """A delay by which Microsoft Project levels resources: a row before the task, which waits for what the task waits for."""
    kept = dict(task.kept)
    tenths = kept.get("LevelingDelay", "")
    if rules.is_primavera or not tenths.isdigit() or int(tenths) == 0 or task.actual_start is not None:
        return
    calendar = ROUND_THE_CLOCK if kept.get("LevelingDelayFormat", "8") in _ELAPSED else columns.of_row[row]["calendar"]
    values = {"group": columns.of_row[row]["group"], "calendar": calendar, "placing": engine.ANYWHERE, "not_before": -1}
    made = columns.add(None, duration=min(round(int(tenths) / 10), MAX_DELAY), actual_start=NONE, **values)
    columns.delays[row] = made
    columns.summaries[made] = task
    columns.of_link.append((made, row, engine.FS, 0, ROUND_THE_CLOCK))


def _row(task: Task, rules: Rules) -> dict[str, int]:
    calendar = rules.calendar(task)
    done, begun = task.actual_finish, task.actual_start or task.actual_finish
    values = {
        "calendar": calendar,
        "duration": _remaining(task, rules, calendar),
        "placing": _placing(task, rules),
        "actual_start": minute(begun if done is None or begun is None else min(begun, done)),
        "actual_finish": minute(done),
        "deadline": minute(task.deadline),
        "not_before": -1,
    }
    for name, kind, at in (
        ("constraint", task.constraint, task.constraint_at),
        ("second_constraint", task.second_constraint, task.second_constraint_at),
    ):
        code = _CONSTRAINTS.get(kind, engine.UNBOUND)
        if code != engine.UNBOUND and (at is not None or code == engine.AS_LATE_AS_POSSIBLE):
            values[name] = _HONOURED.get(code, code) if rules.honours else code
            values[f"{name}_at"] = minute(at)
    if task.is_manual and done is None and begun is None and task.start is not None and task.finish is not None:
        values |= _as_entered(task, rules, calendar)
    elif rules.is_primavera:
        values["not_before"] = minute(rules.project.data_date or rules.begins, -1)
    elif begun is not None and done is None:
        values["not_before"] = minute(_resumed(task, rules, calendar), -1)
    return values


def _remaining(task: Task, rules: Rules, calendar: int) -> int:
    """Working minutes left, with the pauses of a split."""
    if task.actual_finish is not None:
        return 0
    stated = task.remaining_minutes if task.actual_start is not None or rules.is_primavera else task.duration_minutes
    minutes = max(0, stated if stated is not None else task.duration_minutes or 0)
    phases = [(one.start, one.finish) for one in task.phases if one.start is not None and one.finish is not None and one.value]
    if task.actual_start is None and calendar != ROUND_THE_CLOCK and phases:  # a split lasts from its first to its last part
        first, last = min(start for start, _ in phases), max(finish for _, finish in phases)
        minutes = max(minutes, rules.times[calendar].minutes_between(first, last)) if minutes else 0
    return minutes


def _placing(task: Task, rules: Rules) -> int:
    if rules.is_primavera:
        return engine.ANYWHERE if task.kind.startswith("finish milestone") else engine.AT_A_START
    return engine.AT_AN_END if task.is_milestone else engine.AT_A_START


def _as_entered(task: Task, rules: Rules, calendar: int) -> dict[str, int]:
    """A row that somebody placed by hand stays where it is."""
    start, finish = minute(task.start), minute(task.finish)
    values = {"constraint": engine.MANDATORY_START, "constraint_at": start, "placing": engine.ANYWHERE}
    duration = _remaining(task, rules, calendar)
    if calendar == ROUND_THE_CLOCK or duration == 0 or minute(_after(rules, calendar, task.start, duration)) != finish:
        return values | {"calendar": ROUND_THE_CLOCK, "duration": max(0, finish - start)}
    return values


def _resumed(task: Task, rules: Rules, calendar: int) -> dt.datetime | None:
    """When Microsoft Project goes on with begun work: where it says, or right after what was done."""
    if task.resumed_at is not None:
        return task.resumed_at
    return _after(rules, calendar, task.actual_start, task.actual_duration_minutes or 0)


def _after(rules: Rules, calendar: int, start: dt.datetime | None, minutes: int) -> dt.datetime | None:
    if start is None or calendar == ROUND_THE_CLOCK:
        return start + dt.timedelta(minutes=minutes) if start else None
    return rules.times[calendar].add(start, minutes)


def _wait_for_start(columns: Columns, rules: Rules) -> None:
    """Microsoft Project: what nothing goes before, and what waits for a finish, starts with the project at the earliest."""
    if rules.is_primavera or rules.begins is None:
        return
    start = minute(rules.begins)
    free = {after for _, after, kind, _, _ in columns.of_link if kind != engine.FF}
    free -= {after for _, after, kind, _, _ in columns.of_link if kind == engine.FF}
    delayed = {made: columns.rows[row] for row, made in columns.delays.items()}
    for row, values in enumerate(columns.of_row):
        task = columns.rows[row] or delayed.get(row)
        if task is not None and task[0] == rules.project.id and row not in free:
            begun = values["actual_start"] != NONE
            values["not_before"] = values["not_before"] if begun else max(values["not_before"], start)


def _network(columns: Columns, times: list[WorkingTime]) -> Network:
    names = ("duration", "not_before", "actual_start", "actual_finish", "deadline", "calendar", "placing", "group")
    defaults: dict[str, int] = {"actual_start": NONE, "actual_finish": NONE, "deadline": NONE, "calendar": ROUND_THE_CLOCK}
    bounds = ("constraint", "constraint_at", "second_constraint", "second_constraint_at")
    defaults |= {"not_before": -1, "constraint_at": NONE, "second_constraint_at": NONE}
    of_row: dict[str, Any] = {
        name: [values.get(name, defaults.get(name, 0)) for values in columns.of_row] for name in (*names, *bounds)
    }
    links = list(zip(*columns.of_link, strict=True)) if columns.of_link else [()] * 5
    of_link = dict(zip(("predecessor", "successor", "kind", "lag", "link_calendar"), links, strict=True))
    return Network(key=range(len(columns.rows)), **of_row, **of_link, calendars=tuple(times), data_date=None)  # type: ignore[arg-type]
