"""Addresses of the room `resources`."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "resources"
urlpatterns: list[URLPattern] = []
