"""How good stated distributions were, once the value is known.

CRPS (Matheson & Winkler 1976) = integral of (F(x) - [x >= y])^2 = E|X - y| - E|X - X'| / 2 in the unit of the value: for a point
it is the plain absolute error, so that a range and a single date can be compared. Pinball loss of the quantile q at level a =
(y - q)(a - [y < q]); its mean over all levels is half the CRPS. Both are proper.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Floats = npt.NDArray[np.float64]


def sample_crps(values: npt.ArrayLike, weights: npt.ArrayLike, outcomes: npt.ArrayLike) -> Floats:
    """CRPS of weighted samples: values (n, m) or (m,) for all, weights likewise (sum > 0), outcomes (n,) -> (n,)."""
    y = np.asarray(outcomes, np.float64).reshape(-1)
    x, w = (np.broadcast_to(np.atleast_2d(np.asarray(a, np.float64)), (y.size, np.shape(a)[-1])) for a in (values, weights))
    if x.shape != w.shape or np.any(w < 0.0) or np.any(w.sum(axis=1) <= 0.0):
        raise EngineError("Every value of a sample needs a weight, and one weight must be above zero.")
    order = np.argsort(x, axis=1, kind="stable")
    x, w = np.take_along_axis(x, order, 1), np.take_along_axis(w, order, 1)
    w = w / w.sum(axis=1, keepdims=True)
    below = np.cumsum(w, axis=1) - w
    spread = np.sum(w * x * (2.0 * below + w - 1.0), axis=1)  # E|X - X'| / 2
    crps: Floats = np.sum(w * np.abs(x - y[:, None]), axis=1) - spread
    return crps


def pinball(levels: npt.ArrayLike, quantiles: npt.ArrayLike, outcomes: npt.ArrayLike) -> Floats:
    """Pinball loss: levels (k,), quantiles (n, k), outcomes (n,) -> (n, k)."""
    a, q = np.asarray(levels, np.float64), np.asarray(quantiles, np.float64)
    off = np.asarray(outcomes, np.float64)[:, None] - q
    return np.asarray(np.maximum(a * off, (a - 1.0) * off), np.float64)


def cover(low: npt.ArrayLike, high: npt.ArrayLike, outcomes: npt.ArrayLike) -> float:
    """Share of outcomes from low to high, both ends counted."""
    y = np.asarray(outcomes, np.float64)
    return float(np.mean((np.asarray(low) <= y) & (y <= np.asarray(high))))


def weighted_quantiles(values: Floats, weights: Floats, levels: Floats) -> Floats:
    """Quantiles of weighted samples for a value still to come: values (m,) ascending, weights (n, m), levels (k,) -> (n, k).

    The i-th value stands at (sum of weights before it + half its own + half one effective weight) / (sum + one effective
    weight), effective weight = sum of squares / sum (Kish 1965): i / (n + 1) where all are equal, so that few values give a
    wide range; linear between, the end values beyond.
    """
    found = np.empty((weights.shape[0], levels.size))
    for row, w in enumerate(weights):
        used = w > 0.0
        kept, x = w[used], values[used]
        total, one = kept.sum(), np.sum(kept * kept) / kept.sum()
        found[row] = np.interp(levels, (np.cumsum(kept) - 0.5 * kept + 0.5 * one) / (total + one), x)
    return found
