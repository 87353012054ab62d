"""Dataclasses as JSON and back, so that a child process can hand over a result without pickle.

A dataclass becomes `{"$c": "module:Class", "v": [field values]}`, a date, datetime or decimal one tagged string, tuples and
lists JSON arrays (always read back as tuples); dictionaries with string keys stay dictionaries. Only dataclasses of
`goldenthread.formats` are rebuilt.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

_ROOM = "goldenthread.formats."
_PARTED = 5  # levels that are encoded one by one: an answer, its file, the projects, a project, the tasks; each task is one piece
_SINGLE: dict[str, Callable[[str], Any]] = {"$d": dt.date.fromisoformat, "$t": dt.datetime.fromisoformat, "$n": Decimal}


def pack(value: Any) -> bytearray:
    """Return `value` as UTF-8 JSON; raises TypeError for a type that has no place here, ValueError for NaN."""
    out = bytearray()
    _write(value, out, _PARTED)
    return out


def _write(value: Any, out: bytearray, levels: int) -> None:
    """Encode one by one what stands in the outer `levels`: the encoder holds all pieces of what it is given at a time."""
    if levels and isinstance(value, (tuple, list)):
        out += b"["
        for number, item in enumerate(value):
            out += b"," if number else b""
            _write(item, out, levels - 1)
        out += b"]"
    elif levels and isinstance(value, dict) and all(type(key) is str for key in value):
        out += b"{"
        for number, (key, item) in enumerate(value.items()):
            out += b"," if number else b""
            out += _encoded(key) + b":"
            _write(item, out, levels - 1)
        out += b"}"
    elif levels and dataclasses.is_dataclass(value) and not isinstance(value, type):
        _write(_tagged(value), out, levels + 1)
    else:
        out += _encoded(value)


def _encoded(value: Any) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def unpack(data: bytes | bytearray) -> Any:
    """Rebuild what `pack` wrote; raises ValueError or ImportError for anything else."""
    return _frozen(json.loads(data.decode("utf-8", "surrogatepass"), object_hook=_rebuilt))


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, dt.datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$n": str(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        names = _field_names(kind)
        return {"$c": f"{kind.__module__.removeprefix(_ROOM)}:{kind.__name__}", "v": [getattr(value, name) for name in names]}
    raise TypeError(f"No transport for {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_tagged)


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _rebuilt(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        ((tag, content),) = found.items()
        if tag in _SINGLE:
            return _SINGLE[tag](content)
    if "$c" in found:
        return _class_of(found["$c"])(*(_frozen(item) for item in found["v"]))
    return {key: _frozen(item) for key, item in found.items()}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) if type(item) is list else item for item in value) if type(value) is list else value


@cache
def _class_of(tag: str) -> Any:
    module, _, name = tag.partition(":")
    if not module.isidentifier() or not name.isidentifier():
        raise ValueError(f"Not a result of this room: {tag!r}")
    found = getattr(importlib.import_module(_ROOM + module), name, None)
    if not isinstance(found, type) or not dataclasses.is_dataclass(found):
        raise ValueError(f"Not a result of this room: {tag!r}")
    return found
