"""The pages for what went wrong. Named in the root urls: `handler404 = "goldenthread.ui.errors.not_found"` and so on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from goldenthread.ui.pages import bare, page

HOME = ("To your day", "/")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is nothing here, or nothing that this person may see; both read alike."""
    text = "There is no such page, or it is not among those you may see. It may have been renamed, moved or closed."
    return page(request, "ui/templates/error.html", {"heading": "Nothing found here", "text": text, "ways": [HOME]}, status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but without the right."""
    text = "Your roles do not include this. The head of your PMO can give you the right, or do it for you."
    return page(request, "ui/templates/error.html", {"heading": "You may not do this", "text": text, "ways": [HOME]}, status=403)


def only_to_send(request: HttpRequest) -> HttpResponse:
    """405: an address that takes what a form sends was opened as a page, from the address bar for instance."""
    text = "It belongs to a button on another page. Go there and press it."
    return page(request, "ui/templates/error.html", {"heading": "This is no page", "text": text, "ways": [HOME]}, status=405)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself makes no sense."""
    text = "The address or the form was damaged on its way. Nothing was changed."
    return bare("ui/templates/error.html", {"heading": "That could not be read", "text": text, "ways": [HOME]}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without a database."""
    text = "Something failed on our side. Nothing was changed. Try again in a minute; if it stays, tell your administrator."
    return bare("ui/templates/error.html", {"heading": "This is our fault", "text": text, "ways": [HOME]}, status=500)
