"""Writes of saved views. One's own are changed by oneself; shared are only those of what one may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.workspace import queries
from goldenthread.workspace.models import SavedView

MOST = 30  # views of one person and page
LONGEST_NAME, LONGEST = 80, 4000


def save_view(
    *,
    page: str,
    ref_kind: str,
    ref_id: int,
    name: str,
    settings: Mapping[str, str],
    by: Person,
    is_shared: bool = False,
    is_default: bool = False,
) -> SavedView:
    """Keep how the page of a thing looks now; under a name that is there already, in its place."""
    subject = queries.subject(ref_kind, ref_id, by)
    name = _checked(name)
    if sum(len(key) + len(value) for key, value in settings.items()) > LONGEST:
        raise Refused("This view has more in it than can be kept.", advice="Unfold some rows first.")
    if is_shared:
        _must_share(subject, by)
    own = SavedView.objects.filter(page=page, ref_kind=ref_kind, ref_id=ref_id, by=by)
    known = own.filter(name=name).first()
    if known is None and own.count() >= MOST:
        raise Refused(f"You have {MOST} views of this page already.", advice="Remove one first.")
    values = {"settings": dict(settings), "is_shared": is_shared, "is_default": is_default}
    with changeset(title=f"Save a view of {subject}", by=by, about=f"{ref_kind}:{ref_id}"):
        if is_default:
            _no_other_default(own, known)
        if known is not None:
            history.change(known, values)
            return known
        view = SavedView(page=page, ref_kind=ref_kind, ref_id=ref_id, by=by, name=name, **values)
        view.save()
    return view


def change_view(*, view: SavedView, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Another name, shared or not any more, seen first or not any more; of a thing that is still seen."""
    _must_own(view, by)
    try:
        subject = queries.subject(view.ref_kind, view.ref_id, by)
    except Http404 as error:
        raise Refused("You do not see any more what this is a view of.", advice="Remove it; it cannot be changed.") from error
    own = SavedView.objects.filter(page=view.page, ref_kind=view.ref_kind, ref_id=view.ref_id, by=by).exclude(pk=view.pk)
    if "name" in changes:
        changes = {**changes, "name": _checked(changes["name"])}
        if own.filter(name=changes["name"]).exists():
            raise Refused(f"You have a view named “{changes['name']}” already.", field="name")
    if changes.get("is_shared", view.is_shared):
        _must_share(subject, by)
    with changeset(title="Change a view", by=by, about=f"{view.ref_kind}:{view.ref_id}"):
        if changes.get("is_default"):
            _no_other_default(own, view)
        history.change(view, changes, version=version)


def remove_view(*, view: SavedView, by: Person) -> None:
    """Let a view of one's own go; undo brings it again."""
    _must_own(view, by)
    with changeset(title="Remove a view", by=by, about=f"{view.ref_kind}:{view.ref_id}"):
        view.delete()


def _no_other_default(own: Any, view: SavedView | None) -> None:
    for other in own.filter(is_default=True).exclude(pk=view.pk if view is not None else None):
        history.change(other, {"is_default": False})


def _must_own(view: SavedView, by: Person) -> None:
    if view.by_id != by.pk:
        raise Forbidden("A view is changed by who saved it.")


def _must_share(subject: Any, by: Person) -> None:
    if not may(by, Act.EDIT, subject):
        raise Forbidden("Only who may change this shares views of it.")


def _checked(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise Refused("A view needs a name.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} characters.", field="name")
    return name
