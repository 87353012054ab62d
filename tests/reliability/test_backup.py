"""A backup taken while others write holds one moment, whole; a damaged one is refused."""

import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests import product

DATABASE = "golden-thread.sqlite3"


def dump(database: Path) -> list[str]:
    """Every row of a database as text: its logical content."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def taken_out(backup: Path, folder: Path) -> Path:
    with zipfile.ZipFile(backup) as archive:
        return Path(archive.extract("database", folder))


@pytest.mark.slow
def test_a_backup_under_load_restores_equal(folder: Path, tmp_path: Path):
    words = [sys.executable, "-m", "tests.reliability.writers", "2", "100000"]
    writers = subprocess.Popen(
        words, cwd=product.ROOT, env=product.environment(folder), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        backups = [tmp_path / f"{i}.zip" for i in range(3)]
        told = [product.must(folder, "backup", str(backup)) for backup in backups]
        assert writers.poll() is None, "the writers ended too early for this to be a backup under load"
    finally:
        os.killpg(writers.pid, signal.SIGKILL)  # the group that we started, children too
        writers.wait()
    assert told[0]["changesets"] < told[-1]["changesets"], "nothing was written between the backups"
    restored = tmp_path / "restored"
    assert product.must(restored, "restore", str(backups[-1]))["changesets"] == told[-1]["changesets"]
    assert dump(restored / DATABASE) == dump(taken_out(backups[-1], tmp_path))
    assert product.must(restored, "verify")["whole"]
    with closing(sqlite3.connect(restored / DATABASE)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM accounts_changeset").fetchone()[0] == told[-1]["changesets"]


def test_a_damaged_backup_is_refused_and_brings_nothing(works: Path, tmp_path: Path):
    backup = tmp_path / "whole.zip"
    product.must(works, "backup", str(backup))
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0x01
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(bytes(content))
    target = tmp_path / "target"
    refused = product.run(target, "restore", str(damaged), "--json")
    assert refused.code == 1
    assert "damaged" in refused.err
    assert "Traceback" not in refused.err
    with closing(sqlite3.connect(target / DATABASE)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM accounts_organisation").fetchone() == (0,)
    assert product.run(target, "restore", str(backup), "--json").code == 0, "the whole backup no longer fits the folder"


def test_a_backup_is_not_restored_over_data(works: Path, folder: Path, tmp_path: Path):
    backup = tmp_path / "whole.zip"
    product.must(works, "backup", str(backup))
    before = dump(folder / DATABASE)
    refused = product.run(folder, "restore", str(backup))
    assert (refused.code, "data here already" in refused.err) == (1, True)
    assert dump(folder / DATABASE) == before
