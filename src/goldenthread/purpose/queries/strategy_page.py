"""The page of a strategy that was taken in: who and what the file names, and what its goals became here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.formats import strategy as plans
from goldenthread.purpose.models import Objective, Strategy
from goldenthread.purpose.queries.kept_strategies import KeptGoal, KeptStrategy, kept_strategies, names_of

STAKEHOLDERS = {"Person": "person", "Organization": "organisation", "Generic_Group": "group"}
LINKS = {"Broader_Than": "is broader than", "Narrower_Than": "is part of", "Peer_To": "stands beside"}
PLANS = {"Strategic_Plan": "strategic plan", "Performance_Plan": "performance plan", "Performance_Report": "performance report"}


@dataclass(frozen=True)
class StakeholderRow:
    """Somebody whom the file names: what kind, which roles, and for which parts of the strategy; none: for the whole."""

    name: str
    kind: str
    description: str
    roles: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An indicator's relationship to something else, which has no name where the file does not hold it."""

    indicator: str
    words: str
    others: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class GoalRow:
    """A goal with the objectives here that came from it, and the indicators of those that the file states."""

    title: str
    performer: str  # the only stakeholder, where that is an organisation
    description: str
    own: Objective | None
    objectives: tuple[tuple[str, Objective], ...]
    indicators: int


@dataclass(frozen=True)
class StrategyPage:
    """Everything the page shows, without the placeholders that a form left behind."""

    row: Strategy
    head: plans.Plan
    kind: str
    values: tuple[plans.Statement, ...]
    goals: tuple[GoalRow, ...]
    stakeholders: tuple[StakeholderRow, ...]
    links: tuple[Link, ...]

    @property
    def objectives(self) -> int:
        """How many objectives here came from it."""
        return sum(len(goal.objectives) + (goal.own is not None) for goal in self.goals)


def strategy_page(row: Strategy, person: Person) -> StrategyPage:
    """The page of a strategy that the person may see. Four statements."""
    (kept,) = kept_strategies([row], person)
    ids = {one.objective_id for goal in kept.goals for one in goal.parts if one.objective_id is not None}
    rows = {one.pk: one for one in visible(Objective.objects.filter(pk__in=ids), person)}
    head = kept.head
    return StrategyPage(
        row=row,
        head=head,
        kind=PLANS.get(head.type, "strategic plan"),
        values=tuple(value for value in head.values if value.name or value.description),
        goals=tuple(_goal(goal, rows) for goal in kept.goals),
        stakeholders=tuple(_stakeholders(kept)),
        links=tuple(_links(kept)),
    )


def source_of(objective: Objective, person: Person) -> Strategy | None:
    """The newest strategy that states the objective."""
    found = visible(Strategy.objects.filter(parts__objective=objective), person)
    return found.order_by("-taken_in_on", "-id").first()


def _goal(goal: KeptGoal, rows: dict[int, Objective]) -> GoalRow:
    said, seen = goal.said, dict.fromkeys(rows[o.objective_id] for o in goal.objectives if o.objective_id in rows)
    only = said.stakeholders[0] if len(said.stakeholders) == 1 else None
    number = {one.objective_id: one.said.sequence for one in goal.objectives}
    return GoalRow(
        title=f"{said.sequence} {said.name or said.description or 'Without a name'}".strip(),
        performer=only.name if only is not None and only.type == "Organization" else "",
        description=said.description if said.name else "",
        own=rows.get(goal.objective_id or 0),
        objectives=tuple((number[row.pk], row) for row in seen),
        indicators=sum(len(one.indicators) for one in goal.parts),
    )


def _stakeholders(kept: KeptStrategy) -> Iterator[StakeholderRow]:
    """Each name once, in the order of the file."""
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None], list[str]]] = {}
    for one, part in _named(kept):
        if not one.name:
            continue
        roles, parts, texts = found.setdefault((one.name, one.type), ({}, {}, []))
        roles |= dict.fromkeys(said for role in one.roles if (said := _role(role)))
        parts |= {part: None} if part else {}
        texts += [one.description] if one.description and one.description not in texts else []
    for (name, kind), (roles, parts, texts) in found.items():
        yield StakeholderRow(name, STAKEHOLDERS.get(kind, kind), " ".join(texts), tuple(roles), tuple(parts))


def _named(kept: KeptStrategy) -> Iterator[tuple[plans.Stakeholder, str]]:
    """Each stakeholder with what he or she has a part in; nothing: in the whole."""
    yield from ((one, "") for organisation in kept.head.organisations for one in organisation.stakeholders)
    for goal in kept.goals:
        for part in (goal.parts[-1], *goal.parts[:-1]):  # the goal before its objectives
            yield from ((one, part.said.name or part.said.description) for one in part.said.stakeholders)


def _role(role: plans.Role) -> str:
    name = role.name or role.description
    kinds = " and ".join(word.lower() for word in role.types)
    return f"{name} ({kinds})" if name and kinds else name or kinds


def _links(kept: KeptStrategy) -> Iterator[Link]:
    names = names_of(kept)
    for goal in kept.goals:
        for part in goal.parts:
            for one in part.indicators:
                for link in one.said.relationships:
                    others = tuple(names.get(other) or "something that the file does not hold" for other in link.referents)
                    said = " ".join(text for text in (link.name, link.description) if text)
                    if said or others:
                        yield Link(one.said.dimension or one.said.unit, LINKS.get(link.type, "is tied to"), others, said)
