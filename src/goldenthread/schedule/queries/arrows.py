"""What waits for what, drawn between the bars of the rows on one page: each row gets the pieces of lines that cross it.

Pieces are in per cent of the lane's width and height, so that rows may be of any height. A line leaves its predecessor in the
middle of the row, runs to where the successor begins or ends, and goes up or down to its bar. What waits for a row that is not
on the page, or is waited for by one, has a short line to the edge of its own row, with a dot there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from goldenthread.schedule.models import Relationship, Schedule
from goldenthread.schedule.queries.outlines import CRITICAL, MILESTONE, STOPPED, Line, Outline, Piece, day
from goldenthread.ui.charts import TimeScale

INSET = 8  # per cent of a row's height between its edge and a dot


@dataclass(frozen=True, slots=True)
class Web:
    """How much is drawn: at most so many relationships; those of rows further apart than the reach end at their own rows.

    room: so many rows may be crossed in all; once they are, relationships end at their own rows, too.
    """

    most: int
    reach: int
    room: int = 100_000


PAGE_WEB = Web(most=400, reach=200)  # more would be no picture any more


def pieces(schedule: Schedule, rows: Sequence[Line], outline: Outline, scale: TimeScale, web: Web) -> int:
    """Give each row its pieces and what sets its dates; answers how many relationships are drawn, whole or to its row's edge.

    outline: all rows of the schedule, on this page or not. Only what has its end in sight is drawn.
    """
    place = {row.pk: n for n, row in enumerate(rows)}
    found = Relationship.objects.filter(Q(predecessor__in=place) | Q(successor__in=place), successor__schedule=schedule)
    drawn: dict[int, list[Piece]] = defaultdict(list)
    beyond: set[tuple[int, float, bool, bool]] = set()
    count = crossed = 0
    columns = ("predecessor_id", "successor_id", "relationship_kind", "successor__dates__driven_by", "predecessor__name")
    for before, after, kind, drivers, name in found.order_by("id").values_list(*columns)[: web.most * 3]:
        first, last = outline.places.get(before, -1), outline.places.get(after, -1)
        if first >= 0 and after in place and before in (drivers or ()):
            rows[place[after]].drivers.append(name)
        if first < 0 or last < 0 or count >= web.most or (outline.marks[first] | outline.marks[last]) & STOPPED:
            continue
        ends = _end(outline, first, kind[0], scale), _end(outline, last, kind[1], scale)
        is_critical = bool(outline.marks[first] & outline.marks[last] & CRITICAL)
        rows_between = abs(place[before] - place[after]) if before in place and after in place else web.reach + 1
        if rows_between <= min(web.reach, web.room - crossed):
            if None in ends:
                continue
            crossed += rows_between
            _draw(drawn, place[before], place[after], ends, is_critical=is_critical)
            count += 1
            continue
        known = [
            (one, x, on) for one, x, on in ((before, ends[0], True), (after, ends[1], False)) if one in place and x is not None
        ]
        for here, x, leads_on in known:
            down = (last > first) == leads_on
            if (place[here], x, down, leads_on) not in beyond:
                beyond.add((place[here], x, down, leads_on))
                _to_edge(drawn[place[here]], x, down=down, leads_on=leads_on, is_critical=is_critical)
        count += bool(known)
    for n, row in enumerate(rows):
        row.pieces = tuple(drawn[n])
    return count


def _to_edge(drawn: list[Piece], x: float, *, down: bool, leads_on: bool, is_critical: bool) -> None:
    """A short line between the bar and the edge of its row behind which the other row lies."""
    edge, bar = (100 - INSET, 70) if down else (INSET, 30)
    drawn.append(Piece(x, min(edge, bar), x, max(edge, bar), is_critical))
    drawn.append(Piece(x, edge, x, edge, is_critical, head="dot"))
    if not leads_on:
        drawn.append(Piece(x, 0, x, 0, is_critical, head="up" if down else "down"))


def _end(outline: Outline, place: int, which: str, scale: TimeScale) -> float | None:
    """Where a bar begins (S) or ends (F); None where that lies outside the days shown."""
    start, finish = day(outline.starts[place]), day(outline.finishes[place])
    if start is None or finish is None:
        return None
    at = start if which == "S" or outline.marks[place] & MILESTONE else finish + timedelta(days=1)
    return scale.at(at) if scale.start <= at <= scale.end + timedelta(days=1) else None


def _draw(drawn: dict[int, list[Piece]], before: int, after: int, ends: Any, *, is_critical: bool) -> None:
    x1, x2 = ends
    down = after > before
    if abs(x2 - x1) > 0.01:
        drawn[before].append(Piece(min(x1, x2), 50, max(x1, x2), 50, is_critical))
    drawn[before].append(Piece(x2, 50, x2, 100 if down else 0, is_critical))
    for n in range(min(before, after) + 1, max(before, after)):
        drawn[n].append(Piece(x2, 0, x2, 100, is_critical))
    drawn[after].append(Piece(x2, 0 if down else 100, x2, 30 if down else 70, is_critical))
    drawn[after].append(Piece(x2, 0, x2, 0, is_critical, head="down" if down else "up"))
