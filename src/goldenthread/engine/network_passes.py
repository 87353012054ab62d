# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""Order, forward and backward pass of a network, written once: plain Python runs it on lists, numba compiles it for arrays.

Times are integer working minutes from the data date. `state` is 0 not started, 1 started, 2 finished; `start` and `finish` are
those of the remaining work (of finished activities the actual ones). Links are rows; `in_ptr`/`in_link` list them by successor
and `out_ptr`/`out_link` by predecessor.
"""

from __future__ import annotations

from typing import Any

FS, SS, FF, SF = 0, 1, 2, 3
NOT_STARTED, STARTED, FINISHED = 0, 1, 2


def sort_network(count: int, in_ptr: Any, out_ptr: Any, out_link: Any, link_to: Any, order: Any, waiting: Any) -> int:
    """Fill `order` with activities, predecessors first (Kahn, 1962).

    Returns how many could be placed: fewer than count means a loop.
    """
    placed, next_one = 0, 0
    for i in range(count):
        waiting[i] = in_ptr[i + 1] - in_ptr[i]
        if waiting[i] == 0:
            order[placed] = i
            placed += 1
    while next_one < placed:
        i = order[next_one]
        next_one += 1
        for place in range(out_ptr[i], out_ptr[i + 1]):
            j = link_to[out_link[place]]
            waiting[j] -= 1
            if waiting[j] == 0:
                order[placed] = j
                placed += 1
    return placed


def forward(
    order: Any, in_ptr: Any, in_link: Any, link_from: Any, kind: Any, lag: Any, rank: Any,
    duration: Any, state: Any, actual_start: Any, actual_finish: Any, not_before: Any, retained: bool,
    start: Any, finish: Any, driver: Any,
) -> int:  # fmt: skip
    """Early start and finish of the remaining work, and what drives each start; returns the latest finish.

    `driver` is a predecessor's row, or -1; of equals the one with the lowest key.
    """
    latest, any_placed = 0, False
    for i in order:
        driver[i] = -1
        if state[i] == FINISHED:
            start[i], finish[i] = actual_start[i], actual_finish[i]
        else:
            earliest = max(0, not_before[i]) if state[i] == NOT_STARTED else 0
            for place in range(in_ptr[i], in_ptr[i + 1]):
                link = in_link[place]
                how, j = kind[link], link_from[link]
                if state[i] == STARTED and not retained and how in (FS, SS):
                    continue
                begin = actual_start[j] if state[j] != NOT_STARTED else start[j]
                bound = (finish[j] if how in (FS, FF) else begin) + lag[link]
                if how in (FF, SF):
                    bound -= duration[i]
                if bound > earliest or (bound == earliest and bound > 0 and (driver[i] < 0 or rank[j] < rank[driver[i]])):
                    earliest, driver[i] = bound, j
            start[i], finish[i] = earliest, earliest + duration[i]
        if not any_placed or finish[i] > latest:
            latest, any_placed = finish[i], True
    return latest


def backward(
    order: Any, out_ptr: Any, out_link: Any, link_to: Any, kind: Any, lag: Any,
    duration: Any, state: Any, actual_start: Any, deadline: Any, retained: bool, network_finish: int, latest: int,
    start: Any, finish: Any, late_finish: Any, free: Any,
) -> None:  # fmt: skip
    """Late finish and free float.

    Late finish counts against network_finish and deadlines, free float against successors' early dates and the latest finish.
    """
    for place_in_order in range(len(order) - 1, -1, -1):
        i = order[place_in_order]
        if state[i] == FINISHED:
            late_finish[i], free[i] = finish[i], 0
            continue
        limit, slack = min(network_finish, deadline[i]), latest - finish[i]
        for place in range(out_ptr[i], out_ptr[i + 1]):
            link = out_link[place]
            how, j = kind[link], link_to[link]
            if state[j] == FINISHED or (state[j] == STARTED and not retained and how in (FS, SS)):
                continue
            from_start = how in (SS, SF)
            if from_start and state[i] == STARTED:
                continue
            late, early = late_finish[j], finish[j]
            if how in (FS, SS):
                late, early = late - duration[j], start[j]
            late -= lag[link]
            slack = min(slack, early - lag[link] - (start[i] if from_start else finish[i]))
            limit = min(limit, late + duration[i] if from_start else late)
        late_finish[i], free[i] = limit, slack
