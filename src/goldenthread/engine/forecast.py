"""The forecast of targets and objectives by simulation, with every leave-one-out effect at the same random numbers.

Chance = share of runs that reach the target at its due day (an objective: all its required targets in the same run).
Coverage = sum of E[contribution at the due day] / (target - value now). Value at stake = E[worth] - E[worth without it]. Cost
of delay per day = E[worth] - E[worth, this finishing one day later]. Model and formulas: `simulation.py`, `layout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.layout import Layout, lay_out
from goldenthread.engine.leave_one_out import Tally, tally
from goldenthread.engine.simulation import Outcomes, Simulation, met
from goldenthread.engine.thread_data import Floats, Ints, ThreadData, by_key, digest

ENGINE_VERSION = "forecast-1"
PLAIN_LIMIT = 100_000  # contributions x runs up to which the plain path is quicker than loading the compiled one
MONTH = 365.25 / 12

COUNTED, BAND, PAST, REACHED = "counted", "band", "past", "nothing left to move"


@dataclass(frozen=True)
class ForecastOptions:
    """Seed and sizes.

    `months` are the fan's days from the data date, `cells` the parts of a yearly worth's period, `path` is "auto", "plain" or
    "compiled"; `threads` and `path` change no answer (the paths may differ in the last digits of sums).
    """

    seed: int = 1
    runs: int = 10_000
    months: tuple[float, ...] = tuple(MONTH * i for i in range(1, 13))
    percentiles: tuple[float, ...] = (10.0, 25.0, 50.0, 75.0, 90.0)
    threads: int = 1
    cells: int = 12
    path: str = "auto"


@dataclass(frozen=True, eq=False)
class TargetForecast:
    """One row a target, in the caller's order; worth in minor units, nan where no rate is signed.

    `coverage` is nan where `coverage_reason` is not "counted"; `drift_share` is the part of the way that drift alone covers.
    """

    key: Ints
    chance: Floats
    standard_error: Floats
    p10: Floats
    p50: Floats
    p90: Floats
    expected: Floats
    coverage: Floats
    coverage_reason: tuple[str, ...]
    drift_share: Floats
    worth_mean: Floats
    worth_p10: Floats
    worth_p90: Floats


@dataclass(frozen=True, eq=False)
class ObjectiveForecast:
    """One row an objective; chance nan where it has no required target, worth nan where none of its targets has a signed rate."""

    key: Ints
    chance: Floats
    standard_error: Floats
    worth_mean: Floats
    worth_p10: Floats
    worth_p90: Floats


@dataclass(frozen=True, eq=False)
class Effects:
    """What each contribution, subject or supervision brings.

    One row an item, and one row for each (item, target) and (item, objective) it can move. Columns `item`, `target` and
    `objective` are row indices; `chance` is the chance now less the chance without the item. `cost_of_delay` of a contribution
    is nan where its subject brings more than this one: delay belongs to the subject.
    """

    key: Ints
    value_at_stake: Floats
    cost_of_delay: Floats
    item: Ints
    target: Ints
    expected: Floats
    chance: Floats
    objective_item: Ints
    objective: Ints
    objective_chance: Floats


@dataclass(frozen=True, eq=False)
class Forecast:
    """Everything a page shows, in the caller's row order, and what made it. `fan` is (kpis, months, percentiles)."""

    targets: TargetForecast
    objectives: ObjectiveForecast
    fan: Floats
    contributions: Effects
    subjects: Effects
    supervisions: Effects
    digest: str
    seed: int
    runs: int
    engine: str = ENGINE_VERSION


def forecast(data: ThreadData, options: ForecastOptions | None = None) -> Forecast:
    """Simulate, and take every item away in turn.

    Equal data, seed and runs give equal bits; EngineError names the row at fault.
    """
    options = options or ForecastOptions()
    _check(options)
    ordered, order = by_key(data)
    lay = lay_out(ordered, options.seed, options.months, options.cells)
    outcomes, sums = simulate(lay, options)
    targets = _targets(ordered, lay, outcomes, sums)
    return Forecast(
        targets=_unsorted(targets, order["targets"]),
        objectives=_unsorted(_objectives(ordered, lay, outcomes), order["objectives"]),
        fan=_spread(outcomes.fan, options.percentiles)[np.argsort(order["kpis"], kind="stable")],
        digest=input_digest(data, options),
        seed=options.seed,
        runs=options.runs,
        **_effects(ordered, lay, sums, order, options.runs),
    )


def input_digest(data: ThreadData, options: ForecastOptions) -> str:
    """What a forecast of this data with these options carries as its digest."""
    return digest(data, (options.seed, options.runs, options.months, options.percentiles, options.cells, ENGINE_VERSION))


def path_for(contributions: int, options: ForecastOptions) -> str:
    """The path by which so many contributions are computed."""
    if options.path != "auto":
        return options.path
    return "plain" if contributions * options.runs <= PLAIN_LIMIT else "compiled"


def simulate(lay: Layout, options: ForecastOptions) -> tuple[Outcomes, Tally]:
    """Outcomes and leave-one-out sums by the path that fits the size."""
    if path_for(lay.contributions.size, options) == "plain":
        simulation = Simulation(lay, options.runs)
        return simulation.outcomes(), tally(simulation)
    from goldenthread.engine import kernels

    return kernels.run(lay, options.runs, options.threads)


def _check(options: ForecastOptions) -> None:
    if not 1 <= options.runs <= 10_000_000:
        raise EngineError("The number of runs must lie between 1 and 10,000,000.")
    if options.path not in {"auto", "plain", "compiled"}:
        raise EngineError("The path must be auto, plain or compiled.")
    if options.cells < 1 or options.threads < 1:
        raise EngineError("Cells and threads must be at least 1.")


def attained(lay: Layout, outcomes: Outcomes) -> npt.NDArray[np.bool_]:
    """Whether each target is reached in each run: (targets, runs)."""
    return np.array([met(lay, t, outcomes.due[t]) for t in range(lay.targets.size)]).reshape(outcomes.due.shape)


def _error(chance: Floats, runs: int) -> Floats:
    return np.sqrt(chance * (1.0 - chance) / runs)


def _spread(values: Floats, points: tuple[float, ...]) -> Floats:
    """Percentiles along the last axis, linear between order statistics: (..., runs) -> (..., points)."""
    ordered = np.sort(values, axis=-1)
    place = (values.shape[-1] - 1) * np.array(points) / 100.0
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, values.shape[-1] - 1)
    low, high = ordered[..., below], ordered[..., above]
    between: Floats = low + (high - low) * (place - below)
    return between


def _targets(data: ThreadData, lay: Layout, outcomes: Outcomes, sums: Tally) -> dict[str, Any]:
    runs = outcomes.due.shape[1]
    chance = attained(lay, outcomes).mean(axis=1) if lay.targets.size else np.zeros(0)
    p10, p50, p90 = _spread(outcomes.due, (10.0, 50.0, 90.0)).T
    worth_p10, worth_p90 = _spread(outcomes.worth, (10.0, 90.0)).T
    pairs = slice(0, int(lay.groups["pair_to"][lay.contributions.size - 1] if lay.contributions.size else 0))
    expected = np.bincount(lay.pair_target[pairs], sums.pair_expected[pairs], minlength=lay.targets.size) / runs
    now = data.kpis.value_now[lay.targets["kpi"]]
    way = data.targets.value - now
    band, past = lay.targets["band"] != 0, lay.targets["future"] == 0
    left = ~band & ~past & (lay.targets["direction"] * way > 0.0)
    reason = np.where(band, BAND, np.where(past, PAST, np.where(left, COUNTED, REACHED)))
    way = np.where(left, way, np.nan)
    drift = lay.kpis["drift"][lay.targets["kpi"]] * (lay.targets["due"] - lay.kpis["day"][lay.targets["kpi"]])
    rated = lay.targets["kind"] != 0
    return {
        "key": data.targets.key,
        "chance": chance,
        "standard_error": _error(chance, runs),
        "p10": p10,
        "p50": p50,
        "p90": p90,
        "expected": expected,
        "coverage": expected / way,
        "coverage_reason": reason,
        "drift_share": drift / way,
        "worth_mean": np.where(rated, outcomes.worth.mean(axis=1), np.nan),
        "worth_p10": np.where(rated, worth_p10, np.nan),
        "worth_p90": np.where(rated, worth_p90, np.nan),
        "type": TargetForecast,
    }


def _objectives(data: ThreadData, lay: Layout, outcomes: Outcomes) -> dict[str, Any]:
    size, runs = len(data.objectives), outcomes.due.shape[1]
    reached, worth = np.ones((size, runs), np.bool_), np.zeros((size, runs))
    required, rated = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for t, hit in enumerate(attained(lay, outcomes)):
        o = lay.targets["objective"][t]
        worth[o] += outcomes.worth[t]
        rated[o] |= lay.targets["kind"][t] != 0
        if lay.targets["required"][t]:
            reached[o] &= hit
            required[o] = True
    chance = np.where(required, reached.mean(axis=1), np.nan)
    worth_p10, worth_p90 = _spread(worth, (10.0, 90.0)).T
    return {
        "key": data.objectives.key,
        "chance": chance,
        "standard_error": _error(chance, runs),
        "worth_mean": np.where(rated, worth.mean(axis=1), np.nan),
        "worth_p10": np.where(rated, worth_p10, np.nan),
        "worth_p90": np.where(rated, worth_p90, np.nan),
        "type": ObjectiveForecast,
    }


def _unsorted(columns: dict[str, Any], order: Ints) -> Any:
    """A result table back in the caller's row order."""
    kind = columns.pop("type")
    place = np.argsort(order, kind="stable")
    back = {name: values[place] for name, values in columns.items()}
    if "coverage_reason" in back:
        back["coverage_reason"] = tuple(back["coverage_reason"].tolist())
    return kind(**back)


def _effects(data: ThreadData, lay: Layout, sums: Tally, order: dict[str, Ints], runs: int) -> dict[str, Any]:
    given, watched = len(data.contributions), len(data.supervisions)
    of_supervision = np.arange(given, given + watched)
    delay = np.zeros(len(data.subjects))
    for s, group in enumerate(lay.group_of_subject.tolist()):
        delay[s] = sums.delay[group] if group >= 0 and lay.groups["delay"][group] else 0.0
    np.add.at(delay, lay.supervisions["subject"], sums.delay[of_supervision])
    own = np.zeros(given)
    for c, s in enumerate(lay.contributions["subject"].tolist()):
        own[c] = sums.delay[c] if lay.group_of_subject[s] == c else np.nan
    return {
        "contributions": _effect_table(
            data.contributions.key, np.arange(given), own, lay, sums, order["contributions"], order, runs
        ),
        "subjects": _effect_table(data.subjects.key, lay.group_of_subject, delay, lay, sums, order["subjects"], order, runs),
        "supervisions": _effect_table(
            data.supervisions.key, of_supervision, sums.delay[of_supervision], lay, sums, order["supervisions"], order, runs
        ),
    }


def _effect_table(
    key: Ints, groups: Ints, delay: Floats, lay: Layout, sums: Tally, rows: Ints, order: dict[str, Ints], runs: int
) -> Effects:
    some = np.flatnonzero(groups >= 0)
    worth = np.zeros(key.size)
    worth[some] = sums.worth[groups[some]] / runs
    item, pair = _spans(some, groups, lay, "pair")
    objective_item, objective_pair = _spans(some, groups, lay, "objective")
    place = np.argsort(rows, kind="stable")
    return Effects(
        key=key[place],
        value_at_stake=worth[place],
        cost_of_delay=delay[place] / runs,
        item=rows[item],
        target=order["targets"][lay.pair_target[pair]],
        expected=sums.pair_expected[pair] / runs,
        chance=sums.pair_lost[pair] / runs,
        objective_item=rows[objective_item],
        objective=order["objectives"][lay.group_objective[objective_pair]],
        objective_chance=sums.objective_lost[objective_pair] / runs,
    )


def _spans(some: Ints, groups: Ints, lay: Layout, what: str) -> tuple[Ints, Ints]:
    """For items and their groups: each item repeated once a place of its group's span, and those places."""
    first, last = lay.groups[f"{what}_from"][groups[some]], lay.groups[f"{what}_to"][groups[some]]
    sizes = last - first
    places = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
    return np.repeat(some, sizes), places
