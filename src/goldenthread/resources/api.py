"""What programs read and write of this room: one's own time entries."""

from __future__ import annotations

from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Service
from goldenthread.resources import actions
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule.models import Activity
from goldenthread.ui.programs import Noun, Write, body

WORK = ("activity", "project", "service")


def _log(given: dict[str, Any], by: Person) -> TimeEntry:
    named = [given.pop(name) for name in WORK if given.get(name) is not None]
    if len(named) != 1:
        raise Refused("Name one piece of work: an activity, a project or a service.", field="activity")
    plain = {name: value for name, value in given.items() if name not in WORK}
    return actions.log_time(person=by, work=named[0], by=by, **plain)


TIME_ENTRIES = Noun(
    "time-entries",
    TimeEntry,
    ("person", "on", "minutes", *WORK, "note"),
    filters=("on", *WORK),
    sorts=("on", "minutes"),
    rows=lambda person: TimeEntry.objects.filter(person=person),
    create=Write(
        "Log",
        _log,
        body(
            "NewTimeEntry", TimeEntry, required=("minutes",), optional=("on", "note"),
            activity_=Activity, project_=Project, service_=Service,
        ),
    ),
    change=Write(
        "Change",
        lambda row, given, by, version: actions.edit_entry(entry=row, changes=given, by=by, version=version),
        body("TimeEntryChanges", TimeEntry, optional=("on", "minutes", "note")),
    ),
    remove=Write("Remove", lambda row, given, by, version: actions.remove_entry(entry=row, by=by, version=version)),
)  # fmt: skip

NOUNS = (TIME_ENTRIES,)
