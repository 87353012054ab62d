"""The newest changeset, and the one this request wrote."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from goldenthread.accounts.models import Changeset
from goldenthread.kit import history


def newest_changeset_id() -> int:
    """Id of the newest changeset of the organisation, 0 before the first: what a page polls for."""
    newest = Changeset.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def head_mark(user: Any) -> str:
    """A mark that changes with every changeset of the user's organisation, and says no more than that.

    As it stood when the request began: what a page reads after that may be newer, never older.
    """
    if not hasattr(user, "newest_changeset"):  # signed in by this very request
        return ""
    return salted_hmac("head", str(user.newest_changeset or 0)).hexdigest()[:20]


def undo_address() -> str | None:
    """Where an undo button posts to for what this request has just written; None when it wrote nothing."""
    changeset = history.last_changeset()
    return reverse("accounts:undo", args=[changeset.pk]) if changeset is not None else None
