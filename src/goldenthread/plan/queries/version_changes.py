"""What changed between two versions, in words: each line with what it is about, whose work it is, and which decision caused it.

The cause of a line is its root (`engine.root_changes`). Where that is a change by hand to work that moves a figure whose target,
or whose objective, was changed before it, that decision is the cause: the work followed it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.root_changes import TIME, Root
from goldenthread.engine.table_compare import NOTHING, State, TableChanges
from goldenthread.kit import history
from goldenthread.plan.mapping.version_changes import KINDS, RE_ASSIGNED, Between, Line, between
from goldenthread.plan.mapping.version_document import FROZEN, day_of, read
from goldenthread.plan.mapping.version_threads import activities_of_rows, kpis_of_activities, kpis_of_rows
from goldenthread.plan.models import Contribution, Duty, PlanVersion, Raci, Step, Supervision
from goldenthread.purpose.models import Clause, Kpi, Objective, Target, ValueRate
from goldenthread.schedule.models import Activity, Assignment, BaselineActivity, Relationship
from goldenthread.ui import writing

NAMELESS = "Work not shown to you"
MODELS: dict[str, Any] = {
    "activities": Activity, "relationships": Relationship, "assignments": Assignment, "steps": Step, "raci": Raci,
    "contributions": Contribution, "supervisions": Supervision, "duties": Duty, "objectives": Objective, "targets": Target,
    "kpis": Kpi, "rates": ValueRate, "clauses": Clause,
}  # fmt: skip
NAMED: tuple[tuple[str, Any, str], ...] = (
    ("activities", Activity, "name"), ("kpis", Kpi, "name"), ("objectives", Objective, "title"), ("people", Person, "name"),
    ("targets", Target, "kpi__name"),
)  # fmt: skip
ABOUT = {
    "raci": "who does “{}” changed", "assignments": "who does “{}” changed", "relationships": "what comes before “{}” changed",
    "contributions": "what “{}” is to move changed", "supervisions": "what “{}” supervises changed",
    "targets": "the target of {} changed", "rates": "what a unit of {} is worth changed", "steps": "what “{}” is changed",
}  # fmt: skip
DECIDES = {"targets", "objectives", "kpis", "rates", "clauses", TIME[0]}
ENTERED = {"duration", "not_before"}
ACTUAL = {"actual_start", "actual_finish", "progress"}
DATES = {"start", "finish", "not_before", "deadline", "due_on", "valid_to", "valid_from", "cancelled_on", "actual_start"}
HOURS = {"duration", "effort_low", "effort_likely", "effort_high"}
LABELS = {
    "not_before": "not before", "duration": "duration", "effort_low": "effort, low", "effort_likely": "effort, likely",
    "effort_high": "effort, high", "due_on": "due", "band_low": "band from", "band_high": "band to", "valid_to": "until",
    "is_required": "required", "lag_days": "days until it shows", "ramp_days": "days until it is whole", "chance": "chance, %",
}  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """What started a change: its words, when, by whom, and the row, as table and key."""

    root: Root
    words: str
    at: datetime | None = None
    by: str = ""
    changeset: int | None = None


@dataclass(frozen=True)
class Change:
    """A line in words."""

    kind: str
    subject: str
    ref: str
    url: str | None
    what: tuple[tuple[str, str, str], ...]
    people: tuple[str, ...]
    cause: Cause
    days: int | None = None  # how much later it ends; negative: earlier

    @property
    def label(self) -> str:
        """Its kind as people say it."""
        return KINDS[self.kind]


def states_of(*versions: PlanVersion) -> list[State]:
    """What each version holds, in one statement for those whose documents are at hand."""
    ids = [version.baseline_id for version in versions]
    rows: dict[int, list[Any]] = {pk: [] for pk in ids}
    found = BaselineActivity.objects.filter(baseline__in=ids).order_by("activity_id")
    for baseline, *row in found.values_list("baseline_id", "activity_id", *FROZEN).iterator(5_000):
        rows[baseline].append(row)
    return [read(version.document.text, rows[version.baseline_id]) for version in versions]


def changes_between(
    old: PlanVersion, new: PlanVersion, viewer: Person, person: Person | None = None, told: Between | None = None
) -> list[Change]:
    """The changes from one version to another as the viewer may see them; of one person's work where that is named.

    `told`: what was found between them, where the caller has it for many people.
    """
    told = told or between(*states_of(old, new))
    lines = told.lines if person is None else told.of(person.pk)
    return _Words(told, old, new, lines, viewer).changes(person)


def in_a_sentence(changes: Iterable[Change], who: str = "Your work") -> str:
    """“Your work changed: 3 added, 2 stopped, 1 moved three weeks later.” Empty where nothing did."""
    rows = list(changes)
    if not rows:
        return ""
    counts = Counter(change.label for change in rows)
    told = ", ".join(f"{count} {label}{_how_far(rows, label)}" for label, count in counts.most_common())
    causes = Counter(change.cause.words for change in rows).most_common(1)
    return f"{who} changed: {told}, mostly because {causes[0][0]}." if causes[0][0] else f"{who} changed: {told}."


def _how_far(rows: list[Change], label: str) -> str:
    mine = [change for change in rows if change.label == label]
    if len(mine) != 1 or not mine[0].days:
        return ""
    return f" {writing.plural(abs(mine[0].days), 'day')} {'later' if mine[0].days > 0 else 'earlier'}"


class _Words:
    """Names, decisions and words for the lines between two versions, each read in one statement for all of them."""

    def __init__(self, told: Between, old: PlanVersion, new: PlanVersion, lines: Iterable[Line], viewer: Person) -> None:
        self.told, self.lines, self.viewer = told, list(lines), viewer
        self.period = (old.proposed_at, new.proposed_at)
        self.kpis_of_activity = kpis_of_activities(told.old) | kpis_of_activities(told.new)
        self.kpi_of = kpis_of_rows(told.old) | kpis_of_rows(told.new)
        self.activity_of = activities_of_rows(told.old) | activities_of_rows(told.new)
        self.decisions = dict.fromkeys(self._decided())
        self.written = self._written()
        self.names = self._names()

    def changes(self, person: Person | None) -> list[Change]:
        """Each line in words."""
        return [self._change(line, person) for line in self.lines]

    def _change(self, line: Line, person: Person | None) -> Change:
        activity = line.key if line.table == "activities" else self.activity_of.get((line.table, line.key))
        subject = self._name(line.table, line.key)
        cells = {column: (was, now) for column, was, now in line.cells}
        days = None
        if "finish" in cells and NOTHING not in cells["finish"]:
            days = int(cells["finish"][1] - cells["finish"][0])
        is_told = subject != NAMELESS and line.table != "rates"  # what a unit is worth is not everybody's to see
        return Change(
            kind=line.to(person.pk) if person is not None else line.kind,
            subject=subject,
            ref=f"{line.table}:{line.key}",
            url=f"/plan#row-{activity}" if activity is not None and subject != NAMELESS else None,
            what=self._what(line) if is_told else (),
            people=self._people(line.people),
            cause=self._cause(line),
            days=days,
        )

    def _what(self, line: Line) -> tuple[tuple[str, str, str], ...]:
        """What differs: the cells, or who does it."""
        if line.kind == RE_ASSIGNED:
            was, now = (", ".join(self._people(who)) or writing.NONE for who in (line.before, line.after))
            return (("done by", was, now),)
        return tuple(_cell(*cell) for cell in line.cells)

    def _people(self, who: Iterable[int]) -> tuple[str, ...]:
        """The names that the viewer may see."""
        return tuple(sorted(self.names["people", pk] for pk in who if ("people", pk) in self.names))

    def _cause(self, line: Line) -> Cause:
        root = self._decision(line.root) or line.root
        if root == TIME:
            return Cause(root, "what is left of the work is counted from a later day")
        made = self.written.get(root)
        words = self._because(root)
        if made is None:
            return Cause(root, words)
        when = f" on {writing.date(made[1].date())}"
        return Cause(root, f"{words}{when}", made[1], made[3] or "", made[0])

    def _because(self, root: Root) -> str:
        table, key = root
        name, told = self._name(table, key), self.told.changes[table]
        if name == NAMELESS:
            return "of work that is not shown to you"
        columns = {column for column, cells in told.changed.items() if key in cells.keys}
        if table == "targets" and "value" in columns:
            was, now = _ends(told, "value", key)
            return f"the target of {name} {'rose' if now > was else 'fell'} to {writing.number(float(now))}"
        if table == "activities" and columns & ACTUAL and not columns & ENTERED:
            return f"“{name}” went on as it really did"
        if table in ABOUT:
            return ABOUT[table].format(name)
        verb = "was added" if key in told.added.keys else "went" if key in told.dropped.keys else "changed"
        return f"{'the objective ' if table == 'objectives' else ''}“{name}” {verb}"

    def _decided(self) -> list[Root]:
        return [(table, int(key)) for table in ("targets", "objectives") for key in _touched(self.told, table)]

    def _decision(self, root: Root) -> Root | None:
        """The target or objective that was changed before the work on its figure was; the last of them."""
        if root[0] in DECIDES:
            return None
        activity = root[1] if root[0] == "activities" else self.activity_of.get(root)
        kpis = self.kpis_of_activity.get(activity, frozenset()) if activity is not None else frozenset()
        done, found = self.written.get(root), []
        for decided in self.decisions:
            made = self.written.get(decided)
            if made and kpis & self.kpi_of.get(decided, frozenset()) and (done is None or made[1] <= done[1]):
                found.append((made[1], decided))
        return max(found)[1] if found else None

    def _written(self) -> dict[Root, tuple[int, datetime, str, str | None]]:
        """Root -> the last action between the versions that wrote its row: id, time, title, who. One statement."""
        wanted: dict[str, set[int]] = {}
        for table, key in [*(line.root for line in self.lines), *self.decisions]:
            if table != TIME[0]:
                wanted.setdefault(table, set()).add(key)
        parts = [
            history.records(MODELS[table])
            .filter(id__in=keys, changeset__at__gt=self.period[0], changeset__at__lte=self.period[1])
            .order_by()
            .values_list(Value(table), "id", "changeset_id", "changeset__at", "changeset__title", "changeset__by__name")
            for table, keys in sorted(wanted.items())
        ]
        if not parts:
            return {}
        rows: QuerySet[Any] = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        found: dict[Root, tuple[int, datetime, str, str | None]] = {}
        for table, key, *made in rows:
            if (table, key) not in found or made[1] >= found[table, key][1]:
                found[table, key] = (made[0], made[1], made[2], made[3])
        return found

    def _names(self) -> dict[tuple[str, int], str]:
        """Table and key -> name, of what the viewer may see. One statement."""
        wanted: dict[str, set[int]] = {"activities": set(), "kpis": set(), "objectives": set(), "people": set(), "targets": set()}
        for line in self.lines:
            wanted["people"] |= line.people
        for table, key in {
            *((line.table, line.key) for line in self.lines),
            *(line.root for line in self.lines),
            *self.decisions,
        }:
            if table in wanted:
                wanted[table].add(key)
            if (table, key) in self.activity_of:
                wanted["activities"].add(self.activity_of[table, key])
            if table == "rates":
                wanted["kpis"] |= self.kpi_of.get((table, key), frozenset())
        parts = [
            visible(model.objects.filter(pk__in=wanted[table]), self.viewer).order_by().values_list(Value(table), "pk", name)
            for table, model, name in NAMED
        ]
        return {(table, pk): name for table, pk, name in parts[0].union(*parts[1:], all=True)}

    def _name(self, table: str, key: int) -> str:
        if table == "rates":
            kpi = next(iter(self.kpi_of.get((table, key), ())), NOTHING)
            return self.names.get(("kpis", kpi), NAMELESS)
        if (table, key) in self.names:
            return self.names[table, key]
        return self.names.get(("activities", self.activity_of.get((table, key), NOTHING)), NAMELESS)


def _touched(told: Between, table: str) -> set[int]:
    changes = told.changes[table]
    keys = {int(key) for cells in changes.changed.values() for key in cells.keys}
    return keys | set(changes.added.keys.tolist()) | set(changes.dropped.keys.tolist())


def _ends(told: TableChanges, column: str, key: int) -> tuple[Any, Any]:
    """What a cell held and holds."""
    cells = told.changed[column]
    place = int((cells.keys == key).argmax())
    return cells.before[place], cells.after[place]


def _cell(column: str, was: Any, now: Any) -> tuple[str, str, str]:
    return LABELS.get(column, column.replace("_", " ")), _said(column, was), _said(column, now)


def _said(column: str, value: Any) -> str:
    if value is None or value == NOTHING or (isinstance(value, float) and math.isnan(value)):
        return writing.NONE
    if column in DATES:
        return writing.date(day_of(value))
    if column in HOURS:
        return writing.hours(value)
    return writing.number(value) if isinstance(value, float) else str(value)
