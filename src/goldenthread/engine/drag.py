"""Drag of critical work, and the bands of float around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from goldenthread.engine import network_order
from goldenthread.engine.critical_path import Schedule, ScheduleOptions, both_passes, schedule
from goldenthread.engine.network import UNBOUND, Ints, Network


def drag(network: Network, result: Schedule, options: ScheduleOptions) -> Ints:
    """How much earlier the whole would finish if what remains of an activity took no time (Devaux 1999), in minutes of the clock.

    Worked out by passes without it, for every unfinished activity on the longest path; 0 for all others.
    """
    found = np.zeros(network.key.size, np.int64)
    for row in np.flatnonzero(result.longest_path & (network.duration > 0)).tolist():
        found[row] = result.finish - _finish_without(network, result, row, options)
    return found


def bands(result: Schedule, limits: Sequence[int]) -> Ints:
    """Of each activity the number of the band of total float it lies in: 0 up to limits[0], 1 up to limits[1] ... ."""
    found: Ints = np.searchsorted(np.asarray(limits), result.total_float, side="left").astype(np.int64)
    return found


def _finish_without(network: Network, result: Schedule, row: int, options: ScheduleOptions) -> int:
    duration = network.duration.copy()
    duration[row] = 0
    if network.constraint[row] != UNBOUND or network.second_constraint[row] != UNBOUND:  # its floor depends on its duration
        columns = network.columns() | {"duration": duration}
        return schedule(Network(**columns, calendars=network.calendars, data_date=network.data_date), options).finish
    made = result.made_by[1].ready
    without = replace(made, duration=np.where(made.done, 0, duration[made.order]))
    without = replace(without, weight=network_order.weights(without))
    return both_passes(without, options, without.floor).latest
