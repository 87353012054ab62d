"""Planted reference classes: figures that walk with a rate and a noise drawn from a known population."""

from dataclasses import dataclass

import numpy as np

from goldenthread.engine.histories import Histories, histories_of
from goldenthread.engine.outlook import Asked
from goldenthread.engine.reference_class import Cases

QUARTER = 91.25


@dataclass(frozen=True)
class Planted:
    """Histories of `points` quarterly figures, the way asked for, how far ahead, and what came."""

    histories: Histories
    way: np.ndarray
    ahead: np.ndarray
    outcome: np.ndarray

    def cases(self) -> Cases:
        return Cases(self.histories, self.way, self.ahead, self.outcome)

    def asked(self) -> Asked:
        none = np.full(self.way.size, np.nan)
        return Asked(self.way, self.ahead, none, none)


def planted(seed, count, *, points=3, rate=0.25, rate_sd=0.15, noise=0.1, still=0.0, quarters=2, falls=0.5) -> Planted:
    """A year's rate in ways ~ N(rate, rate_sd), noise of a year in ways; a share `still` does not move after the last figure."""
    r = np.random.default_rng(seed)
    way = 10 ** r.uniform(-1, 3, count) * np.where(r.uniform(size=count) < falls, -1, 1)
    own = r.normal(rate, rate_sd, count) / 365
    steps = own[:, None] * QUARTER + noise / np.sqrt(365) * np.sqrt(QUARTER) * r.normal(size=(count, points + quarters))
    steps[r.uniform(size=count) < still, points:] = 0.0
    values = 50 + np.cumsum(steps, axis=1) * way[:, None]
    rows = [[(q * QUARTER, v) for q, v in enumerate(line[:points])] for line in values]
    outcome = values[:, -1].copy()
    outcome[(steps[:, points:] == 0).all(axis=1)] = values[(steps[:, points:] == 0).all(axis=1), points - 1]
    return Planted(histories_of(rows), way, np.full(count, quarters * QUARTER), outcome)
