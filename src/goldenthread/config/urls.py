"""The addresses of every room, in one place."""

from __future__ import annotations

from django.urls import include, path

from goldenthread.config import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/second/", include("allauth.mfa.urls")),
    path("", include("goldenthread.thread.urls")),
    path("", include("goldenthread.accounts.urls")),
    path("", include("goldenthread.workspace.urls")),
    path("", include("goldenthread.purpose.urls")),
    path("", include("goldenthread.projects.urls")),
    path("", include("goldenthread.plan.urls")),
    path("", include("goldenthread.resources.urls")),
]
