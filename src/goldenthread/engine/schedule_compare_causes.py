"""What differs between two networks, as causes that can be brought in one by one, in any order, without ever making a loop.

Rows are matched by key; a row that only one network has is, in the other, an empty row without relationships. A cause is one
thing that somebody changed: a row added or dropped with its relationships, a duration, progress, a bound, the relationships of
two rows, working time that changed for every row that follows it, the moment before which no work begins, or the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from goldenthread.engine.critical_path import ScheduleOptions
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import (
    ANYWHERE,
    FINISH_ON,
    MANDATORY_FINISH,
    MANDATORY_START,
    NONE,
    ROUND_THE_CLOCK,
    START_ON,
    UNBOUND,
    Ints,
    Network,
)
from goldenthread.engine.table_compare import Table, compare

ADDED, DROPPED, DURATION, PROGRESS, CALENDAR = "added", "dropped", "duration", "progress", "calendar"
BOUND, START, LOGIC, RULES = "bound", "start", "logic", "rules"
_EMPTY = {
    "duration": 0,
    "not_before": -1,
    "actual_start": NONE,
    "actual_finish": NONE,
    "deadline": NONE,
    "calendar": ROUND_THE_CLOCK,
    "constraint": UNBOUND,
    "constraint_at": NONE,
    "second_constraint": UNBOUND,
    "second_constraint_at": NONE,
    "placing": ANYWHERE,
}
_BOUNDS = ("constraint", "constraint_at", "second_constraint", "second_constraint_at", "placing", "deadline")
_SAME_BY_RULES = ({START_ON, MANDATORY_START}, {FINISH_ON, MANDATORY_FINISH})
Token = tuple[Any, ...]  # a kind, and the keys that it is about
Link = tuple[int, int, int, int, int]  # predecessor and successor (places), kind, lag, calendar of the lag


@dataclass(frozen=True)
class Cause:
    """kinds: what was changed (ADDED ...). keys: the rows it is about; pairs: rows whose relationships differ, by key.

    calendars: of working time that changed, its place before and now.
    """

    kinds: tuple[str, ...]
    keys: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    calendars: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Union:
    """Both networks on the same rows: `keys` ascend; columns by name in `old` and `new`.

    cells: by cause the rows with the names of their columns that differ. shared: relationships of both; toggled: those of one,
    with whether it is the new one and the causes it hangs on (an old one stands while none has come, a new one when all have).
    rules: the cause that is a change of rules, or -1.
    """

    keys: Ints
    group: Ints
    old: Mapping[str, Ints]
    new: Mapping[str, Ints]
    causes: tuple[Cause, ...]
    cells: tuple[Mapping[int, tuple[str, ...]], ...]
    shared: tuple[Link, ...]
    toggled: tuple[tuple[Link, bool, frozenset[int]], ...]
    rules: int


def union_of(
    old: Network,
    new: Network,
    rules: tuple[ScheduleOptions, ScheduleOptions],
    *,
    begins: Mapping[int, int],
    other_program: bool,
    part: Mapping[int, int],
    most: int | None = None,
    alone: frozenset[int] = frozenset(),
) -> Union:
    """begins: by group the first start of both; empty rows stand there, and what loses its last predecessor.

    other_program: starts, lags and milestones are bound by other rules. More than `most` causes are taken together: those of a
    kind in one `part` (of a row, by its key), then those of a kind; `alone`: numbers of those, as the union of all has them, that
    are not.
    """
    if old.calendars != new.calendars or old.data_date != new.data_date:
        raise EngineError("Two schedules are compared with the same calendars and data date.")
    made = _Making(old, new, rules, begins, other_program=other_program)
    made.rows()
    made.relationships()
    made.rows_between()
    made.starts()
    made.keep_from_loops()
    if most is not None:
        made.take_together(most, part, alone)
    return made.union()


class _Making:
    """Collects what differs by token, then joins tokens that must come together."""

    def __init__(
        self,
        old: Network,
        new: Network,
        rules: tuple[ScheduleOptions, ScheduleOptions],
        begins: Mapping[int, int],
        *,
        other_program: bool,
    ) -> None:
        self.networks, self.other = (old, new), other_program
        self.keys = np.union1d(old.key, new.key)
        if old.key.size != np.unique(old.key).size or new.key.size != np.unique(new.key).size:
            raise EngineError("A row stands twice.")
        self.in_old, self.in_new = np.isin(self.keys, old.key), np.isin(self.keys, new.key)
        self.group = np.zeros(self.keys.size, np.int64)
        for network in self.networks:
            self.group[np.searchsorted(self.keys, network.key)] = network.group
        self.columns = [self._columns(network) for network in self.networks]
        self.bound = [columns["not_before"] >= 0 for columns in self.columns]
        first = np.array([begins[group] for group in self.group.tolist()], np.int64)
        for columns, bound in zip(self.columns, self.bound, strict=True):
            columns["not_before"] = np.where(bound, columns["not_before"], first)
        self.cells: dict[Token, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.toggled: list[tuple[Link, bool, tuple[Token, ...]]] = []
        self.over: dict[Token, Token] = {}
        self.differ = rules[0].dates_win != rules[1].dates_win
        if rules[0].dates_win != rules[1].dates_win or rules[0].retained_logic != rules[1].retained_logic:
            self._find((RULES,))

    def _columns(self, network: Network) -> dict[str, Ints]:
        place = np.searchsorted(self.keys, network.key)
        found = {}
        for name, empty in _EMPTY.items():
            column = np.full(self.keys.size, empty, np.int64)
            column[place] = getattr(network, name)
            found[name] = column
        return found

    def rows(self) -> None:
        """Cells of every row that differ, each with its token."""
        once, now = (Table(self.keys, columns) for columns in self.columns)
        both = self.in_old & self.in_new
        changed = compare({"rows": once}, {"rows": now})["rows"].changed
        for name, cells in changed.items():
            for place in np.searchsorted(self.keys, cells.keys).tolist():
                token = self._token(name, place) if both[place] else self._of_row(place)
                if token is not None:
                    self.cells[token][place].append(name)
        for place in np.flatnonzero(~both).tolist():
            self._find(self._of_row(place))

    def _of_row(self, place: int) -> Token:
        return (DROPPED if self.in_old[place] else ADDED, int(self.keys[place]))

    def _token(self, name: str, place: int) -> Token | None:
        """What a cell of a row in both networks belongs to; None: `starts` tells."""
        old, new = (columns[name][place] for columns in self.columns)
        key = int(self.keys[place])
        begun = any(columns["actual_start"][place] != NONE for columns in self.columns)
        if name == "calendar":
            return (CALENDAR, int(old), int(new))
        if name in _BOUNDS:
            by_rule = name == "placing" and self.other
            by_rule |= self.differ and {int(old), int(new)} in _SAME_BY_RULES
            return (RULES,) if by_rule else (BOUND, key)
        if begun:
            return (PROGRESS, key)
        if name == "not_before":
            return self._of_start(place)
        return (DURATION, key) if name == "duration" else (PROGRESS, key)

    def _of_start(self, place: int) -> Token | None:
        if self.other:
            return (RULES,)
        return (START, int(self.group[place])) if all(bound[place] for bound in self.bound) else None

    def relationships(self) -> None:
        """Those that only one network has; of rows that came or went they come and go with the row."""
        counts = [self._links(network) for network in self.networks]
        self.shared = counts[0] & counts[1]
        gone, come = counts[0] - counts[1], counts[1] - counts[0]
        both = self.in_old & self.in_new
        calendars = {link[:4]: link[4] for link in come}
        once = {link[:4]: link[4] for link in gone}
        for links, is_new in ((gone, False), (come, True)):
            for link in links.elements():
                ends = [place for place in link[:2] if not both[place]]
                tokens = [self._of_row(place) for place in ends]
                if not tokens and link[:4] in calendars and link[:4] in once:
                    tokens = [(RULES,) if self.other else (CALENDAR, once[link[:4]], calendars[link[:4]])]
                if not tokens:
                    tokens = [(LOGIC, int(self.keys[link[0]]), int(self.keys[link[1]]))]
                self.toggled.append((link, is_new, tuple(tokens)))

    def _links(self, network: Network) -> Counter[Link]:
        ends = (np.searchsorted(self.keys, network.key[side]).tolist() for side in (network.predecessor, network.successor))
        rest = (column.tolist() for column in (network.kind, network.lag, network.link_calendar))
        return Counter(zip(*ends, *rest, strict=True))

    def rows_between(self) -> None:
        """A row put between two others comes with the end of what tied these, a row taken out with their new relationship."""
        after: dict[tuple[bool, int], set[int]] = defaultdict(set)
        for (before, row, *_), is_new, tokens in self.toggled:
            if tokens[0][0] in (ADDED, DROPPED):
                after[is_new, before].add(row)
        for (before, row, *_), is_new, tokens in self.toggled:
            if tokens[0][0] == LOGIC:
                way = [at for at in sorted(after[not is_new, before]) if row in after[not is_new, at]]
                self._join([tokens[0], *(self._of_row(at) for at in way)])

    def starts(self) -> None:
        """A row that lost its last predecessor, or got its first, is bound otherwise with that relationship."""
        of_successor: dict[int, Token] = {}
        for link, _, tokens in self.toggled:
            of_successor.setdefault(link[1], tokens[0])
        old, new = (columns["not_before"] for columns in self.columns)
        begun = (self.columns[0]["actual_start"] != NONE) | (self.columns[1]["actual_start"] != NONE)
        left = (old != new) & (self.bound[0] != self.bound[1]) & self.in_old & self.in_new & ~begun
        for place in np.flatnonzero(left).tolist() if not self.other else ():
            token = of_successor.get(place, (START, int(self.group[place])))
            self.cells[token][place].append("not_before")

    def keep_from_loops(self) -> None:
        """Old and new relationships together may run in a circle: those there come all at once."""
        links = [*((link, ()) for link in self.shared), *((link, tokens) for link, _, tokens in self.toggled)]
        circling = _circling(self.keys.size, [(link[0], link[1]) for link, _ in links])
        tokens = [token for link, tokens in links if link[0] in circling and link[1] in circling for token in tokens]
        self._join(tokens)

    def take_together(self, most: int, part: Mapping[int, int], alone: frozenset[int]) -> None:
        """Fewer causes, where there are too many."""
        left = {token for place, tokens in enumerate(self._groups()) if place in alone for token in tokens}
        for name in ("part", "kind"):
            tokens = self._tokens()
            if len({self._find(token) for token in tokens}) <= most:
                return
            for token in tokens:
                if token not in left and token[0] not in (CALENDAR, START, RULES):
                    self._join([token, (name, token[0], part.get(token[-1], -1) if name == "part" else 0)])

    def union(self) -> Union:
        """All of it, with causes numbered in the order of their kinds and keys."""
        groups = self._groups()
        number = {token: place for place, tokens in enumerate(groups) for token in tokens}
        cells: list[dict[int, list[str]]] = [defaultdict(list) for _ in groups]
        for token, rows in self.cells.items():
            for place, names in rows.items():
                cells[number[token]][place] += names
        pairs: list[set[tuple[int, int]]] = [set() for _ in groups]
        for link, _, tokens in self.toggled:
            pairs[number[tokens[0]]].add((int(self.keys[link[0]]), int(self.keys[link[1]])))
        return Union(
            self.keys,
            self.group,
            self.columns[0],
            self.columns[1],
            tuple(self._cause(tokens, cells[n], pairs[n]) for n, tokens in enumerate(groups)),
            tuple({place: tuple(names) for place, names in rows.items()} for rows in cells),
            tuple(self.shared.elements()),
            tuple((link, is_new, frozenset(number[one] for one in tokens)) for link, is_new, tokens in self.toggled),
            number.get((RULES,), -1),
        )

    def _cause(self, tokens: list[Token], cells: Mapping[int, Any], pairs: set[tuple[int, int]]) -> Cause:
        keys = {int(self.keys[place]) for place in cells} | {one[1] for one in tokens if one[0] in (ADDED, DROPPED)}
        calendars = next((token[1:] for token in tokens if token[0] == CALENDAR), ())
        return Cause(tuple(sorted({one[0] for one in tokens})), tuple(sorted(keys)), tuple(sorted(pairs)), calendars)

    def _groups(self) -> list[list[Token]]:
        """Tokens that come together, in a fixed order."""
        of_root: dict[Token, list[Token]] = defaultdict(list)
        for token in self._tokens():
            of_root[self._find(token)].append(token)
        return sorted(sorted(tokens, key=str) for tokens in of_root.values())

    def _tokens(self) -> list[Token]:
        known = {*self.cells, *(token for _, _, tokens in self.toggled for token in tokens), *self.over}
        return sorted((token for token in known if token[0] not in ("part", "kind")), key=str)

    def _find(self, token: Token) -> Token:
        self.over.setdefault(token, token)
        while self.over[token] != token:
            token = self.over[token]
        return token

    def _join(self, tokens: Iterable[Token]) -> None:
        roots = [self._find(token) for token in tokens]
        for root in roots[1:]:
            self.over[self._find(root)] = self._find(roots[0])


def _circling(count: int, links: list[tuple[int, int]]) -> set[int]:
    """Rows on a circle, or between two: what is left when everything without predecessor, or without successor, is taken."""
    left = set(range(count))
    for side in (0, 1):
        waiting, after = [0] * count, defaultdict(list)
        for link in links:
            if link[0] in left and link[1] in left:
                waiting[link[1 - side]] += 1
                after[link[side]].append(link[1 - side])
        free = [row for row in left if not waiting[row]]
        while free:
            row = free.pop()
            left.discard(row)
            for other in after[row]:
                waiting[other] -= 1
                if not waiting[other]:
                    free.append(other)
    return left
