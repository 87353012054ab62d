"""An office's live objectives as one plan that StratML can say, as far as a person may export them."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.formats import strategy as plans
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.mapping.aims import TITLE, goal_name
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target
from goldenthread.purpose.queries.kept_strategies import KeptGoal, KeptStrategy, kept_strategies, strategies
from goldenthread.purpose.queries.stated_words import Live, StatedWords, in_our_words

_KEYS = uuid.UUID("0f6a3c52-7a0e-5f0c-8d5e-3d1c6f0a9b44")  # any fixed one: a row has the same key in every export
SAID_TWICE = "goals and objectives that an older strategy says again"


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

    What came in with a strategy goes out in its words, unless it was changed here. Forbidden where the person may export no
    objectives of the office.
    """
    if not may_in(person, Act.EXPORT, Kind.OBJECTIVE, office.scope_id):
        raise Forbidden("You may not export the objectives of this office.")
    found = list(visible(Objective.objects.filter(office=office), person, Act.EXPORT).order_by("id"))
    live = _live(found, office, person)
    kept = kept_strategies(strategies(person, Act.EXPORT, office), person, Act.EXPORT)
    left: Counter[str] = Counter()
    goals = list(_goals(kept, live, left))
    ends = {one.valid_to for one in live.objectives.values()}
    head = _head(
        kept, office, left, day, has_indicators=any(g.indicators or any(one.indicators for one in g.objectives) for g in goals)
    )
    finish = next(iter(ends)) if len(ends) == 1 else head.finish
    left["objectives that are retired"] = len(found) - len(live.objectives)
    left["KPIs that no objective names"] = len(live.kpis.keys() - {kpi for named in live.targets.values() for kpi in named})
    if len(ends) > 1:
        left["last days of objectives"] = sum(one.valid_to not in (None, finish) for one in live.objectives.values())
    return LivePlan(replace(head, goals=tuple(goals), finish=finish), tuple((what, n) for what, n in left.items() if n))


def _live(found: Sequence[Objective], office: Office, person: Person) -> Live:
    objectives = {one.pk: one for one in found if one.state != Objective.State.RETIRED}
    kpis = {kpi.pk: kpi for kpi in visible(Kpi.objects.filter(office=office), person, Act.EXPORT)}
    live = Live(objectives, kpis, defaultdict(lambda: defaultdict(dict)), defaultdict(dict), defaultdict(set))
    for target in Target.objects.filter(objective__in=list(objectives), kpi__in=kpis).order_by("id"):
        live.targets[target.objective_id][target.kpi_id][target.due_on] = target
    for row in Measurement.objects.filter(kpi__in=list(kpis)).order_by("on"):
        if row.withdrawn_at is None:
            live.figures[row.kpi_id][row.on] = row.value
        else:
            live.withdrawn[row.kpi_id].add(row.on)
    return live


def _head(kept: Sequence[KeptStrategy], office: Office, left: Counter[str], day: date, *, has_indicators: bool) -> plans.Plan:
    """What is said beside the goals: by the newest strategy, with the organisations and values of the older ones."""
    if not kept:
        kind = "Performance_Report" if has_indicators else "Strategic_Plan"
        organisations = (plans.Organisation(office.organisation.name),)
        return plans.Plan(office.name, 2, kind, organisations=organisations, published=day)
    head, older = kept[0].head, [one.head for one in kept[1:]]
    left["names, missions, visions and sources of older strategies"] = len(older)
    others = tuple(dict.fromkeys(o for one in older for o in one.organisations if o not in head.organisations))
    values = tuple(dict.fromkeys(v for one in older for v in one.values if v not in head.values))
    return replace(
        head,
        part=2 if has_indicators else head.part,
        organisations=(*head.organisations, *others),
        values=(*head.values, *values),
    )


def _goals(kept: Sequence[KeptStrategy], live: Live, left: Counter[str]) -> Iterator[plans.Goal]:
    """The goals of the strategies; then a goal for each other leadership's goal; an objective without one is a goal itself."""
    goals: list[tuple[plans.Goal, list[plans.Objective]]] = []
    moved: list[tuple[str, plans.Goal | plans.Objective]] = []
    placed: set[int] = set()
    for strategy in kept:
        words, here = StatedWords(strategy, live), set[int]()
        for goal in strategy.goals:
            left[SAID_TWICE] += sum(one.objective_id in placed for one in goal.parts)
            found = _goal(goal, words, live.objectives.keys() - placed, moved)
            here |= {one.objective_id for one in goal.parts if one.objective_id is not None}
            goals += [found] if found else []
        placed |= here
    for row in live.objectives.values():
        if row.pk not in placed:
            name, detail, other = in_our_words(row)
            rest = tuple(live.rest_of(row.pk))
            moved.append((row.leadership_goal, plans.Objective(name, detail, key_of(row), "", other, indicators=rest)))
    by_name: dict[str, list[plans.Objective]] = {goal_name(goal): found for goal, found in reversed(goals)}
    alone = []
    for name, one in moved:
        if name and name not in by_name:
            by_name[name] = []
            goals.append((plans.Goal(name), by_name[name]))
        if name:
            by_name[name].append(_objective(one))
        else:
            alone.append(_alone(one))
    yield from (replace(goal, objectives=tuple(found)) for goal, found in goals)
    yield from alone


def _goal(
    goal: KeptGoal, words: StatedWords, open_ones: AbstractSet[int], moved: list[tuple[str, plans.Goal | plans.Objective]]
) -> tuple[plans.Goal, list[plans.Objective]] | None:
    """A stated goal with those of its objectives that still stand under it; None where nothing of it goes out."""
    name, found, said = goal_name(goal.said), [], goal.said
    for one in goal.objectives:
        if one.objective_id in open_ones:
            leadership = words.live.objectives[one.objective_id].leadership_goal
            written = _objective(words.described(one, name))
            if leadership == name[:TITLE]:
                found.append(written)
            else:
                moved.append((leadership, written))
    own = words.live.objectives[goal.objective_id] if goal.objective_id is not None and goal.objective_id in open_ones else None
    if own is not None and own.leadership_goal:
        moved.append((own.leadership_goal, words.described(goal, "")))
    elif own is not None:
        said = _alone(words.described(goal, ""))
    return (said, found) if found or (own is not None and not own.leadership_goal) else None


def _objective(one: plans.Goal | plans.Objective) -> plans.Objective:
    """An objective, also of what stood as a goal."""
    return one if isinstance(one, plans.Objective) else plans.Objective(*_fields(one))


def _alone(one: plans.Goal | plans.Objective) -> plans.Goal:
    """A goal, also of what stood as an objective."""
    if isinstance(one, plans.Goal):
        return one
    name, detail, key, sequence, other, stakeholders, indicators = _fields(one)
    return plans.Goal(name, detail, key, sequence, other, stakeholders, indicators=indicators)


def _fields(one: plans.Goal | plans.Objective) -> tuple[Any, ...]:
    return (one.name, one.description, one.identifier, one.sequence, one.other_information, one.stakeholders, one.indicators)
