"""Questions asked by link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may, rights
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import gather
from goldenthread.workspace.models import Question

Option = tuple[str, str, str]  # what is stored, what the button says, a hint
KEEP: list[Option] = [
    ("keep", "Keep it", "Somebody uses the result"),
    ("stop", "It can stop", "Nobody would miss it"),
    ("dont_know", "Don’t know yet", ""),
]


def may_ask(person: Person) -> bool:
    """Whether `person` may send questions: whoever may change plans or projects somewhere."""
    held = rights(person)
    return held.anywhere(Act.EDIT, Kind.PLAN) or held.anywhere(Act.EDIT, Kind.PROJECT)


def may_settle(person: Person, subject: Any) -> bool:
    """Whether `person` may change a thing or answers for it, and so may have somebody else's answer change it."""
    return is_own(person, subject) or may(person, Act.EDIT, subject)


def question_of(digest: str) -> Question | None:
    """The question whose link has this digest."""
    return Question.objects.filter(digest=digest).select_related("asked", "asked_by").first()


def options(question: Question) -> list[Option]:
    """The answers that a question offers; empty for one answered in words. Goals come from the slot `question_options`."""
    if question.question_kind == Question.QuestionKind.KEEP:
        return KEEP
    if question.question_kind == Question.QuestionKind.GOAL:
        return gather("question_options", question)
    return []


def open_questions(ref_kind: str, ref_id: int, moment: datetime) -> QuerySet[Question]:
    """Questions about a thing that still can be answered, newest first."""
    found = Question.objects.filter(ref_kind=ref_kind, ref_id=ref_id, answered_at__isnull=True, expires_at__gt=moment)
    return found.select_related("asked").order_by("-asked_at")
