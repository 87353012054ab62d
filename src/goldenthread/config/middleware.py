"""What surrounds every request: whose organisation it is, and how a refusal is answered."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from goldenthread.accounts.queries import told_differences
from goldenthread.config import limits
from goldenthread.kit.errors import Conflict, Forbidden, Refused, why_not_written
from goldenthread.kit.scoping import organisation_scope
from goldenthread.ui import errors, pages

log = logging.getLogger("goldenthread")
Answer = Callable[[HttpRequest], HttpResponse]
READS = frozenset({"GET", "HEAD"})
OPEN_TO_ALL = ("/sign-in/", "/static/", "/healthz", "/favicon.ico", "/answer/", "/shared/", "/invitation/", "/api/")


def headers(get_response: Answer) -> Answer:
    """Stands outside everything, so that pages, files, redirects, refusals and faults all carry the headers of the settings."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in settings.EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        return response

    return answer


class Visit:
    """Finds who is there, opens the organisation's scope and its time zone; without a sign-in only open pages answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the scope of the visitor's organisation."""
        request.person = None  # type: ignore[attr-defined]
        if request.path.startswith(("/static/", "/healthz")):
            return self.get_response(request)
        user: Any = request.user
        if not user.is_authenticated:
            if request.path.startswith(OPEN_TO_ALL):
                return self.get_response(request)
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        person = getattr(user, "person", None)
        if person is None:
            if request.path.startswith(OPEN_TO_ALL):
                return self.get_response(request)
            raise Http404
        request.person = person  # type: ignore[attr-defined]
        with organisation_scope(person.organisation), timezone.override(zoneinfo.ZoneInfo(person.organisation.time_zone)):
            response = self.get_response(request)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in READS and not is_for_programs(request):
                response.content = errors.only_to_send(request).content
                response["Content-Type"] = "text/html; charset=utf-8"
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response


class Answers:
    """Turns what an action raises into an answer that a person, htmx or a program can use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and count what was refused; exceptions come to `process_exception`."""
        response = self.get_response(request)
        limits.note(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """429 for who asks too often; 400 for a NUL in a text: no database keeps one the same way, and nobody types one."""
        wait = limits.seconds_to_wait(request)
        if wait:
            response = self._answer(request, 429, "That was too often. Nothing was changed.", limits.in_words(wait))
            response["Retry-After"] = str(wait)
            return response
        for given in (request.GET, request.POST):
            for field, values in given.lists():
                if "\0" in field or any("\0" in value for value in values):
                    message = "The text holds a character that cannot be kept (NUL). Nothing was changed."
                    return self._answer(
                        request, 400, message, "Type it again instead of pasting it.", field=field.replace("\0", "")
                    )
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What an action raised, as its answer.

        422 for a refusal, 403 for a missing right, 409 for a lost race, 428 where no version was said; 503 for a database and
        507 for a disk that takes nothing more.
        """
        if isinstance(error, Refused):
            return self._answer(request, 422, error.message, error.advice, field=error.field)
        if isinstance(error, Forbidden):
            return self._answer(request, 403, str(error) or "You may not do this.", "Ask the head of your PMO for the right.")
        if isinstance(error, Conflict):
            both = [{"field": d.field, "yours": str(d.yours), "theirs": str(d.theirs)} for d in error.differences]
            viewer: Any = getattr(request, "person", None)
            told = told_differences(error, viewer) if viewer is not None else ()
            status = 409 if error.expected else 428
            return self._answer(
                request, status, str(error), "Look at both versions and send yours again.", differences=both, told=told
            )
        why = why_not_written(error)
        if not why:
            return None
        log.error("%s %s: %s", request.method, request.path, error)
        status = 507 if isinstance(error, OSError) else 503
        return self._answer(
            request, status, f"{why} Nothing was changed.", "Try again in a minute; if it stays, tell your administrator."
        )

    def _answer(self, request: HttpRequest, status: int, message: str, advice: str, **extra: Any) -> HttpResponse:
        told = extra.pop("told", ())
        if is_for_programs(request):
            return JsonResponse({"message": message, "advice": advice, **extra}, status=status)
        if pages.wants_fragment(request):
            toast = {"text": f"{message} {advice}".strip(), "tone": "bad", "undo": None}
            response = pages.trigger(HttpResponse(status=status), "toasts", {"toasts": [toast]})
            response["HX-Reswap"] = "none"
            return response
        context = {
            "status": status,
            "message": message,
            "advice": advice,
            "field": "",
            "told": told,
            "back": _page_before(request),
            "is_read": request.method in READS,
            **extra,
        }
        return pages.page(request, "config/templates/refusal.html", context, status=status)


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program asks, which reads no pages."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _page_before(request: HttpRequest) -> str:
    """The page on which the form or the link stood, where that is one of ours; else where the form was sent to, or the day."""
    came_from = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    if request.method in READS:  # the page itself would answer the same once more
        return came_from if safe and urlsplit(came_from).path != request.path else "/"
    return came_from if safe else request.path
