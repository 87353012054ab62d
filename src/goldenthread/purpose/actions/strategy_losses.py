"""What of a StratML plan finds no place in the rows made of it: nothing is left out without a word."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from goldenthread.formats.strategy import Goal, Indicator, Objective, Plan, Result

Loss = tuple[str, str, str]  # place, what it is about, message
NOT_KEPT = "{} read and counted, not kept: no place for it yet."
SAME_DAY = "A later one in the file has the same day; this one is left out."
TITLE, DETAIL, NAME, DEFINITION = 300, 4000, 160, 2000


def losses(plan: Plan, today: date) -> list[Loss]:
    """Each thing that importing the plan leaves out, with its place."""
    return [*_kinds(plan), *_goals(plan), *_repeated(plan), *_figures(plan, today)]


def _kinds(plan: Plan) -> Iterator[Loss]:
    """Kinds of element that have no row of their own, each once."""
    indicators = plan.indicators()
    counted = {
        "Organization": len(plan.organisations),
        "Stakeholder": len(plan.stakeholders()),
        "Vision": int(plan.vision is not None),
        "Mission": int(plan.mission is not None),
        "Value": len(plan.values),
        "Relationship": sum(len(one.relationships) for one in indicators),
        "ValueChainStage": sum(bool(one.stage) for one in indicators),
        "PerformanceIndicatorType": sum(bool(one.type) for one in indicators),
        "Submitter": int(plan.submitter is not None),
        "Source": int(bool(plan.source)),
    }
    about = plan.description or plan.other_information
    counted |= {"Description of the plan": int(bool(about)), "StartDate of the plan": int(plan.start is not None)}
    return (("the plan", name, NOT_KEPT.format(number)) for name, number in counted.items() if number)


def _goals(plan: Plan) -> Iterator[Loss]:
    """Words of a goal that becomes only the leadership goal of its objectives, and texts that are too long."""
    for goal in plan.goals:
        if goal.objectives and not goal.indicators:
            if goal.description and len(goal.name.split()) >= 3:
                yield goal.place, "Description", f"Not kept, only the goal's name is: “{goal.description[:200]}”."
            if goal.other_information:
                yield goal.place, "OtherInformation", f"Not kept: “{goal.other_information[:200]}”."
        yield from _cut(goal)
        yield from (loss for one in goal.objectives for loss in _cut(one))


def _cut(one: Goal | Objective) -> Iterator[Loss]:
    if len(one.name) > TITLE:
        yield one.place, "Name", f"It has {len(one.name)} characters; the first {TITLE} are kept."
    if len(one.description) + len(one.other_information) > DETAIL:
        yield one.place, "Description", f"It is longer than {DETAIL} characters; the rest is not kept."


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
            yield owner.place, "MeasurementDimension", f"It has {len(name)} characters; the first {NAME} are kept."
        if len(indicator.other_information) > DEFINITION:
            yield owner.place or name, "OtherInformation", f"It is longer than {DEFINITION} characters; the rest is not kept."
        for target in (r for m in indicator.measurements for r in m.targets):
            yield from _words(target)
            place = (owner.place, key, target.finish or target.start)
            if place in aimed:
                yield aimed[place].place, "TargetResult", SAME_DAY
            aimed[place] = target
        for result in (r for m in indicator.measurements for r in m.actuals):
            yield from _words(result)
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


def _words(result: Result) -> Iterator[Loss]:
    said = " · ".join(text for text in (result.descriptor, result.descriptor_value, result.description) if text)
    if said:
        yield result.place, "Descriptor, Description", f"Words beside the figure are not kept: “{said[:200]}”."
