"""What decides the dates of a schedule: driving relationships, the longest path, independent float."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goldenthread.engine import network_order
from goldenthread.engine.network import FF, FS, NONE, Bools, Ints, Network

if TYPE_CHECKING:
    from goldenthread.engine.critical_path import Passed


def driving_links(network: Network, passed: Passed) -> Bools:
    """Of each relationship, whether the start it leaves to its successor is the start that the successor has."""
    made = passed.ready
    drives = np.zeros(network.predecessor.size, bool)
    drives[made.slot_link] = _left(passed, passed.start, passed.finish) == passed.start[made.out_to]
    drives[made.known_link] = made.known_start == passed.start[made.place[network.successor[made.known_link]]]
    return drives


def driving_predecessors(network: Network, passed: Passed, drives: Bools) -> Ints:
    """Of each activity the driving predecessor with the lowest key; -1 for none, and for what starts at the data date."""
    found = np.full(network.key.size, -1, np.int64)
    later = passed.start[passed.ready.place] > (-1 if network.data_date is None else network.data_date)
    links = np.flatnonzero(drives & later[network.successor])
    links = links[np.argsort(network.key[network.predecessor[links]], kind="stable")[::-1]]
    found[network.successor[links]] = network.predecessor[links]  # the last one written has the lowest key
    return found


def longest_path(network: Network, drives: Bools, finish: Ints) -> Bools:
    """Whether an unfinished activity lies on a chain of driving relationships that ends at the latest finish."""
    open_rows = network.actual_finish == NONE
    on_path = np.zeros(network.key.size, bool)
    if not open_rows.any():
        return on_path
    links = np.flatnonzero(drives & open_rows[network.predecessor])
    links = links[np.argsort(network.successor[links], kind="stable")]
    first = np.searchsorted(network.successor[links], np.arange(network.key.size + 1))
    waiting = np.flatnonzero(open_rows & (finish == finish[open_rows].max())).tolist()
    on_path[waiting] = True
    while waiting:
        row = waiting.pop()
        for before in network.predecessor[links[first[row] : first[row + 1]]].tolist():
            if not on_path[before]:
                on_path[before] = True
                waiting.append(before)
    return on_path


def independent_float(network: Network, passed: Passed, free: Ints) -> Ints:
    """Free float less the delay that predecessors cause by ending as late as they may; never below 0."""
    made = passed.ready
    pushed = passed.start.copy()
    np.maximum.at(pushed, made.out_to, _left(passed, passed.late_start, passed.late_finish))
    delay = _counted(passed, pushed) - _counted(passed, passed.start)
    found: Ints = np.maximum(0, free - delay[made.place])
    return np.where(network.actual_finish == NONE, found, 0)


def early_dates(first: Passed, moved: Passed) -> tuple[Ints, Ints]:
    """Starts and finishes that a second pass would leave to each row itself: where its predecessors were moved, after them."""
    made = moved.ready
    start = first.start.copy()
    np.maximum.at(start, made.out_to, _left(moved, moved.start, moved.finish))
    if made.on_one_axis:
        return start, start + made.duration
    _, passes, ready = network_order.passes_of(made.plain)
    found = ready(np.zeros(start.size, np.int64))
    passes.finish_all(ready(made.calendar), ready(made.duration), ready(start), found, ready(made.table))
    return start, np.asarray(found, np.int64)


def _left(passed: Passed, start: Ints, finish: Ints) -> Ints:
    """The earliest start each slot's link leaves to its successor, given starts and finishes of predecessors."""
    made = passed.ready
    if made.on_one_axis:
        moment = np.where((made.kind == FS) | (made.kind == FF), finish[made.slot_from], start[made.slot_from]) + made.lag
        left: Ints = moment - np.where(made.kind >= FF, made.duration[made.out_to], 0)
        return left
    _, passes, ready = network_order.passes_of(made.plain)
    columns = (made.calendar, made.placing, made.duration, made.out_ptr, made.out_to, made.kind, made.lag, made.lag_calendar)
    found = ready(np.zeros(made.out_to.size, np.int64))
    passes.bounds(
        made.order.size,
        *(ready(column) for column in (*columns, start, finish)),
        found,
        ready(made.table),
    )
    return np.asarray(found, np.int64)


def _counted(passed: Passed, moments: Ints) -> Ints:
    """Moments on the axis of each row's own calendar."""
    made = passed.ready
    if made.on_one_axis:
        return moments
    _, passes, ready = network_order.passes_of(made.plain)
    found = ready(np.zeros(moments.size, np.int64))
    passes.count_all(ready(made.calendar), ready(moments), found, ready(made.table))
    return np.asarray(found, np.int64)
