"""What holds for one project of a schedule file: calendars, options, people, by the program that wrote it."""

from __future__ import annotations

import datetime as dt

from goldenthread.engine.calendars import FIRST_DAY, LAST_DAY, WorkingTime
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import NONE, ROUND_THE_CLOCK, minute_of
from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_calendars import together
from goldenthread.formats.schedule_file import Assignment, Project, Relationship, Resource, ScheduleFile, Task


class Rules:
    """What holds for one project of a file: its calendars, options and people."""

    def __init__(self, file: ScheduleFile, project: Project, times: list[WorkingTime], names: dict[str, int]) -> None:
        self.project, self.is_primavera = project, file.kind == said.XER
        self.options = dict(project.options)
        self.honours = not self.is_primavera and self.options.get("HonorConstraints", "1") == "1"
        first = min((task.start for task in project.tasks if task.start is not None), default=None)
        self.begins = project.start or first
        self.times, self.names = times, names
        self.alike: dict[int, int] = {}
        self.default = names.get(project.default_calendar_id or "", names[""])
        self.people: dict[str, Resource] = {one.id: one for one in file.resources}
        self.work: dict[str, list[Assignment]] = {}
        for one in project.assignments:
            person = self.people.get(one.resource_id)
            if person is not None and person.kind == "work" and one.work_minutes:
                self.work.setdefault(one.task_id, []).append(one)

    def calendar(self, task: Task) -> int:
        """Where the task's work is counted."""
        if task.is_duration_elapsed:
            return ROUND_THE_CLOCK
        own = self.default if task.calendar_id is None else self.names.get(task.calendar_id, self.default)
        by_people = task.kind.startswith("resource dependent") if self.is_primavera else task.calendar_id is None
        if not by_people or task.kind == "fixed duration":
            return own
        of_people = (self.people[one.resource_id].calendar_id for one in self.work.get(task.id, ()))
        theirs = {self._first_alike(self.names.get(key or "", own)) for key in of_people}
        if len(theirs) > 1:
            return self._shared(tuple(sorted(theirs)))
        return theirs.pop() if theirs else own

    def _first_alike(self, place: int) -> int:
        """Many people have a calendar of their own that says no more than its base."""
        if place not in self.alike:
            self.alike[place] = self.times.index(self.times[place])
        return self.alike[place]

    def _shared(self, several: tuple[int, ...]) -> int:
        key = "+".join(str(place) for place in several)
        if key not in self.names:
            self.times.append(together([self.times[place] for place in several]))
            self.names[key] = len(self.times) - 1
        return self.names[key]

    def lag_calendar(self, link: Relationship, before: int, after: int) -> int:
        """Where a lag is counted."""
        stated = self.options.get("sched_calendar_on_relationship_lag", "")
        if link.is_elapsed or stated == "rcal_24Hour":
            return ROUND_THE_CLOCK
        if stated == "rcal_ProjectDefault":
            return self.default
        return before if self.is_primavera and stated != "rcal_Successor" else after


def minute(moment: dt.datetime | None, without: int = NONE) -> int:
    """A local time as the engine's minute; `without` where there is none."""
    if moment is None:
        return without
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise EngineError(f"The date {moment.date()} lies outside the years {FIRST_DAY.year} to {LAST_DAY.year}.", moment.date())
    return minute_of(moment)
