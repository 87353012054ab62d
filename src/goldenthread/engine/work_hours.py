"""Hours of work by where they lead: on the thread, for a duty, with no line to a goal. The one source of these figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from goldenthread.engine.thread_links import Key, Kind, Work
from goldenthread.engine.unsupported import Unsupported

PLAN: frozenset[Kind] = frozenset({"step", "activity"})


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The three parts add up to all. What an hour of work is, `thread_links.Work` says."""

    thread_hours: float
    duty_hours: float
    unsupported_hours: float

    @property
    def hours(self) -> float:
        return math.fsum((self.thread_hours, self.duty_hours, self.unsupported_hours))


def work_hours(found: Unsupported, *, kinds: Collection[Kind] | None = None, keys: Collection[Key] | None = None) -> WorkHours:
    """The hours of all leaves, of those of some kinds (the plan's are `PLAN`), or of those with these keys."""
    without = {row.key for row in found.findings}
    ends = [item for item in found.ends if (kinds is None or item.kind in kinds) and (keys is None or item.key in keys)]

    def part(is_in: Callable[[Work], bool]) -> float:
        return math.fsum(item.hours for item in ends if is_in(item))

    return WorkHours(
        part(lambda item: item.key not in without and item.key not in found.on_duty),
        part(lambda item: item.key in found.on_duty),
        part(lambda item: item.key in without),
    )
