"""How often something may be asked: the table in the settings, counted per person, token or network for a while.

Sign-in and password reset are counted by allauth, by `ACCOUNT_RATE_LIMITS` beside that table. Counts live in the cache.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from goldenthread.ui import pages

MINUTE, QUARTER, HOUR = 60, 15 * 60, 60 * 60
API = "api"
NO_SUCH_LINK, NO_SUCH_TOKEN = 404, 401
ADVICE = "Nothing was changed."


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds, counted by `per`: person, token or network. With `wrong`, only answers of that status."""

    many: int
    seconds: int
    per: tuple[str, ...]
    wrong: int = 0


# By the name of the address. What is asked with a wrong secret too often is then not looked up at all.
LIMITS = {
    "workspace:upload": (Limit(5, MINUTE, ("person",)),),
    "workspace:download": (Limit(10, MINUTE, ("person",)),),
    "accounts:invitation": (Limit(30, QUARTER, ("network",), wrong=NO_SUCH_LINK),),
    "workspace:answer": (Limit(30, QUARTER, ("network",), wrong=NO_SUCH_LINK),),
    "plan:shared": (
        Limit(30, QUARTER, ("network",), wrong=NO_SUCH_LINK),
        Limit(120, QUARTER, ("network",)),  # a page and its PDF, read again and again by a whole house
    ),
    "account_reset_password_from_key": (Limit(60, QUARTER, ("network",)),),
    API: (
        Limit(600, MINUTE, ("token", "network")),
        Limit(10, QUARTER, ("token", "network"), wrong=NO_SUCH_TOKEN),
        Limit(100, QUARTER, ("network",), wrong=NO_SUCH_TOKEN),
    ),
}


def seconds_to_wait(request: HttpRequest) -> int:
    """Count the request; how long its sender has to wait where that is too many, else 0.

    What a count refuses already is not counted on: nobody fills the cache with made-up secrets, or uses up another's count.
    """
    counted = list(_counted(request))
    full = [_left(key, limit.seconds) for limit, key in counted if limit.wrong and cache.get(key, 0) >= limit.many]
    if full:
        return max(full)
    over = [(limit, key) for limit, key in counted if not limit.wrong and _add(key, limit.seconds) > limit.many]
    return max((_left(key, limit.seconds) for limit, key in over), default=0)


def note(request: HttpRequest, response: HttpResponse) -> None:
    """Count an answer that told a wrong secret."""
    for limit, key in _counted(request) if response.status_code in (NO_SUCH_LINK, NO_SUCH_TOKEN) else ():
        if limit.wrong == response.status_code:
            _add(key, limit.seconds)


def in_words(seconds: int) -> str:
    """How long to wait."""
    return f"Try again in {seconds} seconds." if seconds < 100 else f"Try again in {math.ceil(seconds / 60)} minutes."


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer where allauth has counted: signing in again, or asking for a new password."""
    match = request.resolver_match
    seconds = HOUR if match is not None and match.view_name == "account_reset_password" else MINUTE
    context = {"heading": "Too many requests", "text": f"{ADVICE} {in_words(seconds)}", "ways": [("Sign in", "/")]}
    response = pages.bare("ui/templates/error.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _counted(request: HttpRequest) -> Iterator[tuple[Limit, str]]:
    """The limits that hold for a request, each with the key under which it is counted."""
    match = request.resolver_match
    if match is None or not settings.COUNTS_REQUESTS:
        return
    name = API if match.view_name.startswith("api:") and request.headers.get("Authorization") else match.view_name
    for number, limit in enumerate(LIMITS.get(name, ())):
        yield limit, ":".join(["limit", name, str(number), *(_who(request, kind) for kind in limit.per)])


def _who(request: Any, kind: str) -> str:
    if kind == "person":
        return str(request.person.pk) if request.person is not None else ""
    if kind == "token":
        public = request.headers.get("Authorization", "").partition(" ")[2].strip().split("_")[:2]  # read as the door reads it
        return hashlib.sha256("_".join(public).encode()).hexdigest()
    return str(get_adapter(request).get_client_ip(request))


def _add(key: str, seconds: int) -> int:
    """One more; the time begins with the first."""
    if cache.add(key, 1, seconds):
        cache.set(f"{key}:since", timezone.now().timestamp(), seconds)
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ended just now
        cache.set(key, 1, seconds)
        return 1


def _left(key: str, seconds: int) -> int:
    now = timezone.now().timestamp()
    return min(seconds, max(1, math.ceil(cache.get(f"{key}:since", now) + seconds - now)))
