"""An office's live objectives as one plan that StratML can say, as far as a person may export them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.formats import strategy as plans
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target

_KEYS = uuid.UUID("0f6a3c52-7a0e-5f0c-8d5e-3d1c6f0a9b44")  # any fixed one: a row has the same key in every export


@dataclass(frozen=True)
class LivePlan:
    """The plan, and what of the office has no place in it: (what, how many)."""

    plan: plans.Plan
    left_out: tuple[tuple[str, int], ...]


def key_of(objective: Objective) -> str:
    """By what a file knows the objective: the id in the file it came from, else one of our own that never changes."""
    return objective.source_key or f"_{uuid.uuid5(_KEYS, f'{objective.organisation_id}/{objective.pk}')}"


def live_plan(office: Office, person: Person, day: date) -> LivePlan:
    """Objectives that are not retired, with the KPIs of their targets; each figure stands once, under the first of its KPI.

    Forbidden where the person may export no objectives. Five statements.
    """
    if not rights(person).anywhere(Act.EXPORT, Kind.OBJECTIVE):
        raise Forbidden("You may not export objectives.")
    found = visible(Objective.objects.filter(office=office), person, Act.EXPORT).order_by("id")
    objectives = [one for one in found if one.state != Objective.State.RETIRED]
    kpis = {kpi.pk: kpi for kpi in visible(Kpi.objects.filter(office=office), person, Act.EXPORT)}
    named = Target.objects.filter(objective__in=[one.pk for one in objectives], kpi__in=kpis).order_by("id")
    targets: dict[int, dict[int, list[Target]]] = defaultdict(lambda: defaultdict(list))
    for target in named:
        targets[target.objective_id][target.kpi_id].append(target)
    used = {kpi for by_kpi in targets.values() for kpi in by_kpi}
    figures: dict[int, list[Measurement]] = defaultdict(list)
    for row in Measurement.objects.filter(kpi__in=used, withdrawn_at__isnull=True).order_by("on"):
        figures[row.kpi_id].append(row)
    stated = [(one, tuple(_indicators(targets[one.pk], kpis, figures))) for one in objectives]
    ends = {one.valid_to for one in objectives}
    plan = plans.Plan(
        name=office.name,
        part=2,
        type="Performance_Report" if any(indicators for _, indicators in stated) else "Strategic_Plan",
        organisations=(plans.Organisation(office.organisation.name),),
        goals=tuple(_goals(stated)),
        finish=next(iter(ends)) if len(ends) == 1 else None,
        published=day,
    )
    left = {
        "objectives that are retired": len(found) - len(objectives),
        "KPIs that no objective names": len(kpis.keys() - used),
        "last days of objectives": sum(one.valid_to is not None for one in objectives) if len(ends) > 1 else 0,
    }
    return LivePlan(plan, tuple((what, number) for what, number in left.items() if number))


def _goals(stated: Sequence[tuple[Objective, tuple[plans.Indicator, ...]]]) -> Iterable[plans.Goal]:
    """A goal for each leadership's goal, in the order of its first objective; an objective without one is a goal itself."""
    under: dict[str, list[plans.Objective]] = {}
    alone = []
    for row, indicators in stated:
        brief = len(row.title.split()) < 3  # a reader joins such a name with its description
        detail, other = ("", row.detail) if brief else (row.detail, "")
        if row.leadership_goal:
            one = plans.Objective(row.title, detail, key_of(row), other_information=other, indicators=indicators)
            under.setdefault(row.leadership_goal, []).append(one)
        else:
            alone.append(plans.Goal(row.title, detail, key_of(row), other_information=other, indicators=indicators))
    yield from (plans.Goal(name, objectives=tuple(found)) for name, found in under.items())
    yield from alone


def _indicators(
    targets: dict[int, list[Target]], kpis: dict[int, Kpi], figures: dict[int, list[Measurement]]
) -> Iterable[plans.Indicator]:
    """The KPIs of an objective. Figures are taken out of `figures`, so that none is written twice."""
    for pk, wanted in targets.items():
        kpi = kpis[pk]
        days: dict[date | None, tuple[list[plans.Result], list[plans.Result]]] = {}
        for target in wanted:
            days.setdefault(target.due_on, ([], []))[0].append(_target(target))
        for row in figures.pop(pk, []):
            days.setdefault(row.on, ([], []))[1].append(plans.Result(_number(row.value), finish=row.on))
        yield plans.Indicator(
            dimension=kpi.name,
            unit=kpi.unit,
            identifier=kpi.source_key,
            type="Quantitative",
            other_information=kpi.definition,
            direction=kpi.direction,
            measurements=tuple(plans.Measurement(tuple(aims), tuple(actuals)) for aims, actuals in days.values()),
        )


def _target(target: Target) -> plans.Result:
    band = target.band_low is not None and target.band_high is not None
    return plans.Result(
        number=_number(target.value),
        descriptor="Band" if band else "",
        descriptor_value=f"{target.band_low:g} to {target.band_high:g}" if band else "",
        finish=target.due_on,
        baseline=_number(target.baseline),
        baseline_on=target.baseline_on,
    )


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).normalize()
