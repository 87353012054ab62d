"""Two states of the same tables side by side: which rows came, which went, and which cells differ.

A state is tables by name. A table is a column of keys and columns of values, all of one length; keys ascend and stand once. What
`compare` finds is enough to make the new state from the old one (`apply`), cell by cell, and no cell more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Keys = npt.NDArray[np.int64]
Column = npt.NDArray[Any]
NOTHING = np.iinfo(np.int64).min  # in a column of whole numbers: no value


@dataclass(frozen=True, eq=False)
class Table:
    """Rows by key. Columns (n,) of int64 (`NOTHING`: no value), float64 (nan: no value) or object (text; None: no value)."""

    keys: Keys
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Check the shape."""
        if self.keys.size and not np.all(np.diff(self.keys) > 0):
            place = int(np.argmin(np.diff(self.keys) > 0))
            raise EngineError("Keys must ascend and stand once.", item=int(self.keys[place + 1]))
        for name, column in self.columns.items():
            if column.shape != self.keys.shape:
                raise EngineError(f"The column {name} has {column.size} values for {self.keys.size} rows.", item=name)

    def rows(self, places: npt.NDArray[Any]) -> Table:
        """The rows at these places, or where this mask is true."""
        return Table(self.keys[places], {name: column[places] for name, column in self.columns.items()})


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one column that differ: the keys of their rows (n,), what they held before and what they hold now (n,)."""

    keys: Keys
    before: Column
    after: Column


@dataclass(frozen=True, eq=False)
class TableChanges:
    """Rows that came, rows that went, each as it stands or stood, and by column the cells that differ in rows of both."""

    added: Table
    dropped: Table
    changed: Mapping[str, Cells]

    @property
    def is_empty(self) -> bool:
        """Whether both states are the same."""
        return not (self.added.keys.size or self.dropped.keys.size or self.changed)


State = Mapping[str, Table]
Changes = Mapping[str, TableChanges]


def compare(old: State, new: State) -> Changes:
    """What differs, table by table. Both states have the same tables with the same columns, else EngineError."""
    if set(old) != set(new):
        raise EngineError("Both states need the same tables.", item=min(set(old) ^ set(new)))
    return {name: _compare(old[name], new[name], name) for name in sorted(old)}


def apply(old: State, changes: Changes) -> dict[str, Table]:
    """The new state from the old one. EngineError where the old one is not the one that was compared."""
    return {name: _apply(table, changes[name], name) for name, table in old.items()}


def subset(state: State, wanted: Mapping[str, Keys]) -> dict[str, Table]:
    """Of each table the rows whose keys are wanted; tables that are not named stay empty."""
    none = np.zeros(0, np.int64)
    return {name: table.rows(np.isin(table.keys, wanted.get(name, none))) for name, table in state.items()}


def _compare(old: Table, new: Table, name: str) -> TableChanges:
    if set(old.columns) != set(new.columns):
        raise EngineError(f"Both states of {name} need the same columns.", item=min(set(old.columns) ^ set(new.columns)))
    _, in_old, in_new = np.intersect1d(old.keys, new.keys, assume_unique=True, return_indices=True)
    changed = {}
    for column in sorted(old.columns):
        before, after = old.columns[column][in_old], new.columns[column][in_new]
        differs = ~_same(before, after)
        if differs.any():
            changed[column] = Cells(old.keys[in_old[differs]], before[differs], after[differs])
    return TableChanges(new.rows(_but(new.keys, in_new)), old.rows(_but(old.keys, in_old)), changed)


def _but(keys: Keys, places: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    mask = np.ones(keys.size, np.bool_)
    mask[places] = False
    return mask


def _same(a: Column, b: Column) -> npt.NDArray[np.bool_]:
    equal = np.asarray(a == b, np.bool_)
    if a.dtype.kind == "f" and b.dtype.kind == "f":
        equal |= np.isnan(a) & np.isnan(b)
    return equal


def _apply(old: Table, changes: TableChanges, name: str) -> Table:
    stays = np.isin(old.keys, changes.dropped.keys, invert=True)
    if int(np.sum(~stays)) != changes.dropped.keys.size:
        raise EngineError(f"A row of {name} that was dropped is not there.", item=name)
    if np.isin(changes.added.keys, old.keys).any():
        raise EngineError(f"A row of {name} that was added is there already.", item=name)
    kept = old.rows(stays)
    columns = {column: values.copy() for column, values in kept.columns.items()}
    for column, cells in changes.changed.items():
        places = np.searchsorted(kept.keys, cells.keys)
        found = places < kept.keys.size
        if not np.all(found) or not np.array_equal(kept.keys[places], cells.keys):
            raise EngineError(f"A row of {name} that was changed is not there.", item=name)
        wrong = ~_same(columns[column][places], cells.before)
        if wrong.any():
            raise EngineError(f"{column} of {name} is not what it was compared as.", item=int(cells.keys[np.argmax(wrong)]))
        columns[column][places] = cells.after
    keys = np.concatenate([kept.keys, changes.added.keys])
    order = np.argsort(keys, kind="stable")
    added = changes.added.columns
    return Table(keys[order], {column: np.concatenate([values, added[column]])[order] for column, values in columns.items()})
