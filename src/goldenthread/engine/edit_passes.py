# mypy: disable-error-code="no-any-return"
# ruff: noqa: FBT001 (compiled functions take every argument by place)
"""Repairing a schedule after one edit: only what the edit reaches is worked out again, each row once, in topological order.

Rows and links are tables of numbers, a line a row or link, so that all of one lies together. Early dates are pulled from
predecessors and late ones from successors; `dirty` holds a bit for each topological position that is still to be looked at.
"""

from __future__ import annotations

from typing import Any

from goldenthread.engine.calendar_passes import (
    begin_at,
    bound_by,
    counted,
    end_at,
    finish_of,
    lagged,
    settled,
    start_of,
    unlagged,
)

FAR, NONE = 1 << 60, -(1 << 63)
FS, SS, FF, SF = 0, 1, 2, 3
AT_A_START = 0
# of a row, what is looked at together beside each other: its place among others, what is entered, what follows from it
START, FINISH, FIRST_IN, FIRST_OUT, POSITION, BEGUN, DONE, CALENDAR = range(8)
DURATION, PLACING, NOT_BEFORE, DEADLINE, HOW, AT, HOW_TOO, AT_TOO = range(8, 16)
FLOOR, CEILING, GROUP, LATE_START, LATE_FINISH, LIMIT, HELD = range(16, 23)
ROW_WIDTH = 24
FROM, TO, KIND, LAG, LAG_CALENDAR, NEXT_IN, NEXT_OUT, LINK_WIDTH = range(8)
BITS = 32


def bind_row(i: int, rows: Any, data_date: int, dates_win: bool, table: Any) -> None:
    """Floor, ceiling, limit and hold of a row from what is entered. data_date: NONE where there is none."""
    done = rows[i, DONE]
    if done != NONE:
        rows[i, FLOOR] = rows[i, CEILING] = rows[i, LIMIT] = done
        rows[i, HELD] = 1
        return
    begun = rows[i, BEGUN] != NONE
    start = -1 if data_date == NONE else data_date
    floor = start if begun and data_date != NONE else max(start, rows[i, NOT_BEFORE])
    ceiling, held = FAR, 0
    limit = FAR if rows[i, DEADLINE] == NONE else rows[i, DEADLINE]
    for place in range(2):
        how, day = rows[i, HOW + 2 * place], rows[i, AT + 2 * place]
        if 0 < how < 9 and not (begun and how in (1, 2, 5, 7)):
            low, high, last, holds = bound_by(how, day, dates_win, rows[i, CALENDAR], rows[i, DURATION], table)
            floor, ceiling, limit, held = max(floor, low), min(ceiling, high), min(limit, last), max(held, holds)
    rows[i, FLOOR], rows[i, CEILING], rows[i, LIMIT], rows[i, HELD] = floor, ceiling, limit, held


def bind_all(rows: Any, data_date: int, dates_win: bool, table: Any) -> None:
    """The same for every row."""
    for i in range(len(rows)):
        bind_row(i, rows, data_date, dates_win, table)


def pull_early(i: int, rows: Any, links: Any, retained: bool, table: Any) -> bool:
    """Early dates of a row from its predecessors'; whether they changed."""
    start = finish = rows[i, DONE]
    if finish == NONE:
        start, own, duration = rows[i, FLOOR], rows[i, CALENDAR], rows[i, DURATION]
        goes_on = not retained and rows[i, BEGUN] != NONE
        link = rows[i, FIRST_IN]
        while link >= 0:
            a, how = links[link, FROM], links[link, KIND]
            if not (goes_on and how <= SS):
                moment = rows[a, FINISH]
                if how in (SS, SF):
                    moment = rows[a, START] if rows[a, BEGUN] == NONE else rows[a, BEGUN]
                bound = lagged(links[link, LAG_CALENDAR], moment, links[link, LAG], table)
                start = max(start, start_of(own, bound, duration, table) if how >= FF else bound)
            link = links[link, NEXT_IN]
        start = min(settled(own, rows[i, PLACING], start, table), rows[i, CEILING])
        finish = finish_of(own, start, duration, table)
    changed = rows[i, START] != start or rows[i, FINISH] != finish
    rows[i, START], rows[i, FINISH] = start, finish
    return changed


def pull_late(i: int, rows: Any, links: Any, against: Any, retained: bool, table: Any) -> bool:
    """Late dates of a row from its successors'; whether they changed."""
    start = finish = rows[i, DONE]
    if finish == NONE:
        own, duration, finish = rows[i, CALENDAR], rows[i, DURATION], rows[i, LIMIT]
        link = -1 if rows[i, HELD] else rows[i, FIRST_OUT]
        if not rows[i, HELD]:
            finish = min(finish, against[rows[i, GROUP]])
        while link >= 0:
            if binds(link, rows, links, retained):
                j, how = links[link, TO], links[link, KIND]
                bound = rows[j, LATE_START] if how <= SS else rows[j, LATE_FINISH]
                bound = unlagged(links[link, LAG_CALENDAR], bound, links[link, LAG], table)
                finish = min(finish, finish_of(own, bound, duration, table) if how in (SS, SF) else bound)
            link = links[link, NEXT_OUT]
        reached = counted(own, finish, table)
        if own >= 0:
            finish = end_at(own, reached, table)
        start = finish - duration
        if own >= 0 and (duration or rows[i, PLACING] == AT_A_START):
            start = begin_at(own, reached - duration, table)
        if duration == 0:
            finish = start
    changed = rows[i, LATE_START] != start or rows[i, LATE_FINISH] != finish
    rows[i, LATE_START], rows[i, LATE_FINISH] = start, finish
    return changed


def binds(link: int, rows: Any, links: Any, retained: bool) -> bool:
    """Whether a link still holds between dates to come."""
    i, j, how = links[link, FROM], links[link, TO], links[link, KIND]
    if rows[j, DONE] != NONE or rows[i, DONE] != NONE:
        return False
    if how in (SS, SF) and rows[i, BEGUN] != NONE:
        return False
    return retained or rows[j, BEGUN] == NONE or how > SS


def mark(i: int, rows: Any, dirty: Any) -> int:
    """Note that a row is to be looked at; returns its word."""
    word = rows[i, POSITION] // BITS
    dirty[word] |= 1 << (rows[i, POSITION] % BITS)
    return word


def repair_early(first: int, rows: Any, links: Any, at: Any, dirty: Any, ends: Any, retained: bool, table: Any) -> bool:
    """Early dates of a row and of all that it moves; whether a row that made the latest finish of its group now ends earlier."""
    last = word = mark(first, rows, dirty)
    link = rows[first, FIRST_OUT]
    while link >= 0:
        last = max(last, mark(links[link, TO], rows, dirty))
        link = links[link, NEXT_OUT]
    shrinks = False
    while word <= last:
        for bit in range(BITS):
            if dirty[word] == 0:
                break
            if dirty[word] >> bit & 1:
                dirty[word] ^= 1 << bit
                i = at[word * BITS + bit]
                before = rows[i, FINISH]
                if pull_early(i, rows, links, retained, table):
                    group = rows[i, GROUP]
                    shrinks = shrinks or (before == ends[group] and rows[i, FINISH] < before)
                    ends[group] = max(ends[group], rows[i, FINISH])
                    link = rows[i, FIRST_OUT]
                    while link >= 0:
                        last = max(last, mark(links[link, TO], rows, dirty))
                        link = links[link, NEXT_OUT]
        word += 1
    return shrinks


def repair_late(first: int, rows: Any, links: Any, at: Any, dirty: Any, against: Any, retained: bool, table: Any) -> None:
    """Late dates of a row and of all before it that it moves."""
    last = word = mark(first, rows, dirty)
    link = rows[first, FIRST_IN]
    while link >= 0:
        last = min(last, mark(links[link, FROM], rows, dirty))
        link = links[link, NEXT_IN]
    while word >= last:
        for place in range(BITS):
            if dirty[word] == 0:
                break
            bit = BITS - 1 - place
            if dirty[word] >> bit & 1:
                dirty[word] ^= 1 << bit
                i = at[word * BITS + bit]
                if pull_late(i, rows, links, against, retained, table):
                    link = rows[i, FIRST_IN]
                    while link >= 0:
                        last = min(last, mark(links[link, FROM], rows, dirty))
                        link = links[link, NEXT_IN]
        word -= 1


def repair(
    first: int, rows: Any, links: Any, at: Any, dirty: Any, ends: Any, against: Any, own_ends: bool,
    data_date: int, retained: bool, dates_win: bool, table: Any,
) -> None:  # fmt: skip
    """Everything that an edit of a row, or of a link at it, changes.

    own_ends: late dates count against the groups' own finishes.
    """
    bind_row(first, rows, data_date, dates_win, table)
    if repair_early(first, rows, links, at, dirty, ends, retained, table):
        ends[:] = -FAR
        for i in range(len(rows)):
            ends[rows[i, GROUP]] = max(ends[rows[i, GROUP]], rows[i, FINISH])
    moved = False
    if own_ends:
        for group in range(len(ends)):
            moved = moved or ends[group] != against[group]
            against[group] = ends[group]
    if not moved:
        repair_late(first, rows, links, at, dirty, against, retained, table)
        return
    for place in range(len(at) - 1, -1, -1):
        pull_late(at[place], rows, links, against, retained, table)


def floats(i: int, rows: Any, links: Any, ends: Any, rule: int, retained: bool, table: Any) -> tuple[int, int]:
    """Total and free float of a row; rule as in `network_passes.py`."""
    if rows[i, DONE] != NONE:
        return 0, 0
    own = rows[i, CALENDAR]
    start, end = counted(own, rows[i, START], table), counted(own, rows[i, FINISH], table)
    total = counted(own, rows[i, LATE_FINISH], table) - end
    latest = ends[0]
    for group in range(len(ends)):
        latest = max(latest, ends[group])
    until_end = counted(own, latest, table) - end
    slack = until_end if rule == 0 else FAR
    link = rows[i, FIRST_OUT]
    while link >= 0:
        if binds(link, rows, links, retained):
            j, how, where, lag = links[link, TO], links[link, KIND], links[link, LAG_CALENDAR], links[link, LAG]
            early = rows[j, START] if how <= SS else rows[j, FINISH]
            if rule and where >= 0:
                early = counted(own, early, table) - lag
            else:
                early = counted(own, unlagged(where, early, lag, table), table)
            slack = min(slack, early - (start if how in (SS, SF) else end))
        link = links[link, NEXT_OUT]
    if rule == 2 and (rows[i, HELD] == 2 or (rows[i, HELD] and slack == FAR)):
        slack = 0
    if rule and slack == FAR:
        slack = total if rule == 1 else until_end
    return total, max(0, slack) if rule else slack
