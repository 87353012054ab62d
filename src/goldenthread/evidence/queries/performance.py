"""Back-test of targets on Performance.gov: chances given at the end of quarters 1 to 3 against what quarter 4 brought.

The label is computed from the figures alone; neither the file's status field nor the goals' status is read for it. Each agency is
foretold from a reference class of the other agencies. Nothing was chosen by looking at the scores: what `engine.outlook` assumes
stands there with its reason. The rules beside it are trained on the other agencies as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goldenthread.engine.chance_scores import Bin, chance_scores, log_errors, skill, skills, squared_errors
from goldenthread.engine.cluster_draws import cluster_draws, interval
from goldenthread.engine.drift import DriftOptions
from goldenthread.engine.histories import Floats
from goldenthread.engine.outlook import Outlook, outlook
from goldenthread.engine.range_scores import cover
from goldenthread.engine.reference_class import ReferenceOptions, reference_class
from goldenthread.evidence.mapping import performance as mapping
from goldenthread.evidence.mapping.performance import Row
from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.performance_gov import GoalFile, TargetFile

Interval = tuple[float, float]
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
RULES = ("base_rate", "pace", "pace_buckets", "at_target")


@dataclass(frozen=True)
class RuleScore:
    """A simple rule on the same rows. better: its Brier score less ours. log_loss: infinite where a certainty was wrong."""

    brier: float
    brier_interval: Interval
    log_loss: float
    better: float
    better_interval: Interval


@dataclass(frozen=True)
class PerformanceBacktest:
    """The table. Intervals are 95 %, whole agencies drawn with replacement; skill_interval_by_series draws series."""

    n: int
    series: int
    agencies: int
    excluded: dict[str, int]
    malformed: tuple[BadCell, ...]
    unknown_goals: int
    brier: float
    brier_interval: Interval
    log_loss: float
    baselines: dict[str, RuleScore]
    skill: float
    skill_interval: Interval
    skill_interval_by_series: Interval
    cover80: float
    reliability: tuple[Bin, ...]


def performance_backtest(
    goals: GoalFile, targets: TargetFile, options: ReferenceOptions | None = None
) -> PerformanceBacktest | None:
    """Score the file; None where not even two agencies have rows to score. Other options show how much hangs on them."""
    found = mapping.questions(targets)
    rows = list(found.rows)
    agency = np.array([row.agency for row in rows])
    if len(set(agency.tolist())) < 2:
        return None
    happened = np.array([row.met for row in rows], np.float64)
    chances, ranges = foretold(rows, options=options)
    told = {"ours": chances, **_rules(rows, agency, happened)}
    losses = np.stack([squared_errors(chance, happened) for chance in told.values()], axis=1)
    draws = cluster_draws(losses, agency)
    by_series = cluster_draws(losses[:, :2], np.array([row.series for row in rows]))
    scores = chance_scores(chances, happened)
    brier = losses.mean(axis=0)
    return PerformanceBacktest(
        n=len(rows),
        series=len({row.series for row in rows}),
        agencies=len(set(agency.tolist())),
        excluded={**found.records_left_out, **found.rows_left_out},
        malformed=(*goals.bad_cells, *targets.bad_cells),
        unknown_goals=len({t.goal for t in targets.targets} - {g.goal for g in goals.goals}),
        brier=float(brier[0]),
        brier_interval=interval(draws[:, 0]),
        log_loss=scores.log_loss,
        baselines={
            name: RuleScore(
                brier=float(brier[i]),
                brier_interval=interval(draws[:, i]),
                log_loss=float(np.mean(log_errors(told[name], happened))),
                better=float(brier[i] - brier[0]),
                better_interval=interval(draws[:, i] - draws[:, 0]),
            )
            for i, name in enumerate(RULES, start=1)
        },
        skill=skill(float(brier[0]), float(brier[1])),
        skill_interval=interval(skills(draws[:, 0], draws[:, 1])),
        skill_interval_by_series=interval(skills(by_series[:, 0], by_series[:, 1])),
        cover80=cover(ranges[:, 0], ranges[:, 1], [row.outcome for row in rows]),
        reliability=scores.bins,
    )


def foretold(
    rows: list[Row], levels: tuple[float, ...] = (0.1, 0.9), options: ReferenceOptions | None = None
) -> tuple[Floats, Floats]:
    """Chance to reach the target (n,) and quantiles (n, k) of the figure at the end, each agency from the others' class."""
    chances, quantiles = np.empty(len(rows)), np.empty((len(rows), len(levels)))
    for agency in sorted({row.agency for row in rows}):
        own = [i for i, row in enumerate(rows) if row.agency == agency]
        seen = outlook_of([rows[i] for i in own], [row for row in rows if row.agency != agency], options)
        chances[own] = seen.chance(*mapping.reach([rows[i] for i in own]))
        quantiles[own] = seen.quantiles(levels)
    return chances, quantiles


def outlook_of(rows: list[Row], others: list[Row], options: ReferenceOptions | None = None) -> Outlook:
    """The product's own forecast of these rows, drawn to the class of the others."""
    learnt = reference_class(mapping.cases(others), options)
    return outlook(mapping.histories(rows), mapping.asked(rows), DriftOptions(reference=learnt))


def _rules(rows: list[Row], agency: np.ndarray[tuple[int, ...], np.dtype[np.str_]], happened: Floats) -> dict[str, Floats]:
    """Chances of the simple rules, each agency from the others: share that happened, in all or in each of two buckets."""
    everybody = np.ones(len(rows), np.bool_)
    at_target = np.array([mapping.reaches(row.value, row.target, falls=row.falls) for row in rows])
    on_pace = np.array([_progress(row) >= row.quarter / mapping.LAST for row in rows])

    def trained(bucket: Bools) -> Floats:
        chance = np.empty(len(rows))
        for name in np.unique(agency):
            own = agency == name
            for side in (True, False):
                there = ~own & (bucket == side)
                chance[own & (bucket == side)] = (happened[there].sum() + 0.5) / (there.sum() + 1.0)
        return chance

    return {
        "base_rate": trained(everybody),
        "pace": on_pace.astype(np.float64),
        "pace_buckets": trained(on_pace),
        "at_target": trained(at_target),
    }


def _progress(row: Row) -> float:
    """Part of the way that is done; all or nothing where no way is known."""
    if row.start is None or row.start == row.target:
        return float(mapping.reaches(row.value, row.target, falls=row.falls))
    return (row.value - row.start) / (row.target - row.start)
