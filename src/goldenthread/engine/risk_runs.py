"""Runs of a network with drawn durations: finishes, cost, who lay on the longest path; compiled, or pass by pass as the oracle.

Every run is the forward pass of `critical_path`, with constraints bound anew, since some depend on durations. Work that is to be
as late as possible needs late dates too, so its networks go pass by pass.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from goldenthread.engine import driving, network_order, risk_draws
from goldenthread.engine.critical_path import Passed, ScheduleOptions, passed, ran_out
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, NONE, Ints, Network
from goldenthread.engine.network_order import FAR, Ready
from goldenthread.engine.randoms import Floats
from goldenthread.engine.risk_draws import Draws
from goldenthread.engine.uncertainty import CERTAIN

CHUNK = 64  # runs that a thread takes at a time


@dataclass(frozen=True, eq=False)
class Runs:
    """finish: group x run; seen: watched row x run, moments; cost: group x run, what depends on durations.

    By row: critical, in how many runs on the longest path to the finish of its group; moved and squared, the sums of what drawn
    durations differ from the stated ones, and of its square.
    """

    finish: Ints
    seen: Ints
    cost: Floats
    critical: Ints
    moved: Ints
    squared: Ints


@dataclass(frozen=True)
class RunOptions:
    """first and count: which runs. threads: change no figure. path: "compiled", or "plain" (one pass after the other)."""

    count: int
    first: int = 0
    threads: int = 2
    with_paths: bool = True
    path: str = "compiled"


def runs(network: Network, rules: ScheduleOptions, drawn: Draws, watched: Ints, options: RunOptions) -> Runs:
    """All runs; tables of calendars grow until every date lies in them."""
    plain = options.path == "plain" or bool(((network.constraint == AS_LATE_AS_POSSIBLE) & (network.actual_start == NONE)).any())
    small = network.key.size < network_order.PLAIN_LIMIT
    while True:
        raw = network_order.unbound(network, plain and small, retained=rules.retained_logic)
        if plain:
            found, inside = _one_by_one(network, rules, raw, drawn, watched, options)
        else:
            found, inside = _compiled(network, rules, raw, drawn, watched, options)
        if inside or not network.calendars:
            return _with_what_is_done(network, raw, found)
        if not network_order.widened(network, raw, rules.path, retained=rules.retained_logic, dates_win=rules.dates_win):
            raise EngineError("In some runs a date would lie outside the years 1970 to 2199.")


def _compiled(
    network: Network, rules: ScheduleOptions, raw: Ready, drawn: Draws, watched: Ints, options: RunOptions
) -> tuple[Runs, bool]:
    from goldenthread.engine import risk_columns, risk_kernel

    laid = risk_columns.columns(network, raw, drawn, watched, dates_win=rules.dates_win)
    found = _empty(network, raw, watched, options)
    held = [laid.of_row, laid.duration, laid.out_ptr, laid.of_slot, laid.of_draw, laid.of_range, laid.start, laid.tables]
    held += [laid.centres, laid.factor_start, laid.occurs_start, laid.impact_start, laid.of_risk, laid.risk_ptr, laid.risk_of]
    held += [laid.bind_ptr, laid.of_bind, laid.axis, laid.rate]
    held = [np.ascontiguousarray(column) for column in held]
    table = np.ascontiguousarray(raw.table)
    threads = max(1, min(options.threads, -(-options.count // CHUNK)))
    edges = [options.count * part // threads for part in range(threads + 1)]

    def part(place: int) -> tuple[int, Ints, Ints, Ints]:
        sums = [np.zeros(raw.order.size, np.int64) for _ in range(3)]
        own = [column[:, edges[place] : edges[place + 1]].copy() for column in (found.finish, found.seen, found.cost)]
        first = options.first + edges[place]
        lowest = risk_kernel.simulate(
            first, options.first + edges[place + 1], options.with_paths, rules.dates_win, table, *held, *own, *sums
        )
        for column, filled in zip((found.finish, found.seen, found.cost), own, strict=True):
            column[:, edges[place] : edges[place + 1]] = filled
        return lowest, *sums

    if threads == 1:
        parts = [part(0)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(part, range(threads)))
    for _, *sums in parts:
        for total, of_part in zip((found.critical, found.moved, found.squared), sums, strict=True):
            np.add(total, of_part[raw.place], out=total)
    inside = min(lowest for lowest, *_ in parts) >= 0
    return found, inside and not network_order.outside(raw, int(raw.table[0]) * 1440, int(found.finish.max(initial=0)))


def _empty(network: Network, raw: Ready, watched: Ints, options: RunOptions) -> Runs:
    groups, size = raw.groups.size, network.key.size
    sums = (np.zeros(size, np.int64) for _ in range(3))
    cost = np.zeros((groups, options.count))
    return Runs(np.full((groups, options.count), -FAR), np.zeros((watched.size, options.count), np.int64), cost, *sums)


def _with_what_is_done(network: Network, raw: Ready, found: Runs) -> Runs:
    """Finished work may be the last of its group."""
    done = network.actual_finish != NONE
    last = np.full(raw.groups.size, -FAR)
    np.maximum.at(last, raw.group[raw.place][done], network.actual_finish[done])
    return replace(found, finish=np.maximum(found.finish, last[:, None]))


def _one_by_one(
    network: Network, rules: ScheduleOptions, raw: Ready, drawn: Draws, watched: Ints, options: RunOptions
) -> tuple[Runs, bool]:
    found, inside = _empty(network, raw, watched, options), True
    numbers = np.arange(options.first, options.first + options.count)
    rows = drawn.rows[network.actual_finish[drawn.rows] == NONE]
    lasts = {row: risk_draws.durations(drawn, row, numbers) for row in rows.tolist()}
    rate = np.where(raw.done, 0.0, drawn.of.cost_per_minute[raw.order]).tolist()
    rules = replace(rules, finish=None, finishes={})
    for run in range(options.count):
        duration = raw.duration.copy()
        for row, of_row in lasts.items():
            duration[raw.place[row]] = of_row[run]
        made = network_order.bound(network, replace(raw, duration=duration), dates_win=rules.dates_win)
        done = passed(made, rules)
        inside &= not network.calendars or not ran_out(done)
        _note(network, done, found, run, watched)
        for row, per_minute in enumerate(rate):
            found.cost[raw.group[row], run] += per_minute * int(duration[row])
    for row, of_row in lasts.items():
        less = of_row - raw.duration[raw.place[row]]
        if drawn.of.shape[row] != CERTAIN or less.any():
            found.moved[row], found.squared[row] = less.sum(), (less * less).sum()
    return found, inside


def _note(network: Network, done: Passed, found: Runs, run: int, watched: Ints) -> None:
    made = done.ready
    still = ~made.done
    np.maximum.at(found.finish[:, run], made.group[still], done.finish[still])
    found.seen[:, run] = done.finish[made.place[watched]]
    drives = driving.driving_links(network, done)
    drives[made.known_link] = False  # what already happened hands nothing on
    finish, group = done.finish[made.place], made.group[made.place]
    for place in range(made.groups.size):
        own = np.where(group == place, finish, -FAR)
        if (group[network.actual_finish == NONE] == place).any():
            found.critical[:] += driving.longest_path(network, drives, own) & (group == place)
