"""Addresses of the room `resources`."""

from __future__ import annotations

from django.urls import path

from goldenthread.resources import views

app_name = "resources"
urlpatterns = [
    path("time", views.week, name="week"),
    path("time/<int:key>/remove", views.remove, name="remove"),
]
