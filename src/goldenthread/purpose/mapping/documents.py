"""What a strategy says as JSON that is kept in a column, and back: fields by name, empty ones left out."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar

S = TypeVar("S")
SINGLE: dict[Any, Callable[[str], Any]] = {date: date.fromisoformat, Decimal: Decimal}


def document(value: Any, *without: str) -> dict[str, Any]:
    """A dataclass of `formats.strategy` as plain JSON, without the fields named and those that count for nothing (places)."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        said = getattr(value, field.name)
        if field.compare and field.name not in without and said not in ("", (), None):
            found[field.name] = _plain(said)
    return found


def stated(kind: type[S], said: Mapping[str, Any]) -> S:
    """The dataclass again. Fields that it no longer has are left out; those that must be there are empty where they are not."""
    known = _types(typing.cast("Hashable", kind))
    values = {name: _again(known[name], value) for name, value in said.items() if name in known}
    missing = {f.name for f in dataclasses.fields(kind) if f.default is f.default_factory is dataclasses.MISSING}  # type: ignore[arg-type]
    empty = {name: _EMPTY.get(known[name]) for name in missing - values.keys()}
    return kind(**empty, **values)


_EMPTY = {str: "", int: 0}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return document(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _again(kind: Any, value: Any) -> Any:
    if typing.get_origin(kind) is tuple:
        return tuple(_again(typing.get_args(kind)[0], one) for one in value)
    if dataclasses.is_dataclass(kind):
        return stated(typing.cast("type[Any]", kind), value)
    return SINGLE[kind](value) if kind in SINGLE else value


@cache
def _types(kind: Any) -> dict[str, Any]:
    """The type of each field; of “this or None” the other one."""
    return {name: _inner(hint) for name, hint in typing.get_type_hints(kind).items()}


def _inner(hint: Any) -> Any:
    if typing.get_origin(hint) is UnionType or typing.get_origin(hint) is typing.Union:
        return next(one for one in typing.get_args(hint) if one is not NoneType)
    return hint
