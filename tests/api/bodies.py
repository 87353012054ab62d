"""What to send to an operation: bodies made from the API's own description, valid ones and senseless ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from goldenthread.config.api import description
from tests.api.conftest import NOUNS

SENSELESS: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2**31, 2**63 - 1, 2**63, -(2**70), 1.5, 1e15, 1e300, "", " ", "x", "\0", "\ud800", "x" * 9000,
    "=1+1", "2026-02-30", "9999-12-31", "0001-01-01", "1900-01-01", "2199-12-31", "2026-03-01", "2026-03-01T10:00:00",
    1767225600, [], [None], {}, {"a": 1}, "APPROVED", "EUR", "XXX", "DROP TABLE",
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One operation of the API's description."""

    ident: str
    method: str
    path: str  # without /api/
    schema: dict[str, Any] | None

    @property
    def noun(self) -> str:
        return self.path.split("/")[0]

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def at(self, key: int) -> str:
        return self.path.replace("{key}", str(key)) + ("?version=1" if self.method == "DELETE" else "")


def operations() -> Iterator[Operation]:
    told = description()
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Operation(one["operationId"], method.upper(), path.removeprefix("/api/"), _resolved(content.get("schema")))


def _resolved(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    if schema is None or "$ref" not in schema:
        return schema
    found: dict[str, Any] = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def valid(operation: Operation, rows: dict[str, Any]) -> dict[str, Any]:
    """The least that the description asks for; ids name one's own rows."""
    schema = operation.schema or {}
    return {
        name: _value(name, part, operation, rows) for name, part in schema.get("properties", {}).items() if name in needed(schema)
    }


def needed(schema: dict[str, Any]) -> list[str]:
    found: list[str] = schema.get("required", [])
    return found


def referenced(operation: Operation) -> dict[str, Any]:
    """Which fields of the body are ids, and of what."""
    noun = NOUNS.get(operation.noun)
    if noun is None:
        return {}
    kind = operation.ident.removeprefix(operation.noun.replace("-", "_") + "_").replace("_", "-")
    own = {"create": noun.create, "change": noun.change, "remove": noun.remove}
    write = own.get(kind) or noun.verbs.get(kind)
    return dict(write.body.references) if write is not None else {}


def _value(name: str, part: dict[str, Any], operation: Operation, rows: dict[str, Any]) -> Any:
    model = referenced(operation).get(name)
    if model is not None:
        return next(row.pk for row in rows.values() if isinstance(row, model))
    part = next((p for p in part.get("anyOf", ()) if p.get("type") != "null"), part)
    if "enum" in part or "const" in part:
        return part.get("const", part.get("enum", [None])[0])
    if part.get("format") == "date":
        return "2026-03-01"
    plain = {"integer": 1, "number": 1.0, "boolean": False, "string": "x", "array": []}
    return plain[part["type"]]


def senseless(operation: Operation, rows: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A body that was valid, with some of the fields it may have put to something else, left out or added."""
    properties = list((operation.schema or {}).get("properties", {}))
    sent = valid(operation, rows)
    for name in properties:
        if chance.random() < 0.35:
            sent[name] = chance.choice(SENSELESS)
    if chance.random() < 0.1:
        sent["no_such_field"] = 1
    if sent and chance.random() < 0.1:
        sent.pop(chance.choice(list(sent)))
    return sent
