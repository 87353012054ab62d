"""What each of several causes did to a change: the average over all orders in which they could have come (Shapley 1953).

A value is asked for sets of causes and comes in whole numbers (runs that reach an objective), so that parts sum to the whole to
the last digit. Few causes are weighed in every set; for more, orders are drawn, each with its reverse, and the error is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.randoms import sequence_starts, uniforms

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Value = Callable[[frozenset[int]], Ints]
ORDER = 1  # the stream of random numbers


@dataclass(frozen=True)
class CauseOptions:
    """Up to how many causes every set is weighed, how many sets are asked for about otherwise, and the seed of the orders."""

    most_exact: int = 8
    about: int = 600
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Causes:
    """Before and after (items); `parts` (causes, items) in units of 1 / `whole`: they sum to `whole` x (after - before).

    `error` (causes, items): the standard error of a part in the value's own unit, 0 where every set was weighed.
    """

    before: Ints
    after: Ints
    parts: Ints
    whole: int
    error: Floats

    @property
    def changes(self) -> Floats:
        """The parts in the value's own unit (causes, items)."""
        return self.parts / self.whole


def causes_of_change(value: Value, keys: Ints, options: CauseOptions | None = None) -> Causes:
    """Divide value(all) - value(none) among causes; `keys` are theirs, and random numbers hang on them, not on their order."""
    options = options or CauseOptions()
    if np.unique(keys).size != keys.size:
        raise EngineError("A cause stands twice.")
    known: dict[frozenset[int], Ints] = {}

    def asked(of: frozenset[int]) -> Ints:
        if of not in known:
            known[of] = np.asarray(value(of), np.int64)
        return known[of]

    before, after = asked(frozenset()), asked(frozenset(range(keys.size)))
    exact = keys.size <= options.most_exact
    parts, whole, error = _every_set(asked, keys.size) if exact else _some_orders(asked, keys, options)
    return Causes(before, after, parts.reshape(keys.size, before.size), whole, error.reshape(keys.size, before.size))


def how_many_sets(causes: int, options: CauseOptions | None = None) -> int:
    """How many sets are asked for at most."""
    options = options or CauseOptions()
    return 2**causes if causes <= options.most_exact else 2 + orders_of(causes, options) * (causes - 1)


def orders_of(causes: int, options: CauseOptions) -> int:
    """How many orders are drawn: an even number, and eight at least."""
    return max(8, options.about // max(causes, 1) // 2 * 2)


def _every_set(asked: Value, causes: int) -> tuple[Ints, int, Floats]:
    items = asked(frozenset()).size
    parts = np.zeros((causes, items), np.int64)
    for bits in range(2**causes):
        of = frozenset(i for i in range(causes) if bits >> i & 1)
        for i in range(causes):
            if i not in of:
                weight = factorial(len(of)) * factorial(causes - len(of) - 1)
                parts[i] += weight * (asked(of | {i}) - asked(of))
    return parts, factorial(causes), np.zeros((causes, items))


def _some_orders(asked: Value, keys: Ints, options: CauseOptions) -> tuple[Ints, int, Floats]:
    causes, items, pairs = keys.size, asked(frozenset()).size, orders_of(keys.size, options) // 2
    draws = np.array([uniforms(start, np.arange(pairs)) for start in sequence_starts(options.seed, keys, ORDER)])
    of_pair = np.zeros((pairs, causes, items), np.int64)
    for pair in range(pairs):
        order = np.argsort(draws[:, pair], kind="stable").tolist()
        for one in (order, order[::-1]):
            of: frozenset[int] = frozenset()
            for i in one:
                more = of | {i}
                of_pair[pair, i] += asked(more) - asked(of)
                of = more
    error = (of_pair / 2).std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.zeros((causes, items))
    return of_pair.sum(axis=0), 2 * pairs, error
