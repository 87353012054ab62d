"""Writes of answers: which goal a piece of work serves, and the two questions of the pulse."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import is_own, may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.actions.contributions import contribute
from goldenthread.plan.models import PulseAnswer, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office


def answer_goal(
    *,
    subject: Step | Project,
    answer: str,
    by: Person | None,
    kpi: Kpi | None = None,
    size: str = "M",
    source: str = Changeset.Source.PAGE,
    by_link: bool = False,
) -> None:
    """Record what the owner says: a goal (with a KPI and a size), a duty, none, or not known yet.

    `by_link` is an owner who answered the question sent to him; the link is the right.
    """
    if answer not in GoalAnswer.values or answer == GoalAnswer.NOT_ASKED:
        raise Refused(f"“{answer}” is not an answer.", field="answer")
    if not by_link and by is not None and not (is_own(by, subject) or may(by, Act.EDIT, subject)):
        raise Forbidden("Only its owner, or who may change it, answers for this work.")
    with changeset(
        title=f"Answer for {subject}: {GoalAnswer(answer).label.lower()}", by=by, source=source, about=_about(subject)
    ):
        if answer == GoalAnswer.LINKED:
            if kpi is None:
                raise Refused("Name the KPI that it moves.", field="kpi")
            step, project = (subject, None) if isinstance(subject, Step) else (None, subject)
            if not subject.contributions.filter(kpi=kpi).exists():
                contribute(kpi=kpi, step=step, project=project, size=size, by=None)
        history.change(subject, {"goal_answer": answer})


def _about(subject: Step | Project) -> str:
    return f"step:{subject.pk}" if isinstance(subject, Step) else f"project:{subject.pk}"


def answer_pulse(*, office: Office, person: Person, share: int, knows_goal: bool) -> PulseAnswer:
    """The two questions, once a day; answering again the same day corrects the answer."""
    if not 0 <= share <= 100:
        raise Refused("The share lies between 0 and 100 percent.", field="share")
    today = timezone.localdate()
    with changeset(title="Answer the pulse", by=person):
        row = PulseAnswer.objects.filter(office=office, person=person, on=today).first()
        if row is not None:
            history.change(row, {"share": share, "knows_goal": knows_goal})
            return row
        row = PulseAnswer(office=office, person=person, on=today, share=share, knows_goal=knows_goal)
        row.save()
    return row
