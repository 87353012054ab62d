"""Addresses of the room `purpose`."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "purpose"
urlpatterns: list[URLPattern] = []
