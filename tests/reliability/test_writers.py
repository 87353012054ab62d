"""Writers that compete, and writers that are killed."""

import os
from pathlib import Path

import pytest

from tests import product
from tests.reliability.conftest import long


@pytest.mark.slow
@pytest.mark.parametrize(("processes", "transactions"), [(4, 40), pytest.param(16, 500, marks=long)])
def test_many_writers_lose_nothing_and_never_meet_a_lock(folder: Path, processes: int, transactions: int):
    done = product.module(folder, "tests.reliability.writers", str(processes), str(transactions))
    assert done.code == 0, done.err
    told, found = done.answer["told"], done.answer["found"]
    print(done.out)
    assert told["locked"] == 0
    assert told["waited"] < 20_000, "somebody waited as long as the database is patient"
    assert 0 < told["held_computing"] <= 250, "somebody kept the others out for longer than a page may"
    assert done.answer["log"]["same_view"], "a long reader saw what was written meanwhile"
    assert done.answer["log"]["bytes"] < 64 * 2**20
    assert found == {key: told[key] for key in found}
    assert told["added"] == processes * transactions // 2
    assert product.must(folder, "verify")["whole"]


@pytest.mark.slow
@pytest.mark.parametrize("kills", [15, pytest.param(200, marks=long)])
def test_a_killed_writer_loses_nothing_it_acknowledged(folder: Path, kills: int):
    done = product.module(folder, "tests.reliability.kills", str(kills), "7")
    assert done.code == 0, done.err
    counts = done.answer
    print(done.out)
    assert counts["faults"] == []
    assert counts["begun"] >= kills, "some writers were killed before they wrote"
    assert {key: counts[key] for key in ("missing", "half", "twice", "unannounced")} == {
        "missing": 0, "half": 0, "twice": 0, "unannounced": 0
    }  # fmt: skip
    assert product.must(folder, "verify")["whole"]


@long
def test_a_killed_server_loses_nothing_it_acknowledged(folder: Path):
    kills = int(os.environ.get("SERVER_KILLS") or 25)
    done = product.module(folder, "tests.reliability.server_kills", str(kills), "11")
    assert done.code == 0, done.err
    counts = done.answer
    print(done.out)
    assert counts["refused"] == []
    assert counts["begun"] >= 5 * kills, "hardly anything was written"
    assert counts["imports"] >= kills // 2, "hardly any file was imported"
    assert {key: counts[key] for key in ("missing", "half", "twice", "strange")} == dict.fromkeys(
        ("missing", "half", "twice", "strange"), 0
    )
    assert counts["restart_computing"]["worst"] <= 5
    assert product.must(folder, "verify")["whole"]
