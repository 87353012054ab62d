"""Geometry of the charts the server draws: numbers in, coordinates and SVG paths out. No colours, no texts but labels.

Coordinates are SVG user units, origin top left, rounded to a tenth. Every chart carries the rows of the table that says the
same without a picture. The macros in `templates/components/charts.html` draw what stands here.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from goldenthread.ui import writing
from goldenthread.ui.writing import MONTHS, number

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its coordinate and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A forecast for one day: the 10th, 50th and 90th percentile, and the quartiles where known."""

    day: dt.date
    p10: float
    p50: float
    p90: float
    p25: float | None = None
    p75: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A direct label beside the plot; `kind` is target, expected or baseline."""

    y: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Fan:
    """A fan chart: measured line, forecast fan, target line or band, axes, direct labels."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    actual: str
    outer: str
    inner: str
    median: str
    dots: tuple[Point, ...]
    last: Point | None
    baseline: Point | None
    target: tuple[float, float] | None  # upper and lower edge; equal for a line
    target_x: float | None
    today_x: float | None
    notes: tuple[Note, ...]
    rows: tuple[tuple[dt.date, float | None, Band | None], ...]


def path(points: Iterable[Point], *, close: bool = False) -> str:
    """An SVG path through the points; empty for fewer than two."""
    pairs = [f"{x:.1f} {y:.1f}" for x, y in points]
    return "" if len(pairs) < 2 else "M" + "L".join(pairs) + ("Z" if close else "")


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values (steps of 1, 2, 2.5 or 5 times a power of ten) that enclose [low, high], about `count` of them."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("an axis needs finite ends")
    if low > high:
        low, high = high, low
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    raw = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, 1 - math.floor(math.log10(step)))
    return [round(i * step, digits) for i in range(first, last + 1)]


def month_ticks(start: dt.date, end: dt.date, count: int = 9) -> list[tuple[dt.date, str]]:
    """First days of months between two days, thinned to at most `count`; January, and the first, carry the year."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= count), 240)
    ticks: list[tuple[dt.date, str]] = []
    index = start.year * 12 + start.month - 1
    index += (-index) % step if start.day == 1 or step > 1 else 1
    while True:
        day = dt.date(index // 12, index % 12 + 1, 1)
        if day > end:
            return ticks
        name = MONTHS[day.month - 1]
        if day >= start:
            with_year = not ticks or ticks[-1][0].year != day.year
            ticks.append((day, str(day.year) if step >= 12 else f"{name} {day.year}" if with_year else name))
        index += step


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """A linear map of [low, high] to [start, end]."""
    size = (high - low) or 1.0
    return lambda value: round(start + (value - low) / size * (end - start), 1)


def _apart(notes: list[Note], gap: float, top: float, bottom: float) -> tuple[Note, ...]:
    """Move labels down, then up, until none is nearer to its neighbour than `gap` and all are between top and bottom."""
    placed = sorted(notes, key=lambda note: note.y)
    ys = [note.y for note in placed]
    for i in range(1, len(ys)):
        ys[i] = max(ys[i], ys[i - 1] + gap)
    for i in reversed(range(len(ys))):
        ys[i] = min(ys[i], bottom - gap * (len(ys) - 1 - i))
    ys = [max(y, top + gap * i) for i, y in enumerate(ys)]
    return tuple(Note(round(y, 1), note.text, note.kind) for y, note in zip(ys, placed, strict=True))


def fan(
    actuals: Sequence[tuple[dt.date, float]],
    forecast: Sequence[Band] = (),
    *,
    target: float | tuple[float, float] | None = None,
    target_date: dt.date | None = None,
    baseline: tuple[dt.date, float] | None = None,
    today: dt.date | None = None,
    unit: str = "",
    aim: str = "target",
    width: int = 720,
    height: int = 270,
) -> Fan:
    """Lay out a KPI over time: measured line, fan of the forecast from the last measurement, target line or band.

    `actuals` and `forecast` are in order of day; values share one unit; `aim` is what the target is called. Raises ValueError
    where there is nothing to draw.
    """
    edges = () if target is None else target if isinstance(target, tuple) else (target, target)
    known = [*actuals, baseline] if baseline else list(actuals)
    values = [v for _, v in known] + [v for b in forecast for v in (b.p10, b.p90)] + list(edges)
    days = [d for d, _ in known] + [b.day for b in forecast] + [d for d in (target_date, today) if d]
    if not days or not values:
        raise ValueError("a fan chart needs at least one measured, expected or target value with a day")
    narrow = width < 480
    marks = nice_ticks(min(values), max(values), 4 if narrow else 5)
    words = _words(edges, forecast, marks, unit, aim)
    beside = 8.0 if narrow or not words else 16 + max(writing.width(text, 11.5) for _, text, _ in words)
    left, right, top, bottom = (34.0 if narrow else 44.0), width - round(beside, 1), 12.0, height - 26.0
    first, final = min(days), max(days)
    xs = _scale(first.toordinal(), max(final.toordinal(), first.toordinal() + 1), left, right)
    ys = _scale(marks[0], marks[-1], bottom, top)
    x_of: Callable[[dt.date], float] = lambda d: xs(d.toordinal())  # noqa: E731
    measured = [(x_of(d), ys(v)) for d, v in actuals]
    start = measured[-1:] if forecast and (not actuals or actuals[-1][0] < forecast[0].day) else []
    middle = start + [(x_of(b.day), ys(b.p50)) for b in forecast]
    quarters = [b for b in forecast if b.p25 is not None and b.p75 is not None]
    return Fan(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        y_ticks=tuple(Tick(ys(m), number(m)) for m in marks),
        x_ticks=tuple(Tick(x_of(d), text) for d, text in month_ticks(first, final, 5 if narrow else 9)),
        actual=path(measured),
        outer=path(_area(start, forecast, x_of, ys, lambda b: (b.p10, b.p90)), close=True),
        inner=path(_area(start, quarters, x_of, ys, lambda b: (b.p25 or 0.0, b.p75 or 0.0)), close=True) if quarters else "",
        median=path(middle),
        dots=tuple(measured) if len(measured) <= 4 else (),
        last=measured[-1] if measured else None,
        baseline=(x_of(baseline[0]), ys(baseline[1])) if baseline else None,
        target=(ys(max(edges)), ys(min(edges))) if edges else None,
        target_x=x_of(target_date) if target_date else None,
        today_x=x_of(today) if today else None,
        notes=_apart([Note(ys(value), text, kind) for value, text, kind in words], 15.0, top + 4, bottom),
        rows=_rows(actuals, forecast),
    )


def _words(
    edges: tuple[float, ...], forecast: Sequence[Band], marks: list[float], unit: str, name: str
) -> list[tuple[float, str, str]]:
    """What is written beside the plot: value, text and kind of the target, and of what is expected on the last day.

    A unit too long for the margin is left out; the chart's title names it.
    """
    suffix = unit if unit == "%" else f" {unit}" if unit and len(unit) <= 12 else ""
    words = []
    if edges:
        aim = " to ".join(number(edge) for edge in dict.fromkeys(edges))
        words.append((sum(edges) / 2, f"{name} {aim}{suffix}", "target"))
    if forecast:
        last = forecast[-1].p50
        words.append((last, f"expected {number(_rounded(last, marks))}{suffix}", "expected"))
    return words


def _rows(
    actuals: Sequence[tuple[dt.date, float]], forecast: Sequence[Band]
) -> tuple[tuple[dt.date, float | None, Band | None], ...]:
    """The same figures as a table: a row for each day that has a measurement or a forecast."""
    measured, expected = dict(actuals), {band.day: band for band in forecast}
    return tuple((day, measured.get(day), expected.get(day)) for day in sorted({*measured, *expected}))


def _rounded(value: float, marks: list[float]) -> float:
    """A value with one digit more than the steps of its axis need."""
    step = marks[1] - marks[0] if len(marks) > 1 else 1.0
    return round(value, max(0, 1 - math.floor(math.log10(step))))


def _area(
    start: list[Point], bands: Sequence[Band], x_of: Callable[[dt.date], float], ys: Callable[[float], float],
    edges: Callable[[Band], tuple[float, float]],
) -> list[Point]:  # fmt: skip
    """The outline of a fan: along one edge, back along the other."""
    there = [(x_of(b.day), ys(edges(b)[0])) for b in bands]
    back = [(x_of(b.day), ys(edges(b)[1])) for b in reversed(bands)]
    return start + there + back


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line without axes; gaps where a value is missing, a dot at the last value."""

    width: int
    height: int
    line: str
    last: Point | None


def sparkline(values: Sequence[float | None], width: int = 96, height: int = 24) -> Sparkline:
    """Equal steps along x; the smallest value at the bottom; a flat series in the middle."""
    known = [v for v in values if v is not None]
    if not known:
        return Sparkline(width, height, "", None)
    pad, low, high = 3.0, min(known), max(known)
    xs = _scale(0, max(1, len(values) - 1), pad, width - pad)
    ys = _scale(low, high, height - pad, pad) if high > low else lambda _: height / 2
    runs: list[list[Point]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((xs(index), ys(value)))
    last = next(run[-1] for run in reversed(runs) if run)
    return Sparkline(width, height, "".join(path(run) for run in runs), last)


@dataclass(frozen=True, slots=True)
class Course:
    """A KPI on one line, in per cent of its width, its target always to the right: where it began, stands, should and may end."""

    start: float | None
    now: float | None
    goal: tuple[float, float]  # equal ends for a value, apart for a band
    expected: tuple[float, float] | None  # the forecast's 10th and 90th percentile

    @property
    def way(self) -> tuple[float, float] | None:
        """Left edge and width of what lies between the beginning and now."""
        if self.start is None or self.now is None:
            return None
        return min(self.start, self.now), round(abs(self.now - self.start), 1)


def course(
    *,
    baseline: float | None,
    actual: float | None,
    target: float | tuple[float | None, float | None] | None,
    p10: float | None,
    p90: float | None,
) -> Course | None:
    """Lay out a KPI from its baseline to its target. None where there is no target, or nothing beside it."""
    low, high = target if isinstance(target, tuple) else (target, target)
    edges = [edge for edge in (low, high) if edge is not None]
    beside = [value for value in (baseline, actual, p10, p90) if value is not None]
    if not edges or not beside or min(edges + beside) == max(edges + beside):
        return None
    first = beside[0]
    ends = (max(edges + beside), min(edges + beside)) if first > edges[0] else (min(edges + beside), max(edges + beside))
    at = _scale(*ends, 2.0, 98.0)
    goal = sorted((at(low) if low is not None else at(ends[0]), at(high) if high is not None else at(ends[1])))
    may_end = sorted((at(p10), at(p90))) if p10 is not None and p90 is not None else None
    return Course(
        start=None if baseline is None else at(baseline),
        now=None if actual is None else at(actual),
        goal=(goal[0], goal[1]),
        expected=None if may_end is None else (may_end[0], may_end[1]),
    )


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A span of days as per cent of a lane's width, with the ticks of its header."""

    start: dt.date
    end: dt.date
    ticks: tuple[Tick, ...]

    def at(self, day: dt.date) -> float:
        """Where the morning of a day stands, 0 to 100, held inside the lane."""
        share = (day - self.start).days / max(1, (self.end - self.start).days) * 100
        return round(min(100.0, max(0.0, share)), 2)

    def span(self, first: dt.date, last: dt.date) -> tuple[float, float]:
        """Left edge and width of a bar from the morning of `first` to the evening of `last`."""
        left = self.at(first)
        return left, round(max(0.4, self.at(last + dt.timedelta(days=1)) - left), 2)


def time_scale(start: dt.date, end: dt.date, count: int = 8) -> TimeScale:
    """A lane from `start` to `end` with about `count` month ticks."""
    if end <= start:
        end = start + dt.timedelta(days=1)
    scale = TimeScale(start, end, ())
    return TimeScale(start, end, tuple(Tick(scale.at(day), text) for day, text in month_ticks(start, end, count)))


@dataclass(frozen=True, slots=True)
class Strip:
    """Days that may come along one line: a dot each, stacked where they meet; the bar, its middle, what is told today, months."""

    width: int
    height: int
    base: float
    dots: tuple[Point, ...]
    range: tuple[float, float]
    middle: float
    told: float
    ticks: tuple[Tick, ...]


def dates(marks: Sequence[dt.date], told: dt.date, early: dt.date, middle: dt.date, late: dt.date) -> Strip:
    """Lay out the marks between the first and the last of all days."""
    width, base, cell = 300, 58.0, 5.0
    every = sorted([*marks, told, early, middle, late])
    scale = time_scale(every[0], every[-1], 4)

    def at(day: dt.date) -> float:
        return round(6.0 + scale.at(day) / 100 * (width - 12), 1)

    stacked: dict[int, int] = {}
    dots = []
    for day in sorted(marks):
        column = int(at(day) // cell)
        stacked[column] = stacked.get(column, 0) + 1
        dots.append((round((column + 0.5) * cell, 1), round(max(3.0, base - 5.0 - (stacked[column] - 0.5) * cell), 1)))
    ticks = tuple(Tick(round(6.0 + tick.at / 100 * (width - 12), 1), tick.label) for tick in scale.ticks)
    return Strip(width, 84, base, tuple(dots), (at(early), at(late)), at(middle), at(told), ticks)


@dataclass(frozen=True, slots=True)
class RangeLine:
    """One range on its own line: what it is called, low, likely and high as coordinates and as figures."""

    y: float
    label: str
    low: float
    likely: float
    high: float
    values: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges one below the other over one axis; the last may be what the others come to."""

    width: int
    height: int
    left: float
    base: float
    lines: tuple[RangeLine, ...]
    ticks: tuple[Tick, ...]


def ranges(labels: Sequence[str], values: Sequence[tuple[float, float, float]], width: int = 360) -> Ranges:
    """Lay out ranges of (low, likely, high) in one unit, a line each, in the order given."""
    marks = nice_ticks(min(min(one) for one in values), max(max(one) for one in values), 4)
    left, step = round(min(120.0, 14 + max(writing.width(text, 11.5) for text in labels)), 1), 22.0
    xs = _scale(marks[0], marks[-1], left, width - 14.0)
    lines = [
        RangeLine(round(12 + place * step, 1), label, xs(low), xs(likely), xs(high), (low, likely, high))
        for place, (label, (low, likely, high)) in enumerate(zip(labels, values, strict=True))
    ]
    base = 12 + len(lines) * step - 6
    return Ranges(width, round(base + 20), left, base, tuple(lines), tuple(Tick(xs(mark), number(mark)) for mark in marks))
