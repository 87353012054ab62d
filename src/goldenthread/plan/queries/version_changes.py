"""What changed between two versions, in words: each line with what it is about, whose work it is, and which decision caused it.

The cause of a line is its root (`engine.root_changes`). Where that is a change by hand to work that moves a figure whose target,
or whose objective, was changed before it, that decision is the cause: the work followed it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

import numpy as np
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.root_changes import TIME, Root
from goldenthread.engine.table_compare import NOTHING, State, Table, TableChanges
from goldenthread.plan.mapping.version_changes import ADDED, DROPPED, KINDS, MOVED, RE_ASSIGNED, Between, Line, between, many
from goldenthread.plan.mapping.version_document import DAY, FROZEN, day_of, read
from goldenthread.plan.models import PlanVersion
from goldenthread.plan.queries.version_causes import MODELS, Decisions
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.schedule.models import Activity, BaselineActivity
from goldenthread.ui import writing

NAMELESS = "Work not shown to you"
HIDDEN = "of work that is not shown to you"
NAMED: tuple[tuple[str, Any, str], ...] = (
    ("activities", Activity, "name"), ("kpis", Kpi, "name"), ("objectives", Objective, "title"), ("people", Person, "name"),
    ("targets", Target, "kpi__name"),
)  # fmt: skip
ABOUT = {
    "raci": "who does “{}” changed", "assignments": "who does “{}” changed", "relationships": "what comes before “{}” changed",
    "contributions": "what “{}” is to move changed", "supervisions": "what “{}” supervises changed",
    "targets": "the target of {} changed", "rates": "what a unit of {} is worth changed", "steps": "what “{}” is changed",
}  # fmt: skip
ENTERED = {"duration", "not_before"}
ACTUAL = {"actual_start", "actual_finish", "progress"}
DATES = {"start", "finish", "not_before", "deadline", "due_on", "valid_to", "valid_from", "cancelled_on", "actual_start"}
NAMED_BY = {  # columns that name a row -> the table of its name
    "owner_id": "people", "holder_id": "people", "person_id": "people", "kpi_id": "kpis", "parent_id": "activities",
    "activity_id": "activities", "predecessor_id": "activities", "successor_id": "activities", "objective_id": "objectives",
}  # fmt: skip
HOURS = {"duration", "effort_low", "effort_likely", "effort_high"}
LABELS = {
    "not_before": "not before", "duration": "duration", "effort_low": "effort, low", "effort_likely": "effort, likely",
    "effort_high": "effort, high", "due_on": "due", "band_low": "band from", "band_high": "band to", "valid_to": "until",
    "is_required": "required", "lag_days": "days until it shows", "ramp_days": "days until it is whole", "chance": "chance, %",
}  # fmt: skip


Span = tuple[date, date] | None


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
    bars: tuple[Span, Span] | None = None  # first and last day, before and after, where the line is about dates
    activity: int | None = None

    @property
    def label(self) -> str:
        """Its kind as people say it."""
        return KINDS[self.kind]

    @property
    def how_far(self) -> str:
        """“3 weeks later”; empty where it ends on the same day."""
        return how_far(self.days)

    @property
    def old_bar(self) -> Span:
        """Its days before."""
        return self.bars[0] if self.bars else None

    @property
    def new_bar(self) -> Span:
        """Its days after."""
        return self.bars[1] if self.bars else None

    @property
    def bar_words(self) -> str:
        """The two bars for who does not see them."""
        was, now = (f"{writing.date(bar[0])} to {writing.date(bar[1])}" if bar else "" for bar in (self.old_bar, self.new_bar))
        told = f"was {was}, is {now}" if was and now else f"new, {now}" if now else f"stopped, was {was}"
        return ", ".join(filter(None, (self.subject, told, self.how_far)))


def states_of(*versions: PlanVersion) -> list[State]:
    """What each version holds, in one statement for those whose documents are at hand."""
    ids = [version.baseline_id for version in versions]
    rows: dict[int, list[Any]] = {pk: [] for pk in ids}
    found = BaselineActivity.objects.filter(baseline__in=ids).order_by("activity_id")
    columns = [
        Cast(name, CharField()) if kind == DAY else F(name) for name, kind in FROZEN.items()
    ]  # no dates to be made and unmade
    for baseline, *row in found.values_list("baseline_id", "activity_id", *columns).iterator(5_000):
        rows[baseline].append(row)
    return [read(version.document.text, rows[version.baseline_id]) for version in versions]


@lru_cache(maxsize=4)
def _known(_: tuple[Any, ...]) -> list[Between]:
    """A place for what was found between two versions; what they hold never changes."""
    return []


def told_between(old: PlanVersion, new: PlanVersion) -> Between:
    """Every change between two versions. The readers of one process share it: of a long plan it takes seconds to find."""
    place = _known((old.pk, old.digest, new.pk, new.digest))
    if not place:
        place.append(between(*states_of(old, new)))
    return place[0]


def changes_between(
    old: PlanVersion, new: PlanVersion, viewer: Person, person: Person | None = None, told: Between | None = None
) -> list[Change]:
    """The changes from one version to another as the viewer may see them; of one person's work where that is named.

    `told`: what was found between them, where the caller has it for many people.
    """
    told = told or told_between(old, new)
    lines = told.lines if person is None else told.of(person.pk)
    return Words(told, (old, new), lines, viewer).changes(person)


def in_a_sentence(changes: Iterable[Change], who: str = "Your work") -> str:
    """“Your work changed: 3 added, 2 stopped, 1 moved three weeks later.” Empty where nothing did."""
    return _sentence([(change.label, change.days, change.cause.words) for change in changes], who)


def _sentence(rows: list[tuple[str, int | None, str]], who: str) -> str:
    """Of labels, days and causes."""
    if not rows:
        return ""
    days = {label: how_far(days) for label, days, _ in rows}
    counts = Counter(label for label, _, _ in rows).most_common()
    told = ", ".join(
        f"{count} {many(label, count)}{' ' + days[label] if count == 1 and days[label] else ''}" for label, count in counts
    )
    cause = Counter(words for _, _, words in rows).most_common(1)[0][0]
    return f"{who} changed: {told}, mostly because {cause}." if cause else f"{who} changed: {told}."


def _days(line: Line) -> int | None:
    """How much later it ends."""
    for column, was, now in line.cells:
        if column == "finish" and NOTHING not in (was, now):
            return int(now - was)
    return None


def how_far(days: int | None) -> str:
    """“3 weeks later”, “4 days earlier”; empty for none."""
    if not days:
        return ""
    weeks, rest = divmod(abs(days), 7)
    told = writing.plural(weeks, "week") if weeks > 1 and not rest else writing.plural(abs(days), "day")
    return f"{told} {'later' if days > 0 else 'earlier'}"


class Words:
    """Names, decisions and words for the lines between two versions, each read in one statement for all of them."""

    def __init__(
        self,
        told: Between,
        versions: tuple[PlanVersion, PlanVersion],
        lines: Iterable[Line],
        viewer: Person,
        roots: Iterable[Root] = (),
        objectives: Iterable[int] = (),
        shown: slice = slice(None),
    ) -> None:
        self.told, self.all, self.viewer = told, list(lines), viewer
        self.lines = self.all[shown]
        self.roots = [*dict.fromkeys(line.root for line in self.all), *roots]
        self.decisions = Decisions(told, *versions, self.roots)
        self.kpi_of, self.activity_of = self.decisions.kpi_of, self.decisions.activity_of
        self.names = self._names(objectives)

    def changes(self, person: Person | None) -> list[Change]:
        """Each line in words."""
        return [self._change(line, person) for line in self.lines]

    def sentence(self, person: Person | None, who: str) -> str:
        """All lines in one sentence, those that are not shown too."""
        causes: dict[Root, str] = {}
        for root in {self.decisions.of(line.root) for line in self.all}:
            causes[root] = self.cause(root).words
        kinds = (line.to(person.pk) if person is not None else line.kind for line in self.all)
        rows = [
            (KINDS[kind], _days(line), causes[self.decisions.of(line.root)]) for kind, line in zip(kinds, self.all, strict=True)
        ]
        return _sentence(rows, who)

    def _change(self, line: Line, person: Person | None) -> Change:
        activity = line.key if line.table == "activities" else self.activity_of.get((line.table, line.key))
        subject = self._name(line.table, line.key)
        is_told = subject != NAMELESS and line.table != "rates"  # what a unit is worth is not everybody's to see
        return Change(
            kind=line.to(person.pk) if person is not None else line.kind,
            subject=subject,
            ref=f"{line.table}:{line.key}",
            url=f"/plan#row-{activity}" if activity is not None and subject != NAMELESS else None,
            what=self._what(line) if is_told else (),
            people=self._people(line.people),
            cause=self.cause(self.decisions.of(line.root)),
            days=_days(line),
            bars=self._bars(line) if is_told else None,
            activity=activity if is_told else None,
        )

    def _bars(self, line: Line) -> tuple[Span, Span] | None:
        """The days of an activity on either side, told once for each that moved, came or went."""
        if line.table != "activities" or line.kind not in (MOVED, ADDED, DROPPED):
            return None
        spans = tuple(_span(state["activities"], line.key) for state in (self.told.old, self.told.new))
        return (spans[0], spans[1]) if any(spans) else None

    def _what(self, line: Line) -> tuple[tuple[str, str, str], ...]:
        """What differs: the cells, or who does it."""
        if line.kind == RE_ASSIGNED:
            was, now = (", ".join(self._people(who)) or writing.NONE for who in (line.before, line.after))
            return (("done by", was, now),)
        return tuple(self._cell(line.table, *cell) for cell in line.cells)

    def _cell(self, table: str, column: str, was: Any, now: Any) -> tuple[str, str, str]:
        """A column's words, and what it held and holds, in words too."""
        label = LABELS.get(column, column.removesuffix("_id").replace("_", " "))
        return label, self._said(table, column, was), self._said(table, column, now)

    def _said(self, table: str, column: str, value: Any) -> str:
        if column not in NAMED_BY:
            return _said(table, column, value)
        if value in (None, NOTHING):
            return writing.NONE
        return self.names.get((NAMED_BY[column], int(value)), NAMELESS)

    def _people(self, who: Iterable[int]) -> tuple[str, ...]:
        """The names that the viewer may see."""
        return tuple(sorted(self.names["people", pk] for pk in who if ("people", pk) in self.names))

    def cause(self, root: Root) -> Cause:
        """A root in words."""
        if root == TIME:
            return Cause(root, "what is left of the work is counted from a later day")
        made = self.decisions.written.get(root)
        words = self._because(root)
        if made is None:
            return Cause(root, words)
        when = f" on {writing.date(made[1].date())}"
        return Cause(root, f"{words}{when}", made[1], made[3] or "", made[0])

    def _because(self, root: Root) -> str:
        table, key = root
        name, told = self._name(table, key), self.told.changes[table]
        if name == NAMELESS:
            return HIDDEN
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

    def _names(self, objectives: Iterable[int]) -> dict[tuple[str, int], str]:
        """Table and key -> name, of what the viewer may see. One statement."""
        wanted: dict[str, set[int]] = {"activities": set(), "kpis": set(), "objectives": set(), "people": set(), "targets": set()}
        wanted["objectives"] |= set(objectives)
        for line in self.lines:
            wanted["people"] |= line.people
            for column, *values in line.cells:
                if column in NAMED_BY:
                    wanted[NAMED_BY[column]] |= {int(value) for value in values if value not in (None, NOTHING)}
        for table, key in {
            *((line.table, line.key) for line in self.lines),
            *self.roots,
            *self.decisions.made,
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

    def name_of(self, table: str, key: int) -> str | None:
        """A name that the viewer may see."""
        return self.names.get((table, key))

    def _name(self, table: str, key: int) -> str:
        if table == "rates":
            kpi = next(iter(self.kpi_of.get((table, key), ())), NOTHING)
            return self.names.get(("kpis", kpi), NAMELESS)
        if (table, key) in self.names:
            return self.names[table, key]
        return self.names.get(("activities", self.activity_of.get((table, key), NOTHING)), NAMELESS)


def _span(activities: Table, key: int) -> Span:
    place = int(np.searchsorted(activities.keys, key))
    if place >= activities.keys.size or int(activities.keys[place]) != key:
        return None
    start, finish = (day_of(int(activities.columns[name][place])) for name in ("start", "finish"))
    return (start, finish) if start and finish else None


def _ends(told: TableChanges, column: str, key: int) -> tuple[Any, Any]:
    """What a cell held and holds."""
    cells = told.changed[column]
    place = int((cells.keys == key).argmax())
    return cells.before[place], cells.after[place]


def _said(table: str, column: str, value: Any) -> str:
    words = _choices(table, column)
    if value in words:
        return words[value]
    if value is None or value == NOTHING or (isinstance(value, float) and math.isnan(value)):
        return writing.NONE
    if column in DATES:
        return writing.date(day_of(value))
    if column in HOURS:
        return writing.hours(value)
    if column.startswith("is_"):
        return "yes" if value else "no"
    if column.endswith("_id"):
        return f"no. {value}"
    return writing.number(value) if isinstance(value, float) else str(value)


@cache
def _choices(table: str, column: str) -> dict[Any, str]:
    """The words of a column that holds one of a few values."""
    model = MODELS.get(table)
    names = {field.attname for field in model._meta.concrete_fields} if model is not None else set()
    if model is None or column not in names:
        return {}
    return {value: label[:1].lower() + label[1:] for value, label in model._meta.get_field(column).flatchoices}
