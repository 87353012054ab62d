"""Drag of critical work, and the bands of float around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from goldenthread.engine.critical_path import Schedule, ScheduleOptions
from goldenthread.engine.live_schedule import LiveSchedule
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, Ints, Network

COMPILED = 20_000  # rows looked at from which loading the compiled passes is quicker
LAYING = 8  # laying a row anew takes as long as repairing so many


def drag(network: Network, result: Schedule, options: ScheduleOptions) -> Ints:
    """How much earlier the whole would finish if what remains of an activity took no time (Devaux 1999), in minutes of the clock.

    Each unfinished activity on the longest path is taken out and put back; 0 for all others, and where the whole would finish
    later: of work that is held by its finish and starts what follows by its start.
    """
    found = np.zeros(network.key.size, np.int64)
    live = LiveSchedule(network, _options(network, result, options))
    for row in _dragging(network, result):
        live.change(row, duration=0)
        found[row] = max(0, result.finish - live.finish)
        live.change(row, duration=int(network.duration[row]))
    return found


def effort_of_drag(network: Network, result: Schedule) -> int:
    """So many rows have to be looked at for all drags at most; a million take some tenths of a second."""
    return len(_dragging(network, result)) * network.key.size * (LAYING if _is_laid_anew(network) else 1)


def _options(network: Network, result: Schedule, options: ScheduleOptions) -> ScheduleOptions:
    """Only what moves the finish: where no work is to be as late as possible, no late date does."""
    is_large = options.path == "auto" and effort_of_drag(network, result) > COMPILED
    return replace(
        options,
        several_paths=options.several_paths and _is_laid_anew(network),
        path="compiled" if is_large else options.path,
    )


def _is_laid_anew(network: Network) -> bool:
    return bool(np.any(network.constraint == AS_LATE_AS_POSSIBLE))


def bands(result: Schedule, limits: Sequence[int]) -> Ints:
    """Of each activity the number of the band of total float it lies in: 0 up to limits[0], 1 up to limits[1] ... ."""
    found: Ints = np.searchsorted(np.asarray(limits), result.total_float, side="left").astype(np.int64)
    return found


def _dragging(network: Network, result: Schedule) -> list[int]:
    rows: list[int] = np.flatnonzero(result.longest_path & (network.duration > 0)).tolist()
    return rows
