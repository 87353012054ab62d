"""What a reference such as `objective` and 12 means, and what was said about it.

A noun is named by its model in small letters; its page is the route of the same name in its room, where there is one.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.history import Tracked
from goldenthread.workspace.models import Comment


def model_of(ref_kind: str) -> Any | None:
    """The model that a kind names: one with history and rights; None for any other word."""
    for model in apps.get_models():
        if issubclass(model, Tracked) and model._meta.model_name == ref_kind and hasattr(model, "kind"):
            return model
    return None


def subject(ref_kind: str, ref_id: int, person: Person) -> Any:
    """The row that a reference names, if `person` may see it; Http404 otherwise."""
    model = model_of(ref_kind)
    found = visible(model.objects.filter(pk=ref_id), person).first() if model is not None else None
    if found is None:
        raise Http404
    return found


def subject_of(ref_kind: str, ref_id: int) -> Any | None:
    """The row that a reference names, for work that nobody in particular asked for."""
    model = model_of(ref_kind)
    return model.objects.filter(pk=ref_id).first() if model is not None else None


def address_of(row: Any) -> str:
    """Where a row's page is; empty where it has none."""
    try:
        return reverse(f"{row._meta.app_label}:{row._meta.model_name}", args=[row.pk])
    except NoReverseMatch:
        return ""


def comments(ref_kind: str, ref_id: int) -> QuerySet[Comment]:
    """Comments on a thing, oldest first."""
    return Comment.objects.filter(ref_kind=ref_kind, ref_id=ref_id).select_related("by").order_by("at", "id")
