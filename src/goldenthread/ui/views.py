"""The gallery: every component from its real macro, on pages like those of the product. For development and tests only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.views.decorators.http import require_GET

from goldenthread.ui import charts, samples
from goldenthread.ui.pages import jinja

PAGES = {
    "": "",
    "today": "Today",
    "objective": "Objectives",
    "map": "Thread map",
    "plan": "Plan",
    "list": "Projects",
    "entrance": "",
    "wizard": "",
}


def _context(name: str) -> dict[str, Any]:
    """What the shell would give, and the samples."""
    form = samples.SampleForm({"title": "", "owner": "a", "due": "2027-13-01"})
    return {
        "navigation": samples.navigation(PAGES[name]),
        "person": "Ana Ruiz",
        "organisation": "Hollin Water",
        "office": "IT office",
        "today": samples.TODAY,
        "now": dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC),
        "messages": [],
        "samples": samples,
        "form": form if name == "" else samples.SampleForm(),
        "scale": charts.time_scale(dt.date(2026, 9, 1), dt.date(2027, 10, 1)),
        "pages": Paginator(range(612), 200).page(2),
    }


@require_GET
def gallery(request: HttpRequest, name: str = "") -> HttpResponseBase:
    """One page of the gallery; not found in production."""
    if name not in PAGES or not (settings.DEBUG or getattr(settings, "GALLERY", False)):
        raise Http404
    template = jinja().env.get_template(f"ui/templates/gallery/{name or 'parts'}.html")
    given = {"request": request, "csrf_input": csrf_input_lazy(request), "csrf_token": csrf_token_lazy(request)}
    return HttpResponse(template.render({**given, **_context(name)}))


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What a palette answers, for the gallery."""
    word = request.GET.get("q", "").lower()
    rows = [(entry["label"], "page", entry["url"], "get") for group in samples.navigation("") for entry in group]
    found = [row for row in rows if word in row[0].lower()]
    macro: Any = jinja().env.globals["ui"]
    return HttpResponse(macro.palette_results([("Go to", found)] if found else []))
