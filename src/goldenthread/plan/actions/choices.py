"""Answers as one word, from a key or a link: "kpi:7", "duty", "none" or "dont_know"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import visible
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions.answers import answer_goal
from goldenthread.plan.actions.contributions import Effect, contribute, effect_of_size
from goldenthread.plan.models import Contribution, Step
from goldenthread.plan.queries import goals
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi
from goldenthread.workspace.models import Question

WORDS = {"duty": GoalAnswer.DUTY, "none": GoalAnswer.NONE, "dont_know": GoalAnswer.DONT_KNOW}
UNSIZED = (0.0, 0.0, 0.0)  # a goal is named, its effect is not known yet


def answer_with_choice(
    *,
    subject: Step | Project,
    choice: str,
    by: Person | None,
    size: str = Contribution.Size.MEDIUM,
    source: str = Changeset.Source.PAGE,
    by_link: bool = False,
) -> None:
    """Record the answer that one key or one button gives. A goal without a target gets no effect yet."""
    if choice in WORDS:
        answer_goal(subject=subject, answer=WORDS[choice], by=by, source=source, by_link=by_link)
        return
    key = choice.removeprefix("kpi:")
    kpis = Kpi.objects.all() if by is None or by_link else visible(Kpi.objects.all(), by)
    kpi = kpis.filter(pk=int(key)).first() if choice.startswith("kpi:") and key.isdecimal() and len(key) < 19 else None
    if kpi is None:
        raise Refused(f"“{choice[:40]}” is not one of the answers.", field="answer")
    about = f"{'step' if isinstance(subject, Step) else 'project'}:{subject.pk}"
    with changeset(title=f"Answer for {subject}: {kpi}", by=by, source=source, about=about):
        if not _has_size(kpi) and not subject.contributions.filter(kpi=kpi).exists():
            work = {"step": subject} if isinstance(subject, Step) else {"project": subject}
            contribute(kpi=kpi, by=None, effect=UNSIZED, **work)
        answer_goal(subject=subject, answer=GoalAnswer.LINKED, kpi=kpi, size=size, by=by, source=source, by_link=by_link)


def answer_alike(*, subject: Project, field: str, choice: str, by: Person) -> int:
    """The same answer for a project and every other one without an answer that shares a field with it: one action.

    Returns how many others that were. A department has hundreds of projects, so the others are written in few statements.
    """
    with changeset(title=f"Answer for {subject} and all like it", by=by) as made:
        answer_with_choice(subject=subject, choice=choice, by=by)
        rest = goals.unasked_like(subject, field, by)
        if rest and subject.goal_answer == GoalAnswer.LINKED:
            _name_goal(rest, Kpi.objects.get(pk=int(choice.removeprefix("kpi:"))))
        for project in rest:
            project.goal_answer = subject.goal_answer
        history.change_all(Project, rest, ["goal_answer"])
        made.title = f"Answer for {subject} and {len(rest)} more like it"
        made.save(update_fields=["title"])
    return len(rest)


def _name_goal(projects: Sequence[Project], kpi: Kpi) -> None:
    """Tie projects to a figure as of medium effect; without size where the figure has no way to go yet."""
    sized = _has_size(kpi)
    moved = effect_of_size(kpi, Contribution.Size.MEDIUM) if sized else Effect(*UNSIZED)
    tied = set(Contribution.objects.filter(kpi=kpi, project__in=projects).values_list("project_id", flat=True))
    values = {"size": Contribution.Size.MEDIUM if sized else "", "low": moved.low, "likely": moved.likely, "high": moved.high}
    history.add_all(Contribution, [Contribution(project=p, kpi=kpi, **values) for p in projects if p.pk not in tied])


def _has_size(kpi: Kpi) -> bool:
    try:
        effect_of_size(kpi, Contribution.Size.MEDIUM)
    except Refused:
        return False
    return True


def question_answered(question: Question) -> None:
    """What an answer by link changes here: the goal of a step or a project. For the slot of the same name."""
    if question.question_kind != Question.QuestionKind.GOAL:
        return
    models: dict[str, Any] = {"step": Step, "project": Project}
    subject = models[question.ref_kind].objects.filter(pk=question.ref_id).first() if question.ref_kind in models else None
    if subject is not None:
        answer_with_choice(subject=subject, choice=question.answer, by=question.asked, source=Changeset.Source.LINK, by_link=True)
