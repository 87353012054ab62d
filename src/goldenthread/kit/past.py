"""How an organisation's data stood at a moment, by its records alone: the content of a world (`kit.worlds`).

Each model says with `in_past` how its rows are found: `history` (by the records of the row, the default of what is tracked),
`now` (rights and identities hold now, whatever day a page is about), the name of a column that says when a row came, or of the
tracked row that it belongs to; nothing where it is computed anew or not part of the past.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Max

from goldenthread.kit import history, worlds
from goldenthread.kit.scoping import InOrganisation, current_organisation

HISTORY, NOW = "history", "now"
BATCH = 2_000


def content_as_of(moment: datetime) -> bytes:
    """The open organisation's data as it stood at `moment`, as the content of a world. Derived rows are left to be computed.

    What is confidential now is so in the past too, whatever the record of that day says.
    """

    def fill(made: Any) -> None:
        for model in _models():
            stood = rows_at(model, moment)
            if stood is not None:
                _copy(made, model, stood)
            if stood is not None and issubclass(model, history.Tracked):
                record = history.records(model)
                _copy(made, record.model, record.filter(changeset__at__lte=moment))
        conceal(made, secrets())

    return worlds.filled(fill)


def rows_at(model: Any, moment: datetime) -> models.QuerySet[Any] | None:
    """The rows of `model` as they stood at `moment`, as records of them; None for a model that has none in the past."""
    said = in_past(model)
    if not said:
        return None
    if said == HISTORY:
        return history.rows_as_of(model, moment)
    if said == NOW:
        return _own(model)
    field = model._meta.get_field(said)
    if isinstance(field, models.ForeignKey):
        owner: Any = field.related_model
        return _own(model).filter(**{f"{said}__in": history.rows_as_of(owner, moment).values("id")})
    return _own(model).filter(**{f"{said}__lte": moment})


def in_past(model: Any) -> str:
    """How the rows of `model` are found in the past; empty where there are none."""
    return str(getattr(model, "in_past", HISTORY if issubclass(model, history.Tracked) else ""))


@cache
def _models() -> tuple[Any, ...]:
    """Every model of the product whose rows an organisation has, itself first."""
    ours = [m for m in apps.get_models() if issubclass(m, InOrganisation)]
    return (*(m for m in apps.get_models() if in_past(m) and m not in ours), *ours)


def _own(model: Any) -> models.QuerySet[Any]:
    """The stored rows that are the open organisation's: by its own column, or as the model says."""
    owner = current_organisation()
    if issubclass(model, InOrganisation):
        found: models.QuerySet[Any] = model.objects.all()
        return found
    chosen: models.QuerySet[Any] = model.objects.filter(**{model.organisation_path: owner.pk})
    return chosen


def _copy(made: Any, model: Any, rows: models.QuerySet[Any]) -> None:
    """Write rows of `model`, or records of such rows, into the world under their own ids."""
    asked = rows.order_by().values_list(*(f.attname for f in model._meta.concrete_fields))
    if connection.vendor != made.vendor:
        write(made, model, asked.iterator(chunk_size=BATCH))
        return
    left = set(getattr(model, "left_behind", ()))
    sql, params = asked.query.sql_with_params()
    # As they are stored: a + before a column keeps the driver from reading a day or a moment into it.
    stored = ["''" if f.attname in left else f"+{made.ops.quote_name(f.column)}" for f in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(stored)} FROM ({sql})", params)  # noqa: S608  names of our own columns
        while some := cursor.fetchmany(BATCH):
            made.connection.executemany(_into(made, model), some)


def write(made: Any, model: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of `model`, each a value a column, into the world `made`. What a model leaves behind becomes empty."""
    fields = list(model._meta.concrete_fields)
    left = set(getattr(model, "left_behind", ()))
    stored = (
        tuple("" if f.attname in left else f.get_db_prep_save(value, made) for f, value in zip(fields, row, strict=True))
        for row in rows
    )
    made.connection.executemany(_into(made, model), stored)


def _into(made: Any, model: Any) -> str:
    columns = ", ".join(made.ops.quote_name(f.column) for f in model._meta.concrete_fields)
    places = ", ".join("?" for _ in model._meta.concrete_fields)
    return f"INSERT INTO {made.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608


def secrets() -> dict[Any, list[int]]:
    """The rows of the open organisation that are confidential now, or were when they were removed: model -> ids."""
    found = {}
    for model in history.tracked_models():
        if any(f.name == "is_confidential" for f in model._meta.concrete_fields):
            last = history.records(model).values("id").annotate(last=Max("history_id")).values("last")
            secret = history.records(model).filter(history_id__in=last, is_confidential=True)
            found[model] = list(secret.values_list("id", flat=True))
    return found


def conceal(made: Any, secret: dict[Any, list[int]]) -> None:
    """Mark these rows as confidential in the world `made`."""
    for model, ids in secret.items():
        table, column = (made.ops.quote_name(n) for n in (model._meta.db_table, model._meta.get_field("is_confidential").column))
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ", ".join("?" for _ in some)
            made.connection.execute(f"UPDATE {table} SET {column} = 1 WHERE id IN ({marks})", some)  # noqa: S608
