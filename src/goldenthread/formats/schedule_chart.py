"""A schedule on paper: the table, the bars beside it and what waits for what, over pages of a PDF or on one picture.

It is drawn in the guarded process in which files are read, so that a schedule that is too much for it ends that process alone.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from goldenthread.formats.limits import read_guarded
from goldenthread.formats.typesetting import as_text, drawn, pictured

SOURCE = Path(__file__).with_name("schedule_chart.typ")
PDF, PNG = "pdf", "png"
Span = tuple[float, float]  # left edge and width, in per cent of the lane


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A piece of what waits for what, from (x1, y1) to (x2, y2) in per cent of the row's lane; head: down, up, dot or none."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_critical: bool
    head: str


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One row: its words, one a column, and where its bars stand. stone and deadline: where a sign stands; done: 0 to 100."""

    cells: tuple[str, ...]
    depth: int
    is_group: bool
    is_critical: bool
    bars: tuple[Span, ...]
    done: int
    baseline: Span | None
    stone: float | None
    deadline: float | None
    lines: tuple[ChartLine, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that stands on the paper. size: a3 or a4, laid across; widths: of the columns of words in mm; the bars take the rest.

    ticks: place and words; today: its place, None where it is out of sight; is_picture: all rows on one sheet, however long.
    """

    title: str
    author: str
    lead: str
    day: str
    size: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    figures: tuple[bool, ...]  # which columns stand to the right
    ticks: tuple[tuple[float, str], ...]
    today: float | None
    rows: tuple[ChartRow, ...]
    key: tuple[tuple[str, str], ...]
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of it: the file in base64, since the two processes speak JSON."""

    content: str


def chart_file(chart: Chart) -> bytes:
    """The chart as a PDF, or as a picture where it is one. Raises FormatError where it is too much to be drawn."""
    made: Drawn = read_guarded("schedule-chart", as_text(chart).encode(), PNG if chart.is_picture else PDF)
    return base64.b64decode(made.content)


def draw(told: bytes, form: str) -> Drawn:
    """The work of the guarded process: a chart as JSON in, the file out."""
    os.environ["RAYON_NUM_THREADS"] = (
        "1"  # each thread of typst reserves room for itself, on a machine of many cores all there is
    )
    make = pictured if form == PNG else drawn
    return Drawn(base64.b64encode(make(SOURCE, told.decode())).decode())
