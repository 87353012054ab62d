"""MPXJ as an independent reader: what ours find in real files, and what ours write of them, must be what it finds there.

One Java machine reads everything at once. Skipped where MPXJ, Java or the real files are absent.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from goldenthread.formats import exchange
from goldenthread.formats.errors import FormatError
from goldenthread.formats.mspdi_writer import write_mspdi
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.xer_writer import write_xer
from tests.formats.material import DATA, real_file
from tests.formats.schedules import WEIR
from tests.formats.test_real_schedules import MSPDI, XER

OWN = {"own/weir.xml": WEIR}
NAMES = [name for name in (*MSPDI, *XER) if "viewer" not in name]  # whose kinds of links lack their prefix: MPXJ takes all for FS
WRITERS = {"xml": write_mspdi, "xer": write_xer}


def content(name: str) -> bytes:
    return OWN[name] if name in OWN else real_file(f"schedules/{name}")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What MPXJ says of every file, and of each as we write it in both formats, by name and ending."""
    try:
        exchange.check_ready()
    except FormatError as refusal:
        pytest.skip(f"no oracle: {refusal.message}")
    folder = tmp_path_factory.mktemp("oracle")
    paths = {}
    for name in [one for one in (*NAMES, *OWN) if one in OWN or (DATA / "schedules" / one).exists()]:
        data = content(name)
        file = read_schedule(data)
        versions = {"as it is": data} | {end: write(file, file.projects[0].id).data for end, write in WRITERS.items()}
        for key, version in versions.items():
            if name in OWN and key == "as it is":  # too short for MPXJ, which asks for cells that say nothing
                continue
            end = Path(name).suffix if key == "as it is" else f".{key}"
            path = folder / f"{len(paths)}{end}"
            path.write_bytes(version)
            paths[str(path)] = name, key
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.formats.mpxj_figures", *paths], capture_output=True, text=True, check=True, cwd=root
    )
    return {paths[path]: found for path, found in json.loads(done.stdout).items()}


def leaves(project: dict) -> dict[str, dict]:
    return {
        row["id"]: {"name": row["name"].strip(), "hours": row["hours"], "start": row["start"], "finish": row["finish"]}
        for row in project["rows"]
        if not row["summary"]
    }


def ours(project) -> dict[str, dict]:
    return {
        task.id: {
            "name": task.name,
            "hours": None if task.duration_minutes is None else round(task.duration_minutes / 60, 2),
            "start": task.start.isoformat()[:16] if task.start else "",
            "finish": task.finish.isoformat()[:16] if task.finish else "",
        }
        for task in project.tasks
        if not task.is_summary
    }


def differing(stated: dict[str, dict], found: dict[str, dict]) -> list:
    """What is stated and found otherwise; MPXJ works out some figures that are not stated."""
    assert sorted(stated) == sorted(found)
    return [
        (key, name, value, found[key][name])
        for key, row in stated.items()
        for name, value in row.items()
        if value not in ("", None) and value != found[key][name]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_our_readers_find_what_mpxj_finds(told, name):
    file = read_schedule(content(name))
    project, (found, *_) = file.projects[0], told[name, "as it is"]
    assert differing(ours(project), leaves(found)) == []
    links = [[a.predecessor_id, a.successor_id, a.kind, round(a.lag_minutes / 60, 2)] for a in project.relationships]
    assert sorted(links) == found["links"]
    assert sum(bool(one.name) for one in file.resources) == found["resources"]
    assert len(project.assignments) == found["assignments"]


@pytest.mark.parametrize("end", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_mpxj_finds_in_what_we_write_what_it_finds_in_the_original(told, name, end):
    (before, *_), (after, *_) = told[name, "as it is"], told[name, end]
    assert differing(leaves(before), leaves(after)) == []
    rows = leaves(before) if end == "xer" else {row["id"] for row in before["rows"]}  # Primavera links no summary
    assert after["links"] == [link for link in before["links"] if link[0] in rows and link[1] in rows]
    assert (after["resources"], after["assignments"]) == (before["resources"], before["assignments"])


@pytest.mark.parametrize("end", WRITERS)
@pytest.mark.parametrize("name", OWN)
def test_mpxj_finds_in_what_we_write_what_we_found_before(told, name, end):
    project, (found, *_) = read_schedule(content(name)).projects[0], told[name, end]
    assert differing(ours(project), leaves(found)) == []
