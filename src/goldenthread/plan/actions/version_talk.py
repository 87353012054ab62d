"""What people say back about a version in force: a question to the planner, its answer; and reminding who has not read it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.actions.telling import address_of
from goldenthread.plan.models import PlanVersion, VersionQuestion, VersionReminder
from goldenthread.plan.queries.version_talk import planner_of, waiting_for
from goldenthread.plan.queries.versions import may_name_readers
from goldenthread.workspace.actions import notify

LONGEST = 1000


def ask_planner(*, version: PlanVersion, text: str, by: Person) -> VersionQuestion:
    """Ask who proposed the version about it. It waits on his or her Today until it is answered."""
    if not may(by, Act.VIEW, version):
        raise Forbidden("You may not see this plan.")
    words = text.replace("\0", "").strip()
    if not words:
        raise Refused("Say what you want to know.", field="text")
    with changeset(title=f"Ask about {version} of {version.plan}", by=by, about=f"plan:{version.plan_id}") as made:
        question = VersionQuestion(plan_version=version, asked_by=by, text=words[:LONGEST], at=made.at)
        question.save()
        planner = planner_of(version)
        if planner is not None:
            title = f"{by} asks about {version}"
            notify(people=[planner], title=title, body=question.text, link=questions_at(version), needs_answer=True)
    return question


def questions_at(version: PlanVersion) -> str:
    """Where questions stand with their answers: not where it is told what changes, by which one knows who was told."""
    return f"/plan/versions/{version.pk}#questions"


def answer_question(*, question: VersionQuestion, text: str, by: Person, version: int | None = None) -> None:
    """Answer, by who may change the plan. The asker is told."""
    of = question.plan_version
    if not may(by, Act.EDIT, of.plan):
        raise Forbidden("You may not answer for this plan.")
    words = text.replace("\0", "").strip()
    if not words:
        raise Refused("Say something.", field="answer")
    with changeset(title=f"Answer {question.asked_by} about {of}", by=by, about=f"plan:{of.plan_id}") as made:
        stored = VersionQuestion.objects.select_for_update().get(pk=question.pk)
        history.require_version(stored, version)
        if stored.answered_at is not None:
            raise Refused("This question has been answered.")
        history.change(stored, {"answer": words[:LONGEST], "answered_by": by, "answered_at": made.at})
        notify(people=[stored.asked_by], title=f"{by} answered about {of}", body=words, link=questions_at(of))


def remind(*, version: PlanVersion, by: Person) -> int:
    """Remind everybody who was told and has not read it; each at most once a day. How many were reminded now."""
    if not may_name_readers(version.plan, by):
        raise Forbidden("You may not see who has read this version.")
    if version.state != PlanVersion.State.IN_FORCE:
        raise Refused(f"{str(version).capitalize()} is not in force.")
    today = timezone.localdate()
    with transaction.atomic():
        PlanVersion.objects.select_for_update().get(pk=version.pk)
        known = VersionReminder.objects.filter(plan_version=version, on=today).values("person")
        people = list(waiting_for(version).exclude(pk__in=known))
        VersionReminder.objects.bulk_create(
            VersionReminder(organisation=version.organisation, plan_version=version, person=person, on=today) for person in people
        )
        title = f"Please read what {version} changes for you ({today:%-d %B})"
        notify(people=people, title=title, body=version.because, link=address_of(version))
    return len(people)
