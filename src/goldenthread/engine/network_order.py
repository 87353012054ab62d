"""A network made ready for its passes: in topological order, links by predecessor, what already happened turned into floors.

Made once and kept with the network, since it costs as much as several passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from goldenthread.engine import calendar_passes, network_passes
from goldenthread.engine.errors import EngineError
from goldenthread.engine.minute_tables import DAY, minute_table
from goldenthread.engine.network import (
    AS_LATE_AS_POSSIBLE,
    AT_A_START,
    FF,
    FS,
    NONE,
    ROUND_THE_CLOCK,
    SF,
    SS,
    UNBOUND,
    Bools,
    Ints,
    Network,
    moment_of,
)

FAR = 1 << 60
NAMED = 12  # so many activities of a loop are named; all of them are in the error's items
PLAIN_LIMIT = 2_000
YEAR = 366
LAST_DAY_NUMBER = 84_005  # 2199-12-31


@dataclass(frozen=True, eq=False)
class Ready:
    """Columns of rows in topological order, of links by predecessor.

    order: the network's row at each place; place: the reverse. slot_link: the network's link of each slot. The links whose
    predecessor's end already happened stand apart: known_link, known_start (the start each leaves to its successor). alike: of
    each slot, whether both ends and the lag share one axis (`calendar_passes.AT_BOTH_ENDS`), so that `weight` tells its bound.
    """

    plain: bool
    order: Ints
    place: Ints
    out_ptr: Ints
    out_to: Ints
    slot_from: Ints
    slot_link: Ints
    kind: Ints
    lag: Ints
    lag_calendar: Ints
    known_link: Ints
    known_start: Ints
    calendar: Ints
    placing: Ints
    duration: Ints
    floor: Ints
    ceiling: Ints
    limit: Ints
    held: Ints
    as_late: Bools
    group: Ints
    groups: Ints
    done: Bools
    alike: Ints
    weight: Ints
    table: Ints

    @property
    def on_one_axis(self) -> bool:
        """Whether no calendar is at work."""
        return not self.table[2]


def passes_of(plain: bool) -> tuple[Any, Any, Any]:  # noqa: FBT001 (how a whole pass runs)
    """One-axis passes, calendar passes, and what a column must be for them."""
    if plain:
        return network_passes, calendar_passes, np.ndarray.tolist
    from goldenthread.engine import network_kernel

    return network_kernel.axis, network_kernel.calendars, np.ascontiguousarray


def prepare(network: Network, path: str, *, retained: bool, dates_win: bool) -> Ready:
    """The network made ready; kept, since edits of options and repeated passes need no new order."""
    plain = network.key.size < PLAIN_LIMIT if path == "auto" else path == "plain"
    wanted = (plain, retained, dates_win)
    if wanted not in network.prepared:
        network.prepared[wanted] = _prepared(network, plain, retained=retained, dates_win=dates_win)
    made: Ready = network.prepared[wanted]
    return made


def widened(network: Network, made: Ready, path: str, *, retained: bool, dates_win: bool) -> Ready | None:
    """The same with tables of twice as many years; None where they already hold every year there is."""
    first, days = (int(value) for value in made.table[:2])
    if first <= 0 and first + days > LAST_DAY_NUMBER:
        return None
    begin = max(0, first - days // 2)
    end = min(LAST_DAY_NUMBER + 1, first + 2 * days)
    network.prepared["span"] = (begin, end - begin)
    network.prepared.pop((made.plain, retained, dates_win), None)
    return prepare(network, path, retained=retained, dates_win=dates_win)


def _prepared(network: Network, plain: bool, *, retained: bool, dates_win: bool) -> Ready:  # noqa: FBT001
    return bound(network, unbound(network, plain, retained=retained), dates_win=dates_win)


def unbound(network: Network, plain: bool, *, retained: bool) -> Ready:  # noqa: FBT001
    """The network in order; floors and ceilings know the data date and what is done, and no constraint or earlier event yet."""
    order, ptr, slots = _arranged(network, plain)
    count = order.size
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    kept, known = _split(network, retained=retained)
    chosen = np.repeat(np.arange(count), np.diff(ptr)[order])  # of every slot in topological order
    starts = np.concatenate([[0], np.cumsum(np.diff(ptr)[order])])
    slots = slots[ptr[:-1][order][chosen] + np.arange(chosen.size) - starts[chosen]]
    slots, chosen = slots[kept[slots]], chosen[kept[slots]]
    out_ptr = np.concatenate([[0], np.cumsum(np.bincount(chosen, minlength=count))]).astype(np.int64)
    done, begun = network.actual_finish != NONE, network.actual_start != NONE
    start = -1 if network.data_date is None else network.data_date
    floor = np.maximum(np.where(begun & (network.data_date is not None), start, network.not_before), start)
    groups, group = np.unique(network.group, return_inverse=True)
    calendar, placing = np.where(done, ROUND_THE_CLOCK, network.calendar)[order], network.placing[order]
    out_to, lag, lag_calendar = place[network.successor[slots]], network.lag[slots], network.link_calendar[slots]
    on_one_axis = (calendar[chosen] == calendar[out_to]) & ((lag == 0) | (lag_calendar == calendar[chosen]))
    alike = np.where(placing[out_to] == AT_A_START, calendar_passes.AT_BOTH_ENDS, calendar_passes.AT_FINISHES)
    return Ready(
        plain=plain,
        order=order,
        place=place,
        out_ptr=out_ptr,
        out_to=out_to,
        slot_from=chosen,
        slot_link=slots,
        kind=network.kind[slots],
        lag=lag,
        lag_calendar=lag_calendar,
        known_link=known,
        known_start=np.zeros(known.size, np.int64),
        calendar=calendar,
        placing=placing,
        duration=np.where(done, 0, network.duration)[order],
        floor=floor[order],
        ceiling=np.where(done, network.actual_finish, FAR)[order],
        limit=np.where(done, network.actual_finish, np.where(network.deadline == NONE, FAR, network.deadline))[order],
        held=done[order].astype(np.int64),
        as_late=((network.constraint == AS_LATE_AS_POSSIBLE) & ~begun)[order],
        group=group[order],
        groups=groups,
        done=done[order],
        alike=np.where(on_one_axis, alike, calendar_passes.UNLIKE),
        weight=np.zeros(0, np.int64),
        table=minute_table(network.calendars, *_span(network)),
    )


def bound(network: Network, made: Ready, *, dates_win: bool) -> Ready:
    """The same with constraints, and what already happened, in floors, ceilings and limits: they depend on durations."""
    copied = {name: getattr(made, name).copy() for name in ("floor", "ceiling", "limit", "held")}
    made = replace(made, known_start=np.zeros(made.known_link.size, np.int64), **copied)
    _bind(network, made, dates_win=dates_win)
    made.floor[made.done] = made.ceiling[made.done]
    return replace(made, weight=weights(made))


def weights(made: Ready) -> Ints:
    """Of each slot, how much later than its predecessor's start a successor may start, on one axis."""
    weight = made.lag + np.where((made.kind == FS) | (made.kind == FF), made.duration[made.slot_from], 0)
    weighed: Ints = weight - np.where(made.kind >= FF, made.duration[made.out_to], 0)
    return weighed


def _bind(network: Network, made: Ready, *, dates_win: bool) -> None:
    """Put what already happened, and constraints, into floors, ceilings and limits."""
    _, passes, ready = passes_of(made.plain)
    columns = {
        name: ready(getattr(made, name)) for name in ("calendar", "placing", "duration", "floor", "ceiling", "limit", "held")
    }
    laid = ready(made.table)
    if made.known_link.size:
        link = made.known_link
        finish = (network.kind[link] == FS) | (network.kind[link] == FF)
        before = network.predecessor[link]
        moment = np.where(finish, network.actual_finish[before], network.actual_start[before])
        of_link = (
            moment,
            made.place[network.successor[link]],
            network.kind[link],
            network.lag[link],
            network.link_calendar[link],
        )
        found = ready(made.known_start)
        of_row = [columns[name] for name in ("calendar", "placing", "duration", "floor")]
        passes.settle_known(*(ready(column) for column in of_link), *of_row, found, laid)
        made.known_start[:] = found
    for kind, at in ((network.constraint, network.constraint_at), (network.second_constraint, network.second_constraint_at)):
        bound = (kind != UNBOUND) & (kind != AS_LATE_AS_POSSIBLE) & (network.actual_finish == NONE)
        starts = (kind == 1) | (kind == 2) | (kind == 5) | (kind == 7)
        rows = np.flatnonzero(bound & ~(starts & (network.actual_start != NONE)))  # begun work is past its start
        if rows.size:
            of_row = [columns[name] for name in ("calendar", "duration", "floor", "ceiling", "limit", "held")]
            passes.constrain(*(ready(c) for c in (made.place[rows], kind[rows], at[rows])), dates_win, *of_row, laid)
    for name in ("floor", "ceiling", "limit", "held"):
        getattr(made, name)[:] = columns[name]


def _split(network: Network, *, retained: bool) -> tuple[Bools, Ints]:
    """Which links still bind two dates to come, and the rows of those whose predecessor's end already happened."""
    done, begun = network.actual_finish != NONE, network.actual_start != NONE
    from_start = (network.kind == SS) | (network.kind == SF)
    gone = done[network.successor]
    if not retained:
        gone |= begun[network.successor] & ((network.kind == FS) | (network.kind == SS))
    happened = done[network.predecessor] | (begun[network.predecessor] & from_start)
    return ~gone & ~happened, np.flatnonzero(~gone & happened)


def _span(network: Network) -> tuple[int, int]:
    """First day and number of days that tables should hold at first."""
    if not network.calendars:
        return 0, 0
    if "span" in network.prepared:
        first, days = network.prepared["span"]
        return first, days
    dated = np.concatenate(
        [
            np.array([network.data_date or 0], np.int64),
            *(getattr(network, name) for name in ("not_before", "actual_start", "actual_finish", "deadline")),
            network.constraint_at,
            network.second_constraint_at,
        ]
    )
    dated = dated[dated > 0] // DAY
    if not dated.size:
        return 0, 20 * YEAR
    longest = int(network.duration.max(initial=0)) // DAY
    first = min(max(0, int(dated.min()) - YEAR), LAST_DAY_NUMBER - YEAR)
    return first, min(LAST_DAY_NUMBER + 1, int(dated.max()) + 4 * longest + 4 * YEAR) - first


def outside(made: Ready, first: int, last: int) -> bool:
    """Whether a date lies outside the days that the tables hold."""
    begin, days = (int(value) for value in made.table[:2])
    return first < begin * DAY or last >= (begin + days) * DAY


def outside_error(network: Network, made: Ready, start: Ints, finish: Ints) -> EngineError:
    """Names an activity that no calendar reaches."""
    begin, days = (int(value) for value in made.table[:2])
    bad = np.flatnonzero((start < begin * DAY) | (finish >= (begin + days) * DAY))
    last = moment_of((LAST_DAY_NUMBER + 1) * DAY - 1).year
    if not bad.size:  # only late dates do
        return EngineError(f"Late dates would lie outside the years 1970 to {last}.")
    key = int(network.key[made.order[bad[0]]])
    return EngineError(f"Activity {key} would lie outside the years 1970 to {last}.", key)


def _arranged(network: Network, plain: bool) -> tuple[Ints, Ints, Ints]:  # noqa: FBT001
    axis, _, ready = passes_of(plain)
    count, links = network.key.size, network.predecessor.size
    ptr, slots, waiting, order = (ready(np.zeros(size, np.int64)) for size in (count + 1, links, count, count))
    placed = axis.arrange(count, ready(network.predecessor), ready(network.successor), ptr, slots, waiting, order)
    if placed < count:
        raise _loop_error(network, np.asarray(waiting))
    return np.asarray(order, np.int64), np.asarray(ptr, np.int64), np.asarray(slots, np.int64)


def _loop_error(network: Network, waiting: Ints) -> EngineError:
    """Walk back through activities that wait for each other until one comes again; report the loop from its lowest key."""
    before: dict[int, int] = {}
    for j, i in zip(network.successor.tolist(), network.predecessor.tolist(), strict=True):
        if waiting[j] > 0 and waiting[i] > 0 and (j not in before or network.key[i] < network.key[before[j]]):
            before[j] = i
    row, seen = next(iter(before)), dict[int, int]()
    while row not in seen:
        seen[row] = len(seen)
        row = before[row]
    return loop_error([int(network.key[i]) for i, place in seen.items() if place >= seen[row]][::-1])


def loop_error(loop: list[int]) -> EngineError:
    """Names a loop from its lowest key."""
    first = loop.index(min(loop))
    loop = loop[first:] + loop[:first]
    named = " -> ".join(str(key) for key in [*loop[:NAMED], *(["..."] if len(loop) > NAMED else []), loop[0]])
    return EngineError(f"These activities wait for each other in a loop: {named}.", loop[0], tuple(loop))
