"""Layout of the thread map: nodes in columns, lines from left to right, as few crossings as a few sweeps give.

Plain data in, coordinates and SVG paths out. Order inside a column follows the mean position of the neighbours (barycentre,
Sugiyama, Tagawa and Toda 1981); heights are then the least-squares fit to those means that keeps the nodes apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its ends, its path, its thickness in user units, and whether the thread is broken there."""

    source: str
    target: str
    path: str
    width: float
    broken: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """Where everything stands: top left corners of nodes by key, lines behind them, left edges of the columns."""

    width: int
    height: int
    node_width: int
    node_height: int
    columns: tuple[int, ...]
    places: Mapping[str, tuple[float, float]]
    order: tuple[str, ...]
    lines: tuple[Line, ...]


def spread(wanted: Sequence[float], pitch: float) -> list[float]:
    """Places in the given order, at least `pitch` apart, with the least sum of squared distances to those wanted.

    Pool-adjacent-violators on wanted[i] - i * pitch.
    """
    pools: list[list[float]] = []  # mean, size
    for index, want in enumerate(wanted):
        pools.append([want - index * pitch, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, size = pools.pop()
            total = pools[-1][1] + size
            pools[-1] = [(pools[-1][0] * pools[-1][1] + mean * size) / total, total]
    flat = [mean for mean, size in pools for _ in range(int(size))]
    return [place + index * pitch for index, place in enumerate(flat)]


def flow(
    columns: Sequence[Sequence[str]],
    links: Sequence[tuple[str, str, float]],
    *,
    width: int = 1120,
    node_width: int = 190,
    node_height: int = 46,
    pitch: float = 64,
    top: float = 28,
    sweeps: int = 6,
    lowest: Collection[str] = (),
) -> Flow:
    """Lay out keys in columns; those in `lowest` stand below all others of theirs.

    A link is (from, to, weight); weight 0 or less is a broken thread. Unknown ends raise KeyError.
    """
    level = {key: at for at, column in enumerate(columns) for key in column}
    beside: dict[str, list[tuple[str, float]]] = {key: [] for key in level}
    for source, target, weight in links:
        beside[source].append((target, max(weight, 0.05)))
        beside[target].append((source, max(weight, 0.05)))
    rows = [list(column) for column in columns]
    y = {key: index * pitch for column in rows for index, key in enumerate(column)}
    for sweep in range(sweeps):
        forward, last = sweep % 2 == 0, sweep >= sweeps - 2
        for at in range(len(rows)) if forward else reversed(range(len(rows))):
            seen = rows[:at] if forward else rows[at + 1 :]
            near = rows[:at] + rows[at + 1 :] if last else seen
            _settle(rows[at], y, beside, {key for column in near for key in column}, pitch, lowest)
    highest = min(y.values(), default=0.0)
    step = (width - node_width) / max(1, len(columns) - 1)
    lefts = tuple(round(step * at) for at in range(len(columns)))
    places = {key: (float(lefts[level[key]]), round(y[key] - highest + top, 1)) for column in rows for key in column}
    heaviest = max((weight for *_, weight in links), default=1.0) or 1.0
    lines = tuple(_line(places, link, heaviest, node_width, node_height) for link in links)
    height = round(max((place[1] for place in places.values()), default=top) + node_height + 6)
    return Flow(width, height, node_width, node_height, lefts, places, tuple(key for column in rows for key in column), lines)


def _settle(
    column: list[str],
    y: dict[str, float],
    beside: Mapping[str, list[tuple[str, float]]],
    near: set[str],
    pitch: float,
    lowest: Collection[str],
) -> None:
    """Order one column by the mean height of its neighbours among `near`, and spread it."""
    wanted = {}
    for key in column:
        pairs = [(y[other], weight) for other, weight in beside[key] if other in near]
        total = sum(weight for _, weight in pairs)
        wanted[key] = sum(place * weight for place, weight in pairs) / total if pairs else y[key]
    bottom = max(wanted.values(), default=0.0)
    wanted.update({key: bottom for key in column if key in lowest})
    column.sort(key=lambda key: (key in lowest, wanted[key]))
    y.update(zip(column, spread([wanted[key] for key in column], pitch), strict=True))


def _line(
    places: Mapping[str, tuple[float, float]], link: tuple[str, str, float], heaviest: float, node_width: int, node_height: int
) -> Line:
    """A smooth line between two nodes, from left to right, as thick as its weight."""
    source, target, weight = link
    (x1, y1), (x2, y2) = sorted((places[source], places[target]))
    x1, y1, y2 = x1 + node_width, y1 + node_height / 2, y2 + node_height / 2
    bend = max(20.0, (x2 - x1) * 0.55)
    path = f"M{x1:.0f} {y1:.1f}C{x1 + bend:.0f} {y1:.1f} {x2 - bend:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"
    broken = weight <= 0
    return Line(source, target, path, 1.2 if broken else round(1.2 + 5.3 * (min(1.0, weight / heaviest)) ** 0.7, 2), broken)
