"""Which goals a piece of work can be tied to, in few words, and which projects have not been asked yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When

from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import visible
from goldenthread.kit.permissions import Act
from goldenthread.plan.models import Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Objective, Office, Target
from goldenthread.ui import writing

FIRST = 5
ALIKE = ("department", "category")  # what projects have in common that often answers for all of them
OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)
LIVE = (Objective.State.APPROVED, Objective.State.PROPOSED, Objective.State.DRAFT)
OTHERS = (
    ("duty", "It is a duty", "A law, regulator or contract asks for it, or things stop without it"),
    ("none", "None of these", "It serves no goal of ours"),
    ("dont_know", "Don’t know yet", "A legal answer: somebody asks again later"),
)


@dataclass(frozen=True)
class GoalChoice:
    """A goal on offer: what is stored ("kpi:7"), the objective in few words, and the figure it is about."""

    value: str
    label: str
    hint: str


@dataclass(frozen=True)
class Progress:
    """How many of the projects that a person may answer for have an answer, and for how much of their budgets that is."""

    answered: int
    total: int
    budget_percent: int | None = None


def goal_choices(offices: Iterable[int], *, limit: int = FIRST) -> list[GoalChoice]:
    """One KPI of each of the first objectives of these offices: approved ones first, required targets first."""
    order = Case(*[When(state=state, then=Value(n)) for n, state in enumerate(LIVE)], output_field=IntegerField())
    objectives = Objective.objects.filter(office__in=list(offices), state__in=LIVE, is_confidential=False, targets__isnull=False)
    rows = list(objectives.annotate(place=order).order_by("place", "id").distinct()[:limit])
    targets = Target.objects.filter(objective__in=rows).select_related("kpi").order_by("-is_required", "id")
    first: dict[int, Target] = {}
    for target in targets:
        first.setdefault(target.objective_id, target)
    return [GoalChoice(f"kpi:{first[row.pk].kpi_id}", row.label, _hint(first[row.pk])) for row in rows]


def _hint(target: Target) -> str:
    kpi, digits = target.kpi, target.kpi.decimals
    unit = f" {kpi.unit}" if kpi.unit else ""
    if target.value is None:
        return kpi.name
    before = f"{writing.number(target.baseline)} → " if target.baseline is not None else ""
    return f"{kpi.name}: {before}{writing.number(round(target.value, digits))}{unit}"


def offices_of(subject: Step | Project) -> list[int]:
    """Ids of the offices that a piece of work belongs to; all of them where it lies under none."""
    if isinstance(subject, Step):
        return [subject.plan.office_id]
    found = Office.objects.filter(scope__paths_down__descendant=subject.scope_id, scope__scope_kind=Scope.ScopeKind.OFFICE)
    return list(found.order_by("id").values_list("pk", flat=True)) or list(Office.objects.values_list("pk", flat=True))


def answerable(person: Person) -> QuerySet[Project]:
    """Open projects for which `person` may answer: those he or she may change or leads."""
    own = Project.objects.filter(Q(manager=person) | Q(sponsor=person)).values("pk")
    mine = visible(Project.objects.all(), person, Act.EDIT).values("pk")
    return Project.objects.filter(Q(pk__in=mine) | Q(pk__in=own), state__in=OPEN_PROJECTS, gone_on__isnull=True)


def unasked(person: Person, *, after: int = 0) -> Project | None:
    """The next project without an answer, the most expensive first; those up to `after` come last."""
    waiting = answerable(person).filter(goal_answer=GoalAnswer.NOT_ASKED).select_related("manager")
    ordered = waiting.order_by(F("budget_minor").desc(nulls_last=True), "id")
    if after:
        ids = list(ordered.values_list("pk", flat=True))
        place = ids.index(after) + 1 if after in ids else 0
        key = ids[place % len(ids)] if ids else 0
        return waiting.filter(pk=key).first()
    return ordered.first()


def progress(person: Person) -> Progress:
    """How far the person's projects are answered. Budgets are added only where all are in one currency."""
    asked = ~Q(goal_answer=GoalAnswer.NOT_ASKED)
    found = answerable(person).aggregate(
        total=Count("id"),
        answered=Count("id", filter=asked),
        budget=Sum("budget_minor"),
        covered=Sum("budget_minor", filter=asked, default=0),
        currencies=Count("currency", filter=Q(budget_minor__isnull=False), distinct=True),
    )
    share = round(100 * found["covered"] / found["budget"]) if found["budget"] and found["currencies"] == 1 else None
    return Progress(found["answered"], found["total"], share)


def alike(project: Project, person: Person) -> list[tuple[str, str, int]]:
    """What else waits for an answer and may take the same one: (field, its value, how many with this project)."""
    named = [name for name in ALIKE if getattr(project, name)]
    if not named:
        return []
    counts = {name: Count("id", filter=Q(**{name: getattr(project, name)})) for name in named}
    found = answerable(person).filter(goal_answer=GoalAnswer.NOT_ASKED).aggregate(**counts)
    return [(name, getattr(project, name), found[name]) for name in named if found[name] > 1]


def unasked_like(project: Project, field: str, person: Person) -> list[Project]:
    """The projects without an answer that share a field of `ALIKE` with this one, held until the action is written."""
    if field not in ALIKE or not getattr(project, field):
        return []
    waiting = answerable(person).filter(goal_answer=GoalAnswer.NOT_ASKED, **{field: getattr(project, field)})
    return list(waiting.exclude(pk=project.pk).order_by("id").select_for_update(of=("self",)))
