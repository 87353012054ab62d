"""Critical path: early and late dates, floats and what drives each start.

Method: Kelley & Walker (1959) with the four relationship types, lags, calendars and constraints. Unfinished work never starts
before the data date. Started work keeps its actual start; its remaining duration starts when its predecessors allow (retained
logic) or at once (`retained_logic=False`, progress override). Total float = late finish - early finish; free float = the delay
that moves no successor's early dates, nor the latest finish; independent float = what is left of it where predecessors end as
late as they may (Battersby 1970). Floats are working minutes of the activity's own calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

from goldenthread.engine import driving, network_order
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import FF, FS, NONE, SF, SS, Bools, Ints, Network
from goldenthread.engine.network_order import FAR, PLAIN_LIMIT, Ready

__all__ = ["FF", "FS", "NONE", "PLAIN_LIMIT", "SF", "SS", "Network", "Schedule", "ScheduleOptions", "schedule", "tail_of"]


class FreeFloat(Enum):
    """How free float is counted: within the latest finish (ours), or as another program shows it."""

    WITHIN_FINISH, MICROSOFT, PRIMAVERA = 0, 1, 2


@dataclass(frozen=True)
class ScheduleOptions:
    """Against what late dates are counted, and which rules hold.

    `finish`: moment against which late dates are counted (None = the early finish of the network); `finishes`: the same for
    single groups; `several_paths`: an activity without successors has no float; `critical_float`: total float up to which
    an activity is critical; `dates_win`: "no later than" pulls work forward against its logic, as Microsoft Project does by
    default; `late_within_free_float`: work that is to be as late as possible moves nothing after it, as in Primavera;
    `path`: "auto", "plain" or "compiled".
    """

    finish: int | None = None
    finishes: Mapping[int, int] = field(default_factory=dict)
    critical_float: int = 0
    retained_logic: bool = True
    dates_win: bool = False
    several_paths: bool = False
    free_float: FreeFloat = FreeFloat.WITHIN_FINISH
    late_within_free_float: bool = False
    path: str = "auto"


@dataclass(frozen=True, eq=False)
class Schedule:
    """One row an activity, in the caller's order, in minutes.

    Of started work early_start is the actual start and late_start the late start of what remains; finished work has its
    actual dates, no float, and is never critical. remaining_start is the early start of what remains.
    """

    key: Ints
    early_start: Ints
    early_finish: Ints
    late_start: Ints
    late_finish: Ints
    total_float: Ints
    free_float: Ints
    critical: Bools
    remaining_start: Ints
    finish: int
    made_by: Any = field(repr=False)  # the network and its passes, for what is worked out only when asked for

    @cached_property
    def driving(self) -> Bools:
        """Of each relationship, whether it decides the start of its successor (several may)."""
        return driving.driving_links(*self.made_by)

    @cached_property
    def driving_predecessor(self) -> Ints:
        """Of each activity a row that drives its start, of several the one with the lowest key, or -1."""
        return driving.driving_predecessors(self.made_by[0], self.made_by[1], self.driving)

    @cached_property
    def longest_path(self) -> Bools:
        """Whether the activity lies on a chain of driving relationships that ends at the latest finish."""
        return driving.longest_path(self.made_by[0], self.driving, self.early_finish)

    @cached_property
    def independent_float(self) -> Ints:
        """Working minutes of delay that move no successor even where every predecessor ends as late as it may."""
        return driving.independent_float(self.made_by[0], self.made_by[1], self.free_float)


@dataclass(frozen=True, eq=False)
class Passed:
    """What the passes left, in topological order."""

    ready: Ready
    start: Ints
    finish: Ints
    late_start: Ints
    late_finish: Ints
    total: Ints
    free: Ints
    latest: int


def schedule(network: Network, options: ScheduleOptions | None = None) -> Schedule:
    """Dates and floats of a network; EngineError names the activities of a loop in order."""
    options = options or ScheduleOptions()
    rules = {"retained": options.retained_logic, "dates_win": options.dates_win}
    made = network_order.prepare(network, options.path, **rules)
    done = passed(made, options)
    while network.calendars and ran_out(done):
        wider = network_order.widened(network, made, options.path, **rules)
        if wider is None:
            raise network_order.outside_error(network, made, done.start, done.finish)
        made = wider
        done = passed(made, options)
    return _schedule(network, options, done)


def tail_of(network: Network, result: Schedule, key: int) -> tuple[int, ...]:
    """Keys of the driving chain of an activity, from the data date to the activity itself: what must be done for it to finish."""
    rows = np.flatnonzero(network.key == key)
    if not rows.size:
        raise EngineError(f"There is no activity {key}.", key)
    finished = network.actual_finish != NONE
    chain, row = [], int(rows[0])
    while row >= 0 and not finished[row]:
        chain.append(int(network.key[row]))
        row = int(result.driving_predecessor[row])
    return tuple(reversed(chain))


def passed(made: Ready, options: ScheduleOptions) -> Passed:
    """Both passes, and again from the late dates of what is to be as late as possible, which itself keeps its early dates."""
    done = both_passes(made, options, made.floor)
    if options.late_within_free_float or not np.any(made.as_late):
        return done
    moved = both_passes(made, options, np.where(made.as_late, np.maximum(done.late_start, made.floor), made.floor))
    start, finish = driving.early_dates(done, moved)
    return replace(moved, start=np.where(made.as_late, start, moved.start), finish=np.where(made.as_late, finish, moved.finish))


def both_passes(made: Ready, options: ScheduleOptions, floor: Ints) -> Passed:
    """One forward and one backward pass from these floors."""
    if not made.order.size:
        nothing = np.zeros(0, np.int64)
        return Passed(made, nothing, nothing, nothing, nothing, nothing, nothing, 0)
    postponed = options.late_within_free_float and bool(made.as_late.any())
    if made.on_one_axis and not postponed:
        return _on_one_axis(made, options, floor)
    return _with_calendars(made, options, floor, postponed=postponed)


def _on_one_axis(made: Ready, options: ScheduleOptions, floor: Ints) -> Passed:
    count = made.order.size
    passes, _, ready = network_order.passes_of(made.plain)
    start, late, free = ready(floor.copy()), ready(np.zeros(count, np.int64)), ready(np.zeros(count, np.int64))
    duration, held, out_ptr, out_to, weight = (
        ready(column) for column in (made.duration, made.held, made.out_ptr, made.out_to, made.weight)
    )
    latest = int(passes.forward(count, duration, ready(made.ceiling), out_ptr, out_to, weight, start))
    begin = np.asarray(start, np.int64)
    finish = begin + made.duration
    limit = ready(_limit(made, options, latest, finish))
    passes.backward(count, duration, limit, held, latest, options.free_float.value, out_ptr, out_to, weight, start, late, free)
    last, slack = np.asarray(late, np.int64), np.asarray(free, np.int64)
    return Passed(made, begin, finish, last, last + made.duration, last - begin, slack, latest)


def _with_calendars(made: Ready, options: ScheduleOptions, floor: Ints, *, postponed: bool) -> Passed:
    count = made.order.size
    _, passes, ready = network_order.passes_of(made.plain)
    start = ready(floor.copy())
    finish, counts, late_start, late_finish, total, free = (ready(np.zeros(count, np.int64)) for _ in range(6))
    row = [ready(column) for column in (made.calendar, made.placing, made.duration)]
    links = [ready(column) for column in (made.out_ptr, made.out_to, made.kind, made.lag, made.lag_calendar)]
    alike, table = (ready(made.alike), ready(made.weight)), ready(made.table)
    latest = int(passes.forward(count, *row, ready(made.ceiling), *links, *alike, start, finish, counts, table))
    if postponed:
        as_late = ready(made.as_late.astype(np.int64))
        passes.postpone(count, *row, as_late, latest, *links, start, finish, counts, table)
    calendars = np.arange(int(made.table[2]))
    ends = ready(np.zeros(calendars.size, np.int64))
    passes.count_all(ready(calendars), ready(np.full(calendars.size, latest)), ends, table)
    limit, held = ready(_limit(made, options, latest, np.asarray(finish, np.int64))), ready(made.held)
    rule = options.free_float.value
    passes.backward(
        count, *row, limit, held, latest, ends, rule, *links, *alike,
        start, finish, counts, late_start, late_finish, total, free, table,
    )  # fmt: skip
    found = [np.asarray(column, np.int64) for column in (start, finish, late_start, late_finish, total, free)]
    return Passed(made, found[0], found[1], found[2], found[3], found[4], found[5], latest)


def _limit(made: Ready, options: ScheduleOptions, latest: int, finish: Ints) -> Ints:
    against: Any = latest if options.finish is None else options.finish
    if options.finishes or (options.finish is None and made.groups.size > 1):
        ends = np.full(made.groups.size, -FAR)
        np.maximum.at(ends, made.group, finish)
        wanted = [options.finishes.get(name, end) for name, end in zip(made.groups.tolist(), ends.tolist(), strict=True)]
        against = np.array(wanted, np.int64)[made.group]
    limit: Ints = np.minimum(made.limit, against)
    held = np.flatnonzero(made.held)
    limit[held] = made.limit[held]
    if options.several_paths:
        limit = np.where(np.diff(made.out_ptr) == 0, np.minimum(limit, finish), limit)
    return limit


def ran_out(done: Passed) -> bool:
    """Whether a date lies outside the days that the tables of the calendars hold."""
    if not done.start.size:
        return False
    first = min(int(done.start.min()), int(done.late_start.min()))
    last = max(done.latest, int(np.where(done.late_finish < FAR, done.late_finish, 0).max()))
    return network_order.outside(done.ready, first, last)


def _schedule(network: Network, options: ScheduleOptions, passed: Passed) -> Schedule:
    place = passed.ready.place
    done, begun = (np.flatnonzero(column != NONE) for column in (network.actual_finish, network.actual_start))
    start, total, free, late = (column[place] for column in (passed.start, passed.total, passed.free, passed.late_start))
    total[done] = free[done] = 0
    critical = total <= options.critical_float
    critical[done] = False
    early = start
    if begun.size:
        early = start.copy()
        early[begun] = network.actual_start[begun]
        late[done] = early[done]
    return Schedule(
        key=network.key,
        early_start=early,
        early_finish=passed.finish[place],
        late_start=late,
        late_finish=passed.late_finish[place],
        total_float=total,
        free_float=free,
        critical=critical,
        remaining_start=start,
        finish=passed.latest,
        made_by=(network, passed),
    )
