"""Back-test of capital projects: how far dates slip and budgets grow by a later report, told only from what was known that day.

The class of a row is every case of another project whose outcome had been reported by the row's own report date. Bandwidth,
weight of other phases and the fewest cases (`engine.usual_change`) were chosen once, on the 93 slips whose outcome was known by
SETTLED; the rows after that day are scored apart as well. Projects that are not reported again have no outcome and no
score.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from goldenthread.engine.chance_scores import skill, skills
from goldenthread.engine.cluster_draws import cluster_draws, interval
from goldenthread.engine.histories import Floats, Ints
from goldenthread.engine.range_scores import sample_crps
from goldenthread.engine.usual_change import UsualChange, usual_change
from goldenthread.evidence.mapping import capital as mapping
from goldenthread.evidence.mapping.capital import DAYS, SHARE, Story
from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.capital_reports import CapitalFile

SETTLED = dt.date(2017, 9, 1)
HORIZONS = {"slip_1y": (3, DAYS), "slip_2y": (5, DAYS), "budget_1y": (3, SHARE)}
Interval = tuple[float, float]


@dataclass(frozen=True)
class HorizonScore:
    """Mean CRPS in `unit` of ours, of the official figure alone, and of the official figure with the class's spread around it.

    skill: against the official figure; spread_skill: against the one with spread. Intervals are 95 %, whole projects drawn.
    cover80: share of outcomes inside our middle 80 %. too_early: rows before which too few outcomes were known. later: the same
    for those rows only whose outcome came after SETTLED.
    """

    unit: str
    n: int
    projects: int
    crps: float
    official: float
    official_spread: float
    skill: float
    interval: Interval
    spread_skill: float
    spread_interval: Interval
    cover80: float
    too_early: int
    later: HorizonScore | None


@dataclass(frozen=True)
class CapitalBacktest:
    """The table by horizon (None where nothing could be scored), and the cells that were not understood."""

    reports: int
    projects: int
    settled: dt.date
    horizons: dict[str, HorizonScore | None]
    malformed: tuple[BadCell, ...]


@dataclass(frozen=True, eq=False)
class _Scored:
    """Columns of the scored rows: place in the story, losses (n, 3), inside our range or not."""

    rows: Ints
    losses: Floats
    inside: Floats


def capital_backtest(file: CapitalFile) -> CapitalBacktest:
    """Score every horizon."""
    return CapitalBacktest(
        reports=len(file.reports),
        projects=len({report.project for report in file.reports}),
        settled=SETTLED,
        horizons={name: _horizon(file, steps, what) for name, (steps, what) in HORIZONS.items()},
        malformed=file.bad_cells,
    )


def _horizon(file: CapitalFile, steps: int, what: str) -> HorizonScore | None:
    told = mapping.story(file, steps=steps, what=what)
    parts = [part for day in np.unique(told.asked_on).tolist() if (part := _on_day(told, day, what)) is not None]
    if not parts:
        return None
    scored = _Scored(
        np.concatenate([p.rows for p in parts]),
        np.concatenate([p.losses for p in parts]),
        np.concatenate([p.inside for p in parts]),
    )
    late = told.known_on[scored.rows] > SETTLED.toordinal()
    later = _Scored(scored.rows[late], scored.losses[late], scored.inside[late])
    score = _score(told, scored, what)
    return replace(
        score,
        too_early=int(np.isfinite(told.outcome).sum() - scored.rows.size),
        later=_score(told, later, what) if late.any() else None,
    )


def _on_day(told: Story, day: int, what: str) -> _Scored | None:
    """The rows asked on one day that have an outcome, scored; None where too little was known by then."""
    rows = np.flatnonzero((told.asked_on == day) & np.isfinite(told.outcome))
    first = _foretold(told, rows, day, what)
    if first is None or not first.known.any():
        return None
    rows = rows[first.known]
    seen, free = _foretold(told, rows, day, what), _foretold(told, rows, day, SHARE)
    if seen is None or free is None:
        return None
    outcome = told.outcome[rows]
    low, high = seen.quantiles([0.1, 0.9]).T
    losses = [
        sample_crps(seen.values, seen.weights, outcome),
        np.abs(outcome),
        sample_crps(free.outcomes[None, :] - free.quantiles([0.5]), free.weights, outcome),
    ]
    return _Scored(rows, np.stack(losses, axis=1), ((low <= outcome) & (outcome <= high)).astype(np.float64))


def _foretold(told: Story, rows: Ints, day: int, what: str) -> UsualChange | None:
    """The rows' outcomes from what was known on that day; None where nothing was. A share has no bound."""
    known = np.flatnonzero(told.known_on <= day)
    if not known.size:
        return None
    wait = float(np.median(told.known_on[known] - told.asked_on[known])) if what == DAYS else -np.inf
    return usual_change(mapping.cases(told, known), mapping.asked(told, rows, wait))


def _score(told: Story, scored: _Scored, what: str) -> HorizonScore:
    project = told.project[scored.rows]
    draws = cluster_draws(scored.losses, project)
    ours, official, spread = (float(mean) for mean in scored.losses.mean(axis=0))
    return HorizonScore(
        unit=what,
        n=int(scored.rows.size),
        projects=int(np.unique(project).size),
        crps=ours,
        official=official,
        official_spread=spread,
        skill=skill(ours, official),
        interval=interval(skills(draws[:, 0], draws[:, 1])),
        spread_skill=skill(ours, spread),
        spread_interval=interval(skills(draws[:, 0], draws[:, 2])),
        cover80=float(scored.inside.mean()),
        too_early=0,
        later=None,
    )


def usual_slip(file: CapitalFile, *, day: dt.date, steps: int = 3) -> UsualChange | None:
    """What usually happens to projects like those reported on `day`, in their order, from what was known by then (days)."""
    told = mapping.story(file, steps=steps, what=DAYS)
    return _foretold(told, np.flatnonzero(told.asked_on == day.toordinal()), day.toordinal(), DAYS)
