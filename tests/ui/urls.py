"""Addresses for the tests of the design system: the gallery, the sign-in pages, and a few that answer as the product would."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path

from goldenthread.config import views as config_views
from goldenthread.ui import errors, pages, views

seen: list[tuple[str, dict[str, str]]] = []  # what was posted, in order
head = {"tag": "1"}

handler404 = errors.not_found
handler500 = errors.server_error


def record(request: HttpRequest, **_named: int) -> HttpResponse:
    """Keeps what was posted; answers as an action does: nothing to swap, one message with Undo."""
    seen.append((request.path, request.POST.dict()))
    pages.announce(request, "Moved 3 steps", undo_url="/probe/undo/7")
    return HttpResponse(status=200)


def undo(request: HttpRequest, change: int) -> HttpResponse:
    """Change 7 can be undone, others were changed since."""
    seen.append((request.path, {}))
    return (
        HttpResponse(status=200) if change == 7 else HttpResponse("", status=409, headers={"X-Reason": "Ben changed it since."})
    )


def changes(request: HttpRequest) -> HttpResponse:
    """The newest changeset: 304 while it is the one the page knows."""
    tag = f'"{head["tag"]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    return JsonResponse({}, headers={"ETag": tag})


def fragment_page(request: HttpRequest) -> HttpResponse:
    """A page with one block, by whole or by half."""
    return pages.page(request, "ui/templates/error.html", {"heading": "H", "text": "T", "ways": []}, block="title")


def watched(request: HttpRequest) -> HttpResponse:
    """A page that asks for changes by others."""
    context = {"heading": "H", "text": "T", "ways": [], "changes_url": "/probe/changes"}
    return pages.page(request, "ui/templates/error.html", context)


def moved(request: HttpRequest) -> HttpResponse:
    """What a view does after a plain form."""
    messages.success(request, "Saved")
    return redirect("/elsewhere/?a=1")


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    path("favicon.ico", config_views.favicon),
    path("ui/rows/<int:pk>/move", record),
    path("ui/several/", record),
    path("ui/done/", record),
    path("ui/", include("goldenthread.ui.urls")),
    path("palette", views.palette),
    path("probe/record/", record),
    path("probe/undo/<int:change>", undo),
    path("probe/changes", changes),
    path("probe/page/", fragment_page),
    path("probe/moved/", moved),
    path("probe/watched/", watched),
    path("probe/breaks/", breaks),
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/second/", include("allauth.mfa.urls")),
]
