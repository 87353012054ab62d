"""How far the first run is, read from what exists."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import Step
from goldenthread.plan.queries import offices_of
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office, Target
from goldenthread.ui import writing

LABELS = ("Mandate", "Objectives", "First step", "Projects", "One key each", "Result")
OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)
OPEN_OBJECTIVES = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)


@dataclass(frozen=True)
class Stage:
    """One stage of the first run: its name, where it is done, whether it is, and what stands there in words."""

    label: str
    url: str
    is_done: bool
    note: str


@dataclass(frozen=True)
class Aim:
    """An objective with the target shown for it, and what is still a question about it."""

    objective: Objective
    target: Target | None
    questions: tuple[str, ...]


@dataclass(frozen=True)
class FirstRun:
    """How far an office is. Everything is read from the rows; nothing is kept of the run itself."""

    office: Office | None
    mandate: Mandate | None
    aims: list[Aim]
    projects: list[Project]
    has_step: bool = False

    @property
    def answered(self) -> int:
        """Projects with an answer, whatever it is."""
        return sum(p.goal_answer != GoalAnswer.NOT_ASKED for p in self.projects)

    @property
    def open_questions(self) -> int:
        """Objectives whose figures are not all known."""
        return sum(bool(aim.questions) for aim in self.aims)

    @property
    def stages(self) -> list[Stage]:
        """The six stages in order. The first step may be left out: with a list of projects it is no longer waited for."""
        n, asked = len(self.projects), self.answered
        done = (self.mandate is not None, bool(self.aims), self.has_step or bool(n), bool(n), bool(n) and asked == n)
        return [
            Stage(
                "Office and mandate",
                reverse("thread:start_mandate"),
                done[0],
                str(self.office) if self.office else "three fields",
            ),
            Stage("Objectives", reverse("thread:start_objectives"), done[1], self._aims_note()),
            Stage(
                "First step",
                reverse("thread:start_step"),
                done[2],
                "in the plan" if self.has_step else "what the PMO itself does for one of them",
            ),
            Stage(
                "The list of projects", reverse("thread:start_projects"), done[3], f"{n} open" if n else "as you keep it today"
            ),
            Stage(
                "One key for each project", reverse("plan:goals"), done[4], f"{asked} of {n} answered" if n else "after the list"
            ),
            Stage("What came of it", reverse("thread:start_result"), all(done), "one page to print"),
        ]

    def _aims_note(self) -> str:
        if not self.aims:
            return "typed, or pasted from a slide"
        waiting = self.open_questions
        return f"{len(self.aims)} written down" + (f", {waiting} with a question" if waiting else "")

    @property
    def place(self) -> int:
        """The first stage, from 1, that is not done; the last one where all are."""
        return next((n for n, stage in enumerate(self.stages, start=1) if not stage.is_done), len(LABELS))

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is there yet, except perhaps the office itself."""
        return self.mandate is None and not self.aims and not self.projects and not self.has_step

    @property
    def is_done(self) -> bool:
        """Whether every stage is."""
        return all(stage.is_done for stage in self.stages)


def first_run(person: Person) -> FirstRun:
    """How far the person's own office is, or the first: five statements at most."""
    office = next(iter(offices_of(person)), None)
    if office is None:
        return FirstRun(None, None, [], [])
    mandate = Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).first()
    projects = visible(Project.objects.filter(state__in=OPEN_PROJECTS, gone_on__isnull=True), person).order_by("name", "id")
    return FirstRun(
        office,
        mandate,
        aims(office, person),
        list(projects.select_related("manager").defer("description", "withheld")),
        Step.objects.filter(plan__office=office).exists(),
    )


def aims(office: Office, person: Person) -> list[Aim]:
    """The open objectives of an office that the person may see, each with its first target. Two statements."""
    rows = list(visible(Objective.objects.filter(office=office, state__in=OPEN_OBJECTIVES), person).order_by("id"))
    targets: dict[int, Target] = {}
    for target in Target.objects.filter(objective__in=rows).select_related("kpi", "objective").order_by("-is_required", "id"):
        targets.setdefault(target.objective_id, target)
    return [Aim(row, targets.get(row.pk), questions(targets.get(row.pk))) for row in rows]


def questions(target: Target | None) -> tuple[str, ...]:
    """What is not known yet of a target, as questions to a person."""
    if target is None:
        return ("Which figure would show it?",)
    has_goal = target.value is not None or target.band_low is not None or target.band_high is not None
    asked = (
        (target.kpi.unit == "", "In which unit?"),
        (target.baseline is None and target.kpi.direction != Kpi.Direction.BAND, "Where does it stand today?"),
        (not has_goal, "Where is it to be?"),
        (target.due_on is None, "By when?"),
    )
    return tuple(words for is_open, words in asked if is_open)


def figures(target: Target) -> str:
    """14 → 8 days by 31 Dec 2027; what is missing is said in words."""
    if target.band_low is not None or target.band_high is not None:
        text = f"{writing.number(target.band_low)} to {writing.number(target.band_high)}"
    else:
        before = "not known yet" if target.baseline is None else writing.number(target.baseline)
        text = f"{before} → {'?' if target.value is None else writing.number(target.value)}"
    return f"{text} {target.kpi.unit}".rstrip() + (f" by {writing.date(target.due_on)}" if target.due_on else ", no day yet")


def has_answers() -> bool:
    """Whether somebody has said of some project which goal it serves."""
    return Project.objects.exclude(goal_answer=GoalAnswer.NOT_ASKED).exists()
