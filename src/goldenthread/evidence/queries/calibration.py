"""How good an organisation's own forecasts were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.chance_scores import ChanceScores, chance_scores, skill
from goldenthread.evidence.models import Prediction, StatedChance

ENOUGH = 20  # closed targets: fewer say nothing about chances
AHEAD = timedelta(days=90)  # the prediction that counts is the one made nearest to this long before the due date
LEAST_AHEAD = timedelta(days=28)  # what was said in the last weeks is no forecast any more
BINS = 5
S = TypeVar("S", bound=StatedChance)


@dataclass(frozen=True)
class Calibration:
    """Forecasts against outcomes, one prediction a target, as far as the reader may see the targets.

    `scores` is None below `ENOUGH`. `skill`: 1 - Brier / Brier of the base rate. `covered` of `ranges` outcomes lay within P10
    to P90. `sharpness`: standard deviation of the chances said, in points. `without`: closed with no outcome.
    """

    closed: tuple[Prediction, ...]
    waiting: tuple[Prediction, ...]
    without: int
    scores: ChanceScores | None
    skill: float | None
    covered: int
    ranges: int
    sharpness: float | None

    @property
    def missing(self) -> int:
        """How many more targets must close before chances can be judged."""
        return max(0, ENOUGH - len(self.closed))


def calibration(person: Person) -> Calibration:
    """What became of the forecasts that the person may see. Two statements beside those of rights."""
    rows: Any = visible(Prediction.objects.select_related("target__objective", "target__kpi"), person)
    every = list(rows.order_by("target_id", "due_on", "made_on"))
    by_aim = [list(group) for _, group in groupby(every, key=attrgetter("target_id", "due_on"))]
    told = [row for group in by_aim if (row := that_counts(group)) is not None]
    closed = sorted((row for row in told if row.was_reached is not None), key=lambda row: (row.due_on, row.pk), reverse=True)
    waiting = sorted((group[-1] for group in by_aim if group[-1].closed_on is None), key=lambda row: (row.due_on, row.pk))
    scores = None
    if len(closed) >= ENOUGH:
        scores = chance_scores([row.chance for row in closed], [bool(row.was_reached) for row in closed], bins=BINS)
    inside = [_is_inside(row) for row in closed]
    return Calibration(
        closed=tuple(closed),
        waiting=tuple(waiting),
        without=sum(1 for row in told if row.closed_on is not None and row.was_reached is None),
        scores=scores,
        skill=skill(scores.brier, scores.uncertainty) if scores is not None else None,
        covered=inside.count(True),
        ranges=len(inside) - inside.count(None),
        sharpness=_spread([row.chance for row in closed]) if scores is not None else None,
    )


def that_counts(group: list[S]) -> S | None:
    """Of what was said of one aim month by month, the one made about three months ahead; None where all came too late."""
    early = [row for row in group if row.due_on - row.made_on >= LEAST_AHEAD]
    return min(early, key=lambda row: abs((row.due_on - row.made_on) - AHEAD), default=None)


def _is_inside(row: Prediction) -> bool | None:
    """Whether it came out between P10 and P90; None where no range was said."""
    if row.p10 is None or row.p90 is None or row.outcome is None:
        return None
    return row.p10 <= row.outcome <= row.p90


def _spread(chances: list[float]) -> float:
    """Standard deviation in percentage points."""
    middle = sum(chances) / len(chances)
    return 100 * float((sum((chance - middle) ** 2 for chance in chances) / len(chances)) ** 0.5)


def next_due(found: Calibration) -> date | None:
    """When the next target comes due."""
    return found.waiting[0].due_on if found.waiting else None
