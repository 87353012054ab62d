"""Reading a plan of 4,000 activities: our readers of Microsoft Project XML and Primavera XER beside MPXJ, on the same bytes.

`python readers.py ours|mpxj FILE` reads a file several times in one process and prints one JSON line: "first" and the best
"again" in seconds, without the start of Python or Java, and what was found. `rows` writes the files and runs both in turns.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ACTIVITIES, SUMMARIES, CREWS = 4_000, 80, 20
START = dt.datetime(2026, 1, 5, 8)
ROUNDS, AGAIN = 3, 6
NAMES = {"mspdi": "Microsoft Project XML", "xer": "Primavera XER"}
Row = tuple[str, str, str]
Found = dict[str, Any]


def rows() -> list[Row]:
    """The table of the benchmarks."""
    if not (find_spec("mpxj") and find_spec("jpype")):
        return [("Reading a plan file beside MPXJ", "absent: the exchange extra is not installed", "")]
    with tempfile.TemporaryDirectory() as folder:
        files = _written(Path(folder))
        taken: dict[tuple[str, str], list[Found]] = defaultdict(list)
        for _ in range(ROUNDS):
            for kind, path in files.items():
                for reader in ("ours", "mpxj"):
                    taken[kind, reader].append(_one(reader, path))
        return [row for kind in files for row in _of(kind, taken[kind, "ours"], taken[kind, "mpxj"])]


def _of(kind: str, ours: list[Found], theirs: list[Found]) -> list[Row]:
    title = f"{NAMES[kind]} of {ACTIVITIES:,} activities with crews and baseline"
    if ours[0]["found"] != theirs[0]["found"]:
        return [(title, f"not counted: {theirs[0]['found']} to our {ours[0]['found']}", "")]
    mine, other = ({name: min(one[name] for one in several) for name in ("first", "again")} for several in (ours, theirs))
    return [
        (f"{title}, read", f"{mine['first']:.2f} s, again {mine['again']:.2f} s", ""),
        ("… MPXJ, Java already started", f"{other['first'] / mine['first']:.1f} ×", "at least 1 ×"),
        ("… MPXJ, the same file read before", f"{other['again'] / mine['again']:.1f} ×", ""),
    ]


def _one(reader: str, path: Path) -> Found:
    words = [sys.executable, __file__, reader, str(path)]
    answer: Found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=300).stdout)
    return answer


def _written(folder: Path) -> dict[str, Path]:
    from goldenthread.formats import schedule_file as said
    from goldenthread.formats.schedule_writer import write_schedule

    file = _plan(said)
    found = {}
    for kind in NAMES:
        found[kind] = folder / f"plan.{kind}"
        found[kind].write_bytes(write_schedule(file, kind, made_at=dt.datetime(2026, 1, 5)).data)
    return found


def _plan(said: Any) -> Any:
    """Works packages of fifty rows that follow each other, each with a crew for its four days."""
    tasks: list[Any] = []
    links: list[Any] = []
    given: list[Any] = []
    for package in range(SUMMARIES):
        tasks.append(said.Task(f"{1_000_000 + package}", f"Package {package}", None, 1, is_summary=True, calendar_id="1"))
        for place in range(ACTIVITIES // SUMMARIES):
            key, begin = str(len(given) + 1), START + dt.timedelta(days=7 * place)
            end = begin + dt.timedelta(days=3, hours=9)
            tasks.append(
                said.Task(
                    key, f"Work {key} of package {package}", tasks[-1 - place].id, 2,
                    kind="fixed units", calendar_id="1", duration_minutes=1920, remaining_minutes=1920, work_minutes=1920,
                    start=begin, finish=end, planned_start=begin, planned_finish=end, notes="Agreed with the crew.",
                    baselines=(said.Baseline(0, begin, end, 1920, 1920),),
                )
            )  # fmt: skip
            if place:
                links.append(said.Relationship(str(int(key) - 1), key, "FS", 0))
            given.append(said.Assignment(key, key, str(int(key) % CREWS + 1), 1.0, 1920, 0, 1920, start=begin, finish=end))
    week = said.WorkWeek(tuple((said.Shift(480, 720), said.Shift(780, 1020)) if day < 5 else () for day in range(7)))
    crews = tuple(said.Resource(str(n + 1), f"Crew {n + 1}", "work", max_units=1.0) for n in range(CREWS))
    project = said.Project(
        "1", "Weir", start=START, default_calendar_id="1",
        tasks=tuple(tasks), relationships=tuple(links), assignments=tuple(given),
    )  # fmt: skip
    return said.ScheduleFile(said.MSPDI, "", (project,), (said.Calendar("1", "Standard", week),), crews, (), ())


def _ours(path: Path) -> Found:
    import gc

    from goldenthread.formats.schedule_reader import read_schedule

    gc.disable()  # as the process does in which files are read
    data = path.read_bytes()

    def read() -> list[int]:
        (project,) = read_schedule(data).projects
        return [sum(not task.is_summary for task in project.tasks), len(project.relationships), len(project.assignments)]

    return _timed(read)


def _mpxj(path: Path) -> Found:
    import jpype
    import mpxj

    jpype.startJVM("-Xmx2g", classpath=[str(Path(mpxj.__file__).parent / "lib" / "*")])
    reader, data = jpype.JPackage("org").mpxj.reader, path.read_bytes()
    stream = jpype.JClass("java.io.ByteArrayInputStream")

    def read() -> list[int]:
        project = reader.UniversalProjectReader().read(stream(data))
        rows = [task for task in project.getTasks() if not task.getSummary() and task.getUniqueID().intValue()]
        return [len(rows), sum(len(task.getPredecessors()) for task in rows), len(project.getResourceAssignments())]

    return _timed(read)


def _timed(read: Any) -> Found:
    times, found = [], []
    for _ in range(AGAIN):
        begun = time.perf_counter()
        found = read()
        times.append(time.perf_counter() - begun)
    return {"first": times[0], "again": min(times[1:]), "found": found}


if __name__ == "__main__":
    print(json.dumps({"ours": _ours, "mpxj": _mpxj}[sys.argv[1]](Path(sys.argv[2]))))
