# mypy: disable-error-code="no-any-return,no-untyped-call"
# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""The compiled twin of `simulation.py` and `leave_one_out.py`: the same formulas, a block of runs at a time.

Imported lazily; `warm()` compiles everything. Runs go in blocks of LANES and blocks in PARTS fixed stretches, each summed in
order, so the number of threads changes no bit. No fast-math: every operation is
rounded as in the plain path. All of it stands in one file because a cached kernel is compiled anew only when this file changes.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit, typeof, types

from goldenthread.engine.layout import DAYS_PER_YEAR, GRID, Layout, lay_out
from goldenthread.engine.leave_one_out import Tally
from goldenthread.engine.randoms import (
    CENTRE_BOTTOM,
    CENTRE_TOP,
    FAR_BOTTOM,
    FAR_TOP,
    GOLDEN,
    MIX_1,
    MIX_2,
    NEAR_BOTTOM,
    NEAR_TOP,
    UNIT,
)
from goldenthread.engine.simulation import Outcomes
from goldenthread.engine.thread_data import ONCE, PER_YEAR, Kpis, Objectives, Targets, ThreadData

LANES = 64
PARTS = 16
_fast = njit(error_model="numpy")
_ROOTS = np.sqrt(GRID[1:] - GRID[:-1])
_STEP, _ONE_MIX, _TWO_MIX = np.uint64(GOLDEN), np.uint64(MIX_1), np.uint64(MIX_2)


@_fast
def _uniform(start: Any, run: Any) -> Any:
    z = start + np.uint64(run + 1) * _STEP
    z = (z ^ (z >> np.uint64(30))) * _ONE_MIX
    z = (z ^ (z >> np.uint64(27))) * _TWO_MIX
    z = z ^ (z >> np.uint64(31))
    return (np.float64(z >> np.uint64(12)) + 0.5) * UNIT


@_fast
def _triangular(u: float, low: float, likely: float, high: float) -> float:
    width = high - low
    left = likely - low
    below = low + math.sqrt(u * width * left)
    above = high - math.sqrt((1.0 - u) * width * (high - likely))
    inside = below if u * width < left else above
    return likely if width <= 0.0 else inside


@_fast
def _log(x: float) -> float:
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = mantissa * 2.0, exponent - 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    total = 0.0
    for k in range(23, 0, -2):
        total = total * q + 1.0 / k
    return 2.0 * s * total + exponent * 0.6931471805599453


@_fast
def _ratio(x: float, top: Any, bottom: Any) -> float:
    upper, lower = top[0], bottom[0]
    for i in range(1, 8):
        upper = upper * x + top[i]
        lower = lower * x + bottom[i]
    return upper / lower


@_fast
def _normal(u: float) -> float:
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM)
    tail = math.sqrt(-_log(u if q < 0.0 else 1.0 - u))
    outer = _ratio(tail - 1.6, NEAR_TOP, NEAR_BOTTOM) if tail <= 5.0 else _ratio(tail - 5.0, FAR_TOP, FAR_BOTTOM)
    return -outer if q < 0.0 else outer


@_fast
def _share(days: float, ramp: float) -> float:
    part = days / ramp
    part = 1.0 if days >= ramp else part
    return 0.0 if days < 0.0 else part


@_fast
def _integral(days: float, ramp: float) -> float:
    area = days * days / (2.0 * ramp)
    area = days - ramp / 2.0 if days >= ramp else area
    return 0.0 if days <= 0.0 else area


@_fast
def _cell(x0: float, x1: float, start: float, ramp: float) -> float:
    return (_integral(x1 - start, ramp) - _integral(x0 - start, ramp)) / (x1 - x0)


@_fast
def _met(kpi: Any, target: Any, value: float) -> bool:
    kept = min(max(value, kpi.floor), kpi.ceiling)
    return (kept >= target.low) & (kept <= target.high)


@_fast
def _benefit(kpi: Any, target: Any, value: float) -> float:
    kept = min(max(value, kpi.floor), kpi.ceiling)
    paid = target.rate if (kept >= target.low) & (kept <= target.high) else 0.0
    gained = target.rate * min(target.direction * (kept - target.baseline), target.cap)
    return paid if target.band else gained


@_fast
def _draw_subjects(subjects: Any, first: int, n: int, unit: Any, finish: Any) -> None:
    for s in range(subjects.size):
        row = subjects[s]
        units, days = unit[s], finish[s]
        least = -np.inf if row.done else 0.0
        for i in range(n):
            units[i] = _uniform(row.success_start, first + i)
            days[i] = max(_triangular(_uniform(row.finish_start, first + i), row.low, row.likely, row.high), least)


@_fast
def _draw_raises(
    subjects: Any, supervisions: Any, first: int, n: int, finish: Any, raised: Any, raise_of: Any, weight: Any,
) -> None:  # fmt: skip
    raised[:] = 0.0
    for q in range(supervisions.size):
        row = supervisions[q]
        a, b = row.subject, row.supervised
        for i in range(n):
            size = _triangular(_uniform(row.start, first + i), row.low, row.likely, row.high)
            end, begin = finish[b, i], max(finish[a, i], 0.0)
            cover = (end - begin) / end if end > begin else 0.0
            later = (end - (begin + 1.0)) / end if end > begin + 1.0 else 0.0
            raise_of[q, i] = size * cover
            weight[q, i] = 1.0 - later / cover if cover > 0.0 and not subjects[a].done else 0.0
            raised[b, i] += raise_of[q, i]


@_fast
def _draw_effects(
    kpis: Any, subjects: Any, given: Any, factor_start: Any, first: int, n: int, unit: Any, finish: Any, raised: Any,
    factor: Any, effect: Any, start: Any, seen: Any,
) -> None:  # fmt: skip
    for f in range(factor_start.size):
        for i in range(n):
            factor[f, i] = _normal(_uniform(factor_start[f], first + i))
    for c in range(given.size):
        row = given[c]
        units, raises, days = unit[row.subject], raised[row.subject], finish[row.subject]
        effects, starts, seens = effect[c], start[c], seen[c]
        day, done = kpis[row.kpi].day, subjects[row.subject].done != 0
        for i in range(n):
            starts[i] = days[i] + row.lag
            share = _share(day - starts[i], row.ramp)
            seens[i] = share if done else 0.0
            size = _triangular(_uniform(row.effect_start, first + i), row.low, row.likely, row.high)
            effects[i] = size * row.scale if units[i] < row.chance + raises[i] else 0.0
        if row.cls >= 0:
            for i in range(n):
                root = max(row.centre + row.spread * factor[row.cls, i], 0.0)
                effects[i] *= root * root * root


@_fast
def _at(kpi: Any, place: Any, drift: float, ahead: float, path: Any, steps: Any, bridges: Any) -> float:
    j = place.interval
    walk = path[j] + place.part * steps[j] + place.bridge * bridges[j]
    return kpi.value + drift * ahead + kpi.noise * walk


@_fast
def _draw_drift(
    kpis: Any, targets: Any, months: Any, month_noise: Any, due_noise: Any, cell_noise: Any, path_start: Any,
    kpi_targets: Any, first: int, n: int, due: Any, inside: Any, fan: Any,
) -> None:  # fmt: skip
    path, steps, bridges = np.zeros(GRID.size), np.zeros(GRID.size), np.zeros(GRID.size)
    for k in range(kpis.size):
        kpi = kpis[k]
        for i in range(n):
            drift = kpi.drift + kpi.error * _normal(_uniform(kpi.drift_start, first + i))
            for j in range(kpi.intervals):
                steps[j] = _ROOTS[j] * _normal(_uniform(path_start[k, 0, j], first + i))
                bridges[j] = _normal(_uniform(path_start[k, 1, j], first + i))
                path[j + 1] = path[j] + steps[j]
            for m in range(months.size):
                fan[k, m, i] = _at(kpi, month_noise[k, m], drift, months[m] - kpi.day, path, steps, bridges)
            for place in range(kpi.target_from, kpi.target_to):
                t = kpi_targets[place]
                target = targets[t]
                due[t, i] = target.past
                if target.future:
                    due[t, i] = _at(kpi, due_noise[t], drift, target.due - kpi.day, path, steps, bridges)
                if target.kind == PER_YEAR:
                    for g in range(inside.shape[1]):
                        ahead = (g * target.width + (g + 1) * target.width) / 2.0 - kpi.day
                        inside[t, g, i] = _at(kpi, cell_noise[t, g], drift, ahead, path, steps, bridges)


@_fast
def _add_at(day: float, ramp: float, n: int, effects: Any, starts: Any, seens: Any, total: Any) -> None:
    for i in range(n):
        total[i] += effects[i] * (_share(day - starts[i], ramp) - seens[i])


@_fast
def _add_cell(x0: float, x1: float, ramp: float, n: int, effects: Any, starts: Any, seens: Any, total: Any) -> None:
    for i in range(n):
        total[i] += effects[i] * (_cell(x0, x1, starts[i], ramp) - seens[i])


@_fast
def _add_effects(
    kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, months: Any, n: int, effect: Any, start: Any,
    seen: Any, due: Any, inside: Any, fan: Any,
) -> None:  # fmt: skip
    for c in range(given.size):
        row, kpi = given[c], kpis[given[c].kpi]
        effects, starts, seens = effect[c], start[c], seen[c]
        earliest = _earliest(subjects[row.subject], row)
        for m in range(months.size):
            if months[m] >= earliest:
                _add_at(months[m], row.ramp, n, effects, starts, seens, fan[row.kpi, m])
        for place in range(kpi.target_from, kpi.target_to):
            t = kpi_targets[place]
            width = targets[t].width
            if targets[t].future:
                _add_at(targets[t].due, row.ramp, n, effects, starts, seens, due[t])
            if width > 0.0:
                for g in range(max(0, int(earliest / width)), inside.shape[1]):
                    _add_cell(g * width, (g + 1) * width, row.ramp, n, effects, starts, seens, inside[t, g])


@_fast
def _earliest(subject: Any, contribution: Any) -> float:
    """First day on which the contribution can act; long ago where the last measurement may hold some of it."""
    return -1e9 if subject.done else max(subject.low, 0.0) + contribution.lag


@_fast
def _judge(
    kpis: Any, targets: Any, first: int, n: int, due: Any, inside: Any, fan: Any, unmet: Any, all_due: Any,
    all_worth: Any, all_fan: Any,
) -> None:  # fmt: skip
    unmet[:] = 0
    for t in range(targets.size):
        target, kpi = targets[t], kpis[targets[t].kpi]
        for i in range(n):
            worth = 0.0
            all_due[t, first + i] = min(max(due[t, i], kpi.floor), kpi.ceiling)
            if target.required and not _met(kpi, target, due[t, i]):
                unmet[target.objective, i] += 1
            if target.kind == ONCE:
                worth = _benefit(kpi, target, due[t, i])
            elif target.kind == PER_YEAR:
                for g in range(inside.shape[1]):
                    worth += _benefit(kpi, target, inside[t, g, i]) * (target.width / DAYS_PER_YEAR)
            all_worth[t, first + i] = worth
    for k in range(kpis.size):
        for m in range(fan.shape[1]):
            for i in range(n):
                all_fan[k, m, first + i] = min(max(fan[k, m, i], kpis[k].floor), kpis[k].ceiling)


@_fast
def _collect(
    given: Any, items: Any, first: int, last: int, n: int, unit: Any, raised: Any, raise_of: Any, effect: Any, size: Any,
) -> None:  # fmt: skip
    """Effects that go with these items: all of a contribution, or where only the supervision made it succeed."""
    for j in range(first, last):
        c, by = items[j].contribution, items[j].supervision
        sizes, effects = size[j - first], effect[c]
        if by < 0:
            sizes[:n] = effects[:n]
        else:
            s, chance = given[c].subject, given[c].chance
            for i in range(n):
                sizes[i] = 0.0 if unit[s, i] < chance + raised[s, i] - raise_of[by, i] else effects[i]


@_fast
def _keep_late(
    subjects: Any, given: Any, items: Any, first: int, last: int, q: int, n: int, raised: Any, raise_of: Any, weight: Any,
    size: Any,
) -> None:  # fmt: skip
    """Keep what one day's delay touches: unfinished own work, or what supervision q still makes likelier."""
    for j in range(first, last):
        c = items[j].contribution
        s, chance = given[c].subject, given[c].chance
        if q < 0 and (items[j].supervision >= 0 or subjects[s].done):
            size[j - first] = 0.0
        elif q >= 0:
            for i in range(n):
                if chance + raised[s, i] - raise_of[q, i] * weight[q, i] >= 1.0:
                    size[j - first, i] = 0.0


@_fast
def _lost_once(kpi: Any, target: Any, n: int, values: Any, change: Any, lost: Any) -> None:
    for i in range(n):
        lost[i] += _benefit(kpi, target, values[i]) - _benefit(kpi, target, values[i] - change[i])


@_fast
def _lost_cell(kpi: Any, target: Any, years: float, n: int, values: Any, change: Any, lost: Any) -> None:
    for i in range(n):
        lost[i] += (_benefit(kpi, target, values[i]) - _benefit(kpi, target, values[i] - change[i])) * years


@_fast
def _changes_at(
    given: Any, items: Any, first: int, last: int, day: float, late: bool, n: int, start: Any, seen: Any, size: Any,
    change: Any,
) -> None:  # fmt: skip
    change[:n] = 0.0
    for j in range(first, last):
        c = items[j].contribution
        ramp, starts, seens, sizes = given[c].ramp, start[c], seen[c], size[j - first]
        if late:
            for i in range(n):
                change[i] += sizes[i] * (_share(day - starts[i], ramp) - _share(day - (starts[i] + 1.0), ramp))
        else:
            _add_at(day, ramp, n, sizes, starts, seens, change)


@_fast
def _lost_yearly(
    kpi: Any, target: Any, subjects: Any, given: Any, items: Any, first: int, last: int, late: bool, n: int, start: Any,
    seen: Any, size: Any, change: Any, values: Any, lost: Any,
) -> None:  # fmt: skip
    cells, width, low, high = values.shape[0], target.width, 1e9, -1.0
    for j in range(first, last):
        row = given[items[j].contribution]
        low = min(low, _earliest(subjects[row.subject], row))
        high = max(high, subjects[row.subject].high + row.lag + row.ramp + 1.0)
    begin = max(0, int(min(low / width, float(cells))))
    end = min(cells, int(min(high / width, float(cells))) + 1) if late else cells
    for g in range(begin, end):
        x0, x1 = g * width, (g + 1) * width
        change[:n] = 0.0
        for j in range(first, last):
            c = items[j].contribution
            ramp, starts, seens, sizes = given[c].ramp, start[c], seen[c], size[j - first]
            if late:
                for i in range(n):
                    change[i] += sizes[i] * (_cell(x0, x1, starts[i], ramp) - _cell(x0, x1, starts[i] + 1.0, ramp))
            else:
                _add_cell(x0, x1, ramp, n, sizes, starts, seens, change)
        _lost_cell(kpi, target, width / DAYS_PER_YEAR, n, values[g], change, lost)


@_fast
def _worth_lost(
    kpi: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, items: Any, first: int, last: int, late: bool,
    n: int, start: Any, seen: Any, size: Any, due: Any, inside: Any, change: Any, lost: Any,
) -> None:  # fmt: skip
    for place in range(kpi.target_from, kpi.target_to):
        t = kpi_targets[place]
        if targets[t].kind == ONCE and targets[t].future:
            _changes_at(given, items, first, last, targets[t].due, late, n, start, seen, size, change)
            _lost_once(kpi, targets[t], n, due[t], change, lost)
        elif targets[t].width > 0.0:
            _lost_yearly(
                kpi, targets[t], subjects, given, items, first, last, late, n, start, seen, size, change,
                inside[t], lost,
            )  # fmt: skip


@_fast
def _count_lost(kpi: Any, target: Any, n: int, values: Any, change: Any, fewer: Any) -> tuple[float, Any]:
    """Expected effect and attainments lost by one target; `fewer` counts them by lane."""
    expected, lost = 0.0, np.int64(0)
    for i in range(n):
        drop = np.int64(_met(kpi, target, values[i])) - np.int64(_met(kpi, target, values[i] - change[i]))
        expected += change[i]
        lost += drop
        fewer[i] += drop
    return expected, lost


@_fast
def _take_away(
    kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, group: Any, segments: Any, items: Any,
    group_objective: Any, n: int, unit: Any, raised: Any, raise_of: Any, weight: Any, effect: Any, start: Any, seen: Any,
    due: Any, inside: Any, unmet: Any, fewer: Any, size: Any, scratch: Any, expected: Any, pair_lost: Any,
    objective_lost: Any,
) -> tuple[float, float]:  # fmt: skip
    """Worth lost without the group, and by a day's delay, summed over the block; the counts are added in place."""
    q, pair = group.supervision, group.pair_from
    change, worth, late = scratch[0], scratch[1], scratch[2]
    worth[:] = 0.0
    late[:] = 0.0
    for place in range(group.objective_from, group.objective_to):
        fewer[group_objective[place]] = 0
    for segment in range(group.segment_from, group.segment_to):
        kpi, first, last = kpis[segments[segment].kpi], segments[segment].item_from, segments[segment].item_to
        _collect(given, items, first, last, n, unit, raised, raise_of, effect, size)
        for place in range(kpi.target_from, kpi.target_to):
            target = targets[kpi_targets[place]]
            if target.future:
                _changes_at(given, items, first, last, target.due, False, n, start, seen, size, change)
                counted = fewer[target.objective] if target.required else fewer[fewer.shape[0] - 1]
                total, lost = _count_lost(kpi, target, n, due[kpi_targets[place]], change, counted)
                expected[pair] += total
                pair_lost[pair] += lost
            pair += 1
        if kpi.rated:
            _worth_lost(
                kpi, targets, subjects, given, kpi_targets, items, first, last, False, n, start, seen, size,
                due, inside, change, worth,
            )  # fmt: skip
            if q >= 0 or group.delay:
                _keep_late(subjects, given, items, first, last, q, n, raised, raise_of, weight, size)
                _worth_lost(
                    kpi, targets, subjects, given, kpi_targets, items, first, last, q < 0, n, start,
                    seen, size, due, inside, change, late,
                )  # fmt: skip
    for place in range(group.objective_from, group.objective_to):
        o = group_objective[place]
        for i in range(n):
            objective_lost[place] += np.int64(unmet[o, i] == 0) - np.int64(unmet[o, i] + fewer[o, i] == 0)
    all_worth, all_late = 0.0, 0.0
    for i in range(n):
        all_worth += worth[i]
        all_late += late[i] if q < 0 else late[i] * weight[q, i]
    return all_worth, all_late


def _simulate_part(
    kpis: Any, targets: Any, subjects: Any, given: Any, supervisions: Any, months: Any, month_noise: Any, due_noise: Any,
    cell_noise: Any, path_start: Any, factor_start: Any, kpi_targets: Any, groups: Any, segments: Any, items: Any,
    group_objective: Any, objectives: int, low: int, high: int, all_due: Any, all_worth: Any, all_fan: Any, expected: Any,
    pair_lost: Any, objective_lost: Any, worth: Any, delay: Any,
) -> None:  # fmt: skip
    """Runs low..high-1: draw, add up, judge, and take every group away; sums are added to in run order."""
    unit, finish = np.empty((subjects.size, LANES)), np.empty((subjects.size, LANES))
    raised, raise_of = np.empty((subjects.size, LANES)), np.empty((supervisions.size, LANES))
    weight, factor = np.empty((supervisions.size, LANES)), np.empty((factor_start.size, LANES))
    effect, start, seen = np.empty((given.size, LANES)), np.empty((given.size, LANES)), np.empty((given.size, LANES))
    due, inside = np.empty((targets.size, LANES)), np.empty((targets.size, cell_noise.shape[1], LANES))
    fan = np.empty((kpis.size, months.size, LANES))
    unmet, fewer = np.zeros((objectives, LANES), np.int64), np.zeros((objectives + 1, LANES), np.int64)
    longest = 1
    for segment in range(segments.size):
        longest = max(longest, segments[segment].item_to - segments[segment].item_from)
    size, scratch = np.empty((longest, LANES)), np.empty((3, LANES))
    for first in range(low, high, LANES):
        n = min(LANES, high - first)
        _draw_subjects(subjects, first, n, unit, finish)
        _draw_raises(subjects, supervisions, first, n, finish, raised, raise_of, weight)
        _draw_effects(kpis, subjects, given, factor_start, first, n, unit, finish, raised, factor, effect, start, seen)
        _draw_drift(
            kpis, targets, months, month_noise, due_noise, cell_noise, path_start, kpi_targets, first, n, due, inside, fan,
        )  # fmt: skip
        _add_effects(kpis, targets, subjects, given, kpi_targets, months, n, effect, start, seen, due, inside, fan)
        _judge(kpis, targets, first, n, due, inside, fan, unmet, all_due, all_worth, all_fan)
        for g in range(groups.size):
            without, later = _take_away(
                kpis, targets, subjects, given, kpi_targets, groups[g], segments, items, group_objective, n, unit, raised,
                raise_of, weight, effect, start, seen, due, inside, unmet, fewer, size, scratch, expected, pair_lost,
                objective_lost,
            )  # fmt: skip
            worth[g] += without
            delay[g] += later


def _example() -> Layout:
    one, zero = np.ones(1), np.zeros(1, np.int64)
    data = ThreadData(
        kpis=Kpis(key=zero, value_now=one),
        objectives=Objectives(key=zero),
        targets=Targets(key=zero, objective=zero, kpi=zero, baseline=one, value=2 * one, due_day=30 * one),
    )
    return lay_out(data, 1, (30.0,), 2)


def _inputs(lay: Layout) -> tuple[Any, ...]:
    return (
        lay.kpis, lay.targets, lay.subjects, lay.contributions, lay.supervisions, lay.months, lay.month_noise,
        lay.due_noise, lay.cell_noise, lay.path_start, lay.factor_start, lay.kpi_targets, lay.groups, lay.segments,
        lay.items, lay.group_objective, int(lay.targets["objective"].max(initial=0)) + 1,
    )  # fmt: skip


_ROW, _TABLE, _CUBE, _COUNTS = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1], types.int64[::1]
_SIGNATURE = types.void(
    *(typeof(given) for given in _inputs(_example())),
    *(types.int64, types.int64, _TABLE, _TABLE, _CUBE, _ROW, _COUNTS, _COUNTS, _ROW, _ROW),
)
_compiled = njit(_SIGNATURE, cache=True, nogil=True, error_model="numpy")(_simulate_part)


def _empty_sums(lay: Layout) -> tuple[Any, ...]:
    groups, pairs, objectives = lay.groups.size, lay.pair_target.size, lay.group_objective.size
    return np.zeros(pairs), np.zeros(pairs, np.int64), np.zeros(objectives, np.int64), np.zeros(groups), np.zeros(groups)


def run(lay: Layout, count: int, threads: int) -> tuple[Outcomes, Tally]:
    """Outcomes and leave-one-out sums of `count` runs; the number of threads changes no bit."""
    due, worth = np.empty((lay.targets.size, count)), np.empty((lay.targets.size, count))
    fan = np.empty((lay.kpis.size, lay.months.size, count))
    blocks = -(-count // LANES)
    edges = [min(count, LANES * (blocks * part // PARTS)) for part in range(PARTS + 1)]
    parts = [_empty_sums(lay) for _ in range(PARTS)]

    def one(part: int) -> None:
        _compiled(*_inputs(lay), edges[part], edges[part + 1], due, worth, fan, *parts[part])

    with ThreadPoolExecutor(max(1, threads)) as pool:
        list(pool.map(one, range(PARTS)))
    totals = _empty_sums(lay)
    for part in parts:
        for total, addend in zip(totals, part, strict=True):
            np.add(total, addend, out=total)
    return Outcomes(due, worth, fan), Tally(*totals)


def warm() -> None:
    """Compile every kernel of the engine, or load it from the cache, and run it once."""
    from goldenthread.engine import network_kernel

    run(_example(), LANES, 1)
    network_kernel.warm()
