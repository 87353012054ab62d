"""The page of a schedule on paper: all rows that its filters let through, as the chart that is drawn of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_chart import PNG, Chart, ChartLine, ChartRow, chart_file
from goldenthread.formats.typesetting import is_available
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries.arrows import Web
from goldenthread.schedule.queries.outlines import Line
from goldenthread.schedule.queries.timelines import SHOWN, SHOWN_COLUMNS, Filters, Timeline, timeline
from goldenthread.ui import writing

PAPERS = {"a4": "PDF on A4", "a3": "PDF on A3", PNG: "Picture (PNG)"}
CHART_TYPES = {"pdf": "application/pdf", PNG: "image/png"}
MOST_ROWS, MOST_IN_PICTURE = 2000, 300
PAPER_WEB = Web(most=4000, reach=60, room=20_000)  # about a page of rows; more crossings than the drawing has memory for
NAME_WIDTH = {"a3": 96.0, "a4": 66.0}  # mm, as those that follow
WIDTHS = {
    "a3": {"start": 22.0, "finish": 22.0, "float": 14.0, "done": 12.0, "baseline": 18.0, "who": 34.0},
    "a4": {"start": 19.0, "finish": 19.0, "float": 13.0, "done": 11.0, "baseline": 16.0, "who": 25.0},
}
LETTERS = {"a3": 7.5, "a4": 6.5}  # points
POINTS = 72 / 25.4  # in a mm
LEVEL, GAP = 3.0, 3.0  # mm: how far a row is set in for each level, and between columns
AT_RIGHT = {"float", "done", "baseline"}
KEY = (
    *(("plain", "planned, and done"), ("critical", "critical"), ("baseline", "baseline"), ("stone", "milestone")),
    *(("waits", "waits for"), ("elsewhere", "for a row elsewhere"), ("deadline", "deadline"), ("today", "today")),
)


def papers_here() -> list[tuple[str, str]]:
    """The papers that can be made here: (name, label)."""
    return list(PAPERS.items()) if is_available() else []


def schedule_paper(
    schedule: Schedule,
    filters: Filters,
    paper: str,
    today: date,
    *,
    title: str,
    with_people: bool,
    at_fault: frozenset[int] | None = None,
) -> bytes:
    """The rows that the filters let through, on one of PAPERS; Refused where it is too much. at_fault: as in `timeline`."""
    if paper not in PAPERS:
        raise Refused(f"There is no paper “{paper[:20]}”.", advice=f"Choose {', '.join(PAPERS.values())}.")
    if not papers_here():
        raise Refused("PDF and pictures are not installed here.", advice="Print the page, or have the extra “reports” installed.")
    most = MOST_IN_PICTURE if paper == PNG else MOST_ROWS
    asked = replace(filters, page="1", size=most)
    shown = timeline(schedule, asked, today, with_people=with_people, at_fault=at_fault, web=PAPER_WEB)
    if shown.page.paginator.count > most:
        what, of = ("A picture", "picture") if paper == PNG else ("Paper", "file")
        rows = f"{writing.number(most)} rows; this {of} would have {writing.number(shown.page.paginator.count)}"
        raise Refused(f"{what} holds at most {rows}.", advice="Filter first: fewer levels, one part, or what is critical.")
    try:
        return chart_file(chart(shown, paper, today, title=title, author=schedule.name))
    except FormatError as error:
        raise Refused(
            "This schedule is too much to be drawn at once.", advice="Filter first: fewer levels, or one part."
        ) from error


def chart(shown: Timeline, paper: str, today: date, *, title: str, author: str) -> Chart:
    """What stands on the paper."""
    size = "a3" if paper == PNG else paper
    widths = (NAME_WIDTH[size], *(WIDTHS[size][name] for name in shown.columns))
    return Chart(
        title=title,
        author=author,
        lead=_lead(shown),
        day=writing.date(today),
        size=size,
        heads=("Activity", *(SHOWN_COLUMNS[name] for name in shown.columns)),
        widths=widths,
        figures=(False, *(name in AT_RIGHT for name in shown.columns)),
        ticks=tuple((tick.at, tick.label) for tick in shown.scale.ticks),
        today=shown.scale.at(today) if shown.window[0] <= today <= shown.window[1] else None,
        rows=tuple(_row(row, shown, widths, LETTERS[size]) for row in shown.rows),
        key=KEY,
        is_picture=paper == PNG,
    )


def _lead(shown: Timeline) -> str:
    """What of the schedule this is."""
    filters = shown.filters
    against = dict(shown.baselines).get(filters.against, "")
    said = [
        writing.plural(shown.page.paginator.count, "row"),
        f"only the part “{shown.over.data.name}”" if shown.over is not None else "",
        SHOWN[filters.show] if filters.show else "",
        f"with “{filters.q}”" if filters.q else "",
        f"work of {filters.who}" if filters.who and "who" in shown.columns else "",
        f"levels to {filters.level}" if filters.level else "",
        f"beside {against}" if against and "baseline" in shown.columns else "",
        f"{writing.date(shown.window[0])} to {writing.date(shown.window[1])}",
    ]
    return " · ".join(part for part in said if part)


def _row(row: Line, shown: Timeline, widths: Sequence[float], letters: float) -> ChartRow:
    scale, data = shown.scale, row.data
    sees = row.start is not None and row.finish is not None and row.finish >= scale.start and row.start <= scale.end
    is_stone = bool(data.is_milestone) and not row.is_group
    frozen = row.baseline if row.baseline and row.baseline[1] >= scale.start and row.baseline[0] <= scale.end else None
    bars = [bar for bar in row.bars if sees and not is_stone and bar[1] >= scale.start and bar[0] <= scale.end]
    texts = [f"{data.code} {data.name}".strip(), *(_words(name, row, shown.minutes_per_day) for name in shown.columns)]
    room = [widths[0] - min(row.depth, 8) * LEVEL, *widths[1:]]
    return ChartRow(
        cells=tuple(writing.fit(text, (wide - GAP) * POINTS, letters) for text, wide in zip(texts, room, strict=True)),
        depth=row.depth,
        is_group=row.is_group,
        is_critical=row.is_critical,
        bars=tuple(scale.span(*bar) for bar in bars),
        done=row.progress,
        baseline=scale.span(*frozen) if frozen else None,
        stone=scale.at(row.start) if sees and is_stone and row.start else None,
        deadline=scale.at(data.deadline) if data.deadline and scale.start <= data.deadline <= scale.end else None,
        lines=tuple(ChartLine(one.x1, one.y1, one.x2, one.y2, one.is_critical, one.head) for one in row.pieces),
    )


def _words(name: str, row: Line, minutes_per_day: int) -> str:
    """One cell."""
    if name in {"start", "finish"}:
        day = row.start if name == "start" else row.finish
        return writing.date(day)
    if name == "float":
        return "–" if row.total_float is None else f"{writing.number(round(row.total_float / minutes_per_day, 1))} d"
    if name == "done":
        return f"{row.progress} %"
    if name == "baseline":
        return "–" if row.slip is None else f"{writing.signed(row.slip)} d"
    first, *others = row.people or [""]
    return f"{first} +{len(others)}" if others else first
