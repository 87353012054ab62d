"""A plan as a JSON document and back: what is kept of a strategy in a database. What is empty is left out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any

from goldenthread.formats.strategy import Plan


def document_of(plan: Plan) -> dict[str, Any]:
    """The plan as dictionaries, lists and texts; places and what was not understood are not part of it."""
    document: dict[str, Any] = _said(plan)
    return document


def plan_of(document: dict[str, Any]) -> Plan:
    """The plan that `document_of` wrote; what it does not know is left out, what is missing is empty."""
    plan: Plan = _made(Plan, document)
    return plan


def _said(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {}
        for field in dataclasses.fields(value):
            said = getattr(value, field.name)
            if field.compare and (field.default is dataclasses.MISSING or said != field.default):
                found[field.name] = _said(said)
        return found
    if isinstance(value, tuple):
        return [_said(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _made(kind: Any, value: Any) -> Any:
    """`value` as `kind` says: a dataclass of the room, an optional one, a tuple of one, a date, a decimal or plain."""
    if isinstance(kind, types.UnionType):
        return None if value is None else _made(typing.get_args(kind)[0], value)
    if typing.get_origin(kind) is tuple:
        return tuple(_made(typing.get_args(kind)[0], one) for one in value)
    if dataclasses.is_dataclass(kind):
        known: dict[str, Any] = _hints(typing.cast("Any", kind))
        blank = {name: hint() for name, hint in known.items() if hint in {str, int}}
        return typing.cast("Any", kind)(**_filled(kind, blank, {n: _made(known[n], v) for n, v in value.items() if n in known}))
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value


def _filled(kind: Any, blank: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What was said, and something empty for each field that has to be said."""
    needed = {field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING}
    return {name: blank[name] for name in needed - said.keys()} | said


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
