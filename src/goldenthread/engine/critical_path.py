"""Critical path: early and late dates, floats and what drives each start, on one axis of working minutes.

Method: Kelley & Walker (1959) with the four relationship types and lags. Minutes count from the data date on one working-time
axis (`calendars.WorkingTime` converts). Unfinished work never starts before minute 0. Started work keeps its actual start; its
remaining duration starts when its predecessors allow (retained logic) or at once (`retained_logic=False`). Total float = late
finish - early finish; free float = the delay of an activity that moves no successor's early dates, nor the latest finish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine import network_passes
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network_passes import FF, FINISHED, FS, NOT_STARTED, SF, SS, STARTED

__all__ = ["FF", "FS", "NONE", "SF", "SS", "Network", "Schedule", "ScheduleOptions", "schedule", "tail_of"]

Ints = npt.NDArray[np.int64]
NONE = int(np.iinfo(np.int64).min)  # no actual date, no deadline
PLAIN_LIMIT = 2_000
FAR = 1 << 60
MAX_MINUTES = 1 << 40
NAMED = 12  # so many activities of a loop are named; all of them are in the error's items


def _column(values: Any, size: int, default: int) -> Ints:
    if values is None:
        return np.full(size, default, np.int64)
    return np.array(values, dtype=np.int64).reshape(-1)


@dataclass(frozen=True, eq=False)
class Network:
    """Activities and relationships as int64 columns (lists or arrays).

    key, duration (remaining minutes, >= 0); a relationship i leads from row predecessor[i] to row successor[i] with kind FS,
    SS, FF or SF and a lag in minutes (negative = lead). Optional a row: not_before (minute, -1 = none), actual_start,
    actual_finish and deadline (minute, NONE = none; actual ones <= 0).
    """

    key: Ints
    duration: Ints
    predecessor: Ints
    successor: Ints
    kind: Any = None
    lag: Any = None
    not_before: Any = None
    actual_start: Any = None
    actual_finish: Any = None
    deadline: Any = None

    def __post_init__(self) -> None:
        size, links = np.asarray(self.key).size, np.asarray(self.predecessor).size
        defaults = {"not_before": -1, "actual_start": NONE, "actual_finish": NONE, "deadline": NONE, "kind": FS, "lag": 0}
        for name in self.__dataclass_fields__:
            of_link = name in {"predecessor", "successor", "kind", "lag"}
            values = _column(getattr(self, name), links if of_link else size, defaults.get(name, 0))
            if values.size != (links if of_link else size):
                raise EngineError(f"The column {name} has {values.size} rows.")
            object.__setattr__(self, name, values)
        _check(self)


@dataclass(frozen=True)
class ScheduleOptions:
    """Against what late dates are counted, and which rules hold.

    `finish`: minute against which late dates are counted (None = the early finish of the network); `critical_float`: total
    float up to which an activity is critical; `path`: "auto", "plain" or "compiled".
    """

    finish: int | None = None
    critical_float: int = 0
    retained_logic: bool = True
    path: str = "auto"


@dataclass(frozen=True, eq=False)
class Schedule:
    """One row an activity, in the caller's order, in minutes.

    Of started work early_start is the actual start and late_start the late start of what remains; finished work has its
    actual dates, no float, and is never critical. `driving_predecessor` is a row or -1.
    """

    key: Ints
    early_start: Ints
    early_finish: Ints
    late_start: Ints
    late_finish: Ints
    total_float: Ints
    free_float: Ints
    critical: npt.NDArray[np.bool_]
    driving_predecessor: Ints
    finish: int


def schedule(network: Network, options: ScheduleOptions | None = None) -> Schedule:
    """Dates and floats of a network; EngineError names the activities of a loop in order."""
    options = options or ScheduleOptions()
    plain = len(network.key) < PLAIN_LIMIT if options.path == "auto" else options.path == "plain"
    if plain:
        passes: Any = network_passes
    else:
        from goldenthread.engine import network_kernel as passes
    ready: Any = np.ndarray.tolist if plain else np.ascontiguousarray
    count, state = len(network.key), _state(network)
    in_ptr, in_link = _by_end(network.successor, count)
    out_ptr, out_link = _by_end(network.predecessor, count)
    columns = (network.duration, state, network.actual_start, network.actual_finish, network.not_before, network.deadline)
    duration, states, actual_start, actual_finish, not_before, deadline = (ready(column) for column in columns)
    kind, lag, link_from, link_to = (ready(c) for c in (network.kind, network.lag, network.predecessor, network.successor))
    in_ptr, in_link, out_ptr, out_link = (ready(c) for c in (in_ptr, in_link, out_ptr, out_link))
    rank = ready(np.argsort(np.argsort(network.key, kind="stable"), kind="stable"))
    order, waiting, start, finish, late_finish, free, driver = (ready(np.zeros(count, np.int64)) for _ in range(7))
    placed = passes.sort_network(count, in_ptr, out_ptr, out_link, link_to, order, waiting)
    if placed < count:
        raise _loop_error(network, np.asarray(waiting))
    retained = options.retained_logic
    latest = passes.forward(
        order, in_ptr, in_link, link_from, kind, lag, rank,
        duration, states, actual_start, actual_finish, not_before, retained, start, finish, driver,
    )  # fmt: skip
    against = latest if options.finish is None else options.finish
    deadline = ready(np.where(network.deadline == NONE, FAR, network.deadline))
    passes.backward(
        order, out_ptr, out_link, link_to, kind, lag,
        duration, states, actual_start, deadline, retained, against, latest, start, finish, late_finish, free,
    )  # fmt: skip
    return _schedule(network, options, state, latest, start, finish, late_finish, free, driver)


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


def _schedule(
    network: Network,
    options: ScheduleOptions,
    state: Ints,
    latest: int,
    start: Any,
    finish: Any,
    late: Any,
    free: Any,
    driver: Any,
) -> Schedule:
    early_finish, late_finish = np.asarray(finish, np.int64), np.asarray(late, np.int64)
    done = state == FINISHED
    total = np.where(done, 0, late_finish - early_finish)
    begun = np.where(state == NOT_STARTED, np.asarray(start, np.int64), network.actual_start)
    return Schedule(
        key=network.key,
        early_start=begun,
        early_finish=early_finish,
        late_start=np.where(done, begun, late_finish - network.duration),
        late_finish=late_finish,
        total_float=total,
        free_float=np.asarray(free, np.int64),
        critical=(total <= options.critical_float) & ~done,
        driving_predecessor=np.asarray(driver, np.int64),
        finish=int(latest),
    )


def _state(network: Network) -> Ints:
    started, done = network.actual_start != NONE, network.actual_finish != NONE
    return np.where(done, FINISHED, np.where(started, STARTED, NOT_STARTED)).astype(np.int64)


def _by_end(ends: Ints, count: int) -> tuple[Ints, Ints]:
    """Links listed by one of their ends: pointers (count + 1) and link rows."""
    return np.searchsorted(np.sort(ends), np.arange(count + 1)).astype(np.int64), np.argsort(ends, kind="stable").astype(np.int64)


def _check(network: Network) -> None:
    keys, count = network.key, len(network.key)
    _refuse(network, network.duration < 0, "its duration is negative")
    _refuse(network, network.duration > MAX_MINUTES, "its duration is too long")
    only_finish = (network.actual_finish != NONE) & (network.actual_start == NONE)
    _refuse(network, only_finish, "it has an actual finish and no actual start")
    future = (np.maximum(network.actual_start, network.actual_finish) > 0) & (network.actual_start != NONE)
    _refuse(network, future, "an actual date lies after the data date")
    backwards = (network.actual_finish != NONE) & (network.actual_finish < network.actual_start)
    _refuse(network, backwards, "it finished before it started")
    ends = np.concatenate([network.predecessor, network.successor])
    if np.any((ends < 0) | (ends >= count)):
        raise EngineError("A relationship names no activity.")
    _, first = np.unique(keys, return_index=True)
    if first.size < count:
        _refuse(network, ~np.isin(np.arange(count), first), "its key stands twice")
    bad = (network.kind < FS) | (network.kind > SF) | (np.abs(network.lag) > MAX_MINUTES)
    if np.any(bad):
        key = int(keys[network.successor[np.flatnonzero(bad)[0]]])
        raise EngineError(f"A relationship to activity {key} has an unknown type or a lag that is too long.", key)


def _refuse(network: Network, bad: npt.NDArray[np.bool_], reason: str) -> None:
    if np.any(bad):
        key = int(network.key[np.flatnonzero(bad)[0]])
        raise EngineError(f"Activity {key} cannot be scheduled: {reason}.", key)


def _loop_error(network: Network, waiting: Ints) -> EngineError:
    """Walk back through activities that wait for each other until one comes again; report the loop from its lowest key."""
    before: dict[int, int] = {}
    for j, i in zip(network.successor.tolist(), network.predecessor.tolist(), strict=True):
        if waiting[j] > 0 and waiting[i] > 0 and (j not in before or network.key[i] < network.key[before[j]]):
            before[j] = i
    row, seen = next(iter(before)), dict[int, int]()
    while row not in seen:
        seen[row] = len(seen)
        row = before[row]
    loop = [int(network.key[i]) for i, place in seen.items() if place >= seen[row]][::-1]
    first = loop.index(min(loop))
    loop = loop[first:] + loop[:first]
    named = " -> ".join(str(key) for key in [*loop[:NAMED], *(["..."] if len(loop) > NAMED else []), loop[0]])
    return EngineError(f"These activities wait for each other in a loop: {named}.", loop[0], tuple(loop))
