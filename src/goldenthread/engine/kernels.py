# mypy: disable-error-code="no-any-return,no-untyped-call"
# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""The compiled twin of `simulation.py` and `leave_one_out.py`: the same formulas, a block of runs at a time.

Imported lazily; `warm()` compiles everything. Runs go in blocks of LANES and blocks in PARTS fixed stretches, each summed in
order, so the number of threads changes no bit. No fast-math: every operation is rounded as in the plain path. Inner loops
read numbers and rows, never records or views: only then does the compiler turn them into vector instructions.
"""

from __future__ import annotations

import hashlib
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit, typeof, types

from goldenthread.engine import kernel_numbers, layout, randoms
from goldenthread.engine.kernel_numbers import cell, centre, clipped, fast, gained, share, tail, triangular, uniform, within
from goldenthread.engine.layout import DAYS_PER_YEAR, GRID, Layout, lay_out
from goldenthread.engine.leave_one_out import Tally
from goldenthread.engine.simulation import Outcomes
from goldenthread.engine.thread_data import ONCE, PER_YEAR, Kpis, Objectives, Targets, ThreadData

LANES = 64
PARTS = 16
NEVER = 1e9  # days
CHANGE, WITHOUT, LATE = 0, 1, 2  # rows of a group's working arrays
_ROOTS = np.sqrt(GRID[1:] - GRID[:-1])


@fast
def _clear(table: Any, row: int) -> None:
    for i in range(LANES):
        table[row, i] = 0


@fast
def _draw_normals(sequence: Any, first: int, n: int, units: Any, out: Any, row: int) -> None:
    """Standard normals of one sequence: the middle for all lanes at once, then the few in the tails."""
    for i in range(n):
        units[0, i] = uniform(sequence, first + i)
    for i in range(n):
        out[row, i] = centre(units[0, i])
    for i in range(n):
        if abs(units[0, i] - 0.5) > 0.425:
            out[row, i] = tail(units[0, i])


@fast
def _draw_triangles(sequence: Any, first: int, n: int, low: float, likely: float, high: float, out: Any, row: int) -> None:
    for i in range(n):
        out[row, i] = triangular(uniform(sequence, first + i), low, likely, high)


@fast
def _draw_subjects(subjects: Any, days: Any, first: int, n: int, unit: Any, finish: Any) -> None:
    for s in range(subjects.size):
        row = subjects[s]
        sequence, least = row.success_start, -np.inf if row.done else 0.0
        for i in range(n):
            unit[s, i] = uniform(sequence, first + i)
        if row.runs > 0:
            day_from, runs, start = row.day_from, row.runs, row.finish_start
            for i in range(n):
                finish[s, i] = days[day_from + np.int64(uniform(start, first + i) * runs)]
        else:
            _draw_triangles(row.finish_start, first, n, row.low, row.likely, row.high, finish, s)
        for i in range(n):
            finish[s, i] = max(finish[s, i], least)


@fast
def _draw_raises(
    subjects: Any, supervisions: Any, first: int, n: int, finish: Any, raised: Any, raise_of: Any, weight: Any,
) -> None:  # fmt: skip
    raised[:] = 0.0
    for q in range(supervisions.size):
        row = supervisions[q]
        a, b = row.subject, row.supervised
        for i in range(n):
            size = triangular(uniform(row.start, first + i), row.low, row.likely, row.high)
            end, begin = finish[b, i], max(finish[a, i], 0.0)
            cover = (end - begin) / end if end > begin else 0.0
            later = (end - (begin + 1.0)) / end if end > begin + 1.0 else 0.0
            raise_of[q, i] = size * cover
            weight[q, i] = 1.0 - later / cover if cover > 0.0 and not subjects[a].done else 0.0
            raised[b, i] += raise_of[q, i]


@fast
def _draw_effects(
    kpis: Any, subjects: Any, given: Any, factor_start: Any, first: int, n: int, unit: Any, finish: Any, raised: Any,
    factor: Any, effect: Any, start: Any, seen: Any, units: Any,
) -> None:  # fmt: skip
    for f in range(factor_start.size):
        _draw_normals(factor_start[f], first, n, units, factor, f)
    for c in range(given.size):
        row = given[c]
        s, f, lag, ramp, chance, scale, day = row.subject, row.cls, row.lag, row.ramp, row.chance, row.scale, kpis[row.kpi].day
        _draw_triangles(row.effect_start, first, n, row.low, row.likely, row.high, effect, c)
        for i in range(n):
            start[c, i] = finish[s, i] + lag
            effect[c, i] = effect[c, i] * scale if unit[s, i] < chance + raised[s, i] else 0.0
        if subjects[s].done:
            for i in range(n):
                seen[c, i] = share(day - start[c, i], ramp)
        else:
            _clear(seen, c)
        if f >= 0:
            centre, spread = row.centre, row.spread
            for i in range(n):
                root = max(centre + spread * factor[f, i], 0.0)
                effect[c, i] *= root * root * root


@fast
def _draw_walk(kpi: Any, path_start: Any, k: int, first: int, n: int, path: Any, steps: Any, bridges: Any, units: Any) -> None:
    """One KPI's drift (in the last row of `path`) and the path, steps and bridges of its noise, by lane."""
    drift, rate, error = path.shape[0] - 1, kpi.drift, kpi.error
    _draw_normals(kpi.drift_start, first, n, units, path, drift)
    for i in range(n):
        path[drift, i] = rate + error * path[drift, i]
    for j in range(kpi.intervals):
        root = _ROOTS[j]
        _draw_normals(path_start[k, 0, j], first, n, units, steps, j)
        _draw_normals(path_start[k, 1, j], first, n, units, bridges, j)
        for i in range(n):
            steps[j, i] = root * steps[j, i]
            path[j + 1, i] = path[j, i] + steps[j, i]


@fast
def _put_at(kpi: Any, place: Any, ahead: float, n: int, path: Any, steps: Any, bridges: Any, out: Any, row: int) -> None:
    """The KPI's values without any work, so many days after it was measured."""
    j, part, bridge, value, noise, drift = place.interval, place.part, place.bridge, kpi.value, kpi.noise, path.shape[0] - 1
    for i in range(n):
        walk = path[j, i] + part * steps[j, i] + bridge * bridges[j, i]
        out[row, i] = value + path[drift, i] * ahead + noise * walk


@fast
def _draw_drift(
    kpis: Any, targets: Any, months: Any, month_noise: Any, due_noise: Any, cell_noise: Any, path_start: Any,
    kpi_targets: Any, first: int, n: int, due: Any, inside: Any, fan: Any, path: Any, steps: Any, bridges: Any, units: Any,
) -> None:  # fmt: skip
    cells = cell_noise.shape[1]
    for k in range(kpis.size):
        kpi = kpis[k]
        _draw_walk(kpi, path_start, k, first, n, path, steps, bridges, units)
        for m in range(months.size):
            _put_at(kpi, month_noise[k, m], months[m] - kpi.day, n, path, steps, bridges, fan, k * months.size + m)
        for place in range(kpi.target_from, kpi.target_to):
            t = kpi_targets[place]
            target = targets[t]
            due[t] = target.past
            if target.future:
                _put_at(kpi, due_noise[t], target.due - kpi.day, n, path, steps, bridges, due, t)
            if target.kind == PER_YEAR:
                for g in range(cells):
                    ahead = (g * target.width + (g + 1) * target.width) / 2.0 - kpi.day
                    _put_at(kpi, cell_noise[t, g], ahead, n, path, steps, bridges, inside, t * cells + g)


@fast
def _earliest(subject: Any, contribution: Any) -> float:
    """First day on which the contribution can act; long ago where the last measurement may hold some of it."""
    return -1e9 if subject.done else max(subject.low, 0.0) + contribution.lag


@fast
def _grown(subject: Any, contribution: Any) -> float:
    """A day from which its effect is wholly in place in every run; never where the last measurement may hold some of it."""
    return NEVER if subject.done else max(subject.high, 0.0) + contribution.lag + contribution.ramp + 1e-3


@fast
def _add_at(day: float, ramp: float, n: int, effect: Any, j: int, start: Any, seen: Any, c: int, total: Any, row: int) -> None:
    """Add what an effect (row j) moves on a day beyond what the last measurement has seen."""
    for i in range(n):
        total[row, i] += effect[j, i] * (share(day - start[c, i], ramp) - seen[c, i])


@fast
def _add_cell(
    x0: float, x1: float, ramp: float, n: int, effect: Any, j: int, start: Any, seen: Any, c: int, total: Any, row: int,
) -> None:  # fmt: skip
    """The same on average over the days x0..x1."""
    for i in range(n):
        total[row, i] += effect[j, i] * (cell(x0, x1, start[c, i], ramp) - seen[c, i])


@fast
def _add_effects(
    kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, months: Any, cells: int, n: int, effect: Any,
    start: Any, seen: Any, due: Any, inside: Any, fan: Any,
) -> None:  # fmt: skip
    for c in range(given.size):
        row = given[c]
        k, ramp, earliest = row.kpi, row.ramp, _earliest(subjects[row.subject], row)
        for m in range(months.size):
            if months[m] >= earliest:
                _add_at(months[m], ramp, n, effect, c, start, seen, c, fan, k * months.size + m)
        for place in range(kpis[k].target_from, kpis[k].target_to):
            t = kpi_targets[place]
            width = targets[t].width
            if targets[t].future and targets[t].due >= earliest:
                _add_at(targets[t].due, ramp, n, effect, c, start, seen, c, due, t)
            if width > 0.0:
                for g in range(max(0, int(min(earliest / width, float(cells)))), cells):
                    x0, x1 = g * width, (g + 1) * width
                    _add_cell(x0, x1, ramp, n, effect, c, start, seen, c, inside, t * cells + g)


@fast
def _add_benefit(kpi: Any, target: Any, years: float, n: int, values: Any, row: int, worth: Any, t: int, first: int) -> None:
    """Money at these values, a year or once."""
    floor, ceiling, low, high, rate = kpi.floor, kpi.ceiling, target.low, target.high, target.rate
    direction, baseline, cap = target.direction, target.baseline, target.cap
    if target.band:
        for i in range(n):
            worth[t, first + i] += (rate if within(low, high, clipped(floor, ceiling, values[row, i])) else 0.0) * years
    else:
        for i in range(n):
            worth[t, first + i] += gained(rate, direction, baseline, cap, clipped(floor, ceiling, values[row, i])) * years


@fast
def _add_loss(kpi: Any, target: Any, years: float, n: int, values: Any, row: int, work: Any, lost: int) -> None:
    """Money at these values less money at the values without the change in work[CHANGE], added to work[lost]."""
    floor, ceiling, low, high, rate = kpi.floor, kpi.ceiling, target.low, target.high, target.rate
    direction, baseline, cap = target.direction, target.baseline, target.cap
    if target.band:
        for i in range(n):
            before = rate if within(low, high, clipped(floor, ceiling, values[row, i])) else 0.0
            after = rate if within(low, high, clipped(floor, ceiling, values[row, i] - work[CHANGE, i])) else 0.0
            work[lost, i] += (before - after) * years
    else:
        for i in range(n):
            before = gained(rate, direction, baseline, cap, clipped(floor, ceiling, values[row, i]))
            after = gained(rate, direction, baseline, cap, clipped(floor, ceiling, values[row, i] - work[CHANGE, i]))
            work[lost, i] += (before - after) * years


@fast
def _judge(
    kpis: Any, targets: Any, cells: int, first: int, n: int, due: Any, inside: Any, fan: Any, met: Any, unmet: Any,
    all_due: Any, all_worth: Any, all_fan: Any,
) -> None:  # fmt: skip
    unmet[:] = 0
    for t in range(targets.size):
        target, kpi, o = targets[t], kpis[targets[t].kpi], targets[t].objective
        floor, ceiling, low, high = kpi.floor, kpi.ceiling, target.low, target.high
        for i in range(n):
            all_due[t, first + i] = clipped(floor, ceiling, due[t, i])
            met[t, i] = np.int64(within(low, high, clipped(floor, ceiling, due[t, i])))
        if target.required:
            for i in range(n):
                unmet[o, i] += 1 - met[t, i]
        for i in range(n):
            all_worth[t, first + i] = 0.0
        if target.kind == ONCE:
            _add_benefit(kpi, target, 1.0, n, due, t, all_worth, t, first)
        elif target.kind == PER_YEAR:
            for g in range(cells):
                _add_benefit(kpi, target, target.width / DAYS_PER_YEAR, n, inside, t * cells + g, all_worth, t, first)
    for k in range(kpis.size):
        floor, ceiling = kpis[k].floor, kpis[k].ceiling
        for m in range(all_fan.shape[1]):
            for i in range(n):
                all_fan[k, m, first + i] = clipped(floor, ceiling, fan[k * all_fan.shape[1] + m, i])


@fast
def _collect(
    given: Any, items: Any, first: int, last: int, n: int, unit: Any, raised: Any, raise_of: Any, effect: Any, size: Any,
) -> None:  # fmt: skip
    """Effects that go with these items: all of a contribution, or where only the supervision made it succeed."""
    for item in range(first, last):
        c, by, j = items[item].contribution, items[item].supervision, item - first
        if by < 0:
            for i in range(n):
                size[j, i] = effect[c, i]
        else:
            s, chance = given[c].subject, given[c].chance
            for i in range(n):
                size[j, i] = 0.0 if unit[s, i] < chance + raised[s, i] - raise_of[by, i] else effect[c, i]


@fast
def _keep_late(
    subjects: Any, given: Any, items: Any, first: int, last: int, q: int, n: int, raised: Any, raise_of: Any, weight: Any,
    size: Any,
) -> None:  # fmt: skip
    """Keep what one day's delay touches: unfinished own work, or what supervision q still makes likelier."""
    for item in range(first, last):
        c, j = items[item].contribution, item - first
        s, chance = given[c].subject, given[c].chance
        if q < 0 and (items[item].supervision >= 0 or subjects[s].done):
            _clear(size, j)
        elif q >= 0:
            for i in range(n):
                size[j, i] = 0.0 if chance + raised[s, i] - raise_of[q, i] * weight[q, i] >= 1.0 else size[j, i]


@fast
def _changes_at(
    subjects: Any, given: Any, items: Any, first: int, last: int, day: float, late: bool, n: int, start: Any, seen: Any,
    size: Any, base: int, work: Any,
) -> None:  # fmt: skip
    """What the items move on a day, or (`late`) what they move less when they come a day later: into work[CHANGE]."""
    _clear(work, CHANGE)
    for item in range(first, last):
        c, j = items[item].contribution, base + item - first
        row, subject = given[c], subjects[given[c].subject]
        ramp, earliest = row.ramp, _earliest(subject, row)
        if day < earliest:
            continue
        if not late:
            _add_at(day, ramp, n, size, j, start, seen, c, work, CHANGE)
        elif day <= _grown(subject, row) + 1.0:
            for i in range(n):
                less = share(day - start[c, i], ramp) - share(day - (start[c, i] + 1.0), ramp)
                work[CHANGE, i] += size[j, i] * less


@fast
def _changes_in(
    subjects: Any, given: Any, items: Any, first: int, last: int, x0: float, x1: float, late: bool, n: int, start: Any,
    seen: Any, size: Any, base: int, work: Any,
) -> None:  # fmt: skip
    """The same on average over the days x0..x1."""
    _clear(work, CHANGE)
    for item in range(first, last):
        c, j = items[item].contribution, base + item - first
        row, subject = given[c], subjects[given[c].subject]
        ramp, earliest = row.ramp, _earliest(subject, row)
        if x1 < earliest:
            continue
        if not late:
            _add_cell(x0, x1, ramp, n, size, j, start, seen, c, work, CHANGE)
        elif x0 <= _grown(subject, row) + 1.0:
            for i in range(n):
                less = cell(x0, x1, start[c, i], ramp) - cell(x0, x1, start[c, i] + 1.0, ramp)
                work[CHANGE, i] += size[j, i] * less


@fast
def _lost_yearly(
    kpi: Any, target: Any, subjects: Any, given: Any, items: Any, first: int, last: int, late: bool, n: int, start: Any,
    seen: Any, size: Any, base: int, inside: Any, offset: int, cells: int, work: Any, lost: int,
) -> None:  # fmt: skip
    width, low, high = target.width, NEVER, -1.0
    for item in range(first, last):
        row = given[items[item].contribution]
        low = min(low, _earliest(subjects[row.subject], row))
        high = max(high, _grown(subjects[row.subject], row) + 1.0)
    begin = max(0, int(min(low / width, float(cells))))
    end = min(cells, int(min(high / width, float(cells))) + 1) if late else cells
    for g in range(begin, end):
        x0, x1 = g * width, (g + 1) * width
        _changes_in(subjects, given, items, first, last, x0, x1, late, n, start, seen, size, base, work)
        _add_loss(kpi, target, width / DAYS_PER_YEAR, n, inside, offset + g, work, lost)


@fast
def _worth_lost(
    kpi: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, items: Any, first: int, last: int, late: bool,
    n: int, start: Any, seen: Any, size: Any, base: int, due: Any, inside: Any, cells: int, work: Any, lost: int,
) -> None:  # fmt: skip
    for place in range(kpi.target_from, kpi.target_to):
        t = kpi_targets[place]
        if targets[t].kind == ONCE and targets[t].future:
            _changes_at(subjects, given, items, first, last, targets[t].due, late, n, start, seen, size, base, work)
            _add_loss(kpi, targets[t], 1.0, n, due, t, work, lost)
        elif targets[t].width > 0.0:
            _lost_yearly(
                kpi, targets[t], subjects, given, items, first, last, late, n, start, seen, size, base, inside, t * cells,
                cells, work, lost,
            )  # fmt: skip


@fast
def _count_lost(kpi: Any, target: Any, n: int, due: Any, met: Any, t: int, work: Any, fewer: Any, o: int) -> tuple[float, Any]:
    """Expected effect and attainments lost by one target; row o of `fewer` counts them by lane."""
    expected, lost = 0.0, np.int64(0)
    floor, ceiling, low, high = kpi.floor, kpi.ceiling, target.low, target.high
    for i in range(n):
        drop = met[t, i] - np.int64(within(low, high, clipped(floor, ceiling, due[t, i] - work[CHANGE, i])))
        lost += drop
        fewer[o, i] += drop
    for i in range(n):
        expected += work[CHANGE, i]
    return expected, lost


@fast
def _count_objectives(group: Any, group_objective: Any, n: int, unmet: Any, fewer: Any, objective_lost: Any) -> None:
    for place in range(group.objective_from, group.objective_to):
        o, lost = group_objective[place], np.int64(0)
        for i in range(n):
            lost += np.int64(unmet[o, i] == 0) - np.int64(unmet[o, i] + fewer[o, i] == 0)
        objective_lost[place] += lost


@fast
def _sum_worth(n: int, work: Any, weight: Any, q: int) -> tuple[float, float]:
    worth, late = 0.0, 0.0
    for i in range(n):
        worth += work[WITHOUT, i]
        late += work[LATE, i] if q < 0 else work[LATE, i] * weight[q, i]
    return worth, late


@fast
def _take_away(
    kpis: Any, targets: Any, subjects: Any, given: Any, kpi_targets: Any, groups: Any, segments: Any, items: Any,
    group_objective: Any, cells: int, n: int, unit: Any, raised: Any, raise_of: Any, weight: Any, effect: Any, start: Any,
    seen: Any, due: Any, inside: Any, met: Any, unmet: Any, fewer: Any, kept: Any, work: Any, expected: Any, pair_lost: Any,
    objective_lost: Any, worth: Any, delay: Any,
) -> None:  # fmt: skip
    """Take every group away in turn: what a block of runs loses is added in place.

    The loop over groups stands in here because a call with so many arrays costs more than most groups do.
    """
    spare = fewer.shape[0] - 1
    for g in range(groups.size):
        group = groups[g]
        q, pair, rated = group.supervision, group.pair_from, False
        for place in range(group.objective_from, group.objective_to):
            _clear(fewer, group_objective[place])
        _clear(work, WITHOUT)
        _clear(work, LATE)
        for segment in range(group.segment_from, group.segment_to):
            kpi, first, last = kpis[segments[segment].kpi], segments[segment].item_from, segments[segment].item_to
            alone, size, base = last == first + 1 and items[first].supervision < 0, effect, items[first].contribution
            if not alone:
                size, base = kept, 0
                _collect(given, items, first, last, n, unit, raised, raise_of, effect, size)
            for place in range(kpi.target_from, kpi.target_to):
                t = kpi_targets[place]
                if targets[t].future:
                    _changes_at(subjects, given, items, first, last, targets[t].due, False, n, start, seen, size, base, work)
                    o = targets[t].objective if targets[t].required else spare
                    total, lost = _count_lost(kpi, targets[t], n, due, met, t, work, fewer, o)
                    expected[pair] += total
                    pair_lost[pair] += lost
                pair += 1
            if kpi.rated:
                rated = True
                _worth_lost(
                    kpi, targets, subjects, given, kpi_targets, items, first, last, False, n, start, seen, size, base, due,
                    inside, cells, work, WITHOUT,
                )  # fmt: skip
                if q >= 0 or (group.delay and not (alone and subjects[given[base].subject].done)):
                    if not alone:
                        _keep_late(subjects, given, items, first, last, q, n, raised, raise_of, weight, size)
                    _worth_lost(
                        kpi, targets, subjects, given, kpi_targets, items, first, last, q < 0, n, start, seen, size, base,
                        due, inside, cells, work, LATE,
                    )  # fmt: skip
        _count_objectives(group, group_objective, n, unmet, fewer, objective_lost)
        if rated:
            without, later = _sum_worth(n, work, weight, q)
            worth[g] += without
            delay[g] += later


def _simulate_part(
    kpis: Any, targets: Any, subjects: Any, days: Any, given: Any, supervisions: Any, months: Any, month_noise: Any,
    due_noise: Any, cell_noise: Any, path_start: Any, factor_start: Any, kpi_targets: Any, groups: Any, segments: Any,
    items: Any, group_objective: Any, objectives: int, low: int, high: int, all_due: Any, all_worth: Any, all_fan: Any,
    expected: Any, pair_lost: Any, objective_lost: Any, worth: Any, delay: Any,
) -> None:  # fmt: skip
    """Runs low..high-1: draw, add up, judge, and take every group away; sums are added to in run order."""
    unit, finish = np.empty((subjects.size, LANES)), np.empty((subjects.size, LANES))
    raised, raise_of = np.empty((subjects.size, LANES)), np.empty((supervisions.size, LANES))
    weight, factor = np.empty((supervisions.size, LANES)), np.empty((factor_start.size, LANES))
    effect, start, seen = np.empty((given.size, LANES)), np.empty((given.size, LANES)), np.empty((given.size, LANES))
    cells = cell_noise.shape[1]
    due, inside = np.empty((targets.size, LANES)), np.empty((targets.size * cells, LANES))
    fan = np.empty((kpis.size * months.size, LANES))
    met, unmet = np.empty((targets.size, LANES), np.int64), np.zeros((objectives, LANES), np.int64)
    fewer = np.zeros((objectives + 1, LANES), np.int64)
    path, steps, bridges = np.zeros((GRID.size + 1, LANES)), np.zeros((GRID.size, LANES)), np.zeros((GRID.size, LANES))
    longest = 1
    for segment in range(segments.size):
        longest = max(longest, segments[segment].item_to - segments[segment].item_from)
    kept, work, units = np.empty((longest, LANES)), np.empty((3, LANES)), np.empty((1, LANES))
    for first in range(low, high, LANES):
        n = min(LANES, high - first)
        _draw_subjects(subjects, days, first, n, unit, finish)
        _draw_raises(subjects, supervisions, first, n, finish, raised, raise_of, weight)
        _draw_effects(
            kpis, subjects, given, factor_start, first, n, unit, finish, raised, factor, effect, start, seen, units,
        )  # fmt: skip
        _draw_drift(
            kpis, targets, months, month_noise, due_noise, cell_noise, path_start, kpi_targets, first, n, due, inside, fan,
            path, steps, bridges, units,
        )  # fmt: skip
        _add_effects(
            kpis, targets, subjects, given, kpi_targets, months, cells, n, effect, start, seen, due, inside, fan,
        )  # fmt: skip
        _judge(kpis, targets, cells, first, n, due, inside, fan, met, unmet, all_due, all_worth, all_fan)
        _take_away(
            kpis, targets, subjects, given, kpi_targets, groups, segments, items, group_objective, cells, n, unit, raised,
            raise_of, weight, effect, start, seen, due, inside, met, unmet, fewer, kept, work, expected, pair_lost,
            objective_lost, worth, delay,
        )  # fmt: skip


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
        lay.kpis, lay.targets, lay.subjects, lay.days, lay.contributions, lay.supervisions, lay.months, lay.month_noise,
        lay.due_noise, lay.cell_noise, lay.path_start, lay.factor_start, lay.kpi_targets, lay.groups, lay.segments,
        lay.items, lay.group_objective, int(lay.targets["objective"].max(initial=0)) + 1,
    )  # fmt: skip


_ROW, _TABLE, _CUBE, _COUNTS = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1], types.int64[::1]
_SIGNATURE = types.void(
    *(typeof(given) for given in _inputs(_example())),
    *(types.int64, types.int64, _TABLE, _TABLE, _CUBE, _ROW, _COUNTS, _COUNTS, _ROW, _ROW),
)
# The cache looks at this file alone; with the name it also tells apart what is compiled in from elsewhere.
_sources = "".join(inspect.getsource(module) for module in (kernel_numbers, layout, randoms))
_simulate_part.__qualname__ += "_" + hashlib.blake2b(_sources.encode(), digest_size=6).hexdigest()
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
    from goldenthread.engine import network_kernel, risk_kernel  # noqa: F401 (its signature stands: importing compiles it)

    run(_example(), LANES, 1)
    network_kernel.warm()
