"""Addresses of the room `workspace`."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "workspace"
urlpatterns: list[URLPattern] = []
