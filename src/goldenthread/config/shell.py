"""What every page shows around its content: who is there, where one can go, what day it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from goldenthread.accounts.queries import head_mark
from goldenthread.config.worlds import has_past
from goldenthread.kit import clock
from goldenthread.kit.slots import gather

GROUPS = ("thread", "work", "office")


def ui_shell(request: HttpRequest) -> dict[str, Any]:
    """Names for the base page. Rooms offer their entries through the slot `navigation`."""
    person = getattr(request, "person", None)
    if person is None:
        return {"person": None}
    world = getattr(request, "world", None)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in gather("navigation", person):
        groups.setdefault(entry["group"], []).append({**entry, "current": _is_current(request.path, entry["url"])})
    return {
        "person": person,
        "organisation": person.organisation,
        "navigation": [groups[name] for name in sorted(groups, key=_place)],
        "today": clock.today(),
        "changes_url": reverse("accounts:head") if world is None else "",
        "world": world,
        "as_of_page": request.get_full_path() if world is None and has_past(request.path) else "",
        "changes_mark": head_mark(request.user),
    }


def _place(group: str) -> int:
    """First the thread, then the daily work, then what is looked up; a group nobody named here comes last."""
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def _is_current(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
