"""A network and its draws laid out for `risk_kernel.py`: matrices of whole numbers, rows in topological order.

Along the axis of one calendar (working minutes counted) a pass only adds and compares; a row is "slow" where it must look at the
clock: by a calendar other than its neighbour's, a constraint that depends on its duration, or where it lasts no time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goldenthread.engine import network_order
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, AT_A_START, FF, FS, NONE, UNBOUND, Ints, Network
from goldenthread.engine.network_order import FAR, Ready
from goldenthread.engine.randoms import Floats, Words
from goldenthread.engine.risk_draws import Draws
from goldenthread.engine.uncertainty import TRIANGULAR

CALENDAR, PLACING, FLOOR, CEILING, SLOW, CLOCK, AXIS, COUNTED, WATCHED, GROUP = range(10)  # rows of `of_row`
TO, KIND, LAG, LAG_CALENDAR, QUICK = range(5)  # rows of `of_slot`
PLACE, TABLE, FACTOR = range(3)  # rows of `of_draw`
LOW, LIKELY, HIGH, OFFSET, SCALE, LOADING, OWN = range(7)  # rows of `of_range`
AT, HOW, OF_LAG, OF_CALENDAR, EARLIER = range(5)  # rows of `of_bind`
NO_TABLE, ALONG_CLOCK, FORWARD, BOTH_WAYS = -1, 0, 1, 2


@dataclass(frozen=True, eq=False)
class RiskColumns:
    """All that the kernel reads. duration: of rows that are not drawn, too."""

    of_row: Ints
    duration: Ints
    out_ptr: Ints
    of_slot: Ints
    of_draw: Ints
    of_range: Floats
    start: Words
    tables: Floats
    centres: Floats
    factor_start: Words
    occurs_start: Words
    impact_start: Words
    of_risk: Floats
    risk_ptr: Ints
    risk_of: Ints
    bind_ptr: Ints
    of_bind: Ints
    axis: Ints
    rate: Floats


def columns(network: Network, raw: Ready, drawn: Draws, watched: Ints, *, dates_win: bool) -> RiskColumns:
    """Laid out anew for these draws. raw: the network in order, without constraints."""
    ready = network_order.bound(network, raw, dates_win=dates_win)
    binds, rows = _binds(network, ready)
    drawn_rows = np.zeros(raw.order.size, bool)
    drawn_rows[raw.place[drawn.rows]] = True
    drawn_rows &= ~ready.done
    kept = drawn_rows[rows]  # where the duration is certain the bound is, too
    binds, rows = binds[:, kept], rows[kept]
    changes = np.zeros(raw.order.size, bool)
    changes[rows] = True
    of_row = np.zeros((10, raw.order.size), np.int64)
    of_row[CALENDAR], of_row[PLACING] = ready.calendar, ready.placing
    of_row[FLOOR], of_row[CEILING] = np.where(changes, raw.floor, ready.floor), np.where(changes, raw.ceiling, ready.ceiling)
    of_row[GROUP] = ready.group
    of_row[WATCHED] = -1
    of_row[WATCHED, raw.place[watched]] = np.arange(watched.size)
    of_slot = _slots(ready, of_row, changes)
    of_row[CLOCK] |= of_row[WATCHED] >= 0
    axes, axis = np.unique(np.stack([ready.group, ready.calendar]), axis=1, return_inverse=True)
    of_row[AXIS] = np.where(ready.done, -1, axis.reshape(-1))
    of_row[COUNTED] = _counted(ready, of_row[FLOOR])
    return RiskColumns(
        of_row,
        ready.duration,
        ready.out_ptr,
        of_slot,
        *_draws(drawn, raw.place, np.flatnonzero(drawn_rows[raw.place])),
        drawn.factor_start,
        drawn.occurs_start,
        drawn.impact_start,
        np.array([_risk(drawn, place) for place in range(len(drawn.of.risks))], np.float64).reshape(-1, 5),
        *_risks_by_draw(drawn, np.flatnonzero(drawn_rows[raw.place])),
        np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=raw.order.size))]).astype(np.int64),
        np.ascontiguousarray(binds),
        np.ascontiguousarray(axes),
        np.where(ready.done, 0.0, drawn.of.cost_per_minute[raw.order]),
    )


def _slots(ready: Ready, of_row: Ints, changes: Ints) -> Ints:
    """Relationships, and how each may be handed on; marks the rows that must look at the clock."""
    own, other = ready.calendar[ready.slot_from], ready.calendar[ready.out_to]
    along = (own == other) & (ready.placing[ready.out_to] == AT_A_START) & ((ready.lag == 0) | (ready.lag_calendar == own))
    slow = (ready.calendar >= 0) & ((ready.placing != AT_A_START) | (ready.duration == 0))
    slow |= (ready.placing != AT_A_START) & ~ready.done
    slow |= ((of_row[CEILING] < FAR) & ~ready.done) | changes
    slow[ready.out_to[~along]] = True
    of_row[SLOW] = slow
    of_row[CLOCK] = slow
    capped = (of_row[CEILING] < FAR) | changes
    quick = np.where(along, np.where(capped[ready.out_to], FORWARD, BOTH_WAYS), ALONG_CLOCK)
    of_row[CLOCK, ready.slot_from[~along]] = 1
    return np.stack([ready.out_to, ready.kind, ready.lag, ready.lag_calendar, quick])


def _binds(network: Network, ready: Ready) -> tuple[Ints, Ints]:
    """Constraints, and relationships from what already happened, of rows with one that depends on their duration; by row."""
    link = ready.known_link
    finish = (network.kind[link] == FS) | (network.kind[link] == FF)
    before = network.predecessor[link]
    moment = np.where(finish, network.actual_finish[before], network.actual_start[before])
    parts = [np.stack([moment, network.kind[link], network.lag[link], network.link_calendar[link], np.ones_like(link)])]
    rows = [ready.place[network.successor[link]]]
    for kind, at in ((network.constraint, network.constraint_at), (network.second_constraint, network.second_constraint_at)):
        bound = (kind != UNBOUND) & (kind != AS_LATE_AS_POSSIBLE) & (network.actual_finish == NONE)
        starts = (kind == 1) | (kind == 2) | (kind == 5) | (kind == 7)
        row = np.flatnonzero(bound & ~(starts & (network.actual_start != NONE)))
        nothing = np.zeros_like(row)
        parts.append(np.stack([at[row], kind[row], nothing, nothing, nothing]))
        rows.append(ready.place[row])
    binds, places = np.concatenate(parts, axis=1), np.concatenate(rows)
    earlier = binds[EARLIER] == 1
    depends = np.where(earlier, binds[HOW] >= FF, np.isin(binds[HOW], (3, 4, 6, 8)))
    kept = np.isin(places, places[depends])
    order = np.argsort(places[kept], kind="stable")
    return binds[:, kept][:, order], places[kept][order]


def _draws(drawn: Draws, place: Ints, rows: Ints) -> tuple[Ints, Floats, Words, Floats, Floats]:
    of, made = drawn.of, drawn.forms
    certain = (of.shape[rows] == TRIANGULAR) & (of.factor[rows] < 0)
    table = np.where(of.shape[rows] == 0, -2, np.where(certain, NO_TABLE, made.table_of[rows]))
    loading = of.loading[rows]
    own = np.sqrt(1.0 - loading * loading)
    of_draw = np.stack([place[rows], table, of.factor[rows]])
    of_range = np.stack([made.low[rows], of.likely[rows], made.high[rows], made.offset[rows], made.scale[rows], loading, own])
    return of_draw, of_range, drawn.start[rows], np.ascontiguousarray(made.tables), np.ascontiguousarray(made.centres)


def _risk(drawn: Draws, place: int) -> list[float]:
    risk = drawn.of.risks[place]
    return [risk.probability, risk.low, risk.likely, risk.high, float(risk.is_factor)]


def _risks_by_draw(drawn: Draws, rows: Ints) -> tuple[Ints, Ints]:
    many = np.diff(drawn.risk_ptr)[rows]
    ptr = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    within = np.arange(int(many.sum())) - np.repeat(ptr[:-1], many)
    return ptr, drawn.risk_of[np.repeat(drawn.risk_ptr[rows], many) + within]


def _counted(ready: Ready, moments: Ints) -> Ints:
    _, passes, prepared = network_order.passes_of(ready.plain)
    found = prepared(np.zeros(moments.size, np.int64))
    passes.count_all(prepared(ready.calendar), prepared(np.ascontiguousarray(moments)), found, prepared(ready.table))
    return np.asarray(found, np.int64)
