"""The two addresses that belong to no room."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static


def health(request: HttpRequest) -> HttpResponse:
    """Whether the server answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, where a browser looks for it unasked."""
    response = HttpResponse(status=301)
    response["Location"] = static("ui/mark.svg")
    return response
