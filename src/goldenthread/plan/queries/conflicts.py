"""Where the objectives of an office pull apart, as far as the viewer may see them: six statements, whatever their number."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.engine.objective_conflicts import Aim, ConflictData, Conflicts, Effect, conflicts
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.mapping.conflict_load import Piece, Worker, capacity, loads
from goldenthread.plan.models import BusinessPlan, Contribution
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.schedule.models import Activity, Assignment

STATES = (Objective.State.PROPOSED, Objective.State.APPROVED)
OPEN = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)
SOMEBODY = "one person"


@dataclass(frozen=True)
class ConflictRows:
    """What was found, and the rows behind it by the keys of the engine. People are named to who may see the gaps."""

    found: Conflicts
    objectives: dict[int, Objective]
    targets: dict[int, Target]
    kpis: dict[int, Kpi]
    effects: dict[str, list[Contribution]]  # work -> its effects
    names: dict[str, str]  # worker -> name

    def work_of(self, key: Any) -> tuple[str, str]:
        """Name and address of a piece of work."""
        row = self.effects[str(key)][0]
        if row.step_id:
            return str(row.step), f"/plan/steps/{row.step_id}"
        return str(row.project), f"/projects/{row.project_id}"


def conflict_rows(plan: BusinessPlan, day: date, person: Person) -> ConflictRows:
    """The conflicts between the live objectives of the plan's office."""
    live = Objective.objects.filter(office=plan.office_id, state__in=STATES).select_related("owner").order_by("pk")
    objectives = {row.pk: row for row in visible(live, person)}
    targets = {
        row.pk: row
        for row in Target.objects.filter(objective__in=objectives).select_related("kpi").order_by("objective_id", "pk")
    }
    effects = list(_effects({row.kpi_id for row in targets.values()}, person))
    aims = tuple(aim for row in targets.values() if (aim := aim_of(row)) is not None)
    rows = _activities(plan)
    by_work = _felt(effects, rows)
    pieces, workers = _pieces(rows, _served(aims, effects)), _workers(plan)
    week = plan.office.organisation.working_week
    everybody = {worker.key: worker for found in workers.values() for worker, _ in found}
    data = ConflictData(
        tuple(objectives),
        aims,
        tuple(Effect(key, row.kpi_id, row.likely) for key, found in by_work.items() for row in found),
        tuple(loads(pieces, workers, day, week)),
        capacity(everybody.values(), day, week),
    )
    sees = may_in(person, Act.VIEW, Kind.PULSE, plan.scope_id)
    shown = {key: one.name if sees or one.person in (None, person.pk) else SOMEBODY for key, one in everybody.items()}
    kpis = {row.kpi_id: row.kpi for row in targets.values()}
    return ConflictRows(conflicts(data), objectives, targets, kpis, by_work, shown)


def aim_of(target: Target) -> Aim | None:
    """What a target asks of its KPI; None while it says no figure. By its KPI's direction it is met, as everywhere."""
    slack = target.tolerance or 0.0
    given = {"key": target.pk, "objective": target.objective_id, "kpi": target.kpi_id}
    if target.band_low is not None or target.band_high is not None:
        least = -math.inf if target.band_low is None else target.band_low - slack
        return Aim(**given, pull=0, least=least, most=math.inf if target.band_high is None else target.band_high + slack)
    if target.value is None:
        return None
    rises = target.kpi.direction != Kpi.Direction.FALL
    pull = 1 if rises else -1
    if target.baseline is not None:
        pull = (target.value > target.baseline) - (target.value < target.baseline)
    if not rises:
        return Aim(**given, pull=pull, most=target.value + slack)
    return Aim(**given, pull=pull, least=target.value - slack)


def _effects(kpis: set[int], person: Person) -> QuerySet[Contribution]:
    """What open work is expected to do to these KPIs, where the viewer may see both."""
    of_step = Q(step__activity__cancelled_on__isnull=True, step__activity__actual_finish__isnull=True)
    of_project = Q(project__isnull=True) | Q(project__gone_on__isnull=True, project__state__in=OPEN)
    standing = Contribution.objects.filter(of_step, of_project, kpi__in=kpis).exclude(shown=Contribution.Shown.REFUTED)
    return visible(standing.select_related("step__activity", "project", "kpi"), person).order_by("pk")


def _work_key(row: Contribution) -> str:
    return f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}"


def _felt(effects: list[Contribution], rows: dict[int, Any]) -> dict[str, list[Contribution]]:
    """The effects of each piece of work, with those that a step has from the steps above it."""
    own: dict[str, list[Contribution]] = defaultdict(list)
    activities: dict[str, int] = {}
    for row in effects:
        own[_work_key(row)].append(row)
        if row.step is not None:
            activities[_work_key(row)] = row.step.activity_id
    at = {activity: key for key, activity in activities.items()}
    found = dict(own)
    for key, activity in activities.items():
        here = rows.get(rows[activity].parent_id) if activity in rows else None
        while here is not None:
            found[key] = found[key] + own.get(at.get(here.pk, ""), [])
            here = rows.get(here.parent_id)
    return found


def _served(aims: tuple[Aim, ...], effects: list[Contribution]) -> dict[int, set[int]]:
    """Activity of a step -> the objectives that its effects serve. What harms an objective is no work for it."""
    served: dict[int, set[int]] = defaultdict(set)
    for row in effects:
        if row.step is not None:
            found = {aim.objective for aim in aims if aim.kpi == row.kpi_id and aim.pull * row.likely >= 0}
            served[row.step.activity_id] |= {int(str(key)) for key in found}
    return served


def _activities(plan: BusinessPlan) -> dict[int, Any]:
    """Every activity of the plan, with what is left of it and when. One statement."""
    columns = (
        "pk", "parent_id", "duration", "effort_likely", "progress", "actual_finish", "cancelled_on", "dates__early_start",
        "dates__early_finish",
    )  # fmt: skip
    found: Any = Activity.objects.filter(schedule=plan.schedule_id).order_by("pk").values_list(*columns, named=True)
    return {row.pk: row for row in found}


def _pieces(rows: dict[int, Any], served: dict[int, set[int]]) -> list[Piece]:
    """The open leaves below steps that serve an objective."""
    summaries = {row.parent_id for row in rows.values()}
    pieces = []
    for row in rows.values():
        stopped = row.actual_finish or row.cancelled_on
        if row.pk in summaries or stopped or row.dates__early_start is None:
            continue
        reached, here = set[int](), row
        while here is not None:
            reached |= served.get(here.pk, set())
            here = rows.get(here.parent_id)
        left = (row.duration if row.effort_likely is None else row.effort_likely) * (100 - row.progress) / 100
        if reached and left:
            pieces.append(Piece(row.pk, row.dates__early_start, row.dates__early_finish, left, frozenset(reached)))
    return pieces


def _workers(plan: BusinessPlan) -> dict[int, list[tuple[Worker, int]]]:
    """Who works on each activity. One statement."""
    given = Assignment.objects.filter(activity__schedule=plan.schedule_id, resource__resource_kind__in=["PERSON", "ROLE"])
    known: dict[int, Worker] = {}
    found: dict[int, list[tuple[Worker, int]]] = defaultdict(list)
    for row in given.select_related("resource__person").order_by("pk"):
        resource, person = row.resource, row.resource.person
        if resource.pk not in known:
            away = (person.absent_from, person.absent_to) if person and person.absent_from and person.absent_to else None
            known[resource.pk] = Worker(
                f"resource:{resource.pk}", person.name if person else resource.name, person.pk if person else None,
                person.minutes_per_week if person else 0, away, person.leaves_on if person else None,
            )  # fmt: skip
        found[row.activity_id].append((known[resource.pk], row.units))
    return found
