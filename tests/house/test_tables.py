"""An empty database gets at once what the migrations, one after the other, would have made of it."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor

from goldenthread.kit.tables import make_at_once

COLUMNS = """SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, character_maximum_length
             FROM information_schema.columns WHERE table_schema = 'public'"""
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"

UNUSED = ("auth_group_permissions", "id")  # Django's groups, which nobody here uses: a key of 4 or 8 bytes on PostgreSQL


def parts_of(sql: str) -> tuple[str, ...]:
    """A table's columns and constraints as SQL, in the order of the alphabet: no query of ours asks in which they stand."""
    head, _, body = sql.partition("(")
    depth, parts, part = 0, [], ""
    for letter in body.rpartition(")")[0]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts, part = [*parts, part.strip()], ""
        else:
            part += letter
    return (head.strip(), *sorted([*parts, part.strip()]))


def shape_of(made: Any) -> set[tuple[Any, ...]]:
    """All that a database says of its tables, constraints and indexes."""
    with made.cursor() as cursor:
        if made.vendor == "sqlite":
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {(kind, name, parts_of(sql) if kind == "table" else sql) for kind, name, sql in cursor.fetchall()}
        found: set[tuple[Any, ...]] = set()
        for asked in (COLUMNS, CONSTRAINTS, INDEXES):
            cursor.execute(asked)
            found |= set(cursor.fetchall())
        return found


@pytest.fixture
def empty(tmp_path: Path, django_db_blocker) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Makes empty databases beside the tests' own: answers their settings."""
    made: list[str] = []
    wrapper: Any = type(connections[DEFAULT_DB_ALIAS])
    outside = {**connection.settings_dict, "NAME": "postgres"}

    def run(sql: str) -> None:
        with django_db_blocker.unblock():
            other = wrapper(outside, DEFAULT_DB_ALIAS)
            with other.cursor() as cursor:
                cursor.execute(sql)
            other.close()

    def make(name: str) -> dict[str, Any]:
        if connection.vendor == "sqlite":
            return {**connection.settings_dict, "NAME": str(tmp_path / name)}
        full = f"{connection.settings_dict['NAME']}_{name}"
        run(f'DROP DATABASE IF EXISTS "{full}"')
        run(f'CREATE DATABASE "{full}"')
        made.append(full)
        return {**connection.settings_dict, "NAME": full}

    yield make
    for full in made:
        run(f'DROP DATABASE "{full}"')


def shape_after(settings: dict[str, Any], fill: Callable[[Any], object], blocker: Any) -> set[tuple[Any, ...]]:
    """What `fill` makes of a database: in a thread of its own, whose connection it is."""

    wrapper: Any = type(connections[DEFAULT_DB_ALIAS])

    def fill_there() -> set[tuple[Any, ...]]:
        with blocker.unblock():
            connections[DEFAULT_DB_ALIAS] = there = wrapper(settings, DEFAULT_DB_ALIAS)
            try:
                fill(there)
                return shape_of(there)
            finally:
                there.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(fill_there).result()


def step_by_step(there: Any) -> None:
    executor = MigrationExecutor(there)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def real_migrations(settings) -> None:
    """Those of the product, also where this run makes its tables without them."""
    settings.MIGRATION_MODULES = {}


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite" and not os.environ.get("LONG_TESTS"), reason="on PostgreSQL with LONG_TESTS")
@pytest.mark.usefixtures("real_migrations")
def test_tables_made_at_once_are_those_that_the_migrations_make(empty, django_db_blocker):
    slowly = shape_after(empty("slowly"), step_by_step, django_db_blocker)
    at_once = shape_after(empty("at_once"), make_at_once, django_db_blocker)
    assert len(at_once) > 700
    assert {fact for fact in at_once ^ slowly if fact[:2] != UNUSED} == set()


@pytest.mark.django_db
def test_where_tables_are_nothing_is_made_at_once():
    assert not make_at_once(connection)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_migrations")
def test_all_migrations_are_noted_and_none_is_left(empty, django_db_blocker):
    def twice(there: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        executor = MigrationExecutor(there)
        assert not executor.migration_plan(executor.loader.graph.leaf_nodes())
        assert not make_at_once(there)
        with there.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM django_content_type")
            assert cursor.fetchone()[0] > 100, "what Django notes after migrating is noted"

    shape_after(empty("noted"), twice, django_db_blocker)
