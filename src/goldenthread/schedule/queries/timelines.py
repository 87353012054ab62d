"""The page of a schedule: its outline rolled up, filtered and in pages, with bars and what waits for what between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator

from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Calendar,
    Schedule,
)
from goldenthread.schedule.queries.arrows import PAGE_WEB, Piece, Web, pieces
from goldenthread.schedule.queries.baselines import baseline_dates, baselines
from goldenthread.ui.charts import Tick, TimeScale, time_scale
from goldenthread.ui.writing import MONTHS

SIZES = (50, 100, 200)
SHOWN = {
    "": "all rows",
    "open": "not finished",
    "critical": "critical",
    "late": "behind its baseline",
    "over": "past its deadline",
    "bound": "against a constraint",
    "longest": "on the longest path",
    "milestones": "milestones",
    "differs": "not as in the file",
    "stopped": "stopped",
}
ZOOMS = {"": ("the whole", 0), "year": ("a year", 366), "quarter": ("a quarter", 92), "month": ("a month", 31)}
LEVELS = (1, 2, 3, 4)
SHOWN_COLUMNS = {"start": "Start", "finish": "Finish", "float": "Float", "done": "Done", "baseline": "Baseline", "who": "Who"}
MOST_FOLDED = 300
MOST_NAMED = 100  # rows that an address names
NEAR_THE_END = 95  # per cent of the lane


@dataclass(frozen=True)
class Filters:
    """What to show: words, a kind of row, who works on it, levels, the part under a row; beside which baseline; which days.

    fault: those at fault in this check. rows: those of these ids, as other pages name them.
    columns: of SHOWN_COLUMNS, none for all; folded: rows under which nothing is shown.
    """

    q: str = ""
    show: str = ""
    who: str = ""
    level: int = 0
    under: int = 0
    fault: str = ""
    rows: tuple[int, ...] = ()
    against: str = ""
    zoom: str = ""
    columns: tuple[str, ...] = ()
    folded: tuple[int, ...] = ()
    at: date | None = None
    page: str = "1"
    size: int = SIZES[0]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """From the query string; what makes no sense falls back to the default."""
        said = {name: query.get(name, "")[:100].replace("\0", "") for name in ("q", "who", "against", "fault", "page")}
        size, level = _whole(query.get("size")), _whole(query.get("level"))
        return cls(
            **said,
            show=query["show"] if query.get("show") in SHOWN else "",
            zoom=query["zoom"] if query.get("zoom") in ZOOMS else "",
            columns=_columns(query.get("columns", "")),
            folded=_folded(query.get("folded", ""), query.get("toggle", "")),
            level=level if level in LEVELS else 0,
            under=_whole(query.get("under")),
            rows=tuple(found for part in query.get("rows", "").split(",")[:MOST_NAMED] if (found := _whole(part))),
            at=_day(query.get("at", "")),
            size=size if size in SIZES else SIZES[0],
        )

    @property
    def narrows(self) -> bool:
        """Whether rows are left out by what they say."""
        return bool(self.q or self.show or self.who or self.fault or self.rows)


def _columns(text: str) -> tuple[str, ...]:
    """Those named, parted by commas; none where all are."""
    named = set(text.split(","))
    found = tuple(name for name in SHOWN_COLUMNS if name in named)
    return found if len(found) < len(SHOWN_COLUMNS) else ()


def _folded(text: str, toggled: str) -> tuple[int, ...]:
    """The ids named, parted by commas; one that is toggled folds, or unfolds where it was."""
    named = {key for part in text.split(",")[:MOST_FOLDED] if (key := _whole(part))}
    toggle = _whole(toggled)
    return tuple(sorted(named ^ {toggle} if toggle else named))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2199 else None


@dataclass
class Line:
    """One row: what is stored of it, its place in the tree, and what rolls up from the rows under it. Times are minutes."""

    pk: int
    parent: int | None
    depth: int
    data: Any
    children: list[Line] = field(default_factory=list)
    start: date | None = None
    finish: date | None = None
    total_float: int | None = None
    free_float: int | None = None
    is_critical: bool = False
    progress: int = 0
    baseline: tuple[date, date] | None = None
    people: list[str] = field(default_factory=list)
    pieces: tuple[Piece, ...] = ()
    drivers: list[str] = field(default_factory=list)
    place: int = 0  # in the whole outline
    is_context: bool = False  # shown for what stands under it
    is_folded: bool = False  # what stands under it is not shown

    @property
    def is_group(self) -> bool:
        """Whether it is a summary."""
        return bool(self.children) or self.data.is_summary

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


@dataclass(frozen=True)
class Timeline:
    """A page of rows with the figures of the whole schedule.

    columns: names of SHOWN_COLUMNS in order. agreed: leaves whose dates are those of the file, of how many. drawn: relationships
    of the rows shown that are drawn. only: how many rows are chosen one by one, or are at fault in a check.
    """

    page: Page[Line]
    rows: list[Line]
    columns: tuple[str, ...]
    scale: TimeScale
    filters: Filters
    activities: int
    milestones: int
    critical: int
    behind: int
    missed: int
    start: date | None
    finish: date | None
    agreed: tuple[int, int]
    baselines: list[tuple[str, str]]
    people: list[str]
    minutes_per_day: int
    window: tuple[date, date]
    over: Line | None
    drawn: int
    slip: int | None
    only: int | None

    def can_show(self, column: str) -> bool:
        """Whether there is anything for a column of SHOWN_COLUMNS that the viewer may see."""
        return {"baseline": bool(self.baselines), "who": bool(self.people)}.get(column, True)


def timeline(
    schedule: Schedule,
    filters: Filters,
    today: date,
    *,
    with_people: bool,
    at_fault: frozenset[int] | None = None,
    web: Web = PAGE_WEB,
) -> Timeline:
    """The page; a fixed number of statements. `with_people`: whether the names of who works on it may be shown.

    at_fault: the rows that `filters.fault` lets through.
    """
    lines = _lines(schedule)
    known = [(one.value, one.words) for one in baselines(schedule)]
    chosen = filters.against if filters.against in dict(known) else (known[0][0] if known else "")
    frozen = baseline_dates(schedule, chosen)
    working = _people(schedule) if with_people else {}
    tops = _tree(lines, frozen, working)
    leaves = [line for line in lines.values() if not line.is_group and line.data.cancelled_on is None]
    only = at_fault if filters.fault else frozenset(filters.rows) or None
    found, over = _found(lines, tops, replace(filters, who=filters.who if with_people else ""), only)
    page = Paginator(found, filters.size).get_page(filters.page)
    rows = list(page.object_list)
    start, finish = _ends(tops)
    window = _window(filters, over, start or today, finish or today, schedule.data_date or today)
    scale = _scale(*window)
    drawn = pieces(schedule, rows, lines, scale, web)
    left_out = {*(() if known else ("baseline",)), *(() if working else ("who",))}
    compared = [line for line in leaves if line.data.stated_start and line.data.stated_finish and line.start]
    whole = [line.baseline[1] for line in leaves if line.baseline]
    default = Calendar.objects.filter(schedule=schedule, is_default=True).values_list("minutes_per_day", flat=True).first()
    return Timeline(
        page=page,
        rows=rows,
        columns=tuple(name for name in filters.columns or SHOWN_COLUMNS if name not in left_out),
        scale=scale,
        filters=replace(filters, against=chosen),
        activities=len(leaves),
        milestones=sum(line.data.is_milestone for line in leaves),
        critical=sum(line.is_critical for line in leaves),
        behind=sum((line.slip or 0) > 0 for line in leaves),
        missed=sum(line.is_over or line.is_against for line in leaves),
        start=start,
        finish=finish,
        agreed=(sum(not line.differs for line in compared), len(compared)),
        baselines=known,
        people=sorted({name for names in working.values() for name in names}, key=str.casefold)[:300],
        minutes_per_day=default or 480,
        window=window,
        over=over,
        drawn=drawn,
        slip=(finish - max(whole)).days if whole and finish else None,
        only=len(only & lines.keys()) if only is not None else None,
    )


COLUMNS = (
    *("pk", "parent_id", "name", "code", "is_summary", "is_milestone", "is_level_of_effort", "duration", "is_elapsed"),
    *("progress", "actual_start", "actual_finish", "not_before", "deadline", "constraint_kind", "constraint_date"),
    *("cancelled_on", "blocked_because", "stated_start", "stated_finish", "calendar__name"),
    *("dates__early_start", "dates__early_finish", "dates__total_float", "dates__free_float"),
    *("dates__is_critical", "dates__is_on_longest_path"),
)


def _lines(schedule: Schedule) -> dict[int, Line]:
    """Every row, without its place yet: plain columns, since a schedule may have thousands."""
    rows = Activity.objects.filter(schedule=schedule).order_by("position", "id").values_list(*COLUMNS, named=True)
    return {row.pk: Line(row.pk, row.parent_id, 0, row) for row in rows}


def _tree(lines: dict[int, Line], frozen: Mapping[int, tuple[date, date]], people: Mapping[int, list[str]]) -> list[Line]:
    """Put each row under its own and roll up, deepest first; answers those at the top."""
    tops: list[Line] = []
    for line in lines.values():
        over = lines.get(line.parent or 0)
        (tops if over is None else over.children).append(line)
        line.baseline, line.people = frozen.get(line.pk), people.get(line.pk, [])
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
    return tops


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
    spans = [c.baseline for c in under if c.baseline]
    if spans:
        line.baseline = (min(s for s, _ in spans), max(f for _, f in spans))


def _weight(line: Line) -> int:
    if not line.is_group:
        return int(line.data.duration)
    return (line.finish - line.start).days * 480 if line.start and line.finish else 0


def _found(
    lines: Mapping[int, Line], tops: list[Line], filters: Filters, only: frozenset[int] | None
) -> tuple[list[Line], Line | None]:
    """The rows in order that the filters let through, each with what it stands under; and the row whose part is shown."""
    over = lines.get(filters.under)
    folded = set() if filters.narrows else {*filters.folded} - {filters.under}
    base = over.depth if over is not None else 0
    waiting = [over] if over is not None else list(reversed(tops))
    order: list[Line] = []
    while waiting:
        line = waiting.pop()
        order.append(line)
        line.is_folded = line.pk in folded and bool(line.children)
        if not line.is_folded and (not filters.level or line.depth - base + 1 < filters.level):
            waiting += reversed(line.children)
    if not filters.narrows:
        return [line for line in order if line.data.cancelled_on is None or line.is_group], over
    fits = {line.pk for line in order if (only is None or line.pk in only) and _fits(line, filters, is_named=only is not None)}
    kept = set(fits)
    for pk in fits:
        at = lines[pk].parent
        while at is not None and at in lines and at not in kept:
            kept.add(at)
            lines[at].is_context = True
            at = lines[at].parent
    return [line for line in order if line.pk in kept], over


def _fits(line: Line, filters: Filters, *, is_named: bool) -> bool:
    """is_named: it was chosen by itself, so it is shown whatever it is."""
    if filters.q and filters.q.casefold() not in f"{line.data.code} {line.data.name}".casefold():
        return False
    if filters.who and filters.who not in line.people:
        return False
    stopped = line.data.cancelled_on is not None
    if filters.show == "stopped":
        return stopped
    if is_named and not filters.show:
        return True
    if stopped or (filters.show and line.is_group):
        return False
    fits = {
        "": True,
        "open": line.data.actual_finish is None,
        "critical": line.is_critical,
        "late": (line.slip or 0) > 0,
        "over": line.is_over,
        "bound": line.is_against,
        "longest": bool(line.data.dates__is_on_longest_path),
        "milestones": bool(line.data.is_milestone),
        "differs": line.differs,
    }
    return fits[filters.show]


def _people(schedule: Schedule) -> dict[int, list[str]]:
    rows = Assignment.objects.filter(activity__schedule=schedule).order_by("resource__name", "id")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, person, name in rows.values_list("activity_id", "resource__person__name", "resource__name"):
        found[pk].append(person or name)
    return found


def _ends(tops: Sequence[Line]) -> tuple[date | None, date | None]:
    shown = [line for line in tops if line.data.cancelled_on is None]
    starts, ends = [t.start for t in shown if t.start], [t.finish for t in shown if t.finish]
    return min(starts, default=None), max(ends, default=None)


def _window(filters: Filters, over: Line | None, start: date, finish: date, now: date) -> tuple[date, date]:
    """The days shown: of the whole or of the part, or so many from the one asked for, else around the data date."""
    if over is not None:
        start, finish = over.start or start, over.finish or finish
    days = ZOOMS[filters.zoom][1]
    if not days:
        return start, finish + timedelta(days=1)
    first = filters.at or (now if start <= now <= finish else start).replace(day=1)
    return first, first + timedelta(days=days)


def _scale(first: date, last: date) -> TimeScale:
    """Ticks at months; at Mondays where there are fewer than three of those. None so near the end that its words are cut."""
    if (last - first).days > 75:
        months = time_scale(first, last)
        return replace(months, ticks=tuple(tick for tick in months.ticks if tick.at < NEAR_THE_END))
    bare = TimeScale(first, last, ())
    monday = first + timedelta(days=-first.weekday() % 7)
    step = 7 if (last - first).days < 50 else 14
    days = [monday + timedelta(days=step * n) for n in range((last - monday).days // step + 1)]
    named = [f"{day.day} {MONTHS[day.month - 1]}" for day in days]
    ticks = tuple(
        Tick(bare.at(day), text if n else f"{text} {day.year}") for n, (day, text) in enumerate(zip(days, named, strict=True))
    )
    return TimeScale(first, last, tuple(tick for tick in ticks if tick.at < NEAR_THE_END))
