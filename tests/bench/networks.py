"""Seeded networks for the benchmarks of the planning engine, in working days; needs numpy alone, so that peers can make them too.

Tasks lie in layers, about the 0.45th power of their number, and have a predecessor and some more (Poisson, 1.5 in the mean) in
the three layers before their own, near their own place there. Of the links 85 % are finish-start, 8 % start-start, 5 %
finish-finish, 2 % start-finish; three in ten have a lag of -2 to 5 days. Tasks and links stand in a random order, as an outline
is no order of work. The kind "fs" has the same pairs, finish-start without lags, for peers that know nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FS, SS, FF, SF = range(4)
NAMES = ("FS", "SS", "FF", "SF")
SEED = 1


@dataclass(frozen=True)
class Net:
    """Durations and lags in working days; links name tasks by their places."""

    duration: Any
    before: Any
    after: Any
    kind: Any
    lag: Any

    @property
    def count(self) -> int:
        return len(self.duration)

    def weights(self) -> Any:
        """Least distance from start to start of every link, in days."""
        starts_late = np.isin(self.kind, (FS, FF))
        ends = np.isin(self.kind, (FF, SF))
        return self.lag + np.where(starts_late, self.duration[self.before], 0) - np.where(ends, self.duration[self.after], 0)


def network(count: int, kind: str = "all", seed: int = SEED) -> Net:
    """The network of so many tasks."""
    random = np.random.default_rng([seed, count])
    layers = max(4, round(count**0.45))
    first = np.concatenate(([0], np.sort(random.choice(np.arange(1, count), layers - 1, replace=False)), [count]))
    layer = np.repeat(np.arange(layers), np.diff(first))
    many = np.where(layer == 0, 0, 1 + random.poisson(1.5, count))
    after = np.repeat(np.arange(count), many)
    source = np.maximum(layer[after] - random.choice((1, 2, 3), after.size, p=(0.7, 0.2, 0.1)), 0)
    width = np.diff(first)
    share = (after - first[layer[after]]) / width[layer[after]] + random.normal(0, 0.05, after.size)
    before = first[source] + np.floor(share * width[source]).astype(np.int64) % width[source]
    pairs = np.unique(before * count + after)
    before, after = np.divmod(pairs, count)
    kinds = random.choice(4, pairs.size, p=(0.85, 0.08, 0.05, 0.02))
    lags = np.where(random.random(pairs.size) < 0.3, random.integers(-2, 6, pairs.size), 0)
    name, place = random.permutation(count), random.permutation(pairs.size)
    duration = random.integers(1, 21, count)
    if kind == "fs":
        kinds, lags = np.zeros_like(kinds), np.zeros_like(lags)
    return Net(duration, name[before][place], name[after][place], kinds[place], lags[place])
