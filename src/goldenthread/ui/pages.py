"""From a view to an answer: a whole page, one block of it for htmx, and the word that follows an action."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input, csrf_token_lazy
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from jinja2_fragments import render_block

from goldenthread.kit.errors import Refused


def jinja() -> Jinja2:
    """The engine of all our pages."""
    return cast("Jinja2", engines["jinja2"])


def fragment(request: HttpRequest, template: str, block: str, context: dict[str, Any] | None = None) -> str:
    """One block of a template as text, with the same names as the whole page has.

    The block must be written in that very file, not in a parent, and must not rely on a `set` outside it.
    """
    backend = jinja()
    names = {"request": request, "csrf_token": csrf_token_lazy(request)}
    for processor in backend.template_context_processors:
        names.update(processor(request))
    return render_block(backend.env, template, block, {**names, **(context or {})})


def one_key(request: HttpRequest) -> dict[str, Any]:
    """The hidden key of forms, drawn once for all forms of an answer and only where there is one. A context processor."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page; going back in the browser's history always wants the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, block: str | None = None, status: int = 200
) -> HttpResponse:
    """Answer with the page, or with `block` alone where htmx asks and a block is named."""
    if block and wants_fragment(request):
        text = fragment(request, template, block, context)
    else:
        text = jinja().get_template(template).render(context or {}, request)
    response = HttpResponse(text, status=status)
    if block:
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def version_seen(request: HttpRequest) -> int:
    """The version of the row on the page that this was sent from; 0, which no row has, where it says none."""
    return number_seen(str(request.POST.get("version", "")))


def number_seen(text: str) -> int:
    """A version as a page carries it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def see_other(address: str) -> HttpResponseRedirect:
    """Go there with GET, after a change."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def tried(form: Any, write: Callable[[], Any]) -> bool:
    """Whether a valid form was written; a refusal is shown in the form, which has `refuse` for that."""
    if not form.is_valid():
        return False
    try:
        write()
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def announce(request: HttpRequest, text: str, *, undo_url: str | None = None, tone: str = "good") -> None:
    """Say what was done; shown once as a toast, on this answer or after the redirect. `undo_url` is posted to by its button."""
    level = {"good": messages.SUCCESS, "warn": messages.WARNING, "bad": messages.ERROR}[tone]
    inside = getattr(request, "inside", "")  # of a scenario: what was done there is undone there
    messages.add_message(request, level, text, extra_tags=f"undo:{inside}{undo_url}" if undo_url else "")


def trigger(response: HttpResponse, name: str, detail: Any = None) -> HttpResponse:
    """Have the browser raise the event `name` after the swap, besides those already named."""
    named = response.headers.get("HX-Trigger", "{}")
    events = json.loads(named) if named.startswith("{") else dict.fromkeys(part.strip() for part in named.split(","))
    events[name] = detail
    response["HX-Trigger"] = json.dumps(events)
    return response


def bare(template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    """A page without the names that need a request or a database: for the moments when those have failed."""
    return HttpResponse(jinja().env.get_template(template).render(context), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token did not fit, nearly always from a page left open overnight. Nothing was changed."""
    text = "This page was open for so long that its key expired. Nothing was changed: go back, load it again, send once more."
    if wants_fragment(request):
        toast = {"text": "This page was open too long. Load it again; what you typed is kept.", "tone": "warn", "undo": None}
        return trigger(HttpResponse(status=403, headers={"HX-Reswap": "none"}), "toasts", {"toasts": [toast]})
    context = {"heading": "Please send this once more", "text": text, "ways": [("Back to the page", request.path)]}
    return bare("ui/templates/error.html", context, status=403)
