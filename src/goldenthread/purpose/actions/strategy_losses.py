"""What of a strategy becomes no row here, or a shorter one: nothing is left out without a word.

The file's own words are kept beside the rows all the same (`kept_strategies`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from goldenthread.formats.strategy import Goal, Indicator, Objective, Plan, Result
from goldenthread.purpose.mapping.aims import DEFINITION, DETAIL, NAME, TITLE

Loss = tuple[str, str, str]  # place, what it is about, message
SAME_DAY = "A later one in the file has the same day; this one is left out."


def losses(plan: Plan, today: date) -> list[Loss]:
    """Each thing that importing the plan leaves out, with its place."""
    stated: list[Goal | Objective] = [*plan.goals, *plan.objectives()]
    cut = [loss for one in stated for loss in _cut(one)]
    return [*cut, *_repeated(plan), *_figures(plan, today)]


def _cut(one: Goal | Objective) -> Iterator[Loss]:
    if len(one.name) > TITLE:
        yield one.place, "Name", f"It has {len(one.name)} characters; the title here is the first {TITLE}."
    if len(one.description) + len(one.other_information) > DETAIL:
        yield one.place, "Description", f"It is longer than {DETAIL} characters; the detail here ends there."


def _repeated(plan: Plan) -> Iterator[Loss]:
    """Objectives with the identifier of an earlier one: only the first is added."""
    seen: set[str] = set()
    for goal in plan.goals:
        own = (goal,) if goal.indicators or not goal.objectives else ()
        for one in (*goal.objectives, *own):
            if one.identifier and one.identifier in seen:
                yield one.place, "Identifier", f"“{one.name[:80]}” has the identifier of an earlier one and is left out."
            seen.add(one.identifier)


def _figures(plan: Plan, today: date) -> Iterator[Loss]:
    """Targets and actuals that become no row, and words beside those that do."""
    actual: dict[tuple[str, date | None], Result] = {}
    aimed: dict[tuple[str, str, date | None], Result] = {}
    for owner, indicator in _owned(plan):
        name = " ".join((indicator.dimension or indicator.unit).split())
        key = name.casefold()[:NAME] or str(id(indicator))
        if len(name) > NAME:
            yield owner.place, "MeasurementDimension", f"It has {len(name)} characters; the KPI is called by the first {NAME}."
        if len(indicator.other_information) > DEFINITION:
            yield (
                owner.place or name,
                "OtherInformation",
                f"It is longer than {DEFINITION} characters; the definition here ends there.",
            )
        for target in (r for m in indicator.measurements for r in m.targets):
            place = (owner.place, key, target.finish or target.start)
            if place in aimed:
                yield aimed[place].place, "TargetResult", SAME_DAY
            aimed[place] = target
        for result in (r for m in indicator.measurements for r in m.actuals):
            day = result.finish or result.start
            why = _unusable(result, day, today)
            if why:
                yield result.place, "ActualResult", why
                continue
            if (key, day) in actual:
                yield actual[key, day].place, "ActualResult", SAME_DAY
            actual[key, day] = result


def _owned(plan: Plan) -> Iterator[tuple[Goal | Objective, Indicator]]:
    for goal in plan.goals:
        yield from ((objective, indicator) for objective in goal.objectives for indicator in objective.indicators)
        yield from ((goal, indicator) for indicator in goal.indicators)


def _unusable(result: Result, day: date | None, today: date) -> str:
    """Why an actual becomes no measurement, or empty."""
    if result.number is None:
        return "It holds no number and is left out."
    if not math.isfinite(float(result.number)):
        return "Its number is too large and it is left out."
    if day is None:
        return f"{result.number} has no date and is left out; give it an EndDate."
    return f"{result.number} is of {day}, a day to come, and is left out." if day > today else ""
