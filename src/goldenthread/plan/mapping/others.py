"""The figures of the organisation's KPIs as what the trend of one of them is drawn to: a class of the others.

Only what an open objective asks of a KPI teaches: nothing that is asked in confidence, neither way nor figures, goes in. What
comes out are medians over at least 20 cases of 5 others (docs/decisions/0018).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from goldenthread.engine.class_of_others import NOBODY, classes_of_others
from goldenthread.engine.histories import histories_of
from goldenthread.engine.reference_class import ReferenceClass
from goldenthread.purpose.models import Kpi, Measurement, Target

SHORTEST = 1.0  # days ahead


class Way(NamedTuple):
    """What is asked of a KPI: the signed change from baseline to target and its day; and with how many decimals it is written."""

    change: float
    due_on: date | None
    decimals: int

    def is_to_be_done(self, figures: list[tuple[date, float]]) -> bool:
        """Whether it asks of a KPI with these figures to be done, no more and no less: 0 so far or done, 1 from then on."""
        return self.change == 1.0 and self.decimals == 0 and {value for _, value in figures} <= {0.0, 1.0}


@dataclass(frozen=True)
class OtherFigures:
    """KPI -> the way that is asked of it; KPI -> its figures, oldest first. Both stay as they are: what they taught is kept."""

    ways: dict[int, Way]
    figures: dict[int, list[tuple[date, float]]]
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Taught:
    """A class that KPIs are drawn to, how many other KPIs taught it, and how much better its own past would have been foretold.

    better: as a part of the loss, of thin histories and of the others; 0 where it would not.
    """

    reference: ReferenceClass
    others: int
    better: tuple[float, float]


def standing_figures(kpis: dict[int, Kpi], today: date) -> dict[int, list[tuple[date, float]]]:
    """Standing figures up to today, since the last redefinition, oldest first."""
    found: dict[int, list[tuple[date, float]]] = {pk: [] for pk in kpis}
    rows: Any = Measurement.objects.filter(kpi_id__in=list(kpis), withdrawn_at__isnull=True, on__lte=today).order_by("on", "id")
    for kpi_id, on, value in rows.values_list("kpi_id", "on", "value"):
        since = kpis[kpi_id].redefined_on
        if since is None or on >= since:
            found[kpi_id].append((on, value))
    return found


def asked_ways(organisation_id: int) -> dict[int, Way]:
    """KPI -> the longest way from baseline to target that an open objective asks for."""
    open_to_all = Target.objects.filter(
        organisation_id=organisation_id, objective__is_confidential=False, value__isnull=False, baseline__isnull=False
    )
    found: dict[int, Way] = {}
    rows: Any = open_to_all.order_by("id").values_list("kpi_id", "baseline", "value", "due_on", "kpi__decimals")
    for kpi_id, baseline, value, due_on, decimals in rows:
        if value != baseline and abs(value - baseline) > abs(found[kpi_id].change if kpi_id in found else 0.0):
            found[kpi_id] = Way(value - baseline, due_on, decimals)
    return found


def taught(pupils: dict[int, bool], others: OtherFigures, today: date) -> tuple[dict[int, int], list[Taught]]:
    """KPI -> place of the class that it is drawn to, where one helps; and the classes. `pupils`: KPI -> is its history thin.

    What is done or not does not drift, and teaches nobody here. The mixtures of two versions ask the same again and again.
    """
    asked = (tuple(pupils.items()), today)
    if asked not in others.known:
        others.known[asked] = _taught(pupils, others, today)
    found: tuple[dict[int, int], list[Taught]] = others.known[asked]
    return found


def _taught(pupils: dict[int, bool], others: OtherFigures, today: date) -> tuple[dict[int, int], list[Taught]]:
    ways, figures = others.ways, others.figures
    teachers = sorted(pk for pk in ways if figures.get(pk) and not ways[pk].is_to_be_done(figures[pk]))
    rows = [[(float((on - today).days), value) for on, value in figures[pk]] for pk in teachers]
    place = {pk: i for i, pk in enumerate(teachers)}
    found = classes_of_others(
        histories_of(rows),
        np.array([ways[pk].change for pk in teachers], np.float64),
        np.array([_ahead(ways[pk].due_on, figures[pk], today) for pk in teachers], np.float64),
        np.array([place.get(pk, NOBODY) for pk in pupils], np.int64),
    )
    drawn = {pk: int(found.of[i]) for i, (pk, thin) in enumerate(pupils.items()) if found.helps(i, thin=thin)}
    told = zip(found.classes, found.histories.tolist(), found.better.tolist(), strict=True)
    return drawn, [Taught(learnt, count, (thin, other)) for learnt, count, (thin, other) in told]


def _ahead(due_on: date | None, figures: list[tuple[date, float]], today: date) -> float:
    """How far ahead a KPI's past is asked: as far as its target is due, and at most half of its history."""
    half = (figures[-1][0] - figures[0][0]).days / 2
    left = (due_on - today).days if due_on is not None and due_on > today else half
    return max(min(left, half), SHORTEST)
