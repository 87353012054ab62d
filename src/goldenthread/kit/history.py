"""How a row is written: inside a changeset, with a history row, under a version number.

A changeset is one user action and the unit of undo. `accounts.actions.changeset` opens one; everything saved while it is
open is stamped with it, and a write outside one fails, because the history row's changeset may not be empty.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import F, Max
from django.dispatch import receiver
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from goldenthread.kit import bulk
from goldenthread.kit.errors import Conflict, Difference
from goldenthread.kit.scoping import InOrganisation, current_organisation

_open: ContextVar[Any] = ContextVar("changeset", default=None)
_last: ContextVar[Any] = ContextVar("last_changeset", default=None)


class NoChangeset(RuntimeError):
    """A tracked row was written outside a changeset: the caller must go through an action."""


def write_in_long_statements() -> None:
    """Let SQLite take as many values a statement as it can since 3.32; for older ones Django would cut imports into bits."""
    if sqlite3.sqlite_version_info >= (3, 32):
        setattr(DatabaseWrapper.features_class, "max_query_params", 32_766)  # noqa: B010  a plain number there, a question elsewhere


def open_changeset() -> Any:
    """The changeset being written, or None."""
    return _open.get()


def last_changeset() -> Any:
    """The changeset that was written last in this request or command, or None: what an undo button undoes."""
    return _last.get()


def forget_last_changeset(**_: Any) -> None:
    """Start anew: a thread of the server answers many people, one after the other."""
    _last.set(None)


@contextmanager
def writing(changeset: Any) -> Iterator[Any]:
    """Stamp every tracked write with `changeset` until the block ends."""
    token = _open.set(changeset)
    _last.set(changeset)
    try:
        yield changeset
    finally:
        _open.reset(token)


class InChangeset(models.Model):
    """What each history row carries besides the row's own fields."""

    changeset = models.ForeignKey("accounts.Changeset", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


@receiver(pre_create_historical_record)
def stamp(history_instance: Any, **_: Any) -> None:
    """Put the open changeset on a history row about to be written."""
    if isinstance(history_instance, InChangeset):
        changeset = _open.get()
        if changeset is None:
            raise NoChangeset(f"{type(history_instance).__name__} needs a changeset")
        history_instance.changeset = changeset


class KeptHistory(HistoryManager):
    """What `row.history` gives. Its class is made once: the library makes one at each look, a fifth of what a write costs."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[HistoricalQuerySet], class_name: str | None = None) -> Any:
        """The same class for the same querysets."""
        return super().from_queryset(queryset_class, class_name)


class Records(HistoricalRecords):
    """History without a user column of its own: who did it stands on the changeset, once."""

    def _get_history_user_fields(self) -> dict[str, Any]:
        return {"history_user": property(lambda _: None, lambda _, __: None)}


class Tracked(InOrganisation):
    """A row with history, undo and a version number.

    Saving a row whose version is no longer the stored one raises Conflict: nobody overwrites what they have not seen.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    history = Records(inherit=True, bases=[InChangeset], history_manager=KeptHistory)

    is_fact = False  # facts (a measurement, a sign-off) are never deleted: undo writes a reversing entry
    is_sealed = False  # what becomes of it (a version is approved) is decided anew, never undone

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save under optimistic locking: one statement claims the version, the next writes the row."""
        if not self._state.adding:
            claimed = type(self)._base_manager.filter(pk=self.pk, version=self.version).update(version=F("version") + 1)
            if not claimed:
                raise conflict(self)
            self.version += 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete under optimistic locking: of several who remove a row, one does, and the others get Conflict."""
        claimed = type(self)._base_manager.filter(pk=self.pk, version=self.version).update(version=F("version") + 1)
        if not claimed:
            raise conflict(self)
        self.version += 1
        return super().delete(*args, **kwargs)


def conflict(row: Any, changes: dict[str, Any] | None = None) -> Conflict:
    """A Conflict that says what is stored now beside what the writer wanted."""
    stored = type(row)._base_manager.filter(pk=row.pk).first()
    if stored is None:
        return Conflict(row, expected=row.version, current=0)
    wanted = changes if changes is not None else {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    differences = tuple(
        Difference(name, value, getattr(stored, name))
        for name, value in wanted.items()
        if name != "version" and hasattr(stored, name) and getattr(stored, name) != value
    )
    return Conflict(stored, expected=row.version, current=stored.version, differences=differences)


def require_version(row: Any, version: int | None, changes: dict[str, Any] | None = None) -> None:
    """Raise Conflict unless the writer saw the stored version. None means the caller read the row in this very action."""
    if version is not None and version != row.version:
        seen = conflict(row, changes or {})
        raise Conflict(row, expected=version, current=row.version, differences=seen.differences)


def change(row: Any, changes: dict[str, Any], *, version: int | None = None) -> bool:
    """Set the fields that differ and save once. Returns whether anything changed."""
    require_version(row, version, changes)
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not differing:
        return False
    for name, value in differing.items():
        setattr(row, name, value)
    row.full_clean(validate_unique=False, validate_constraints=False, exclude=["organisation"])
    row.save()
    return True


def add_all(model: type[Tracked], rows: Sequence[Any]) -> list[Any]:
    """Insert many rows with their history in a few statements; returns them with ids."""
    changeset = _open.get()
    if changeset is None:
        raise NoChangeset(f"{model.__name__} needs a changeset")
    organisation = current_organisation()
    for row in rows:
        row.organisation = organisation
    if not rows:
        return []
    made: list[Any] = model.objects.bulk_create(rows, batch_size=bulk.BATCH)
    bulk.copy_to_history(model, model.history.model, [row.pk for row in made], changeset, "+")
    return made


def change_all(model: type[Tracked], rows: Sequence[Any], fields: Iterable[str]) -> None:
    """Update `fields` of many rows, read in this transaction, with their history in a few statements."""
    changeset = _open.get()
    if changeset is None:
        raise NoChangeset(f"{model.__name__} needs a changeset")
    organisation = current_organisation()
    for row in rows:
        if row.organisation_id != organisation.pk:
            raise ValueError("a row of another organisation cannot be written in this scope")
        row.version += 1
    if rows:
        bulk.update_rows(model, rows, [*fields, "version"])
        bulk.copy_to_history(model, model.history.model, [row.pk for row in rows], changeset, "~")


def remove_all(model: type[Tracked], rows: Sequence[Any]) -> None:
    """Delete many rows with their history in a few statements. Nothing cascades: the caller has seen to what points at them."""
    changeset = _open.get()
    if changeset is None:
        raise NoChangeset(f"{model.__name__} needs a changeset")
    if rows:
        bulk.copy_to_history(model, model.history.model, [row.pk for row in rows], changeset, "-")
    for start in range(0, len(rows), bulk.BATCH):
        found = model.objects.filter(pk__in=[row.pk for row in rows[start : start + bulk.BATCH]])
        found._raw_delete(found.db)  # noqa: SLF001  no cascade: dangling references are refused below


@cache
def tracked_models() -> tuple[Any, ...]:
    """Every model whose rows have history."""
    return tuple(model for model in apps.get_models() if issubclass(model, Tracked))


def records(model: type[Tracked], organisation: Any | None = None) -> models.QuerySet[Any]:
    """The history rows of `model` in the open (or the given) organisation: the only door to a history table."""
    owner = organisation or current_organisation()
    found: models.QuerySet[Any] = model.history.model.objects.filter(organisation_id=owner.pk)
    return found


def rows_written(changesets: Sequence[int]) -> dict[int, dict[str, int]]:
    """Rows that these changesets of the open organisation wrote, by noun: changeset id -> label -> count. One statement."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    if changesets:
        asked = ", ".join(["(%s, %s)"] * len(changesets))
        owner = current_organisation().pk
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH asked(changeset, owner) AS (VALUES {asked}) {_counting()}",
                [value for pk in changesets for value in (pk, owner)],
            )
            for changeset, label, rows in cursor.fetchall():
                found[changeset][label] = rows
    return found


@cache
def _counting() -> str:
    """The count over every history table as text: composed by the ORM each time, it costs more than it asks."""
    name = connection.ops.quote_name
    return " UNION ALL ".join(
        f"SELECT changeset_id, '{model._meta.label}', COUNT(DISTINCT id) FROM {name(model.history.model._meta.db_table)} "  # noqa: S608
        "JOIN asked ON changeset_id = changeset AND organisation_id = owner GROUP BY changeset_id"
        for model in tracked_models()
    )


def rows_as_of(model: type[Tracked], moment: datetime) -> models.QuerySet[Any]:
    """The records that say how `model` stood at `moment`: of each row the newest one up to then, removed rows left out."""
    newest = records(model).filter(changeset__at__lte=moment).values("id").annotate(last=Max("history_id")).values("last")
    return records(model).filter(history_id__in=newest).exclude(history_type="-")
