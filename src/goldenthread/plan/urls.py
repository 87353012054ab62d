"""Addresses of the room `plan`."""

from __future__ import annotations

from django.urls import path

from goldenthread.plan.views import goals

app_name = "plan"
urlpatterns = [
    path("projects/goals", goals.goals, name="goals"),
]
