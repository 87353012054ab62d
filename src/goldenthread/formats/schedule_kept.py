"""A ScheduleFile as plain JSON values, to be kept for years and read again by a later version.

Fields stand by name, those left at their default unsaid. A field that no longer exists is passed over; a new one has its default.
Texts stand as texts, so that whoever looks for a word in what is kept finds it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_file import ScheduleFile

_MADE: tuple[Any, ...] = (
    *(said.NotCarried, said.Shift, said.WorkWeek, said.CalendarException, said.Calendar, said.CustomField, said.CustomValue),
    *(said.Baseline, said.Rate, said.Resource, said.TimePhase, said.Task, said.Relationship, said.Assignment, said.Project),
    said.ScheduleFile,
)
KINDS: dict[str, Any] = {kind.__name__: kind for kind in _MADE}
_SINGLE: dict[str, Callable[[str], Any]] = {"$d": dt.date.fromisoformat, "$t": dt.datetime.fromisoformat, "$n": Decimal}


def kept(file: ScheduleFile) -> Any:
    """The whole file as dictionaries, lists, texts and numbers."""
    return _plain(file)


def read_kept(content: Any) -> ScheduleFile | None:
    """The file again, equal to what was kept; None where this holds no file."""
    found = _rebuilt(content) if isinstance(content, dict) and content.get("$") == ScheduleFile.__name__ else None
    return found if isinstance(found, ScheduleFile) else None


def read_row(content: Any, key: str) -> ScheduleFile | None:
    """The file with one row of its plan alone, and what is assigned to it; None where the plan has no such row.

    For the page of a row: of 50,000 rows only this one is made.
    """
    plan = next((one for one in content.get("projects", ()) if one.get("tasks")), None) if isinstance(content, dict) else None
    tasks = [one for one in plan["tasks"] if one["id"] == key][:1] if plan is not None else []
    if plan is None or not tasks:
        return None
    given = [one for one in plan.get("assignments", ()) if one["task_id"] == key]
    used = {one["resource_id"] for one in given}
    shown = {
        **content,
        "projects": [{**plan, "tasks": tasks, "assignments": given, "relationships": [], "baseline_of_id": None}],
        "resources": [one for one in content.get("resources", ()) if one["id"] in used],
        "calendars": [],
        "not_carried": [],
    }
    return read_kept(shown)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else value.encode(errors="replace").decode().replace("\0", " ")
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$n": str(value)}
    kind: Any = type(value)
    if kind not in _MADE:
        raise TypeError(f"A schedule holds no {kind}")
    cells = {name: _plain(cell) for name, default in _fields(kind) if (cell := getattr(value, name)) != default}
    return {"$": kind.__name__, **cells}


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


@cache
def _names(kind: Any) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind))


def _rebuilt(value: Any) -> Any:
    if type(value) is list:
        return tuple([_rebuilt(one) for one in value])
    if type(value) is not dict:
        return value
    if "$" not in value:
        ((tag, content),) = value.items()
        return _SINGLE[tag](content)
    kind = KINDS[value["$"]]
    names = _names(kind)
    return kind(**{key: _rebuilt(cell) for key, cell in value.items() if key in names})
