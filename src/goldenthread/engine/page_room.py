"""What fits on one printed page: how much is said of each objective, and how many rows of each list stand.

Room is counted in half lines of the page's grid. Every printed row has a height known beforehand, whatever its words, so that
arithmetic decides and no browser. What does not fit is counted, never dropped in silence.

The rules: up to 6 objectives are told in full (title, every figure up to two, steps), up to 10 in short (title, one figure,
steps), more as a list (one line each, steps where there is room), of which at most 40 stand. Steps come in rounds: each
objective gets its next one, or none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LINE = 2  # half lines
ROOM = 106  # between the head and the foot of an A4 page; a US letter page, which is shorter, just holds it too
ROOMY = 84  # up to here the rows may be taller, for the same sheet: 5.1 instead of 4.2 mm
FULL, SHORT, LIST = "full", "short", "list"
UP_TO = {FULL: 6, SHORT: 10, LIST: 40}  # objectives
MOST_FIGURES = {FULL: 2, SHORT: 1, LIST: 0}  # rows of their own; in a list the figure stands beside the title
GAP = {FULL: 1, SHORT: 1, LIST: 0}
MOST_STEPS = 8
HEADING = 3
SIDE = 6  # rows of each of the two lists at the foot
SLIDE = 24  # lines of a slide on which objectives and their steps stand, at letters of ten points or more
SLIDE_SIDE, SLIDE_MANY = (4, 3), 12  # rows of each of the two lists beside so many objectives, and beside more


@dataclass(frozen=True, slots=True)
class GoalSize:
    """What there is to say of an objective: lines of its title, figures, steps."""

    title_lines: int
    figures: int
    steps: int


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of one objective stands on the page."""

    title_lines: int
    figures: int
    steps: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What stands: density, objectives in their order, rows of the two lists at the foot. `used`: half lines of ROOM.

    `stacked`: the two lists stand one below the other, because even then there is room for taller rows.
    """

    density: str
    goals: tuple[Shown, ...]
    sides: tuple[int, int]
    used: int
    stacked: bool

    @property
    def is_roomy(self) -> bool:
        """Whether there is room for taller rows."""
        return self.used <= ROOMY

    @property
    def is_airy(self) -> bool:
        """Whether there is room for every row to run on into a second line."""
        return 2 * self.used <= ROOMY


def arrange(goals: Sequence[GoalSize], sides: tuple[int, int]) -> Arrangement:
    """Objectives above, two lists at the foot, side by side where room is short."""
    density = next((name for name, most in UP_TO.items() if len(goals) <= most), LIST)
    stand = goals[: UP_TO[LIST]]
    kept = (kept_of(sides[0], SIDE), kept_of(sides[1], SIDE))
    rows, least = max(lines := [kept[n] + (kept[n] < sides[n]) for n in (0, 1)]), min(lines)
    used = HEADING + (HEADING + LINE * rows if rows else 0) + (LINE if len(goals) > len(stand) else 0)
    titles = [goal.title_lines if density == FULL else 1 for goal in stand]
    figures = [min(goal.figures, MOST_FIGURES[density]) for goal in stand]
    used += sum(LINE * (t + f) + GAP[density] for t, f in zip(titles, figures, strict=True))
    steps = _steps(stand, (ROOM - used) // LINE)
    used += LINE * sum(steps)
    below = used + (HEADING + LINE * least if least else 0)
    stacked = below <= ROOMY
    return Arrangement(density, tuple(map(Shown, titles, figures, steps)), kept, below if stacked else used, stacked)


def arrange_slide(goals: Sequence[GoalSize], sides: tuple[int, int]) -> Arrangement:
    """The same for a slide: a line an objective, steps below as far as there is room, the two lists beside them."""
    stand = goals[: kept_of(len(goals), SLIDE)]
    steps = _steps(stand, SLIDE - len(stand) - (len(goals) > len(stand)))
    most = SLIDE_SIDE[len(stand) > SLIDE_MANY]
    kept = (kept_of(sides[0], most), kept_of(sides[1], most))
    used = LINE * (len(stand) + sum(steps))
    return Arrangement(LIST, tuple(Shown(1, 0, count) for count in steps), kept, used, stacked=True)


def arrange_all(goals: Sequence[GoalSize], sides: tuple[int, int]) -> Arrangement:
    """The same where room is no question: everything stands."""
    return Arrangement(FULL, tuple(Shown(goal.title_lines, goal.figures, goal.steps) for goal in goals), sides, 0, stacked=True)


def _steps(goals: Sequence[GoalSize], lines: int) -> list[int]:
    """How many steps of each stand on so many lines, in rounds."""
    given = [0] * len(goals)
    for round_ in range(1, MOST_STEPS + 1):
        takers = [n for n, goal in enumerate(goals) if goal.steps >= round_]
        if len(takers) > lines:
            break
        lines -= len(takers)
        for n in takers:
            given[n] = round_
    return given


def kept_of(count: int, most: int) -> int:
    """How many rows of a list stand where `most` lines are free; where some do not, one line says how many."""
    return count if count <= most else max(0, most - 1)


def share_out(counts: Sequence[int], room: int = ROOM) -> tuple[int, ...]:
    """How many rows of each list stand on a page of lists, one below the other: the short ones whole, the others alike.

    A list that is empty takes no room; one that is cut spends a line on saying how much is left.
    """
    lines = (room - HEADING * sum(1 for count in counts if count)) // LINE
    given = [0] * len(counts)
    waiting = [n for n, count in enumerate(counts) if count]
    while waiting:
        fair = lines // len(waiting)
        small = [n for n in waiting if counts[n] <= fair]
        if not small:
            for place, n in enumerate(waiting):
                given[n] = kept_of(counts[n], fair + (place < lines % len(waiting)))
            break
        for n in small:
            given[n], lines = counts[n], lines - counts[n]
        waiting = [n for n in waiting if n not in small]
    return tuple(given)
