"""What every htmx answer needs: its messages as toasts, and a redirect that moves the page instead of filling a table row."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from goldenthread.ui.pages import trigger

Answer = Callable[[HttpRequest], HttpResponse]


def toast_of(message: object) -> dict[str, str | None]:
    """A Django message as the browser's toast takes it: text, tone, and where Undo posts to."""
    extra = getattr(message, "extra_tags", "") or ""
    tone = {"error": "bad", "warning": "warn"}.get(getattr(message, "level_tag", ""), "good")
    return {"text": str(message), "tone": tone, "undo": extra.removeprefix("undo:") if extra.startswith("undo:") else None}


def htmx_answers(get_response: Answer) -> Answer:
    """Stands inside the message middleware and outside the login check.

    A redirect becomes `HX-Redirect`; after a lapsed session the person returns to the page she saw, not to the fragment.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.headers.get("HX-Request") != "true":
            return response
        if response.status_code in (301, 302, 303):
            location = response["Location"]
            if location.startswith(resolve_url(settings.LOGIN_URL)):
                location = redirect_to_login(_path_of(request.headers.get("HX-Current-URL", "/"), request)).url
            moved = HttpResponse(status=204)
            moved["HX-Redirect"] = location
            moved.cookies = response.cookies
            return moved
        toasts = [toast_of(message) for message in get_messages(request)]
        return trigger(response, "toasts", {"toasts": toasts}) if toasts else response

    return middleware


def _path_of(address: str, request: HttpRequest) -> str:
    """The path of the page the person saw, if it is one of ours; else the front page."""
    own = f"{request.scheme}://{request.get_host()}"
    return address.removeprefix(own) or "/" if address.startswith(own + "/") else "/"
