"""The Django application of this room, and what it offers to lower rooms."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import provide


class ThreadApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.thread"
    label = "thread"

    def ready(self) -> None:
        """Offer the first group of the navigation, rows of the search, a person's work, decisions, a way back from an import."""
        from goldenthread.thread import queries
        from goldenthread.thread.views import first_run, people

        provide("navigation", navigation, position=10)
        provide("search_rows", queries.search_rows, position=60)
        provide("decisions_of", queries.decisions_of)
        provide("person_panels", people.person_panels, position=10)
        provide("after_import", first_run.after_import, position=90)


def navigation(person: Any) -> list[dict[str, Any]]:
    """Today, the map and the gaps."""
    from goldenthread.accounts.queries import rights

    held = rights(person)
    entries = [{"group": "thread", "label": "Today", "url": "/", "count": None, "key": "g t"}]
    if held.in_an_office(Act.VIEW, Kind.OBJECTIVE):
        entries.append({"group": "thread", "label": "Thread map", "url": "/map", "count": None, "key": "g m"})
    if held.in_an_office(Act.VIEW, Kind.PULSE):
        entries.append({"group": "thread", "label": "Gaps", "url": "/gaps", "count": None, "key": "g a"})
    return entries
