"""Rows of this room as the engine's data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from goldenthread.engine.objective_draft import ObjectiveDraft
from goldenthread.engine.objective_quality import Review, review
from goldenthread.engine.objective_text import Direction
from goldenthread.purpose.models import Kpi, Objective, Target

DIRECTIONS: dict[str, Direction] = {Kpi.Direction.RISE: "up", Kpi.Direction.FALL: "down", Kpi.Direction.BAND: "band"}
reviewed = lru_cache(maxsize=4096)(review)  # a draft says all that its review depends on


def draft_of(objective: Objective, target: Target | None = None, *, discriminates: bool | None = None) -> ObjectiveDraft:
    """An objective and one of its targets as the quality checks read them.

    A band becomes its middle, half its width being the tolerance. `discriminates`: whether it tells two pieces of work apart.
    """
    said = {
        "title": objective.title,
        "detail": objective.detail,
        "accountable": objective.owner.name if objective.owner else "",
        "value_driver": objective.leadership_goal,
        "mandate_clause": objective.clause.text if objective.clause else "",
        "discriminates": discriminates,
    }
    if target is None:
        return ObjectiveDraft(**said)  # type: ignore[arg-type]
    kpi = target.kpi
    value, tolerance = target.value, target.tolerance
    if target.band_low is not None and target.band_high is not None:
        value, tolerance = (target.band_low + target.band_high) / 2, (target.band_high - target.band_low) / 2
    return ObjectiveDraft(
        **said,  # type: ignore[arg-type]
        kpi_name=kpi.name,
        unit=kpi.unit,
        baseline=target.baseline,
        baseline_on=target.baseline_on,
        target=value,
        target_on=target.due_on,
        direction=DIRECTIONS[kpi.direction],
        tolerance=tolerance,
        source=kpi.source,
        measurement_owner=kpi.owner.name if kpi.owner else "",
        kpi_is_completion=kpi.is_completion,
    )


def quality_of(objective: Objective, targets: Iterable[Target], *, discriminates: bool | None = None) -> Review:
    """The review of the objective with its weakest required target: an objective is as good as its worst promise."""
    required: list[Target | None] = [target for target in targets if target.is_required]
    reviews = [reviewed(draft_of(objective, target, discriminates=discriminates)) for target in required or [None]]
    return min(reviews, key=lambda each: (each.ready, each.score))
