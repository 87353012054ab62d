# mypy: disable-error-code="no-any-return"
# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""The two passes of a network with calendars, written once: plain Python runs them on lists, numba compiles them for arrays.

Moments are minutes since 1970-01-01T00:00. `table` is laid out in `minute_tables.py`. A moment of so many working
minutes is reached as an end (`end_at`, the earliest such moment) or as a beginning (`begin_at`, the latest): going forward one
reaches ends, going back beginnings. Calendar -1 counts every minute.
"""

from __future__ import annotations

from typing import Any

DAY, HEAD, BUCKET_BITS, FAR = 1440, 3, 8, 1 << 60
FS, SS, FF, SF = 0, 1, 2, 3
AT_A_START, AT_AN_END, ANYWHERE = 0, 1, 2
UNLIKE, AT_FINISHES, AT_BOTH_ENDS = 0, 1, 2  # a link whose ends do not share an axis; do so in late dates; in early ones, too


def worked(calendar: int, moment: int, table: Any) -> int:
    """Working minutes of a calendar before a moment."""
    day = moment // DAY - table[0]
    if day < 0:
        return moment - table[0] * DAY
    if day >= table[1]:
        return table[HEAD + 2 * calendar + 1] + moment - (table[0] + table[1]) * DAY
    at = table[HEAD + 2 * table[2] + calendar * table[1] + day]
    while table[at + 1] <= moment:
        at += 3
    return table[at + 2] + max(0, moment - table[at])


def end_at(calendar: int, count: int, table: Any) -> int:
    """The earliest moment before which so much was worked."""
    if count <= 0:
        return table[0] * DAY + count
    if count > table[HEAD + 2 * calendar + 1]:
        return (table[0] + table[1]) * DAY + count - table[HEAD + 2 * calendar + 1]
    at = table[table[HEAD + 2 * calendar] + (count >> BUCKET_BITS)]
    while table[at + 5] < count:
        at += 3
    return table[at] + count - table[at + 2]


def begin_at(calendar: int, count: int, table: Any) -> int:
    """The latest moment before which no more than this was worked."""
    if count < 0:
        return table[0] * DAY + count
    if count >= table[HEAD + 2 * calendar + 1]:
        return (table[0] + table[1]) * DAY + count - table[HEAD + 2 * calendar + 1]
    at = table[table[HEAD + 2 * calendar] + (count >> BUCKET_BITS)]
    while table[at + 5] <= count:
        at += 3
    return table[at] + count - table[at + 2]


def settled(calendar: int, placing: int, moment: int, table: Any) -> int:
    """The first moment from this one on at which work of this kind may begin."""
    if calendar < 0 or placing == ANYWHERE:
        return moment
    count = worked(calendar, moment, table)
    if placing == AT_AN_END and end_at(calendar, count, table) == moment:
        return moment
    return begin_at(calendar, count, table)


def finish_of(calendar: int, start: int, duration: int, table: Any) -> int:
    """When work of this duration ends."""
    if calendar < 0 or duration == 0:
        return start + duration
    return end_at(calendar, worked(calendar, start, table) + duration, table)


def start_of(calendar: int, finish: int, duration: int, table: Any) -> int:
    """When work of this duration must begin to end then."""
    if calendar < 0 or duration == 0:
        return finish - duration
    return begin_at(calendar, worked(calendar, finish, table) - duration, table)


def lagged(calendar: int, moment: int, lag: int, table: Any) -> int:
    """A lag after a moment, which ends there; or, negative, a lead before it, which begins there."""
    if calendar < 0 or lag == 0:
        return moment + lag
    count = worked(calendar, moment, table) + lag
    return end_at(calendar, count, table) if lag > 0 else begin_at(calendar, count, table)


def unlagged(calendar: int, moment: int, lag: int, table: Any) -> int:
    """The moment of which this one is a lag later, or a lead earlier."""
    if calendar < 0 or lag == 0:
        return moment - lag
    count = worked(calendar, moment, table) - lag
    return begin_at(calendar, count, table) if lag > 0 else end_at(calendar, count, table)


def counted(calendar: int, moment: int, table: Any) -> int:
    """A moment on the axis in which floats of this calendar are measured."""
    return moment if calendar < 0 else worked(calendar, moment, table)


def bound_by(how: int, day: int, dates_win: bool, calendar: int, duration: int, table: Any) -> tuple[int, int, int, int]:
    """Floor and ceiling of the early start, limit of the late finish, and what holds it (0, 1 its start, 2 its finish).

    how: 1 to 8 as in `network.py`; dates_win: "no later than" also pulls early dates forward, against the logic.
    """
    starts = how in (1, 2, 5, 7)
    start = day if starts else start_of(calendar, day, duration, table)
    finish = finish_of(calendar, day, duration, table) if starts else day
    floor = start if how in (1, 3, 5, 6, 7, 8) else -FAR
    ceiling = start if how in (7, 8) or (dates_win and how in (2, 4)) else FAR
    limit = finish if how in (2, 4, 5, 6, 7, 8) else FAR
    return floor, ceiling, limit, max(0, how - 6)


def forward(
    count: int, calendar: Any, placing: Any, duration: Any, ceiling: Any, out_ptr: Any, out_to: Any, kind: Any, lag: Any,
    lag_calendar: Any, alike: Any, weight: Any, start: Any, finish: Any, start_count: Any, table: Any,
) -> int:  # fmt: skip
    """Early starts and finishes; `start` comes in as the floor of each row. Returns the latest finish.

    start_count: each start on the axis of its own calendar; its finish lies `duration` later there. Between two rows of one
    calendar (`alike`, `weight`: as in `network_order.py`) bounds are handed on along that axis, without a look into the table.
    """
    latest = -FAR
    known_calendar, known_begin, known = -2, 0, 0  # most rows have the floor of the row before
    for i in range(count):
        start_count[i] = -FAR
    for i in range(count):
        own, begin = calendar[i], start[i]
        if own != known_calendar or begin != known_begin:
            known_calendar, known_begin, known = own, begin, counted(own, begin, table)
        at = known
        if placing[i] == AT_A_START:
            at = max(at, start_count[i])
            begin = at if own < 0 else begin_at(own, at, table)
        elif own >= 0 and placing[i] == AT_AN_END and end_at(own, at, table) != begin:
            begin = begin_at(own, at, table)
        if begin > ceiling[i]:
            begin = ceiling[i]
            at = counted(own, begin, table)
        end = begin + duration[i] if own < 0 or duration[i] == 0 else end_at(own, at + duration[i], table)
        start[i], finish[i], start_count[i] = begin, end, at
        latest = max(latest, end)
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            j = out_to[slot]
            if alike[slot] == AT_BOTH_ENDS:
                start_count[j] = max(start_count[j], at + weight[slot])
                continue
            how = kind[slot]
            bound = lagged(lag_calendar[slot], end if how in (FS, FF) else begin, lag[slot], table)
            if how >= FF:
                bound = start_of(calendar[j], bound, duration[j], table)
            start[j] = max(start[j], bound)
    return latest


def backward(
    count: int, calendar: Any, placing: Any, duration: Any, limit: Any, held: Any, latest: int, ends: Any, rule: int,
    out_ptr: Any, out_to: Any, kind: Any, lag: Any, lag_calendar: Any, alike: Any, weight: Any,
    start: Any, finish: Any, start_count: Any, late_start: Any, late_finish: Any, total: Any, free: Any, table: Any,
) -> None:  # fmt: skip
    """Late dates against the limits of finishes, total and free float in working minutes of each row's calendar.

    ends: `latest` on the axis of each calendar. held: 1 and 2 (by its finish): the late date is the limit, whatever follows.
    rule: of free float, as in `network_passes.py`.
    """
    for i in range(count - 1, -1, -1):
        own, last, at = calendar[i], FAR, start_count[i]
        end = at + duration[i]
        whole = latest if own < 0 else ends[own]
        until_end = whole - end
        reached = whole if limit[i] == latest else counted(own, limit[i], table)
        slack = until_end if rule == 0 else FAR
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            j = out_to[slot]
            if alike[slot]:
                begin = start_count[j] - weight[slot]
                slack = min(slack, begin - at)
                if not held[i]:
                    reached = min(reached, begin + total[j] + duration[i])
                continue
            how = kind[slot]
            if rule and lag_calendar[slot] >= 0:  # they take the lag off in the predecessor's calendar
                early = counted(own, start[j] if how <= SS else finish[j], table) - lag[slot]
            else:
                early = unlagged(lag_calendar[slot], start[j] if how <= SS else finish[j], lag[slot], table)
                early = counted(own, early, table)
            if how in (SS, SF):
                early += duration[i]
            slack = min(slack, early - end)
            if held[i]:
                continue
            bound = unlagged(lag_calendar[slot], late_start[j] if how <= SS else late_finish[j], lag[slot], table)
            last = min(last, finish_of(own, bound, duration[i], table) if how in (SS, SF) else bound)
        if last < FAR:
            reached = min(reached, counted(own, last, table))
        last = reached if own < 0 else end_at(own, reached, table)
        late_start[i] = last - duration[i]
        if own >= 0 and (duration[i] or placing[i] == AT_A_START):
            late_start[i] = begin_at(own, reached - duration[i], table)
        late_finish[i] = last if duration[i] else late_start[i]
        total[i] = reached - end
        if rule == 2 and (held[i] == 2 or (held[i] and slack == FAR)):
            slack = 0
        if rule and slack == FAR:
            slack = total[i] if rule == 1 else until_end
        free[i] = max(0, slack) if rule else slack


def postpone(
    count: int, calendar: Any, placing: Any, duration: Any, as_late: Any, latest: int,
    out_ptr: Any, out_to: Any, kind: Any, lag: Any, lag_calendar: Any, start: Any, finish: Any, start_count: Any, table: Any,
) -> None:  # fmt: skip
    """Move early dates of rows that are to be as late as possible to the end of their free float, the last ones first."""
    for i in range(count - 1, -1, -1):
        own, last = calendar[i], FAR
        if not as_late[i]:
            continue
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            how, j = kind[slot], out_to[slot]
            bound = unlagged(lag_calendar[slot], start[j] if how <= SS else finish[j], lag[slot], table)
            last = min(last, finish_of(own, bound, duration[i], table) if how in (SS, SF) else bound)
        last = latest if last == FAR else last
        reached = counted(own, last, table)
        if reached <= start_count[i] + duration[i]:
            continue
        start_count[i] = reached - duration[i]
        finish[i] = last if own < 0 else end_at(own, reached, table)
        start[i] = finish[i] - duration[i]
        if own >= 0 and (duration[i] or placing[i] == AT_A_START):
            start[i] = begin_at(own, start_count[i], table)
        if duration[i] == 0:
            finish[i] = start[i]


def bounds(
    count: int, calendar: Any, placing: Any, duration: Any,
    out_ptr: Any, out_to: Any, kind: Any, lag: Any, lag_calendar: Any, start: Any, finish: Any, found: Any, table: Any,
) -> None:  # fmt: skip
    """The earliest start that each link leaves to its successor, given starts and finishes of predecessors."""
    for i in range(count):
        for slot in range(out_ptr[i], out_ptr[i + 1]):
            how, j = kind[slot], out_to[slot]
            bound = lagged(lag_calendar[slot], finish[i] if how in (FS, FF) else start[i], lag[slot], table)
            if how >= FF:
                bound = start_of(calendar[j], bound, duration[j], table)
            found[slot] = settled(calendar[j], placing[j], bound, table)


def settle_known(
    moment: Any, to: Any, kind: Any, lag: Any, lag_calendar: Any,
    calendar: Any, placing: Any, duration: Any, floor: Any, found: Any, table: Any,
) -> None:  # fmt: skip
    """Raise floors by links whose predecessor's end already happened (`moment`); `found`: the start each leaves."""
    for link in range(len(moment)):
        j = to[link]
        bound = lagged(lag_calendar[link], moment[link], lag[link], table)
        if kind[link] >= FF:
            bound = start_of(calendar[j], bound, duration[j], table)
        found[link] = settled(calendar[j], placing[j], bound, table)
        floor[j] = max(floor[j], found[link])


def constrain(
    rows: Any, constraint: Any, at: Any, dates_win: bool, calendar: Any, duration: Any,
    floor: Any, ceiling: Any, limit: Any, held: Any, table: Any,
) -> None:  # fmt: skip
    """Turn constraints into floors and ceilings of early starts and limits of late finishes."""
    for place in range(len(rows)):
        i = rows[place]
        low, high, last, holds = bound_by(constraint[place], at[place], dates_win, calendar[i], duration[i], table)
        floor[i], ceiling[i], limit[i] = max(floor[i], low), min(ceiling[i], high), min(limit[i], last)
        held[i] = max(held[i], holds)


def finish_all(calendar: Any, duration: Any, start: Any, found: Any, table: Any) -> None:
    """The finish of each row from its start."""
    for i in range(len(start)):
        found[i] = finish_of(calendar[i], start[i], duration[i], table)


def count_all(calendar: Any, moment: Any, found: Any, table: Any) -> None:
    """Moments on the axes in which floats are measured."""
    for i in range(len(moment)):
        found[i] = counted(calendar[i], moment[i], table)
