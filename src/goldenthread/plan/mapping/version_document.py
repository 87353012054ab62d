"""What a version of the plan holds, as one canonical text, and that text as the engine's tables.

Tables by columns, rows by id; days as 2027-03-31, kinds by their codes; ids and figures, no names and no sentences, so that a
person can be erased without a version being touched. Canonical: keys in order, no white space, numbers as Python writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from goldenthread.engine.table_compare import NOTHING, Column, Table

FORMAT = 1
TEXT, WHOLE, BROKEN, DAY = "text", "whole", "broken", "day"
KEY = "id"
EPOCH = date(1970, 1, 1).toordinal()
# By table the columns that a version keeps, in the words of our models, and what kind of value each holds.
COLUMNS: dict[str, dict[str, str]] = {
    "activities": {
        "parent_id": WHOLE, "position": WHOLE, "is_milestone": WHOLE, "duration": WHOLE, "not_before": DAY, "deadline": DAY,
        "effort_low": WHOLE, "effort_high": WHOLE, "progress": WHOLE, "actual_start": DAY, "actual_finish": DAY,
        "cancelled_on": DAY,
    },
    "relationships": {"predecessor_id": WHOLE, "successor_id": WHOLE, "relationship_kind": TEXT, "lag": WHOLE},
    "assignments": {"activity_id": WHOLE, "resource__person_id": WHOLE, "resource_id": WHOLE, "units": WHOLE},
    "steps": {"activity_id": WHOLE, "step_kind": TEXT, "mode": TEXT, "service_id": WHOLE, "goal_answer": TEXT},
    "raci": {"step_id": WHOLE, "person_id": WHOLE, "letter": TEXT},
    "contributions": {
        "step_id": WHOLE, "project_id": WHOLE, "kpi_id": WHOLE, "low": BROKEN, "likely": BROKEN, "high": BROKEN, "chance": WHOLE,
        "lag_days": WHOLE, "ramp_days": WHOLE, "grade": WHOLE, "counted_percent": WHOLE, "shown": TEXT,
    },
    "supervisions": {"step_id": WHOLE, "project_id": WHOLE, "raise_low": WHOLE, "raise_likely": WHOLE, "raise_high": WHOLE},
    "duties": {
        "holder_id": WHOLE, "cadence": TEXT, "minutes": WHOLE, "valid_from": DAY, "valid_to": DAY, "step_id": WHOLE,
        "project_id": WHOLE,
    },
    "objectives": {"clause_id": WHOLE, "owner_id": WHOLE, "ambition": TEXT, "state": TEXT, "valid_to": DAY},
    "targets": {
        "objective_id": WHOLE, "kpi_id": WHOLE, "baseline": BROKEN, "baseline_on": DAY, "value": BROKEN, "band_low": BROKEN,
        "band_high": BROKEN, "due_on": DAY, "tolerance": BROKEN, "is_required": WHOLE,
    },
    "kpis": {"owner_id": WHOLE, "direction": TEXT, "floor": BROKEN, "ceiling": BROKEN, "cadence": TEXT, "redefined_on": DAY},
    "rates": {"kpi_id": WHOLE, "minor": WHOLE, "currency": TEXT, "rate_kind": TEXT, "valid_from": DAY, "signed_on": DAY},
    "clauses": {"mandate_id": WHOLE, "number": WHOLE},
}  # fmt: skip
FROZEN = {"start": DAY, "finish": DAY, "effort_likely": WHOLE}  # of an activity, in the baseline


def written(tables: Mapping[str, Iterable[Sequence[Any]]], head: Mapping[str, Any]) -> str:
    """The canonical text: rows as (id, values in the order of `COLUMNS`), ascending by id, and what stands at its head."""
    told = {name: _by_column(tables[name], (KEY, *columns)) for name, columns in COLUMNS.items()}
    return canonical({**head, "format": FORMAT, "tables": told})


def canonical(value: Any) -> str:
    """JSON in one way only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(document: str, frozen: Iterable[Sequence[Any]]) -> str:
    """SHA-256 of a document and the rows of its baseline as (activity, start, finish, effort), ascending by activity."""
    total = hashlib.sha256(document.encode())
    total.update(b"\n")
    total.update(canonical([[_plain(value) for value in row] for row in frozen]).encode())
    return total.hexdigest()


def read(document: str, frozen: Iterable[Sequence[Any]]) -> dict[str, Table]:
    """The engine's tables of a document; dates and effort of the baseline stand with the activities."""
    told = json.loads(document)["tables"]
    state = {name: _table(told[name], columns) for name, columns in COLUMNS.items()}
    names = (KEY, *FROZEN)
    columns = [list(column) for column in zip(*frozen, strict=True)] or [[] for _ in names]
    dates = _table(dict(zip(names, columns, strict=True)), FROZEN)
    activities = state["activities"]
    place = np.searchsorted(dates.keys, activities.keys)
    known = np.isin(activities.keys, dates.keys)
    held = {name: _held(column, place, known) for name, column in dates.columns.items()}
    state["activities"] = Table(activities.keys, {**activities.columns, **held})
    return state


def day_of(number: int) -> date | None:
    """A day from a column of days."""
    return None if number == NOTHING else date.fromordinal(int(number))


def _held(column: Column, place: Column, known: Column) -> Column:
    held = np.full(known.size, NOTHING, np.int64)
    held[known] = column[place[known]]
    return held


def _by_column(rows: Iterable[Sequence[Any]], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: [_plain(value) for value in column] for name, column in zip(names, columns, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _table(told: Mapping[str, list[Any]], columns: Mapping[str, str]) -> Table:
    return Table(np.array(told[KEY], np.int64), {name: _column(told[name], kind) for name, kind in columns.items()})


def _column(values: list[Any], kind: str) -> Column:
    if kind == TEXT:
        column = np.empty(len(values), object)
        column[:] = values
        return column
    if kind == BROKEN:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    if kind == DAY:
        days = np.array(values, "datetime64[D]")  # None becomes not a time
        return np.where(np.isnat(days), NOTHING, days.astype(np.int64) + EPOCH)
    return np.array([NOTHING if value is None else value for value in values], np.int64)
