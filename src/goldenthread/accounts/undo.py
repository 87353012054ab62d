"""Undo of a changeset: every row goes back to what it was, unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from goldenthread.accounts import actions
from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.history import Tracked


@dataclass(frozen=True)
class Touched:
    """A row that a changeset wrote: its model, id, first and last history row in the changeset."""

    model: Any
    id: int
    first: Any
    last: Any


def tracked_models() -> list[Any]:
    """Every model whose rows have history."""
    return [m for m in apps.get_models() if issubclass(m, Tracked)]


def touched(changeset: Changeset) -> Iterator[Touched]:
    """The rows that the changeset wrote, in no particular order. One statement a model."""
    for model in tracked_models():
        rows: dict[int, list[Any]] = {}
        for record in history.records(model).filter(changeset=changeset).order_by("history_id"):
            rows.setdefault(record.id, []).append(record)
        for key, records in rows.items():
            yield Touched(model, key, records[0], records[-1])


def undo(*, changeset: Changeset, by: Person | None, source: str = Changeset.Source.PAGE) -> Changeset:
    """Undo one action as a new one. Refused, naming the later change, where a row was changed since."""
    if hasattr(changeset, "undone_by"):
        raise Refused(f"“{changeset}” has been undone already.")
    with transaction.atomic(), actions.changeset(title=f"Undo: {changeset.title}", by=by, source=source, undoes=changeset) as made:
        rows = list(touched(changeset))
        if not rows:
            raise Refused(f"“{changeset}” has nothing that can be undone.")
        for row in rows:
            _refuse_if_changed_since(row)
        for row in reversed([r for r in rows if r.last.history_type != "-"]):  # what was written last goes back first
            _revert_standing(row)
        for row in [r for r in rows if r.last.history_type == "-"]:
            _bring_back(row)
        _remove_new([r for r in rows if r.first.history_type == "+" and r.last.history_type != "-" and not r.model.is_fact])
    return made


def _refuse_if_changed_since(row: Touched) -> None:
    later = (
        history.records(row.model).filter(id=row.id, history_id__gt=row.last.history_id).select_related("changeset").order_by("history_id").first()
    )
    if later is not None:
        raise Refused(
            f"{row.model._meta.verbose_name.capitalize()} {later.id} was changed after it by “{later.changeset.title}”.",
            advice="Undo that first.",
        )


def _before(row: Touched) -> Any:
    return history.records(row.model).filter(id=row.id, history_id__lt=row.first.history_id).order_by("-history_id").first()


def _fields(model: Any) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if not f.primary_key and f.name not in {"version", "organisation"}]


def _revert_standing(row: Touched) -> None:
    """A changed row gets its old values; a new fact gets its reversing entry (facts are never deleted)."""
    if row.first.history_type == "+":
        if row.model.is_fact:
            _reverse_fact(row)
        return
    stored = row.model.objects.get(pk=row.id)
    old = _before(row)
    for name in _fields(row.model):
        setattr(stored, name, getattr(old, name))
    stored.save()


def _reverse_fact(row: Touched) -> None:
    stored = row.model.objects.get(pk=row.id)
    if not hasattr(stored, "withdrawn_at"):
        raise Refused(f"“{stored}” is a fact that cannot be taken back.")
    stored.withdrawn_at = timezone.now()
    stored.withdrawn_because = "undone"
    stored.save()


def _bring_back(row: Touched) -> None:
    old = _before(row)
    if old is None:
        return  # made and deleted by the same action
    again = row.model(pk=row.id, **{name: getattr(old, name) for name in _fields(row.model)})
    again.organisation_id = old.organisation_id
    again.version = row.last.version + 1
    again.save(force_insert=True)


def _remove_new(rows: list[Touched]) -> None:
    """Rows that the action made go again. Refused where something made later still points at them."""
    for row in rows:
        stored = row.model.objects.get(pk=row.id)
        record = row.model.history.model
        record(
            history_date=timezone.now(),
            history_type="-",
            changeset=history.open_changeset(),
            **{f.attname: getattr(stored, f.attname) for f in row.model._meta.concrete_fields},
        ).save()
    by_model: dict[Any, list[int]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row.id)
    for model, ids in by_model.items():
        for start in range(0, len(ids), 500):
            found = model.objects.filter(pk__in=ids[start : start + 500])
            found._raw_delete(found.db)
    try:
        connection.check_constraints(_tables_pointing_at(by_model))
    except IntegrityError as error:
        raise Refused("Something added later depends on what this action made.", advice="Undo the later action first.") from error


def _tables_pointing_at(by_model: dict[Any, list[int]]) -> list[str]:
    tables = {m._meta.db_table for m in by_model}
    for model in by_model:
        tables |= {r.related_model._meta.db_table for r in model._meta.related_objects if isinstance(r.related_model, type)}
    return sorted(tables)
