"""`gt`: quick to speak, plain in its refusals, and right about what is done already. Nothing here installs or serves."""

import importlib.machinery
import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT


@pytest.fixture
def gt(tmp_path, monkeypatch):
    """The front door of a copied house, so that the real one is not touched."""
    for name in ("gt", "pyproject.toml", "requirements"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    for package in ("purpose", "plan"):
        (tmp_path / "src/goldenthread" / package / "migrations").mkdir(parents=True)
        (tmp_path / "src/goldenthread" / package / "migrations/0001_initial.py").touch()
    for key in [key for key in os.environ if key.startswith("GT_")]:
        monkeypatch.delenv(key)
    loader = importlib.machinery.SourceFileLoader("front_door", str(tmp_path / "gt"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("front_door", loader))
    loader.exec_module(module)
    return module


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "gt"), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
    )


def test_help_names_every_verb():
    done = run("--help")
    assert done.returncode == 0
    assert all(f"./gt {verb}" in done.stdout for verb in ("test", "check", "fix", "docs", "bench", "lock", "WORD"))


def test_an_unknown_option_is_wrong_usage():
    done = run("--demo-please")
    assert done.returncode == 2
    assert "--demo-please" in done.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_by_name(port):
    done = run(GT_PORT=port)
    assert done.returncode == 1
    assert "GT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_refused_before_anything_is_set_up(gt, monkeypatch):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("GT_PORT", str(taken.getsockname()[1]))
        with pytest.raises(gt.Refused, match="in use"):
            gt.port()


def test_it_uses_nothing_but_the_standard_library():
    text = (ROOT / "gt").read_text(encoding="utf-8")
    import ast

    names = {a.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_older_python_can_still_read_it_and_is_told_plainly():
    import ast

    ast.parse((ROOT / "gt").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_without_the_venv_module_it_prints_the_one_command(gt, monkeypatch):
    monkeypatch.setattr(gt.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(gt.Refused, match=r"python3-venv|python3-pip|py3-pip|python\.org"):
        gt.boot_uv()


def test_a_step_that_fails_shows_the_end_of_its_output(gt):
    with pytest.raises(gt.Failed, match="line 39"):
        gt.run(sys.executable, "-c", "import sys; [print('line', n) for n in range(40)]; sys.exit(4)")


def test_a_cut_off_state_file_is_as_good_as_none(gt, tmp_path):
    broken = tmp_path / "state.json"
    broken.write_text('{"installed": "abc')
    assert gt.read_json(broken) == {}


def test_state_is_written_whole_and_for_its_owner_alone(gt, tmp_path):
    path = tmp_path / "deep" / "state.json"
    gt.write_json(path, {"a": 1})
    assert json.loads(path.read_text()) == {"a": 1}
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0
    assert [other.name for other in path.parent.iterdir()] == ["state.json"]


@pytest.fixture
def database(gt, tmp_path, monkeypatch) -> Path:
    """A data folder whose database has had both migrations of the copied house."""
    monkeypatch.setenv("GT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "golden-thread.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        connection.executemany(
            "INSERT INTO django_migrations VALUES (?, ?)", [("purpose", "0001_initial"), ("plan", "0001_initial")]
        )
    return path


def test_a_database_with_every_migration_is_left_alone(gt, database):
    assert gt.database_is_current({"database": "x"}, "x")


def test_a_new_migration_a_new_lock_or_a_lost_file_is_noticed(gt, database, tmp_path):
    assert not gt.database_is_current({"database": "x"}, "other requirements")
    (tmp_path / "src/goldenthread/plan/migrations/0002_more.py").touch()
    assert not gt.database_is_current({"database": "x"}, "x")
    database.unlink()
    assert not gt.database_is_current({"database": "x"}, "x")


def test_another_database_is_always_asked(gt, database, monkeypatch):
    monkeypatch.setenv("GT_DATABASE_URL", "postgresql://somewhere/else")
    assert not gt.database_is_current({"database": "x"}, "x")


def test_the_closing_line_counts_every_lane_and_decides_the_exit_code(gt, capsys):
    assert gt.closing({"passed": 3, "failed": 0, "errors": 0, "skipped": 1}, [0, 0, 5], 61.0) == 0
    assert "3 passed, 1 skipped in 61.00s" in capsys.readouterr().out
    assert gt.closing({"passed": 3, "failed": 1, "errors": 0}, [0, 1, 0], 1.0) == 1
    assert gt.closing({"passed": 3, "failed": 0, "errors": 1}, [0, 1, 0], 1.0) == 1
    assert gt.closing({}, [5, 5, 5], 1.0) == 1, "no test at all is not a pass"
    assert gt.closing({"passed": 3}, [0, 2], 1.0) == 1
    assert gt.closing({}, [4], 1.0) == 2
    assert gt.closing({"passed": 3}, [0, 3], 1.0) == 3


def test_reports_of_pytest_are_counted_as_pytest_counts_them(gt, tmp_path):
    (tmp_path / "test_all.py").write_text(
        "import pytest\n"
        "def test_a(): pass\n"
        "def test_b(): assert 0\n"
        "def test_c(): pytest.skip('x')\n"
        "@pytest.fixture\n"
        "def f(): 1/0\n"
        "def test_d(f): pass\n"
    )
    report = tmp_path / "report.xml"
    pytest_here = [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-c", "plain.ini", f"--junitxml={report}"]
    (tmp_path / "plain.ini").write_text("[pytest]\n")
    subprocess.run([*pytest_here, "test_all.py"], check=False, capture_output=True, cwd=tmp_path)
    assert gt.count_of(report) == {"passed": 1, "failed": 1, "errors": 1, "skipped": 1}
    assert gt.count_of(tmp_path / "none.xml")["errors"] == 1
