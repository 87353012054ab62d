"""The page on which the first run ends: goals without work, work without a goal, one whole thread, what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.engine.work_hours import WorkHours
from goldenthread.kit import clock
from goldenthread.plan.models import Contribution, Raci
from goldenthread.plan.queries import UNKNOWN, Said, gaps, who_said_none
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Objective, Office
from goldenthread.thread.queries.start import Aim, FirstRun, figures
from goldenthread.ui import writing

NAMED_NONE = (GoalAnswer.NONE, GoalAnswer.DONT_KNOW)
PLAN_IT = "Plan work for it"
ADVISED = 3


@dataclass(frozen=True)
class GoalLine:
    """A goal that no work moves yet, and why."""

    objective: Objective
    sentence: str
    repair: tuple[str, str]
    is_tied: bool = False


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
    said: dict[int, Said]

    @property
    def with_goal(self) -> list[Project]:
        """Projects that name a goal."""
        return self._of(GoalAnswer.LINKED)

    @property
    def duties(self) -> list[Project]:
        """Projects that are a duty."""
        return self._of(GoalAnswer.DUTY)

    @property
    def without_goal(self) -> list[Project]:
        """Projects asked about that name no goal, or of which it is not known yet; the largest budget first."""
        return [p for p in self.loose if p.goal_answer != GoalAnswer.NOT_ASKED]

    @property
    def not_asked(self) -> list[Project]:
        """Projects that nobody was asked about; the largest budget first."""
        return [p for p in self.loose if p.goal_answer == GoalAnswer.NOT_ASKED]

    @property
    def moved(self) -> int:
        """Goals that some work is expected to move."""
        return len(self.run.aims) - len(self.goals)

    @property
    def untouched(self) -> list[GoalLine]:
        """Goals to which no work is tied."""
        return [line for line in self.goals if not line.is_tied]

    @property
    def unsized(self) -> list[GoalLine]:
        """Goals to which work is tied that is not expected to move them, or of which nobody can say how far."""
        return [line for line in self.goals if line.is_tied]

    def answer(self, project: Project) -> str:
        """What was said of a project that names no goal, and by whom."""
        if project.goal_answer != GoalAnswer.NONE:
            return "don’t know yet"
        return self.said.get(project.pk, UNKNOWN).words(project.manager_id, project.sponsor_id)

    def share(self, projects: list[Project]) -> str:
        """What these projects cost, in words: "£1.2bn, 41 % of the budget". Empty where budgets cannot be added."""
        priced = [p for p in self.run.projects if p.budget_minor is not None]
        total, currencies = sum(p.budget_minor or 0 for p in priced), {p.currency for p in priced}
        if total <= 0 or len(currencies) != 1 or not all(currencies):
            return ""
        part = sum(p.budget_minor or 0 for p in projects)
        return f"{writing.money(part, currencies.pop())}, {round(100 * part / total)} % of the budget"

    def _of(self, answer: str) -> list[Project]:
        return [p for p in self.run.projects if p.goal_answer == answer]


def result(run: FirstRun, office: Office, person: Person, day: date | None = None) -> Result:
    """The result for one office: the rows of the gaps, seen from its objectives and from the projects."""
    day = day or clock.today()
    found = gaps(office, day, person)
    why = {row.goal: row for row in found.goals if row.kpi is None and row.reason != "mandate_not_in_force"}
    goals = [_goal(aim, why[aim.objective.pk]) for aim in run.aims if aim.objective.pk in why]
    goals.sort(key=lambda line: line.objective.state == Objective.State.DRAFT)
    loose = [p for p in run.projects if p.goal_answer not in {GoalAnswer.LINKED, GoalAnswer.DUTY}]
    beads, whole = thread_of_office(run)
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
        said=who_said_none(Project, [p.pk for p in loose if p.goal_answer == GoalAnswer.NONE]),
    )


def _goal(aim: Aim, row: Any) -> GoalLine:
    """A goal whose figure is a question says so first: work tied to it has no size until then."""
    if row.reason == "no_sound_work" and aim.questions:
        return GoalLine(
            aim.objective,
            "Work is tied to it; how far that goes is open until its figures are known.",
            ("Give the figures", reverse("thread:start_objectives")),
            is_tied=True,
        )
    if row.reason == "no_target":
        return GoalLine(aim.objective, row.sentence, ("Set a target", reverse("purpose:objective", args=[aim.objective.pk])))
    plan_it = f"{reverse('thread:act_on_gap')}?ref=objective:{row.goal}&action=plan_work"
    return GoalLine(aim.objective, row.sentence, (PLAN_IT, plan_it), is_tied=row.reason == "no_sound_work")


@dataclass(frozen=True)
class Worker:
    """A piece of work that names a goal, and who does it."""

    given: Contribution
    name: str
    noun: str
    url: str
    doer: str
    doer_id: int | None
    role: str


def thread_of_office(run: FirstRun) -> tuple[list[tuple[str, str | None, str | None]], bool]:
    """One thread from the mandate to a person, as rows of (text, note, address), and whether it reaches a person.

    The thread with the largest expected effect is drawn, one that reaches a person first. It stops where nothing is tied yet.
    """
    rows: list[tuple[str, str | None, str | None]] = []
    if run.mandate is not None:
        rows.append((run.mandate.purpose, f"mandate, given by {run.mandate.issuer}", reverse("purpose:current_mandate")))
    by_kpi = {aim.target.kpi_id: aim for aim in run.aims if aim.target is not None}
    work = list(_workers(run, by_kpi))
    if not work:
        first = next((aim for aim in run.aims if not aim.questions), next(iter(run.aims), None))
        return rows + (_goal_beads(first) if first else []), False
    best = max(work, key=lambda w: (bool(w.doer), abs(_share(w.given, by_kpi[w.given.kpi_id])), -w.given.pk))
    rows += _goal_beads(by_kpi[best.given.kpi_id])
    rows.append((best.name, f"{best.noun}, {_effect(best.given)}", best.url))
    if best.doer:
        rows.append((best.doer, best.role, reverse("accounts:person", args=[best.doer_id]) if best.doer_id else None))
    return rows, bool(best.doer)


def _workers(run: FirstRun, kpis: Iterable[int]) -> Iterable[Worker]:
    """The work of this run's projects and of the office's own plan that is tied to these figures. Two statements."""
    projects = {p.pk: p for p in run.projects}
    tied = Contribution.objects.filter(kpi_id__in=kpis).select_related("kpi", "step__activity", "step__plan").order_by("id")
    rows = [c for c in tied if c.project_id in projects or (c.step and run.office and c.step.plan.office_id == run.office.pk)]
    answerable = Raci.objects.filter(step__in=[c.step_id for c in rows if c.step_id], letter=Raci.Letter.ACCOUNTABLE)
    people = {row.step_id: row.person for row in answerable.select_related("person")}
    for row in rows:
        if row.project_id is not None:
            project = projects[row.project_id]
            url = reverse("projects:project", args=[project.pk])
            yield Worker(row, project.name, "project", url, project.leader, project.manager_id, "leads it")
        elif row.step is not None:
            person = people.get(row.step.pk)
            url = reverse("plan:step", args=[row.step.pk])
            name = person.name if person else ""
            yield Worker(row, row.step.activity.name, "step", url, name, person.pk if person else None, "answers for it")


def _effect(row: Contribution) -> str:
    """How far it moves the figure, in words or as a range."""
    if row.size:
        return f"{Contribution.Size(row.size).label.lower()} effect"
    if row.low == row.likely == row.high == 0:
        return "effect not known yet"
    return f"{writing.signed(row.low)} to {writing.signed(row.high)} {row.kpi.unit}".rstrip()


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
