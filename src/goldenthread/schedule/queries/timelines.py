"""The page of a schedule: its outline rolled up, filtered and in pages, with bars and what waits for what between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator

from goldenthread.schedule.models import Activity, Assignment, Calendar, Schedule
from goldenthread.schedule.queries.arrows import PAGE_WEB, Web, pieces
from goldenthread.schedule.queries.baselines import baselines
from goldenthread.schedule.queries.outlines import (
    AGAINST,
    COMPARED,
    CRITICAL,
    DIFFERS,
    DONE,
    GROUP,
    LONGEST,
    MILESTONE,
    NONE,
    OVER,
    STOPPED,
    Frozen,
    Line,
    Outline,
    day,
    frozen_of,
    outline_of,
    rows_of,
)
from goldenthread.ui.charts import Tick, TimeScale, time_scale
from goldenthread.ui.writing import MONTHS

SIZES = (50, 100, 200)
SHOWN = {
    "": "all rows",
    "open": "not finished",
    "critical": "critical",
    "near": "float up to 5 days",
    "late": "behind its baseline",
    "over": "past its deadline",
    "bound": "against a constraint",
    "longest": "on the longest path",
    "milestones": "milestones",
    "differs": "not as in the file",
    "stopped": "stopped",
}
BIT = {"critical": CRITICAL, "over": OVER, "bound": AGAINST, "longest": LONGEST, "milestones": MILESTONE, "differs": DIFFERS}
ZOOMS = {"": ("the whole", 0), "year": ("a year", 366), "quarter": ("a quarter", 92), "month": ("a month", 31)}
LEVELS = (1, 2, 3, 4)
SHOWN_COLUMNS = {"start": "Start", "finish": "Finish", "float": "Float", "done": "Done", "baseline": "Baseline", "who": "Who"}
MOST_FOLDED = 300
MOST_NAMED = 100  # rows that an address names
MARGIN = 60  # one part of so many on both sides of the whole
NEAR = 5  # days of float, up to which work is nearly critical
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


@dataclass(frozen=True)
class Timeline:
    """A page of rows with the figures of the whole schedule.

    columns: names of SHOWN_COLUMNS in order. agreed: leaves whose dates are those of the file, of how many. drawn: relationships
    of the rows shown that are drawn. only: how many rows are chosen one by one, or are at fault in a check.
    """

    page: Page[int]
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
    outline, data = outline_of(schedule)
    known = [(one.value, one.words) for one in baselines(schedule)]
    chosen = filters.against if filters.against in dict(known) else (known[0][0] if known else "")
    frozen = frozen_of(schedule, outline, chosen)
    names = _names(schedule) if with_people else []
    only = at_fault if filters.fault else frozenset(filters.rows) or None
    asked = replace(filters, who=filters.who if with_people else "")
    default = Calendar.objects.filter(schedule=schedule, is_default=True)
    a_day = default.values_list("minutes_per_day", flat=True).first() or 480
    found, context, over = _found(schedule, outline, frozen, asked, only, NEAR * a_day)
    page = Paginator(found, filters.size).get_page(filters.page)
    shown = list(page.object_list)
    rows = rows_of(data, [outline.ids[place] for place in (*shown, *(() if over is None else (over,)))])
    lines = [outline.line(place, rows[outline.ids[place]], frozen) for place in shown]
    working = _people([line.pk for line in lines]) if names else {}
    folded = set() if filters.narrows else {*filters.folded} - {filters.under}
    for line in lines:
        line.people, line.is_context = working.get(line.pk, []), line.place in context
        line.is_folded = line.pk in folded and line.has_children
    if chosen not in outline.figures:
        outline.figures[chosen] = _figures(outline, frozen)
    figures = outline.figures[chosen]
    part = outline.line(over, rows[outline.ids[over]], frozen) if over is not None else None
    span = _with_baseline(figures["start"] or today, figures["finish"] or today, frozen)
    window = _window(filters, part, *span, schedule.data_date or today)
    scale = _scale(*window)
    drawn = pieces(schedule, lines, outline, scale, web)
    left_out = {*(() if known else ("baseline",)), *(() if names else ("who",))}
    return Timeline(
        page=page,
        rows=lines,
        columns=tuple(name for name in filters.columns or SHOWN_COLUMNS if name not in left_out),
        scale=scale,
        filters=replace(filters, against=chosen),
        baselines=known,
        people=names,
        minutes_per_day=a_day,
        window=window,
        over=part,
        drawn=drawn,
        only=len(only & outline.places.keys()) if only is not None else None,
        **figures,
    )


def _figures(outline: Outline, frozen: Frozen | None) -> dict[str, Any]:
    """The figures of the whole schedule, by their names in Timeline."""
    leaves = [place for place, marks in enumerate(outline.marks) if not marks & (GROUP | STOPPED)]
    tops = [place for place, parent in enumerate(outline.parents) if parent < 0 and not outline.marks[place] & STOPPED]
    marks = [outline.marks[place] for place in leaves]
    compared = [one for one in marks if one & COMPARED]
    finish = max((outline.finishes[place] for place in tops), default=0)
    return {
        "activities": len(leaves),
        "milestones": sum(bool(one & MILESTONE) for one in marks),
        "critical": sum(bool(one & CRITICAL) for one in marks),
        "behind": sum(_is_late(outline, frozen, place) for place in leaves),
        "missed": sum(bool(one & (OVER | AGAINST)) for one in marks),
        "start": day(min((outline.starts[place] for place in tops if outline.starts[place]), default=0)),
        "finish": day(finish),
        "agreed": (sum(not one & DIFFERS for one in compared), len(compared)),
        "slip": finish - frozen.last if frozen is not None and frozen.last and finish else None,
    }


def _is_late(outline: Outline, frozen: Frozen | None, place: int) -> bool:
    """Whether it finishes after its baseline."""
    return frozen is not None and 0 < frozen.finishes[place] < outline.finishes[place]


def _found(
    schedule: Schedule, outline: Outline, frozen: Frozen | None, filters: Filters, only: frozenset[int] | None, near: int
) -> tuple[list[int], set[int], int | None]:
    """The places that the filters let through; those shown for what stands under them; the place whose part is shown."""
    over = outline.places.get(filters.under)
    first, last = (over, outline.lasts[over]) if over is not None else (0, len(outline.ids) - 1)
    deepest = (outline.depths[over] if over is not None else 0) + filters.level - 1 if filters.level else None
    order = [n for n in range(first, last + 1) if deepest is None or outline.depths[n] <= deepest]
    if not filters.narrows:
        hidden: set[int] = set()
        for place in sorted(outline.places[pk] for pk in filters.folded if pk in outline.places and pk != filters.under):
            hidden.update(range(place + 1, outline.lasts[place] + 1))
        return [n for n in order if n not in hidden and outline.marks[n] & (GROUP | STOPPED) != STOPPED], set(), over
    fits = [place for place in order if _fits(outline, frozen, filters.show, place, near, is_named=only is not None)]
    for pks in (*_named(schedule, filters), *([] if only is None else [only])):
        fits = [place for place in fits if outline.ids[place] in pks]
    kept, context = set(fits), set()
    for place in fits:
        at = outline.parents[place]
        while at >= 0 and at not in kept:
            kept.add(at)
            context.add(at)
            at = outline.parents[at]
    return [place for place in order if place in kept], context, over


def _fits(outline: Outline, frozen: Frozen | None, show: str, place: int, near: int, *, is_named: bool) -> bool:
    """Whether a row is of the kind asked for. is_named: it was chosen by itself, so it is shown whatever it is."""
    marks = outline.marks[place]
    if show == "stopped":
        return bool(marks & STOPPED)
    if is_named and not show:
        return True
    if marks & STOPPED or (show and marks & GROUP):
        return False
    if show == "late":
        return _is_late(outline, frozen, place)
    if show == "open":
        return not marks & DONE
    if show == "near":
        return not marks & DONE and (bool(marks & CRITICAL) or NONE < outline.total_floats[place] <= near)
    return not show or bool(marks & BIT[show])


def _named(schedule: Schedule, filters: Filters) -> list[set[int]]:
    """The rows that have the words in their names or codes, and those that the person works on: as far as either is asked for."""
    found = []
    if filters.q:
        rows = Activity.objects.filter(schedule=schedule).values_list("pk", "code", "name")
        words = filters.q.casefold()
        found.append({pk for pk, code, name in rows if words in f"{code} {name}".casefold()})
    if filters.who:
        work = Assignment.objects.filter(activity__schedule=schedule)
        names = work.values_list("activity_id", "resource__person__name", "resource__name")
        found.append({pk for pk, person, name in names if filters.who == (person or name)})
    return found


def _names(schedule: Schedule) -> list[str]:
    """Who and what works on the schedule, by name."""
    rows = (
        Assignment.objects.filter(activity__schedule=schedule).order_by().values_list("resource__person__name", "resource__name")
    )
    return sorted({person or name for person, name in rows.distinct()}, key=str.casefold)[:300]


def _people(pks: list[int]) -> dict[int, list[str]]:
    """Who and what works on some rows."""
    rows = Assignment.objects.filter(activity__in=pks).order_by("resource__name", "id")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, person, name in rows.values_list("activity_id", "resource__person__name", "resource__name"):
        found[pk].append(person or name)
    return found


def _with_baseline(start: date, finish: date, frozen: Frozen | None) -> tuple[date, date]:
    """The days of the whole, with those of the baseline where they reach beyond it by no more than its own length."""
    if frozen is None or not frozen.last:
        return start, finish
    first, last = date.fromordinal(min(one for one in frozen.starts if one)), date.fromordinal(frozen.last)
    length = max(finish - start, timedelta(days=1))
    earlier = first if start - length <= first < start else start
    return earlier, last if finish < last <= finish + length else finish


def _window(filters: Filters, over: Line | None, start: date, finish: date, now: date) -> tuple[date, date]:
    """The days shown: of the whole or of the part with a margin, or so many from the one asked for, else around the data date.

    In the margin stand the halves of milestones and the heads of arrows on the first and the last day.
    """
    if over is not None:
        start, finish = over.start or start, over.finish or finish
    days = ZOOMS[filters.zoom][1]
    if not days:
        margin = timedelta(days=max(1, round((finish - start).days / MARGIN)))
        return start - margin, finish + timedelta(days=1) + margin
    first = filters.at or (now if start <= now <= finish else start).replace(day=1)
    return first, first + timedelta(days=days)


def _scale(first: date, last: date) -> TimeScale:
    """Ticks at months; at Mondays where there are fewer than three of those, at days where there are no two Mondays.

    None so near the end that its words are cut.
    """
    if (last - first).days > 75:
        months = time_scale(first, last)
        return replace(months, ticks=tuple(tick for tick in months.ticks if tick.at < NEAR_THE_END))
    bare = TimeScale(first, last, ())
    length = (last - first).days
    step = 1 if length <= 7 else 2 if length <= 14 else 7 if length < 50 else 14
    begin = first + timedelta(days=-first.weekday() % 7) if step >= 7 else first
    days = [begin + timedelta(days=step * n) for n in range((last - begin).days // step + 1)]
    named = [f"{day.day} {MONTHS[day.month - 1]}" for day in days]
    ticks = tuple(
        Tick(bare.at(day), text if n else f"{text} {day.year}") for n, (day, text) in enumerate(zip(days, named, strict=True))
    )
    return TimeScale(first, last, tuple(tick for tick in ticks if tick.at < NEAR_THE_END))
