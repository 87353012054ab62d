"""One stored activity as a task of a ScheduleFile: what its file says, but for what was changed here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from goldenthread.formats import schedule_file as files

ALL = frozenset({"all"})
MIDNIGHT = 24 * 60
OFFICE = (9 * 60, 17 * 60)
CONSTRAINTS = {
    "ALAP": files.ALAP,
    "SNET": files.START_NO_EARLIER,
    "SNLT": files.START_NO_LATER,
    "FNET": files.FINISH_NO_EARLIER,
    "FNLT": files.FINISH_NO_LATER,
    "MSO": files.MUST_START,
    "MFO": files.MUST_FINISH,
    "FIXED": files.MUST_START,
}
AT_AN_END = {"FNET", "FNLT", "MFO"}
PROGRESS = {"progress", "actual_start", "actual_finish", "duration", "remaining", "is_milestone"}


class Clock:
    """When a day of work begins and ends, by the usual week: seven lists of shifts, Monday first."""

    def __init__(self, week: Sequence[Sequence[Sequence[int]]]) -> None:
        self._days = [(day[0][0], day[-1][1]) if day else OFFICE for day in week]

    def begins(self, day: dt.date) -> dt.datetime:
        """The moment at which work begins."""
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=self._days[day.weekday()][0])

    def ends(self, day: dt.date) -> dt.datetime:
        """The moment at which work ends; a day that is worked until midnight ends a minute before."""
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=min(self._days[day.weekday()][1], MIDNIGHT - 1))


@dataclass(frozen=True)
class Hand:
    """What a task is made with: the rules of its file, keys of rows and calendars, who waits for others, baselines."""

    kind: str
    clock: Clock
    keys: Mapping[int, str]
    calendars: Mapping[int, str]
    waiting: frozenset[int]
    baselines: Mapping[int, tuple[files.Baseline, ...]]


def task_of(row: Any, filed: files.Task | None, changed: frozenset[str], hand: Hand, *, level: int, is_group: bool) -> files.Task:
    """The task of a stored row. changed: names of columns that are no longer as filed, or ALL."""
    task = filed or files.Task(hand.keys[row.pk], row.name, None, 1)
    is_whole = changed == ALL or filed is None
    values: dict[str, Any] = {}
    for names, part in _PARTS:
        if is_whole or changed & names:
            values |= part(row, task, hand)
    if is_whole or "parent" in changed:
        values["level"] = level
    own = hand.baselines.get(row.pk, ())
    if own:
        values["baselines"] = (*task.baselines, *own)
    if is_group and not task.is_summary:
        values["is_summary"] = True
    return replace(task, **values) if values else task


def _code(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    is_activity = hand.kind == files.XER and not row.is_summary
    return {"display_id": row.code or f"A{row.pk}"} if is_activity else {"wbs": row.code}


def _nature(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    kind = task.kind
    if hand.kind == files.XER and not row.is_summary:
        kind = "task"
        if row.is_level_of_effort:
            kind = "level of effort"
        elif row.is_milestone:
            kind = "finish milestone" if row.pk in hand.waiting else "start milestone"
    return {
        "is_summary": row.is_summary,
        "is_milestone": row.is_milestone,
        "is_level_of_effort": row.is_level_of_effort,
        "kind": kind,
    }


def _length(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    return {"duration_minutes": _whole(row), "is_duration_elapsed": row.is_elapsed, "phases": (), "is_estimated": False}


def _whole(row: Any) -> int:
    return 0 if row.is_milestone or row.is_summary else row.duration


def _progress(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    """What is done and what is left; a moment stands as filed where its day does."""
    if row.is_summary:
        return {}
    whole = _whole(row)
    percent = 100 if row.actual_finish is not None else row.progress
    left = row.remaining if row.remaining is not None else round(whole * (100 - percent) / 100)
    left = 0 if row.actual_finish is not None or row.is_milestone else left
    begun = _moment(row.actual_start or row.actual_finish, task.actual_start, hand.clock.begins)
    ended = _moment(row.actual_finish, task.actual_finish, hand.clock.ends)
    if begun is not None and ended is not None and row.is_milestone:
        begun = ended
    if begun is None:
        left = whole
    return {
        "actual_start": begun,
        "actual_finish": ended,
        "percent_complete": float(percent),
        "remaining_minutes": left,
        "actual_duration_minutes": max(whole - left, 0) if begun is not None else 0,
        "status": "complete" if ended is not None else "in progress" if begun is not None else "not started",
        "stopped_at": None,
        "resumed_at": None,
    }


def _moment(day: dt.date | None, filed: dt.datetime | None, at: Callable[[dt.date], dt.datetime]) -> dt.datetime | None:
    if day is None:
        return None
    return filed if filed is not None and filed.date() == day else at(day)


def _work(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    """What is planned, and less what is done what is left."""
    left = None if row.effort_likely is None else max(row.effort_likely - (task.actual_work_minutes or 0), 0)
    is_left = task.remaining_work_minutes is not None
    return {
        "work_minutes": row.effort_likely,
        "planned_work_minutes": None,
        "remaining_work_minutes": left if is_left else None,
    }


def _bounds(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    """Constraints; the day before which nothing starts is one of them, the second where there is another."""
    at = hand.clock.ends if row.constraint_kind in AT_AN_END else hand.clock.begins
    bounds = []
    if row.constraint_kind:
        bounds.append((CONSTRAINTS[row.constraint_kind], at(row.constraint_date) if row.constraint_date is not None else None))
    if row.not_before is not None and not row.is_summary:
        bounds.append((files.START_NO_EARLIER, hand.clock.begins(row.not_before)))
    first, second = (*bounds, ("", None), ("", None))[:2]
    return {
        "constraint": first[0],
        "constraint_at": first[1],
        "second_constraint": second[0],
        "second_constraint_at": second[1],
        "is_manual": False,
    }


def _deadline(row: Any, task: files.Task, hand: Hand) -> dict[str, Any]:
    return {"deadline": hand.clock.ends(row.deadline) if row.deadline is not None else None}


_PARTS: tuple[tuple[set[str], Callable[[Any, files.Task, Hand], dict[str, Any]]], ...] = (
    ({"name"}, lambda row, task, hand: {"name": row.name}),
    ({"code"}, _code),
    ({"parent"}, lambda row, task, hand: {"parent_id": hand.keys.get(row.parent_id or 0)}),
    ({"calendar"}, lambda row, task, hand: {"calendar_id": hand.calendars.get(row.calendar_id or 0)}),
    ({"cancelled_on"}, lambda row, task, hand: {"is_active": row.cancelled_on is None}),
    ({"is_summary", "is_milestone", "is_level_of_effort"}, _nature),
    ({"duration", "is_elapsed"}, _length),
    (PROGRESS, _progress),
    ({"effort_likely"}, _work),
    ({"constraint_kind", "constraint_date", "not_before"}, _bounds),
    ({"deadline"}, _deadline),
)
