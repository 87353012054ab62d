"""How far the first run is, read from what exists, and the page that it ends on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.work_hours import WorkHours
from goldenthread.plan.models import Contribution
from goldenthread.plan.queries import gaps, offices_of
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office, Target
from goldenthread.ui import writing

LABELS = ("Mandate", "Objectives", "Projects", "One key each", "Result")
OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)
OPEN_OBJECTIVES = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
HAS_LINE = (GoalAnswer.LINKED, GoalAnswer.DUTY)
PLAN_IT = "Plan work for it"
ADVISED = 3


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
        """The five stages in order."""
        n, asked = len(self.projects), self.answered
        done = (self.mandate is not None, bool(self.aims), bool(n), bool(n) and asked == n)
        return [
            Stage(
                "Office and mandate",
                reverse("thread:start_mandate"),
                done[0],
                str(self.office) if self.office else "three fields",
            ),
            Stage("Objectives", reverse("thread:start_objectives"), done[1], self._aims_note()),
            Stage(
                "The list of projects", reverse("thread:start_projects"), done[2], f"{n} open" if n else "as you keep it today"
            ),
            Stage(
                "One key for each project", reverse("plan:goals"), done[3], f"{asked} of {n} answered" if n else "after the list"
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
    def is_done(self) -> bool:
        """Whether every stage is."""
        return all(stage.is_done for stage in self.stages)


def first_run(person: Person) -> FirstRun:
    """How far the person's own office is, or the first: four statements at most."""
    office = next(iter(offices_of(person)), None)
    if office is None:
        return FirstRun(None, None, [], [])
    mandate = Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).first()
    projects = visible(Project.objects.filter(state__in=OPEN_PROJECTS, gone_on__isnull=True), person).order_by("name", "id")
    return FirstRun(
        office, mandate, aims(office, person), list(projects.select_related("manager").defer("description", "withheld"))
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


@dataclass(frozen=True)
class GoalLine:
    """A goal that no work moves yet, and why."""

    objective: Objective
    sentence: str
    repair: tuple[str, str]


@dataclass(frozen=True)
class Result:
    """The page at the end: goals without work, work without a goal, one whole thread, what to do next."""

    run: FirstRun
    day: date
    goals: list[GoalLine]
    loose: list[Project]
    thread: list[tuple[str, str | None, str | None]]
    thread_is_whole: bool
    plan_rows: int
    hours: WorkHours
    plan_hours: WorkHours
    advice: list[tuple[str, str, str]]

    @property
    def with_goal(self) -> int:
        """Projects that name a goal."""
        return sum(p.goal_answer == GoalAnswer.LINKED for p in self.run.projects)

    @property
    def duties(self) -> int:
        """Projects that are a duty."""
        return sum(p.goal_answer == GoalAnswer.DUTY for p in self.run.projects)

    @property
    def has_leaders(self) -> bool:
        """Whether anybody is named who leads one of the projects without a goal."""
        return any(_doer(p) for p in self.loose)

    @property
    def moved(self) -> int:
        """Goals that some work is expected to move."""
        return len(self.run.aims) - len(self.goals)


def result(run: FirstRun, office: Office, person: Person, day: date | None = None) -> Result:
    """The result for one office: the rows of the gaps, seen from its objectives and from the projects."""
    day = day or timezone.localdate()
    found = gaps(office, day, person)
    why = {row.goal: row for row in found.goals if row.kpi is None and row.reason != "mandate_not_in_force"}
    goals = [_goal(aim, why[aim.objective.pk]) for aim in run.aims if aim.objective.pk in why]
    loose = [p for p in run.projects if p.goal_answer not in HAS_LINE]
    beads, whole = thread_of_office(run, person)
    rest = [row for row in found.unsupported.findings if str(row.key).startswith(("step:", "activity:"))]
    return Result(
        run=run,
        day=day,
        goals=goals,
        loose=sorted(loose, key=lambda p: (-(p.budget_minor or 0), p.name)),
        thread=beads,
        thread_is_whole=whole,
        plan_rows=len(rest),
        hours=found.hours,
        plan_hours=found.plan_hours,
        advice=_advice(run, goals)[:ADVISED],
    )


def _goal(aim: Aim, row: Any) -> GoalLine:
    """A goal whose figure is a question says so first: work tied to it has no size until then."""
    if row.reason == "no_sound_work" and aim.questions:
        return GoalLine(
            aim.objective,
            "Work is tied to it; how far that goes is open until its figures are known.",
            ("Give the figures", reverse("thread:start_objectives")),
        )
    if row.reason == "no_target":
        return GoalLine(aim.objective, row.sentence, ("Set a target", reverse("purpose:objective", args=[aim.objective.pk])))
    return GoalLine(
        aim.objective, row.sentence, (PLAN_IT, f"{reverse('thread:act_on_gap')}?ref=objective:{row.goal}&action=plan_work")
    )


def thread_of_office(run: FirstRun, person: Person) -> tuple[list[tuple[str, str | None, str | None]], bool]:
    """One thread from the mandate to a person, as rows of (text, note, address), and whether it reaches a person.

    The thread with the largest expected effect is drawn, one that reaches a person first. It stops where nothing is tied yet.
    """
    rows: list[tuple[str, str | None, str | None]] = []
    if run.mandate is not None:
        rows.append((run.mandate.purpose, f"mandate, given by {run.mandate.issuer}", reverse("purpose:current_mandate")))
    by_kpi = {aim.target.kpi_id: aim for aim in run.aims if aim.target is not None}
    projects = {p.pk: p for p in run.projects}
    given = [
        c
        for c in Contribution.objects.filter(kpi_id__in=by_kpi, project_id__in=projects).select_related("kpi").order_by("id")
        if c.project_id
    ]
    if not given:
        first = next((aim for aim in run.aims if not aim.questions), next(iter(run.aims), None))
        return rows + (_goal_beads(first) if first else []), False
    best = max(given, key=lambda c: (bool(_doer(projects[c.project_id or 0])), abs(_share(c, by_kpi[c.kpi_id])), -c.pk))
    project = projects[best.project_id or 0]
    rows += _goal_beads(by_kpi[best.kpi_id])
    rows.append((project.name, f"project, {_effect(best)}", reverse("projects:project", args=[project.pk])))
    doer = _doer(project)
    if doer:
        rows.append((doer, "leads it", reverse("accounts:person", args=[project.manager_id]) if project.manager_id else None))
    return rows, bool(doer)


def _effect(row: Contribution) -> str:
    """How far it moves the figure, in words or as a range."""
    if row.size:
        return f"{Contribution.Size(row.size).label.lower()} effect"
    if row.low == row.likely == row.high == 0:
        return "effect not known yet"
    return f"{writing.signed(row.low)} to {writing.signed(row.high)} {row.kpi.unit}".rstrip()


def _doer(project: Project) -> str:
    return project.manager.name if project.manager else project.manager_name


def _share(row: Contribution, aim: Aim) -> float:
    """How much of the way to its target a contribution is likely to bring: comparable across units."""
    target = aim.target
    if target is None or target.value is None or target.baseline is None or target.value == target.baseline:
        return 0.0
    return row.likely * row.chance / 100 / (target.value - target.baseline)


def _goal_beads(aim: Aim) -> list[tuple[str, str | None, str | None]]:
    beads: list[tuple[str, str | None, str | None]] = [
        (aim.objective.title, "objective", reverse("purpose:objective", args=[aim.objective.pk]))
    ]
    if aim.target is not None:
        beads.append((aim.target.kpi.name, figures(aim.target), reverse("purpose:kpi", args=[aim.target.kpi_id])))
    return beads


def figures(target: Target) -> str:
    """14 → 8 days by 31 Dec 2027; what is missing is said in words."""
    if target.band_low is not None or target.band_high is not None:
        text = f"{writing.number(target.band_low)} to {writing.number(target.band_high)}"
    else:
        before = "not known yet" if target.baseline is None else writing.number(target.baseline)
        text = f"{before} → {'?' if target.value is None else writing.number(target.value)}"
    return f"{text} {target.kpi.unit}".rstrip() + (f" by {writing.date(target.due_on)}" if target.due_on else ", no day yet")


def _advice(run: FirstRun, goals: list[GoalLine]) -> list[tuple[str, str, str]]:
    """What would help most, most needed first: (what, why, address)."""
    waiting, unsure = len(run.projects) - run.answered, sum(p.goal_answer == GoalAnswer.DONT_KNOW for p in run.projects)
    drafts = sum(aim.objective.state == Objective.State.DRAFT for aim in run.aims)
    ownerless = sum(aim.target is not None and aim.target.kpi.owner_id is None for aim in run.aims)
    unmoved = [line for line in goals if line.repair[0] == PLAN_IT]
    asked = (
        (
            waiting,
            f"Answer for {_some(waiting, 'project')}",
            "One key each; “don’t know yet” is an answer too.",
            reverse("plan:goals"),
        ),
        (
            run.open_questions,
            f"Give the figures of {_some(run.open_questions, 'objective')}",
            "Without them nobody can say whether the goal is reached.",
            reverse("thread:start_objectives"),
        ),
        (
            unsure,
            f"Ask the owners of {_some(unsure, 'project')}",
            "They get one question by e-mail, answered in half a minute without an account.",
            reverse("thread:gaps"),
        ),
        (
            unmoved,
            f"Plan work for “{unmoved[0].objective.label}”" if unmoved else "",
            "It is a goal that no work moves.",
            unmoved[0].repair[1] if unmoved else "",
        ),
        (
            ownerless,
            f"Name who enters {_some(ownerless, 'figure')}",
            "A figure that nobody enters grows old.",
            reverse("purpose:kpis"),
        ),
        (
            drafts,
            f"Have {_some(drafts, 'objective')} approved",
            "They are drafts of yours until somebody of the leadership agrees.",
            reverse("purpose:objectives"),
        ),
        (
            run.projects,
            "Invite the people who lead the projects",
            "Each sees the own work with its thread, every morning.",
            reverse("accounts:people"),
        ),
    )
    return [(what, why, url) for is_asked, what, why, url in asked if is_asked]


def _some(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def has_answers() -> bool:
    """Whether somebody has said of some project which goal it serves."""
    return Project.objects.exclude(goal_answer=GoalAnswer.NOT_ASKED).exists()
