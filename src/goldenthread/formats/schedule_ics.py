"""The activities of a project as a calendar (iCalendar, RFC 5545): an event each, in the plan's own local time."""

from __future__ import annotations

import datetime as dt
import re

from icalendar import Calendar, Event, vText

from goldenthread.formats.schedule_file import Project, ScheduleFile, Task
from goldenthread.formats.schedule_losses import Written
from goldenthread.formats.schedule_values import Losses

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NO_PLACE = "a calendar shows what is done when, and no more"


def write_ics(file: ScheduleFile, project: Project, made_at: dt.datetime) -> Written:
    """Events of all activities that have dates, milestones as moments. made_at: now, in UTC."""
    losses = Losses()
    above = {task.id: task for task in project.tasks}
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Golden Thread//Schedule//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _text(project.name))
    for task in project.tasks:
        if task.is_summary:
            continue
        if task.start is None or not task.is_active:
            why = "it has no start" if task.start is None else "it is not active"
            losses.value("Task", _named(task), "all", why)
            continue
        calendar.add_component(_event(task, task.start, project, above, made_at))
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
    return Written(calendar.to_ical(sorted=False), losses.found())


def _event(task: Task, start: dt.datetime, project: Project, above: dict[str, Task], made_at: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{_text(task.id)}.{_text(project.id)}@goldenthread")
    event.add("dtstamp", made_at.replace(tzinfo=dt.UTC))
    event.add("dtstart", start)
    if task.finish is not None and task.finish > start:
        event.add("dtend", task.finish)
    event.add("summary", _text(task.name))
    said = [_path(task, above), _progress(task), task.notes]
    event.add("description", _text("\n".join(one for one in said if one)))
    if task.is_milestone:
        event.add("categories", "Milestone")
    event.add("transp", "TRANSPARENT")
    return event


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


def _text(text: str) -> vText:
    return vText(_CONTROL.sub(" ", text))


def _named(task: Task) -> str:
    return f"Task {task.id[:20]} “{task.name[:60]}”"
