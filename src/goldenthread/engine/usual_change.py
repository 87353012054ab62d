"""What usually happens to things like this: the outcomes of finished cases, weighed by how alike they are.

Case j counts for item i by
    w_ij = exp(-((size_i - size_j) / h)^2 / 2) * (1 if both stand in the same group, else g)
a Nadaraya-Watson estimate of the whole distribution (Nadaraya 1964, Watson 1964; for distributions Hall, Wolff & Yao 1999). A
case of the item itself never counts. Where the item's outcome cannot lie below some bound (what is still open in a year is not
finished before), cases below it drop out; where none is left, the bound itself is foretold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.range_scores import weighted_quantiles

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class UsualChangeOptions:
    """The h and g of the formula, and how many known cases it takes to say anything."""

    bandwidth: float = 0.4
    other_group: float = 0.3
    fewest: int = 20


@dataclass(frozen=True, eq=False)
class Cases:
    """Columns (n,): whose case it is, how large (such as the log of the time left), in which group, and what came of it."""

    key: Ints
    size: Floats
    group: Ints
    outcome: Floats


@dataclass(frozen=True, eq=False)
class Asked:
    """Columns (n,): key, size and group as in Cases, and the bound below which no outcome can lie (minus infinity: none)."""

    key: Ints
    size: Floats
    group: Ints
    least: Floats


@dataclass(frozen=True, eq=False)
class UsualChange:
    """For each item: outcomes (m,) ascending with their weights (n, m), each row summing to 1, and the bound (n,).

    cases: how many equally weighted cases the weights are worth (Kish). A row is told only where `known`.
    """

    outcomes: Floats
    weights: Floats
    least: Floats
    cases: Floats
    known: npt.NDArray[np.bool_]

    @property
    def values(self) -> Floats:
        """The outcomes as each item can have them, (n, m)."""
        return np.maximum(self.outcomes[None, :], self.least[:, None])

    def quantiles(self, levels: npt.ArrayLike) -> Floats:
        """Quantiles (n, k), wide where cases are few; nan where nothing is known."""
        found = np.full((self.weights.shape[0], np.size(levels)), np.nan)
        if self.known.any():
            cut = weighted_quantiles(self.outcomes, self.weights[self.known], np.asarray(levels, np.float64).reshape(-1))
            found[self.known] = np.maximum(cut, self.least[self.known, None])
        return found


def usual_change(cases: Cases, asked: Asked, options: UsualChangeOptions | None = None) -> UsualChange:
    """The distribution of each asked item's outcome from the cases; EngineError where a figure is missing."""
    options = options or UsualChangeOptions()
    if not all(np.all(np.isfinite(column)) for column in (cases.size, cases.outcome, asked.size)):
        raise EngineError("A size or an outcome is not a number.")
    order = np.argsort(cases.outcome, kind="stable")
    outcome = cases.outcome[order]
    apart = (asked.size[:, None] - cases.size[order][None, :]) / options.bandwidth
    weights = np.exp(-0.5 * apart * apart) + 1e-12  # nobody is so unlike that nothing can be learnt from him
    weights *= np.where(asked.group[:, None] == cases.group[order][None, :], 1.0, options.other_group)
    other = asked.key[:, None] != cases.key[order][None, :]
    weights *= other
    possible: Floats = weights * (outcome[None, :] >= asked.least[:, None])
    weights = np.where((possible.max(axis=1, initial=0.0) > 0.0)[:, None], possible, weights)
    total = weights.sum(axis=1)
    known = other.sum(axis=1) >= options.fewest
    shares = weights / np.where(total > 0.0, total, 1.0)[:, None]
    squares = np.sum(shares * shares, axis=1)
    return UsualChange(outcome, shares, asked.least, 1.0 / np.where(squares > 0.0, squares, np.inf), known)
