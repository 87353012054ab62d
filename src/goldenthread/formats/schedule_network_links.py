"""Relationships of a schedule file as links of the engine's network, those of summaries by what stands under them."""

from __future__ import annotations

from dataclasses import dataclass, field

from goldenthread.engine import network as engine
from goldenthread.engine.network import ROUND_THE_CLOCK
from goldenthread.formats.schedule_file import Project, Relationship, Task
from goldenthread.formats.schedule_rules import Rules

KINDS = {"FS": engine.FS, "SS": engine.SS, "FF": engine.FF, "SF": engine.SF}


@dataclass(slots=True)
class Columns:
    """The network while it grows, a list a column."""

    rows: list[tuple[str, Task] | None] = field(default_factory=list)
    of_row: list[dict[str, int]] = field(default_factory=list)
    of_link: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    place: dict[tuple[str, str], int] = field(default_factory=dict)
    ends: dict[tuple[str, str, bool], int] = field(default_factory=dict)
    summaries: dict[int, Task] = field(default_factory=dict)
    delays: dict[int, int] = field(default_factory=dict)
    firsts: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, task: tuple[str, Task] | None, **values: int) -> int:
        self.rows.append(task)
        self.of_row.append(values)
        return len(self.rows) - 1


def add_links(columns: Columns, rules: Rules, earliest: dict[tuple[str, str], str]) -> None:
    """Relationships; one to or from a summary leads to its begin or from its end, which are rows without a calendar.

    One from the start of a summary leads from the row under it that starts first, where that is known; to the finish of a
    summary, to every row under it.
    """
    project = rules.project
    outline = Outline(project)
    for link in project.relationships:
        kind, home = KINDS[link.kind], link.predecessor_project_id or project.id
        before: int | None
        ends: list[int | None]
        if kind in (engine.SS, engine.SF) and outline.is_summary(link.predecessor_id):
            columns.firsts[project.id, link.predecessor_id] = _rows_under(columns, outline, link.predecessor_id)
            first = earliest.get((project.id, link.predecessor_id), "")
            before = columns.place.get((project.id, first))
        else:
            before = _end(columns, home, link.predecessor_id, outline, at_end=True)
        if kind in (engine.FF, engine.SF) and outline.is_summary(link.successor_id):
            ends = list(_rows_under(columns, outline, link.successor_id))
        else:
            ends = [_end(columns, project.id, link.successor_id, outline, at_end=False)]
        for after in ends:
            if before is not None and after is not None and before != after:
                columns.of_link.append((before, *_bound(columns, rules, link, outline, before, after)))


def _bound(
    columns: Columns, rules: Rules, link: Relationship, outline: Outline, before: int, after: int
) -> tuple[int, int, int, int]:
    """Where a relationship leads, its kind, its lag in minutes and the calendar of that."""
    lag, task = link.lag_minutes, outline.tasks.get(link.predecessor_id)
    if link.lag_percent:
        lag = round((task.duration_minutes or 0) * link.lag_percent / 100) if task else 0
    calendars = [columns.of_row[row].get("calendar", rules.default) for row in (before, after)]
    waits = columns.delays.get(after, after) if link.kind in ("FS", "SS") else after
    return waits, KINDS[link.kind], lag, rules.lag_calendar(link, *calendars)


class Outline:
    """The rows of a project and what stands under each."""

    def __init__(self, project: Project) -> None:
        self.project_id = project.id
        self.tasks = {task.id: task for task in project.tasks}
        self.children: dict[str | None, list[str]] = {}
        for task in project.tasks:
            self.children.setdefault(task.parent_id, []).append(task.id)

    def is_summary(self, key: str) -> bool:
        return key in self.tasks and self.tasks[key].is_summary

    def leaves(self, key: str) -> list[str]:
        found: list[str] = []
        waiting = [key]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                (waiting if self.tasks[child].is_summary else found).append(child)
        return found


def _rows_under(columns: Columns, outline: Outline, key: str) -> list[int]:
    places = (columns.place.get((outline.project_id, one)) for one in outline.leaves(key))
    return [row for row in places if row is not None]


def _end(columns: Columns, project: str, key: str, outline: Outline, *, at_end: bool) -> int | None:
    """The row of a task, or of the begin or end of a summary, which is made with its links to what is under it."""
    if (project, key) in columns.place:
        return columns.place[project, key]
    if project != outline.project_id or not outline.is_summary(key):
        return None
    if (project, key, at_end) in columns.ends:
        return columns.ends[project, key, at_end]
    under = _rows_under(columns, outline, key)
    if not under:
        return None
    made = columns.add(None, group=columns.of_row[under[0]]["group"], placing=engine.ANYWHERE, not_before=-1)
    columns.ends[project, key, at_end] = made
    columns.summaries[made] = outline.tasks[key]
    for row in under:
        ends = (row, made, engine.FF) if at_end else (made, columns.delays.get(row, row), engine.SS)
        columns.of_link.append((*ends, 0, ROUND_THE_CLOCK))
    return made
