"""A schedule that answers at once after each edit: only what the edit reaches is worked out again, equal to a full pass.

Edits are of a row (durations, calendars, constraints, progress ...) or of a relationship. What moves the finish of the whole
moves every late date, so those are all worked out anew; the same holds for work that is to be as late as possible.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from goldenthread.engine import edit_passes as at
from goldenthread.engine import network_order
from goldenthread.engine.critical_path import Schedule, ScheduleOptions, schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.minute_tables import DAY
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, MAX_MINUTES, NONE, UNBOUND, Ints, Network

_ENTERED = {
    "calendar": at.CALENDAR,
    "placing": at.PLACING,
    "duration": at.DURATION,
    "not_before": at.NOT_BEFORE,
    "actual_start": at.BEGUN,
    "actual_finish": at.DONE,
    "deadline": at.DEADLINE,
    "constraint": at.HOW,
    "constraint_at": at.AT,
    "second_constraint": at.HOW_TOO,
    "second_constraint_at": at.AT_TOO,
}
FAR = at.FAR
_OF_LINK = {
    "predecessor": at.FROM,
    "successor": at.TO,
    "kind": at.KIND,
    "lag": at.LAG,
    "link_calendar": at.LAG_CALENDAR,
}


class LiveSchedule:
    """Holds a network that may be edited, and its dates; rows are those of the network.

    Inside, rows and relationships lie in topological order, so that what an edit touches lies close together in memory: each row
    has a slot there, which it keeps when its position changes.
    """

    _rows: Ints
    _links: Ints
    _count: int
    _whole: Schedule | None

    def __init__(self, network: Network, options: ScheduleOptions | None = None) -> None:
        self._options = options or ScheduleOptions()
        self._calendars, self._data_date, self._groups = network.calendars, network.data_date, network.group
        self._data_minute = NONE if network.data_date is None else network.data_date
        self.laid = 0  # how often all was laid out anew, which gives relationships other numbers
        self._lay(network)

    def change(self, row: int, **entered: int) -> None:
        """Enter other values for a row (names as the columns of Network) and repair the dates."""
        slot = self._slot.item(row)
        before = self._rows[slot].tolist()
        now = before.copy()
        for name, value in entered.items():
            now[_ENTERED[name]] = value
        self._check(slot, now)
        for name, value in entered.items():
            self._rows[slot, _ENTERED[name]] = value
        self._as_late += (now[at.HOW] == AS_LATE_AS_POSSIBLE) - (before[at.HOW] == AS_LATE_AS_POSSIBLE)
        self._repair(slot)

    def link(self, predecessor: int, successor: int, kind: int = 0, lag: int = 0, link_calendar: int = -1) -> int:
        """A new relationship; returns its number. EngineError names the activities of a loop."""
        before, after = int(self._slot[predecessor]), int(self._slot[successor])
        if not -1 <= link_calendar < len(self._calendars):
            key = int(self._keys[after])
            raise EngineError(f"A relationship to activity {key} has an unknown calendar.", key)
        if self._rows[before, at.POSITION] >= self._rows[after, at.POSITION]:
            self._reorder(before, after)
        number = int(self._count)
        if number == len(self._links):
            self._links = np.concatenate([self._links, np.zeros_like(self._links[: max(16, number)])])
        self._count += 1
        self._links[number, : at.NEXT_IN] = before, after, kind, lag, link_calendar
        self._tie(number)
        self._repair(after)
        self._repair(before)
        return number

    def unlink(self, number: int) -> None:
        """Take a relationship away."""
        before, after = int(self._links[number, at.FROM]), int(self._links[number, at.TO])
        self._untie(number, before, at.FIRST_OUT, at.NEXT_OUT)
        self._untie(number, after, at.FIRST_IN, at.NEXT_IN)
        self._links[number, at.FROM] = -1
        self._repair(after)
        self._repair(before)

    @property
    def network(self) -> Network:
        """The network as it now stands."""
        links = self._links[: self._count]
        links = links[links[:, at.FROM] >= 0]
        rows = np.argsort(self._slot)
        ends = {"predecessor": rows[links[:, at.FROM]], "successor": rows[links[:, at.TO]]}
        return Network(
            key=self._keys[self._slot],
            **{name: self._rows[self._slot, column] for name, column in _ENTERED.items()},
            **{name: links[:, column] for name, column in _OF_LINK.items()} | ends,
            group=self._groups,
            calendars=self._calendars,
            data_date=self._data_date,
        )

    def links(self) -> list[int]:
        """Numbers of the relationships, good until the next edit."""
        found: list[int] = np.flatnonzero(self._links[: self._count, at.FROM] >= 0).tolist()
        return found

    @property
    def finish(self) -> int:
        """The latest finish."""
        return int(self._ends.max())

    @property
    def ends(self) -> Ints:
        """The latest finish of every group, by rising number of the group."""
        return self._ends.copy()

    def column(self, name: str) -> Ints:
        """Of every row its remaining_start, early_finish, late_start or late_finish."""
        places = {"remaining_start": at.START, "early_finish": at.FINISH, "late_start": at.LATE_START}
        found: Ints = self._rows[self._slot, places.get(name, at.LATE_FINISH)]
        return found

    def floats(self, row: int) -> tuple[int, int]:
        """Total and free float of a row."""
        rule, retained = self._options.free_float.value, self._options.retained_logic
        if self._whole is not None:
            return int(self._whole.total_float[row]), int(self._whole.free_float[row])
        total, free = self._passes.floats(int(self._slot[row]), self._rows, self._links, self._ends, rule, retained, self._table)
        return int(total), int(free)

    def _lay(self, network: Network) -> None:
        self.laid += 1
        full = schedule(network, self._options)
        made = full.made_by[1].ready
        self._as_late = int((network.constraint == AS_LATE_AS_POSSIBLE).sum())
        self._whole = full if self._as_late or self._options.several_paths else None
        self._plain, self._table = made.plain, made.table
        if made.plain:
            self._passes: Any = at
        else:
            from goldenthread.engine import network_kernel

            self._passes = network_kernel.edits
        count, links = network.key.size, network.predecessor.size
        rows = np.zeros((count, at.ROW_WIDTH), np.int64)
        for name, column in _ENTERED.items():
            rows[:, column] = getattr(network, name)
        names, rows[:, at.GROUP] = np.unique(network.group, return_inverse=True)
        rows[:, at.START], rows[:, at.FINISH] = full.remaining_start, full.early_finish
        done = network.actual_finish != NONE
        rows[:, at.LATE_START] = np.where(done, full.early_finish, full.made_by[1].late_start[made.place])
        rows[:, at.LATE_FINISH] = full.late_finish
        rows[:, at.FIRST_IN] = rows[:, at.FIRST_OUT] = -1
        rows = rows[made.order]
        rows[:, at.POSITION] = self._at = np.arange(count)
        self._rows, self._slot, self._keys = rows, made.place, network.key[made.order]
        self._passes.bind_all(rows, self._data_minute, self._options.dates_win, self._table)
        self._links = np.zeros((max(16, links), at.LINK_WIDTH), np.int64)
        self._count = links
        for name, column in _OF_LINK.items():
            self._links[:links, column] = getattr(network, name)
        ends = self._slot[self._links[:links, [at.FROM, at.TO]]]
        self._links[:links, [at.FROM, at.TO]] = ends
        self._links[:links] = self._links[:links][np.lexsort(ends.T[::-1])]
        self._chain(links)
        self._dirty = np.zeros(count // at.BITS + 1, np.int64)
        self._ends = np.full(names.size, -at.FAR)
        np.maximum.at(self._ends, rows[:, at.GROUP], rows[:, at.FINISH])
        options = self._options
        self._own_ends = options.finish is None and not options.finishes
        known = [options.finishes.get(name, end) for name, end in zip(names.tolist(), self._ends.tolist(), strict=True)]
        self._against = np.array(known if options.finish is None else [options.finish] * names.size, np.int64)

    def _chain(self, links: int) -> None:
        """Tie links into the chains of their ends, all at once."""
        for end, first, following in ((at.FROM, at.FIRST_OUT, at.NEXT_OUT), (at.TO, at.FIRST_IN, at.NEXT_IN)):
            order = np.argsort(self._links[:links, end], kind="stable")
            ends = self._links[order, end]
            self._links[order, following] = np.where(
                np.append(ends[1:] != ends[:-1], [True] * bool(links)), -1, np.append(order[1:], [-1] * bool(links))
            )
            starts = np.flatnonzero(np.append([True] * bool(links), ends[1:] != ends[:-1]))
            self._rows[ends[starts], first] = order[starts]

    def _tie(self, number: int) -> None:
        for end, first, following in ((at.FROM, at.FIRST_OUT, at.NEXT_OUT), (at.TO, at.FIRST_IN, at.NEXT_IN)):
            row = self._links[number, end]
            self._links[number, following] = self._rows[row, first]
            self._rows[row, first] = number

    def _untie(self, number: int, row: int, first: int, following: int) -> None:
        if self._rows[row, first] == number:
            self._rows[row, first] = self._links[number, following]
            return
        before = int(self._rows[row, first])
        while self._links[before, following] != number:
            before = int(self._links[before, following])
        self._links[before, following] = self._links[number, following]

    def _repair(self, row: int) -> None:
        options = self._options
        if self._as_late or options.several_paths or self._whole is not None:
            self._lay(self.network)
            return
        self._passes.repair(
            row, self._rows, self._links, self._at, self._dirty, self._ends, self._against, self._own_ends,
            self._data_minute, options.retained_logic, options.dates_win, self._table,
        )  # fmt: skip
        if self._calendars:
            first, days = int(self._table[0]), int(self._table[1])
            if self.finish >= (first + days) * DAY:
                self._lay(self.network)

    def _check(self, row: int, now: list[int]) -> None:
        """The row alone must be a network without fault; what is plainly right is let pass at once."""
        begun, done, last = now[at.BEGUN], now[at.DONE], FAR if self._data_date is None else self._data_date
        if (
            0 <= now[at.DURATION] <= MAX_MINUTES
            and -1 <= now[at.CALENDAR] < len(self._calendars)
            and (now[at.HOW] == UNBOUND or (now[at.AT] != NONE and UNBOUND < now[at.HOW] <= AS_LATE_AS_POSSIBLE))
            and (now[at.HOW_TOO] == UNBOUND or (now[at.AT_TOO] != NONE and UNBOUND < now[at.HOW_TOO] <= AS_LATE_AS_POSSIBLE))
            and begun <= last
            and (done == NONE or (begun != NONE and begun <= done <= last))
        ):
            return
        Network(
            key=self._keys[row : row + 1],
            predecessor=self._keys[:0],
            successor=self._keys[:0],
            **{name: np.array([now[column]]) for name, column in _ENTERED.items()},
            calendars=self._calendars,
            data_date=self._data_date,
        )

    def _reorder(self, predecessor: int, successor: int) -> None:
        """Give the rows between the two other positions, so that the successor comes later (Pearce & Kelly 2006)."""
        low, high = int(self._rows[successor, at.POSITION]), int(self._rows[predecessor, at.POSITION])
        after = self._reached(successor, at.FIRST_OUT, at.NEXT_OUT, at.TO, low, high, predecessor)
        before = self._reached(predecessor, at.FIRST_IN, at.NEXT_IN, at.FROM, low, high, None)
        moved = sorted(before, key=self._position) + sorted(after, key=self._position)
        for row, position in zip(moved, sorted(self._position(row) for row in moved), strict=True):
            self._rows[row, at.POSITION] = position
            self._at[position] = row

    def _position(self, row: int) -> int:
        return int(self._rows[row, at.POSITION])

    def _reached(self, row: int, first: int, following: int, end: int, low: int, high: int, goal: int | None) -> dict[int, int]:
        """Rows between two positions that hang on a row, each with the one it was reached from."""
        found, waiting = {row: -1}, [row]
        while waiting:
            here = waiting.pop()
            link = int(self._rows[here, first])
            if here == goal:
                raise self._loop(found, here)
            while link >= 0:
                other = int(self._links[link, end])
                if other not in found and low <= self._position(other) <= high:
                    found[other] = here
                    waiting.append(other)
                link = int(self._links[link, following])
        return found

    def _loop(self, found: dict[int, int], row: int) -> EngineError:
        path = []
        while row >= 0:
            path.append(int(self._keys[row]))
            row = found[row]
        return network_order.loop_error(path[::-1])
