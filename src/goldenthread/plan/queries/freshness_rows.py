"""The rows behind the freshness of a plan: its work, what changed since the version in force, hours planned and worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Subquery, Sum, Value
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.engine.freshness import Freshness, PlanFacts, freshness
from goldenthread.engine.thread_links import Key
from goldenthread.kit import history
from goldenthread.plan.mapping import freshness as mapping
from goldenthread.plan.models import BusinessPlan, PlanVersion, Step
from goldenthread.plan.queries.gaps import PlanWork, plan_work
from goldenthread.purpose.models import Objective, Service, Target
from goldenthread.schedule.models import Activity, BaselineActivity


@dataclass(frozen=True)
class Changed:
    """An objective that changed since the version in force was written, itself or in a target."""

    pk: int
    name: str
    owner: str
    owner_id: int | None
    is_confidential: bool
    on: date


@dataclass(frozen=True)
class PlanRead:
    """A plan as read for its freshness, and what the engine made of it."""

    known: PlanWork
    steps: list[Step]
    assumptions: list[Any]
    changes: list[Changed]
    planned: dict[Key, float]
    worked: dict[Key, float]
    made: Freshness


def read_plan(plan: BusinessPlan, day: date, person: Person | None) -> PlanRead:
    """A plan and its freshness on a day, named as far as `person` may see it. Four statements."""
    known = plan_work(plan.office, day, person)
    steps = mapping.open_steps(known.rows, known.work)
    assumed = mapping.assumptions(known.rows, steps, plan.office_id)
    changes = _changes(plan, day)
    when = mapping.span(plan, day)
    frozen, logged = _hours(plan, when)
    planned = mapping.planned_hours(frozen, known.rows.activities, when) if when.days >= mapping.LEAST_DAYS else {}
    worked = mapping.worked_hours(logged, known.rows.activities)
    facts = PlanFacts(
        steps=mapping.step_touches(steps, mapping.step_cadence(plan)),
        planned_hours=planned,
        actual_hours=worked,
        approved_on=plan.approved_on,
        review_days=plan.review_days,
        assumptions=mapping.assumption_touches(assumed, plan.review_days),
        changed_objectives=[row.pk for row in changes],
    )
    return PlanRead(known, steps, assumed, changes, planned, worked, freshness(facts, day))


def _changes(plan: BusinessPlan, day: date) -> list[Changed]:
    """Objectives that changed since the version in force was written, themselves or in a target, drafts apart. One statement.

    The newest change first.
    """
    in_force = PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.IN_FORCE)
    since = Subquery(in_force.values("proposed_at")[:1])
    until = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
    own = history.records(Objective).filter(office_id=plan.office_id, history_date__gt=since, history_date__lt=until)
    aims = history.records(Target).filter(objective__office_id=plan.office_id, history_date__gt=since, history_date__lt=until)
    parts = [
        _six(own.exclude(state=Objective.State.DRAFT), "id", ""),
        _six(aims.exclude(objective__state=Objective.State.DRAFT), "objective_id", "objective__"),
    ]
    found: dict[int, Changed] = {}
    rows: Any = parts[0].union(parts[1], all=True)
    for pk, short, title, owner, owner_id, is_secret, at in sorted(rows, key=lambda row: row[-1], reverse=True):
        found.setdefault(pk, Changed(pk, short or title, owner or "", owner_id, is_secret, timezone.localdate(at)))
    return list(found.values())


def _six(rows: QuerySet[Any, Any], key: str, of: str) -> QuerySet[Any, Any]:
    columns = (key, *(f"{of}{name}" for name in ("short_name", "title", "owner__name", "owner_id", "is_confidential")))
    told = {f"of_{n}": F(column) for n, column in enumerate((*columns, "history_date"))}
    return rows.order_by().annotate(**told).values_list(*told)


def _hours(plan: BusinessPlan, when: mapping.Span) -> tuple[list[Any], dict[tuple[str, int], int]]:
    """What the baseline of the version in force holds, and minutes worked by ("activity" or "service", id). One statement."""
    entries: Any = Activity._meta.get_field("time_entries").related_model
    worked = entries.objects.filter(on__gte=when.start, on__lte=when.end).order_by()
    frozen = BaselineActivity.objects.filter(
        baseline__plan_version__plan=plan, baseline__plan_version__state=PlanVersion.State.IN_FORCE
    ).order_by()
    nothing = Value(None, DateField())
    parts = [frozen.annotate(of_what=_kind("planned"), of_key=F("activity_id"), of_start=F("start"), of_end=F("finish"),
                             of_minutes=F("effort_likely"))]  # fmt: skip
    for kind, condition in (
        ("activity", {"activity__schedule": plan.schedule_id}),
        ("service", {"service__in": Service.objects.filter(office=plan.office_id).values("pk")}),
    ):
        rows = worked.filter(**condition).values(f"{kind}_id").annotate(of_what=_kind(kind), of_key=F(f"{kind}_id"))
        parts.append(rows.annotate(of_start=nothing, of_end=nothing, of_minutes=Sum("minutes")))
    names = ("of_what", "of_key", "of_start", "of_end", "of_minutes")
    first, *others = (rows.values_list(*names) for rows in parts)
    planned, logged = [], {}
    for what, key, start, finish, minutes in first.union(*others, all=True):
        if what == "planned":
            planned.append((key, start, finish, minutes))
        else:
            logged[what, key] = minutes
    return planned, logged


def _kind(word: str) -> Value:
    return Value(word, CharField())
