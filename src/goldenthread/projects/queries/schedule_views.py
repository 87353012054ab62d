"""Saved views of the page of a schedule, as the page offers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from goldenthread.accounts.models import Person
from goldenthread.projects.models import Project
from goldenthread.workspace.models import SavedView
from goldenthread.workspace.queries import saved_views

PAGE, KIND = "projects:schedule", "project"
SAVED = ("q", "show", "who", "level", "under", "against", "zoom", "at", "columns", "folded", "size")


@dataclass(frozen=True)
class ShownView:
    """A view, whose it is, where it leads, a word about it, and whether the page looks like it now."""

    view: SavedView
    is_own: bool
    url: str
    note: str
    is_open: bool


def schedule_views(project: Project, person: Person) -> list[SavedView]:
    """The views of a project's schedule, for who sees its page: own ones first. One statement."""
    return saved_views(PAGE, KIND, project.pk, person)


def seen_first(views: Sequence[SavedView], person: Person) -> SavedView | None:
    """The view that somebody wants to see first."""
    return next((one for one in views if one.is_default and one.by_id == person.pk), None)


def shown_views(
    views: Sequence[SavedView], person: Person, here: str, looks: Mapping[str, str], *, with_people: bool
) -> list[ShownView]:
    """The views as links. looks: the settings of the page as it stands; nobody is named to who may not see people."""
    found = []
    for one in views:
        settings = {name: value for name, value in one.settings.items() if with_people or name != "who"}
        url = f"{here}?{urlencode(settings) or 'all=1'}"
        is_own = one.by_id == person.pk
        note = ("first" if one.is_default else "") if is_own else f"from {one.by}" if with_people else "shared"
        found.append(ShownView(one, is_own, url, note, settings == looks))
    return found
