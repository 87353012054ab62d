"""The command palette: find a thing or a page by a part of its name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from goldenthread.kit.slots import gather
from goldenthread.ui import pages
from goldenthread.ui.terms import term

LONGEST = 80


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Pages and things whose name holds the words; a whole page without script."""
    person: Any = request.person  # type: ignore[attr-defined]
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    places = [
        (term(entry["label"]), "page", entry["url"], "get")
        for entry in gather("navigation", person)
        if words.lower() in entry["label"].lower()
    ]
    groups = [("Pages", places)] if places else []
    if words:
        for heading, rows in gather("search_rows", person, words):
            if rows:
                groups.append((heading, [(label, note, url, "get") for label, note, url in rows]))
    return pages.page(request, "thread/templates/palette.html", {"groups": groups, "words": words}, block="results")
