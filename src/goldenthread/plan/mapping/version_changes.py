"""What changed between two versions of a plan, line by line: of which kind, of whose work, and from which root.

A line is one kind of change to one row. Rows of work (activities, their relationships, assignments, letters) are told at their
activity; contributions, targets and the rest at themselves, with the activities of the steps that they concern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from goldenthread.engine.root_changes import Root, roots
from goldenthread.engine.table_compare import NOTHING, Changes, Keys, State, Table, TableChanges, compare, subset
from goldenthread.plan.mapping.version_threads import activities_of_rows, kpis_of_activities, kpis_of_rows

ADDED, DROPPED, MOVED, RE_ESTIMATED, RE_ASSIGNED = "added", "dropped", "moved", "re_estimated", "re_assigned"
RE_LINKED, EFFECT, TARGET, OBJECTIVE, OTHER = "re_linked", "effect_changed", "target_changed", "objective_changed", "changed"
KINDS = {
    ADDED: "added", DROPPED: "stopped", MOVED: "moved", RE_ESTIMATED: "re-estimated", RE_ASSIGNED: "re-assigned",
    RE_LINKED: "re-linked", EFFECT: "effect changed", TARGET: "target changed", OBJECTIVE: "objective changed", OTHER: "changed",
}  # fmt: skip
COLUMNS = {
    MOVED: ("start", "finish", "not_before", "deadline"),
    RE_ESTIMATED: ("duration", "effort_low", "effort_likely", "effort_high"),
    RE_LINKED: ("parent_id",),
}
AT_ACTIVITY = {
    "assignments": ("activity_id", RE_ASSIGNED), "raci": ("step_id", RE_ASSIGNED), "relationships": ("successor_id", RE_LINKED),
}  # fmt: skip
BY_TABLE = {
    "contributions": EFFECT, "supervisions": EFFECT, "targets": TARGET, "objectives": OBJECTIVE, "kpis": TARGET, "rates": TARGET,
    "clauses": OBJECTIVE, "duties": OTHER, "steps": OTHER,
}  # fmt: skip
DOES = ("R", "A")


def many(label: str, count: int) -> str:
    """The label of so many changes of a kind: “3 effects changed”, but “3 added”."""
    noun, _, rest = label.partition(" ")
    return f"{noun}s {rest}" if rest and count != 1 else label


@dataclass(frozen=True)
class Line:
    """One change: its kind, the row that it is told at, the cells that differ, whose it is before and after, and its root."""

    kind: str
    table: str
    key: int
    root: Root
    cells: tuple[tuple[str, Any, Any], ...] = ()
    before: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[int]:
        """Whom it concerns."""
        return self.before | self.after

    def to(self, person: int) -> str:
        """Its kind as that person meets it: work that comes to one is added, work that goes to somebody else is dropped."""
        if self.kind == RE_ASSIGNED and (person in self.before) != (person in self.after):
            return ADDED if person in self.after else DROPPED
        return self.kind


@dataclass(frozen=True)
class Between:
    """Two versions side by side."""

    old: State
    new: State
    changes: Changes
    lines: tuple[Line, ...]

    @cached_property
    def kpis_of_activity(self) -> dict[int, frozenset[int]]:
        """Activity -> the KPIs that it is to move, on either side."""
        return kpis_of_activities(self.old) | kpis_of_activities(self.new)

    @cached_property
    def kpi_of(self) -> dict[Root, frozenset[int]]:
        """Targets, rates and objectives -> their KPIs."""
        return kpis_of_rows(self.old) | kpis_of_rows(self.new)

    @cached_property
    def activity_of(self) -> dict[Root, int]:
        """Rows of work -> the activity that they are told at."""
        return activities_of_rows(self.old) | activities_of_rows(self.new)

    def of(self, person: int) -> tuple[Line, ...]:
        """The lines that concern a person."""
        return tuple(line for line in self.lines if person in line.people)


@dataclass
class _People:
    """Who does or answers for each activity, and for the work that moves each KPI, in one state."""

    of_activity: dict[int, frozenset[int]] = field(default_factory=dict)
    of_step: dict[int, frozenset[int]] = field(default_factory=dict)
    of_kpi: dict[int, frozenset[int]] = field(default_factory=dict)


def between(old: State, new: State) -> Between:
    """Every change from one version to another, whose work it is, and its root."""
    changes = compare(old, new)
    before, after = _people(old), _people(new)
    moved = roots(old, new, changes)
    lines: dict[tuple[str, str, int], Line] = {}
    for line in (*_of_activities(changes["activities"], moved), *_at_activities(old, new, changes), *_of_others(changes)):
        lines.setdefault((line.kind, line.table, line.key), line)
    return Between(old, new, changes, tuple(_held(line, old, new, before, after) for line in lines.values()))


def of_person(state: State, person: int) -> dict[str, Table]:
    """A person's own part of a version: work done or answered for, with its relationships, letters and effects."""
    people = _people(state)
    activities = _keys(key for key, who in people.of_activity.items() if person in who)
    steps = state["steps"].rows(np.isin(state["steps"].columns["activity_id"], activities))

    def rows(table: str, column: str, wanted: Keys) -> Keys:
        return state[table].keys[np.isin(state[table].columns[column], wanted)]

    wanted = {
        "activities": activities,
        "relationships": rows("relationships", "successor_id", activities),
        "assignments": rows("assignments", "activity_id", activities),
        "steps": steps.keys,
        "raci": rows("raci", "step_id", steps.keys),
        "contributions": rows("contributions", "step_id", steps.keys),
        "supervisions": rows("supervisions", "step_id", steps.keys),
        "duties": rows("duties", "holder_id", _keys([person])),
        "objectives": rows("objectives", "owner_id", _keys([person])),
    }
    return subset(state, wanted)


def _keys(values: Iterable[int]) -> Keys:
    return np.array(sorted(values), np.int64)


def _of_activities(told: TableChanges, moved: dict[int, Root]) -> Iterator[Line]:
    for kind, rows in ((ADDED, told.added), (DROPPED, told.dropped)):
        yield from (Line(kind, "activities", key, ("activities", key)) for key in rows.keys.tolist())
    cells = _cells(told)
    for key in sorted(cells):
        mine = {column: (was, now) for column, was, now in cells[key]}
        own: Root = ("activities", key)
        if "cancelled_on" in mine:
            yield Line(DROPPED if mine["cancelled_on"][1] != NOTHING else ADDED, "activities", key, own, tuple(cells[key]))
            continue
        for kind, columns in COLUMNS.items():
            found = tuple((column, *mine[column]) for column in columns if column in mine)
            if found:
                yield Line(kind, "activities", key, moved.get(key, own) if kind == MOVED else own, found)


def _at_activities(old: State, new: State, changes: Changes) -> Iterator[Line]:
    """Letters, assignments and relationships, told at their activity."""
    step_of = {**_activities_of_steps(old), **_activities_of_steps(new)}
    gone = {*changes["activities"].added.keys.tolist(), *changes["activities"].dropped.keys.tolist()}
    for table, (column, kind) in AT_ACTIVITY.items():
        told = changes[table]
        changed = new[table].rows(np.isin(new[table].keys, _keys(_cells(told))))
        for rows in (told.added, told.dropped, changed):
            for key, at in zip(rows.keys.tolist(), rows.columns[column].tolist(), strict=True):
                activity = step_of.get(at, NOTHING) if column == "step_id" else at
                if activity not in gone:  # of work that came or went this goes without saying
                    yield Line(kind, "activities", activity, (table, key))


def _of_others(changes: Changes) -> Iterator[Line]:
    for table, kind in BY_TABLE.items():
        told = changes[table]
        for key in [*told.added.keys.tolist(), *told.dropped.keys.tolist()]:
            told_as = RE_LINKED if kind == EFFECT else kind
            if table != "steps":  # a step comes and goes with its activity
                yield Line(told_as, table, key, (table, key))
        cells = _cells(told)
        for key in sorted(cells):
            yield Line(kind, table, key, (table, key), tuple(cells[key]))


def _cells(told: TableChanges) -> dict[int, list[tuple[str, Any, Any]]]:
    found: dict[int, list[tuple[str, Any, Any]]] = defaultdict(list)
    for column, cells in told.changed.items():
        for key, was, now in zip(cells.keys.tolist(), cells.before.tolist(), cells.after.tolist(), strict=True):
            found[key].append((column, was, now))
    return dict(found)


def _activities_of_steps(state: State) -> dict[int, int]:
    steps = state["steps"]
    return dict(zip(steps.keys.tolist(), steps.columns["activity_id"].tolist(), strict=True))


def _people(state: State) -> _People:
    at = _activities_of_steps(state)
    activity: dict[int, set[int]] = defaultdict(set)
    step: dict[int, set[int]] = defaultdict(set)
    assigned = state["assignments"].columns
    for key, person in zip(assigned["activity_id"].tolist(), assigned["resource__person_id"].tolist(), strict=True):
        if person != NOTHING:
            activity[key].add(person)
    letters = state["raci"].columns
    for key, person, letter in zip(*(letters[name].tolist() for name in ("step_id", "person_id", "letter")), strict=True):
        if letter in DOES:
            step[key].add(person)
            if key in at:
                activity[at[key]].add(person)
    kpi: dict[int, set[int]] = defaultdict(set)
    given = state["contributions"].columns
    for key, of_step in zip(given["kpi_id"].tolist(), given["step_id"].tolist(), strict=True):
        kpi[key] |= step.get(of_step, set())
    return _People(*({key: frozenset(who) for key, who in found.items()} for found in (activity, step, kpi)))


def _held(line: Line, old: State, new: State, before: _People, after: _People) -> Line:
    """The line with whom it concerns on either side."""
    was, now = _concerned(line, old, before), _concerned(line, new, after)
    return Line(line.kind, line.table, line.key, line.root, line.cells, was, now)


def _concerned(line: Line, state: State, people: _People) -> frozenset[int]:
    if line.table == "activities":
        return people.of_activity.get(line.key, frozenset())
    row = _row(state[line.table], line.key)
    found = {int(row[name]) for name in ("owner_id", "holder_id") if row.get(name, NOTHING) != NOTHING}
    if row.get("step_id", NOTHING) != NOTHING:
        found |= people.of_step.get(int(row["step_id"]), frozenset())
    for name in ("kpi_id",) if line.table in {"targets", "rates"} else ():
        found |= people.of_kpi.get(int(row[name]), frozenset()) if row else frozenset()
    if line.table == "kpis":
        found |= people.of_kpi.get(line.key, frozenset())
    return frozenset(found)


def _row(table: Table, key: int) -> dict[str, Any]:
    place = int(np.searchsorted(table.keys, key))
    if place >= table.keys.size or int(table.keys[place]) != key:
        return {}
    return {name: column[place] for name, column in table.columns.items()}
