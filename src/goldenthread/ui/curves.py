"""Geometry of the curve of a date that is not certain: the share of cases that has ended by each day, and days beside it.

As in `charts.py`: coordinates are SVG user units, origin top left; `curve_frame` in `templates/components/charts.html` draws it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from goldenthread.ui.charts import Tick, month_ticks, path
from goldenthread.ui.writing import MONTHS
from goldenthread.ui.writing import width as text_width

LINE = 15.0  # height of a label above the plot
SHARES = (0, 20, 50, 80, 100)
FEW_DAYS = 75  # so many days get ticks of days, more of months


@dataclass(frozen=True, slots=True)
class Mark:
    """A day the curve is held against: its line, and its label on a line of its own. kind: plan, promise or share."""

    at: float
    text: str
    text_x: float
    text_y: float
    anchor: str
    kind: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve, its axes and marks. steps: of 50 and 80 % the way from the axis to the curve and down."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    line: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    steps: tuple[str, ...]


def curve(
    moments: Sequence[dt.datetime], marks: Sequence[tuple[str, dt.datetime, str]], width: int = 720, height: int = 280
) -> Curve:
    """Lay out percentiles 1 to 100 of a moment, and (text, moment, kind) of what it is held against."""
    stated = [moment for _, moment, _ in marks]
    first, last = min([*moments, *stated]), max([*moments, *stated])
    room = max((last - first) * 0.04, dt.timedelta(hours=12))
    first, last = first - room, last + room
    left, right, bottom, top = 40.0, width - 12.0, height - 26.0, 8.0 + LINE * len(marks)

    def x(moment: dt.datetime) -> float:
        return round(left + (moment - first) / (last - first) * (right - left), 1)

    def y(percent: float) -> float:
        return round(bottom - percent / 100 * (bottom - top), 1)

    points = [(x(moments[0]), y(0)), *((x(moment), y(percent)) for percent, moment in enumerate(moments, 1)), (right, y(100))]
    ticks = _ticks(first.date(), last.date(), 4 if width < 480 else 8)
    return Curve(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        line=path([(left, y(0)), *points]),
        y_ticks=tuple(Tick(y(percent), f"{percent} %") for percent in SHARES),
        x_ticks=tuple(Tick(x(dt.datetime.combine(day, dt.time())), text) for day, text in ticks),
        marks=tuple(_mark(x(at), text, kind, place, left, right) for place, (text, at, kind) in enumerate(marks)),
        steps=tuple(
            path([(left, y(share)), (x(moments[share - 1]), y(share)), (x(moments[share - 1]), y(0))]) for share in (50, 80)
        ),
    )


def _mark(at: float, text: str, kind: str, place: int, left: float, right: float) -> Mark:
    after = at + 4 + text_width(text, 11.5) <= right or at - left < (right - left) / 2
    return Mark(at, text, at + 4 if after else at - 4, LINE * (place + 1) - 3, "start" if after else "end", kind)


def _ticks(first: dt.date, last: dt.date, count: int) -> list[tuple[dt.date, str]]:
    days = (last - first).days
    if days > FEW_DAYS:
        return month_ticks(first, last, count)
    step = next(each for each in (1, 2, 7, 14, 28) if days / each <= count or each == 28)
    begin = first + dt.timedelta(days=1)
    if step >= 7:
        begin += dt.timedelta(days=-begin.weekday() % 7)
    shown = [begin + dt.timedelta(days=step * number) for number in range(max(0, (last - begin).days) // step + 1)]
    return [
        (day, f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if place == 0 else "")) for place, day in enumerate(shown)
    ]
