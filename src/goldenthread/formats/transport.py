"""Dataclasses as JSON and back, so that a child process can hand over a result without pickle.

Dataclasses become `{"$": "module:Class", "v": [field values]}`, dates and decimals small tagged objects, tuples and
lists JSON arrays (always read back as tuples), dictionaries with string keys stay dictionaries. Only dataclasses of
`goldenthread.formats` are rebuilt.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import json
from decimal import Decimal
from typing import Any

_ROOM = "goldenthread.formats."


def pack(value: Any) -> bytes:
    """Return `value` as UTF-8 JSON; raises TypeError for a type that has no place here."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "surrogatepass")


def unpack(data: bytes) -> Any:
    """Rebuild what `pack` wrote; raises ValueError for anything else."""
    return _rebuilt(json.loads(data.decode("utf-8", "surrogatepass")))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {"$": "dict", "v": {key: _plain(item) for key, item in value.items()}}
    if isinstance(value, dt.datetime):
        return {"$": "datetime", "v": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$": "date", "v": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$": "decimal", "v": str(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        fields = [_plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
        return {"$": f"{kind.__module__.removeprefix(_ROOM)}:{kind.__name__}", "v": fields}
    raise TypeError(f"No transport for {type(value).__name__}")


def _rebuilt(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rebuilt(item) for item in value)
    if not isinstance(value, dict):
        return value
    tag, content = value["$"], value["v"]
    if tag == "dict":
        return {key: _rebuilt(item) for key, item in content.items()}
    if tag == "date":
        return dt.date.fromisoformat(content)
    if tag == "datetime":
        return dt.datetime.fromisoformat(content)
    if tag == "decimal":
        return Decimal(content)
    return _class_of(tag)(*(_rebuilt(item) for item in content))


def _class_of(tag: str) -> Any:
    module, _, name = tag.partition(":")
    if not module.isidentifier() or not name.isidentifier():
        raise ValueError(f"Not a result of this room: {tag!r}")
    found = getattr(importlib.import_module(_ROOM + module), name, None)
    if not isinstance(found, type) or not dataclasses.is_dataclass(found):
        raise ValueError(f"Not a result of this room: {tag!r}")
    return found
