"""Objectives and targets as the quality checks read them, and what is assumed of a new KPI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from goldenthread.engine.objective_draft import ObjectiveDraft
from goldenthread.engine.objective_quality import Review, review
from goldenthread.engine.objective_text import Direction
from goldenthread.purpose.models import Kpi, Objective, Target

DIRECTIONS: dict[str, Direction] = {Kpi.Direction.RISE: "up", Kpi.Direction.FALL: "down", Kpi.Direction.BAND: "band"}
reviewed = lru_cache(maxsize=4096)(review)  # a draft says all that its review depends on


PERCENT = frozenset({"%", "percent", "per cent", "pct"})
SHARE = (0.0, 100.0)
NO_SHARE = re.compile(
    r"growth|chang|increas|decreas|varian|deviat|error|overrun|return|\broi\b|margin|utili[sz]|inflation|load|productiv",
    re.IGNORECASE,
)


def is_share(kpi: Kpi) -> bool:
    """Whether its percentages are parts of a whole, by its unit and name: growth, utilisation and the like may pass 100."""
    return kpi.unit.strip().casefold() in PERCENT and not NO_SHARE.search(kpi.name)


def assumed_limits(kpi: Kpi, figures: Iterable[float | None] = ()) -> tuple[float | None, float | None]:
    """Floor and ceiling of a new KPI that states neither: 0 and 100 of a share, unless a figure known of it lies outside."""
    if kpi.floor is not None or kpi.ceiling is not None or not is_share(kpi):
        return kpi.floor, kpi.ceiling
    return (None, None) if beyond_share(figures) else SHARE


def beyond_share(figures: Iterable[float | None]) -> bool:
    """Whether a figure lies outside 0 to 100."""
    return any(value is not None and not SHARE[0] <= value <= SHARE[1] for value in figures)


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
