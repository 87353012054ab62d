"""Between two versions every mixture of them: each row as it stood before, or as it stands after where its cause has come.

A row that differs belongs to one cause, so a mixture is the old rows with those of some causes replaced. Dates are computed anew
for each mixture. What a version does not hold (figures, the dates of projects, the day) is the world outside, a cause of its own.
A project with a schedule finishes on both sides as that says now: what it said then is not kept.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from goldenthread.engine.root_changes import TIME, Root
from goldenthread.engine.table_compare import NOTHING, State
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.plan.mapping.finishes import Finish, finishes, networks_of
from goldenthread.plan.mapping.others import OtherFigures, asked_ways
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.mapping.version_document import COLUMNS, DAY, WHOLE
from goldenthread.plan.models import BusinessPlan, Contribution, Step, Supervision
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Measurement, Objective, Service, Target
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.models import Activity, Relationship

MODELS: dict[str, Any] = {
    "activities": Activity, "relationships": Relationship, "steps": Step, "contributions": Contribution,
    "supervisions": Supervision, "objectives": Objective, "targets": Target, "kpis": Kpi,
}  # fmt: skip
# Of these tables the columns that a forecast reads; who does the work and what a unit is worth move no chance.
MOVES: dict[str, tuple[str, ...]] = {
    "activities": (
        "parent_id", "is_milestone", "duration", "not_before", "effort_low", "effort_likely", "effort_high", "progress",
        "actual_start", "actual_finish", "cancelled_on",
    ),
    "relationships": ("predecessor_id", "successor_id", "relationship_kind", "lag"),
    "steps": ("activity_id",),
    "contributions": tuple(COLUMNS["contributions"]),
    "supervisions": tuple(COLUMNS["supervisions"]),
    "objectives": ("state",),
    "targets": tuple(COLUMNS["targets"]),
    "kpis": ("direction", "floor", "ceiling", "redefined_on"),
}  # fmt: skip
ALSO = {("steps", "service_id")}
OPEN = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
Rows = dict[str, dict[int, Any]]


@dataclass(frozen=True)
class Outside:
    """What a version does not hold, as it was known when it was proposed."""

    day: date
    figures: OtherFigures
    projects: dict[int, Project]


def outside(plan: BusinessPlan, moment: datetime) -> Outside:
    """The world around a plan at a moment."""
    day = timezone.localtime(moment).date()
    ways = asked_ways(plan.organisation_id)
    mine = Kpi.objects.filter(office=plan.office_id).values_list("pk", flat=True)
    figures: dict[int, list[tuple[date, float]]] = {pk: [] for pk in {*ways, *mine}}
    since = dict(Kpi.objects.filter(pk__in=figures).values_list("pk", "redefined_on"))
    told = history.rows_as_of(Measurement, moment).filter(kpi_id__in=list(figures), withdrawn_at__isnull=True, on__lte=day)
    for kpi, on, value in told.order_by("on", "id").values_list("kpi_id", "on", "value"):
        first = since[kpi]
        if first is None or on >= first:
            figures[kpi].append((on, value))
    columns = [field.attname for field in Project._meta.concrete_fields]
    stood = history.rows_as_of(Project, moment).values_list(*columns)
    return Outside(day, OtherFigures(ways, figures), {row.pk: row for row in _made(Project, columns, stood)})


def differing(changes: Mapping[str, Any]) -> dict[str, set[int]]:
    """By table the rows that came, went, or differ in a column that a forecast reads."""
    found = {}
    for table, columns in MOVES.items():
        told = changes[table]
        keys = {int(key) for column in columns if column in told.changed for key in told.changed[column].keys}
        found[table] = keys | set(told.added.keys.tolist()) | set(told.dropped.keys.tolist())
    return found


@dataclass(frozen=True)
class _Dated:
    """What of a mixture hangs on its work and day alone."""

    links: list[Any]
    dates: dict[int, Any]
    finishes: dict[str, Finish]


class Worlds:
    """The rows of two versions, and of every mixture by cause."""

    def __init__(
        self, plan: BusinessPlan, states: tuple[State, State], sides: tuple[Outside, Outside], cause_of: Mapping[Root, Root]
    ) -> None:
        self.plan, self.sides, self.cause_of = plan, sides, cause_of
        live: dict[str, dict[int, Any]] = {
            "kpis": {row.pk: row for row in Kpi.objects.filter(office=plan.office_id)},
            "services": {row.pk: row for row in Service.objects.filter(office=plan.office_id)},
        }
        self.old, self.new = (_rows(state, live) for state in states)
        given = [
            row for rows in (self.old, self.new) for table in ("contributions", "supervisions") for row in rows[table].values()
        ]
        self._named = {row.project_id for row in given}
        alive = Project.objects.filter(pk__in=self._named).select_related("schedule")
        self._networks = networks_of({row.pk: row for row in alive}, sides[1].day)
        self._known: dict[frozenset[Root], _Dated] = {}
        dated = {cause for (table, _), cause in cause_of.items() if table in ("activities", "relationships", "steps")}
        self._dated = frozenset({*dated, TIME})

    def world(self, of: Iterable[Root]) -> tuple[ThreadRows, dict[str, Finish]]:
        """The mixture in which these causes have come, and when its work finishes."""
        come = frozenset(of)
        rows = self._mixture(come)
        key = come & self._dated
        if key not in self._known:
            self._known[key] = self._finished(rows)
        known = self._known[key]
        rows.relationships, rows.dates = known.links, known.dates
        return rows, known.finishes

    def critical(self, of: Iterable[Root]) -> list[int]:
        """The activities of that mixture that leave no room."""
        return sorted(pk for pk, row in self.world(of)[0].dates.items() if row.is_critical)

    def _mixture(self, come: frozenset[Root]) -> ThreadRows:
        mixed: Rows = {table: dict(rows) for table, rows in self.old.items()}
        for (table, key), cause in self.cause_of.items():
            if cause in come:
                mixed[table].pop(key, None)
                if key in self.new[table]:
                    mixed[table][key] = self.new[table][key]
        side = self.sides[TIME in come]
        activities, objectives, steps = mixed["activities"], mixed["objectives"], mixed["steps"]
        contributions = [row for row in _in_order(mixed["contributions"]) if _stands(row, steps, side.projects)]
        supervisions = [row for row in _in_order(mixed["supervisions"]) if _stands(row, steps, side.projects)]
        open_ids = {pk for pk, row in objectives.items() if row.state in OPEN}
        kpis = mixed["kpis"]
        return ThreadRows(
            office=self.plan.office,
            today=side.day,
            mandate=None,
            objectives=_in_order(objectives),
            targets=[row for row in _in_order(mixed["targets"]) if row.objective_id in open_ids],
            kpis=kpis,
            figures={pk: side.figures.figures.get(pk, []) for pk in kpis},
            others=side.figures,
            rates={},
            currency_rates={},
            steps={pk: row for pk, row in sorted(steps.items()) if row.activity_id in activities},
            activities=_whole(activities),
            dates={},
            relationships=[
                row
                for row in _in_order(mixed["relationships"])
                if row.predecessor_id in activities and row.successor_id in activities
            ],
            contributions=contributions,
            supervisions=supervisions,
            projects={pk: row for pk, row in sorted(side.projects.items()) if pk in self._named},
            duties=[],
            networks=self._networks,
        )

    def _finished(self, rows: ThreadRows) -> _Dated:
        """Dates and finishes; where a mixture goes in a circle, without the relationships that came."""
        before, links = self.old["relationships"], rows.relationships
        old_ones = [link for link in links if before.get(link.pk) is link]
        for kept in (links, old_ones):
            rows.relationships = kept
            try:
                return self._dated_by(rows)
            except Refused:
                continue
        rows.relationships = []
        return self._dated_by(rows)

    def _dated_by(self, rows: ThreadRows) -> _Dated:
        rows.dates = {row.activity_id: row for row in self._dates(rows)}
        return _Dated(rows.relationships, rows.dates, finishes(rows))

    def _dates(self, rows: ThreadRows) -> list[Any]:
        return schedules.computed_dates(
            list(rows.activities.values()), rows.relationships, rows.office.organisation,
            self.plan.schedule.data_date or rows.today,
        )  # fmt: skip


def _stands(row: Any, steps: dict[int, Any], projects: dict[int, Project]) -> bool:
    return (not row.step_id or row.step_id in steps) and (not row.project_id or row.project_id in projects)


def _whole(activities: dict[int, Any]) -> dict[int, Any]:
    """In order, and what lies under something that is not there lies under nothing."""
    found = {}
    for pk, row in sorted(activities.items()):
        found[pk] = row
        if row.parent_id is not None and row.parent_id not in activities:
            found[pk] = copy.copy(row)
            found[pk].parent_id = None
    return found


def _in_order(rows: dict[int, Any]) -> list[Any]:
    return [rows[pk] for pk in sorted(rows)]


def _rows(state: State, live: dict[str, dict[int, Any]]) -> Rows:
    """The rows of a version as our models, unsaved; a KPI has beside what a version holds what it is today."""
    found: Rows = {}
    for table, model in MODELS.items():
        columns = state[table].columns
        names = [name for name in columns if name in MOVES[table] or (table, name) in ALSO]
        values = [_values(columns[name], _kind(table, name)) for name in names]
        rows = zip(state[table].keys.tolist(), *values, strict=True)
        found[table] = {row.pk: row for row in _made(model, ["id", *names], rows)}
    for pk, row in found["kpis"].items():
        known = live["kpis"].get(pk)
        if known is not None:
            row.name, row.decimals, row.office_id = known.name, known.decimals, known.office_id
    for row in found["steps"].values():
        if row.service_id is not None:
            row.service = live["services"].get(row.service_id)
    return found


def _kind(table: str, name: str) -> str:
    return COLUMNS[table].get(name, WHOLE)


def _values(column: Any, kind: str) -> list[Any]:
    """Plain values of a column; None where it holds none."""
    values: list[Any] = column.tolist()
    if kind == DAY:
        return [None if value == NOTHING else date.fromordinal(value) for value in values]
    if kind == WHOLE:
        return [None if value == NOTHING else value for value in values]
    return [None if value != value else value for value in values]  # noqa: PLR0124  nan


def _made(model: Any, names: list[str], rows: Iterable[Any]) -> Iterable[Any]:
    """Rows of a model from tuples, unsaved; what is not among them has its default, so that nothing is read behind our back."""
    return (model(**dict(zip(names, row, strict=True))) for row in rows)
