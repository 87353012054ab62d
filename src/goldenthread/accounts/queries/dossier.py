"""Everything that is kept about one person, as one document: for the person, and for an administrator who is asked for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Q

from goldenthread.accounts.models import ApiToken, Changeset, Person, User
from goldenthread.accounts.queries import access
from goldenthread.accounts.queries.changes import open_ids
from goldenthread.accounts.queries.identity import identity_of, mentions, places
from goldenthread.accounts.queries.persons import sessions_of
from goldenthread.kit import history
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import InOrganisation

NO_WORDS = ("digest", "password", "prefix")  # columns that hold secrets or their hashes
CHUNK = 200
FORM = "golden-thread.person.1"
CONFIDENTIAL = "confidential: only the person can take this out"


def everything_about(person: Person, viewer: Person, now: datetime) -> dict[str, Any]:
    """All rows that name the person by reference, with their former versions; what he or she did; sentences that name the person.

    Confidential things are told in words only to who may see them. Sentences come from what the person may see.
    """
    return {
        "form": FORM,
        "made_at": now,
        "organisation": person.organisation.name,
        "person": {**_columns(person), "earlier": [_record(r) for r in _past(Person, Q(id=person.pk))]},
        "sign_in": _sign_in(person.user, now) if person.user else None,
        "tokens": [_columns(token) for token in ApiToken.objects.filter(person=person).order_by("id")],
        "rows": {
            model._meta.label: _rows(model, person, viewer) for model in _models(private=viewer == person) if _direct(model)
        },
        "actions": list(_actions(person, viewer)),
        "sentences": list(_sentences(person, viewer)),
    }


def _models(*, private: bool) -> list[Any]:
    """What the document holds, with what is for oneself alone where one asks about oneself."""
    apart = (Person, ApiToken, Changeset)  # have a place of their own in the document
    told = [model for model in apps.get_models() if issubclass(model, InOrganisation) and model not in apart]
    return [model for model in told if private or not getattr(model, "is_private", False)]


def _direct(model: Any) -> list[str]:
    """The ways in which a row of the model names a person: by a column, or as one's own through another row."""
    columns = [f.name for f in model._meta.concrete_fields if f.is_relation and f.related_model is Person]
    return sorted({*columns, *getattr(model, "own_paths", ())})


def _rows(model: Any, person: Person, viewer: Person) -> list[dict[str, Any]]:
    """The rows of one model, standing and removed, each with how it concerns the person."""
    ways = _direct(model)
    found = model.objects.filter(reduce(or_, (Q(**{way: person.pk}) for way in ways))).distinct().order_by("pk")
    open_to = _open_to(model, viewer)
    rows = [{"as": _as(row, ways, person), **_columns(row, is_open=open_to is None or row.pk in open_to)} for row in found]
    if not issubclass(model, Tracked):
        return rows
    columns = [way for way in ways if "__" not in way]
    past: dict[int, list[dict[str, Any]]] = {}
    for record in _past(model, reduce(or_, (Q(**{way: person.pk}) for way in columns))) if columns else ():
        past.setdefault(record.id, []).append(_record(record, is_open=open_to is None or record.id in open_to))
    for row in rows:
        row["earlier"] = past.pop(row["id"], [])
    return rows + [{"id": key, "as": ["earlier"], "earlier": records} for key, records in past.items()]


def _open_to(model: Any, viewer: Person) -> set[int] | None:
    """The ids whose words the viewer may be told; None where the model keeps no secrets, of its own or of rows it names."""
    ways = ((path, access.confidential_path(access.model_at(model, path))) for path in getattr(model, "names", ()))
    named = [f"{path}__{inner}" for path, inner in ways if inner]
    if access.confidential_path(model) or getattr(model, "is_about_anything", False):
        named = []
    elif not named or access.rights(viewer).everywhere(Act.VIEW, Kind.CONFIDENTIAL):
        return None
    seen = set(access.visible(model.objects.all(), viewer).values_list("pk", flat=True))
    if named:
        secret = reduce(or_, (Q(**{path: True}) for path in named))
        seen |= set(model.objects.exclude(secret).values_list("pk", flat=True))
    return seen


def _as(row: Any, ways: list[str], person: Person) -> list[str]:
    """By which of its own columns a row names the person; `own` where another row does."""
    return [way for way in ways if getattr(row, f"{way}_id", None) == person.pk] or ["own"]


def _past(model: Any, which: Q) -> Any:
    return history.records(model).filter(which).select_related("changeset").order_by("history_id")


def _record(record: Any, *, is_open: bool = True) -> dict[str, Any]:
    kinds = {"+": "added", "~": "changed", "-": "removed"}
    columns = _columns(record, is_open=is_open)
    said = {name: value for name, value in columns.items() if not name.startswith("history_") and name != "id"}
    return {"at": record.history_date, "what": kinds[record.history_type], **said}


def _columns(row: Any, *, is_open: bool = True) -> dict[str, Any]:
    """The columns of a row by name, without hashes of secrets; of a row that is closed to the viewer its id alone."""
    if not is_open:
        return {"id": row.pk, "words": CONFIDENTIAL}
    names = [f for f in row._meta.concrete_fields if not any(word in f.name for word in NO_WORDS)]
    return {f.attname: f.value_from_object(row) for f in names if f.name not in {"organisation", "version"}}


def _actions(person: Person, viewer: Person) -> Iterator[dict[str, Any]]:
    """What the person did, with a title where the viewer may read it."""
    done = list(Changeset.objects.filter(by=person).order_by("id").select_related("by", "undoes", "undone_by"))
    for start in range(0, len(done), CHUNK):
        some = done[start : start + CHUNK]
        told = open_ids(some, viewer)
        for one in some:
            columns = _columns(one)
            yield columns if one.pk in told else {**columns, "title": CONFIDENTIAL, "reason": ""}


def _sign_in(user: User, now: datetime) -> dict[str, Any]:
    keys = Authenticator.objects.filter(user=user).order_by("pk")
    return {
        "email": user.email,
        "since": user.date_joined,
        "last": user.last_login,
        "second_factors": [{"kind": k.type, "since": k.created_at, "last_used": k.last_used_at} for k in keys],
        "sessions": [{"since": data.get("signed_in_at"), "program": data.get("agent")} for _, data in sessions_of(user.pk, now)],
    }


def _sentences(person: Person, viewer: Person) -> Iterator[dict[str, Any]]:
    """Texts that name the person in words, as they stand, in rows that both the person and the viewer may see."""
    identity = identity_of(person)
    for place in places():
        if place.is_past or not hasattr(place.model, "kind") or any(word in place.field.name for word in NO_WORDS):
            continue
        found = dict(mentions(place, identity))
        for pk in sorted(_told(place.model, found.keys(), person, viewer)) if found else ():
            yield {"table": place.model._meta.label, "id": pk, "column": place.field.name, "text": identity.told_by(found[pk])}


def _told(model: Any, keys: Collection[int], person: Person, viewer: Person) -> set[int]:
    """Of these rows, those whose words may be told to both: actions as the activity tells them, the rest as pages do."""
    if model is Changeset:
        done = list(Changeset.objects.filter(pk__in=keys).order_by("id"))
        parts = [done[start : start + CHUNK] for start in range(0, len(done), CHUNK)]
        return {pk for some in parts for pk in open_ids(some, person) & open_ids(some, viewer)}
    told = set(access.visible(model.objects.filter(pk__in=keys), person).values_list("pk", flat=True))
    open_to = _open_to(model, viewer)
    return told if open_to is None else told & open_to
