"""The plan as people read it: an outline with who, when, and how each step moves which number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import for_person, rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.plan.models import BusinessPlan, Contribution, PlanVersion, Raci, Step
from goldenthread.purpose.models import Kpi, Office, secret_kpis
from goldenthread.schedule.models import Activity, Assignment, BaselineActivity, Relationship
from goldenthread.schedule.queries import OutlineRow, outline
from goldenthread.ui.terms import term

GRADES = ("asserted", "done elsewhere", "accepted", "seen as predicted", "compared", "replicated")


DOES = "W"  # stands beside the letters of RACI: who works on a task


@dataclass(frozen=True)
class Who:
    """A person as a row names one."""

    pk: int
    name: str

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True)
class FrozenPlan:
    """A baseline that the plan can be compared with."""

    pk: int
    name: str
    set_on: date

    @property
    def shown(self) -> tuple[int, str]:
        """As a choice: its key, its name and its day."""
        return (
            self.pk,
            f"{self.name} ({self.set_on.day} {self.set_on:%b %Y})" if f"{self.set_on:%Y}" not in self.name else self.name,
        )


HIDDEN_KPI = "a confidential KPI"


class Moves(NamedTuple):
    """A contribution and the KPI that it moves, by name; of one that the viewer may not see its kind alone."""

    pk: int
    kpi: str
    is_open: bool = True


@dataclass
class PlanRow:
    """One row of the plan. A row without a step is the work of a duty or a task below a step.

    `baseline`: start and finish as frozen, of a summary those of its parts.
    """

    row: OutlineRow
    step: Step | None
    raci: dict[str, list[Who]] = field(default_factory=dict)
    contributions: list[Moves] = field(default_factory=list)
    supervises: int = 0
    waits_for: list[str] = field(default_factory=list)
    baseline: tuple[date, date] | None = None

    @property
    def slip(self) -> int | None:
        """Calendar days by which it finishes later than in the baseline; None where there is nothing to compare."""
        return (self.row.finish - self.baseline[1]).days if self.baseline and self.row.finish else None

    @property
    def slip_words(self) -> str:
        """The slip as people say it; nothing where it keeps its date."""
        if not self.slip:
            return ""
        days = abs(self.slip)
        return f"{days} day{'s' if days > 1 else ''} {'later' if self.slip > 0 else 'earlier'}"

    @property
    def activity(self) -> Activity:
        """The activity."""
        return self.row.activity

    @property
    def accountable(self) -> Who | None:
        """Who answers for it."""
        return next(iter(self.raci.get(Raci.Letter.ACCOUNTABLE, [])), None)

    def letters_of(self, person_id: int) -> str:
        """The letters that somebody has on it, in the order of the alphabet."""
        return "".join(letter for letter in "ACIR" if any(who.pk == person_id for who in self.raci.get(letter, ())))

    @property
    def workers(self) -> str:
        """Who does it, where it is a task."""
        return ", ".join(who.name for who in self.raci.get(DOES, []))

    @property
    def has_line(self) -> bool:
        """Whether it has effects of its own, or supervises."""
        return bool(self.contributions or self.supervises)


@dataclass
class PlanOutline:
    """The rows of a plan, and everybody whom the viewer could name on one."""

    rows: list[PlanRow]
    everybody: list[Who]


def offices_of(person: Person) -> list[Office]:
    """The offices that the person may see, those where he or she has a role of their own first. One statement."""
    return own_first(visible(Office.objects.select_related("organisation", "scope"), person).order_by("id"), person)


def office_of(person: Person, code: str | None = None) -> Office:
    """The office named, or the person's own, or the first that the person may see. Http404 where there is none."""
    return named(offices_of(person), code)


def named(offices: list[Office], code: str | None) -> Office:
    """The office of that code, or the first. Http404 where there is none."""
    office = next((o for o in offices if not code or o.code == code), None)
    if office is None:
        raise Http404
    return office


def plans_of(person: Person) -> list[BusinessPlan]:
    """The plans that the person may see, that of the person's own office first. One statement."""
    plans = BusinessPlan.objects.select_related("office__organisation", "office__head", "schedule__scope", "scope")
    return own_first(visible(plans, person).order_by("office_id"), person)


def plan_of(person: Person, code: str | None = None) -> BusinessPlan:
    """The plan of the office named, or of the person's own, or the first that the person may see. Http404 where there is none."""
    return named_plan(plans_of(person), code)


def named_plan(plans: list[BusinessPlan], code: str | None) -> BusinessPlan:
    """The plan of the office of that code, or the first. Http404 where there is none."""
    plan = next((p for p in plans if not code or p.office.code == code), None)
    if plan is None:
        raise Http404
    return plan


def own_first(rows: Iterable[Any], person: Person, scope: Callable[[Any], int] = attrgetter("scope_id")) -> list[Any]:
    """The rows in their order, but first those of a scope on which the person holds a role."""
    own = {held for _, held in rights(person).grants}
    return sorted(rows, key=lambda row: scope(row) not in own)


@for_person
def _with_baselines(person: Person) -> QuerySet[BusinessPlan]:
    plans = BusinessPlan.objects.select_related("office__organisation", "schedule__scope", "scope").annotate(
        baseline_id=F("schedule__baselines__id"),
        baseline_name=F("schedule__baselines__name"),
        baseline_on=F("schedule__baselines__set_on"),
        baseline_state=F("schedule__baselines__plan_version__state"),
    )
    newest = (F("schedule__baselines__set_on").desc(nulls_last=True), "-schedule__baselines__id")
    return visible(plans, person).order_by("office_id", *newest)


AGREED = (None, PlanVersion.State.IN_FORCE, PlanVersion.State.SUPERSEDED)  # no version: a baseline set by itself


def plans_with_baselines(person: Person) -> tuple[list[BusinessPlan], dict[int, list[FrozenPlan]]]:
    """The plans as `plans_of` orders them; and by plan its baselines, newest first. One statement.

    Of versions those that were in force: what was only proposed, or withdrawn, was never agreed.
    """
    rows: list[Any] = own_first(_with_baselines(person), person)
    frozen: dict[int, list[FrozenPlan]] = defaultdict(list)
    for row in rows:
        if row.baseline_id is not None and row.baseline_state in AGREED:
            frozen[row.pk].append(FrozenPlan(row.baseline_id, row.baseline_name, row.baseline_on))
    return list({row.pk: row for row in rows}.values()), frozen


def plan_outline(
    plan: BusinessPlan,
    *,
    viewer: Person | None = None,
    with_done: bool = True,
    holder: Person | None = None,
    baseline: int | None = None,
) -> PlanOutline:
    """The plan's outline with people, effects, logic and a baseline: four statements, whatever its size."""
    asked = _activities if baseline is None else _activities_as_frozen
    activities = asked.rows(schedule=plan.schedule_id, baseline=baseline)
    people, everybody = _people(plan, viewer)
    effects: dict[int, list[Moves]] = defaultdict(list)
    for pk, of, kpi, owner, is_secret in _moves.rows(plan=plan.pk):
        is_open = not is_secret or _sees_secrets(viewer, plan) or (viewer is not None and owner == viewer.pk)
        effects[of].append(Moves(pk, kpi) if is_open else Moves(pk, HIDDEN_KPI, is_open=False))
    waits: dict[int, list[str]] = defaultdict(list)
    numbered = outline(activities)
    frozen = _frozen(numbered)
    numbers = {r.activity.pk: r.number for r in numbered}
    for link in _links.rows(schedule=plan.schedule_id):
        waits[link.successor_id].append(_written(link, numbers))
    rows = []
    for row in numbered:
        pk, step = row.activity.pk, getattr(row.activity, "step", None)
        supervises = getattr(row.activity, "supervises", 0)
        said = effects.get(step.pk, []) if step is not None else []
        made = PlanRow(row, step, people.get(pk, {}), said, supervises, waits[pk], frozen.get(pk))
        if not with_done and row.activity.is_done:
            continue
        if holder is not None and not any(p.pk == holder.pk for letters in made.raci.values() for p in letters):
            continue
        rows.append(made)
    return PlanOutline(rows, everybody)


@Prepared
def _activities() -> QuerySet[Activity]:
    """The activities of a schedule, and how many projects each supervises."""
    found = Activity.objects.filter(schedule=Blank("schedule")).select_related("dates", "step")
    return found.annotate(supervises=Count("step__supervisions")).order_by("position", "id")


@Prepared
def _activities_as_frozen() -> QuerySet[Activity]:
    """The same with their dates in a baseline."""
    line = BaselineActivity.objects.filter(baseline=Blank("baseline"), activity=OuterRef("pk"))
    return _activities.build().annotate(
        frozen_start=Subquery(line.values("start")[:1]), frozen_finish=Subquery(line.values("finish")[:1])
    )


@Prepared
def _moves() -> QuerySet[Contribution, Any]:
    found = Contribution.objects.filter(step__plan=Blank("plan")).order_by("id")
    secret = Exists(secret_kpis().filter(pk=OuterRef("kpi")))
    return found.annotate(is_secret=secret).values_list("pk", "step_id", "kpi__name", "kpi__owner_id", "is_secret")


def _sees_secrets(viewer: Person | None, plan: BusinessPlan) -> bool:
    """Whether confidential figures of the plan's office may be named to the viewer; without one nobody is asked."""
    if viewer is None:
        return True
    held = rights(viewer)
    return held.everywhere(Act.VIEW, Kind.CONFIDENTIAL) or plan.scope_id in held.scopes(Act.VIEW, Kind.CONFIDENTIAL)


@Prepared
def _links() -> QuerySet[Relationship]:
    return Relationship.objects.filter(successor__schedule=Blank("schedule")).order_by("id")


def _people(plan: BusinessPlan, viewer: Person | None) -> tuple[dict[int, dict[str, list[Who]]], list[Who]]:
    """Activity id -> letter -> who, of tasks who works on them; and everybody inside whom the viewer may see. One statement."""
    letters = Raci.objects.filter(step__plan=plan).values_list("step__activity_id", "letter", "person_id", "person__name")
    work = Assignment.objects.filter(
        activity__schedule=plan.schedule_id, activity__step__isnull=True, resource__person__isnull=False
    )
    workers = work.annotate(letter=Value(DOES)).values_list(
        "activity_id", "letter", "resource__person_id", "resource__person__name"
    )
    known = visible(Person.objects.filter(is_external=False), viewer) if viewer is not None else Person.objects.none()
    inside = known.annotate(activity=Value(None, output_field=BigIntegerField()), letter=Value(""))
    everybody = inside.values_list("activity", "letter", "pk", "name")
    told: list[Any] = sorted(letters.union(workers, everybody, all=True), key=lambda row: (row[3], row[2]))
    people: dict[int, dict[str, list[Who]]] = defaultdict(lambda: defaultdict(list))
    found: list[Who] = []
    for activity, letter, person, name in told:
        if activity is None:
            found.append(Who(person, name))
        else:
            people[activity][letter].append(Who(person, name))
    return people, found


def _frozen(rows: list[OutlineRow]) -> dict[int, tuple[date, date]]:
    """Activity id -> start and finish in the baseline; a summary spans its parts."""
    found: dict[int, tuple[date, date]] = {}
    for row in reversed(rows):
        start: Any = getattr(row.activity, "frozen_start", None)
        finish: Any = getattr(row.activity, "frozen_finish", None)
        spans = [found[child.activity.pk] for child in row.children if child.activity.pk in found]
        spans += [(start, finish)] if start is not None and row.is_leaf else []
        if spans:
            found[row.activity.pk] = min(first for first, _ in spans), max(last for _, last in spans)
    return found


def _written(link: Relationship, numbers: dict[int, str]) -> str:
    """A relationship as planners write it: 3, 3SS, 3FS+2d."""
    text = numbers.get(link.predecessor_id, "?")
    if link.relationship_kind != Relationship.RelationshipKind.FS or link.lag:
        text += link.relationship_kind
    if link.lag:
        text += f"{'+' if link.lag > 0 else '−'}{abs(link.lag) / 480:g}d"
    return text


def _amount(value: float, kpi: Kpi) -> str:
    return f"{value:+.{kpi.decimals}f}".replace("-", "−")


def contribution_sentence(contribution: Contribution, from_day: date | None) -> str:
    """A18: "This step moves KPI X by a to c from date d because m; evidence E2"."""
    kpi = contribution.kpi
    amounts = f"{_amount(contribution.low, kpi)} to {_amount(contribution.high, kpi)} {kpi.unit}".strip()
    subject = term("This step") if contribution.step_id else "This project"
    when = f" from {from_day.day} {from_day:%b %Y}" if from_day else ""
    because = f", because {contribution.mechanism.rstrip('.')}" if contribution.mechanism else ""
    grade = contribution.grade
    return f"{subject} moves {kpi.name} by {amounts}{when}{because}; evidence E{grade} ({GRADES[grade]})."
