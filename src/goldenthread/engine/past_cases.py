"""Closed cases from the pasts of figures, so that a reference class can be learnt before any target has closed.

Each history is cut at each of its days but the last; the outcome is the later figure that stands nearest to the wanted distance.
Cases cut from one history hang together; `source` says from which it is, so that a target can be left out of its own class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Floats, Histories, Ints, histories_of
from goldenthread.engine.reference_class import Cases

REACH = 0.25  # an outcome may stand so much nearer or farther than wanted, as a part of the distance


@dataclass(frozen=True, eq=False)
class PastCases:
    """The cases, and the row of the history (n,) that each was cut from."""

    cases: Cases
    source: Ints

    def without(self, rows: npt.ArrayLike) -> Cases:
        """The cases of all other histories."""
        kept = np.flatnonzero(~np.isin(self.source, np.asarray(rows, np.int64)))
        given = self.cases.histories
        parts = [np.arange(given.first[i], given.first[i + 1]) for i in kept]
        cells = np.concatenate([np.zeros(0, np.int64), *parts])
        first = np.cumsum([0, *map(len, parts)])
        histories = Histories(first, given.days[cells], given.values[cells])
        return Cases(histories, self.cases.way[kept], self.cases.ahead[kept], self.cases.outcome[kept])


def past_cases(histories: Histories, way: Floats, ahead: Floats) -> PastCases:
    """Cases about `ahead` days (n,) long, of histories whose way (n,) is known and not zero; EngineError for a row unfit."""
    if not histories.count == way.size == ahead.size or not np.all(ahead > 0.0):
        raise EngineError("Every history needs its way, and a distance above zero.")
    rows: list[list[tuple[float, float]]] = []
    source, reach, outcome = [], [], []
    for i in range(histories.count):
        if not np.isfinite(way[i]) or way[i] == 0.0:
            continue
        part = slice(int(histories.first[i]), int(histories.first[i + 1]))
        days, place = np.unique(histories.days[part], return_inverse=True)
        if days.size < 2:
            continue
        values = np.bincount(place, histories.values[part]) / np.bincount(place)
        known = list(zip(days.tolist(), values.tolist(), strict=True))
        for cut in range(1, days.size):
            off = np.abs(days[cut:] - days[cut - 1] - ahead[i])
            nearest = int(np.argmin(off))
            if off[nearest] <= REACH * ahead[i]:
                rows.append(known[:cut])
                source.append(i)
                reach.append(float(days[cut + nearest] - days[cut - 1]))
                outcome.append(float(values[cut + nearest]))
    chosen = np.array(source, np.int64)
    return PastCases(Cases(histories_of(rows), way[chosen], np.array(reach), np.array(outcome)), chosen)
