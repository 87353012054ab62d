"""Writes of questions: one question to one person, answered from a link in a mail, without an account.

The link carries the organisation and a secret, signed; only the secret's digest is stored. It ends after 14 days or with
the first answer. What an answer changes is done by the rooms above, through the slot `question_answered`.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Organisation, Person
from goldenthread.accounts.queries import links
from goldenthread.kit import history, slots
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.scoping import current_organisation
from goldenthread.workspace import queries
from goldenthread.workspace.actions.inbox import notify
from goldenthread.workspace.models import Question

DAYS = 14
PURPOSE = "answer"  # of the link
WORDS = {
    Question.QuestionKind.GOAL: "Which goal does “{subject}” serve?",
    Question.QuestionKind.KEEP: "“{subject}”: keep it, or stop it?",
    Question.QuestionKind.FREE: "What do you think of “{subject}”?",
}
REMIND_AFTER_DAYS = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A question and its address, which is shown once and stored nowhere."""

    question: Question
    address: str


def ask_question(
    *, asked: Person, ref_kind: str, ref_id: int, question_kind: str, by: Person, text: str = "", site: str = ""
) -> Asked:
    """Ask one person one thing about a piece of work, by mail. `site` is the product's public address.

    Refused without an e-mail address, or when the same was asked within three days. When the mail cannot be sent the
    question is withdrawn and the refusal says so.
    """
    subject = queries.subject(ref_kind, ref_id, by)
    if not queries.may_ask(by, subject):
        raise Forbidden("You may not send questions.")
    if question_kind not in Question.QuestionKind.values:
        raise Refused(f"There is no question “{question_kind}”.", field="question_kind")
    if question_kind == Question.QuestionKind.GOAL and not queries.may_settle(by, subject):
        raise Forbidden("You may not ask which goal this serves: the answer changes it.")
    if not asked.email:
        raise Refused(f"{asked} has no e-mail address.", field="asked", advice="Enter one on the person’s page.")
    words = text.strip() or WORDS[Question.QuestionKind(question_kind)].format(subject=subject)
    secret = secrets.token_urlsafe(32)
    with changeset(title=f"Ask {asked} about {subject}", by=by, about=f"{ref_kind}:{ref_id}") as made:
        _end_earlier(asked, ref_kind, ref_id, question_kind)
        question = Question(
            asked=asked,
            asked_by=by,
            question_kind=question_kind,
            ref_kind=ref_kind,
            ref_id=ref_id,
            text=words[:400],
            digest=links.digest(secret),
            asked_at=made.at,
            expires_at=made.at + timedelta(days=DAYS),
        )
        question.save()
        address = f"{(site or _site()).rstrip('/')}{reverse('workspace:answer', args=[links.signed(secret, PURPOSE)])}"
        transaction.on_commit(lambda: _send(question, by, address))
    return Asked(question, address)


def withdraw_question(*, question: Question, by: Person, because: str = "") -> None:
    """End a question that was not answered yet; its link says so from now on."""
    if question.answered_at is not None:
        raise Refused("This question has been answered.")
    with changeset(title=f"Withdraw the question to {question.asked}", by=by, reason=because):
        history.change(question, {"expires_at": timezone.now()})


def answer_question(*, secret: str, answer: str) -> Question:
    """Record the answer given by link. The first answer stands: sending again, even another one, changes nothing.

    Runs in the organisation's scope (see `organisation_of`). Refused for an unknown, expired or withdrawn link, or an answer that
    was not offered.
    """
    question = queries.question_of(digest_of(secret))
    if question is None:
        raise Refused("This link is not known.", advice="Ask for a new one.")
    if question.answered_at is not None:
        return question
    if question.expires_at <= timezone.now():
        raise Refused("This link has ended.", advice="Ask for a new one.")
    answer = answer.replace("\0", "").strip()[:400]
    offered = {value: label for value, label, _ in queries.options(question)}
    if (offered and answer not in offered) or not answer:
        raise Refused("Choose one of the answers.", field="answer")
    title = f"{question.asked} answers: {offered.get(answer, answer)}"
    about = f"{question.ref_kind}:{question.ref_id}"
    with changeset(title=title, by=question.asked, source=Changeset.Source.LINK, about=about) as made:
        stored = Question.objects.select_for_update().get(pk=question.pk)
        if stored.answered_at is not None:
            return stored
        history.change(stored, {"answer": answer, "answered_at": made.at})
        slots.ask("question_answered", stored)
        _tell(stored, offered.get(answer, answer))
    return stored


def organisation_of(secret: str) -> Organisation | None:
    """Whose question a link belongs to; None for a link that we did not sign."""
    return links.organisation_of(secret, PURPOSE)


def digest_of(secret: str) -> str:
    """What is stored of a link."""
    return links.digest_of(secret, PURPOSE)


def _tell(question: Question, words: str) -> None:
    if question.asked_by is not None:
        subject = queries.subject_of(question.ref_kind, question.ref_id)
        link = queries.address_of(subject) if subject is not None else ""
        notify(people=[question.asked_by], title=f"{question.asked} answered: {words}"[:200], body=question.text, link=link)


def _end_earlier(asked: Person, ref_kind: str, ref_id: int, question_kind: str) -> None:
    now = timezone.now()
    same = {"asked": asked, "ref_kind": ref_kind, "ref_id": ref_id, "question_kind": question_kind}
    for earlier in Question.objects.filter(**same, answered_at__isnull=True, expires_at__gt=now):
        if earlier.asked_at > now - timedelta(days=REMIND_AFTER_DAYS):
            raise Refused(
                f"{asked} was asked this {_ago(earlier, now)}.", advice=f"Wait {REMIND_AFTER_DAYS} days before asking again."
            )
        history.change(earlier, {"expires_at": now})


def _ago(earlier: Question, now: object) -> str:
    days = (timezone.localdate(now) - timezone.localdate(earlier.asked_at)).days  # type: ignore[arg-type]
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _send(question: Question, by: Person, address: str) -> None:
    body = (
        f"Hello {question.asked.name},\n\n{question.text}\n\nOne click answers it, without a password:\n{address}\n\n"
        f"“Don’t know yet” is an answer, too. The link works once, until {timezone.localtime(question.expires_at):%-d %B %Y}.\n\n"
        f"{by.name}, {current_organisation().name}\n"
    )
    subject = " ".join(question.text.split())[:120]
    try:
        EmailMessage(subject, body, to=[question.asked.email], reply_to=[by.email] if by.email else None).send()
    except OSError as error:  # SMTP errors are OSErrors
        log.warning("A question could not be mailed: %s", error)
        withdraw_question(question=question, by=by, because="The mail could not be sent")
        raise Refused(
            "The mail could not be sent, so the question was withdrawn.", advice="Check the mail server and ask again."
        ) from error


def _site() -> str:
    return settings.ENVIRONMENT.origin or f"http://127.0.0.1:{settings.ENVIRONMENT.port}"
