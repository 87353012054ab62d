"""How far a mean loss could be off, where rows of one cluster (a project, an agency) hang together.

Cluster bootstrap (Davison & Hinkley 1997, 2.4 and 3.8): whole clusters are drawn with replacement, as many as there are, and the
mean is taken over their rows. Every column is drawn together, so that differences and ratios of losses keep their pairing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.randoms import sequence_start, uniforms

Floats = npt.NDArray[np.float64]

ROUNDS, COVER = 4_000, 0.95


def cluster_draws(losses: npt.ArrayLike, clusters: npt.ArrayLike, seed: int = 1, rounds: int = ROUNDS) -> Floats:
    """Means of the columns of `losses` (n, k) in each round, (rounds, k); clusters (n,) are whole numbers or texts."""
    rows = np.asarray(losses, np.float64)
    rows = rows.reshape(-1, 1) if rows.ndim == 1 else rows
    names, place = np.unique(np.asarray(clusters).reshape(-1), return_inverse=True)
    if rows.shape[0] != place.size or not place.size:
        raise EngineError("Every loss needs its cluster, and there must be one.")
    sums = np.stack([np.bincount(place, column, names.size) for column in rows.T], axis=1)
    sizes = np.bincount(place, minlength=names.size).astype(np.float64)
    drawn = uniforms(sequence_start(seed, names.size, 0), np.arange(rounds * names.size)).reshape(rounds, names.size)
    pick = (drawn * names.size).astype(np.int64)
    means: Floats = sums[pick].sum(axis=1) / sizes[pick].sum(axis=1)[:, None]
    return means


def interval(draws: Floats, cover: float = COVER) -> tuple[float, float]:
    """The middle part of some draws (rounds,): low and high end."""
    low, high = np.quantile(draws, [0.5 - cover / 2.0, 0.5 + cover / 2.0], method="nearest")
    return float(low), float(high)
