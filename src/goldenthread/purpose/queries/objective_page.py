"""Everything that an objective's page shows, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import for_person, visible
from goldenthread.kit.prepared import Blank
from goldenthread.kit.slots import ask
from goldenthread.purpose.models import Kpi, Objective, Strategy, Target, ValueRate
from goldenthread.purpose.queries.cascades import CascadeState, backing, children_of, may_see_goal
from goldenthread.purpose.queries.kpis import comparable, series
from goldenthread.purpose.queries.objectives import LIVE, ObjectiveRow, missing_ground, objective_rows
from goldenthread.purpose.queries.strategy_page import source_of


@dataclass(frozen=True)
class Remark:
    """Something to know about the objective: a tone (warn, bad or "") and a sentence."""

    tone: str
    text: str


@dataclass(frozen=True)
class ObjectivePage:
    """What the page shows. `wide` and `narrow`: panels of higher rooms, rendered.

    A provider of the slot `objective_panels` answers a list: its first panel goes under the charts, the others beside them.
    """

    row: ObjectiveRow
    figures: dict[int, list[tuple[date, float]]]  # by KPI id, since the KPI last changed its meaning
    rates: dict[int, ValueRate]  # by KPI id: the newest that the person may see, signed before unsigned
    missing: tuple[str, ...]  # what it stands on not; its quality is said by the review
    remarks: tuple[Remark, ...]
    wide: tuple[Any, ...]
    narrow: tuple[Any, ...]
    source: Strategy | None  # that it came from
    cascade: CascadeState | None
    sees_goal: bool  # whether the viewer may be told which goal it comes from
    children: tuple[Objective, ...]  # that come from it


def objective_page(key: int, person: Person, day: date, *, whole: bool = False) -> ObjectivePage | None:
    """The page of one objective; None where the person may not see it. `whole`: with every contribution."""
    rows = objective_rows(person, day, ids=[key])
    if not rows:
        return None
    row = rows[0]
    kpis = {view.kpi.pk: view.kpi for view in row.targets}
    figures = {key: comparable(found, kpis[key]) for key, found in series(kpis).items()}
    panels = ask("objective_panels", row.objective, person, whole=whole)
    cascade = backing([row.objective], [view.target for view in row.targets]).get(row.objective.pk)
    waits = row.objective.state in {Objective.State.DRAFT, Objective.State.PROPOSED}
    return ObjectivePage(
        row=row,
        figures=figures,
        rates=_rates(list(kpis), person),
        missing=tuple(missing_ground(row.objective, [view.target for view in row.targets], day)) if waits else (),
        remarks=tuple(_remarks(row, person, day, cascade)),
        wide=tuple(panel for answer in panels for panel in answer[:1]),
        narrow=tuple(panel for answer in panels for panel in answer[1:]),
        source=source_of(row.objective, person) if row.objective.source_key else None,
        cascade=cascade,
        sees_goal=cascade is None or may_see_goal(cascade.cascade, person),
        children=tuple(children_of(row.objective, person)),
    )


@for_person
def _all_rates(person: Person) -> QuerySet[ValueRate]:
    found = visible(ValueRate.objects.filter(kpi__in=Blank("kpis")).select_related("signed_by"), person)
    return found.order_by("valid_from")


def _rates(kpi_ids: list[int], person: Person) -> dict[int, ValueRate]:
    rates: dict[int, ValueRate] = {}
    for rate in _all_rates(person, kpis=kpi_ids):
        before = rates.get(rate.kpi_id)
        if before is None or before.signed_on is None or rate.signed_on is not None:
            rates[rate.kpi_id] = rate
    return rates


def _remarks(row: ObjectiveRow, person: Person, day: date, cascade: CascadeState | None) -> list[Remark]:
    objective, found = row.objective, []
    if objective.state not in LIVE:
        return []
    if objective.clause is not None and not row.mandate_is_in_force:
        found.append(Remark("bad", f"It cites “{objective.clause.mandate}”, which is not in force: nothing carries it."))
    if objective.valid_to is not None and objective.valid_to < day:
        found.append(Remark("bad", "Its last day is over: work for it no longer counts."))
    if row.is_over:
        found.append(Remark("warn", "The day of its targets has passed: close it, or set a target with a new day."))
    if row.targets and all(view.kpi.is_internal for view in row.targets):
        found.append(Remark("warn", "Only the PMO itself would notice a change of its figures."))
    if cascade is not None and cascade.is_void:
        found.append(Remark("bad", "Self-issued again: what both sides signed stands otherwise now."))
    elif cascade is None and objective.agreed_by_id is None:
        found.append(Remark("warn", "Self-issued: nobody of the leadership has agreed to it."))
    elif cascade is None:
        found.append(Remark("", "Self-issued: agreed to by word, but not signed by both sides."))
    elif not cascade.is_signed:
        found.append(Remark("", f"Self-issued until both sides have signed: {cascade.words}."))
    if row.targets and not any(view.has_signed_rate for view in row.targets):
        found.append(Remark("", "No link to money: nobody has signed what a unit is worth."))
    found += [
        Remark("warn", f"{view.kpi} changed its meaning after the baseline: measure a new baseline.")
        for view in row.targets
        if not view.is_comparable
    ]
    return found + [Remark("warn", text) for text in opposed(row, person)]


@for_person
def _others(person: Person) -> QuerySet[Target]:
    """The targets that other live objectives have for some KPIs."""
    others = Target.objects.filter(kpi__in=Blank("kpis"), objective__state__in=LIVE).exclude(objective=Blank("objective"))
    return visible(others.select_related("objective", "kpi"), person).order_by("id")


def opposed(row: ObjectiveRow, person: Person) -> list[str]:
    """The live objectives that pull one of its KPIs the other way, in words."""
    pulls = {view.kpi.pk: pull for view in row.targets if (pull := _pull(view.target))}
    found = _others(person, kpis=list(pulls), objective=row.objective.pk) if pulls else []
    return [
        f"“{target.objective.label}” pulls {target.kpi} the other way."
        for target in found
        if (pull := _pull(target)) and pull != pulls[target.kpi_id]
    ]


def _pull(target: Target) -> int:
    """+1 where the target lies above its baseline, -1 below, 0 where it cannot be said."""
    if target.kpi.direction == Kpi.Direction.BAND or target.value is None or target.baseline is None:
        return 0
    return (target.value > target.baseline) - (target.value < target.baseline)
