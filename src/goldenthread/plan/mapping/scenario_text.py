"""What was changed inside a scenario, as a text that is kept, and back into the scenario's world.

The records of its own changesets say all: what each row became, in order. Rows without history (a place for roles, a line of a
baseline) are told whole. Ids made inside begin far above any stored one, so that nothing is taken for something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from goldenthread.kit import history, past
from goldenthread.kit.history import Tracked
from goldenthread.kit.scoping import InOrganisation

FIRST_ID = 2**40
IDS_EACH = 2**22  # for one scenario; ids stay below what a browser's numbers hold
COMPUTED = frozenset({"plan.Forecast", "schedule.ActivityDates", "schedule.ScheduleDates"})

Row = dict[str, Any]
Content = dict[str, list[tuple[str, Row]]]  # "rows" and "records": (model, column -> value), in the order they were written


def first_id(scenario_id: int) -> int:
    """The first id of rows that are made inside the scenario."""
    return FIRST_ID + scenario_id * IDS_EACH


def number_from(made: Any, first: int) -> None:
    """Have every table of the world `made` number its new rows from `first` on."""
    tables = [row[0] for row in made.connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")]
    made.connection.execute("DELETE FROM sqlite_sequence")
    made.connection.executemany("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", [(name, first - 1) for name in tables])


def last_id(made: Any) -> int:
    """The highest id in the world of rows that were made inside a scenario; 0 where there is none."""
    tables = [row[0] for row in made.connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")]
    found = [made.connection.execute(f"SELECT MAX(rowid) FROM {made.ops.quote_name(name)}").fetchone()[0] for name in tables]  # noqa: S608
    return max((pk for pk in found if pk and pk >= FIRST_ID), default=0)


def written(first: int) -> Content:
    """What was written in the open world since it was numbered from `first`."""
    rows = [(m._meta.label, row) for m in _without_history() for row in _rows(m.objects.filter(pk__gte=first), m)]
    found = []
    for model in history.tracked_models():
        record = history.records(model).filter(changeset_id__gte=first)
        found += [(row["history_id"], model._meta.label, row) for row in _rows(record, record.model)]
    return {"rows": rows, "records": [(label, row) for _, label, row in sorted(found, key=lambda one: one[0])]}


def as_text(content: Content) -> str:
    """The content as JSON."""
    return json.dumps(content, default=_plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_text(text: str) -> Content:
    """The content that `as_text` wrote, without rows of tables that the product no longer has."""
    told, known = json.loads(text) if text else {}, {model._meta.label for model in apps.get_models()}
    return {part: [(label, row) for label, row in told.get(part, []) if label in known] for part in ("rows", "records")}


def put_in(made: Any, content: Content) -> None:
    """Write the content into the world `made`, on top of what it began with. Columns that are gone since are left out."""
    for label, row in content["rows"]:
        _put(made, apps.get_model(label), row)
    for label, row in content["records"]:
        model: Any = apps.get_model(label)
        record = history.records(model).model
        _put(made, record, row)
        if row["history_type"] == "-":
            table = made.ops.quote_name(model._meta.db_table)
            made.connection.execute(f"DELETE FROM {table} WHERE id = ?", [row["id"]])  # noqa: S608
        else:
            _put(made, model, row)


def _put(made: Any, model: Any, row: Row) -> None:
    table, key = (made.ops.quote_name(name) for name in (model._meta.db_table, model._meta.pk.column))
    made.connection.execute(f"DELETE FROM {table} WHERE {key} = ?", [row[model._meta.pk.attname]])  # noqa: S608
    values = [f.to_python(row[f.attname]) if f.attname in row else f.get_default() for f in model._meta.concrete_fields]
    past.write(made, model, [tuple(values)])


@cache
def _without_history() -> tuple[Any, ...]:
    """Models whose new rows have no record and are part of the past all the same; changesets first."""
    found = [m for m in apps.get_models() if issubclass(m, InOrganisation) and not issubclass(m, Tracked) and past.in_past(m)]
    return tuple(m for m in found if m._meta.label not in COMPUTED)


def _rows(found: models.QuerySet[Any], model: Any) -> Iterator[Row]:
    columns = [f.attname for f in model._meta.concrete_fields]
    for values in found.order_by("pk").values_list(*columns):
        yield dict(zip(columns, values, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a scenario")
