"""A full disk: a plain message, nothing half, and work goes on once there is room."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import product


def test_a_full_disk_is_said_plainly_and_leaves_nothing_half(folder: Path):
    done = product.module(folder, "tests.reliability.full")
    assert done.code == 0, done.err
    told = done.answer
    assert told["page"]["status"] == 503
    assert "Nothing was changed" in told["page"]["text"]
    assert told["page"]["same"]
    assert "full" in told["import"]
    assert not told["half"]
    assert (told["again"], told["gained"]) == ("", 400)
    assert product.must(folder, "verify")["whole"]


ALONE = ("unshare", "--map-root-user", "--mount")  # a name space in which we may mount: gone with the process


@pytest.fixture
def full_disk(works: Path, tmp_path: Path) -> dict:
    """What was tried on a real file system without room."""
    try:
        subprocess.run([*ALONE, "mount", "-t", "tmpfs", "none", str(tmp_path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system of its own can be mounted here ({error}); the test with SQLite's limit stands in")
    words = [*ALONE, sys.executable, "-m", "tests.reliability.no_room", str(works), str(tmp_path)]
    done = subprocess.run(words, env=product.environment(works), cwd=product.ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_disk_without_room_leaves_nothing_half_and_all_that_was(full_disk: dict):
    attempts = ("backup", "workbook", "tables", "strategy")
    assert full_disk["good"] == dict.fromkeys(attempts, 0)
    for name in (*attempts, "new workbook"):
        told = full_disk[name]
        assert told["code"] == 3, (name, told)
        assert "Nothing was changed" in told["said"], (name, told)
        assert "Traceback" not in told["said"], (name, told)
        assert (told["changed"], told["same_rows"]) == ([], True), (name, told)
    upload, page = full_disk["upload"], full_disk["page"]
    assert upload["status"] == 507, upload
    assert "no room left on the disk. Nothing was changed" in upload["said"]
    assert (upload["changed"], upload["same_rows"]) == ([], True)
    assert page["status"] == 503, page
    assert "Nothing was changed" in page["said"]
    assert page["whole"]
    assert full_disk["reading"]["status"] == 200
    assert full_disk["again"] == dict.fromkeys(attempts, 0) | {"upload": 303, "page": 303}
    assert full_disk["verify"] == 0
