"""How fresh a plan is, 0-100, with its parts and what is stale.

F = 100 (0.35 s + 0.25 (1 - drift) + 0.2 age + 0.2 a), where s is the share of active steps updated within their cadence,
drift is half the sum of |planned hour share - actual hour share|, age is max(0, 1 - days since the last approved version / (2
x review period)) and a the share of assumptions reviewed in time. Below 60 a plan is stale, below 40 not usable. An objective
changed since the version in force was written makes it stale at once; so does having none, for it holds no objective at all. A
part nothing is known of (no steps, no hours, no assumptions) is left out and its weight shared among the others in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_links import Key

STALE_BELOW, UNUSABLE_BELOW = 60.0, 40.0
WEIGHTS = {"steps": 0.35, "hours": 0.25, "age": 0.2, "assumptions": 0.2}


@dataclass(frozen=True, slots=True)
class Touch:
    """An active step or an assumption: when it was last updated (None: never) and how many days may pass."""

    key: Key
    last: date | None
    cadence_days: int

    def in_time(self, day: date) -> bool:
        """Whether the last update lies within the cadence, its last day included."""
        return self.last is not None and day - self.last <= timedelta(days=self.cadence_days)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan as far as freshness needs it. Hours are by any grouping, the same one for planned and actual.

    `approved_on`: the day of the version in force, None without one. `changed_objectives`: those changed since it was written.
    """

    steps: Sequence[Touch]
    planned_hours: Mapping[Key, float]
    actual_hours: Mapping[Key, float]
    approved_on: date | None
    review_days: int
    assumptions: Sequence[Touch]
    changed_objectives: Sequence[Key] = ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """Score 0-100; `parts` by name, each 0-1 or None where nothing is known; `drift` 0-1; what is overdue, what changed.

    The verdict in a word.
    """

    score: float
    parts: Mapping[str, float | None]
    drift: float | None
    stale_steps: tuple[Key, ...]
    stale_assumptions: tuple[Key, ...]
    changed_objectives: tuple[Key, ...]
    verdict: Literal["fresh", "stale", "not_usable"]


def freshness(plan: PlanFacts, day: date) -> Freshness:
    """The freshness of a plan on `day`. Raises EngineError for a review period below one day or hours that are no number."""
    if plan.review_days < 1:
        raise EngineError("The review period must be at least one day.")
    drift = _drift(plan.planned_hours, plan.actual_hours)
    age = 0.0
    if plan.approved_on is not None:
        age = min(1.0, max(0.0, 1 - (day - plan.approved_on).days / (2 * plan.review_days)))
    parts = {
        "steps": _share(plan.steps, day),
        "hours": None if drift is None else 1 - drift,
        "age": age,
        "assumptions": _share(plan.assumptions, day),
    }
    known = [(WEIGHTS[name], value) for name, value in parts.items() if value is not None]
    score = 100 * math.fsum(weight * value for weight, value in known) / math.fsum(weight for weight, _ in known)
    verdict: Literal["fresh", "stale", "not_usable"] = "fresh"
    if score < UNUSABLE_BELOW:
        verdict = "not_usable"
    elif score < STALE_BELOW or plan.changed_objectives or plan.approved_on is None:
        verdict = "stale"
    late = _late(plan.steps, day), _late(plan.assumptions, day)
    return Freshness(score, parts, drift, *late, tuple(plan.changed_objectives), verdict)


def _share(touches: Sequence[Touch], day: date) -> float | None:
    return sum(each.in_time(day) for each in touches) / len(touches) if touches else None


def _late(touches: Sequence[Touch], day: date) -> tuple[Key, ...]:
    return tuple(each.key for each in touches if not each.in_time(day))


def _drift(planned: Mapping[Key, float], actual: Mapping[Key, float]) -> float | None:
    """Half the summed difference of hour shares, 0-1; None where either side has no hours."""
    for key, hours in [*planned.items(), *actual.items()]:
        if not math.isfinite(hours) or hours < 0:
            raise EngineError(f"Hours must be zero or more, not {hours}.", key)
    all_planned, all_actual = math.fsum(planned.values()), math.fsum(actual.values())
    if not all_planned or not all_actual:
        return None
    keys = sorted(planned.keys() | actual.keys(), key=str)
    return min(1.0, 0.5 * math.fsum(abs(planned.get(key, 0.0) / all_planned - actual.get(key, 0.0) / all_actual) for key in keys))
