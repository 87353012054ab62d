"""A full disk: a plain message, nothing half, and work goes on once there is room."""

from pathlib import Path

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
