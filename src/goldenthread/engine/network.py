"""The network a critical path is computed on: activities and relationships in columns, checked once, each fault with its key.

Moments and durations are whole minutes. Without `calendars` they are minutes of one working-time axis; with them moments are
minutes since 1970-01-01T00:00 on the clock (`moment_of`), and durations and lags are working minutes of a calendar.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.calendars import FIRST_DAY, WorkingTime
from goldenthread.engine.errors import EngineError

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
FS, SS, FF, SF = 0, 1, 2, 3
NONE = int(np.iinfo(np.int64).min)  # no actual date, no deadline, no constraint date
ROUND_THE_CLOCK = -1  # instead of a calendar: every minute counts
MAX_MINUTES = 1 << 40
_EPOCH = dt.datetime.combine(FIRST_DAY, dt.time())

UNBOUND = 0
START_NO_EARLIER, START_NO_LATER, FINISH_NO_EARLIER, FINISH_NO_LATER = 1, 2, 3, 4
START_ON, FINISH_ON = 5, 6  # no earlier, and no later as far as the logic allows
MANDATORY_START, MANDATORY_FINISH = 7, 8  # whatever the logic says
AS_LATE_AS_POSSIBLE = 9

AT_A_START, AT_AN_END, ANYWHERE = 0, 1, 2  # where work may begin: in working time; also at its very end; at any moment

_OF_LINK = {"predecessor": 0, "successor": 0, "kind": FS, "lag": 0, "link_calendar": ROUND_THE_CLOCK}
_OF_ROW = {
    "key": 0,
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
    "placing": AT_A_START,
    "group": 0,
}


def minute_of(moment: dt.datetime) -> int:
    """A moment as minutes since 1970-01-01T00:00; seconds are dropped."""
    since = moment - _EPOCH
    return since.days * 1440 + since.seconds // 60


def moment_of(minute: int) -> dt.datetime:
    """The moment so many minutes after 1970-01-01T00:00."""
    return _EPOCH + dt.timedelta(minutes=int(minute))


@dataclass(frozen=True, eq=False)
class Network:
    """Activities and relationships as int64 columns (lists or arrays).

    Of a row: key; duration (what remains, >= 0); not_before (-1 = none); actual_start, actual_finish and deadline (NONE =
    none); calendar (a place in `calendars`, or ROUND_THE_CLOCK, which is also what elapsed durations have); constraint and
    second_constraint (START_NO_EARLIER ...) with their moments; placing (AT_A_START ...); group (late dates are counted against
    the latest finish of its own group: projects in one network).
    Of a relationship: predecessor and successor (rows), kind FS, SS, FF or SF, lag (negative = lead), link_calendar (the
    calendar its lag is counted in; ROUND_THE_CLOCK = elapsed).
    data_date: no unfinished work starts before it, no actual date lies after it; None = the file states none.
    """

    key: Ints
    duration: Ints
    predecessor: Ints
    successor: Ints
    kind: Any = None
    lag: Any = None
    not_before: Any = None
    actual_start: Any = None
    actual_finish: Any = None
    deadline: Any = None
    calendar: Any = None
    link_calendar: Any = None
    constraint: Any = None
    constraint_at: Any = None
    second_constraint: Any = None
    second_constraint_at: Any = None
    placing: Any = None
    group: Any = None
    calendars: tuple[WorkingTime, ...] = ()
    data_date: int | None = 0
    prepared: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)  # orders and tables, kept between passes

    def __post_init__(self) -> None:
        size, links = np.asarray(self.key).size, np.asarray(self.predecessor).size
        for name, default in (*_OF_ROW.items(), *_OF_LINK.items()):
            count = links if name in _OF_LINK else size
            values = _column(getattr(self, name), count, default)
            if values.size != count:
                raise EngineError(f"The column {name} has {values.size} rows.")
            object.__setattr__(self, name, values)
        _check_rows(self)
        _check_dates(self)
        _check_links(self)

    def columns(self) -> dict[str, Ints]:
        """Every column by its name, in a fixed order."""
        return {name: getattr(self, name) for name in (*_OF_ROW, *_OF_LINK)}


def _column(values: Any, size: int, default: int) -> Ints:
    if values is None:
        return np.full(size, default, np.int64)
    return np.array(values, dtype=np.int64).reshape(-1)


def _check_rows(network: Network) -> None:
    keys = network.key
    _, first = np.unique(keys, return_index=True)
    if first.size < keys.size:
        _refuse(network, ~np.isin(np.arange(keys.size), first), "its key stands twice")
    _refuse(network, network.duration < 0, "its duration is negative")
    _refuse(network, network.duration > MAX_MINUTES, "its duration is too long")
    calendar = network.calendar
    _refuse(network, (calendar < ROUND_THE_CLOCK) | (calendar >= len(network.calendars)), "its calendar is unknown")
    for kind, at in ((network.constraint, network.constraint_at), (network.second_constraint, network.second_constraint_at)):
        _refuse(network, (kind < UNBOUND) | (kind > AS_LATE_AS_POSSIBLE), "its constraint is of an unknown kind")
        dated = (kind != UNBOUND) & (kind != AS_LATE_AS_POSSIBLE)
        _refuse(network, dated & (at == NONE), "its constraint has no date")


def _check_dates(network: Network) -> None:
    begun, done = network.actual_start != NONE, network.actual_finish != NONE
    _refuse(network, done & ~begun, "it has an actual finish and no actual start")
    if network.data_date is not None:
        last = np.maximum(network.actual_start, network.actual_finish)
        _refuse(network, begun & (last > network.data_date), "an actual date lies after the data date")
    _refuse(network, done & (network.actual_finish < network.actual_start), "it finished before it started")


def _check_links(network: Network) -> None:
    ends = np.concatenate([network.predecessor, network.successor])
    if np.any((ends < 0) | (ends >= network.key.size)):
        raise EngineError("A relationship names no activity.")
    calendar = network.link_calendar
    for bad, reason in (
        ((network.kind < FS) | (network.kind > SF), "an unknown type"),
        (np.abs(network.lag) > MAX_MINUTES, "a lag that is too long"),
        ((calendar < ROUND_THE_CLOCK) | (calendar >= len(network.calendars)), "an unknown calendar"),
    ):
        if np.any(bad):
            key = int(network.key[network.successor[np.flatnonzero(bad)[0]]])
            raise EngineError(f"A relationship to activity {key} has {reason}.", key)


def _refuse(network: Network, bad: Bools, reason: str) -> None:
    if np.any(bad):
        key = int(network.key[np.flatnonzero(bad)[0]])
        raise EngineError(f"Activity {key} cannot be scheduled: {reason}.", key)
