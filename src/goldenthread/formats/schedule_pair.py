"""Two versions of a plan as networks that the engine can hold beside each other: the same keys, groups and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import schedule
from goldenthread.engine.network import FS, Ints
from goldenthread.engine.schedule_compare import Side
from goldenthread.formats.schedule_dates import computed
from goldenthread.formats.schedule_file import ScheduleFile, Task
from goldenthread.formats.schedule_matching import MatchedProjects
from goldenthread.formats.schedule_network import PlanNetwork

A_PERSONS = "the hours of one person"  # whose calendars bear names
BEGIN, END, DELAY = "begin", "end", "delay"
Name = tuple[str, str, str]  # project and task as the earlier file calls them, and which end of a summary


@dataclass(frozen=True, eq=False)
class PlanPair:
    """Both in common keys. tasks: by key what each row is, as the later file has it where both do; parts: by key its top row.

    calendars: their names, by place. between: keys of what is no row by itself, as the delay of a task and the ends of a summary.
    """

    sides: tuple[Side, Side]
    tasks: Mapping[int, Task]
    parts: Mapping[int, int]
    calendars: tuple[str, ...]
    between: frozenset[int] = frozenset()


def plan_pair(old: ScheduleFile, new: ScheduleFile, projects: list[MatchedProjects]) -> PlanPair:
    """Matched projects are the groups 0, 1 ...; what has no match keeps a group of its own."""
    keys, calendars = dict[Name, int](), _Calendars()
    read = [_One(file, projects, keys, calendars, is_new=is_new) for file, is_new in ((old, False), (new, True))]
    sides = [one.side(tuple(calendars.times)) for one in read]
    tasks, parts = read[0].tasks | read[1].tasks, read[0].parts | read[1].parts
    between = frozenset(key for one in read for key, row in zip(one.keys, one.plan.rows, strict=True) if row is None)
    return PlanPair((sides[0], sides[1]), tasks, parts, tuple(calendars.names), between)


class _Calendars:
    """Those of both files, each once: one that says the same as another is the same."""

    def __init__(self) -> None:
        self.times: list[WorkingTime] = []
        self.names: list[str] = []

    def places(self, plan: PlanNetwork, file: ScheduleFile) -> Ints:
        """Where the calendars of a file stand; the last place is for work by the clock."""
        tied = {
            key for project in file.projects for key in (project.default_calendar_id, *(t.calendar_id for t in project.tasks))
        }
        theirs = {one.calendar_id for one in file.resources} - tied
        said = [*(A_PERSONS if one.id in theirs else one.name for one in file.calendars), "the office week"]
        found = []
        for place, time in enumerate(plan.network.calendars):
            if time not in self.times:
                self.times.append(time)
                self.names.append(said[place] if place < len(said) else "shared by several people")
            found.append(self.times.index(time))
        return np.array([*found, -1], np.int64)


class _One:
    """One of the two files, on the way to common keys."""

    def __init__(
        self, file: ScheduleFile, projects: list[MatchedProjects], keys: dict[Name, int], calendars: _Calendars, *, is_new: bool
    ) -> None:
        self.plan, _ = computed(file)
        self.places = calendars.places(self.plan, file)
        own = [one.id for one in file.projects if one.baseline_of_id is None]
        group = {(one.new if is_new else one.old).id: place for place, one in enumerate(projects)}
        self.group = [group.get(key, len(projects) + 2 * place + is_new) for place, key in enumerate(own)]
        self.name = {one.new.id: one.old.id for one in projects} if is_new else {}
        self.same = {(one.new.id, now): once for one in projects for once, now in one.pairs} if is_new else {}
        self.is_new, self.own = is_new, own
        self.tasks: dict[int, Task] = {}
        self.parts: dict[int, int] = {}
        tops = {project.id: _tops(project.tasks) for project in file.projects}
        self.keys = [self._key(row, keys) for row in range(len(self.plan.rows))]
        for key, (project, task) in zip(self.keys, self.homes, strict=True):
            self.tasks[key] = task
            self.parts[key] = keys.setdefault(self._named(project, tops[project].get(task.id, task.id), "part"), len(keys))

    @property
    def homes(self) -> list[tuple[str, Task]]:
        """Project and task of every row; of the ends of summaries too."""
        groups = self.plan.network.group.tolist()
        return [one or (self.own[groups[row]], self.plan.ends[row]) for row, one in enumerate(self.plan.rows)]

    def side(self, calendars: tuple[WorkingTime, ...]) -> Side:
        """The network in common keys, and its dates."""
        network, group = self.plan.network, np.array(self.group, np.int64)
        made = replace(
            network,
            key=np.array(self.keys, np.int64),
            calendar=self.places[network.calendar],
            link_calendar=self.places[network.link_calendar],
            group=group[network.group],
            calendars=calendars,
        )
        ends = {self.group[place]: end for place, end in self.plan.options.finishes.items()}
        rules = replace(self.plan.options, finishes=ends)
        return Side(schedule(made, rules), rules)

    def _key(self, row: int, keys: dict[Name, int]) -> int:
        one = self.plan.rows[row]
        if one is not None:
            return keys.setdefault(self._named(one[0], one[1].id, ""), len(keys))
        project = self.own[int(self.plan.network.group[row])]
        return keys.setdefault(self._named(project, self.plan.ends[row].id, self._role(row)), len(keys))

    def _named(self, project: str, task: str, role: str) -> Name:
        """As the earlier file calls it; what only the later one has cannot be mistaken for a row of the earlier."""
        if not self.is_new:
            return project, task, role
        once = self.same.get((project, task))
        return (self.name[project], once, role) if once is not None else (f"new {project}", task, role)

    def _role(self, row: int) -> str:
        """Which row of a summary, or the delay of a task: its own first relationship tells (`schedule_network_links`)."""
        if not hasattr(self, "first"):
            self.first: dict[int, tuple[bool, int]] = {}
            network = self.plan.network
            for before, after, kind in zip(
                *(column.tolist() for column in (network.predecessor, network.successor, network.kind)), strict=True
            ):
                self.first.setdefault(before, (True, kind))
                self.first.setdefault(after, (False, kind))
        leads, kind = self.first[row]
        return END if not leads else DELAY if kind == FS else BEGIN


def _tops(tasks: tuple[Task, ...]) -> dict[str, str]:
    """Of each task the row at the top of the outline that it stands under."""
    parents = {task.id: task.parent_id for task in tasks}
    found: dict[str, str] = {}
    for key in parents:
        way, here = [key], key
        while here not in found and parents.get(here) in parents and parents[here] not in way:
            here = str(parents[here])
            way.append(here)
        found.update(dict.fromkeys(way, found.get(here, here)))
    return found
