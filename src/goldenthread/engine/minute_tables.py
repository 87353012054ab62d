"""Working calendars laid out as one flat table of minutes, so that a pass counts working time by look-up.

Minutes count from 1970-01-01T00:00. A stretch is one shift of one day: begin, end, working minutes before it. Places in the
table: 0 first day laid out, 1 number of days, 2 number of calendars; from HEAD two numbers a calendar (the place of its
`by_count`, its working minutes in all); then `by_day` (a calendar after the other: the place of the first stretch that ends
after the beginning of the day), `by_count` (of the first stretch that reaches a multiple of 256 working minutes), and the
stretches. Outside the days laid out every minute counts, so a pass that ran past them shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from goldenthread.engine.calendars import FIRST_DAY, WorkingTime

Ints = npt.NDArray[np.int64]
DAY = 1440
HEAD = 3
BUCKET_BITS = 8
NEVER = 1 << 60


def minute_table(calendars: Sequence[WorkingTime], first_day: int, days: int) -> Ints:
    """The table of these calendars for so many days from a day number (0 = 1970-01-01)."""
    starts = (first_day + np.arange(days)) * DAY
    laid = [_stretches(calendar, first_day, days) for calendar in calendars]
    totals = [int((end - begin).sum()) for begin, end in laid]
    buckets = [(total >> BUCKET_BITS) + 1 for total in totals]
    at_day = HEAD + 2 * len(laid)
    at_count = at_day + days * len(laid)
    at_stretch = at_count + sum(buckets)
    table = np.empty(at_stretch + sum(3 * (begin.size + 1) for begin, _ in laid), np.int64)
    table[:HEAD] = first_day, days, len(laid)
    for place, (begin, end) in enumerate(laid):
        counted = np.concatenate([[0], np.cumsum(end - begin)])
        table[HEAD + 2 * place], table[HEAD + 2 * place + 1] = at_count, totals[place]
        table[at_day : at_day + days] = at_stretch + 3 * np.searchsorted(end, starts, side="right")
        reached = np.searchsorted(counted[1:], np.arange(buckets[place]) << BUCKET_BITS)
        table[at_count : at_count + buckets[place]] = at_stretch + 3 * reached
        stretches = np.full((begin.size + 1, 3), NEVER)
        stretches[:-1, 0], stretches[:-1, 1], stretches[:, 2] = begin, end, counted
        table[at_stretch : at_stretch + stretches.size] = stretches.reshape(-1)
        at_day, at_count, at_stretch = at_day + days, at_count + buckets[place], at_stretch + stretches.size
    return table


def _stretches(calendar: WorkingTime, first_day: int, days: int) -> tuple[Ints, Ints]:
    """Begin and end of every shift of these days, in order."""
    patterns = {shifts: place for place, shifts in enumerate(dict.fromkeys((*calendar.week, *calendar.exceptions.values())))}
    week = np.array([patterns[shifts] for shifts in calendar.week])
    pattern = week[(FIRST_DAY.weekday() + first_day + np.arange(days)) % 7]
    for day, shifts in calendar.exceptions.items():
        place = (day - FIRST_DAY).days - first_day
        if 0 <= place < days:
            pattern[place] = patterns[shifts]
    size = np.array([len(shifts) for shifts in patterns])
    times = np.array([time for shifts in patterns for time in shifts], np.int64).reshape(-1, 2)
    count = size[pattern]
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    row = np.repeat((np.cumsum(size) - size)[pattern], count) + within
    midnight = np.repeat((first_day + np.arange(days)) * DAY, count)
    return midnight + times[row, 0], midnight + times[row, 1]
