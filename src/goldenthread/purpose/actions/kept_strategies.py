"""What a file states beside objectives and figures is kept in the file's own words, tied to the rows it became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count

from goldenthread.formats import strategy as plans
from goldenthread.kit import history
from goldenthread.purpose.mapping.aims import KEY, Aim, aim_of, goal_name
from goldenthread.purpose.mapping.documents import document
from goldenthread.purpose.models import Kpi, Objective, Office, Strategy, StrategyPart

Kind = StrategyPart.PartKind
TIED = ("part_kind", "position", "above", "objective_id", "kpi_id", "said", "goal")


def keep_strategy(
    *, office: Office, plan: plans.Plan, file_name: str, objectives: Mapping[str, Objective], kpis: Mapping[str, Kpi], day: date
) -> Strategy:
    """Keep what the plan states; of the same source (its identifier, else its name) the newer edition takes the older's place.

    objectives: by source key. kpis: by name, case-folded. Runs inside the changeset of the import.
    """
    key = (plan.identifier or plan.name or file_name)[:KEY]
    head = {"name": (plan.name or file_name)[:300], "file_name": file_name[:200], "said": document(plan, "goals")}
    parts = list(_parts(plan, objectives, kpis))
    strategy = Strategy.objects.filter(office=office, source_key=key).first()
    if strategy is None:
        strategy = Strategy(office=office, source_key=key, taken_in_on=day, **head)
        strategy.save()
    else:
        before = list(strategy.parts.order_by("position"))
        if list(map(_tied, before)) == list(map(_tied, parts)):
            history.change(strategy, head)
            return strategy
        history.change(strategy, {**head, "taken_in_on": day})
        history.remove_all(StrategyPart, before)
    for part in parts:
        part.strategy = strategy
    history.add_all(StrategyPart, parts)
    return strategy


def _tied(part: StrategyPart) -> tuple[object, ...]:
    return tuple(getattr(part, name) for name in TIED)


def _parts(plan: plans.Plan, objectives: Mapping[str, Objective], kpis: Mapping[str, Kpi]) -> Iterator[StrategyPart]:
    """Goals with what stands under them: first the objectives, then the goal's own indicators, as they are taken in."""
    places, seen = count(), set[str]()

    def indicators(one: plans.Goal | plans.Objective, aim: Aim, above: int) -> Iterator[StrategyPart]:
        is_first = aim.source_key not in seen  # of two with one identifier only the first has become rows
        seen.add(aim.source_key)
        for said, indicator in zip(one.indicators, aim.indicators, strict=True):
            yield StrategyPart(
                part_kind=Kind.INDICATOR,
                position=next(places),
                above=above,
                objective=objectives[aim.source_key],
                kpi=kpis[indicator.kpi_name.casefold()] if is_first else None,
                said=document(said),
            )

    for goal in plan.goals:
        own = aim_of(goal, leadership="", until=plan.finish) if goal.indicators or not goal.objectives else None
        place, said = next(places), document(goal, "objectives", "indicators")
        if own:
            row = objectives[own.source_key]
            yield StrategyPart(part_kind=Kind.GOAL, position=place, objective=row, said=said)
        for one in goal.objectives:
            aim = aim_of(one, leadership=goal_name(goal), until=plan.finish)
            here, row = next(places), objectives[aim.source_key]
            words = document(one, "indicators")
            yield StrategyPart(part_kind=Kind.OBJECTIVE, position=here, above=place, objective=row, said=words, goal=said)
            yield from indicators(one, aim, here)
        if own:
            yield from indicators(goal, own, place)
