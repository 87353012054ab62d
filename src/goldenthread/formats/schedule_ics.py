"""The activities of a project as a calendar (iCalendar, RFC 5545): an event each, in the plan's own local time.

Lines are folded at 75 octets and text is escaped as the standard asks.
"""

from __future__ import annotations

import datetime as dt
import re

from goldenthread.formats.schedule_file import Project, ScheduleFile, Task
from goldenthread.formats.schedule_losses import Written
from goldenthread.formats.schedule_values import Losses

_OCTETS = 75
_SPECIAL = re.compile(r"([\\;,])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_CLOCK = "%Y%m%dT%H%M%S"
_NO_PLACE = "a calendar shows what is done when, and no more"


def write_ics(file: ScheduleFile, project: Project, made_at: dt.datetime) -> Written:
    """Events of all activities that have dates, milestones as moments. made_at: now, in UTC."""
    losses = Losses()
    above = {task.id: task for task in project.tasks}
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Golden Thread//Schedule//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_text(project.name)}")
    for task in project.tasks:
        if task.is_summary:
            continue
        if task.start is None or not task.is_active:
            why = "it has no start" if task.start is None else "it is not active"
            losses.value("Task", _named(task), "all", why)
            continue
        lines += _event(task, project, above, made_at)
    lines += ["END:VCALENDAR"]
    for where, count in (
        ("Relationship", len(project.relationships)),
        ("Resource", len(file.resources)),
        ("Assignment", len(project.assignments)),
        ("Calendar", len(file.calendars)),
        ("Baseline", sum(len(task.baselines) for task in project.tasks)),
        ("Summary", sum(task.is_summary for task in project.tasks)),
    ):
        if count:
            losses.field(where, f"project “{project.name[:60]}”", "all", _NO_PLACE, count)
    return Written("".join(f"{_folded(line)}\r\n" for line in lines).encode(), losses.found())


def _event(task: Task, project: Project, above: dict[str, Task], made_at: dt.datetime) -> list[str]:
    start = task.start or made_at
    lines = ["BEGIN:VEVENT", f"UID:{_text(task.id)}.{_text(project.id)}@goldenthread", f"DTSTAMP:{made_at:{_CLOCK}}Z"]
    lines.append(f"DTSTART:{start:{_CLOCK}}")
    if task.finish is not None and task.finish > start:
        lines.append(f"DTEND:{task.finish:{_CLOCK}}")
    lines.append(f"SUMMARY:{_text(task.name)}")
    said = [_path(task, above), _progress(task), task.notes]
    lines.append(f"DESCRIPTION:{_text(chr(10).join(one for one in said if one))}")
    if task.is_milestone:
        lines.append("CATEGORIES:Milestone")
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]


def _path(task: Task, above: dict[str, Task]) -> str:
    """The summaries over a task, the outermost first."""
    names: list[str] = []
    at, seen = task.parent_id, set[str]()
    while at is not None and at in above and at not in seen:
        seen.add(at)
        names.append(above[at].name)
        at = above[at].parent_id
    return " › ".join(reversed(names))


def _progress(task: Task) -> str:
    return f"{task.percent_complete:g} % complete" if task.percent_complete else ""


def _text(text: str) -> str:
    return _CONTROL.sub(" ", _SPECIAL.sub(r"\\\1", text)).replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of 75 octets, no letter cut in two."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS:
            pieces.append(piece)
            piece, size = "", 1  # the space that begins every further piece
        piece += letter
        size += octets
    return "\r\n ".join([*pieces, piece])


def _named(task: Task) -> str:
    return f"Task {task.id[:20]} “{task.name[:60]}”"
