# mypy: disable-error-code="no-any-return"
"""Order and the two passes of a network on one working-time axis, written once: plain Python runs them on lists, numba on arrays.

After `arrange` rows stand in topological order and links are listed by predecessor: those of row i are
out_ptr[i] <= slot < out_ptr[i + 1]. On one axis each link is a bound from start to start: start[to] >= start[i] + weight.
"""

from __future__ import annotations

from typing import Any

FAR = 1 << 60


def arrange(count: int, before: Any, after: Any, ptr: Any, slots: Any, waiting: Any, order: Any) -> int:
    """Fill `order` with rows, predecessors first (Kahn, 1962), and `ptr` and `slots` with the links of each row.

    Returns how many rows could be placed: fewer than count means a loop among those still waiting.
    """
    for link in range(len(before)):
        ptr[before[link] + 1] += 1
        waiting[after[link]] += 1
    for i in range(count):
        ptr[i + 1] += ptr[i]
    for link in range(len(before) - 1, -1, -1):
        ptr[before[link] + 1] -= 1
        slots[ptr[before[link] + 1]] = link
    for i in range(count):  # the loop above left every pointer one row too far
        ptr[i] = ptr[i + 1]
    ptr[count] = len(before)
    placed, at = 0, 0
    for i in range(count):
        if waiting[i] == 0:
            order[placed] = i
            placed += 1
    while at < placed:
        i = order[at]
        at += 1
        for slot in range(ptr[i], ptr[i + 1]):
            j = after[slots[slot]]
            waiting[j] -= 1
            if waiting[j] == 0:
                order[placed] = j
                placed += 1
    return placed


def forward(count: int, duration: Any, ceiling: Any, out_ptr: Any, out_to: Any, weight: Any, start: Any) -> int:
    """Early starts; `start` comes in as the floor of each row. Returns the latest finish."""
    latest = start[0] + duration[0]
    for i in range(count):
        begin = min(start[i], ceiling[i])
        start[i] = begin
        latest = max(latest, begin + duration[i])
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            bound, j = begin + weight[slot], out_to[slot]
            start[j] = max(start[j], bound)
    return latest


def backward(
    count: int, duration: Any, limit: Any, held: Any, latest: int, rule: int,
    out_ptr: Any, out_to: Any, weight: Any, start: Any, late: Any, free: Any,
) -> None:  # fmt: skip
    """Late starts against the limits of finishes, and free float.

    held: 1 and 2 (by its finish): the late date is the limit, whatever follows. rule: 0 free float ends with the latest finish;
    others show none below 0: 1 the total float where nothing follows (Microsoft Project), 2 up to the latest finish there, and 0
    where a finish is held (Primavera).
    """
    for i in range(count - 1, -1, -1):
        begin = start[i]
        last = limit[i] - duration[i]
        until_end = latest - duration[i] - begin
        slack = until_end if rule == 0 else FAR
        own = last
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            j = out_to[slot]
            last = min(last, late[j] - weight[slot])
            slack = min(slack, start[j] - weight[slot] - begin)
        late[i] = own if held[i] else last
        if rule == 2 and (held[i] == 2 or (held[i] and slack == FAR)):
            slack = 0
        if rule and slack == FAR:
            slack = late[i] - begin if rule == 1 else until_end
        free[i] = max(0, slack) if rule else slack
