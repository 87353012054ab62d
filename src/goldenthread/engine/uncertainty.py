"""How uncertain the durations of a network are: ranges, risks that may occur, what moves several activities together.

Of a range the low and high are extremes (triangular, PERT) or the 10th and 90th percentile. PERT is the beta distribution of
Clark (1962) with shapes 1 + 4 (likely - low) / width; a lognormal of extremes has the mean and the standard deviation that PERT
names, (a + 4m + b) / 6 and (b - a) / 6. Correlation comes from common factors: two activities of one factor have normal scores
that correlate by the product of their loadings (one-factor Gaussian copula).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import Ints

Floats = npt.NDArray[np.float64]
CERTAIN, TRIANGULAR, PERT, LOGNORMAL = 0, 1, 2, 3
MAX_DURATION = 1 << 24  # working minutes: thirty years round the clock
REACH = 6.0  # normal scores from -REACH to REACH stand in a table
CELLS = 512
EDGE = 1 / 64  # between EDGE and 1 - EDGE quantiles are read by the uniform number itself, which needs no normal score
MANY = 1_000  # so many different forms get a table of their own; of more, the likely value is placed to a thousandth
NORMAL_90 = 1.2815515655446004


@dataclass(frozen=True)
class Risk:
    """Something that may happen: with this probability it adds working minutes to the rows (or multiplies their durations).

    The impact is triangular (low, likely, high), one draw a run for all its rows. key: stable, for its random numbers.
    """

    key: int
    probability: float
    low: float
    likely: float
    high: float
    rows: tuple[int, ...]
    is_factor: bool = False


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Columns by row of a network. shape: CERTAIN, TRIANGULAR, PERT or LOGNORMAL; low, likely and high in working minutes.

    is_percentile: low and high are the 10th and 90th percentile. item: a stable 64-bit key for random numbers (the network's key
    where none is given). factor: -1, or what it moves with; loading: 0 to 1. cost_fixed, cost_per_minute: in any one currency.
    """

    shape: Ints
    low: Floats
    likely: Floats
    high: Floats
    is_percentile: bool = False
    item: Any = None
    factor: Any = None
    loading: Any = None
    risks: tuple[Risk, ...] = ()
    cost_fixed: Any = None
    cost_per_minute: Any = None

    def __post_init__(self) -> None:
        size = np.asarray(self.shape).size
        for name, kind, default in (
            ("shape", np.int64, 0),
            ("factor", np.int64, -1),
            ("low", np.float64, 0.0),
            ("likely", np.float64, 0.0),
            ("high", np.float64, 0.0),
            ("loading", np.float64, 0.0),
            ("cost_fixed", np.float64, 0.0),
            ("cost_per_minute", np.float64, 0.0),
        ):
            given = getattr(self, name)
            values = np.full(size, default, kind) if given is None else np.array(given, kind).reshape(-1)
            if values.size != size:
                raise EngineError(f"The column {name} has {values.size} rows.")
            object.__setattr__(self, name, values)
        _check(self)


def spread(durations: Ints, shape: int, low: float, likely: float, high: float) -> Uncertainty:
    """The same range for every activity, in shares of its duration (0.9, 1.0, 1.25); what lasts no time is certain."""
    base = np.asarray(durations, np.float64)
    return Uncertainty(np.where(base > 0, shape, CERTAIN), base * low, base * likely, base * high)


def _check(of: Uncertainty) -> None:
    ranged = of.shape != CERTAIN
    wrong = ranged & ~((of.low >= 0) & (of.low <= of.likely) & (of.likely <= of.high) & (of.high <= MAX_DURATION))
    wrong |= (of.shape < CERTAIN) | (of.shape > LOGNORMAL) | ~((of.loading >= 0) & (of.loading <= 1))
    wrong |= (of.shape == LOGNORMAL) & (of.low <= 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        stated = f"{of.low[row]:g}, {of.likely[row]:g}, {of.high[row]:g} minutes"
        raise EngineError(f"The range of row {row} cannot be drawn: {stated}.", row)
    for risk in of.risks:
        in_order = risk.low <= risk.likely <= risk.high and (risk.low >= 0 or not risk.is_factor)
        if not (0 <= risk.probability <= 1 and in_order and max(abs(risk.low), abs(risk.high)) <= MAX_DURATION):
            raise EngineError(f"The risk {risk.key} has no usable probability or impact.", risk.key)
        if any(not 0 <= row < of.shape.size for row in risk.rows):
            raise EngineError(f"The risk {risk.key} names no activity.", risk.key)


@dataclass(frozen=True, eq=False)
class Forms:
    """What draws are read from: a value is offset + scale * (its table at a normal score, or its centre at a uniform number).

    low, high: the extremes.
    """

    low: Floats
    high: Floats
    table_of: Ints
    offset: Floats
    scale: Floats
    tables: Floats
    centres: Floats


def forms(of: Uncertainty) -> Forms:
    """Extremes of every range, and tables of quantiles at CELLS + 1 normal scores from -REACH to REACH and shares from 0 to 1."""
    low, high = of.low.copy(), of.high.copy()
    if of.is_percentile:
        low, high = _extremes(of)
    width = high - low
    share = np.divide(of.likely - low, width, out=np.zeros_like(width), where=width > 0)
    offset, scale = low.copy(), width
    logs = of.shape == LOGNORMAL
    offset[logs], scale[logs], share[logs] = _lognormal(of, logs)
    tabled = (of.shape != CERTAIN) & ((of.shape != TRIANGULAR) | (of.factor >= 0))
    pairs = np.stack([of.shape, share], axis=1)[tabled]
    if np.unique(pairs, axis=0).shape[0] > MANY:
        pairs[:, 1] = np.round(pairs[:, 1], 3)
    kinds, which = np.unique(pairs, axis=0, return_inverse=True)
    table_of = np.full(of.shape.size, -1, np.int64)
    table_of[tabled] = which.reshape(-1)
    scores, shares = np.linspace(-REACH, REACH, CELLS + 1), np.linspace(0.0, 1.0, CELLS + 1)
    made = [[_table(int(kind), float(value), at) for kind, value in kinds] for at in (scores, _scores(shares))]
    tables, centres = (np.array(one).reshape(-1, CELLS + 1) for one in made)
    return Forms(low, high, table_of, offset, scale, tables, centres)


def _scores(shares: Floats) -> Floats:
    from scipy.special import ndtri

    scores: Floats = np.clip(ndtri(shares), -2 * REACH, 2 * REACH)  # the ends are never read
    return scores


def _table(kind: int, share: float, scores: Floats) -> Floats:
    from scipy.special import betaincinv, ndtr

    if kind == LOGNORMAL:
        return np.exp(share * scores)
    return _quantiles(kind, share, ndtr(scores), ndtr(-scores), betaincinv)


def _quantiles(kind: int, share: float, below: Floats, above: Floats, beta: Any) -> Floats:
    """Quantiles of a range from 0 to 1; `above` is 1 - `below`, exact in the upper tail."""
    if kind == TRIANGULAR:
        return np.where(below <= share, np.sqrt(below * share), 1.0 - np.sqrt(above * (1.0 - share)))
    a, b = 1.0 + 4.0 * share, 5.0 - 4.0 * share
    found: Floats = np.where(below <= 0.5, beta(a, b, below), 1.0 - beta(b, a, above))
    return found


def _lognormal(of: Uncertainty, rows: Any) -> tuple[Any, Any, Any]:
    """Offset, scale (the median) and standard deviation of the logarithm."""
    low, likely, high = of.low[rows], of.likely[rows], of.high[rows]
    if of.is_percentile:
        return 0.0, np.sqrt(low * high), np.log(high / low) / (2 * NORMAL_90)
    mean, sd = (low + 4 * likely + high) / 6, (high - low) / 6
    variance = np.log1p((sd / mean) ** 2)
    return 0.0, mean * np.exp(-variance / 2), np.sqrt(variance)


def _extremes(of: Uncertainty) -> tuple[Floats, Floats]:
    """Extremes of triangular and PERT ranges whose 10th and 90th percentiles are given, by fixed-point steps."""
    from scipy.special import betaincinv

    low, high = of.low.copy(), of.high.copy()
    known: dict[tuple[int, float], tuple[float, float]] = {}
    for row in np.flatnonzero((of.shape == TRIANGULAR) | (of.shape == PERT)):
        width = float(of.high[row] - of.low[row])
        if width <= 0:
            continue
        share = float(of.likely[row] - of.low[row]) / width
        form = (int(of.shape[row]), share)
        if form not in known:
            known[form] = _standard_extremes(*form, betaincinv)
        low[row], high[row] = of.low[row] - known[form][0] * width, of.high[row] + known[form][1] * width
    if np.any(low < 0):
        first = int(np.flatnonzero(low < 0)[0])
        raise EngineError(f"The range of row {first} would reach below 0: its 10th percentile is too low.", first)
    return low, high


def _standard_extremes(kind: int, share: float, beta: Any) -> tuple[float, float]:
    """How far beyond percentiles at 0 and 1 the extremes lie, where the likely value is at `share`."""
    before = after = 0.3
    below = np.array([0.1, 0.9])
    for _ in range(200):
        first, last = _quantiles(kind, (share + before) / (1 + before + after), below, 1.0 - below, beta).tolist()
        width = 1.0 / (last - first)
        stepped = (first * width, (1.0 - last) * width)
        moved = math.hypot(stepped[0] - before, stepped[1] - after)
        before, after = stepped
        if moved < 1e-12:
            break
    return before, after
