"""The risks of a schedule on the page of its simulation: what each may do, and by how much P80 would fall without it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from goldenthread.schedule.models import DrivenActivity, Schedule, ScheduleRisk
from goldenthread.schedule.queries import risks

SHOWN = 20
SHOWN_NAMES = 3  # activities of a risk


@dataclass(frozen=True)
class RiskRow:
    """falls_days: None where that was not tried. is_counted: None where no simulation has seen it yet."""

    risk: ScheduleRisk
    activities: tuple[str, ...]
    more: int
    falls_days: float | None
    is_counted: bool | None


@dataclass(frozen=True)
class RisksOfSchedule:
    """counted: how many of them the simulation drew; None where there is none, or it is of another state of the risks."""

    count: int
    counted: int | None
    page: Page[ScheduleRisk] | None
    rows: tuple[RiskRow, ...] = ()


def risks_of_schedule(schedule: Schedule, told: dict[str, Any] | None, number: str, *, is_old: bool = False) -> RisksOfSchedule:
    """Those that cost most first. told: what the simulation said of the project, None where there is none."""
    known = list(risks(schedule))
    if not known:
        return RisksOfSchedule(0, None, None)
    found = {one["stored"]: one["p80_falls_days"] for one in (told or {}).get("risks", ())}
    known.sort(key=lambda risk: (-(found.get(risk.pk) or 0.0), -risk.chance, risk.pk))
    page = Paginator(known, SHOWN).get_page(number)
    names = _driven_names(page.object_list)
    rows = tuple(
        RiskRow(
            risk,
            tuple(names[risk.pk][:SHOWN_NAMES]),
            max(0, len(names[risk.pk]) - SHOWN_NAMES),
            found.get(risk.pk),
            None if told is None or (is_old and risk.pk not in found) else risk.pk in found,
        )
        for risk in page.object_list
    )
    return RisksOfSchedule(len(known), None if told is None or is_old else len(found), page, rows)


def _driven_names(shown: Any) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    links = DrivenActivity.objects.filter(risk__in=[risk.pk for risk in shown]).order_by("id")
    for risk, name in links.values_list("risk_id", "activity__name"):
        names[risk].append(name)
    return names
