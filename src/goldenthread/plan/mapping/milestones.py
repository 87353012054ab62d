"""KPIs that are done or not: how long they have waited, and how long the organisation's others took.

Such a KPI is asked to go from 0 to 1, has no decimals and no other figures. It does not drift: it waits until it is done, and
stays so. Where no work moves it, it is told by how long others waited (`milestone_outlook`). As in `others`, nothing that is
asked in confidence teaches.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from goldenthread.engine.milestone_outlook import MilestoneOutlook, milestone_outlook
from goldenthread.plan.mapping.others import OtherFigures, Way
from goldenthread.purpose.models import Kpi, Target


def milestones(
    kpis: list[Kpi], asked: dict[int, list[Target]], figures: dict[int, list[tuple[date, float]]], others: OtherFigures, day: date
) -> dict[int, dict[str, Any]]:
    """Milestone -> what it rests on: whether and how many days it waits, others done of how many, A and B of the formula."""
    mine = [kpi for kpi in kpis if _is_milestone(kpi, asked[kpi.pk], figures[kpi.pk])]
    known = {pk: others.figures[pk] for pk in others.ways if others.figures.get(pk)}
    waits = {pk: _wait(seen, day) for pk, seen in known.items() if others.ways[pk].is_to_be_done(seen)}
    found = {}
    for kpi in mine:
        waited, is_done = _wait(figures[kpi.pk], day)
        class_of = [wait for pk, wait in waits.items() if pk != kpi.pk]
        seen = milestone_outlook([waited], [days for days, _ in class_of], [done for _, done in class_of])
        found[kpi.pk] = {
            "waits": not is_done,
            "waited": waited,
            "cases": seen.cases,
            "others": len(class_of),
            "done": seen.done,
            "days": float(seen.days[0]),
        }
    return found


def outlook_of(told: dict[str, Any]) -> MilestoneOutlook:
    """An outlook from what it rests on."""
    return MilestoneOutlook(done=told["done"], days=np.array([told["days"]]), cases=told["cases"])


def _is_milestone(kpi: Kpi, asked: list[Target], figures: list[tuple[date, float]]) -> bool:
    """Whether everything asked of the KPI is to be done."""
    wanted = all((target.baseline, target.value) == (0.0, 1.0) for target in asked)
    return wanted and kpi.direction == Kpi.Direction.RISE and Way(1.0, None, kpi.decimals).is_to_be_done(figures)


def _wait(figures: list[tuple[date, float]], day: date) -> tuple[float, bool]:
    """Days from the first figure to the one that says done, or to today where none does."""
    first = figures[0][0]
    done = next((on for on, value in figures if value == 1.0), None)
    return float(((done or day) - first).days), done is not None
