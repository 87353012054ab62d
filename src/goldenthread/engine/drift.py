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
Where a reference class is given, its rate, spread and noise take the place of that belief (`reference_class.believed`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Floats, Histories, Ints, Steps, steps_of
from goldenthread.engine.reference_class import ReferenceClass, believed

DAYS_PER_YEAR = 365.0
PRIOR_SCALES = np.array([1.0, 10.0, 100.0, 1000.0])
PRIOR_WEIGHTS = np.array([0.5, 0.25, 0.125, 0.125])
THIN, FAIR, GOOD = "thin", "fair", "good"
BASES = (THIN, FAIR, GOOD)
FAIR_SPAN, GOOD_SPAN = 90.0, 330.0  # days; twelve monthly figures span eleven months


@dataclass(frozen=True)
class DriftOptions:
    """What is assumed where the history is silent.

    `assumed_yearly_spread`: the standard deviation over a year as a part of `scale`, which is the way the KPI is asked to go,
    or its level where nobody asked. `reference`: the class of other targets to draw to; `scale` is then signed, negative where
    the KPI is to fall.
    """

    scale: float | None = None
    assumed_yearly_spread: float = 0.25
    reference: ReferenceClass | None = None


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


@dataclass(frozen=True, eq=False)
class Drifts:
    """The same for many histories, columns (n,); `basis` is a place in BASES."""

    mean_per_day: Floats
    mean_error: Floats
    noise_per_root_day: Floats
    level: Floats
    points: Ints
    basis: Ints


def drift(days: npt.ArrayLike, values: npt.ArrayLike, options: DriftOptions | None = None) -> Drift:
    """Drift from day offsets and values since the last redefinition, in any order; several values of one day are averaged.

    No point at all gives level nan; EngineError where a value is not a number.
    """
    options = options or DriftOptions()
    when, level = np.asarray(days, np.float64).reshape(-1), np.asarray(values, np.float64).reshape(-1)
    if when.size != level.size:
        raise EngineError("Every value needs its day.")
    scale = math.nan if options.scale is None else options.scale
    found = drifts(Histories(np.array([0, when.size]), when, level), np.array([scale]), options)
    return Drift(
        mean_per_day=float(found.mean_per_day[0]),
        mean_error=float(found.mean_error[0]),
        noise_per_root_day=float(found.noise_per_root_day[0]),
        level=float(found.level[0]),
        points=int(found.points[0]),
        basis=BASES[int(found.basis[0])],
    )


def drifts(histories: Histories, scale: Floats, options: DriftOptions | None = None) -> Drifts:
    """`drift` of many histories at once, to the same bits; scale (n,) as in the options, nan where nobody asked."""
    return drifts_of(steps_of(histories), scale, options or DriftOptions())


def drifts_of(steps: Steps, scale: Floats, options: DriftOptions) -> Drifts:
    """The same from what the steps came to: all that a drift hangs on."""
    if scale.size != steps.points.size:
        raise EngineError("Every history needs its scale, nan where there is none.")
    if options.reference is None:
        mean, error, noise = _alone(steps, _assumed_noise(options, scale, steps.level))
    else:
        mean, error, noise = believed(steps, way_of(scale, steps.level), options.reference)
    return Drifts(mean, error, noise, steps.level, steps.points, _basis(steps))


def way_of(scale: Floats, level: Floats) -> Floats:
    """The way asked for where it is known and not zero, else the size of the level, else 1."""
    size = np.where(np.isfinite(level) & (level != 0.0), np.abs(level), 1.0)
    return np.where(np.isfinite(scale) & (scale != 0.0), scale, size)


def _alone(steps: Steps, assumed: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, error and noise without a reference class."""
    count = steps.points - 1  # of steps
    few = np.maximum((steps.rest + assumed * assumed) / np.maximum(count, 1), assumed * assumed)
    variance = np.where(count < 3, few, steps.rest / np.maximum(count - 1, 1))
    widening = _student(np.maximum(np.where(count < 3, count, count - 1), 1))
    mean, error = _shrunk(steps.rate, variance, np.where(count > 0, steps.span, 1.0))
    silent = count < 1  # no step at all: it wobbles as assumed, around no drift
    return (
        np.where(silent, 0.0, mean),
        np.where(silent, assumed / math.sqrt(DAYS_PER_YEAR), widening * error),
        np.where(silent, assumed, widening * np.sqrt(variance)),
    )


def _shrunk(rate: Floats, variance: Floats, span: Floats) -> tuple[Floats, Floats]:
    """Mean and error of the true rate after looking."""
    certain = variance <= 1e-18 * rate * rate * span
    safe = np.where(certain, 1.0, variance)[:, None]
    square, time = (rate * rate)[:, None], span[:, None]
    kept = PRIOR_SCALES * time / (PRIOR_SCALES * time + DAYS_PER_YEAR)
    spread = safe / time / (1.0 - kept)  # of the observed rate: belief and noise together
    odds = np.log(PRIOR_WEIGHTS) - 0.5 * np.log(spread) - 0.5 * square / spread
    share = np.exp(odds - odds.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    mean = rate * np.sum(share * kept, axis=1)
    squares = np.sum(share * (kept * safe / time + kept * kept * square), axis=1)
    return np.where(certain, rate, mean), np.where(certain, 0.0, np.sqrt(np.maximum(squares - mean * mean, 0.0)))


def _basis(steps: Steps) -> Ints:
    fair = (steps.points >= 6) & (steps.span >= FAIR_SPAN)
    good = (steps.points >= 12) & (steps.span >= GOOD_SPAN)
    return fair.astype(np.int64) + (fair & good)


def _assumed_noise(options: DriftOptions, scale: Floats, level: Floats) -> Floats:
    size = np.where(np.isnan(scale), np.abs(level), np.abs(scale))
    usable = np.isfinite(size) & (size > 0.0)
    return options.assumed_yearly_spread * np.where(usable, size, 1.0) / math.sqrt(DAYS_PER_YEAR)


def _student(freedom: Ints) -> Floats:
    known, place = np.unique(freedom, return_inverse=True)
    return np.array([student_ratio(int(f)) for f in known])[place]


def student_ratio(freedom: int) -> float:
    """Student's 90 % point over the normal one: a table for 1 to 4 degrees of freedom, then the first terms of its expansion."""
    if freedom <= 4:
        return (2.402, 1.471, 1.278, 1.196)[freedom - 1]
    z2 = 1.2815515655446004**2
    return 1.0 + (z2 + 1.0) / (4 * freedom) + (5 * z2 * z2 + 16 * z2 + 3) / (96 * freedom * freedom)
