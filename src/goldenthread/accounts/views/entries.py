"""The entries of this room in the navigation."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from goldenthread.accounts import queries
from goldenthread.accounts.models import Person
from goldenthread.kit.permissions import Act, Kind


def navigation(person: Person) -> list[dict[str, Any]]:
    """People, Activity and Settings, as far as the person may see them."""
    held = queries.rights(person)
    entries = []
    if held.anywhere(Act.VIEW, Kind.PERSON):
        entries.append(_entry("People", "accounts:people", "g e"))
    if held.anywhere(Act.VIEW, Kind.CHANGESET):
        entries.append(_entry("Activity", "accounts:activity", "g c"))
    entries.append(_entry("Settings", "accounts:settings", "g s"))
    return entries


def _entry(label: str, name: str, key: str) -> dict[str, Any]:
    return {"group": "office", "label": label, "url": reverse(name), "count": None, "key": key}
