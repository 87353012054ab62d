"""Figures of simulated runs: percentiles with their error, ranks, cost and date together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goldenthread.engine.network import Ints
from goldenthread.engine.randoms import Floats

BATCHES = 10
STUDENT_95 = 2.2621571628540993  # of nine degrees of freedom


@dataclass(frozen=True)
class Outcome:
    """Moments in minutes. stated: without uncertainty; chance: share of runs that end by then.

    p80_error: standard error of P80, in minutes, from BATCHES batches of runs; None below 100 runs. p80_by_runs: after a tenth,
    two tenths ... of the runs.
    """

    stated: int
    chance: float
    p10: int
    p50: int
    p80: int
    p90: int
    mean: float
    deviation: float
    p80_error: float | None
    p80_by_runs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Joint:
    """Cost and date of one project together. chance_of_both: by P80 of the date and for no more than P80 of the cost.

    level: the percentile that date and cost must both be planned at, so that 80 % of runs keep both; None where not even 100 is.
    """

    stated: float
    p50: float
    p80: float
    mean: float
    correlation: float | None
    chance_of_both: float
    level: int | None


def at_share(in_order: Ints | Floats, percent: int) -> int:
    """Place of the smallest value that is not exceeded in so many percent of runs."""
    return max(0, -(-len(in_order) * percent // 100) - 1)


def outcome(values: Ints, stated: int) -> Outcome:
    """The distribution of moments of all runs, in the order of runs."""
    count, in_order = values.size, np.sort(values)
    p10, p50, p80, p90 = (int(in_order[at_share(in_order, percent)]) for percent in (10, 50, 80, 90))
    off = values - stated
    error = None
    if count >= 10 * BATCHES:
        parts = [np.sort(part) for part in np.array_split(values, BATCHES)]
        error = float(np.std([part[at_share(part, 80)] - stated for part in parts], ddof=1) / np.sqrt(BATCHES))
    steps = sorted({-(-count * tenth // BATCHES) for tenth in range(1, BATCHES + 1)})
    so_far = tuple((step, int(np.sort(values[:step])[at_share(values[:step], 80)])) for step in steps)
    chance = float(np.mean(values <= stated))
    return Outcome(stated, chance, p10, p50, p80, p90, stated + float(off.mean()), float(off.std()), error, so_far)


def rank_correlation(first: Ints | Floats, second: Ints | Floats) -> float:
    """Spearman's correlation, ties sharing their mean rank; NaN where one of them never changes."""
    a, b = _ranks(first), _ranks(second)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else float("nan")


def _ranks(values: Ints | Floats) -> Floats:
    _, place, many = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(many) - (many - 1) / 2)[place.reshape(-1)]
    return ranks


def joint(finish: Ints, cost: Floats, stated: float) -> Joint:
    """Cost and date of the same runs together."""
    dates, costs = np.sort(finish), np.sort(cost)
    p50, p80 = (float(costs[at_share(costs, percent)]) for percent in (50, 80))
    kept = [_both(finish, cost, dates[at_share(dates, p)], costs[at_share(costs, p)]) for p in range(80, 101)]
    level = next((percent for percent, share in enumerate(kept, 80) if share >= 0.8), None)
    a, b = finish - finish.mean(), cost - cost.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return Joint(stated, p50, p80, float(cost.mean()), float((a * b).sum()) / size if size > 0 else None, kept[0], level)


def _both(finish: Ints, cost: Floats, day: int, amount: float) -> float:
    return float(np.mean((finish <= day) & (cost <= amount)))
