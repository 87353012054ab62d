"""Estimates of one quantity by several people -> one range, and how far they lie apart.

Pooled: the median of the lows, of the likely values and of the highs, each for itself. Medians keep the order low, likely, high,
and one extreme answer does not move them (Galton 1907, *Vox populi*). Spread: the distance of the outermost likely values as a
part of the pooled likely value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from goldenthread.engine.errors import EngineError

WIDE = 0.5  # from this spread on the answers differ widely

Range = tuple[float, float, float]


@dataclass(frozen=True)
class PooledRange:
    """The range of the middle, from how many answers, and how far the likely values lie apart, relative and in the unit."""

    low: float
    likely: float
    high: float
    answers: int
    spread: float
    apart: float

    @property
    def is_wide(self) -> bool:
        """Whether the answers differ widely."""
        return self.spread >= WIDE


def pool(ranges: Sequence[Range]) -> PooledRange:
    """Pool ranges of (low, likely, high) in one unit. At least one; each in rising order, which the result then is too."""
    if not ranges:
        raise EngineError("nobody gave a range")
    for place, (low, likely, high) in enumerate(ranges, start=1):
        if not low <= likely <= high:
            raise EngineError(f"range {place} is not in order: {low:g}, {likely:g}, {high:g}")
    low, likely, high = (float(median(one[part] for one in ranges)) for part in range(3))
    apart = max(one[1] for one in ranges) - min(one[1] for one in ranges)
    spread = 0.0 if apart == 0 else inf if likely == 0 else apart / abs(likely)
    return PooledRange(low, likely, high, len(ranges), spread, apart)
