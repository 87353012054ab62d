"""What a strategy from a file or a slide becomes here: each objective with its indicators, targets and figures.

The same file always becomes the same: so what is stored can be compared with what the file says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from goldenthread.formats import strategy as plans

TITLE, SHORT, NAME, KEY, UNIT, DETAIL, DEFINITION = 300, 60, 160, 120, 40, 4000, 2000
CADENCES = ((300, "YEARLY"), (80, "QUARTERLY"), (25, "MONTHLY"), (6, "WEEKLY"))  # from so many days on
DIRECTIONS = frozenset({"RISE", "FALL", "BAND"})


@dataclass(frozen=True)
class GoalFigure:
    """What an indicator is to be on a day (None: not said)."""

    value: float | None
    due_on: date | None
    baseline: float | None = None
    baseline_on: date | None = None

    @property
    def starts_on(self) -> date | None:
        """The day of the baseline; None where the target's own day is not after it."""
        if self.due_on is None or self.baseline_on is None or self.baseline_on < self.due_on:
            return self.baseline_on
        return None


@dataclass(frozen=True)
class Indicator:
    """An indicator of an objective. direction: "RISE", "FALL" or "BAND". figures: measured (day, value). cadence: or ""."""

    name: str
    unit: str = ""
    direction: str = "RISE"
    source_key: str = ""
    definition: str = ""
    targets: Sequence[GoalFigure] = ()
    figures: Sequence[tuple[date, float]] = ()
    cadence: str = ""

    @property
    def kpi_name(self) -> str:
        """What its KPI is called."""
        return " ".join(self.name.split())[:NAME]


@dataclass(frozen=True)
class Aim:
    """An objective as a file or a slide states it. source_key: its id there, by which it is known again."""

    title: str
    source_key: str
    short_name: str = ""
    detail: str = ""
    leadership_goal: str = ""
    valid_to: date | None = None
    indicators: Sequence[Indicator] = field(default_factory=tuple)


def aims_of(plan: plans.Plan) -> list[Aim]:
    """The objectives of a plan; a goal without objectives is one itself. Of two with one key the first counts."""
    seen: dict[str, Aim] = {}
    for _, aim in stated_aims(plan):
        seen.setdefault(aim.source_key, aim)
    return list(seen.values())


def stated_aims(plan: plans.Plan) -> Iterator[tuple[plans.Goal | plans.Objective, Aim]]:
    """Each goal and objective of the plan that stands for an objective here, with what it becomes."""
    for goal in plan.goals:
        name = goal_name(goal)
        yield from ((one, aim_of(one, leadership=name, until=plan.finish)) for one in goal.objectives)
        if goal.indicators or not goal.objectives:
            yield goal, aim_of(goal, leadership="", until=plan.finish)


def goal_name(goal: plans.Goal) -> str:
    """What a goal is called as the leadership goal of its objectives."""
    return _sentence(goal.name, goal.description)


def aim_of(one: plans.Objective | plans.Goal, *, leadership: str, until: date | None) -> Aim:
    """One objective under the leadership's goal."""
    title = _sentence(one.name or ("" if one.description else leadership), one.description)
    key = one.identifier or f"{leadership[:50]}/{title}"
    detail = "\n\n".join(text for text in (one.description, one.other_information) if text and text != title)
    indicators = [indicator_of(i, n, title) for n, i in enumerate(one.indicators, 1)]
    return Aim(title, key[:KEY], "", detail[:DETAIL], leadership, until, indicators)


def indicator_of(one: plans.Indicator, number: int, objective: str) -> Indicator:
    """One indicator, the `number`-th of its objective."""
    targets = [r for m in one.measurements for r in m.targets]
    actuals = [r for m in one.measurements for r in m.actuals]
    dated = ((day_of(r), value_of(r)) for r in actuals)
    figures = sorted(((day, value) for day, value in dated if day is not None and value is not None), key=lambda f: f[0])
    first = figures[0] if figures else None  # sorted stably: of two of one day the later in the file stays last
    goals = [_goal(r, first) for r in targets]
    name = " ".join((one.dimension or one.unit).split()) or f"Indicator {number} of {objective}"
    wanted = next((g.value for g in reversed(goals) if g.value is not None), None)
    falls = first is not None and wanted is not None and wanted < first[1]
    direction = one.direction if one.direction in DIRECTIONS else "FALL" if falls else "RISE"
    return Indicator(
        name,
        one.unit[:UNIT],
        direction,
        one.identifier[:KEY],
        one.other_information[:DEFINITION],
        goals,
        figures,
        _cadence(actuals),
    )


def _cadence(actuals: Sequence[plans.Result]) -> str:
    """How often a figure comes, by the time that each is stated to be of; empty where that is not stated."""
    days = max(((one.finish - one.start).days for one in actuals if one.start and one.finish), default=0)
    return next((name for least, name in CADENCES if days >= least), "")


def day_of(result: plans.Result) -> date | None:
    """The day a result is of."""
    return result.finish or result.start


def value_of(result: plans.Result) -> float | None:
    """The figure of a result; None where it holds no number, or one too large to reckon with."""
    value = float(result.number) if result.number is not None else math.nan
    return value if math.isfinite(value) else None


def _sentence(name: str, description: str) -> str:
    """The name, with the description where the name alone says nothing."""
    name, description = " ".join(name.split()), " ".join(description.split())
    if len(name.split()) >= 3 or not description:
        return cut(name or description or "Without a name", TITLE)
    return cut(f"{name}: {description}" if name else description, TITLE)


def cut(text: str, most: int) -> str:
    """`text`, or where it is longer than `most` characters its first whole words, marked as cut."""
    if len(text) <= most:
        return text
    kept, _, _ = text[:most].rpartition(" ")
    return f"{kept or text[: most - 1]}…"


def _goal(result: plans.Result, first: tuple[date, float] | None) -> GoalFigure:
    """A target. Where the file states no baseline, the first figure before its day is one."""
    value, due = value_of(result), day_of(result)
    if result.baseline is not None:
        return GoalFigure(value, due, float(result.baseline), result.baseline_on)
    if result.baseline_on is not None:
        return GoalFigure(value, due)
    before = first if first is not None and (due is None or first[0] < due) else None
    return GoalFigure(value, due, before[1] if before else None, before[0] if before else None)
