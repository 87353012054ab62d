"""What the room offers to every page: entries of the navigation."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.kit.permissions import Act, Kind


def navigation(person: Person) -> list[dict[str, Any]]:
    """Inbox, and Import for those who may. No statement beyond the rights."""
    entries = [{"group": "work", "label": "Inbox", "url": reverse("workspace:inbox"), "count": None, "key": "g i"}]
    if rights(person).anywhere(Act.EDIT, Kind.IMPORT):
        entries.append(
            {"group": "work", "label": "Import and export", "url": reverse("workspace:import"), "count": None, "key": "g u"}
        )
    return entries
