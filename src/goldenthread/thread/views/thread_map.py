"""The thread map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from goldenthread.thread import queries
from goldenthread.thread.queries.thread_map import HEADS
from goldenthread.ui import pages


@require_GET
def thread_map(request: HttpRequest) -> HttpResponse:
    """From the mandate to people, in columns; of a large office the strongest boxes, with `?all` every one."""
    person, is_whole = request.person, "all" in request.GET  # type: ignore[attr-defined]
    drawn = queries.thread_map(person, request.GET.get("office"), is_whole=is_whole)
    return pages.page(request, "thread/templates/map.html", {"map": drawn, "office": drawn.office, "heads": HEADS})
