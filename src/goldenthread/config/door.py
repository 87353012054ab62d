"""The door of the JSON API: who calls, in whose organisation, and what a refusal looks like to a program."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as Invalid
from ninja.parser import Parser
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from goldenthread.accounts.actions import note_use
from goldenthread.accounts.queries import bearer
from goldenthread.kit.errors import Conflict, Forbidden, Refused, why_not_written
from goldenthread.kit.scoping import organisation_scope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_HERE = "There is nothing here that you may see."


class StrictParser(Parser):
    """JSON as the standard has it: no NaN, no field twice, nothing nested without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; ValueError, which the API answers with 400, for what is not such JSON."""
        try:
            return json.loads(request.body, parse_constant=_no_constant, object_pairs_hook=_once_each)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a field stands there twice")
    return made


class Caller(HttpBearer):
    """Tells the API's description that it takes bearer tokens. Who calls was found by `opened` before."""

    def __call__(self, request: HttpRequest) -> Any:
        """The person who calls, by token or by session."""
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The person whom `opened` let in."""
        return request.person  # type: ignore[attr-defined]


def said(status: int, message: str, advice: str = "", **more: Any) -> JsonResponse:
    """A refusal: what is wrong and what to do."""
    return JsonResponse({"message": message, "advice": advice, **more}, status=status)


def opened(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who has a good token, or a session with its CSRF token; answer in the scope of that person's organisation."""

    @wraps(run)
    def answer(request: Any, **values: Any) -> HttpResponse:
        given = request.headers.get("Authorization", "")
        response = _by_token(request, given, run, values) if given else _by_session(request, run, values)
        response["Cache-Control"] = "no-store, private"
        return response

    return answer


def _by_token(request: Any, given: str, run: Callable[..., HttpResponse], values: dict[str, Any]) -> HttpResponse:
    kind, _, text = given.partition(" ")
    now = timezone.now()
    token = bearer(text.strip(), now=now) if kind.lower() == "bearer" and "\0" not in text else None
    if token is None:
        return _unknown()
    request.person = person = token.person
    with organisation_scope(person.organisation), timezone.override(zoneinfo.ZoneInfo(person.organisation.time_zone)):
        note_use(token=token, now=now)
        if request.method not in SAFE and not token.may_write:
            return said(403, "This token only reads.", "Make one that may write.")
        return run(request, **values)


def _by_session(request: Any, run: Callable[..., HttpResponse], values: dict[str, Any]) -> HttpResponse:
    if request.person is None:
        return _unknown()
    if request.method not in SAFE and check_csrf(request) is not None:
        return said(403, "The CSRF token is missing or wrong.", "Send it as X-CSRFToken, or use a bearer token.")
    return run(request, **values)


def _unknown() -> HttpResponse:
    response = said(401, "Nobody is signed in.", "Send a valid token: Authorization: Bearer gt_...")
    response["WWW-Authenticate"] = "Bearer"
    return response


class Contested(Exception):
    """A lost race, with the row as it stands and both values of each field on which the two writers differ."""

    def __init__(self, lost: Conflict, current: dict[str, Any] | None, sent: dict[str, Any]) -> None:
        super().__init__(str(lost))
        self.current = current
        self.sent = {name: value for name, value in sent.items() if name != "version"}


def _contested(request: HttpRequest, error: Contested) -> HttpResponse:
    stands = error.current or {}
    both = [{"field": n, "yours": v, "theirs": stands[n]} for n, v in error.sent.items() if stands.get(n, v) != v]
    more = {"current": error.current, "differences": both}
    return said(409, str(error), "Look at both versions and send yours again.", **more)


def _invalid(request: HttpRequest, error: Invalid) -> HttpResponse:
    """422 with each field at fault; 404 where the address itself makes no sense."""
    places = [[str(part) for part in fault["loc"]] for fault in error.errors]
    if any(place[:1] == ["path"] for place in places):
        return said(404, NOT_HERE)
    fields = [{"field": ".".join(p[2:] or p[1:]), "message": str(e["msg"])} for p, e in zip(places, error.errors, strict=True)]
    return said(422, "The request cannot be read so.", "Look at the fields named.", fields=fields)


def _broken_rule(request: HttpRequest, error: Exception) -> HttpResponse:
    """What a model or the database found wrong after the action had agreed."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        fields = [{"field": name, "message": " ".join(texts)} for name, texts in error.message_dict.items()]
        return said(422, " ".join(error.messages), fields=fields)
    told = " ".join(error.messages) if isinstance(error, ValidationError) else "This contradicts what is stored."
    return said(422, told, "Nothing was changed.")


def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    why = why_not_written(error)
    if why:
        return said(503, f"{why} Nothing was changed.", "Try again in a minute.")
    raise error


def refuse_plainly(api: NinjaAPI) -> None:
    """Turn what actions raise into answers, with the same status as the pages give."""
    answer: Any = api.add_exception_handler  # its types know no subclasses
    answer(Refused, lambda _, e: said(422, e.message, e.advice, field=e.field))
    answer(Forbidden, lambda _, e: said(403, str(e) or "You may not do this."))
    answer(Http404, lambda _, e: said(404, NOT_HERE))
    answer(HttpError, lambda _, e: said(e.status_code, str(e)))
    answer(Contested, _contested)
    answer(Invalid, _invalid)
    answer(ValidationError, _broken_rule)
    answer(IntegrityError, _broken_rule)
    answer(DataError, _broken_rule)
    answer(OperationalError, _busy)
