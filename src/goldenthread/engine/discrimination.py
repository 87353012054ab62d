"""Does an objective tell two real pieces of work apart? Take it out of the ranking and see which items change their place.

An objective that moves nothing does not drive behaviour, however well it is worded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from goldenthread.engine.ranking import TodayItem, rank
from goldenthread.engine.thread_links import Key


@dataclass(frozen=True, slots=True)
class Discrimination:
    """Which items stand elsewhere without the objective, out of how many; `sentence` says it."""

    moved: tuple[Key, ...]
    items: int
    sentence: str

    @property
    def discriminates(self) -> bool:
        return bool(self.moved)


def discrimination(items: Sequence[TodayItem], without: Mapping[Key, float | None], day: date) -> Discrimination:
    """Ranks `items` on `day` with their cost of delay and again with the one they have `without` the objective.

    `without` gives, by key, the cost of delay per day left when the objective is taken out (None: not known); keys not in it
    keep theirs. Raises EngineError as `ranking.rank` does.
    """
    before = [row.item.key for row in rank(items, day)]
    others = [replace(item, cost_of_delay=without.get(item.key, item.cost_of_delay)) for item in items]
    after = [row.item.key for row in rank(others, day)]
    moved = tuple(first for first, second in zip(before, after, strict=True) if first != second)
    if not moved:
        return Discrimination((), len(before), "This objective changes nothing in the order of work.")
    return Discrimination(
        moved, len(before), f"This objective changes the place of {len(moved)} of {len(before)} pieces of work."
    )
