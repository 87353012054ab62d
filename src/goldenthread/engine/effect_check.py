"""Did a KPI move as it was said that it would? Several claims on one KPI share its observed change.

Every claim whose effect has begun is a step in one interrupted time series (`level_steps`), so that each is judged beside the
others. A claim is
    seen      where its step lies on the promised side of zero with probability `sure` (0.975: nothing is called seen in 2.5 %)
    not seen  where it is not, though a step of the promised size would have stood out: half the range that holds the step with
              probability 2 sure - 1 is no wider than the promise
    cannot be tested, with the reason, otherwise.
The observed change is the mean of the figures since the last effect was whole less the mean of those before the first began:
    observed = by itself (trend times the days between both means) + sum of attributed + remainder
Only seen claims are attributed anything: their step. Where their sum passes observed - by itself, the claims on that side are
scaled down until it does not (conservation rule: no more is attributed than was observed beside a stated trend).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.level_steps import Floats, LevelSteps, level_steps

SEEN, NOT_SEEN, CANNOT = "seen", "not_seen", "cannot"
FEW_BEFORE, FEW_AFTER, REDEFINED, TOO_NEAR, NOISE = "few_before", "few_after", "redefined", "too_near", "noise"
MOST_FIGURES = 200


@dataclass(frozen=True)
class EffectCheckOptions:
    """How many figures a test takes, and how sure it must be.

    sure: least probability of a step on the promised side; inside: probability of the range told.
    """

    fewest_before: int = 6
    fewest_after: int = 3
    fewest_between: int = 3
    sure: float = 0.975
    inside: float = 0.90


@dataclass(frozen=True)
class Claim:
    """An expected step: its key, the day on which it begins, days until it is whole, and its size in KPI units (not 0)."""

    key: int
    begin: float
    ramp: float
    size: float


@dataclass(frozen=True)
class ClaimResult:
    """What was found of one claim: state and reason; the step with its range; how sure its direction is.

    before, after: figures before it began and since it was whole; attributed: its part of the observed change; beside: keys of
    claims too near to be told from it, whose step the figures are then of all together.
    """

    key: int
    state: str
    reason: str = ""
    step: float = math.nan
    low: float = math.nan
    high: float = math.nan
    sure: float = math.nan
    before: int = 0
    after: int = 0
    attributed: float = 0.0
    beside: tuple[int, ...] = ()


@dataclass(frozen=True)
class EffectCheck:
    """The claims in the order given, and the account of the KPI's change; nan where no claim could be fitted."""

    claims: tuple[ClaimResult, ...]
    observed: float
    by_itself: float
    remainder: float
    figures: int


@dataclass(frozen=True, eq=False)
class _Series:
    days: Floats
    values: Floats
    was_cut: bool  # figures before a redefinition were left out
    options: EffectCheckOptions


def effect_check(
    days: npt.ArrayLike,
    values: npt.ArrayLike,
    claims: Sequence[Claim],
    *,
    since: float | None = None,
    grain: float = 0.0,
    options: EffectCheckOptions | None = None,
) -> EffectCheck:
    """Judge claims by a KPI's figures: day offsets and values (n,) in any order, several of one day averaged.

    since: the day on which the KPI was last redefined; figures before it are of another kind and left out. grain: the smallest
    difference the figures show. EngineError for a figure or claim that is not a number, a size of 0, a key given twice.
    """
    series = _series(days, values, since, options or EffectCheckOptions())
    _refuse(claims)
    found = {claim.key: _counted(claim, series) for claim in claims}
    groups = _groups([claim for claim in claims if _leaves_a_mark(claim, series)], series)
    for group in groups:
        if len(group) > 1:
            keys = sorted(claim.key for claim in group)
            for claim in group:
                near = replace(found[claim.key], beside=tuple(key for key in keys if key != claim.key))
                found[claim.key] = near if near.reason else replace(near, reason=TOO_NEAR)
    fit = level_steps(*_buckets(series, groups), grain) if groups else None
    if fit is None:
        told = [row if row.reason else replace(row, reason=FEW_BEFORE) for row in (found[c.key] for c in claims)]
        return EffectCheck(tuple(told), math.nan, math.nan, math.nan, int(series.days.size))
    _judge(groups, found, fit, series.options)
    return _account([found[c.key] for c in claims], [c for group in groups for c in group], fit, series)


def _series(days: npt.ArrayLike, values: npt.ArrayLike, since: float | None, options: EffectCheckOptions) -> _Series:
    when, level = np.asarray(days, np.float64).reshape(-1), np.asarray(values, np.float64).reshape(-1)
    if when.size != level.size:
        raise EngineError("Every value needs its day.")
    if not (np.all(np.isfinite(when)) and np.all(np.isfinite(level))):
        raise EngineError("A day or a value of the history is not a number.")
    kept = when >= (-math.inf if since is None else since)
    was_cut = not bool(kept.all())
    when, level = when[kept], level[kept]
    order = np.lexsort((level, when))
    distinct, place = np.unique(when[order], return_inverse=True)
    means = np.bincount(place, level[order]) / np.bincount(place) if distinct.size else distinct
    return _Series(distinct, means, was_cut, options)


def _refuse(claims: Sequence[Claim]) -> None:
    if len({claim.key for claim in claims}) < len(claims):
        raise EngineError("A claim stands there twice.")
    for claim in claims:
        if not all(map(math.isfinite, (claim.begin, claim.ramp, claim.size))) or claim.ramp < 0.0 or claim.size == 0.0:
            raise EngineError(
                "A claim needs the day of its beginning, a ramp of 0 days or more and a size other than 0.", claim.key
            )


def _counted(claim: Claim, series: _Series) -> ClaimResult:
    """Figures before and after, and whether they are too few."""
    before = int(np.count_nonzero(series.days < claim.begin))
    after = int(np.count_nonzero(series.days >= claim.begin + claim.ramp))
    reason = ""
    if before < series.options.fewest_before:
        reason = REDEFINED if series.was_cut else FEW_BEFORE
    elif after < series.options.fewest_after:
        reason = FEW_AFTER
    return ClaimResult(claim.key, CANNOT, reason, before=before, after=after)


def _leaves_a_mark(claim: Claim, series: _Series) -> bool:
    """Whether its step lies between two figures: if not, it changes nothing that could be seen."""
    return bool(series.days.size) and bool(series.days[0] < claim.begin <= series.days[-1])


def _groups(claims: list[Claim], series: _Series) -> list[list[Claim]]:
    """Claims in order of their days; those with too few figures from one beginning to the next stand together."""
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=lambda c: (c.begin, c.ramp, c.size, c.key)):
        last = groups[-1][-1].begin if groups else -math.inf
        between = np.count_nonzero((series.days >= last) & (series.days < claim.begin))
        if groups and between < series.options.fewest_between:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _shape(claim: Claim, days: Floats) -> Floats:
    """0 before it begins, 1 once it is whole; the day of its beginning is the first to show something."""
    return np.clip((days - claim.begin + 1.0) / (claim.ramp + 1.0), 0.0, 1.0)


def _buckets(series: _Series, groups: list[list[Claim]]) -> tuple[Floats, Floats, Floats]:
    """Days, values and one shape a group; very many figures are averaged over equal spans of time."""
    days, values = series.days, series.values
    shapes = np.column_stack([np.mean([_shape(claim, days) for claim in group], axis=0) for group in groups])
    if days.size <= MOST_FIGURES:
        return days, values, shapes
    span = np.floor((days - days[0]) / (days[-1] - days[0]) * (MOST_FIGURES - 1e-9))
    _, place = np.unique(span, return_inverse=True)
    many = np.bincount(place)
    means = [np.bincount(place, column) / many for column in (days, values, *shapes.T)]
    return means[0], means[1], np.column_stack(means[2:])


def _judge(groups: list[list[Claim]], found: dict[int, ClaimResult], fit: LevelSteps, options: EffectCheckOptions) -> None:
    """State and figures of every claim in the fit."""
    tail = 0.5 * (1.0 - options.inside)
    low, high, least, most = fit.quantiles((tail, 1.0 - tail, 1.0 - options.sure, options.sure))
    half = 0.5 * (most - least)
    falls = fit.below(np.zeros(len(groups)))
    for i, group in enumerate(groups):
        for claim in group:
            sure = float(falls[i] if claim.size < 0.0 else 1.0 - falls[i])
            row = replace(found[claim.key], step=float(fit.mean[i]), low=float(low[i]), high=float(high[i]), sure=sure)
            if row.reason:
                found[claim.key] = row
            elif sure >= options.sure:
                found[claim.key] = replace(row, state=SEEN)
            elif half[i] <= abs(claim.size):
                found[claim.key] = replace(row, state=NOT_SEEN)
            else:
                found[claim.key] = replace(row, reason=NOISE)


def _account(rows: list[ClaimResult], fitted: list[Claim], fit: LevelSteps, series: _Series) -> EffectCheck:
    """The observed change, shared out among what was seen, the trend and a remainder."""
    first, last = min(c.begin for c in fitted), max(c.begin + c.ramp for c in fitted)
    before, after = series.days < first, series.days >= min(last, series.days[-1])
    observed = float(series.values[after].mean() - series.values[before].mean())
    by_itself = fit.slope * float(series.days[after].mean() - series.days[before].mean())
    steps = {row.key: row.step for row in rows if row.state == SEEN}
    given = _within(steps, observed - by_itself)
    told = [replace(row, attributed=given.get(row.key, 0.0)) for row in rows]
    rest = observed - by_itself - math.fsum(given[key] for key in sorted(given))
    return EffectCheck(tuple(told), observed, by_itself, rest, int(series.days.size))


def _within(steps: dict[int, float], change: float) -> dict[int, float]:
    """The steps, those on one side scaled down where their sum passes the change (between it and zero it may lie)."""
    up = math.fsum(sorted(step for step in steps.values() if step > 0.0))
    down = math.fsum(sorted(step for step in steps.values() if step < 0.0))
    most, least = max(change, 0.0), min(change, 0.0)
    shrink_up = (most - down) / up if up + down > most else 1.0
    shrink_down = (least - up) / down if up + down < least else 1.0
    return {key: step * (shrink_up if step > 0.0 else shrink_down) for key, step in steps.items()}
