"""How good stated chances were, once it is known what happened.

Brier score (Brier 1950) = mean (p - y)^2, and log loss = -mean(y ln p + (1 - y) ln(1 - p)): both are proper, so that
nobody scores better by saying anything but what he believes. Murphy (1973) parts the Brier score into
    reliability - resolution + uncertainty,
which is exact where all chances of a bin are equal; for bins with a width, Stephenson, Coelho & Jolliffe (2008) add
    within = mean (p - p_bin)^2 - 2 mean (p - p_bin)(y - y_bin).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Chances from `low` to `high`: how many, the mean chance said, and the share that happened."""

    low: float
    high: float
    n: int
    said: float
    happened: float


@dataclass(frozen=True)
class ChanceScores:
    """Scores of n chances.

    brier = reliability - resolution + uncertainty + within. base_rate: share that happened. log_loss is infinite where a
    certainty was wrong. bins: the reliability table, empty bins left out.
    """

    n: int
    base_rate: float
    brier: float
    log_loss: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    bins: tuple[Bin, ...]


def chance_scores(chances: npt.ArrayLike, happened: npt.ArrayLike, bins: int = 10) -> ChanceScores:
    """Scores of chances (n,) between 0 and 1 against what happened (n,), true or false. EngineError otherwise."""
    p, y = np.asarray(chances, np.float64).reshape(-1), np.asarray(happened, np.float64).reshape(-1)
    if p.size != y.size or not p.size:
        raise EngineError("Every chance needs what happened, and there must be one.")
    if not (np.all((p >= 0.0) & (p <= 1.0)) and np.all((y == 0.0) | (y == 1.0))):
        raise EngineError("A chance lies between 0 and 1, and a thing happened or did not.")
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    used = np.maximum(count, 1)
    said, seen = np.bincount(place, p, bins) / used, np.bincount(place, y, bins) / used
    base = float(y.mean())
    off, rest = p - said[place], y - seen[place]
    return ChanceScores(
        n=int(p.size),
        base_rate=base,
        brier=float(np.mean(squared_errors(p, y))),
        log_loss=float(np.mean(log_errors(p, y))),
        reliability=float(np.sum(count * (said - seen) ** 2) / p.size),
        resolution=float(np.sum(count * (seen - base) ** 2) / p.size),
        uncertainty=base * (1.0 - base),
        within=float(np.mean(off * off) - 2.0 * np.mean(off * rest)),
        bins=tuple(Bin(i / bins, (i + 1) / bins, int(count[i]), float(said[i]), float(seen[i])) for i in range(bins) if count[i]),
    )


def squared_errors(chances: Floats, happened: Floats) -> Floats:
    """(p - y)^2 of each."""
    return (chances - happened) ** 2


def log_errors(chances: Floats, happened: Floats) -> Floats:
    """-ln of the chance given to what happened, for each."""
    with np.errstate(divide="ignore"):
        return -np.log(np.where(happened == 1.0, chances, 1.0 - chances))


def skill(score: float, other: float) -> float:
    """1 - score / other: 1 is perfect, 0 no better than the other, below 0 worse; against a perfect other 0 or minus infinity."""
    return float(skills(np.array([score]), np.array([other]))[0])


def skills(scores: Floats, others: Floats) -> Floats:
    """`skill` of each pair."""
    perfect = others == 0.0
    against = np.where(scores == 0.0, 0.0, -np.inf)
    return np.where(perfect, against, 1.0 - scores / np.where(perfect, 1.0, others))
