"""SQLite's log begins anew before a long look at the data, so that looks that follow each other do not let it grow."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from goldenthread.accounts.models import Organisation
from goldenthread.config import keeping
from goldenthread.config.environment import sqlite
from goldenthread.config.keeping import _dump, empty_log


def opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=20)
    database.executescript(sqlite(path)["OPTIONS"]["init_command"])
    database.execute("CREATE TABLE IF NOT EXISTS line (text)")
    return database


def write(database: sqlite3.Connection) -> None:
    """Some 2 MiB."""
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO line VALUES (?)", (("x" * 1000,) for _ in range(2000)))
    database.execute("COMMIT")


def look(database: sqlite3.Connection) -> int:
    database.execute("BEGIN")
    return database.execute("SELECT COUNT(*) FROM line").fetchone()[0]


def log_of(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


def test_looks_that_follow_each_other_closely_do_not_let_the_log_grow(tmp_path: Path):
    path = tmp_path / "data.sqlite3"
    with closing(opened(path)) as writer, closing(opened(path)) as reader:
        for _ in range(4):
            empty_log(reader)
            seen = look(reader)
            write(writer)
            assert reader.execute("SELECT COUNT(*) FROM line").fetchone()[0] == seen
            assert log_of(path) < 3 * 2**20
            reader.execute("COMMIT")


def test_where_somebody_looks_on_it_gives_up_soon_and_keeps_its_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "LOG_ATTEMPTS", 2)
    path = tmp_path / "data.sqlite3"
    with closing(opened(path)) as writer, closing(opened(path)) as reader, closing(opened(path)) as backup:
        look(reader)
        write(writer)
        empty_log(backup)
        assert log_of(path) > 2**20
        assert backup.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the log is SQLite's")
def test_a_backup_begins_on_an_empty_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "_state", lambda ask: {})  # it speaks of migrations, which this database has not seen
    Organisation.objects.create(name="Works", slug="works")
    path = Path(connection.settings_dict["NAME"])
    assert log_of(path) > 0
    assert _dump(tmp_path / "copy.sqlite3") == ("sqlite", {})
    assert log_of(path) == 0
