"""The chances of objectives alone: the forecast without money, months and what each item brings. For many questions in a row."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from goldenthread.engine.forecast import ForecastOptions, attained, simulate
from goldenthread.engine.layout import lay_out
from goldenthread.engine.thread_data import Ints, ThreadData, by_key

NOTHING_ASKED = -1  # runs of an objective without a required target


@dataclass(frozen=True, eq=False)
class Chances:
    """Key of each objective, and in how many of the runs all its required targets are met; `NOTHING_ASKED` without one."""

    key: Ints
    met: Ints
    runs: int


def chances(data: ThreadData, options: ForecastOptions) -> Chances:
    """As `forecast` would find them: equal data, seed and runs give the same chances."""
    no_money = data.targets.changed(worth_per_unit=np.full(len(data.targets), np.nan))
    ordered, order = by_key(dataclasses.replace(data, targets=no_money))
    lay = lay_out(ordered, options.seed, (), 1, groups=False)
    outcomes, _ = simulate(lay, options)
    size = len(ordered.objectives)
    reached, asked = np.ones((size, options.runs), np.bool_), np.zeros(size, np.bool_)
    for t, hit in enumerate(attained(lay, outcomes)):
        if lay.targets["required"][t]:
            reached[lay.targets["objective"][t]] &= hit
            asked[lay.targets["objective"][t]] = True
    met = np.where(asked, reached.sum(axis=1), NOTHING_ASKED).astype(np.int64)
    back = np.argsort(order["objectives"], kind="stable")
    return Chances(ordered.objectives.key[back], met[back], options.runs)
