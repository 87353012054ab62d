"""From the three-point remaining efforts along a driving chain to one triangular range for its finish.

Piece i of the chain (low, likely, high) has mean m_i = (low + likely + high) / 3 and variance
v_i = (low^2 + likely^2 + high^2 - low likely - low high - likely high) / 18 (triangular distribution). The sum has mean
sum(m_i) and, with the pieces alike correlated by c, variance (1 - c) sum(v_i) + c sum(sqrt(v_i))^2. The range given back is the
triangle with that mean and variance and the skew of the sums: r = (sum(likely) - sum(low)) / (sum(high) - sum(low)), width = sd
sqrt(18 / (1 - r + r^2)). Adding up all lows and all highs instead would overstate the range of a long chain; c = 0 would
understate it, as people who are optimistic once are so again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError


@dataclass(frozen=True)
class FinishRangeOptions:
    """Correlation of the pieces (0..1); 0.3 is the assumption where nothing is known."""

    correlation: float = 0.3


def finish_range(
    low: npt.ArrayLike, likely: npt.ArrayLike, high: npt.ArrayLike, options: FinishRangeOptions | None = None
) -> tuple[float, float, float]:
    """Low, likely and high of the chain's remaining time, in the unit of its pieces; never below 0. One row a piece, (n,).

    An empty chain is finished: (0, 0, 0). EngineError where a piece is negative or not in order; its row is the item.
    """
    options = options or FinishRangeOptions()
    a, m, b = (np.asarray(column, np.float64).reshape(-1) for column in (low, likely, high))
    if not a.size == m.size == b.size:
        raise EngineError("Every piece needs a low, a likely and a high value.")
    bad = np.flatnonzero(~((a >= 0.0) & (a <= m) & (m <= b) & np.isfinite(b)))
    if bad.size:
        raise EngineError("A remaining effort must be at least 0 and in the order low, likely, high.", int(bad[0]))
    width = float((b - a).sum())
    if width == 0.0:
        return (float(m.sum()),) * 3
    variances = ((b - a) ** 2 - (m - a) * (b - m)) / 18.0  # the formula above, never below 0 by rounding
    c = options.correlation
    variance = (1.0 - c) * float(variances.sum()) + c * float(np.sqrt(variances).sum()) ** 2
    r = float((m - a).sum()) / width
    width = math.sqrt(variance * 18.0 / (1.0 - r + r * r))
    start = float((a + m + b).sum()) / 3.0 - width * (1.0 + r) / 3.0
    return max(start, 0.0), max(start + r * width, 0.0), start + width
