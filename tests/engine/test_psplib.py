"""The networks of PSPLIB (Kolisch & Sprecher 1997) without their resources: the published bound is their critical path."""

import csv
import io

import pytest

from goldenthread.engine.critical_path import Network, schedule
from tests.formats.material import real_file


def network(text):
    """Jobs with durations, and their successors, from an .sm file."""
    _, _, after = text.partition("PRECEDENCE RELATIONS:")
    relations, _, rest = after.partition("REQUESTS/DURATIONS:")
    rows = [[int(word) for word in line.split()] for line in relations.splitlines() if line.split() and line.split()[0].isdigit()]
    times = [line.split() for line in rest.splitlines() if line.split() and line.split()[0].isdigit()]
    links = [(job, after) for job, _, _, *successors in rows for after in successors]
    return Network(
        key=[job for job, *_ in rows],
        duration=[int(words[2]) for words in times[: len(rows)]],
        predecessor=[a - 1 for a, _ in links],
        successor=[b - 1 for _, b in links],
    )


@pytest.mark.parametrize("size", ["j30", "j60", "j90", "j120"])
def test_the_finish_is_the_published_critical_path(size):
    known = csv.DictReader(io.StringIO(real_file("psplib/best_known.csv").decode()))
    cases = [row for row in known if row["set"] == size]
    assert len(cases) == 12
    for row in cases:
        made = network(real_file(f"psplib/{size}/{row['name']}.sm").decode())
        found = schedule(made)
        assert found.finish == int(row["cpm_lower_bound"]), row["name"]
        assert found.total_float.min() == 0
        assert found.longest_path.tolist() == found.critical.tolist()
