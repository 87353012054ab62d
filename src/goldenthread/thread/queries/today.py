"""What a person should do today, in order, each with its thread and one reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.engine.ranking import DayLoad, Ranked, TodayItem, day_load, rank
from goldenthread.engine.work_hours import WorkHours
from goldenthread.kit import clock, history
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Forecast
from goldenthread.plan.queries import plan_work, plans_of
from goldenthread.plan.queries.freshness import KeptFreshness
from goldenthread.purpose.queries import overdue_measurements
from goldenthread.schedule.models import Activity, Assignment
from goldenthread.thread.queries.chains import Chains, Link, chains_of
from goldenthread.thread.queries.courses import Bead, beads
from goldenthread.thread.queries.decisions import Decision, decisions
from goldenthread.ui.writing import hours, plural
from goldenthread.workspace.models import Question
from goldenthread.workspace.queries import asks_anybody

HOUR, DAY_MINUTES = 60, 480
MEASUREMENT_HOURS = 0.25
QUESTION_HOURS = 0.1
RECENT_DAYS = 14


@dataclass(frozen=True)
class TodayRow:
    """One thing to do: what it is, its place and reason, and the thread it hangs on."""

    kind: str  # work, duty, figure, question
    ident: int
    ranked: Ranked
    chain: list[Link]
    activity: Activity | None = None
    note: str = ""
    about: str = ""  # what a question about it names: kind and id

    @property
    def title(self) -> str:
        """What to do."""
        return self.ranked.item.title

    @property
    def beads(self) -> list[tuple[str, str | None]]:
        """The chain as the thread component takes it."""
        return [(link.label, link.url) for link in self.chain]

    @property
    def url(self) -> str | None:
        """Where the step or project behind it is shown."""
        return next((link.url for link in self.chain if link.kind in {"step", "project"}), None)

    @property
    def key(self) -> Any:
        """How the ranking names it."""
        return self.ranked.item.key

    @property
    def ref(self) -> str:
        """Reference of the row behind it."""
        return f"{self.kind}:{self.ident}"

    @property
    def ask_url(self) -> str:
        """Where a question about it is asked; empty for what is a question itself."""
        return f"/ask/{self.about.replace(':', '/')}" if self.about else ""


@dataclass(frozen=True)
class Change:
    """One change of the person's own work since she last looked."""

    changeset: Changeset
    names: list[str]


@dataclass(frozen=True)
class DayGroup:
    """Rows of one part of the day. `begun`: of which row how many hours are meant, where it is not all that is left."""

    title: str
    rows: list[TodayRow]
    begun: dict[Any, float] = field(default_factory=dict)

    @property
    def hours(self) -> float:
        """The sum of the rows; what is not estimated counts nothing."""
        return sum(self.begun.get(row.key, row.ranked.item.hours_left or 0) for row in self.rows)

    @property
    def unknown(self) -> int:
        """Rows without an estimate."""
        return sum(row.ranked.item.hours_left is None for row in self.rows)


@dataclass(frozen=True)
class Today:
    """A person's day."""

    person: Person
    day: date
    rows: list[TodayRow]
    load: DayLoad
    hours_today: float
    changes: list[Change] = field(default_factory=list)
    forecast_made: Any = None
    decisions: list[Decision] = field(default_factory=list)
    threads: list[Bead] = field(default_factory=list)
    plans: list[KeptFreshness] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The day as people say it."""
        return f"{self.day:%A} {self.day.day} {self.day:%B}"

    @property
    def groups(self) -> list[DayGroup]:
        """The rows as the day takes them: what fits today, what comes next, what waits for others. Each group adds up."""
        fits, waits = {*self.load.whole, self.load.begun}, set(self.load.waiting)
        last = max((n for n, row in enumerate(self.rows) if row.key in fits), default=-1)
        all_fit = not self.load.later and self.hours_today > 0
        now, after, waiting = [], [], []
        for place, row in enumerate(self.rows):
            unknown = row.ranked.item.hours_left is None
            if row.key in waits:
                waiting.append(row)
            elif row.key in fits or (unknown and (all_fit or place < last)):
                now.append(row)
            else:
                after.append(row)
        begun = {self.load.begun: self.load.begun_hours} if self.load.begun else {}
        found = (DayGroup("Today", now, begun), DayGroup("Next", after), DayGroup("Waiting for others", waiting))
        return [group for group in found if group.rows]

    @property
    def summary(self) -> str:
        """The day in one sentence, from the groups under it."""
        if not self.rows:
            return ""
        counts = {group.title: len(group.rows) for group in self.groups}
        now = next((group for group in self.groups if group.title == "Today"), None)
        free = hours(self.hours_today * HOUR)
        if self.hours_today <= 0:
            first = "No working hours today"
        elif now is None:
            first = f"Nothing to start today, {free} free"
        else:
            first = f"{plural(len(now.rows), 'thing')} today, {hours(now.hours * HOUR)} of your {free}"
        rest = [
            f"{counts[title]} {words}"
            for title, words in (("Next", "next"), ("Waiting for others", "waiting for others"))
            if title in counts
        ]
        return "; ".join([first, *rest]) + "."

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Steps that the person works on, as id and name: where quick work can go."""
        found = {
            link.url.rsplit("/", 1)[1]: link.label for row in self.rows for link in row.chain if link.kind == "step" and link.url
        }
        return sorted(found.items(), key=lambda kv: kv[1])


def today(person: Person, day: date | None = None, *, viewer: Person | None = None) -> Today:
    """The person's day, as far as `viewer` may see it where that is somebody else: nine statements, however much work."""
    day = day or clock.today()
    activities = open_activities(Q(assignments__resource__person=person), day)
    viewer = viewer or person
    is_own = viewer.pk == person.pk
    if not is_own:
        shown = set(visible(Activity.objects.filter(pk__in=[a.pk for a in activities]), viewer).values_list("pk", flat=True))
        activities = [a for a in activities if a.pk in shown]
    chains = chains_of(activities, viewer)
    delays, expected, made, kept = _forecasts()
    wide = asks_anybody(viewer)
    entries = [_work(a, chains, delays, day, wide=wide) for a in activities]
    entries += _late_figures(person, day) if is_own or rights(viewer).anywhere(Act.VIEW, Kind.KPI) else []
    entries += _questions(person, day) if is_own else []
    rows = _ranked(entries, day)
    free = hours_of_day(person, day)
    return Today(
        person=person,
        day=day,
        rows=rows,
        load=day_load([r.ranked for r in rows], free),
        hours_today=free,
        changes=_changes(person, activities),
        forecast_made=made,
        decisions=decisions(person),
        plans=_plans_to_review(kept, person, day) if is_own else [],
        threads=beads([row.chain for row in rows if row.kind == "work"], chains, expected, viewer),
    )


@dataclass(frozen=True)
class _Entry:
    kind: str
    ident: int
    item: TodayItem
    chain: list[Link]
    activity: Activity | None = None
    note: str = ""
    about: str = ""


def open_activities(condition: Q, day: date) -> list[Activity]:
    """Leaf activities that match, are neither done nor cancelled, and whose work may begin within four weeks. One statement."""
    soon = day + timedelta(days=28)
    return list(
        Activity.objects.filter(condition, actual_finish__isnull=True, cancelled_on__isnull=True, children__isnull=True)
        .filter(Q(dates__early_start__lte=soon) | Q(actual_start__isnull=False) | Q(duty_occurrence__isnull=False))
        .select_related("dates", "duty_occurrence__duty", "step")
        .distinct()
        .order_by("id")
    )


def plan_for_own_work(person: Person) -> BusinessPlan | None:
    """Where work goes that names no step: the plan of the person's own office, or the first that he or she sees whole."""
    return next(iter(plans_of(person)), None)


def may_add_loose(person: Person, steps: Sequence[Any]) -> bool:
    """Whether work without a step finds a plan. `steps`: those that the person works on; with any, no statement is needed."""
    return rights(person).in_an_office(Act.VIEW, Kind.PLAN) and (bool(steps) or plan_for_own_work(person) is not None)


def hours_of_day(person: Person, day: date) -> float:
    """Working hours of the person on that day: a share of the weekly hours by the organisation's week; none when absent."""
    week = person.organisation.working_week
    if person.absent_from and person.absent_to and person.absent_from <= day <= person.absent_to:
        return 0.0
    total = sum(week) or 1
    return round(person.minutes_per_week * week[day.weekday()] / total / HOUR, 1)


def _forecasts() -> tuple[dict[str, float], dict[str, Any], Any, list[dict[str, Any]]]:
    """Activity id -> cost of delay, target id -> what is expected, the oldest's time: of every office's newest forecast.

    And how fresh each plan was then.
    """
    delays: dict[str, float] = {}
    expected: dict[str, Any] = {}
    kept: list[dict[str, Any]] = []
    made = None
    newest = Forecast.objects.values("office").annotate(last=Max("id")).values("last")
    for row in Forecast.objects.filter(pk__in=newest).only("results", "made_at"):
        delays |= row.results.get("activities", {})
        expected |= row.results.get("targets", {})
        kept += [row.results["freshness"]] if "freshness" in row.results else []
        made = row.made_at if made is None else min(made, row.made_at)
    return delays, expected, made, kept


def _plans_to_review(kept: list[dict[str, Any]], person: Person, day: date) -> list[KeptFreshness]:
    """The plans that the person both writes and approves, where they are stale or their review comes near. No statement."""
    held = rights(person)
    scopes = held.scopes(Act.EDIT, Kind.PLAN) & held.scopes(Act.APPROVE, Kind.PLAN)
    plans = (KeptFreshness.of(row, day) for row in kept if row["scope"] in scopes or held.top_scope_id in scopes)
    return [plan for plan in plans if plan.is_told]


def _work(activity: Activity, chains: Chains, delays: dict[str, float], day: date, *, wide: bool = False) -> _Entry:
    """A piece of work. Who asks `wide` asks about its step or project, everybody else about the work alone."""
    dates = getattr(activity, "dates", None)
    occurrence = getattr(activity, "duty_occurrence", None)
    minutes = (
        (activity.effort_likely if activity.effort_likely is not None else activity.duration) * (100 - activity.progress) / 100
    )
    chain = chains.chain(activity.pk)
    if occurrence is not None:
        chain = [Link("duty", f"Duty: {occurrence.duty.source}")]
    item = TodayItem(
        key=f"activity:{activity.pk}",
        title=activity.name,
        due=occurrence.due_on if occurrence is not None else activity.deadline,
        float_days=dates.total_float / DAY_MINUTES if dates is not None else None,
        hours_left=minutes / HOUR,
        cost_of_delay=delays.get(str(activity.pk)) or None if chain and occurrence is None else None,
        is_duty=occurrence is not None,
        started=activity.actual_start is not None,
        waits_for=activity.blocked_because,
        has_goal=bool(chain),
    )
    note = "" if chain or occurrence is not None else "no goal named"
    about = next(iter(chains.subjects(activity.pk)), "") if wide else ""
    if occurrence is not None:
        return _Entry("duty", activity.pk, item, chain, activity, note, f"duty:{occurrence.duty_id}")
    return _Entry("work", activity.pk, item, chain, activity, note, about or f"activity:{activity.pk}")


def _late_figures(person: Person, day: date) -> list[_Entry]:
    """KPIs of live objectives whose figure the person owes. One statement."""
    found = []
    for late in overdue_measurements(day, person):
        item = TodayItem(
            key=f"figure:{late.kpi.pk}",
            title=f"Enter the figure of {late.kpi}",
            hours_left=MEASUREMENT_HOURS,
            measurement_days_late=max(1, late.days_late),
        )
        chain = [Link("kpi", late.kpi.name, f"/kpis/{late.kpi.pk}")]
        chain += [Link("objective", o.label, f"/objectives/{o.pk}") for o in late.objectives[:1] if not o.is_confidential]
        found.append(_Entry("figure", late.kpi.pk, item, chain, about=f"kpi:{late.kpi.pk}"))
    return found


def _questions(person: Person, day: date) -> list[_Entry]:
    """Questions that wait for the person's answer. One statement."""
    rows = Question.objects.filter(asked=person, answered_at__isnull=True, expires_at__date__gte=day).order_by("asked_at")
    return [
        _Entry(
            "question",
            q.pk,
            TodayItem(
                key=f"question:{q.pk}",
                title=q.text,
                hours_left=QUESTION_HOURS,
                is_question=True,
                waiting_days=max(0, (day - timezone.localdate(q.asked_at)).days),
            ),
            [],
            note="waits for your answer",
        )
        for q in rows
    ]


def _ranked(entries: list[_Entry], day: date) -> list[TodayRow]:
    by_key = {e.item.key: e for e in entries}
    rows = []
    for ranked in rank([e.item for e in entries], day):
        e = by_key[ranked.item.key]
        rows.append(TodayRow(e.kind, e.ident, ranked, e.chain, e.activity, e.note, e.about))
    return rows


def _changes(person: Person, activities: list[Activity]) -> list[Change]:
    """Changesets by others that touched the person's open work since she said "seen". One statement."""
    since = person.seen_at or clock.now() - timedelta(days=RECENT_DAYS)
    names = {a.pk: a.name for a in activities}
    records = (
        history.records(Activity)
        .filter(id__in=list(names), changeset__at__gt=since)
        .exclude(changeset__by=person)
        .select_related("changeset__by")
        .order_by("-history_id")[:100]
    )
    found: dict[int, Change] = {}
    for record in records:
        change = found.setdefault(record.changeset_id, Change(record.changeset, []))
        if names[record.id] not in change.names:
            change.names.append(names[record.id])
    return list(found.values())


@dataclass(frozen=True)
class TeamRow:
    """One person of the team: open work, in alphabetical order; no ranking of people."""

    person: Person
    first: str
    open_count: int
    overdue: int
    blocked: int
    hours_left: float
    without_line: int


def leads(person: Person) -> bool:
    """Whether the person may see the team's work: plans it, and the organisation has not switched that off."""
    return rights(person).anywhere(Act.EDIT, Kind.PLAN) and person.organisation.shows_person_load


@dataclass(frozen=True)
class Team:
    """The team's rows, and the hours of the plans they work on: by office name, as its gaps and its map say them."""

    rows: list[TeamRow]
    hours: dict[str, WorkHours]


def team_today(person: Person, day: date | None = None) -> Team:
    """The team's work for who leads it: people with open work in the plans that `person` may edit.

    Five statements, and two for each of those plans.
    """
    day = day or clock.today()
    if not leads(person):
        return Team([], {})
    plans = list(visible(BusinessPlan.objects.select_related("office").order_by("office_id"), person, Act.EDIT))
    planned = {plan.office.name: plan_work(plan.office, day, person) for plan in plans}
    activities = open_activities(Q(schedule__in=[plan.schedule_id for plan in plans], assignments__isnull=False), day)
    chains = chains_of(activities, person)
    holders: dict[int, list[Activity]] = {}
    rows = Assignment.objects.filter(activity_id__in=[a.pk for a in activities], resource__person__isnull=False)
    people: dict[int, Person] = {}
    by_id = {a.pk: a for a in activities}
    for row in rows.select_related("resource__person").order_by("resource__person__name", "activity_id"):
        people[row.resource.person_id] = row.resource.person  # type: ignore[index, assignment]
        holders.setdefault(row.resource.person_id, []).append(by_id[row.activity_id])  # type: ignore[arg-type]
    loose = {pk for work in planned.values() for pk in work.without_line}
    team = [_team_row(people[pk], work, chains, day, loose) for pk, work in holders.items()]
    return Team(team, {name: work.hours for name, work in planned.items()})


def _team_row(person: Person, work: list[Activity], chains: Chains, day: date, loose: set[int]) -> TeamRow:
    ranked = _ranked([_work(a, chains, {}, day) for a in work], day)
    return TeamRow(
        person=person,
        first=ranked[0].title if ranked else "",
        open_count=len(ranked),
        overdue=sum(1 for r in ranked if r.ranked.item.due and r.ranked.item.due < day),
        blocked=sum(1 for r in ranked if r.ranked.item.waits_for),
        hours_left=sum(r.ranked.item.hours_left or 0 for r in ranked),
        without_line=sum(1 for a in work if a.pk in loose),
    )
