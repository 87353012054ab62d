"""Which work serves no goal, and which goal has no work: the rows, and the totals that equal them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from goldenthread.accounts.models import Person, Scope, ScopePath
from goldenthread.accounts.queries import may_in, rights
from goldenthread.engine.belief_gap import BeliefGap, PulseAnswer, belief_gap, complete_paths
from goldenthread.engine.thread_gaps import Goal, GoalGap, PersonGap, StepGap, coverage_gaps, people_without_line, without_owner
from goldenthread.engine.thread_links import Work
from goldenthread.engine.unsupported import Unsupported, unsupported
from goldenthread.engine.work_hours import PLAN, WorkHours, work_hours
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.mapping import gaps as mapping
from goldenthread.plan.models import Contribution, Duty, Raci, Step
from goldenthread.plan.models import PulseAnswer as PulseRow
from goldenthread.plan.queries.answers import who_said_none
from goldenthread.plan.queries.forecasts import with_shown
from goldenthread.plan.queries.responsibilities import Leaver, staff_and_leavers
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Mandate, Objective, Office, Service
from goldenthread.schedule.models import Activity, Assignment

PERIOD_DAYS = 28  # hours worked count over the last four weeks
PULSE_DAYS = 92
NAMELESS_GOAL = "A confidential objective"
NAMELESS_PROJECT = "A project not shown to you"


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
    leavers: list[Leaver]

    @property
    def hours(self) -> WorkHours:
        """Hours of all work of the office: its plan's, its projects', and those of services no longer offered."""
        return work_hours(self.unsupported)

    @property
    def plan_hours(self) -> WorkHours:
        """Hours of the plan alone."""
        return work_hours(self.unsupported, kinds=PLAN)


@dataclass(frozen=True)
class PlanWork:
    """What the plan of an office holds and where it leads, with the rows it was judged by."""

    rows: mapping.GapRows
    work: list[Work]
    judged: Unsupported

    @property
    def hours(self) -> WorkHours:
        """Hours of the plan: the same as `Gaps.plan_hours`."""
        return work_hours(self.judged, kinds=PLAN)

    @property
    def without_line(self) -> set[int]:
        """Ids of the activities that are findings of the gaps."""
        found = {row.key for row in self.judged.findings}
        return {pk for pk, key in mapping.keys_of(self.rows.activities).items() if key in found}


def _in_force(day: date) -> Q:
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def _ended(day: date, **subject: Any) -> Subquery:
    """The last day of the duty that ended last."""
    return Subquery(Duty.objects.filter(valid_to__lt=day, **subject).order_by("-valid_to").values("valid_to")[:1])


def _logged(model: Any, since: date) -> Subquery:
    """Minutes logged for a row since a day. A subquery: a join would make the database group every other column too."""
    entries, noun = model._meta.get_field("time_entries").related_model, model._meta.model_name
    found = entries.objects.filter(on__gte=since, **{noun: OuterRef("pk")}).order_by().values(noun)
    return Subquery(found.annotate(total=Sum("minutes")).values("total"))


def gap_rows(office: Office, today: date) -> mapping.GapRows:
    """The rows behind the gaps of one office: five statements, whatever their number.

    Its projects are those that lie under it, and those that lie under no office.
    """
    since = today - timedelta(days=PERIOD_DAYS)
    offices = ScopePath.objects.filter(descendant=OuterRef("scope_id"), ancestor__scope_kind=Scope.ScopeKind.OFFICE)
    projects = (
        Project.objects.filter(state__in=[Project.State.RUNNING, Project.State.ON_HOLD], gone_on__isnull=True)
        .annotate(is_here=Exists(offices.filter(ancestor=office.scope_id)), has_office=Exists(offices))
        .filter(Q(is_here=True) | Q(has_office=False))
        .annotate(
            minutes_logged=_logged(Project, since),
            has_duty=Exists(Duty.objects.filter(project=OuterRef("pk"))),
            duty_in_force=Exists(Duty.objects.filter(_in_force(today), project=OuterRef("pk"))),
            duty_ended=_ended(today, project=OuterRef("pk")),
        )
        .defer("description", "withheld")
        .order_by("id")
    )
    services = Service.objects.filter(office=office).annotate(minutes_logged=_logged(Service, since)).order_by("id")
    objectives, in_force = _objectives(office, today)
    return replace(
        _plan_rows(office, today),
        mandate_in_force=in_force,
        objectives=objectives,
        projects=list(projects),
        services=list(services),
    )


def _plan_rows(office: Office, today: date, person: Person | None = None) -> mapping.GapRows:
    """The rows behind the plan's part: two statements. With a person, its contributions say what that person may see."""
    since = today - timedelta(days=PERIOD_DAYS)
    named = Raci.objects.filter(step__activity=OuterRef("pk"), letter__in=["R", "A"]).order_by("-letter", "id")
    activities = (
        Activity.objects.filter(schedule__plan__office=office)
        .select_related("step__service", "duty_occurrence")
        .annotate(
            minutes_logged=_logged(Activity, since),
            holder_id=Coalesce(
                Subquery(Assignment.objects.filter(activity=OuterRef("pk")).order_by("id").values("resource__person_id")[:1]),
                Subquery(named.values("person_id")[:1]),
            ),
            has_duty=Exists(Duty.objects.filter(step__activity=OuterRef("pk"))),
            duty_in_force=Exists(Duty.objects.filter(_in_force(today), step__activity=OuterRef("pk"))),
            duty_ended=_ended(today, step__activity=OuterRef("pk")),
        )
        .order_by("position", "id")
    )
    contributions, supervised, states = _contributions(office, today, person)
    return mapping.GapRows(
        today=today, contributions=contributions, activities=list(activities), supervised=supervised, states=states
    )


def plan_work(office: Office, today: date, person: Person | None = None) -> PlanWork:
    """The plan's work and where it leads: two statements. Contributions say whether `person` may see the work behind them.

    They also name their KPI, its office, and who leads the project.
    """
    rows = _plan_rows(office, today, person)
    work = mapping.work(rows)
    return PlanWork(rows, work, unsupported(work, today))


def _contributions(
    office: Office, today: date, person: Person | None
) -> tuple[list[Contribution], dict[int, list[int]], dict[int, str]]:
    """What moves the office's KPIs, and what its own projects move elsewhere; which steps supervise which of those projects.

    Last, the state of the most open objective of each KPI among them. One statement.
    """
    below = ScopePath.objects.filter(ancestor=office.scope_id).values("descendant_id")
    past = When(state=Objective.State.APPROVED, valid_to__lt=today, then=Value(mapping.EXPIRED))
    state = Case(past, default=F("state"), output_field=CharField())
    openness = Case(*(When(now=each, then=place) for place, each in enumerate(mapping.OPEN_FIRST)))
    goals = Objective.objects.filter(targets__kpi=OuterRef("kpi_id")).annotate(now=state).order_by(openness, "id")
    rows = (
        Contribution.objects.filter(Q(kpi__office=office) | Q(project__scope__in=below))
        .select_related("project")
        .annotate(
            supervised_by=F("project__supervisions__step_id"),
            goal=Subquery(goals.values("now")[:1]),
            kpi_name=F("kpi__name"),
            kpi_office=F("kpi__office_id"),
            leader=F("project__manager__name"),
        )
        .order_by("id")
    )
    contributions: dict[int, Contribution] = {}
    supervised: dict[int, set[int]] = defaultdict(set)
    states: dict[int, str] = {}
    found: Any = rows if person is None else with_shown(rows, person)
    for row in found:
        contributions[row.pk] = row
        if row.supervised_by and row.project_id:
            supervised[row.supervised_by].add(row.project_id)
        if row.goal:
            states[row.kpi_id] = row.goal
    return list(contributions.values()), {step: sorted(projects) for step, projects in supervised.items()}, states


def _objectives(office: Office, today: date) -> tuple[list[mapping.ObjectiveFacts], bool]:
    """The objectives, and whether a mandate is in force; without an objective nothing asks for that. One statement."""
    in_force, has_mandate = Mandate.objects.filter(_in_force(today), office=office, state=Mandate.State.IN_FORCE), True
    kpis: dict[int, set[int]] = defaultdict(set)
    rows: dict[int, Any] = {}
    found = Objective.objects.filter(office=office).annotate(has_mandate=Exists(in_force)).order_by("id")
    names = ("pk", "title", "short_name", "state", "valid_to", "is_confidential", "owner_id", "targets__kpi_id", "has_mandate")
    for row in found.values_list(*names, named=True):
        rows[row.pk], has_mandate = row, row.has_mandate
        if row.targets__kpi_id:
            kpis[row.pk].add(row.targets__kpi_id)
    made = [
        mapping.ObjectiveFacts(
            pk, row.short_name or row.title, row.state, row.valid_to, tuple(sorted(kpis[pk])), row.is_confidential, row.owner_id
        )
        for pk, row in rows.items()
    ]
    return made, has_mandate


def gaps(office: Office, today: date, person: Person) -> Gaps:
    """The gaps of an office. Names of confidential things are left out for who may not see them; their hours count."""
    rows = gap_rows(office, today)
    work = mapping.work(rows)
    links = [link for item in work for link in item.links] + mapping.links_of_others(rows)
    people, leavers = staff_and_leavers(office, today)
    hidden = _hidden(rows, office, person)
    shown = [w if w.key not in hidden else _nameless(w) for w in work]
    return Gaps(
        day=today,
        unsupported=unsupported(shown, today),
        goals=sorted(
            coverage_gaps(_named(rows, office, person), links, today, mapping.office(rows)), key=lambda gap: gap.state == "draft"
        ),
        people=people_without_line(list(people), shown, today),
        ownerless=without_owner(shown),
        names=people,
        work={w.key: w for w in shown},
        leavers=leavers,
    )


def none_said(found: Gaps) -> dict[Any, str]:
    """Of work that names no goal by what was said or set: its key -> who says so, or the bare fact. Two statements at most."""
    rows = [row for row in found.unsupported.findings if row.state == "owner_says_none"]
    told: dict[Any, str] = {row.key: "no goal named" for row in rows}
    for kind, model in (("step", Step), ("project", Project)):
        named = [(row, str(row.topmost)) for row in rows if row.title != NAMELESS_PROJECT]
        ids = {row: int(ref.partition(":")[2]) for row, ref in named if ref.startswith(f"{kind}:")}
        said = who_said_none(model, set(ids.values()))
        told |= {row.key: said[pk].words(row.holder) for row, pk in ids.items() if pk in said}
    return told


def _hidden(rows: mapping.GapRows, office: Office, person: Person) -> set[str]:
    """Projects that count but must not be named: confidential ones, and those outside what the person may see."""
    held = rights(person)
    sees_secrets = may_in(person, Act.VIEW, Kind.CONFIDENTIAL, office.scope_id)
    others = [p for p in rows.projects if person.pk not in {p.manager_id, p.sponsor_id}]
    secret = {p.pk for p in others if p.is_confidential and not (sees_secrets and p.is_here)}
    if held.everywhere(Act.VIEW, Kind.CONFIDENTIAL):
        secret = set()
    far = set() if held.everywhere(Act.VIEW, Kind.PROJECT) else {p.pk for p in others if not p.is_here}
    return {f"project:{pk}" for pk in secret | far}


def _named(rows: mapping.GapRows, office: Office, person: Person) -> list[Goal]:
    """The goals, without the names of confidential ones that the person may not see."""
    goals = mapping.goals(rows)
    if may_in(person, Act.VIEW, Kind.CONFIDENTIAL, office.scope_id):
        return goals
    hidden = {o.pk for o in rows.objectives if o.is_confidential and o.owner != person.pk}
    return [replace(goal, title=NAMELESS_GOAL) if goal.key in hidden else goal for goal in goals]


def _nameless(work: Work) -> Work:
    return replace(work, title=NAMELESS_PROJECT)


def belief(office: Office, today: date) -> BeliefGap:
    """Share of work that people say serves a goal, less what a complete path shows; "not enough" for small groups."""
    newest: dict[int, PulseAnswer] = {}
    rows = PulseRow.objects.filter(office=office, on__gt=today - timedelta(days=PULSE_DAYS), on__lte=today).order_by("on", "id")
    for person_id, share in rows.values_list("person_id", "share"):
        newest[person_id] = PulseAnswer(person_id, share / 100)
    paths = complete_paths(mapping.work(gap_rows(office, today)), today)
    return belief_gap(newest.values(), paths, office.organisation.smallest_group)
