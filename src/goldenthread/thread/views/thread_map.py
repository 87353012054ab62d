"""The thread map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from goldenthread.thread import queries
from goldenthread.thread.queries.thread_map import HEADS
from goldenthread.ui import pages


@require_GET
def thread_map(request: HttpRequest) -> HttpResponse:
    """From the mandate to people, in columns."""
    drawn = queries.thread_map(request.person, request.GET.get("office"))  # type: ignore[attr-defined]
    return pages.page(request, "thread/templates/map.html", {"map": drawn, "office": drawn.office, "heads": HEADS})
