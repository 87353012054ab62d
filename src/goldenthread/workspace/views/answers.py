"""Questions: asking one by mail, and the page where it is answered without an account."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, undo_address
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import organisation_scope
from goldenthread.ui import pages
from goldenthread.workspace import actions, queries
from goldenthread.workspace.actions.questions import digest_of, organisation_of
from goldenthread.workspace.models import Question


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the link of a mail: one question, large buttons. The link is the right; nothing else is shown."""
    organisation = organisation_of(secret)
    if organisation is None:
        return _page(request, "unknown", status=404)
    with organisation_scope(organisation), timezone.override(zoneinfo.ZoneInfo(organisation.time_zone)):
        question = queries.question_of(digest_of(secret))
        if question is None:
            return _page(request, "unknown", status=404)
        if request.method == "POST" and question.answered_at is None:
            try:
                question = actions.answer_question(secret=secret, answer=request.POST.get("answer", ""))
            except Refused as refusal:
                if question.expires_at > timezone.now():
                    return _question(request, question, refusal.message)
        if question.answered_at is not None:
            return _page(request, "thanks", question=question, said=_said(question))
        if question.expires_at <= timezone.now():
            return _page(request, "ended", question=question, status=410)
        return _question(request, question)


def _question(request: HttpRequest, question: Question, wrong: str = "") -> HttpResponse:
    status = 422 if wrong else 200
    return _page(request, "question", question=question, options=queries.options(question), wrong=wrong, status=status)


def _said(question: Question) -> str:
    return next((label for value, label, _ in queries.options(question) if value == question.answer), question.answer)


def _page(request: HttpRequest, state: str, *, status: int = 200, **context: Any) -> HttpResponse:
    names = {"state": state, "question": None, "options": [], "wrong": "", "said": "", **context}
    response = pages.page(request, "workspace/templates/answer.html", names, status=status)
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ref_kind: str, ref_id: int) -> HttpResponse:
    """Ask somebody about a piece of work: whom, and what."""
    by: Person = request.person  # type: ignore[attr-defined]
    subject = queries.subject(ref_kind, ref_id, by)
    if not queries.may_ask(by, subject):
        raise Forbidden("You may not send questions.")
    refusal = None
    if request.method == "POST":
        try:
            asked = _asked(request, by, subject)
            kind, text = request.POST.get("question_kind", ""), request.POST.get("text", "")
            site = request.build_absolute_uri("/")
            actions.ask_question(asked=asked, ref_kind=ref_kind, ref_id=ref_id, question_kind=kind, by=by, text=text, site=site)
        except Refused as error:
            refusal = error
        else:
            pages.announce(request, f"{asked} has been asked by mail; the answer comes to your inbox")
            return pages.see_other(queries.address_of(subject) or "/")
    context = {
        "subject": subject,
        "people": queries.askable(by, subject, timezone.localdate()),
        "sees_addresses": rights(by).anywhere(Act.VIEW, Kind.PERSON),
        "kinds": queries.question_kinds(by, subject),
        "open": queries.open_questions(ref_kind, ref_id, timezone.now()),
        "refusal": refusal,
        "sent": request.POST if request.method == "POST" else request.GET,
        "back": queries.address_of(subject) or "/",
    }
    return pages.page(request, "workspace/templates/ask.html", context, status=422 if refusal else 200)


def _asked(request: HttpRequest, by: Person, subject: Any) -> Person:
    key = request.POST.get("asked", "")
    found = (
        queries.askable(by, subject, timezone.localdate()).filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 12
        else None
    )
    if found is None:
        raise Refused("Choose whom to ask.", field="asked")
    return found


@require_POST
def comment(request: HttpRequest, ref_kind: str, ref_id: int) -> HttpResponse:
    """Add a comment to a thing and go back to its page."""
    by: Person = request.person  # type: ignore[attr-defined]
    subject = queries.subject(ref_kind, ref_id, by)
    actions.add_comment(ref_kind=ref_kind, ref_id=ref_id, text=request.POST.get("text", ""), by=by)
    pages.announce(request, "Comment added", undo_url=undo_address())
    return pages.see_other(queries.address_of(subject) or reverse("workspace:inbox"))
