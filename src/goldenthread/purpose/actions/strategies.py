"""A whole strategy written at once: objectives with their indicators, targets and figures, in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.formats.strategy import Plan
from goldenthread.kit import history
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.actions.ground import day_of, refusing, require_in
from goldenthread.purpose.actions.kept_strategies import keep_strategy
from goldenthread.purpose.mapping import assumed_limits
from goldenthread.purpose.mapping.aims import DEFINITION, DETAIL, KEY, SHORT, TITLE, UNIT, Aim, GoalFigure, Indicator, cut
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target
from goldenthread.purpose.queries.strategy_export import key_of

__all__ = ["Added", "Aim", "GoalFigure", "Indicator", "add_strategy"]


@dataclass(frozen=True)
class Added:
    """What was written."""

    objectives: int
    kpis: int
    targets: int
    measurements: int


def add_strategy(
    *, office: Office, aims: Sequence[Aim], by: Person, title: str, plan: Plan | None = None, file_name: str = ""
) -> Added:
    """Add draft objectives with their KPIs, targets and figures as one action.

    What is there already (by source key) stays as it is; a KPI of the same name is used and gets the figures that it lacks.
    Figures of days to come are left out. plan: what the file states, `aims` being its objectives; it is kept beside them.
    """
    require_in(by, Act.EDIT, Kind.OBJECTIVE, office, "You may not add objectives to this office.")
    require_in(by, Act.EDIT, Kind.KPI, office, "You may not add KPIs to this office.")
    known = {key_of(o): o for o in Objective.objects.filter(office=office)}
    names = {k.name.casefold(): k for k in Kpi.objects.filter(office=office)}
    with changeset(title=title, by=by) as made:
        new = [_objective(office, aim) for aim in aims if aim.source_key[:KEY] not in known]
        known |= {o.source_key: o for o in history.add_all(Objective, new)}
        fresh = _new_kpis(office, aims, names)
        names |= {kpi.name.casefold(): kpi for kpi in history.add_all(Kpi, fresh)}
        pairs = [(known[aim.source_key[:KEY]], names[i.kpi_name.casefold()], i) for aim in aims for i in aim.indicators]
        targets = history.add_all(Target, list(_targets(pairs)))
        figures = history.add_all(Measurement, list(_figures(pairs, day_of(made), by)))
        if plan is not None:
            keep_strategy(office=office, plan=plan, file_name=file_name, objectives=known, kpis=names, day=day_of(made))
    return Added(len(new), len(fresh), len(targets), len(figures))


def _objective(office: Office, aim: Aim) -> Objective:
    row = Objective(
        office=office,
        title=cut(aim.title, TITLE),
        short_name=(aim.short_name or _few_words(aim.title))[:SHORT],
        detail=aim.detail[:DETAIL],
        leadership_goal=cut(aim.leadership_goal, TITLE),
        valid_to=aim.valid_to,
        source_key=aim.source_key[:KEY],
    )
    with refusing():
        row.clean_fields(exclude=["organisation", "office"])
    return row


def _few_words(title: str) -> str:
    """The first words, as many as fit on a map."""
    return cut(title.rstrip("."), 36)


def _new_kpis(office: Office, aims: Iterable[Aim], names: dict[str, Kpi]) -> list[Kpi]:
    made: dict[str, Kpi] = {}
    indicators = [i for aim in aims for i in aim.indicators]
    figures: dict[str, list[float | None]] = defaultdict(list)
    for indicator in indicators:
        known = [value for goal in indicator.targets for value in (goal.baseline, goal.value)]
        figures[indicator.kpi_name.casefold()] += [*known, *(value for _, value in indicator.figures)]
    for indicator in indicators:
        key = indicator.kpi_name.casefold()
        if key in names or key in made:
            continue
        row = Kpi(
            office=office,
            name=indicator.kpi_name,
            unit=indicator.unit[:UNIT],
            direction=indicator.direction,
            cadence=indicator.cadence or Kpi.Cadence.MONTHLY,
            definition=indicator.definition[:DEFINITION],
            source_key=indicator.source_key[:KEY],
        )
        row.floor, row.ceiling = assumed_limits(row, figures[key])
        with refusing():
            row.clean_fields(exclude=["organisation", "office"])
        made[key] = row
    return list(made.values())


def _targets(pairs: Sequence[tuple[Objective, Kpi, Indicator]]) -> Iterable[Target]:
    """Targets that are not there yet; one a day, the last said wins."""
    ids = {objective.pk for objective, _, _ in pairs}
    stored = set(Target.objects.filter(objective__in=ids).values_list("objective_id", "kpi_id", "due_on"))
    wanted: dict[tuple[int, int, date | None], Target] = {}
    for objective, kpi, indicator in pairs:
        for goal in indicator.targets:
            value = {"band_low": None, "band_high": None} if kpi.direction == Kpi.Direction.BAND else {"value": goal.value}
            row = Target(
                objective=objective, kpi=kpi, due_on=goal.due_on, baseline=goal.baseline, baseline_on=goal.starts_on, **value
            )
            wanted[objective.pk, kpi.pk, goal.due_on] = row
    return [row for key, row in wanted.items() if key not in stored]


def _figures(pairs: Sequence[tuple[Objective, Kpi, Indicator]], today: date, by: Person) -> Iterable[Measurement]:
    """Figures of days that have none yet."""
    ids = {kpi.pk for _, kpi, _ in pairs}
    stored = set(Measurement.objects.filter(kpi__in=ids, withdrawn_at__isnull=True).values_list("kpi_id", "on"))
    wanted: dict[tuple[int, date], Measurement] = {}
    for _, kpi, indicator in pairs:
        for day, value in indicator.figures:
            if day <= today and _possible(kpi, value):
                wanted[kpi.pk, day] = Measurement(kpi=kpi, on=day, value=value, entered_by=by, source="from a file")
    return [row for key, row in wanted.items() if key not in stored]


def _possible(kpi: Kpi, value: float) -> bool:
    return not ((kpi.floor is not None and value < kpi.floor) or (kpi.ceiling is not None and value > kpi.ceiling))
