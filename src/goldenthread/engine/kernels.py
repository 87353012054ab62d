# mypy: disable-error-code="untyped-decorator,import-untyped,no-any-return"
"""The compiled twin of `simulation.py`: the same formulas, a block of runs at a time. Imported lazily; `warm()` compiles everything.

Runs go in blocks of LANES and blocks in PARTS fixed stretches, each summed in order, so the number of threads changes no bit.
Only `numba.njit` without fast-math: every operation is rounded as in the plain path.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit, typeof, types

from goldenthread.engine.layout import DAYS_PER_YEAR, GRID, Layout, lay_out
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
from goldenthread.engine.leave_one_out import Tally
from goldenthread.engine.simulation import Outcomes
from goldenthread.engine.thread_data import ONCE, PER_YEAR, Kpis, Objectives, Targets, ThreadData

LANES = 64
PARTS = 16
TAKEN = np.dtype(
    [("contribution", np.int64), ("supervision", np.int64)] + [(name, np.float64) for name in ("size", "begin", "ramp", "seen")]
)
_ROOTS = np.sqrt(GRID[1:] - GRID[:-1])
_STEP, _ONE_MIX, _TWO_MIX = np.uint64(GOLDEN), np.uint64(MIX_1), np.uint64(MIX_2)


@njit
def _uniform(start: Any, run: Any) -> Any:
    z = start + np.uint64(run + 1) * _STEP
    z = (z ^ (z >> np.uint64(30))) * _ONE_MIX
    z = (z ^ (z >> np.uint64(27))) * _TWO_MIX
    z = z ^ (z >> np.uint64(31))
    return (np.float64(z >> np.uint64(12)) + 0.5) * UNIT


@njit
def _triangular(u: float, low: float, likely: float, high: float) -> float:
    width = high - low
    if width <= 0.0:
        return likely
    left = likely - low
    if u * width < left:
        return low + math.sqrt(u * width * left)
    return high - math.sqrt((1.0 - u) * width * (high - likely))


@njit
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


@njit
def _ratio(x: float, top: Any, bottom: Any) -> float:
    upper, lower = top[0], bottom[0]
    for i in range(1, 8):
        upper = upper * x + top[i]
        lower = lower * x + bottom[i]
    return upper / lower


@njit
def _normal(u: float) -> float:
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM)
    tail = math.sqrt(-_log(u if q < 0.0 else 1.0 - u))
    outer = _ratio(tail - 1.6, NEAR_TOP, NEAR_BOTTOM) if tail <= 5.0 else _ratio(tail - 5.0, FAR_TOP, FAR_BOTTOM)
    return -outer if q < 0.0 else outer


@njit
def _share(days: float, ramp: float) -> float:
    if days < 0.0:
        return 0.0
    return 1.0 if days >= ramp else days / ramp


@njit
def _integral(days: float, ramp: float) -> float:
    if days <= 0.0:
        return 0.0
    return days - ramp / 2.0 if days >= ramp else days * days / (2.0 * ramp)


@njit
def _cell(x0: float, x1: float, start: float, ramp: float) -> float:
    return (_integral(x1 - start, ramp) - _integral(x0 - start, ramp)) / (x1 - x0)


@njit
def _seen(kpis: Any, subjects: Any, contribution: Any, start: float) -> float:
    done = subjects[contribution.subject].done != 0
    return _share(kpis[contribution.kpi].day - start, contribution.ramp) if done else 0.0


@njit
def _clip(kpi: Any, value: float) -> float:
    return min(max(value, kpi.floor), kpi.ceiling)


@njit
def _met(kpi: Any, target: Any, value: float) -> bool:
    kept = _clip(kpi, value)
    return target.low <= kept <= target.high


@njit
def _benefit(kpi: Any, target: Any, value: float) -> float:
    kept = _clip(kpi, value)
    if target.band:
        return target.rate if target.low <= kept <= target.high else 0.0
    return target.rate * min(target.direction * (kept - target.baseline), target.cap)


@njit
def _draw_subjects(subjects: Any, first: int, n: int, unit: Any, finish: Any) -> None:
    for s in range(subjects.size):
        row = subjects[s]
        for i in range(n):
            unit[s, i] = _uniform(row.success_start, first + i)
            day = _triangular(_uniform(row.finish_start, first + i), row.low, row.likely, row.high)
            finish[s, i] = day if row.done else max(day, 0.0)


@njit
def _draw_raises(subjects: Any, supervisions: Any, first: int, n: int, finish: Any, raised: Any, raise_of: Any, weight: Any) -> None:
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


@njit
def _draw_effects(given: Any, factor_start: Any, first: int, n: int, unit: Any, finish: Any, raised: Any, factor: Any,
                  effect: Any, start: Any) -> None:  # fmt: skip
    for f in range(factor_start.size):
        for i in range(n):
            factor[f, i] = _normal(_uniform(factor_start[f], first + i))
    for c in range(given.size):
        row = given[c]
        s = row.subject
        for i in range(n):
            start[c, i] = finish[s, i] + row.lag
            effect[c, i] = 0.0
            if unit[s, i] < row.chance + raised[s, i]:
                size = _triangular(_uniform(row.effect_start, first + i), row.low, row.likely, row.high)
                cube = 1.0
                if row.cls >= 0:
                    root = max(row.centre + row.spread * factor[row.cls, i], 0.0)
                    cube = root * root * root
                effect[c, i] = size * (row.scale * cube)


@njit
def _at(kpi: Any, place: Any, drift: float, ahead: float, path: Any, steps: Any, bridges: Any) -> float:
    j = place.interval
    walk = path[j] + place.part * steps[j] + place.bridge * bridges[j]
    return kpi.value + drift * ahead + kpi.noise * walk


@njit
def _draw_drift(kpis: Any, targets: Any, months: Any, month_noise: Any, due_noise: Any, cell_noise: Any, path_start: Any,
                kpi_targets: Any, first: int, n: int, due: Any, inside: Any, fan: Any) -> None:  # fmt: skip
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
                fan[k, i, m] = _at(kpi, month_noise[k, m], drift, months[m] - kpi.day, path, steps, bridges)
            for t in kpi_targets[kpi.target_from : kpi.target_to]:
                target = targets[t]
                due[t, i] = target.past
                if target.future:
                    due[t, i] = _at(kpi, due_noise[t], drift, target.due - kpi.day, path, steps, bridges)
                if target.kind == PER_YEAR:
                    for g in range(inside.shape[2]):
                        ahead = (g * target.width + (g + 1) * target.width) / 2.0 - kpi.day
                        inside[t, i, g] = _at(kpi, cell_noise[t, g], drift, ahead, path, steps, bridges)


@njit
def _add_effects(kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, months: Any, n: int, effect: Any, start: Any,
                 due: Any, inside: Any, fan: Any) -> None:  # fmt: skip
    for c in range(given.size):
        row = given[c]
        k, ramp = row.kpi, row.ramp
        on_kpi = kpi_targets[kpis[k].target_from : kpis[k].target_to]
        for i in range(n):
            e, begin = effect[c, i], start[c, i]
            if e == 0.0:
                continue
            seen = _seen(kpis, subjects, row, begin)
            for m in range(months.size):
                fan[k, i, m] += e * (_share(months[m] - begin, ramp) - seen)
            for t in on_kpi:
                width = targets[t].width
                if targets[t].future:
                    due[t, i] += e * (_share(targets[t].due - begin, ramp) - seen)
                if width > 0.0:
                    for g in range(max(0, int(begin / width)), inside.shape[2]):
                        inside[t, i, g] += e * (_cell(g * width, (g + 1) * width, begin, ramp) - seen)


@njit
def _judge(kpis: Any, targets: Any, first: int, n: int, due: Any, inside: Any, fan: Any, unmet: Any,
           all_due: Any, all_worth: Any, all_fan: Any) -> None:  # fmt: skip
    unmet[:] = 0
    for t in range(targets.size):
        target, kpi = targets[t], kpis[targets[t].kpi]
        for i in range(n):
            worth = 0.0
            all_due[t, first + i] = _clip(kpi, due[t, i])
            if target.required and not _met(kpi, target, due[t, i]):
                unmet[target.objective, i] += 1
            if target.kind == ONCE:
                worth = _benefit(kpi, target, due[t, i])
            elif target.kind == PER_YEAR:
                for g in range(inside.shape[2]):
                    worth += _benefit(kpi, target, inside[t, i, g]) * (target.width / DAYS_PER_YEAR)
            all_worth[t, first + i] = worth
    for k in range(kpis.size):
        for m in range(fan.shape[2]):
            for i in range(n):
                all_fan[k, m, first + i] = _clip(kpis[k], fan[k, i, m])


@njit
def _collect(kpis: Any, subjects: Any, given: Any, items: Any, i: int, unit: Any, raised: Any, raise_of: Any, effect: Any, start: Any,
             lost: Any) -> int:  # fmt: skip
    """Effects that go with these items in lane i: all of a contribution, or where only the supervision made it succeed."""
    many = 0
    for place in range(items.size):
        c, by = items[place].contribution, items[place].supervision
        if effect[c, i] == 0.0:
            continue
        s = given[c].subject
        if by >= 0 and unit[s, i] < given[c].chance + raised[s, i] - raise_of[by, i]:
            continue
        lost[many].contribution, lost[many].supervision = c, by
        lost[many].size, lost[many].begin, lost[many].ramp = effect[c, i], start[c, i], given[c].ramp
        lost[many].seen = _seen(kpis, subjects, given[c], start[c, i])
        many += 1
    return many


@njit
def _keep_late(subjects: Any, given: Any, i: int, q: int, raised: Any, raise_of: Any, weight: Any, lost: Any, many: int) -> int:
    """Of these effects those that one day's delay touches, moved to the front: unfinished own work, or what supervision q still
    makes likelier (not where the chance stays at 1).
    """
    kept = 0
    for j in range(many):
        c = lost[j].contribution
        s = given[c].subject
        if q >= 0:
            touched = given[c].chance + raised[s, i] - raise_of[q, i] * weight[q, i] < 1.0
        else:
            touched = lost[j].supervision < 0 and not subjects[s].done
        if touched:
            lost[kept] = lost[j]
            kept += 1
    return kept


@njit
def _change_at(day: float, lost: Any, many: int, late: bool) -> float:
    change = 0.0
    for j in range(many):
        row = lost[j]
        part = _share(day - row.begin, row.ramp)
        part -= _share(day - (row.begin + 1.0), row.ramp) if late else row.seen
        change += row.size * part
    return change


@njit
def _lost_once(kpi: Any, target: Any, value: float, lost: Any, many: int, late: bool) -> float:
    return _benefit(kpi, target, value) - _benefit(kpi, target, value - _change_at(target.due, lost, many, late))


@njit
def _lost_yearly(kpi: Any, target: Any, values: Any, lost: Any, many: int, late: bool) -> float:
    total, width, low, high = 0.0, target.width, values.size, 0
    for j in range(many):
        low = min(low, max(0, int(lost[j].begin / width)))
        high = max(high, int((lost[j].begin + lost[j].ramp + 1.0) / width) + 1)
    for g in range(low, min(values.size, high) if late else values.size):
        change, x0, x1 = 0.0, g * width, (g + 1) * width
        for j in range(many):
            row = lost[j]
            part = _cell(x0, x1, row.begin, row.ramp)
            part -= _cell(x0, x1, row.begin + 1.0, row.ramp) if late else row.seen
            change += row.size * part
        total += (_benefit(kpi, target, values[g]) - _benefit(kpi, target, values[g] - change)) * (width / DAYS_PER_YEAR)
    return total


@njit
def _worth_lost(kpi: Any, targets: Any, on_kpi: Any, i: int, due: Any, inside: Any, lost: Any, many: int, late: bool) -> float:
    total = 0.0
    for t in on_kpi:
        if targets[t].kind == ONCE and targets[t].future:
            total += _lost_once(kpi, targets[t], due[t, i], lost, many, late)
        elif targets[t].width > 0.0:
            total += _lost_yearly(kpi, targets[t], inside[t, i], lost, many, late)
    return total


@njit
def _count_lost(kpi: Any, targets: Any, on_kpi: Any, i: int, due: Any, lost: Any, many: int, pair: int, fewer: Any, expected: Any,
                pair_lost: Any) -> bool:  # fmt: skip
    """Expected effect and attainments lost by each target of one KPI in lane i; whether a required target changed."""
    touched = False
    for t in on_kpi:
        target = targets[t]
        if target.future:
            change = _change_at(target.due, lost, many, False)
            drop = int(_met(kpi, target, due[t, i])) - int(_met(kpi, target, due[t, i] - change))
            expected[pair] += change
            pair_lost[pair] += drop
            if target.required and drop != 0:
                fewer[target.objective] += drop
                touched = True
        pair += 1
    return touched


@njit
def _take_away(kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, group: Any, segments: Any, items: Any,
               group_objective: Any, n: int, unit: Any, raised: Any, raise_of: Any, weight: Any, effect: Any, start: Any,
               due: Any, inside: Any, unmet: Any, fewer: Any, lost: Any, expected: Any, pair_lost: Any,
               objective_lost: Any) -> tuple[float, float]:  # fmt: skip
    """Worth lost without the group, and by a day's delay, summed over the block; the counts are added in place."""
    q = group.supervision
    all_worth, all_late = 0.0, 0.0
    for i in range(n):
        pair, worth, late, touched = group.pair_from, 0.0, 0.0, False
        for segment in range(group.segment_from, group.segment_to):
            kpi = kpis[segments[segment].kpi]
            on_kpi = kpi_targets[kpi.target_from : kpi.target_to]
            taken = items[segments[segment].item_from : segments[segment].item_to]
            many = _collect(kpis, subjects, given, taken, i, unit, raised, raise_of, effect, start, lost)
            if many:
                touched |= _count_lost(kpi, targets, on_kpi, i, due, lost, many, pair, fewer, expected, pair_lost)
                if kpi.rated:
                    worth += _worth_lost(kpi, targets, on_kpi, i, due, inside, lost, many, False)
                    if q >= 0 or group.delay:
                        many = _keep_late(subjects, given, i, q, raised, raise_of, weight, lost, many)
                        late += _worth_lost(kpi, targets, on_kpi, i, due, inside, lost, many, q < 0)
            pair += on_kpi.size
        all_worth += worth
        all_late += late if q < 0 else late * weight[q, i]
        if touched:
            for place in range(group.objective_from, group.objective_to):
                o = group_objective[place]
                objective_lost[place] += int(unmet[o, i] == 0) - int(unmet[o, i] + fewer[o] == 0)
                fewer[o] = 0
    return all_worth, all_late


def _simulate_part(kpis: Any, targets: Any, subjects: Any, given: Any, supervisions: Any, months: Any, month_noise: Any, due_noise: Any,
                   cell_noise: Any, path_start: Any, factor_start: Any, kpi_targets: Any, groups: Any, segments: Any, items: Any,
                   group_objective: Any, objectives: int, low: int, high: int, all_due: Any, all_worth: Any, all_fan: Any,
                   expected: Any, pair_lost: Any, objective_lost: Any, worth: Any, delay: Any) -> None:  # fmt: skip
    """Runs low..high-1: draw, add up, judge, and take every group away; sums are added to in run order."""
    unit, finish = np.empty((subjects.size, LANES)), np.empty((subjects.size, LANES))
    raised, raise_of = np.empty((subjects.size, LANES)), np.empty((supervisions.size, LANES))
    weight, factor = np.empty((supervisions.size, LANES)), np.empty((factor_start.size, LANES))
    effect, start = np.empty((given.size, LANES)), np.empty((given.size, LANES))
    due, inside = np.empty((targets.size, LANES)), np.empty((targets.size, LANES, cell_noise.shape[1]))
    fan = np.empty((kpis.size, LANES, months.size))
    unmet, fewer = np.zeros((objectives, LANES), np.int64), np.zeros(objectives, np.int64)
    lost = np.empty(given.size + 1, TAKEN)
    for first in range(low, high, LANES):
        n = min(LANES, high - first)
        _draw_subjects(subjects, first, n, unit, finish)
        _draw_raises(subjects, supervisions, first, n, finish, raised, raise_of, weight)
        _draw_effects(given, factor_start, first, n, unit, finish, raised, factor, effect, start)
        _draw_drift(kpis, targets, months, month_noise, due_noise, cell_noise, path_start, kpi_targets, first, n, due, inside, fan)
        _add_effects(kpis, targets, subjects, given, kpi_targets, months, n, effect, start, due, inside, fan)
        _judge(kpis, targets, first, n, due, inside, fan, unmet, all_due, all_worth, all_fan)
        for g in range(groups.size):
            without, later = _take_away(
                kpis, targets, subjects, given, kpi_targets, groups[g], segments, items, group_objective, n, unit, raised, raise_of,
                weight, effect, start, due, inside, unmet, fewer, lost, expected, pair_lost, objective_lost,
            )  # fmt: skip
            worth[g] += without
            delay[g] += later


def _example() -> Layout:
    data = ThreadData(
        kpis=Kpis(key=[1], value_now=[0.0]),
        objectives=Objectives(key=[1]),
        targets=Targets(key=[1], objective=[0], kpi=[0], baseline=[0.0], value=[1.0], due_day=[30.0]),
    )
    return lay_out(data, 1, (30.0,), 2)


def _inputs(lay: Layout) -> tuple[Any, ...]:
    return (
        lay.kpis, lay.targets, lay.subjects, lay.contributions, lay.supervisions, lay.months, lay.month_noise, lay.due_noise,
        lay.cell_noise, lay.path_start, lay.factor_start, lay.kpi_targets, lay.groups, lay.segments, lay.items, lay.group_objective,
        int(lay.targets["objective"].max(initial=0)) + 1,
    )  # fmt: skip


_ROW, _TABLE, _CUBE, _COUNTS = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1], types.int64[::1]
_SIGNATURE = types.void(
    *(typeof(given) for given in _inputs(_example())),
    *(types.int64, types.int64, _TABLE, _TABLE, _CUBE, _ROW, _COUNTS, _COUNTS, _ROW, _ROW),
)
_compiled = njit(_SIGNATURE, cache=True, nogil=True)(_simulate_part)


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
            total += addend
    return Outcomes(due, worth, fan), Tally(*totals)


def warm() -> None:
    """Compile every kernel of the engine, or load it from the cache, and run it once."""
    from goldenthread.engine import network_kernel

    run(_example(), LANES, 1)
    network_kernel.warm()
