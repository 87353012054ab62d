"""Drift of a KPI from its own history: a random walk with drift, its mean shrunk to zero where the history says little.

Steps d_i over t_i days (t in all = span T, n steps). Rate r = sum(d) / T after taming outliers: a standardised step
(d_i - m t_i) / sqrt(t_i), with m the median rate, is held within 3 robust deviations (1.4826 times the median absolute one)
from eight steps on. Noise s^2 = sum((d_i - r t_i)^2 / t_i) / (n - 1). The belief about the true rate before looking is a
mixture of normals around zero with variances k s^2 / 365 for k = 1, 10, 100, 1000 (weights 1/2, 1/4, 1/8, 1/8): in a year drift
probably moves a KPI about as much as noise does, perhaps much more. After looking (conjugate normal model, each part j weighted
by how well it foretold r):
    w_j = k_j T / (k_j T + 365),   mean = r sum(p_j w_j),   error^2 = sum(p_j (w_j s^2 / T + (w_j r)^2)) - mean^2
so a trend that stands out is taken as it is, and one that does not is shrunk towards zero. Noise and error are then
widened by the ratio of Student's to the normal 90 % point at n - 1 degrees of freedom, as s is itself a guess.
With fewer than three steps s^2 is mixed with one assumed step (`assumed_yearly_spread`), and never smaller than it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.0
PRIOR_SCALES = np.array([1.0, 10.0, 100.0, 1000.0])
PRIOR_WEIGHTS = np.array([0.5, 0.25, 0.125, 0.125])
THIN, FAIR, GOOD = "thin", "fair", "good"
FAIR_SPAN, GOOD_SPAN = 90.0, 330.0  # days; twelve monthly figures span eleven months


@dataclass(frozen=True)
class DriftOptions:
    """What is assumed where the history is silent.

    `assumed_yearly_spread`: the standard deviation over a year as a part of `scale`, which is the way the KPI is asked to go,
    or its level where nobody asked.
    """

    scale: float | None = None
    assumed_yearly_spread: float = 0.25


@dataclass(frozen=True)
class Drift:
    """How a KPI moves by itself, in KPI units.

    `mean_per_day` with its error, `noise_per_root_day`, the last `level`, how many `points`, and the `basis`: thin (fewer
    than 6 points or 90 days), good (12 points and 330 days), fair between.
    """

    mean_per_day: float
    mean_error: float
    noise_per_root_day: float
    level: float
    points: int
    basis: str


def drift(days: npt.ArrayLike, values: npt.ArrayLike, options: DriftOptions | None = None) -> Drift:
    """Drift from day offsets and values since the last redefinition, in any order; several values of one day are averaged.

    No point at all gives level nan; EngineError where a value is not a number.
    """
    options = options or DriftOptions()
    when, level = _by_day(np.asarray(days, np.float64).reshape(-1), np.asarray(values, np.float64).reshape(-1))
    points = when.size
    last = float(level[-1]) if points else math.nan
    assumed = _assumed_noise(options, last)
    if points < 2:
        return Drift(0.0, assumed / math.sqrt(DAYS_PER_YEAR), assumed, last, points, THIN)
    steps, gaps = np.diff(level), np.diff(when)
    steps = _tamed(steps, gaps)
    span = float(gaps.sum())
    rate = float(steps.sum()) / span
    variance, widening = _noise(steps, gaps, rate, assumed)
    noise = math.sqrt(variance)
    mean, error = _shrunk(rate, variance, span)
    return Drift(
        mean_per_day=mean,
        mean_error=widening * error,
        noise_per_root_day=widening * noise,
        level=last,
        points=points,
        basis=_basis(points, span),
    )


def _shrunk(rate: float, variance: float, span: float) -> tuple[float, float]:
    """Mean and error of the true rate after looking."""
    if variance <= 1e-18 * rate * rate * span:
        return rate, 0.0
    kept = PRIOR_SCALES * span / (PRIOR_SCALES * span + DAYS_PER_YEAR)
    spread = variance / span / (1.0 - kept)  # of the observed rate: belief and noise together
    odds = np.log(PRIOR_WEIGHTS) - 0.5 * np.log(spread) - 0.5 * rate * rate / spread
    share = np.exp(odds - odds.max())
    share /= share.sum()
    mean = rate * float(share @ kept)
    square = float(share @ (kept * variance / span + (kept * rate) ** 2))
    return mean, math.sqrt(max(square - mean * mean, 0.0))


def _basis(points: int, span: float) -> str:
    if points < 6 or span < FAIR_SPAN:
        return THIN
    return GOOD if points >= 12 and span >= GOOD_SPAN else FAIR


def _by_day(days: Floats, values: Floats) -> tuple[Floats, Floats]:
    if days.size != values.size:
        raise EngineError("Every value needs its day.")
    if not (np.all(np.isfinite(days)) and np.all(np.isfinite(values))):
        raise EngineError("A day or a value of the history is not a number.")
    when, place = np.unique(days, return_inverse=True)
    place = np.ravel(place)
    return when, np.bincount(place, values, minlength=when.size) / np.maximum(np.bincount(place, minlength=when.size), 1)


def _assumed_noise(options: DriftOptions, last: float) -> float:
    scale = abs(options.scale) if options.scale is not None else abs(last)
    return options.assumed_yearly_spread * (scale if math.isfinite(scale) and scale > 0.0 else 1.0) / math.sqrt(DAYS_PER_YEAR)


def _tamed(steps: Floats, gaps: Floats) -> Floats:
    """Steps with outliers held within three robust deviations of the median rate."""
    if steps.size < 8:
        return steps
    middle = float(np.median(steps / gaps))
    standard = (steps - middle * gaps) / np.sqrt(gaps)
    reach = 3.0 * 1.4826 * float(np.median(np.abs(standard)))
    if reach == 0.0:
        return steps
    return middle * gaps + np.clip(standard, -reach, reach) * np.sqrt(gaps)


def _noise(steps: Floats, gaps: Floats, rate: float, assumed: float) -> tuple[float, float]:
    """Variance a day of the steps around the rate, and the widening for few steps."""
    rest = float(np.sum((steps - rate * gaps) ** 2 / gaps))
    count = steps.size
    if count < 3:
        mixed = (rest + assumed * assumed) / count
        return max(mixed, assumed * assumed), student_ratio(count)
    return rest / (count - 1), student_ratio(count - 1)


def student_ratio(freedom: int) -> float:
    """Student's 90 % point over the normal one: a table for 1 to 4 degrees of freedom, then the first terms of its expansion."""
    if freedom <= 4:
        return (2.402, 1.471, 1.278, 1.196)[freedom - 1]
    z2 = 1.2815515655446004**2
    return 1.0 + (z2 + 1.0) / (4 * freedom) + (5 * z2 * z2 + 16 * z2 + 3) / (96 * freedom * freedom)
