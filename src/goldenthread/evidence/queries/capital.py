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
import numpy.typing as npt

from goldenthread.engine.chance_scores import skill, skills
from goldenthread.engine.cluster_draws import cluster_draws, interval
from goldenthread.engine.histories import Floats, Ints
from goldenthread.engine.range_scores import cover, sample_crps
from goldenthread.engine.usual_change import UsualChange, UsualChangeOptions, usual_change
from goldenthread.evidence.mapping import capital as mapping
from goldenthread.evidence.mapping.capital import DAYS, SHARE, Story
from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.capital_reports import CapitalFile

SETTLED = dt.date(2017, 9, 1)
LEVELS = tuple(i / 10 for i in range(1, 10))
HORIZONS = {"slip_1y": (3, DAYS), "slip_2y": (5, DAYS), "budget_1y": (3, SHARE)}
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Below:
    """Share of outcomes below what was told at this level; half of those that are equal to it."""

    level: float
    share: float


@dataclass(frozen=True)
class HorizonScore:
    """Mean CRPS in `unit` of ours, of the official figure alone, and of the official figure with the class's spread around it.

    skill: against the official figure; spread_skill: against the one with spread. Intervals are 95 %, whole projects drawn.
    cover80: share of outcomes inside our middle 80 %; below: the same level by level. too_early: rows before which too few
    outcomes were known. later: the same for those rows only whose outcome came after SETTLED.
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
    below: tuple[Below, ...]
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
    """Columns of the scored rows: place in the story, losses (n, 3), our quantiles (n, LEVELS)."""

    rows: Ints
    losses: Floats
    quantiles: Floats

    def where(self, kept: npt.NDArray[np.bool_]) -> _Scored:
        return _Scored(self.rows[kept], self.losses[kept], self.quantiles[kept])


def capital_backtest(file: CapitalFile, options: UsualChangeOptions | None = None) -> CapitalBacktest:
    """Score every horizon; with other options to see how much hangs on them."""
    return CapitalBacktest(
        reports=len(file.reports),
        projects=len({report.project for report in file.reports}),
        settled=SETTLED,
        horizons={name: _horizon(file, steps, what, options) for name, (steps, what) in HORIZONS.items()},
        malformed=file.bad_cells,
    )


def _horizon(file: CapitalFile, steps: int, what: str, options: UsualChangeOptions | None) -> HorizonScore | None:
    told = mapping.story(file, steps=steps, what=what)
    parts = [part for day in np.unique(told.asked_on).tolist() if (part := _on_day(told, day, what, options)) is not None]
    if not parts:
        return None
    scored = _Scored(
        np.concatenate([p.rows for p in parts]),
        np.concatenate([p.losses for p in parts]),
        np.concatenate([p.quantiles for p in parts]),
    )
    late = told.known_on[scored.rows] > SETTLED.toordinal()
    score = _score(told, scored, what)
    return replace(
        score,
        too_early=int(np.isfinite(told.outcome).sum() - scored.rows.size),
        later=_score(told, scored.where(late), what) if late.any() else None,
    )


def _on_day(told: Story, day: int, what: str, options: UsualChangeOptions | None) -> _Scored | None:
    """The rows asked on one day that have an outcome, scored; None where too little was known by then."""
    rows = np.flatnonzero((told.asked_on == day) & np.isfinite(told.outcome))
    first = _foretold(told, rows, day, what, options)
    if first is None or not first.known.any():
        return None
    rows = rows[first.known]
    seen, free = (_foretold(told, rows, day, bound, options) for bound in (what, SHARE))
    if seen is None or free is None:
        return None
    outcome = told.outcome[rows]
    losses = [
        sample_crps(seen.values, seen.weights, outcome),
        np.abs(outcome),
        sample_crps(free.outcomes[None, :] - free.quantiles([0.5]), free.weights, outcome),
    ]
    return _Scored(rows, np.stack(losses, axis=1), seen.quantiles(LEVELS))


def _foretold(told: Story, rows: Ints, day: int, what: str, options: UsualChangeOptions | None = None) -> UsualChange | None:
    """The rows' outcomes from what was known on that day; None where nothing was. A share has no bound."""
    known = np.flatnonzero(told.known_on <= day)
    if not known.size:
        return None
    wait = float(np.median(told.known_on[known] - told.asked_on[known])) if what == DAYS else -np.inf
    return usual_change(mapping.cases(told, known), mapping.asked(told, rows, wait), options)


def _score(told: Story, scored: _Scored, what: str) -> HorizonScore:
    project, outcome = told.project[scored.rows], told.outcome[scored.rows]
    side = np.sign(scored.quantiles - outcome[:, None])  # +1 where it came below
    below = (1.0 + side.mean(axis=0)) / 2.0
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
        cover80=cover(scored.quantiles[:, 0], scored.quantiles[:, -1], outcome),
        below=tuple(Below(level, float(share)) for level, share in zip(LEVELS, below, strict=True)),
        too_early=0,
        later=None,
    )


def usual_slip(file: CapitalFile, *, day: dt.date, steps: int = 3) -> UsualChange | None:
    """What usually happens to projects like those reported on `day`, in their order, from what was known by then (days)."""
    told = mapping.story(file, steps=steps, what=DAYS)
    return _foretold(told, np.flatnonzero(told.asked_on == day.toordinal()), day.toordinal(), DAYS)
