"""The strategies that were taken in, as far as a person may see them: what the files state, in their own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats import strategy as plans
from goldenthread.kit.permissions import Act
from goldenthread.purpose.mapping.documents import stated
from goldenthread.purpose.models import Office, Strategy, StrategyPart

Kind = StrategyPart.PartKind


@dataclass(frozen=True)
class KeptIndicator:
    """An indicator as stated, and the KPI it became; None where it became none."""

    said: plans.Indicator
    kpi_id: int | None


@dataclass(frozen=True)
class KeptObjective:
    """An objective as stated with its indicators, and the row it became."""

    said: plans.Objective
    objective_id: int
    indicators: tuple[KeptIndicator, ...]


@dataclass(frozen=True)
class KeptGoal:
    """A goal as stated; `objective_id` where it is an objective itself."""

    said: plans.Goal
    objective_id: int | None
    objectives: tuple[KeptObjective, ...]
    indicators: tuple[KeptIndicator, ...]

    @property
    def parts(self) -> tuple[KeptGoal | KeptObjective, ...]:
        """Its objectives, then itself."""
        return (*self.objectives, self)


@dataclass(frozen=True)
class KeptStrategy:
    """A strategy that was taken in. `head` is the plan without its goals."""

    row: Strategy
    head: plans.Plan
    goals: tuple[KeptGoal, ...]


def strategies(person: Person, act: str = Act.VIEW, office: Office | None = None) -> list[Strategy]:
    """The strategies that the person may see, the newest first."""
    found = visible(Strategy.objects.select_related("office"), person, act).order_by("-taken_in_on", "-id")
    return list(found.filter(office=office) if office is not None else found)


def kept_strategies(rows: Sequence[Strategy], person: Person, act: str = Act.VIEW) -> list[KeptStrategy]:
    """What they state. Two statements.

    Of a confidential objective nothing is told to who may not see it: not the goal that has no other, not a relationship that
    leads to it.
    """
    every = StrategyPart.objects.filter(strategy__in=rows).order_by("strategy_id", "position")
    seen = set(visible(StrategyPart.objects.filter(strategy__in=rows), person, act).values_list("pk", flat=True))
    parts: dict[int, list[StrategyPart]] = defaultdict(list)
    hidden: dict[int, set[str]] = defaultdict(set)
    for part in every:
        if part.pk in seen:
            parts[part.strategy_id].append(part)
        else:
            hidden[part.strategy_id] |= _identifiers(part)
    kept = []
    for row in rows:
        told = set[str]().union(*(_identifiers(part) for part in parts[row.pk]))
        kept.append(KeptStrategy(row, stated(plans.Plan, row.said), tuple(_goals(parts[row.pk], hidden[row.pk] - told))))
    return kept


def _identifiers(part: StrategyPart) -> set[str]:
    return {said["identifier"] for said in (part.said, part.goal) if said.get("identifier")}


def _goals(parts: Sequence[StrategyPart], hidden: set[str]) -> Iterator[KeptGoal]:
    """Each goal of which something may be seen, in the order of the file."""
    under: dict[int | None, list[StrategyPart]] = defaultdict(list)
    heads: dict[int, StrategyPart] = {}
    for part in parts:
        under[part.above].append(part)
        if part.part_kind != Kind.INDICATOR:
            heads.setdefault(part.position if part.part_kind == Kind.GOAL else part.above or 0, part)
    for place in sorted(heads):
        head = heads[place]
        is_own = head.part_kind == Kind.GOAL
        objectives = tuple(
            KeptObjective(stated(plans.Objective, one.said), one.objective_id, _indicators(under[one.position], hidden))
            for one in under[place]
            if one.part_kind == Kind.OBJECTIVE
        )
        said = stated(plans.Goal, head.said if is_own else head.goal)
        own = _indicators(under[place], hidden) if is_own else ()
        yield KeptGoal(said, head.objective_id if is_own else None, objectives, own)


def _indicators(parts: Sequence[StrategyPart], hidden: set[str]) -> tuple[KeptIndicator, ...]:
    return tuple(
        KeptIndicator(_without(stated(plans.Indicator, part.said), hidden), part.kpi_id)
        for part in parts
        if part.part_kind == Kind.INDICATOR
    )


def _without(one: plans.Indicator, hidden: set[str]) -> plans.Indicator:
    """The indicator without the relationships that lead to something hidden."""
    if not hidden or not one.relationships:
        return one
    kept = tuple(link for link in one.relationships if hidden.isdisjoint({link.identifier, *link.referents}))
    return replace(one, relationships=kept)


def names_of(strategy: KeptStrategy) -> Mapping[str, str]:
    """How what has an identifier is called in the file: identifier -> name."""
    found: dict[str, str] = {}
    for goal in strategy.goals:
        for one in goal.parts:
            found.setdefault(one.said.identifier, one.said.name or one.said.description)
            for indicator in one.indicators:
                found.setdefault(indicator.said.identifier, indicator.said.dimension)
    return found
