"""Two schedules compared: which dates moved, what entered and left the critical path, which change moved the finish by how much.

The finish is divided among causes by the average over the orders in which they could have come (`causes_of_change`): every order
brings them in one by one and ends at the new finish, so the parts sum to the whole movement. Few causes are weighed in every
set. The finish of a set is worked out by the engine itself: edit by edit, each equal to a full pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.causes_of_change import CauseOptions, Causes, causes_of_change
from goldenthread.engine.critical_path import Schedule, ScheduleOptions, schedule
from goldenthread.engine.live_schedule import LiveSchedule
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, Ints, Network, moment_of
from goldenthread.engine.schedule_compare_causes import Cause, Link, Union, union_of

MOST_CAUSES, MOST_BY_FULL_PASSES = 300, 40
MOST_LOOKED_AT = 4000  # causes of which each is tried by itself, to see which matter
SPARE_DAYS = 20 * 366
PLAIN_WORK = 4000  # rows times causes up to which the passes need not be compiled


@dataclass(frozen=True, eq=False)
class Side:
    """A schedule and the rules it was worked out by."""

    schedule: Schedule
    rules: ScheduleOptions

    @property
    def network(self) -> Network:
        """What was scheduled."""
        made: Network = self.schedule.made_by[0]
        return made


@dataclass(frozen=True, eq=False)
class DatesMoved:
    """Of rows in both schedules, by key: places in each, and by how many minutes their dates and floats moved."""

    keys: Ints
    in_old: Ints
    in_new: Ints
    early_start: Ints
    early_finish: Ints
    late_finish: Ints
    total_float: Ints


@dataclass(frozen=True, eq=False)
class FinishMoved:
    """Of every group (numbers ascend) its finish before and after, and each cause's part.

    `by_clock` and `worked` hold per cause and group the minutes by the clock, and of the group's working time; each column sums
    to its whole. `error`: the standard error of `worked`, 0 where every set was weighed (`is_exact`).
    """

    groups: Ints
    before: Ints
    after: Ints
    causes: tuple[Cause, ...]
    by_clock: Causes
    worked: Causes
    is_exact: bool


def dates_moved(old: Schedule, new: Schedule) -> DatesMoved:
    """Rows matched by key."""
    keys, a, b = np.intersect1d(old.key, new.key, assume_unique=True, return_indices=True)
    names = ("early_start", "early_finish", "late_finish", "total_float")
    return DatesMoved(keys, a, b, *(getattr(new, name)[b] - getattr(old, name)[a] for name in names))


def critical_changes(old: Schedule, new: Schedule) -> tuple[Ints, Ints]:
    """Keys of what became critical, and of what was and is not any more; rows of one schedule alone count as well."""
    before, after = old.key[old.critical], new.key[new.critical]
    return np.setdiff1d(after, before), np.setdiff1d(before, after)


def finish_moved(
    old: Side,
    new: Side,
    options: CauseOptions | None = None,
    *,
    calendars: Sequence[WorkingTime] = (),
    other_program: bool = False,
    part: Mapping[int, int] | None = None,
) -> FinishMoved:
    """calendars: the working time of every group, by its number; without, `worked` counts by the clock."""
    finishes = _finishes(old, new, part or {}, other_program=other_program)
    union = finishes.union
    groups = np.unique(union.group)
    times = [calendars[group] if group < len(calendars) else None for group in groups.tolist()]
    known: dict[tuple[int, int], int] = {}

    def value(of: frozenset[int]) -> Ints:
        ends = finishes.at(of)
        for place, end in enumerate(ends.tolist()):
            if (place, end) not in known:
                known[place, end] = _worked(times[place], base[place], end)
        return np.concatenate([ends, [known[place, end] for place, end in enumerate(ends.tolist())]]).astype(np.int64)

    base = finishes.at(frozenset()).tolist()
    options = options or CauseOptions()
    found = causes_of_change(value, np.arange(len(union.causes), dtype=np.int64), options)
    half = groups.size
    clock, worked = (
        Causes(found.before[side], found.after[side], found.parts[:, side], found.whole, found.error[:, side])
        for side in (slice(0, half), slice(half, None))
    )
    return FinishMoved(groups, clock.before, clock.after, union.causes, clock, worked, len(union.causes) <= options.most_exact)


def _finishes(old: Side, new: Side, part: Mapping[int, int], *, other_program: bool) -> _Finishes:
    """With as many causes as can be weighed: where there are more, those that matter by themselves stay alone."""
    as_late = any(bool(np.any(one.network.constraint == AS_LATE_AS_POSSIBLE)) for one in (old, new))
    most = MOST_BY_FULL_PASSES if as_late else MOST_CAUSES
    networks, rules = (old.network, new.network), (old.rules, new.rules)
    make = partial(union_of, *networks, rules, begins=_begins(old, new), other_program=other_program, part=part)
    found = _Finishes(make(), (old, new), edits=not as_late)
    if len(found.union.causes) <= most:
        return found
    few = not as_late and len(found.union.causes) <= MOST_LOOKED_AT
    alone = _mattering(found, most * 2 // 3) if few else frozenset[int]()
    return _Finishes(make(most=most, alone=alone), (old, new), edits=not as_late)


def _mattering(finishes: _Finishes, most: int) -> frozenset[int]:
    """The causes that move a finish most where they come first or last; those that do neither move none."""
    every, none = frozenset(range(len(finishes.union.causes))), frozenset[int]()
    moves = [0] * len(every)
    for whole in (none, every):
        known = finishes.at(whole)
        for one in every:
            moves[one] = max(moves[one], int(np.abs(finishes.at(whole ^ {one}) - known).max()))
    order = sorted(every, key=lambda one: (-moves[one], one))
    return frozenset(one for one in order[:most] if moves[one])


def _path(union: Union) -> str:
    """Compiled where one pass would not be worth it and the many are."""
    return "compiled" if union.keys.size * len(union.causes) > PLAIN_WORK else "auto"


def _begins(old: Side, new: Side) -> dict[int, int]:
    """Of each group the first start in both."""
    found: dict[int, int] = {}
    for one in (old, new):
        for group, start in zip(one.network.group.tolist(), one.schedule.early_start.tolist(), strict=True):
            found[group] = min(start, found.get(group, start))
    return found


def _worked(time: WorkingTime | None, base: int, end: int) -> int:
    return end - base if time is None or base == end else time.minutes_between(moment_of(base), moment_of(end))


class _Finishes:
    """The finish of every group once a set of causes has come."""

    def __init__(self, union: Union, sides: tuple[Side, Side], *, edits: bool) -> None:
        self.union, self.sides, self.edits = union, sides, edits
        self.network = sides[0].network
        tables = [one.schedule.made_by[1].ready.table for one in sides]
        first = min(int(table[0]) for table in tables)
        self.span = (first, max(int(table[0] + table[1]) for table in tables) + SPARE_DAYS - first)
        self.lives: dict[bool, _Edited] = {}
        self.links: list[list[int]] = [[] for _ in union.causes]
        for number, (_, _, causes) in enumerate(union.toggled):
            for cause in causes:
                self.links[cause].append(number)

    def at(self, of: frozenset[int]) -> Ints:
        """One number a group."""
        by_new_rules = self.union.rules in of
        if not self.edits:
            return self.by_a_full_pass(of)
        live = self.lives.get(by_new_rules)
        if live is None:
            live = self.lives[by_new_rules] = _Edited(self, by_new_rules=by_new_rules)
        ends = live.at(of)
        if ends is None:  # it ran past the tables and was laid out anew
            del self.lives[by_new_rules]
            return self.by_a_full_pass(of)
        return ends

    def by_a_full_pass(self, of: frozenset[int]) -> Ints:
        """The same by one pass over the whole network."""
        rules = replace(self.sides[self.union.rules in of].rules, path=_path(self.union))
        made = schedule(self.network_at(of), rules)
        groups, place = np.unique(self.union.group, return_inverse=True)
        ends = np.full(groups.size, np.iinfo(np.int64).min)
        np.maximum.at(ends, place, made.early_finish)
        return ends

    def network_at(self, of: frozenset[int], links: Sequence[Link] | None = None) -> Network:
        """The network with these causes; `links`: only those."""
        columns = {name: column.copy() for name, column in self.union.old.items()}
        for cause in of:
            for place, names in self.union.cells[cause].items():
                for name in names:
                    columns[name][place] = self.union.new[name][place]
        if links is None:
            links = [
                *self.union.shared,
                *(self.union.toggled[n][0] for n in range(len(self.union.toggled)) if self.stands(n, of)),
            ]
        table = np.array(links, np.int64).reshape(-1, 5)
        of_link = dict(zip(("predecessor", "successor", "kind", "lag", "link_calendar"), table.T, strict=True))
        calendars, data_date = self.network.calendars, self.network.data_date
        made = Network(self.union.keys, **columns, **of_link, group=self.union.group, calendars=calendars, data_date=data_date)
        if calendars:
            made.prepared["span"] = self.span
        return made

    def stands(self, number: int, of: frozenset[int]) -> bool:
        """Whether a relationship of one network alone is there."""
        _, is_new, causes = self.union.toggled[number]
        return causes <= of if is_new else not causes & of


class _Edited:
    """One live schedule, brought from set to set by the edits between them."""

    def __init__(self, finishes: _Finishes, *, by_new_rules: bool) -> None:
        self.all, self.now, self.numbers = finishes, frozenset[int](), dict[int, int]()
        network = finishes.network_at(self.now, finishes.union.shared)
        rules = finishes.sides[by_new_rules].rules  # late dates, which are not asked for, stay against one finish
        fixed = replace(
            rules, finish=finishes.sides[0].schedule.finish, finishes={}, several_paths=False, path=_path(finishes.union)
        )
        self.live = LiveSchedule(network, fixed)
        for number in range(len(finishes.union.toggled)):
            if finishes.stands(number, self.now):
                self._link(number)

    def at(self, of: frozenset[int]) -> Ints | None:
        union, touched = self.all.union, of ^ self.now
        links = {number for cause in touched for number in self.all.links[cause]}
        for number in links:
            if number in self.numbers and not self.all.stands(number, of):
                self.live.unlink(self.numbers.pop(number))
        for cause in touched:
            values = union.new if cause in of else union.old
            for place, names in union.cells[cause].items():
                self.live.change(place, **{name: int(values[name][place]) for name in names})
        for number in sorted(links):
            if number not in self.numbers and self.all.stands(number, of):
                self._link(number)
        self.now = of
        return self.live.ends if self.live.laid == 1 else None

    def _link(self, number: int) -> None:
        self.numbers[number] = self.live.link(*self.all.union.toggled[number][0])
