"""What a person is responsible for: one register, from which the person's page, the hand-over and the gaps are drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from goldenthread.accounts.models import Person, RoleGrant, Scope
from goldenthread.accounts.queries import may, may_in, may_manage, rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import gather
from goldenthread.plan.models import Duty, Raci, Step
from goldenthread.projects.models import Programme, Project
from goldenthread.purpose.models import Kpi, Objective, Office
from goldenthread.schedule.models import Activity, Assignment

OPEN_OBJECTIVES = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)


@dataclass(frozen=True)
class Responsibility:
    """One way to be responsible: for which rows, by which column, and only while they are open."""

    code: str
    title: str
    model: Any
    paths: tuple[tuple[str, Q], ...]
    url: str = ""
    related: tuple[str, ...] = ()


def _unfinished(prefix: str = "") -> Q:
    return Q(**{f"{prefix}actual_finish__isnull": True, f"{prefix}cancelled_on__isnull": True})


def responsibilities(day: date) -> tuple[Responsibility, ...]:
    """All ways to be responsible, in the order in which they are shown; higher rooms add theirs by the slot of the same name.

    `tests/thread` finds a column that is missing.
    """
    answers = Q(raci__letter=Raci.Letter.ACCOUNTABLE) & _unfinished("activity__")
    does = Q(step__raci__letter=Raci.Letter.RESPONSIBLE) & _unfinished()
    lasting, running = Q(valid_to__isnull=True) | Q(valid_to__gte=day), Q(state__in=OPEN_PROJECTS)
    return (
        Responsibility("office", "Heads the office", Office, (("head", Q()),)),
        Responsibility(
            "objective", "Answers for objectives", Objective, (("owner", Q(state__in=OPEN_OBJECTIVES)),), "/objectives/{}"
        ),
        Responsibility("kpi", "Enters figures", Kpi, (("owner", Q()),), "/kpis/{}"),
        Responsibility("step", "Answers for steps", Step, (("raci__person", answers),), "/plan/steps/{}", ("activity",)),
        Responsibility(
            "work",
            "Does the work",
            Activity,
            (("assignments__resource__person", _unfinished()), ("step__raci__person", does)),
            related=("dates", "schedule__scope", "step"),
        ),
        Responsibility("duty", "Holds duties", Duty, (("holder", lasting),)),
        Responsibility("lead", "Leads projects", Project, (("manager", running),), "/projects/{}"),
        Responsibility("sponsor", "Sponsors projects", Project, (("sponsor", running),), "/projects/{}"),
        Responsibility("programme", "Steers programmes", Programme, (("owner", Q()),)),
        *gather("responsibilities"),
        Responsibility("deputy", "Stands in for", Person, (("deputy", Q()),)),
    )


def _held(day: date, **whose: Any) -> list[QuerySet[Any, Any]]:
    """Who holds what, of everybody for whom `whose` holds: person, name, last day, kind of responsibility, id of the row."""
    parts = []
    for each in responsibilities(day):
        for path, is_open in each.paths:
            mine = Q(**{f"{path}__{name}": value for name, value in whose.items()})
            rows = each.model.objects.filter(is_open & mine).order_by()
            parts.append(
                _five(rows, F(path), F(f"{path}__name"), F(f"{path}__leaves_on"), Value(each.code, CharField()), F("pk"))
            )
    return parts


def _five(rows: QuerySet[Any, Any], *columns: Any) -> QuerySet[Any, Any]:
    """Five columns that can be joined with those of other tables."""
    names = ("of_whom", "of_name", "of_last_day", "of_kind", "of_row")
    return rows.annotate(**dict(zip(names, columns, strict=True))).values_list(*names)


@dataclass(frozen=True)
class Row:
    """One thing that somebody is responsible for."""

    key: str  # kind and id: what the form sends
    title: str
    url: str
    row: Any


@dataclass(frozen=True)
class Group:
    """Everything of one kind."""

    responsibility: Responsibility
    rows: list[Row]


@dataclass(frozen=True)
class Held:
    """What a person is responsible for, as far as it may be shown; of the rest only how much it is."""

    groups: list[Group]
    hidden: int

    @property
    def rows(self) -> list[Row]:
        """All rows shown."""
        return [row for group in self.groups for row in group.rows]

    @property
    def count(self) -> int:
        """Shown and not shown together: what the gaps page counts."""
        return len(self.rows) + self.hidden


def may_see_work(subject: Person, viewer: Person) -> bool:
    """One's own; of others, who plans, unless the organisation has switched that off. The work of who leaves is always found."""
    if subject.pk == viewer.pk:
        return True
    plans = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    return plans and (viewer.organisation.shows_person_load or subject.leaves_on is not None)


def answers_for(row: Any) -> list[int]:
    """Ids of the people who answer for a step, or for an activity by the step above it or its project. For the slot."""
    if isinstance(row, Activity):
        lead = Project.objects.filter(schedule=row.schedule_id).values_list("manager", flat=True)
        step, here = None, cast("Activity | None", row)
        while step is None and here is not None:
            step, here = Step.objects.filter(activity=here).first(), here.parent
        return [*(answers_for(step) if step is not None else []), *(pk for pk in lead if pk)]
    if not isinstance(row, Step):
        return []
    letters = (Raci.Letter.ACCOUNTABLE, Raci.Letter.RESPONSIBLE)
    return list(Raci.objects.filter(step=row, letter__in=letters).values_list("person", flat=True))


def held_by(subject: Person, viewer: Person, day: date, act: str = Act.VIEW) -> Held:
    """What `subject` is responsible for and `viewer` may see, or may hand over where `act` is to edit."""
    ids: dict[str, list[int]] = defaultdict(list)
    first, *others = _held(day, pk=subject.pk)
    for _, _, _, code, pk in first.union(*others):
        ids[code].append(pk)
    groups = []
    for each in responsibilities(day):
        if each.code in ids:
            rows = _allowed(each, ids[each.code], viewer, act)
            groups.append(Group(each, [Row(f"{each.code}:{row.pk}", _title(row), _address(each, row), row) for row in rows]))
    shown = sum(len(group.rows) for group in groups)
    return Held([group for group in groups if group.rows], sum(map(len, ids.values())) - shown)


def _allowed(each: Responsibility, ids: Iterable[int], viewer: Person, act: str) -> list[Any]:
    """The rows that `viewer` may see, or give to somebody else."""
    rows = each.model.objects.filter(pk__in=ids).select_related(*each.related).order_by("pk")
    if act == Act.EDIT and each.code == "deputy":
        return [row for row in rows if may_manage(viewer, row)]
    found = list(visible(rows, viewer, act))
    if act == Act.EDIT and each.code == "objective":
        return [row for row in found if _may_give(row, viewer)]
    return found


def _may_give(objective: Objective, viewer: Person) -> bool:
    """Who answers for an approved objective was approved with it; a confidential one asks for that right as well."""
    if objective.is_confidential and not may_in(viewer, Act.EDIT, Kind.CONFIDENTIAL, objective.office.scope_id):
        return False
    return objective.state != Objective.State.APPROVED or may(viewer, Act.APPROVE, objective)


def _title(row: Any) -> str:
    return row.label if isinstance(row, Objective) else str(row)


def _address(each: Responsibility, row: Any) -> str:
    if isinstance(row, Activity):
        step = getattr(row, "step", None)
        return f"/plan/steps/{step.pk}" if step else ""
    return each.url.format(row.pk) if each.url else ""


@dataclass(frozen=True)
class Leaver:
    """Somebody with a last day who is still responsible for something: kinds, and how many things of each."""

    person: int
    name: str
    leaves_on: date
    parts: list[tuple[str, int]]

    @property
    def count(self) -> int:
        """How many things: the rows that the hand-over shows, and those it only counts."""
        return sum(n for _, n in self.parts)


def people_of(office: Office) -> QuerySet[Person]:
    """Everybody inside but those whose role or work lies in another office only; with a `resource`, they work on plans."""
    work = Assignment.objects.filter(resource__person=OuterRef("pk"), activity__schedule__plan__isnull=False)
    roles = RoleGrant.objects.filter(person=OuterRef("pk"), scope__scope_kind=Scope.ScopeKind.OFFICE)
    here = Exists(work.filter(activity__schedule__plan__office=office)) | Exists(roles.filter(scope=office.scope_id))
    return Person.objects.filter(here | ~(Exists(work) | Exists(roles)), is_external=False).order_by()


def staff_and_leavers(office: Office, day: date) -> tuple[dict[int, str], list[Leaver]]:
    """Who works on plans and stays, by name; and who leaves while still responsible for something, the first to leave first.

    Without those whose role or work lies in another office only. One statement.
    """
    works = Case(When(resource__isnull=False, then=Value("staff")), default=Value("person"), output_field=CharField())
    people = people_of(office)
    parts = _held(day, leaves_on__isnull=False)
    titles = {each.code: each.title for each in responsibilities(day)}
    staff: dict[int, str] = {}
    leaving: dict[int, tuple[date, str]] = {}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for who, name, last_day, what, _ in _five(people, F("pk"), F("name"), F("leaves_on"), works, F("pk")).union(*parts):
        if what in titles:
            counts[who][what] += 1
        elif last_day is not None:
            leaving[who] = (last_day, name)
        elif what == "staff":
            staff[who] = name
    leavers = [
        Leaver(who, name, last_day, [(title, counts[who][code]) for code, title in titles.items() if counts[who][code]])
        for who, (last_day, name) in sorted(leaving.items(), key=lambda entry: (*entry[1], entry[0]))
        if who in counts
    ]
    return dict(sorted(staff.items(), key=lambda entry: (entry[1], entry[0]))), leavers
