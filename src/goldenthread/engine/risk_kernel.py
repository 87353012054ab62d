# mypy: disable-error-code="no-any-return,no-untyped-call"
# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""Many runs of a network compiled: draw durations, pass forward, walk the longest path back; a block of LANES runs at a time.

The passes are those of `calendar_passes.py`, run by run the same minutes. Sums are of whole numbers, so neither threads nor
chunks change a bit. Imported lazily.
"""

from __future__ import annotations

import hashlib
import inspect
import math
from typing import Any

import numpy as np
from numba import __version__ as numba_version
from numba import njit, types

from goldenthread.engine import calendar_passes, kernel_numbers, network_kernel, risk_columns, uncertainty
from goldenthread.engine.kernel_numbers import fast, normal, triangular, uniform
from goldenthread.engine.network import AT_A_START, AT_AN_END, FF, FS, SS
from goldenthread.engine.risk_columns import (
    ALONG_CLOCK,
    AT,
    AXIS,
    BOTH_WAYS,
    CALENDAR,
    CEILING,
    CLOCK,
    COUNTED,
    EARLIER,
    FACTOR,
    FLOOR,
    GROUP,
    HIGH,
    HOW,
    KIND,
    LAG,
    LAG_CALENDAR,
    LIKELY,
    LOADING,
    LOW,
    NO_TABLE,
    OF_CALENDAR,
    OF_LAG,
    OFFSET,
    OWN,
    PLACE,
    PLACING,
    QUICK,
    SCALE,
    SLOW,
    TABLE,
    TO,
    WATCHED,
)
from goldenthread.engine.risk_draws import PER_SCORE
from goldenthread.engine.uncertainty import CELLS, EDGE, REACH

LANES = 16
FAR = 1 << 60
_parts = network_kernel.parts
counted, end_at, begin_at, settled = _parts["counted"], _parts["end_at"], _parts["begin_at"], _parts["settled"]
start_of, lagged, bound_by = _parts["start_of"], _parts["lagged"], _parts["bound_by"]


@fast
def _draw_common(first: int, factor_start: Any, occurs: Any, impact: Any, of_risk: Any, common: Any, effect: Any) -> None:
    for f in range(factor_start.size):
        for lane in range(LANES):
            common[f, lane] = normal(uniform(factor_start[f], first + lane))
    for r in range(occurs.size):
        for lane in range(LANES):
            size = triangular(uniform(impact[r], first + lane), of_risk[r, 1], of_risk[r, 2], of_risk[r, 3])
            none = 1.0 if of_risk[r, 4] > 0.0 else 0.0
            effect[r, lane] = size if uniform(occurs[r], first + lane) < of_risk[r, 0] else none


@fast
def _draw_rows(
    first: int, of_draw: Any, of_range: Any, start: Any, tables: Any, centres: Any, of_risk: Any, risk_ptr: Any, risk_of: Any,
    base: Any, common: Any, effect: Any, unit: Any, value: Any, lasts: Any,
) -> None:  # fmt: skip
    for u in range(start.size):
        i, which, factor, sequence = of_draw[PLACE, u], of_draw[TABLE, u], of_draw[FACTOR, u], start[u]
        if which == NO_TABLE:
            low, likely, high = of_range[LOW, u], of_range[LIKELY, u], of_range[HIGH, u]
            for lane in range(LANES):
                value[lane] = triangular(uniform(sequence, first + lane), low, likely, high)
        elif which < NO_TABLE:
            for lane in range(LANES):
                value[lane] = float(base[i])
        else:
            offset, scale, loading, own = of_range[OFFSET, u], of_range[SCALE, u], of_range[LOADING, u], of_range[OWN, u]
            for lane in range(LANES):
                unit[lane] = uniform(sequence, first + lane)
                place = unit[lane] * CELLS
                cell = int(place)
                read = centres[which, cell] + (place - cell) * (centres[which, cell + 1] - centres[which, cell])
                value[lane] = offset + scale * read
            for lane in range(LANES):
                if factor < 0 and EDGE <= unit[lane] <= 1.0 - EDGE:
                    continue
                score = normal(unit[lane])
                if factor >= 0:
                    score = loading * common[factor, lane] + own * score
                place = min(max((score + REACH) * PER_SCORE, 0.0), CELLS - 1e-9)
                cell = int(place)
                read = tables[which, cell] + (place - cell) * (tables[which, cell + 1] - tables[which, cell])
                value[lane] = offset + scale * read
        for at in range(risk_ptr[u], risk_ptr[u + 1]):
            r = risk_of[at]
            for lane in range(LANES):
                value[lane] = value[lane] * effect[r, lane] if of_risk[r, 4] > 0.0 else value[lane] + effect[r, lane]
        least = 1 if base[i] > 0 else 0
        for lane in range(LANES):
            lasts[i, lane] = max(math.floor(value[lane] + 0.5), least)


@fast
def _bounds_of(i: int, duration: int, of_row: Any, bind_ptr: Any, of_bind: Any, dates_win: bool, table: Any) -> tuple[int, int]:
    """Floor and ceiling of a row whose constraints depend on its duration."""
    floor, ceiling = of_row[FLOOR, i], of_row[CEILING, i]
    own, placing = of_row[CALENDAR, i], of_row[PLACING, i]
    for b in range(bind_ptr[i], bind_ptr[i + 1]):
        if of_bind[EARLIER, b] == 1:
            bound = lagged(of_bind[OF_CALENDAR, b], of_bind[AT, b], of_bind[OF_LAG, b], table)
            if of_bind[HOW, b] >= FF:
                bound = start_of(own, bound, duration, table)
            floor = max(floor, settled(own, placing, bound, table))
        else:
            low, high, _, _ = bound_by(of_bind[HOW, b], of_bind[AT, b], dates_win, own, duration, table)
            floor, ceiling = max(floor, low), min(ceiling, high)
    return floor, ceiling


@fast
def _place_row(
    i: int, of_row: Any, bind_ptr: Any, of_bind: Any, dates_win: bool, lasts: Any, begins: Any, ends: Any, counts: Any, table: Any
) -> None:
    """A row that looks at the clock: `begins` and `counts` come in as the bounds that its predecessors leave."""
    own, placing, known = of_row[CALENDAR, i], of_row[PLACING, i], of_row[COUNTED, i]
    for lane in range(LANES):
        floor, ceiling, lasting = of_row[FLOOR, i], of_row[CEILING, i], lasts[i, lane]
        begin = begins[i, lane]
        if bind_ptr[i + 1] > bind_ptr[i]:
            floor, ceiling = _bounds_of(i, lasting, of_row, bind_ptr, of_bind, dates_win, table)
            begin = max(begin, floor)
            at = counted(own, begin, table)
        elif begin <= floor:
            begin, at = floor, known
        else:
            at = counted(own, begin, table)
        if placing == AT_A_START:
            at = max(at, counts[i, lane])
            begin = at if own < 0 else begin_at(own, at, table)
        elif own >= 0 and placing == AT_AN_END and end_at(own, at, table) != begin:
            begin = begin_at(own, at, table)
        if begin > ceiling:
            begin = ceiling
            at = counted(own, begin, table)
        begins[i, lane] = begin
        counts[i, lane] = at
        ends[i, lane] = begin + lasting if own < 0 or lasting == 0 else end_at(own, at + lasting, table)


@fast
def _hand_on(
    i: int, out_ptr: Any, of_slot: Any, of_row: Any, lasts: Any, begins: Any, ends: Any, counts: Any, table: Any
) -> None:
    """Bounds that a row leaves to its successors."""
    for slot in range(out_ptr[i], out_ptr[i + 1]):
        j, how, lag = of_slot[TO, slot], of_slot[KIND, slot], of_slot[LAG, slot]
        if of_slot[QUICK, slot] == ALONG_CLOCK:
            lag_calendar, other = of_slot[LAG_CALENDAR, slot], of_row[CALENDAR, j]
            for lane in range(LANES):
                bound = lagged(lag_calendar, ends[i, lane] if how in (FS, FF) else begins[i, lane], lag, table)
                if how >= FF:
                    bound = start_of(other, bound, lasts[j, lane], table)
                begins[j, lane] = max(begins[j, lane], bound)
        elif how == FS:
            for lane in range(LANES):
                counts[j, lane] = max(counts[j, lane], counts[i, lane] + lasts[i, lane] + lag)
        elif how == SS:
            for lane in range(LANES):
                counts[j, lane] = max(counts[j, lane], counts[i, lane] + lag)
        elif how == FF:
            for lane in range(LANES):
                counts[j, lane] = max(counts[j, lane], counts[i, lane] + lasts[i, lane] + lag - lasts[j, lane])
        else:
            for lane in range(LANES):
                counts[j, lane] = max(counts[j, lane], counts[i, lane] + lag - lasts[j, lane])


@fast
def _forward(
    of_row: Any, out_ptr: Any, of_slot: Any, bind_ptr: Any, of_bind: Any, dates_win: bool, table: Any,
    lasts: Any, begins: Any, ends: Any, counts: Any, reached: Any, latest: Any,
) -> int:  # fmt: skip
    """Early dates of a block; returns the lowest count below the days laid out, or 0."""
    lowest = 0
    for i in range(of_row.shape[1]):
        own, axis, known = of_row[CALENDAR, i], of_row[AXIS, i], of_row[COUNTED, i]
        if of_row[SLOW, i]:
            _place_row(i, of_row, bind_ptr, of_bind, dates_win, lasts, begins, ends, counts, table)
            for lane in range(LANES):
                latest[of_row[GROUP, i], lane] = max(latest[of_row[GROUP, i], lane], ends[i, lane])
        else:
            for lane in range(LANES):
                counts[i, lane] = max(counts[i, lane], known)
            if axis >= 0:
                for lane in range(LANES):
                    reached[axis, lane] = max(reached[axis, lane], counts[i, lane] + lasts[i, lane])
            if of_row[CLOCK, i]:
                for lane in range(LANES):
                    at, lasting = counts[i, lane], lasts[i, lane]
                    begins[i, lane] = at if own < 0 else begin_at(own, at, table)
                    ends[i, lane] = at + lasting if own < 0 else end_at(own, at + lasting, table)
        if known < 0 and own >= 0:
            for lane in range(LANES):
                lowest = min(lowest, counts[i, lane])
        _hand_on(i, out_ptr, of_slot, of_row, lasts, begins, ends, counts, table)
    return lowest


@fast
def _walk_back(
    of_row: Any, out_ptr: Any, of_slot: Any, table: Any, lasts: Any, begins: Any, ends: Any, counts: Any,
    reached: Any, latest: Any, path: Any, valid: int, critical: Any,
) -> None:  # fmt: skip
    """Which rows lie on the longest path to the latest finish of their group."""
    for i in range(of_row.shape[1] - 1, -1, -1):
        own, axis, group = of_row[CALENDAR, i], of_row[AXIS, i], of_row[GROUP, i]
        if axis < 0:
            continue
        if of_row[SLOW, i]:
            for lane in range(LANES):
                path[i, lane] = 1 if ends[i, lane] == latest[group, lane] else 0
        else:
            for lane in range(LANES):
                path[i, lane] = 1 if counts[i, lane] + lasts[i, lane] == reached[axis, lane] else 0
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            j, how, lag = of_slot[TO, slot], of_slot[KIND, slot], of_slot[LAG, slot]
            if of_slot[QUICK, slot] != BOTH_WAYS:
                along = of_slot[QUICK, slot] != ALONG_CLOCK
                lag_calendar, other, placing = of_slot[LAG_CALENDAR, slot], of_row[CALENDAR, j], of_row[PLACING, j]
                for lane in range(LANES):
                    if path[j, lane] == 0 or path[i, lane]:
                        continue
                    if along:
                        bound = counts[i, lane] + lag + (lasts[i, lane] if how in (FS, FF) else 0)
                        bound -= lasts[j, lane] if how >= FF else 0
                        bound = bound if own < 0 else begin_at(own, bound, table)
                    else:
                        bound = lagged(lag_calendar, ends[i, lane] if how in (FS, FF) else begins[i, lane], lag, table)
                        if how >= FF:
                            bound = start_of(other, bound, lasts[j, lane], table)
                        bound = settled(other, placing, bound, table)
                    path[i, lane] = 1 if bound == begins[j, lane] else 0
            elif how == FS:
                for lane in range(LANES):
                    path[i, lane] |= path[j, lane] & (counts[i, lane] + lasts[i, lane] + lag == counts[j, lane])
            elif how == SS:
                for lane in range(LANES):
                    path[i, lane] |= path[j, lane] & (counts[i, lane] + lag == counts[j, lane])
            else:
                first = 1 if how == FF else 0
                for lane in range(LANES):
                    bound = counts[i, lane] + lasts[i, lane] * first + lag - lasts[j, lane]
                    path[i, lane] |= path[j, lane] & (bound == counts[j, lane])
        for lane in range(valid):
            critical[i] += path[i, lane]


@fast
def _fill(base: Any, lasts: Any) -> None:
    for i in range(base.size):
        for lane in range(LANES):
            lasts[i, lane] = base[i]


@fast
def _clear(of_row: Any, begins: Any, counts: Any, reached: Any, latest: Any) -> None:
    for i in range(of_row.shape[1]):
        for lane in range(LANES):
            counts[i, lane] = -FAR
        if of_row[SLOW, i]:
            for lane in range(LANES):
                begins[i, lane] = -FAR
    reached[:] = -FAR
    latest[:] = -FAR


@fast
def _end(axes: Any, table: Any, reached: Any, latest: Any) -> None:
    """The latest finish of each group; `reached` is kept of those axes alone that end there."""
    for a in range(axes.shape[1]):
        for lane in range(LANES):
            if reached[a, lane] > -FAR:
                end = reached[a, lane] if axes[1, a] < 0 else end_at(axes[1, a], reached[a, lane], table)
                latest[axes[0, a], lane] = max(latest[axes[0, a], lane], end)
    for a in range(axes.shape[1]):
        for lane in range(LANES):
            if reached[a, lane] > -FAR:
                end = reached[a, lane] if axes[1, a] < 0 else end_at(axes[1, a], reached[a, lane], table)
                reached[a, lane] = reached[a, lane] if end == latest[axes[0, a], lane] else FAR


@fast
def _note(
    at: int, valid: int, of_row: Any, rate: Any, lasts: Any, ends: Any, latest: Any, finish: Any, seen: Any, cost: Any
) -> None:
    for lane in range(valid):
        for g in range(finish.shape[0]):
            finish[g, at + lane] = latest[g, lane]
    for i in range(rate.size):
        if of_row[WATCHED, i] >= 0:
            for lane in range(valid):
                seen[of_row[WATCHED, i], at + lane] = ends[i, lane]
        if rate[i] != 0.0:
            for lane in range(valid):
                cost[of_row[GROUP, i], at + lane] += rate[i] * lasts[i, lane]


def _simulate(
    first: int, last: int, with_paths: bool, dates_win: bool, table: Any, of_row: Any, base: Any, out_ptr: Any, of_slot: Any,
    of_draw: Any, of_range: Any, start: Any, tables: Any, centres: Any, factor_start: Any, occurs: Any, impact: Any, of_risk: Any,
    risk_ptr: Any, risk_of: Any, bind_ptr: Any, of_bind: Any, axes: Any, rate: Any,
    finish: Any, seen: Any, cost: Any, critical: Any, moved: Any, squared: Any,
) -> int:  # fmt: skip
    """Runs first to last (not included). finish: by group and run; seen: finishes of watched rows; cost: by group and run.

    moved and squared: sums over runs of drawn durations less the stated ones. Returns the lowest count, below 0 where a date
    lies before the days that the calendars' tables hold.
    """
    count, groups = base.size, finish.shape[0]
    lasts, counts, path = (
        np.empty((count, LANES), np.int64),
        np.empty((count, LANES), np.int64),
        np.zeros((count, LANES), np.int64),
    )
    begins, ends = np.empty((count, LANES), np.int64), np.empty((count, LANES), np.int64)
    reached, latest = np.empty((axes.shape[1], LANES), np.int64), np.empty((groups, LANES), np.int64)
    common, effect = np.empty((factor_start.size, LANES)), np.empty((occurs.size, LANES))
    unit, value, lowest = np.empty(LANES), np.empty(LANES), 0
    _fill(base, lasts)
    for begin in range(first, last, LANES):
        valid = min(LANES, last - begin)
        _draw_common(begin, factor_start, occurs, impact, of_risk, common, effect)
        _draw_rows(
            begin, of_draw, of_range, start, tables, centres, of_risk, risk_ptr, risk_of, base, common, effect, unit, value, lasts
        )  # fmt: skip
        _clear(of_row, begins, counts, reached, latest)
        low = _forward(
            of_row, out_ptr, of_slot, bind_ptr, of_bind, dates_win, table, lasts, begins, ends, counts, reached, latest
        )  # fmt: skip
        lowest = min(lowest, low)
        _end(axes, table, reached, latest)
        _note(begin - first, valid, of_row, rate, lasts, ends, latest, finish, seen, cost)
        if with_paths:
            _walk_back(of_row, out_ptr, of_slot, table, lasts, begins, ends, counts, reached, latest, path, valid, critical)
            for u in range(start.size):
                i = of_draw[PLACE, u]
                for lane in range(valid):
                    less = lasts[i, lane] - base[i]
                    moved[i] += less
                    squared[i] += less * less
    return lowest


_I, _B, _A, _T = types.int64, types.boolean, types.int64[::1], types.int64[:, ::1]
_F, _FT, _U = types.float64[::1], types.float64[:, ::1], types.uint64[::1]
_SIGNATURE = _I(
    _I, _I, _B, _B, _A, _T, _A, _A, _T, _T, _FT, _U, _FT, _FT, _U, _U, _U, _FT, _A, _A, _A, _T, _T, _F, _T, _T, _FT, _A, _A, _A
)  # fmt: skip
_sources = "".join(inspect.getsource(module) for module in (calendar_passes, kernel_numbers, risk_columns, uncertainty))
_sources += numba_version
_simulate.__qualname__ += "_" + hashlib.blake2b(_sources.encode(), digest_size=6).hexdigest()
simulate = njit(_SIGNATURE, cache=True, nogil=True, error_model="numpy")(_simulate)
