"""Questions asked by link."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import heads_above, is_own, may, people, rights, still_here
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import gather
from goldenthread.workspace.models import Question

Option = tuple[str, str, str]  # what is stored, what the button says, a hint
KEEP: list[Option] = [
    ("keep", "Keep it", "Somebody uses the result"),
    ("stop", "It can stop", "Nobody would miss it"),
    ("dont_know", "Don’t know yet", ""),
]


def asks_anybody(person: Person) -> bool:
    """Whether `person` may ask everybody about everything in sight: whoever may change plans or projects somewhere."""
    held = rights(person)
    return held.anywhere(Act.EDIT, Kind.PLAN) or held.anywhere(Act.EDIT, Kind.PROJECT)


def may_ask(person: Person, subject: Any) -> bool:
    """Whether `person` may send questions about a thing: who asks anybody, and everybody about work of his or her own."""
    return asks_anybody(person) or is_own(person, subject)


def askable(person: Person, subject: Any, today: date) -> QuerySet[Person]:
    """Whom `person` may ask about a thing: the people in sight, and those who answer for it, its office's head among them.

    Who answers for a row stands in its own columns, and comes from the slot `answers_for`.
    """
    columns = [path for path in getattr(subject, "own_paths", ()) if "__" not in path and path != "pk"]
    close = {getattr(subject, f"{column}_id") for column in columns} | set(gather("answers_for", subject))
    rows = Person.objects.filter(Q(pk__in=people(person).values("pk")) | Q(pk__in=close) | Q(pk__in=heads_above(subject)))
    return rows.filter(still_here(today)).exclude(email="").exclude(pk=person.pk).order_by("name", "pk")


def question_kinds(person: Person, subject: Any) -> list[tuple[str, str]]:
    """What `person` may ask about a thing. Which goal it serves: of work alone, by who may have it change."""
    has_goal = subject._meta.model_name in ("step", "project") and may_settle(person, subject)
    return [(kind.value, kind.label) for kind in Question.QuestionKind if has_goal or kind != Question.QuestionKind.GOAL]


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
