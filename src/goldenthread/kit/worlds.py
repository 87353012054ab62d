"""Another state of an organisation's data to answer from: how it stood on a day, or how it would stand.

A world is a small SQLite database in memory. Inside one, every query of the same thread goes there, so each page, action and
figure of the product works on it as it does on the stored data, which no statement reaches meanwhile (decision 0026).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper

from goldenthread.kit import clock
from goldenthread.kit.tables import create_all

ENGINE, IN_MEMORY = "django.db.backends.sqlite3", ":memory:"


@dataclass(frozen=True)
class World:
    """A whole database as bytes, and the moment at which its clock stands still; None where it runs."""

    content: bytes
    moment: datetime | None = None
    may_write: bool = False


class Kept:
    """The worlds that were asked for last, a few megabytes each, kept by what they follow from. One for each server process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, World] = OrderedDict()
        self._built: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, build: Callable[[], World]) -> World:
        """The world of `key`, built where it is not kept; who asks for it meanwhile waits, who asks for another does not."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._built.setdefault(key, Lock())
        with turn:
            if not self.has(key):
                try:
                    self.put(key, made := build())
                finally:
                    with self._lock:
                        self._built.pop(key, None)
                return made
        return self.get(key, build)

    def has(self, key: Hashable) -> bool:
        """Whether the world of `key` is kept."""
        with self._lock:
            return key in self._kept

    def put(self, key: Hashable, world: World) -> None:
        """Keep a world that is known already."""
        with self._lock:
            self._keep(key, world)

    def _keep(self, key: Hashable, world: World) -> None:
        self._kept[key] = world
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


@contextmanager
def inside(world: World) -> Iterator[Callable[[], bytes]]:
    """Answer every query of this thread from a copy of `world`. Yields what tells the copy's content.

    A world that is not to be written refuses every write by itself. What is written to one that is ends with the block.
    """
    with clock.stopped(world.moment), _in_place_of_the_stored(world.content) as made:
        if not world.may_write:
            made.cursor().execute("PRAGMA query_only = ON")
        yield lambda: bytes(made.connection.serialize())


def is_inside() -> bool:
    """Whether this thread answers from a world: what is kept by the stored data's newest changeset is not of it."""
    return bool(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"] == IN_MEMORY)


def of_the_stored(key: Hashable, ask: Callable[[], Any]) -> Any:
    """What `ask` answers of the stored data, from inside a world: asked once while the world is open."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    if key not in here.told:
        connections[DEFAULT_DB_ALIAS] = here.stored
        try:
            here.told[key] = ask()
        finally:
            connections[DEFAULT_DB_ALIAS] = here
    return here.told[key]


def filled(fill: Callable[[Any], None]) -> bytes:
    """A world's content: the empty tables of every model, filled by `fill`, which is given their connection."""
    made = _opened(_empty())
    try:
        made.disable_constraint_checking()  # rows come table by table, and what a record names may be gone
        made.connection.execute("BEGIN")
        fill(made)
        made.connection.execute("COMMIT")
        return bytes(made.connection.serialize())
    finally:
        _close(made)


@cache
def _empty() -> bytes:
    """The tables of every model, without a row."""
    with _in_place_of_the_stored(b"") as made:
        made.disable_constraint_checking()
        with made.schema_editor() as editor:
            create_all(editor)
        return bytes(made.connection.serialize())


@contextmanager
def _in_place_of_the_stored(content: bytes) -> Iterator[Any]:
    """Stand in this thread's connection for a database of its own."""
    stored: Any = connections[DEFAULT_DB_ALIAS]
    made = _opened(content)
    made.stored, made.told = getattr(stored, "stored", stored), {}
    connections[DEFAULT_DB_ALIAS] = made
    try:
        yield made
    finally:
        connections[DEFAULT_DB_ALIAS] = stored
        _close(made)


def _close(made: Any) -> None:
    """Give the memory back now: Django keeps a database in memory open, and whatever still names the connection keeps it."""
    BaseDatabaseWrapper.close(made)


def _opened(content: bytes) -> Any:
    settings = {**connections.settings[DEFAULT_DB_ALIAS], "ENGINE": ENGINE, "NAME": IN_MEMORY, "OPTIONS": {}, "TIME_ZONE": None}
    made = DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    made.connect()
    if content:
        made.connection.deserialize(content)
    return made
