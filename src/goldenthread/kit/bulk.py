"""Many rows at once, inside the database: their new values in one statement a thousand rows, their history in one of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

BATCH = 1_000
VALUES = 30_000  # a statement, unless the database takes fewer
OWN = ("history_date", "history_type", "changeset")


def copy_to_history(model: Any, record: Any, ids: Sequence[int], changeset: Any, kind: str) -> None:
    """Write a record of how each of these rows stands now, in the order of `ids`. kind: + ~ or -."""
    stated = zip(OWN, (changeset.at, kind, changeset.pk), strict=True)
    given = [record._meta.get_field(name).get_db_prep_save(value, connection) for name, value in stated]
    sql = _copying(model, record, connection.vendor)
    with connection.cursor() as cursor:
        asked: Any = json.dumps(list(ids)) if connection.vendor == "sqlite" else list(ids)
        cursor.execute(sql, [*given, asked])


@cache
def _copying(model: Any, record: Any, vendor: str) -> str:
    name = connection.ops.quote_name
    columns = [name(field.column) for field in model._meta.concrete_fields]
    own = [name(record._meta.get_field(field).column) for field in OWN]
    into, live, key = name(record._meta.db_table), name(model._meta.db_table), name(model._meta.pk.column)
    asked = "json_each(%s) AS asked" if vendor == "sqlite" else "unnest(%s::bigint[]) WITH ORDINALITY AS asked(value, key)"
    return (
        f"INSERT INTO {into} ({', '.join((*own, *columns))}) SELECT %s, %s, %s, "  # noqa: S608
        f"{', '.join(f'{live}.{column}' for column in columns)} FROM {asked} "
        f"JOIN {live} ON {live}.{key} = asked.value ORDER BY asked.key"
    )


def update_rows(model: Any, rows: Sequence[Any], names: Sequence[str]) -> None:
    """Write these columns of the rows as they are in memory."""
    fields = [model._meta.get_field(name) for name in dict.fromkeys(names)]
    many = min(BATCH, min(VALUES, connection.features.max_query_params or VALUES) // (len(fields) + 1))
    for start in range(0, len(rows), many):
        some = rows[start : start + many]
        given = [
            value
            for row in some
            for value in (row.pk, *(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields))
        ]
        with connection.cursor() as cursor:
            cursor.execute(_updating(model, fields, len(some)), given)


def _updating(model: Any, fields: Sequence[Any], rows: int) -> str:
    name, live = connection.ops.quote_name, connection.ops.quote_name(model._meta.db_table)
    wanted = ", ".join(f"{name(field.column)} = v.column{n}{_cast(field)}" for n, field in enumerate(fields, start=2))
    line = f"({', '.join(['%s'] * (len(fields) + 1))})"
    given = ", ".join([line] * rows)
    return f"UPDATE {live} SET {wanted} FROM (VALUES {given}) AS v WHERE {live}.{name(model._meta.pk.column)} = v.column1"  # noqa: S608


def _cast(field: Any) -> str:
    """PostgreSQL has to be told the type of a list of values; a text is told none that would cut it off."""
    if connection.vendor == "sqlite":
        return ""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "::text" if kind.startswith("varchar") else f"::{kind}"
