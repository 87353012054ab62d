"""Queries that every visit asks again, composed once: where few rows are read, Django composes longer than a database searches.

A prepared query is a function that builds a queryset with a `Blank` wherever a value changes from visit to visit. Its SQL is
kept per organisation and per `key`, which must hold all else that the function looks at: never the time of day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Expression

from goldenthread.kit import worlds
from goldenthread.kit.scoping import limits

M = TypeVar("M")
LARGEST = 2**63 - 1
KEPT = 200  # composed queries a function keeps, 10 to 50 KB each


class Blank(Expression):
    """A place in a query for a value that is told when it is asked; a list where it stands after `__in`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A parameter that still has to be filled."""
        return "%s", (self,)

    def get_group_by_cols(self) -> list[Any]:
        """Nothing to group by: it is the same for every row."""
        return []


class Prepared(Generic[M]):
    """A function that builds a queryset, with the SQL of what it built: of the last `kept` keys."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, M]], *, kept: int = KEPT) -> None:
        self.build = build
        self.kept = kept
        self._composed: dict[Hashable, _Composed | None] = {}
        self._lock = Lock()

    def rows(self, *told: Any, key: Hashable = (), **values: Any) -> list[M]:
        """The rows of `build(*told)` with each blank filled by the value of its name, in one statement.

        `key` stands for `told`: calls of one key must build the same query. Raises KeyError where a blank has no value.
        """
        composed = self.composed(told, key)
        return composed.rows(values) if composed is not None else []

    def together(self, asked: Iterable[tuple[tuple[Any, ...], Hashable]], **values: Any) -> list[tuple[Any, ...]]:
        """The rows of several builds, each `told` with its key, in one statement and as the database gives them.

        All must select the same columns, without order or limit.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        parts = [one.filled(values, connection.ops) for told, key in asked if (one := self.composed(told, key)) is not None]
        if not parts:
            return []
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(sql for sql, _ in parts), [value for _, params in parts for value in params])
            return list(cursor.fetchall())

    def composed(self, told: tuple[Any, ...], key: Hashable) -> _Composed | None:
        """The query of `build(*told)`, kept for `key`; None where it can answer nothing."""
        if worlds.is_inside():  # what is built there rests on that world, and is of no use to the next
            return _compose(self.build(*told))
        whole = (limits(), key)
        with self._lock:
            if whole in self._composed:
                return self._composed[whole]
        made = _compose(self.build(*told))
        with self._lock:
            while len(self._composed) >= self.kept:
                del self._composed[next(iter(self._composed))]
            self._composed[whole] = made
        return made


def attach(rows: Sequence[Any], name: str, found: Sequence[Any], by: str) -> None:
    """Give each row those of `found` whose `by` is its key, as its relation `name`: what a prefetch does after its own query."""
    of: dict[Any, list[Any]] = defaultdict(list)
    for related in found:
        of[getattr(related, by)].append(related)
    for row in rows:
        known: Any = models.QuerySet(row._meta.get_field(name).related_model)
        known._result_cache, known._prefetch_done = of[row.pk], True  # noqa: SLF001  as Django's own prefetch leaves it
        row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


@dataclass(frozen=True)
class _Composed:
    """A queryset with its compiler's work done: SQL between the parameters, and the parameters, some of them blank."""

    queryset: Any
    compiler: Any
    pieces: tuple[str, ...]
    params: tuple[Any, ...]
    converters: dict[int, Any]  # what turns a column's value into Python's, by position

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """The rows, as the queryset would give them."""
        mine = self.queryset
        compiler = copy(self.compiler)
        compiler.connection = connections[compiler.using]
        filled = self.filled(values, compiler.connection.ops)
        compiler.as_sql = lambda *_, **__: filled
        compiler.get_converters = lambda _: self.converters
        asked = type(mine)(mine.model, query=replace(mine.query, compiler=compiler), using=compiler.using)
        for name in ("_iterable_class", "_fields", "_known_related_objects", "_prefetch_related_lookups"):
            setattr(asked, name, getattr(mine, name))
        return list(asked)

    def filled(self, values: dict[str, Any], ops: Any) -> tuple[str, tuple[Any, ...]]:
        """SQL and parameters with each blank filled."""
        sql, params = [self.pieces[0]], list[Any]()
        for param, piece in zip(self.params, self.pieces[1:], strict=True):
            value = values[param.name] if isinstance(param, Blank) else param
            if isinstance(value, (list, set, frozenset)):
                sql.append(", ".join(["%s"] * len(value)) or "NULL")  # in an empty list stands nothing
                params += [_fitting(one, ops) for one in value]
            else:
                sql.append("%s")
                params.append(value if value is param else _fitting(value, ops))
            sql.append(piece)
        return "".join(sql), tuple(params)


def _fitting(value: Any, ops: Any) -> Any:
    """A value as the database takes it; a number that no column can hold becomes NULL, which nothing equals."""
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return None
    return ops.adapt_unknown_value(value)


@dataclass(frozen=True)
class _Ready:
    """Stands for a query whose compiler has done its work, with all that reading rows still asks of it: the columns' names."""

    extra_select: tuple[str, ...]
    values_select: tuple[str, ...]
    annotation_select: tuple[str, ...]
    compiler: Any = None

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        """The compiler with its work done."""
        return self.compiler


def _compose(queryset: Any) -> _Composed | None:
    """The composed query; None where it can answer nothing, whatever is asked."""
    query = queryset.query
    compiler = query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = [column for column, _, _ in compiler.select]
    converters = compiler.get_converters(columns[: compiler.col_count])
    ready = _Ready(*map(tuple, (query.extra_select, query.values_select, query.annotation_select)))
    kept = type(compiler)(ready, compiler.connection, compiler.using)  # without conditions and subqueries, most of what there was
    for name in ("klass_info", "annotation_col_map", "col_count", "has_extra_select"):
        setattr(kept, name, getattr(compiler, name))
    kept.select = [(_column(getattr(column, "target", None)), None, None) for column in columns]
    queryset._query = ready  # noqa: SLF001  the setter would also choose how rows are read
    return _Composed(queryset, kept, tuple(sql.split("%s")), tuple(params), converters)


@cache
def _column(target: Any) -> SimpleNamespace:
    """What reading rows asks of a column: the field it fills."""
    return SimpleNamespace(target=target)
