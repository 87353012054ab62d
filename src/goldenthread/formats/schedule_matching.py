"""Rows of two schedule files matched: by the id that stays the same between them, and a common key for the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goldenthread.formats.schedule_file import MSPDI, XER, Project, ScheduleFile, Task

UNIQUE_ID, CODE, WBS, PLACE = "unique id", "activity code", "WBS code", "name and place in the outline"


@dataclass(frozen=True, eq=False)
class MatchedProjects:
    """Two versions of a project. way: how rows were matched; pairs: (task id before, task id now); the rest has no match."""

    old: Project
    new: Project
    way: str
    pairs: tuple[tuple[str, str], ...]
    only_old: tuple[Task, ...]
    only_new: tuple[Task, ...]


def matched(old: ScheduleFile, new: ScheduleFile) -> list[MatchedProjects]:
    """Projects that are no baselines, by id, then by name; where each file has one left, these two."""
    left, right = ([one for one in file.projects if one.baseline_of_id is None and one.tasks] for file in (old, new))
    found: list[tuple[Project, Project]] = []
    for same in (_own_id, _own_name):
        for one in list(right):
            twins = [other for other in left if same(other) == same(one)]
            if len(twins) == 1 and (old.kind == new.kind or len(twins) == len(left) == len(right)):
                found.append((twins[0], one))
                left.remove(twins[0])
                right.remove(one)
    if len(left) == len(right) == 1:
        found.append((left[0], right[0]))
    return [_rows(old.kind, new.kind, *pair) for pair in found]


def _own_id(project: Project) -> str:
    return project.id


def _own_name(project: Project) -> str:
    return project.name.casefold()


def _rows(old_kind: str, new_kind: str, old: Project, new: Project) -> MatchedProjects:
    """The way that finds most rows of the same name; of equal ones the first."""
    found: list[tuple[int, str, dict[str, str]]] = []
    for way, key in _ways(old_kind, new_kind).items():
        once, now = _unique(old, key), _unique(new, key)
        alike = sum(once[name].name == now[name].name for name in once if name in now)
        found.append((alike, way, {once[name].id: now[name].id for name in once if name in now}))
    _, way, pairs = max(found, key=lambda one: (one[0], len(one[2])))
    known = set(pairs.values())
    return MatchedProjects(
        old,
        new,
        way,
        tuple(pairs.items()),
        tuple(task for task in old.tasks if task.id not in pairs),
        tuple(task for task in new.tasks if task.id not in known),
    )


Key = Callable[[Task, Mapping[str, Task]], str]


def _ways(old_kind: str, new_kind: str) -> dict[str, Key]:
    ways: dict[str, Key] = {UNIQUE_ID: lambda task, _: task.id, WBS: lambda task, _: task.wbs, PLACE: _place}
    if old_kind == new_kind == XER:  # ids are those of one database, codes go with the plan
        return {CODE: _code, **ways}
    if MSPDI in (old_kind, new_kind) and old_kind != new_kind:
        return {PLACE: _place, **ways}
    return ways


def _code(task: Task, tasks: Mapping[str, Task]) -> str:
    return f"summary {task.wbs or _place(task, tasks)}" if task.is_summary else task.display_id


def _place(task: Task, tasks: Mapping[str, Task]) -> str:
    names, seen, here = [task.name], {task.id}, task.parent_id
    while here is not None and here in tasks and here not in seen:
        seen.add(here)
        names.append(tasks[here].name)
        here = tasks[here].parent_id
    return "\n".join(reversed(names))


def _unique(project: Project, key: Key) -> dict[str, Task]:
    tasks = {task.id: task for task in project.tasks}
    named = [(key(task, tasks), task) for task in project.tasks]
    counts = Counter(name for name, _ in named)
    return {name: task for name, task in named if name and counts[name] == 1}
