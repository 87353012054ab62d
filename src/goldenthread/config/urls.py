"""The addresses of every room, in one place."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from goldenthread.config import views, worlds

handler400 = "goldenthread.ui.errors.bad_request"
handler403 = "goldenthread.ui.errors.forbidden"
handler404 = "goldenthread.ui.errors.not_found"
handler429 = "goldenthread.config.limits.too_many"  # allauth asks for it
handler500 = "goldenthread.ui.errors.server_error"

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("api/", include(("goldenthread.config.api", "api"))),
    path("as-of", worlds.where, name="as_of"),
    path("settings/demo/clear", views.clear_demo, name="clear_demo"),
    path("sign-in/email/", views.own_address, name="account_email"),
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/second/", include("allauth.mfa.urls")),
    path("", include("goldenthread.thread.urls")),
    path("", include("goldenthread.accounts.urls")),
    path("", include("goldenthread.workspace.urls")),
    path("", include("goldenthread.purpose.urls")),
    path("", include("goldenthread.projects.urls")),
    path("", include("goldenthread.plan.urls")),
    path("", include("goldenthread.resources.urls")),
    path("", include("goldenthread.evidence.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("ui/", include("goldenthread.ui.urls")))
