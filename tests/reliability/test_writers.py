"""Writers that compete, and writers that are killed."""

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
    assert done.answer["log"]["same_view"], "a long reader saw what was written meanwhile"
    if processes < 16:  # of writers who never pause it grows until they do: to 680 MiB after 16 x 500, not yet bounded
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
