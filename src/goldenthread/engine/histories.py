"""Figures of many KPIs as columns, and what the steps between them come to.

Rows with the same number of days are computed together, one line each, so that one history alone gives the same bits as the same
history among ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Histories:
    """days and values (m,) of all histories, one after the other; history i is from first[i] to first[i + 1], first (n + 1,)."""

    first: Ints
    days: Floats
    values: Floats

    @property
    def count(self) -> int:
        return int(self.first.size) - 1


@dataclass(frozen=True, eq=False)
class Steps:
    """Columns (n,): distinct days, last level, time from first to last day, mean rate a day, squared rest a day.

    level is nan without a point; rate and rest are 0 with fewer than two. rest = sum((d_i - rate t_i)^2 / t_i).
    """

    points: Ints
    level: Floats
    span: Floats
    rate: Floats
    rest: Floats


def histories_of(rows: Sequence[Sequence[tuple[float, float]]]) -> Histories:
    """Histories from lists of (day, value)."""
    flat = np.array([pair for row in rows for pair in row], np.float64).reshape(-1, 2)
    return Histories(np.cumsum([0, *map(len, rows)]), flat[:, 0].copy(), flat[:, 1].copy())


def steps_of(histories: Histories) -> Steps:
    """The steps of each history, outliers tamed; several values of one day are averaged. EngineError for what is no number."""
    count = histories.count
    points = np.zeros(count, np.int64)
    level, span, rate, rest = np.full(count, np.nan), np.zeros(count), np.zeros(count), np.zeros(count)
    for rows, days, values in _alike(histories):
        points[rows], level[rows] = days.shape[1], values[:, -1]
        if days.shape[1] < 2:
            continue
        gaps = np.diff(days, axis=1)
        steps = _tamed(np.diff(values, axis=1), gaps)
        span[rows] = gaps.sum(axis=1)
        rate[rows] = steps.sum(axis=1) / span[rows]
        rest[rows] = np.sum((steps - rate[rows][:, None] * gaps) ** 2 / gaps, axis=1)
    return Steps(points, level, span, rate, rest)


def _alike(histories: Histories) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Groups of histories with equally many distinct days: their rows (k,), days and mean values in order of days (k, p)."""
    row = np.repeat(np.arange(histories.count), np.diff(histories.first))
    if row.size != histories.days.size or histories.days.size != histories.values.size:
        raise EngineError("Every value needs its day.")
    if not (np.all(np.isfinite(histories.days)) and np.all(np.isfinite(histories.values))):
        raise EngineError("A day or a value of the history is not a number.")
    if not row.size:
        return
    order = np.lexsort((histories.days, row))
    row, days, values = row[order], histories.days[order], histories.values[order]
    starts = np.concatenate([[True], (row[1:] != row[:-1]) | (days[1:] != days[:-1])])
    place = np.cumsum(starts) - 1
    means = np.bincount(place, values) / np.bincount(place)
    row, days = row[starts], days[starts]
    points = np.bincount(row, minlength=histories.count)
    begin = np.cumsum(points) - points
    for size in np.unique(points[points > 0]).tolist():
        rows = np.flatnonzero(points == size)
        cells = begin[rows][:, None] + np.arange(size)
        yield rows, days[cells], means[cells]


def _tamed(steps: Floats, gaps: Floats) -> Floats:
    """Steps with outliers held within three robust deviations of the median rate, from eight steps on."""
    if steps.shape[1] < 8:
        return steps
    middle = np.median(steps / gaps, axis=1)[:, None]
    standard = (steps - middle * gaps) / np.sqrt(gaps)
    reach = 3.0 * 1.4826 * np.median(np.abs(standard), axis=1)[:, None]
    held = middle * gaps + np.clip(standard, -reach, reach) * np.sqrt(gaps)
    return np.where(reach == 0.0, steps, held)
