"""Schedule risk: what finish dates may come out where durations are uncertain, and what would help most (Monte Carlo).

P80 is the moment that is not exceeded in 80 % of runs. Criticality index: share of runs in which an activity lies on the longest
path to its project's finish. Cruciality: rank correlation (Spearman) of its duration with that finish. Schedule sensitivity index
(PMI practice standard for scheduling): criticality x standard deviation of the duration / that of the finish, both in working
minutes of its calendar. What would help: the fall of P80 in a rerun with the same random numbers, in which the activity lasts
what is stated, or the risk does not occur.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from goldenthread.engine import network_order, risk_draws
from goldenthread.engine.critical_path import Schedule, ScheduleOptions, schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import NONE, ROUND_THE_CLOCK, Bools, Ints, Network
from goldenthread.engine.randoms import Floats
from goldenthread.engine.risk_draws import Draws
from goldenthread.engine.risk_figures import Joint, Outcome, at_share, joint, outcome, rank_correlation
from goldenthread.engine.risk_runs import RunOptions, Runs, runs
from goldenthread.engine.uncertainty import CERTAIN, Uncertainty

MAX_RUNS = 100_000


@dataclass(frozen=True)
class RiskOptions:
    """levers: so many activities and risks are tried; ranked: so many activities get a rank correlation."""

    runs: int = 1_000
    seed: int = 1
    levers: int = 8
    ranked: int = 100
    threads: int = 2
    path: str = "compiled"


@dataclass(frozen=True)
class Lever:
    """Minutes on the clock by which P80 of a group falls without the uncertainty of a row, or without a risk (its place)."""

    group: int
    row: int | None
    risk: int | None
    p80_falls: int


@dataclass(frozen=True, eq=False)
class Simulation:
    """groups: their numbers, as in the network; projects and watched in the order given. By row: see the module.

    cruciality: NaN where it was not worked out. finish: group x run, sorted for no purpose but the caller's.
    """

    schedule: Schedule
    options: RiskOptions
    groups: Ints
    projects: tuple[Outcome, ...]
    watched: tuple[Outcome, ...]
    joints: tuple[Joint | None, ...]
    criticality: Floats
    duration_mean: Floats
    duration_deviation: Floats
    sensitivity: Floats
    cruciality: Floats
    levers: tuple[Lever, ...]
    finish: Ints = field(repr=False)
    seen: Ints = field(repr=False)
    cost: Floats = field(repr=False)


def simulate(
    network: Network,
    uncertainty: Uncertainty,
    watched: Ints,
    rules: ScheduleOptions | None = None,
    options: RiskOptions | None = None,
) -> Simulation:
    """Distribution of the finish of every group and every watched row; EngineError names what cannot be drawn or scheduled."""
    options, rules = options or RiskOptions(), rules or ScheduleOptions()
    if not 1 <= options.runs <= MAX_RUNS:
        raise EngineError(f"There must be 1 to {MAX_RUNS:,} runs.")
    if not network.key.size:
        raise EngineError("There is no activity to simulate.")
    stated = schedule(network, rules)
    drawn = _draws(network, uncertainty, options.seed)
    wanted = RunOptions(options.runs, threads=options.threads, path=options.path)
    made = runs(network, rules, drawn, watched, wanted)
    groups, group = np.unique(network.group, return_inverse=True)
    by_row = _by_row(drawn, made, group, options, _finish_deviation(network, rules, made.finish, group))
    levers = _levers(network, uncertainty, rules, made, group, by_row["sensitivity"], options)
    ends = np.array([stated.early_finish[group == place].max() for place in range(groups.size)])
    cost = made.cost + np.bincount(group, uncertainty.cost_fixed, groups.size)[:, None]
    return Simulation(
        schedule=stated,
        options=options,
        groups=groups,
        projects=tuple(outcome(values, int(end)) for values, end in zip(made.finish, ends, strict=True)),
        watched=tuple(outcome(values, int(end)) for values, end in zip(made.seen, stated.early_finish[watched], strict=True)),
        joints=tuple(_joint(uncertainty, network, group == at, values, cost[at]) for at, values in enumerate(made.finish)),
        levers=levers,
        finish=made.finish,
        seen=made.seen,
        cost=cost,
        **by_row,
    )


def finish_runs(
    network: Network, uncertainty: Uncertainty, watched: Ints, rules: ScheduleOptions, seed: int, wanted: RunOptions
) -> Runs:
    """The bare runs of such a simulation, for a forecast that draws from them: finishes, and nothing of paths and levers."""
    return runs(network, rules, _draws(network, uncertainty, seed), watched, replace(wanted, with_paths=False))


def _draws(network: Network, uncertainty: Uncertainty, seed: int) -> Draws:
    if uncertainty.shape.size != network.key.size:
        raise EngineError(f"Ranges are given for {uncertainty.shape.size} of {network.key.size} activities.")
    item = network.key if uncertainty.item is None else np.asarray(uncertainty.item, np.int64)
    return risk_draws.draws(network.duration, item, uncertainty, seed)


def _by_row(drawn: Draws, made: Runs, group: Ints, options: RiskOptions, of_finish: Floats) -> dict[str, Floats]:
    count = options.runs
    mean, critical = made.moved / count, made.critical / count
    deviation = np.sqrt(np.maximum(made.squared / count - mean * mean, 0.0))
    sensitivity = np.divide(critical * deviation, of_finish, out=np.zeros_like(critical), where=of_finish > 0)
    cruciality = np.full(group.size, np.nan)
    numbers = np.arange(count)
    likely = np.argsort(-(critical * deviation), kind="stable")[: options.ranked]
    for row in likely[deviation[likely] > 0].tolist():
        cruciality[row] = rank_correlation(risk_draws.durations(drawn, row, numbers), made.finish[group[row]])
    return {
        "criticality": critical,
        "duration_mean": drawn.base + mean,
        "duration_deviation": deviation,
        "sensitivity": sensitivity,
        "cruciality": cruciality,
    }


def _finish_deviation(network: Network, rules: ScheduleOptions, finish: Ints, group: Ints) -> Floats:
    """Of every row the standard deviation of its group's finish, in working minutes of the row's calendar."""
    found = np.zeros(group.size)
    made = network_order.prepare(network, rules.path, retained=rules.retained_logic, dates_win=rules.dates_win)
    _, passes, ready = network_order.passes_of(made.plain)
    table = ready(made.table)
    for calendar in np.unique(network.calendar).tolist():
        for place in np.unique(group[network.calendar == calendar]).tolist():
            values = finish[place]
            if calendar != ROUND_THE_CLOCK:
                counts = ready(np.zeros(values.size, np.int64))
                passes.count_all(ready(np.full(values.size, calendar)), ready(values), counts, table)
                values = np.asarray(counts)
            found[(network.calendar == calendar) & (group == place)] = (values - values[0]).std()
    return found


def _levers(
    network: Network, of: Uncertainty, rules: ScheduleOptions, made: Runs, group: Ints, sensitivity: Floats, options: RiskOptions
) -> tuple[Lever, ...]:
    """Reruns without one uncertainty each: the most sensitive activities, the risks that touch most of what is critical."""
    nothing = np.zeros(0, np.int64)
    wanted = RunOptions(options.runs, threads=options.threads, with_paths=False, path=options.path)
    before = [int(np.sort(values)[at_share(values, 80)]) for values in made.finish]
    found = []

    def tried(changed: Uncertainty, places: list[int], row: int | None, risk: int | None) -> None:
        again = runs(network, rules, _draws(network, changed, options.seed), nothing, wanted).finish
        for place in places:
            after = int(np.sort(again[place])[at_share(again[place], 80)])
            found.append(Lever(place, row, risk, before[place] - after))

    first = np.argsort(-sensitivity, kind="stable")[: options.levers]
    for row in first[sensitivity[first] > 0].tolist():
        if of.shape[row] != CERTAIN:
            tried(replace(of, shape=np.where(np.arange(group.size) == row, CERTAIN, of.shape)), [int(group[row])], row, None)
    touched = [made.critical[list(risk.rows)].sum() * risk.probability for risk in of.risks]
    for place in np.argsort(-np.array(touched), kind="stable")[: options.levers].tolist():
        risk = of.risks[place]
        homes = sorted({int(group[row]) for row in risk.rows if network.actual_finish[row] == NONE})
        others = (*of.risks[:place], replace(risk, probability=0.0), *of.risks[place + 1 :])
        tried(replace(of, risks=others), homes, None, place)
    return tuple(sorted(found, key=lambda one: -one.p80_falls))


def _joint(of: Uncertainty, network: Network, own: Bools, finish: Ints, cost: Floats) -> Joint | None:
    stated = float(of.cost_fixed[own].sum() + (of.cost_per_minute * network.duration)[own].sum())
    return joint(finish, cost, stated) if stated else None
