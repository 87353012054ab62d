"""How a room tells what programs may read and write through the JSON API: a noun, its columns, and its writes.

A room's `api.py` declares its nouns with these shapes; `config/api.py` makes operations of them. Types, lengths and choices
come from the models, so that the API, the pages and the tables cannot drift apart. Input is strict: unknown fields, NaN,
infinities, NUL bytes, text for numbers and days outside 1900 to 2199 are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

BIGGEST_ID = 2**63 - 1
BIGGEST = 9_000_000_000_000_000  # whole numbers up to here are exact in every program that reads JSON
FARTHEST = 1e15
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = {
    "PositiveSmallIntegerField": (0, 32767),
    "PositiveIntegerField": (0, 2_147_483_647),
    "IntegerField": (-2_147_483_648, 2_147_483_647),
}


def _plain(text: str) -> str:
    """Text that every database stores and every program reads back."""
    if "\0" in text:
        raise ValueError("A text holds no NUL byte.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("This text is not valid Unicode.") from None
    return text


def _day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("Write a day as 2027-03-31.")


Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
RowId = Annotated[int, Field(strict=True, ge=1, le=BIGGEST_ID)]
Whole = Annotated[int, Field(strict=True, ge=-BIGGEST, le=BIGGEST)]
Figure = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-FARTHEST, le=FARTHEST)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


def words(longest: int) -> Any:
    """The type of a text of at most `longest` characters."""
    return Annotated[str, Field(max_length=longest), AfterValidator(_plain)]


class Body(BaseModel):
    """What a request sends: no field but the named ones. `references` says which fields are ids, and of what."""

    model_config = ConfigDict(extra="forbid")
    references: ClassVar[dict[str, Any]] = {}


def body(
    name: str, model: Any = None, /, *, required: Sequence[str] = (), optional: Sequence[str] = (), **more: Any
) -> type[Body]:
    """A body of columns of `model` and `more` fields: a type, or a model for the id of a row; ending in `_` optional."""
    fields: dict[str, Any] = {}
    references: dict[str, Any] = {}
    for column in (*required, *optional):
        stored = model._meta.get_field(column)
        if stored.is_relation:
            references[column] = stored.related_model
        kind = _input(stored)
        fields[column] = (kind | None if stored.null else kind, _presence(required=column in required))
    for column, kind in more.items():
        given = kind
        if isinstance(kind, type) and issubclass(kind, models.Model):
            references[column.rstrip("_")], given = kind, RowId
        fields[column.rstrip("_")] = (given, _presence(required=not column.endswith("_")))
    made: type[Body] = create_model(name, __base__=Body, **fields)
    made.references = references
    return made


def optional_columns(model: Any, *names: str) -> dict[str, Any]:
    """Columns of a second model, as `more` of a body: none of them must be there."""
    stored = {name: model._meta.get_field(name) for name in names}
    return {f"{name}_": _input(column) | None if column.null else _input(column) for name, column in stored.items()}


def _presence(*, required: bool) -> Any:
    """A field that must be there, or one that is None only by not being there (no default is promised in the description)."""
    return Field() if required else Field(default_factory=lambda: None)


def _input(stored: Any) -> Any:
    kind = stored.get_internal_type()
    if stored.is_relation:
        return RowId
    if stored.choices:
        return _choice(stored)
    if kind in {"BooleanField", "FloatField", "DateField"}:
        return {"BooleanField": Flag, "FloatField": Figure, "DateField": Day}[kind]
    if kind in {"CharField", "TextField", "SlugField"}:
        return words(stored.max_length)
    low, high = WHOLE.get(kind, (-BIGGEST, BIGGEST))
    for validator in stored.validators:
        if isinstance(validator, MaxValueValidator) and isinstance(validator.limit_value, int):
            high = min(high, validator.limit_value)
        if isinstance(validator, MinValueValidator) and isinstance(validator.limit_value, int):
            low = max(low, validator.limit_value)
    return Annotated[int, Field(strict=True, ge=low, le=high)]


def _choice(stored: Any) -> Any:
    values = [value for value, _ in stored.flatchoices]
    return Literal[tuple(dict.fromkeys([*values, ""] if stored.blank else values))]


@dataclass(frozen=True)
class Write:
    """One write. `does` calls the room's action: (given, by) -> row to create, (row, given, by, version) -> None otherwise.

    `given` holds the fields that were sent, ids replaced by rows. With `makes`, a write to one row answers another, new one.
    """

    label: str
    does: Callable[..., Any]
    body: type[Body] = Body
    makes: bool = False


@dataclass(frozen=True)
class Noun:
    """One noun: where it is, the columns it answers (a name, or a name and its path), and how it is written.

    `rows` answers what a person may see, in place of the rule of the rights. `about` answers the row that the activity names
    in its place, `own_version` the columns whose sum is its version: more than one where one noun spans two tables.
    """

    path: str
    model: Any
    columns: Sequence[str | tuple[str, str]]
    filters: Sequence[str] = ()
    sorts: Sequence[str] = ()
    searched: Sequence[str] = ()
    rows: Callable[[Any], models.QuerySet[Any]] | None = None
    about: Callable[[Any], Any] = field(default=lambda row: row)
    create: Write | None = None
    change: Write | None = None
    remove: Write | None = None
    verbs: dict[str, Write] = field(default_factory=dict)
    own_version: tuple[str, ...] = ("version",)

    @property
    def paths(self) -> dict[str, str]:
        """Name -> path of every column answered, without the version."""
        return {"id": "id"} | dict(c if isinstance(c, tuple) else (c, c) for c in self.columns)

    def version_of(self, row: Any) -> int:
        """The version of a stored row."""
        return sum(reduce(getattr, path.split("__"), row) for path in self.own_version)

    def answer_of(self, values: Sequence[Any]) -> dict[str, Any]:
        """The answer for one row of values of `read_paths`."""
        names = list(self.paths)
        return dict(zip(names, values, strict=False)) | {"version": sum(values[len(names) :])}

    @property
    def read_paths(self) -> list[str]:
        """What to read of a row, in order: the columns, then what makes the version."""
        return [*self.paths.values(), *self.own_version]

    def stored(self, path: str) -> Any:
        """The model's field at the end of a path."""
        model, found = self.model, None
        for part in path.split("__"):
            found = model._meta.get_field(part)
            model = found.related_model
        return found

    def answer(self) -> type[BaseModel]:
        """The type of an answer."""
        fields: dict[str, Any] = {"id": (int, ...), "version": (int, ...)}
        for name, path in self.paths.items():
            stored = self.stored(path)
            if name != "id":
                kind = _output(stored)
                fields[name] = (kind | None if stored.null else kind, ...)
        return create_model(f"{self.model.__name__}Answer", **fields)

    def query(self) -> type[BaseModel]:
        """The type of a list's query: filters by equality (days from and to), words, order, page and size."""
        fields: dict[str, Any] = {"page": (Annotated[int, Field(ge=1, le=1_000_000)], 1)}
        fields["size"] = (Annotated[int, Field(ge=1, le=200)], 50)
        order = [f"{sign}{name}" for name in ("id", *self.sorts) for sign in ("", "-")]
        fields["sort"] = (Literal[tuple(order)], "id")
        if self.searched:
            fields["q"] = (words(100), "")
        for name in self.filters:
            for column, kind in self._filter(name):
                fields[column] = (kind | None, None)
        return create_model(f"{self.model.__name__}Query", **fields)

    def _filter(self, name: str) -> list[tuple[str, Any]]:
        stored = self.stored(self.paths[name])
        kind = stored.get_internal_type()
        if stored.is_relation:
            return [(name, Id)]
        if kind == "DateField":
            return [(f"{name}_from", Day), (f"{name}_to", Day)]
        return [(name, bool if kind == "BooleanField" else _choice(stored) if stored.choices else words(200))]

    def chosen(self, rows: models.QuerySet[Any], query: dict[str, Any]) -> models.QuerySet[Any]:
        """The rows that a list's query asks for, in its order."""
        paths = self.paths
        for name in self.filters:
            for column, _ in self._filter(name):
                if query[column] is not None:
                    suffix = {"_from": "__gte", "_to": "__lte"}.get(column.removeprefix(name), "")
                    rows = rows.filter(**{paths[name] + suffix: query[column]})
        for word in query.get("q", "").split()[:8]:
            rows = rows.filter(reduce(or_, (models.Q(**{f"{path}__icontains": word}) for path in self.searched)))
        sort = query["sort"]
        sign = "-" if sort.startswith("-") else ""
        return rows.order_by(f"{sign}{paths[sort.removeprefix('-')]}", f"{sign}id")


def _output(stored: Any) -> Any:
    kind = stored.get_internal_type()
    if stored.is_relation:
        return int
    if stored.choices:
        return _choice(stored)
    plain = {"BooleanField": bool, "FloatField": float, "DateField": date, "DateTimeField": datetime, "JSONField": dict[str, Any]}
    return plain.get(kind, str if kind in {"CharField", "TextField", "SlugField"} else int)
