"""What goes out again of a strategy that came in: the file's own words where nothing was changed here, ours where it was.

A row is unchanged where it is still what the file makes of it (`mapping.aims`); so nothing about it has to be remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from goldenthread.formats import strategy as plans
from goldenthread.purpose.mapping.aims import GoalFigure, Indicator, aim_of, day_of, goal_name, indicator_of, value_of
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.purpose.queries.kept_strategies import KeptGoal, KeptIndicator, KeptObjective, KeptStrategy

Days = dict[date | None, Target]


@dataclass
class Live:
    """An office's rows as they stand, by ids, and what of them has gone out already: each figure goes once."""

    objectives: dict[int, Objective]
    kpis: dict[int, Kpi]
    targets: dict[int, dict[int, Days]]  # by objective and KPI
    figures: dict[int, dict[date, float]]  # by KPI
    withdrawn: dict[int, set[date]]
    said_targets: set[tuple[int, int]] = field(default_factory=set)
    said_figures: set[int] = field(default_factory=set)

    def targets_of(self, objective: int, kpi: int) -> Days:
        """The targets of a KPI for an objective, by their day."""
        return self.targets.get(objective, {}).get(kpi, {})

    def rest_of(self, objective_id: int) -> Iterator[plans.Indicator]:
        """The KPIs of an objective that have not gone out with it, in our own words."""
        for pk in self.targets.get(objective_id, {}):
            if (objective_id, pk) not in self.said_targets:
                kpi, found = self.kpis[pk], self.instances(objective_id, pk, set(), set())
                yield plans.Indicator(
                    dimension=kpi.name,
                    unit=kpi.unit,
                    identifier=kpi.source_key,
                    type="Quantitative",
                    other_information=kpi.definition,
                    direction=kpi.direction,
                    measurements=tuple(found),
                )

    def instances(self, objective: int, kpi: int, aimed: set[date | None], measured: set[date]) -> Iterator[plans.Measurement]:
        """Targets and figures that have not gone out, by day, without the days that the file itself states."""
        days: dict[date | None, tuple[list[plans.Result], list[plans.Result]]] = {}
        if (objective, kpi) not in self.said_targets:
            self.said_targets.add((objective, kpi))
            for due, target in self.targets_of(objective, kpi).items():
                if due not in aimed:
                    days.setdefault(due, ([], []))[0].append(aimed_at(target))
        if kpi not in self.said_figures:
            self.said_figures.add(kpi)
            for on, value in self.figures.get(kpi, {}).items():
                if on not in measured:
                    days.setdefault(on, ([], []))[1].append(plans.Result(_number(value), finish=on))
        return (plans.Measurement(tuple(aims), tuple(actuals)) for aims, actuals in days.values())


class StatedWords:
    """One strategy beside the live rows."""

    def __init__(self, strategy: KeptStrategy, live: Live) -> None:
        self.live = live
        self.winners: dict[int, int] = {}  # of two parts with one identifier the first became the row: its id()
        self.first: dict[int, Indicator] = {}  # by KPI: what the first indicator of its name makes of it
        self.aims: dict[tuple[int, int], dict[date | None, tuple[plans.Result, GoalFigure]]] = defaultdict(dict)
        self.figures: dict[int, dict[date, tuple[plans.Result, float]]] = defaultdict(dict)
        for goal in strategy.goals:
            for one in goal.parts:
                self._expect(one, "" if one is goal else goal_name(goal.said))

    def _expect(self, one: KeptGoal | KeptObjective, leadership: str) -> None:
        """Note what the file makes of an objective; of two figures of one day the last counts."""
        if one.objective_id is None:
            return
        self.winners.setdefault(one.objective_id, id(one))
        for kept, aim in zip(one.indicators, _aims(one, leadership), strict=True):
            if kept.kpi_id is None:
                continue
            self.first.setdefault(kept.kpi_id, aim)
            if one.objective_id not in self.live.objectives:
                continue
            results = [r for m in kept.said.measurements for r in m.targets]
            self.aims[one.objective_id, kept.kpi_id] |= {g.due_on: (r, g) for r, g in zip(results, aim.targets, strict=True)}
            for result in (r for m in kept.said.measurements for r in m.actuals):
                day, value = day_of(result), value_of(result)
                if day is not None and value is not None:
                    self.figures[kept.kpi_id][day] = (result, value)

    def described(self, one: KeptGoal | KeptObjective, leadership: str) -> plans.Goal | plans.Objective:
        """A goal or an objective that is live, with its indicators."""
        row, said = self.live.objectives[one.objective_id or 0], one.said
        is_winner = self.winners[row.pk] == id(one)
        if is_winner:
            aim = aim_of(said, leadership=leadership, until=None)
            if (row.title, row.detail) != (aim.title, aim.detail):
                name, detail, other = in_our_words(row)
                key = said.identifier or aim.source_key
                said = replace(said, name=name, description=detail, other_information=other, identifier=key)
        aims = zip(one.indicators, _aims(one, leadership), strict=True)
        found = [self._indicator(row.pk, kept, number, aim) for number, (kept, aim) in enumerate(aims, 1)]
        rest = self.live.rest_of(row.pk) if is_winner else ()
        return replace(said, indicators=(*(one for one in found if one is not None), *rest))

    def _indicator(self, objective: int, kept: KeptIndicator, number: int, aim: Indicator) -> plans.Indicator | None:
        """A stated indicator; None where its KPI may not go out."""
        if kept.kpi_id is None:
            return kept.said
        kpi = self.live.kpis.get(kept.kpi_id)
        if kpi is None:
            return None
        said, first, is_first = kept.said, self.first[kpi.pk], kpi.pk not in self.live.said_figures
        if (kpi.name, kpi.unit, kpi.definition) != (first.kpi_name, first.unit, first.definition):
            said = replace(said, dimension=kpi.name, unit=kpi.unit, other_information=kpi.definition)
        stated = (self._measurement(objective, kpi, one) for one in said.measurements)
        standing = [
            one for one, before in zip(stated, said.measurements, strict=True) if one == before or one != plans.Measurement()
        ]
        own = self.live.instances(objective, kpi.pk, set(self.aims[objective, kpi.pk]), set(self.figures[kpi.pk]))
        whole = replace(said, measurements=(*standing, *own))
        read = indicator_of(whole, number, "")
        direction = kpi.direction if is_first and read.direction != kpi.direction else said.direction
        return replace(whole, direction=direction, measurements=tuple(self._started(objective, kpi, whole, read)))

    def _measurement(self, objective: int, kpi: Kpi, one: plans.Measurement) -> plans.Measurement:
        targets = (self._target(objective, kpi, result) for result in one.targets)
        actuals = (self._actual(kpi, result) for result in one.actuals)
        return plans.Measurement(tuple(r for r in targets if r is not None), tuple(r for r in actuals if r is not None))

    def _target(self, objective: int, kpi: Kpi, result: plans.Result) -> plans.Result | None:
        """As stated, or as changed here; None where it was removed, or another one of its day counts."""
        due = day_of(result)
        row = self.live.targets_of(objective, kpi.pk).get(due)
        if row is None:
            return None
        last, goal = self.aims[objective, kpi.pk][due]
        value = None if kpi.direction == Kpi.Direction.BAND else goal.value
        if (row.value, row.band_low, row.baseline, row.baseline_on) == (value, None, goal.baseline, goal.starts_on):
            return result
        return replace(aimed_at(row), start=result.start if result.finish else None) if last is result else None

    def _actual(self, kpi: Kpi, result: plans.Result) -> plans.Result | None:
        """As stated, or as corrected here; None where it was withdrawn. What has become no figure stays as it is."""
        day, value = day_of(result), value_of(result)
        if day is None or value is None:
            return result
        standing = self.live.figures.get(kpi.pk, {}).get(day)
        if standing is None:
            return None if day in self.live.withdrawn.get(kpi.pk, ()) else result
        last, counted = self.figures[kpi.pk][day]
        if standing == counted:
            return result
        return replace(result, number=_number(standing), text="") if last is result else None

    def _started(self, objective: int, kpi: Kpi, whole: plans.Indicator, read: Indicator) -> Iterator[plans.Measurement]:
        """The measurements with a baseline beside each target whose own a reader would not find."""
        goals = iter(read.targets)
        for one in whole.measurements:
            yield replace(one, targets=tuple(self._from(objective, kpi, r, next(goals)) for r in one.targets))

    def _from(self, objective: int, kpi: Kpi, result: plans.Result, goal: GoalFigure) -> plans.Result:
        row = self.live.targets_of(objective, kpi.pk).get(goal.due_on)
        if row is None or (row.baseline, row.baseline_on) == (goal.baseline, goal.starts_on):
            return result
        return replace(
            result, baseline=_number(row.baseline), baseline_on=row.baseline_on or (None if row.baseline else goal.due_on)
        )


def _aims(one: KeptGoal | KeptObjective, leadership: str) -> Iterable[Indicator]:
    """What the file makes of the indicators."""
    whole = replace(one.said, indicators=tuple(kept.said for kept in one.indicators))
    return aim_of(whole, leadership=leadership, until=None).indicators


def in_our_words(row: Objective) -> tuple[str, str, str]:
    """Name, description and other information of an objective. A reader joins a name of few words with the description."""
    brief = len(row.title.split()) < 3
    return (row.title, "", row.detail) if brief else (row.title, row.detail, "")


def aimed_at(target: Target) -> plans.Result:
    """A target in our own words."""
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
