"""A backup taken while others write holds one moment, whole; a damaged one is refused."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import product
from tests.reliability.conftest import long

DATABASE = "golden-thread.sqlite3"


def dump(database: Path) -> list[str]:
    """Every row of a database as text: its logical content."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def taken_out(backup: Path, folder: Path) -> Path:
    with zipfile.ZipFile(backup) as archive:
        return Path(archive.extract("database", folder))


def files_of(folder: Path) -> dict[str, bytes]:
    """The stored files by name."""
    root = folder / "files"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Two writers that never stop."""
    words = [sys.executable, "-m", "tests.reliability.writers", "2", "100000"]
    writers = subprocess.Popen(
        words, cwd=product.ROOT, env=product.environment(folder), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
        assert writers.poll() is None, "the writers ended too early for this to be a backup under load"
    finally:
        os.killpg(writers.pid, signal.SIGKILL)  # the group that we started, children too
        writers.wait()


def enlarge(folder: Path) -> None:
    """16 MB of rows and some stored files: a copy that takes a while."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("CREATE TABLE ballast (text)")
        connection.executemany("INSERT INTO ballast VALUES (?)", ((f"{n} " * 800,) for n in range(4_000)))
        connection.commit()
    stored = folder / "files" / "imports"
    stored.mkdir(parents=True)
    for number in range(20):
        content = f"file {number} ".encode() * 10_000
        (stored / hashlib.sha256(content).hexdigest()).write_bytes(content)


def backed_up(folder: Path, backup: Path) -> dict:
    """Back up with an end to our patience."""
    words = [sys.executable, "-m", product.COMMAND, "backup", str(backup), "--json"]
    done = subprocess.run(words, env=product.environment(folder), check=True, stdout=subprocess.PIPE, timeout=120)
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("rounds", "restored"), [(2, 1), pytest.param(20, 20, marks=long)])
def test_a_backup_under_load_restores_equal(folder: Path, tmp_path: Path, rounds: int, restored: int):
    enlarge(folder)
    backups = [tmp_path / f"{i}.zip" for i in range(rounds)]
    with writing(folder):
        told = [backed_up(folder, backup) for backup in backups]
    counts = [one["changesets"] for one in told]
    assert counts == sorted(set(counts)), "nothing was written between two backups"
    for number in range(rounds - restored, rounds):
        target = tmp_path / f"restored {number}"
        assert product.must(target, "restore", str(backups[number]))["changesets"] == counts[number]
        assert dump(target / DATABASE) == dump(taken_out(backups[number], tmp_path))
        assert files_of(target) == files_of(folder)
        assert len(files_of(target)) == 20
        assert product.must(target, "verify")["whole"]
        with closing(sqlite3.connect(target / DATABASE)) as connection:
            assert connection.execute("SELECT COUNT(*) FROM accounts_changeset").fetchone()[0] == counts[number]
        shutil.rmtree(target)
    print(f"\n{restored} of {rounds} backups restored equal; changesets {counts[0]} to {counts[-1]}")


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
