"""Which change moved an activity: followed back through the network to the one that started it, not to its neighbours.

Of an activity whose dates differ between two states, in this order:
1. its own fields changed (duration, a date not to start before, what really happened): that row;
2. a relationship into it came, went or changed: that relationship, of several the one that drives;
3. an activity that drives it moved: whatever moved that one. The driver of a later start is the predecessor that is ready last in
   the new state, of an earlier start the one that was ready last in the old;
4. a part of it moved: whatever moved the part that reaches furthest; and the same for what stands above it;
5. else nothing of the plan did: the day from which what is left is counted went on.
Ready: the finish of a predecessor (start, where the relationship counts from there) plus the lag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from goldenthread.engine.table_compare import NOTHING, Changes, State

OWN = ("duration", "not_before", "actual_start", "actual_finish", "progress", "cancelled_on", "is_milestone")
MINUTES_A_DAY = 480.0
TIME = ("time", 0)  # the root where nothing of the plan moved it

Root = tuple[str, int]


@dataclass(frozen=True)
class _Side:
    """One state as far as roots need it: by activity its days and parent, into each activity its relationships by their keys."""

    start: dict[int, int]
    finish: dict[int, int]
    parent: dict[int, int]
    parts: dict[int, list[int]]
    into: dict[int, list[tuple[int, int, str, float]]]


def roots(old: State, new: State, changes: Changes) -> dict[int, Root]:
    """Activity that moved -> table and key of the row whose change moved it, or `TIME`."""
    before, after = _side(old), _side(new)
    own = _changed_rows(changes, "activities", OWN)
    links = _changed_links(new, changes)
    moved = _changed_rows(changes, "activities", ("start", "finish"))
    found: dict[int, Root] = {}
    for activity in sorted(moved):
        _follow(activity, found, moved, own, links, before, after)
    return {activity: found[activity] for activity in moved}


def _follow(
    activity: int, found: dict[int, Root], moved: set[int], own: set[int], links: Mapping[int, list[int]], old: _Side, new: _Side
) -> None:
    """Walk back until a root, or an activity whose root is known; all on the way have the same one."""
    way, here, root = [], activity, TIME
    while here not in found and here not in way:
        way.append(here)
        if here in own:
            root = ("activities", here)
            break
        if here in links:
            root = ("relationships", _driving(here, links[here], new))
            break
        before = _driver(here, moved, links, old, new)
        if before is None:
            break
        if isinstance(before, tuple):
            root = before
            break
        here = before
    else:
        root = found.get(here, TIME)
    found.update(dict.fromkeys(way, root))


def _driver(activity: int, moved: set[int], links: Mapping[int, list[int]], old: _Side, new: _Side) -> int | Root | None:
    """The activity that moved this one; a relationship of something above it; or None."""
    later = new.start.get(activity, NOTHING) >= old.start.get(activity, NOTHING)
    side = new if later else old
    for at in _up(activity, side):
        if at != activity and at in links:
            return "relationships", _driving(at, links[at], side)
        ready = [(_ready(link, side), link[1]) for link in side.into.get(at, []) if link[1] in moved and link[1] != activity]
        if ready:
            return max(ready)[1]
    parts = [part for part in new.parts.get(activity, []) if part in moved]
    if parts:
        return max(parts, key=lambda part: (new.finish.get(part, NOTHING), part))
    return None


def _up(activity: int, side: _Side) -> Iterator[int]:
    """The activity, and what stands above it."""
    here: int | None = activity
    seen: set[int] = set()
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = side.parent.get(here)


def _driving(activity: int, keys: list[int], side: _Side) -> int:
    """Of relationships that changed, the one whose predecessor is ready last; one that went counts where none is left."""
    ready = [(_ready(link, side), link[0]) for link in side.into.get(activity, []) if link[0] in keys]
    return max(ready)[1] if ready else min(keys)


def _ready(link: tuple[int, int, str, float], side: _Side) -> float:
    _, predecessor, kind, lag = link
    day = (side.start if kind.startswith("S") else side.finish).get(predecessor, NOTHING)
    return day + lag / MINUTES_A_DAY


def _side(state: State) -> _Side:
    activities, links = state["activities"], state["relationships"]
    keys = activities.keys.tolist()
    columns = {name: activities.columns[name].tolist() for name in ("start", "finish", "parent_id")}
    parent = {key: above for key, above in zip(keys, columns["parent_id"], strict=True) if above != NOTHING}
    parts: dict[int, list[int]] = defaultdict(list)
    for key, above in parent.items():
        parts[above].append(key)
    into: dict[int, list[tuple[int, int, str, float]]] = defaultdict(list)
    names = ("predecessor_id", "successor_id", "relationship_kind", "lag")
    rows: Any = zip(links.keys.tolist(), *(links.columns[name].tolist() for name in names), strict=True)
    for key, predecessor, successor, kind, lag in rows:
        into[successor].append((key, predecessor, kind, float(lag)))
    return _Side(
        dict(zip(keys, columns["start"], strict=True)), dict(zip(keys, columns["finish"], strict=True)), parent, parts, into
    )


def _changed_rows(changes: Changes, table: str, columns: tuple[str, ...]) -> set[int]:
    changed = changes[table].changed
    return {int(key) for name in columns if name in changed for key in changed[name].keys}


def _changed_links(new: State, changes: Changes) -> dict[int, list[int]]:
    """Activity -> keys of the relationships into it that came, went or changed."""
    told, links = changes["relationships"], new["relationships"]
    keys = _changed_rows(changes, "relationships", ("lag", "relationship_kind", "predecessor_id", "successor_id"))
    changed = links.rows(np.isin(links.keys, np.array(sorted(keys), np.int64)))
    found: dict[int, list[int]] = defaultdict(list)
    for rows in (told.added, told.dropped, changed):
        for key, successor in zip(rows.keys.tolist(), rows.columns["successor_id"].tolist(), strict=True):
            found[successor].append(key)
    return dict(found)
