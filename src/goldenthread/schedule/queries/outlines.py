"""The outline of a schedule, rolled up: a column a figure, in the order of its rows. That of a large one is kept in this process.

A page needs all rows for what rolls up and for where each stands, but shows few of them. What is kept holds no words, so that
nothing is seen here that has been renamed or erased, and is used only while its stamp is that of what is stored.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Sum

from goldenthread.kit import worlds
from goldenthread.schedule.models import Activity, Schedule
from goldenthread.schedule.queries.baselines import baseline_dates

LARGE = 1500  # rows from which an outline is kept
KEPT = 8  # outlines; one of 50,000 rows takes some 8 MB
NONE = -(2**31)
GROUP, CHILDREN, MILESTONE, DONE, STOPPED, CRITICAL, OVER, AGAINST, LONGEST, DIFFERS, COMPARED = (1 << n for n in range(11))
COLUMNS = (
    *("pk", "parent_id", "name", "code", "is_summary", "is_milestone", "is_level_of_effort", "duration", "is_elapsed"),
    *("progress", "actual_start", "actual_finish", "not_before", "deadline", "constraint_kind", "constraint_date"),
    *("cancelled_on", "blocked_because", "stated_start", "stated_finish", "calendar__name"),
    *("dates__early_start", "dates__early_finish", "dates__total_float", "dates__free_float"),
    *("dates__is_critical", "dates__is_on_longest_path", "dates__drag", "dates__parts"),
)
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Piece:
    """A line from (x1, y1) to (x2, y2); with the head "down" or "up" the tip of an arrow at x1, with "dot" a dot at (x1, y1)."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_critical: bool = False
    head: str = ""


@dataclass
class Line:
    """One row: what is stored of it, its place in the tree, and what rolls up from the rows under it. Times are minutes."""

    pk: int
    parent: int | None
    depth: int
    data: Any
    children: list[Line] = field(default_factory=list)
    has_children: bool = False
    start: date | None = None
    finish: date | None = None
    total_float: int | None = None
    free_float: int | None = None
    is_critical: bool = False
    progress: int = 0
    baseline: Span | None = None
    people: list[str] = field(default_factory=list)
    pieces: tuple[Piece, ...] = ()
    drivers: list[str] = field(default_factory=list)
    place: int = 0  # in the whole outline
    is_context: bool = False  # shown for what stands under it
    is_folded: bool = False  # what stands under it is not shown

    @property
    def is_group(self) -> bool:
        """Whether it is a summary."""
        return self.has_children or self.data.is_summary

    @property
    def bars(self) -> list[Span]:
        """Where its bar stands: several of split work, none of what has no dates."""
        if self.data.dates__parts and not self.is_group:
            return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in self.data.dates__parts]
        return [(self.start, self.finish)] if self.start is not None and self.finish is not None else []

    @property
    def slip(self) -> int | None:
        """Days that it finishes later than its baseline said."""
        return (self.finish - self.baseline[1]).days if self.baseline is not None and self.finish is not None else None

    @property
    def is_over(self) -> bool:
        """Whether it finishes after its deadline."""
        return bool(self.data.deadline and self.finish and self.finish > self.data.deadline)

    @property
    def is_against(self) -> bool:
        """Whether its dates do not keep the constraint it is under."""
        kind, day, begins, ends = self.data.constraint_kind, self.data.constraint_date, self.start, self.finish
        if self.is_group or self.data.actual_finish or day is None or begins is None or ends is None:
            return False
        broken = {"SNET": begins < day, "SNLT": begins > day, "FNET": ends < day, "FNLT": ends > day}
        return broken.get(kind, begins != day if kind == "MSO" else ends != day if kind == "MFO" else False)

    @property
    def differs(self) -> bool:
        """Whether the dates computed here are not those of the file."""
        said = (self.data.stated_start, self.data.stated_finish)
        return not self.is_group and None not in said and self.start is not None and (self.start, self.finish) != said


@dataclass(frozen=True, eq=False)
class Frozen:
    """A baseline: of each place the days of its start and finish, as ordinals, rolled up; 0 where there is none.

    last: the latest finish of a row that is work and not stopped.
    """

    starts: array[int]
    finishes: array[int]
    last: int


@dataclass(frozen=True, eq=False)
class Outline:
    """Rows by place, in the order of the outline. parents and lasts: places of the row above (-1: none), of the last row below.

    starts and finishes: days as ordinals, 0 for none; floats in working minutes, NONE for none; marks: bits as named above.
    frozen: the baselines asked for so far; figures: of the whole, beside each of them.
    """

    ids: array[int]
    places: dict[int, int]
    parents: array[int]
    depths: array[int]
    lasts: array[int]
    starts: array[int]
    finishes: array[int]
    total_floats: array[int]
    free_floats: array[int]
    progress: array[int]
    marks: array[int]
    frozen: dict[str, Frozen] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def line(self, place: int, data: Any, frozen: Frozen | None) -> Line:
        """The row of a place. data: its columns COLUMNS."""
        parent, marks = self.parents[place], self.marks[place]
        total, free = self.total_floats[place], self.free_floats[place]
        line = Line(self.ids[place], self.ids[parent] if parent >= 0 else None, self.depths[place], data)
        line.has_children, line.is_critical = bool(marks & CHILDREN), bool(marks & CRITICAL)
        line.start, line.finish = day(self.starts[place]), day(self.finishes[place])
        line.total_float, line.free_float = (None if total == NONE else total), (None if free == NONE else free)
        line.progress, line.place = self.progress[place], place
        if frozen is not None and frozen.starts[place]:
            line.baseline = (date.fromordinal(frozen.starts[place]), date.fromordinal(frozen.finishes[place]))
        return line


def day(ordinal: int) -> date | None:
    """The day of an ordinal."""
    return date.fromordinal(ordinal) if ordinal else None


def outline_of(schedule: Schedule) -> tuple[Outline, Mapping[int, Any]]:
    """The outline, and the columns of its rows where all had to be read; else there are none, and a page asks for its own.

    The stamp is read before the rows: what changes in between makes the next page look again.
    """
    rows = Activity.objects.filter(schedule=schedule)
    count = rows.aggregate(rows=Count("pk"), versions=Sum("version"), newest=Max("pk"))
    if count["rows"] < LARGE or worlds.is_inside():
        return _read(schedule)
    stamp = (
        schedule.pk,
        *count.values(),
        *Schedule.objects.values_list("version", "source__version", "dates__digest").get(pk=schedule.pk),
    )
    found = _kept.get(stamp)
    if found is not None:
        return found, {}
    outline, data = _read(schedule)
    _kept.keep(stamp, outline)
    return outline, data


class _Kept:
    """The outlines used last, by database and stamp: one of each schedule."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[Any, int], tuple[tuple[Any, ...], Outline]] = OrderedDict()

    def get(self, stamp: tuple[Any, ...]) -> Outline | None:
        with self._lock:
            key = (connection.settings_dict["NAME"], stamp[0])
            known = self._known.get(key)
            if known is None or known[0] != stamp:
                return None
            self._known.move_to_end(key)
            return known[1]

    def keep(self, stamp: tuple[Any, ...], outline: Outline) -> None:
        with self._lock:
            self._known[connection.settings_dict["NAME"], stamp[0]] = (stamp, outline)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._known.clear()


_kept = _Kept()
forget_outlines = _kept.forget


def rows_of(data: Mapping[int, Any], pks: list[int]) -> Mapping[int, Any]:
    """The columns of some rows: those at hand, else one statement."""
    if data:
        return data
    found = Activity.objects.filter(pk__in=pks).values_list(*COLUMNS, named=True)
    return {row.pk: row for row in found}


def _read(schedule: Schedule) -> tuple[Outline, Mapping[int, Any]]:
    """All rows, rolled up."""
    rows = Activity.objects.filter(schedule=schedule).order_by("position", "id").values_list(*COLUMNS, named=True)
    lines = {row.pk: Line(row.pk, row.parent_id, 0, row) for row in rows}
    order = _tree(lines)
    return _columns(order), {pk: line.data for pk, line in lines.items()}


def _tree(lines: dict[int, Line]) -> list[Line]:
    """Put each row under its own and roll up, deepest first; answers all in order."""
    tops: list[Line] = []
    for line in lines.values():
        over = lines.get(line.parent or 0)
        if over is None:
            tops.append(line)
        else:
            over.children.append(line)
            over.has_children = True
    order: list[Line] = []
    waiting = list(reversed(tops))
    while waiting:
        line = waiting.pop()
        line.place = len(order)
        order.append(line)
        for child in reversed(line.children):
            child.depth = line.depth + 1
            waiting.append(child)
    for line in reversed(order):
        _roll_up(line)
    return order


def _roll_up(line: Line) -> None:
    row, under = line.data, [c for c in line.children if c.data.cancelled_on is None]
    if not line.is_group:
        line.start = row.actual_start or row.dates__early_start or row.not_before
        line.finish = row.actual_finish or row.dates__early_finish
        done = row.actual_finish is not None
        line.total_float, line.free_float = (
            (None, None) if done or row.is_level_of_effort else (row.dates__total_float, row.dates__free_float)
        )
        line.is_critical = bool(row.dates__is_critical) and not done
        line.progress = 100 if done else row.progress
        return
    line.start = min((c.start for c in under if c.start), default=None)
    line.finish = max((c.finish for c in under if c.finish), default=None)
    line.total_float = min((c.total_float for c in under if c.total_float is not None), default=None)
    line.is_critical = any(c.is_critical for c in under)
    weights = [max(1, _weight(c)) for c in under]
    line.progress = round(sum(w * c.progress for w, c in zip(weights, under, strict=True)) / sum(weights)) if weights else 0


def _weight(line: Line) -> int:
    if not line.is_group:
        return int(line.data.duration)
    return (line.finish - line.start).days * 480 if line.start and line.finish else 0


def _columns(order: list[Line]) -> Outline:
    places = {line.pk: line.place for line in order}
    lasts = array("i", range(len(order)))
    parents = array("i", (places.get(line.parent or 0, -1) for line in order))
    for place in range(len(order) - 1, -1, -1):
        if parents[place] >= 0:
            lasts[parents[place]] = max(lasts[parents[place]], lasts[place])
    return Outline(
        ids=array("q", (line.pk for line in order)),
        places=places,
        parents=parents,
        depths=array("i", (line.depth for line in order)),
        lasts=lasts,
        starts=array("i", (line.start.toordinal() if line.start else 0 for line in order)),
        finishes=array("i", (line.finish.toordinal() if line.finish else 0 for line in order)),
        total_floats=array("i", (NONE if line.total_float is None else line.total_float for line in order)),
        free_floats=array("i", (NONE if line.free_float is None else line.free_float for line in order)),
        progress=array("i", (line.progress for line in order)),
        marks=array("i", map(_marks, order)),
    )


def _marks(line: Line) -> int:
    row = line.data
    said = (
        *((GROUP, line.is_group), (CHILDREN, line.has_children), (MILESTONE, row.is_milestone), (DONE, row.actual_finish)),
        *((STOPPED, row.cancelled_on), (CRITICAL, line.is_critical), (OVER, line.is_over), (AGAINST, line.is_against)),
        *((LONGEST, row.dates__is_on_longest_path), (DIFFERS, line.differs)),
        (COMPARED, row.stated_start and row.stated_finish and line.start),
    )
    return sum(bit for bit, holds in said if holds)


def frozen_of(schedule: Schedule, outline: Outline, chosen: str) -> Frozen | None:
    """A baseline by place, by its value as `baselines` gives it; None for none. Kept with the outline."""
    if chosen and chosen not in outline.frozen:
        outline.frozen[chosen] = _frozen(outline, baseline_dates(schedule, chosen))
    return outline.frozen.get(chosen)


def _frozen(outline: Outline, dates: Mapping[int, Span]) -> Frozen:
    """Rolled up, deepest first: a summary spans what is under it and not stopped."""
    count = len(outline.ids)
    starts, finishes, last = array("i", bytes(count * array("i").itemsize)), array("i", bytes(count * array("i").itemsize)), 0
    for pk, (start, finish) in dates.items():
        place = outline.places.get(pk)
        if place is not None:
            starts[place], finishes[place] = start.toordinal(), finish.toordinal()
    spans: dict[int, tuple[int, int]] = {}
    for place in range(count - 1, -1, -1):
        marks, parent = outline.marks[place], outline.parents[place]
        if marks & GROUP and place in spans:
            starts[place], finishes[place] = spans[place]
        if not starts[place] or marks & STOPPED:
            continue
        if not marks & GROUP:
            last = max(last, finishes[place])
        if parent >= 0:
            first, end = spans.get(parent, (starts[place], finishes[place]))
            spans[parent] = (min(first, starts[place]), max(end, finishes[place]))
    return Frozen(starts, finishes, last)
