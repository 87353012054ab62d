"""A schedule file without what somebody may not see: people, or what things cost. `not_carried` says that it was left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from goldenthread.formats.schedule_file import (
    Assignment,
    Baseline,
    CustomValue,
    NotCarried,
    Project,
    Resource,
    ScheduleFile,
    Task,
)
from goldenthread.schedule.queries.file_source import alone

MONEY = ("cost", "rate", "money", "budget", "price")  # in the name or kind of a field
NAMED = re.compile("“([^”]*)”")
NO_COSTS: dict[str, Any] = {"cost": None, "actual_cost": None, "remaining_cost": None}


def own_losses(file: ScheduleFile) -> ScheduleFile:
    """Losses name only what the file holds: those kept before its projects were taken apart name rows of the others, too.

    What is wrong with one value of such a row is another project's matter; a field that was lost is so here as well.
    """
    held: tuple[Any, ...] = (*file.projects, *file.calendars, *file.resources, *file.custom_fields)
    own = {_short(one.name) for one in (*held, *(task for one in file.projects for task in one.tasks))}
    lost = [one if set(NAMED.findall(one.row)) <= own else replace(one, row="") for one in file.not_carried]
    told = zip(lost, file.not_carried, strict=True)
    return replace(file, not_carried=tuple(one for one, said in told if one.row == said.row or not NAMED.search(said.why)))


def _short(name: str) -> str:
    """A name as a loss states it."""
    return " ".join(name.split())[:60]


def without_people(file: ScheduleFile) -> ScheduleFile:
    """Nobody and nothing is assigned; calendars that only resources have are gone, and losses name no row."""
    projects = [replace(one, assignments=()) for one in file.projects]
    count = sum(len(one.assignments) for one in file.projects)
    lost = [NotCarried("Assignment", "all", "all", "you may not see who works on what", count)] if count else []
    said = tuple(replace(one, row="") for one in file.not_carried)
    plan = next(one for one in projects if one.baseline_of_id is None)
    bare = alone(replace(file, resources=()), plan, [one for one in projects if one is not plan])
    return replace(bare, not_carried=(*said, *lost))


def without_costs(file: ScheduleFile) -> ScheduleFile:
    """No rates, no costs, no field of money, nothing spread over time, and nothing kept for its own program alone."""
    money = {one.id for one in file.custom_fields if _is_money(one.kind) or _is_money(one.name)}
    bare = replace(
        file,
        projects=tuple(_project(one, money) for one in file.projects),
        resources=tuple(_resource(one, money) for one in file.resources),
        custom_fields=tuple(one for one in file.custom_fields if one.id not in money),
    )
    lost = NotCarried("Resource", "all", "rates and costs", "you may not see what things cost")
    return replace(bare, not_carried=(*file.not_carried, lost))


def _is_money(text: str) -> bool:
    return any(word in text.casefold() for word in MONEY)


def _custom(values: tuple[CustomValue, ...], money: set[str]) -> tuple[CustomValue, ...]:
    return tuple(replace(one, kept=()) for one in values if one.field_id not in money)


def _baselines(some: tuple[Baseline, ...]) -> tuple[Baseline, ...]:
    return tuple(replace(one, cost=None, kept=()) for one in some)


def _project(one: Project, money: set[str]) -> Project:
    return replace(
        one,
        project_row=None if one.project_row is None else _task(one.project_row, money),
        tasks=tuple(_task(task, money) for task in one.tasks),
        assignments=tuple(_assignment(each, money) for each in one.assignments),
        custom=_custom(one.custom, money),
        options=tuple(pair for pair in one.options if not _is_money(pair[0])),
        kept=(),
    )


def _task(task: Task, money: set[str]) -> Task:
    baselines, custom = _baselines(task.baselines), _custom(task.custom, money)
    return replace(task, **NO_COSTS, fixed_cost=None, baselines=baselines, phases=(), custom=custom, kept=())


def _assignment(one: Assignment, money: set[str]) -> Assignment:
    baselines, custom = _baselines(one.baselines), _custom(one.custom, money)
    return replace(one, **NO_COSTS, rate_table="", baselines=baselines, phases=(), custom=custom, kept=())


def _resource(one: Resource, money: set[str]) -> Resource:
    return replace(one, rates=(), baselines=_baselines(one.baselines), custom=_custom(one.custom, money), kept=())
