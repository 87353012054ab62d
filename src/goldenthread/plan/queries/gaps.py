"""Which work serves no goal, and which goal has no work: the rows, and the totals that equal them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.engine.belief_gap import BeliefGap, PulseAnswer, belief_gap, complete_paths
from goldenthread.engine.thread_gaps import GoalGap, PersonGap, StepGap, coverage_gaps, people_without_line, without_owner
from goldenthread.engine.thread_links import Work
from goldenthread.engine.unsupported import Unsupported, unsupported
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.mapping import gaps as mapping
from goldenthread.plan.models import Contribution, Duty
from goldenthread.plan.models import PulseAnswer as PulseRow
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Mandate, Objective, Office, Service
from goldenthread.schedule.models import Activity, Assignment

PERIOD_DAYS = 28  # hours worked count over the last four weeks
PULSE_DAYS = 92


@dataclass(frozen=True)
class Gaps:
    """Everything the gaps page shows for one office. Totals are sums of the rows."""

    day: date
    unsupported: Unsupported
    goals: list[GoalGap]
    people: list[PersonGap]
    ownerless: list[StepGap]
    names: dict[int, str]
    work: dict[Any, Work]

    @property
    def hours_on_thread(self) -> float:
        """Hours of work with a sound line to a goal."""
        return max(0.0, self.unsupported.hours - self.unsupported.unsupported_hours - self.unsupported.duty_hours)


def _in_force(day: date) -> Q:
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def gap_rows(office: Office, today: date) -> mapping.GapRows:
    """The rows behind the gaps of one office: six statements, whatever their number."""
    since = today - timedelta(days=PERIOD_DAYS)
    logged = Sum("time_entries__minutes", filter=Q(time_entries__on__gte=since))
    activities = (
        Activity.objects.filter(schedule__plan__office=office)
        .select_related("step__service", "duty_occurrence")
        .annotate(
            minutes_logged=logged,
            holder_id=Subquery(
                Assignment.objects.filter(activity=OuterRef("pk")).order_by("id").values("resource__person_id")[:1]
            ),
            has_duty=Exists(Duty.objects.filter(step__activity=OuterRef("pk"))),
            duty_in_force=Exists(Duty.objects.filter(_in_force(today), step__activity=OuterRef("pk"))),
        )
        .order_by("id")
    )
    projects = (
        Project.objects.filter(state__in=[Project.State.RUNNING, Project.State.ON_HOLD], gone_on__isnull=True)
        .annotate(
            minutes_logged=logged,
            has_duty=Exists(Duty.objects.filter(project=OuterRef("pk"))),
            duty_in_force=Exists(Duty.objects.filter(_in_force(today), project=OuterRef("pk"))),
        )
        .defer("description", "withheld")
        .order_by("id")
    )
    contributions, supervised = _contributions(office)
    in_force = Mandate.objects.filter(_in_force(today), office=office, state=Mandate.State.IN_FORCE)
    return mapping.GapRows(
        today=today,
        mandate_in_force=in_force.exists(),
        objectives=_objectives(office),
        contributions=contributions,
        activities=list(activities),
        projects=list(projects),
        services=list(Service.objects.filter(office=office).annotate(minutes_logged=logged).order_by("id")),
        supervised=supervised,
    )


def _contributions(office: Office) -> tuple[list[Contribution], dict[int, list[int]]]:
    """The office's contributions, and which steps supervise which contributing projects: one statement."""
    rows = (
        Contribution.objects.filter(kpi__office=office)
        .select_related("project")
        .annotate(supervised_by=F("project__supervisions__step_id"))
        .order_by("id")
    )
    contributions: dict[int, Contribution] = {}
    supervised: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        contributions[row.pk] = row
        if row.supervised_by and row.project_id:
            supervised[row.supervised_by].add(row.project_id)
    return list(contributions.values()), {step: sorted(projects) for step, projects in supervised.items()}


def _objectives(office: Office) -> list[mapping.ObjectiveFacts]:
    kpis: dict[int, set[int]] = defaultdict(set)
    facts: dict[int, tuple[str, str, date | None]] = {}
    rows = Objective.objects.filter(office=office).order_by("id")
    for pk, title, short, state, valid_to, kpi_id in rows.values_list(
        "pk", "title", "short_name", "state", "valid_to", "targets__kpi_id"
    ):
        facts[pk] = (short or title, state, valid_to)
        if kpi_id:
            kpis[pk].add(kpi_id)
    return [
        mapping.ObjectiveFacts(pk, label, state, valid_to, tuple(sorted(kpis[pk])))
        for pk, (label, state, valid_to) in facts.items()
    ]


def gaps(office: Office, today: date, person: Person) -> Gaps:
    """The gaps of an office. Names of confidential things are left out for who may not see them; their hours count."""
    rows = gap_rows(office, today)
    work = mapping.work(rows)
    links = [link for item in work for link in item.links]
    people = dict(
        Person.objects.filter(is_external=False, leaves_on__isnull=True, resource__isnull=False)
        .order_by("name")
        .values_list("pk", "name")
    )
    hidden = set() if rights(person).everywhere(Act.VIEW, Kind.CONFIDENTIAL) else _confidential(rows, person)
    shown = [w if w.key not in hidden else _nameless(w) for w in work]
    return Gaps(
        day=today,
        unsupported=unsupported(shown, today),
        goals=coverage_gaps(mapping.goals(rows), links, today, mapping.office(rows)),
        people=people_without_line(list(people), shown, today),
        ownerless=without_owner(shown),
        names=people,
        work={w.key: w for w in shown},
    )


def _confidential(rows: mapping.GapRows, person: Person) -> set[str]:
    return {f"project:{p.pk}" for p in rows.projects if p.is_confidential and person.pk not in {p.manager_id, p.sponsor_id}}


def _nameless(work: Work) -> Work:
    return replace(work, title="A confidential project")


def belief(office: Office, today: date) -> BeliefGap:
    """Share of work that people say serves a goal, less what a complete path shows; "not enough" for small groups."""
    newest: dict[int, PulseAnswer] = {}
    rows = PulseRow.objects.filter(office=office, on__gt=today - timedelta(days=PULSE_DAYS), on__lte=today).order_by("on", "id")
    for person_id, share in rows.values_list("person_id", "share"):
        newest[person_id] = PulseAnswer(person_id, share / 100)
    paths = complete_paths(mapping.work(gap_rows(office, today)), today)
    return belief_gap(newest.values(), paths, office.organisation.smallest_group)
