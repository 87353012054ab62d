"""Drag of critical work, and the bands of float around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goldenthread.engine.critical_path import Schedule, ScheduleOptions
from goldenthread.engine.live_schedule import LiveSchedule
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, Ints, Network

REACHED = 300  # rows that an edit reaches, more or less, where not all are laid out anew


def drag(network: Network, result: Schedule, options: ScheduleOptions) -> Ints:
    """How much earlier the whole would finish if what remains of an activity took no time (Devaux 1999), in minutes of the clock.

    Each unfinished activity on the longest path is taken out and put back; 0 for all others.
    """
    found = np.zeros(network.key.size, np.int64)
    live = LiveSchedule(network, options)
    for row in _dragging(network, result):
        live.change(row, duration=0)
        found[row] = result.finish - live.finish
        live.change(row, duration=int(network.duration[row]))
    return found


def effort_of_drag(network: Network, result: Schedule, options: ScheduleOptions) -> int:
    """So many rows have to be looked at for all drags, more or less; a million take some tenths of a second."""
    is_laid_anew = options.several_paths or bool(np.any(network.constraint == AS_LATE_AS_POSSIBLE))
    return len(_dragging(network, result)) * (network.key.size if is_laid_anew else min(REACHED, network.key.size))


def bands(result: Schedule, limits: Sequence[int]) -> Ints:
    """Of each activity the number of the band of total float it lies in: 0 up to limits[0], 1 up to limits[1] ... ."""
    found: Ints = np.searchsorted(np.asarray(limits), result.total_float, side="left").astype(np.int64)
    return found


def _dragging(network: Network, result: Schedule) -> list[int]:
    rows: list[int] = np.flatnonzero(result.longest_path & (network.duration > 0)).tolist()
    return rows
