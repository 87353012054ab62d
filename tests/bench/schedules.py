"""The planning engine beside others: every run in a process of its own, in turns, and each answer checked before its time counts.

Peers: networkx, rustworkx, pmcontrols and trueppm-scheduler in an environment of their own in the folder of the benchmarks,
MPXJ from the product's `exchange` extra, TaskJuggler where `tj3` is installed. One that is not at hand is said to be absent.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.bench import readers, risks

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
REFERENCE = ROOT / "../shared/prototypes/engine/cpm_kernels.py"
PACKAGES = {"networkx": "networkx", "rustworkx": "rustworkx", "pmcontrols": "pmcontrols", "trueppm": "trueppm-scheduler"}
ONLY_FINISH_START = {"pmcontrols", "tj3", "trueppm"}
LIMIT = 300  # seconds that one run may take
ROUNDS = 3
Row = tuple[str, str, str]
Found = dict[str, Any]

# who runs at which size; a peer that takes minutes at a size is left out there
RUNS = {
    10_000: ("days", "fs-days", "reference", "edits", "networkx", "rustworkx", "pmcontrols", "trueppm", "tj3"),
    100_000: (
        "days", "calendars-1", "calendars-8", "reference", "edits", "networkx", "rustworkx",
        "mpxj-ms-1", "mpxj-p6-1", "mpxj-ms-8",
    ),
    1_000_000: ("days",),
}  # fmt: skip
ONCE = {"tj3", "trueppm", "mpxj-ms-1", "mpxj-p6-1", "mpxj-ms-8"}  # long ones get one round less
WANTED = {
    ("networkx", 10_000): "at least 100 ×",
    ("networkx", 100_000): "at least 250 ×",
    ("mpxj-ms-1", 100_000): "at least 1,000 ×",
    ("mpxj-ms-8", 100_000): "at least 500 ×",
}
TITLES = {
    "networkx": "networkx, its order and a loop over its edges",
    "rustworkx": "rustworkx, its order and a loop over its edges",
    "pmcontrols": "pmcontrols, finish-start without lags",
    "trueppm": "trueppm-scheduler, finish-start without lags",
    "tj3": "TaskJuggler, finish-start without lags, its whole run",
    "mpxj-ms-1": "MPXJ as Microsoft Project, one calendar",
    "mpxj-p6-1": "MPXJ as Primavera, one calendar",
    "mpxj-ms-8": "MPXJ as Microsoft Project, eight calendars",
}


def rows(folder: Path) -> list[Row]:
    """The table of the benchmarks."""
    python = _peers(folder)
    found, absent = _runs(python)
    told = [row for size in (10_000, 100_000) for row in _beside_peers(size, found, absent)]
    without = {peer: why for peer in risks.PEERS if (why := _at_hand(peer, python))}
    return [*told, *_cold(found), *_edits(found), *_memory(found), *risks.rows(python, without), *readers.rows()]


def _peers(folder: Path) -> Path | None:
    """The peers' Python, fetched at first; None where it cannot be had."""
    python = folder / "bin" / "python"
    uv = str(ROOT / ".gt" / "boot" / "bin" / "uv")
    if not python.exists() and subprocess.run([uv, "venv", "--quiet", str(folder)], check=False, capture_output=True).returncode:
        return None
    for package in ("numpy", *PACKAGES.values()):
        words = [uv, "pip", "install", "--quiet", "--prerelease", "allow", "--python", str(python), package]
        subprocess.run(words, check=False, capture_output=True)
    return python


def _at_hand(peer: str, python: Path | None) -> str:
    """Why a peer cannot run, or ""."""
    if peer == "tj3":
        return "" if shutil.which("tj3") and python else "absent: tj3 is not installed"
    if peer.startswith("mpxj"):
        return "" if find_spec("mpxj") and find_spec("jpype") else "absent: the exchange extra is not installed"
    if peer == "reference":
        return "" if REFERENCE.exists() else "absent"
    if peer in PACKAGES:
        ready = (
            python
            and not subprocess.run(
                [str(python), "-c", f"import {PACKAGES[peer].replace('-', '_')}"], check=False, capture_output=True
            ).returncode
        )
        return "" if ready else f"absent: {PACKAGES[peer]} could not be installed"
    return ""


def _runs(python: Path | None) -> tuple[dict[tuple[str, int], Found], dict[str, str]]:
    """Of each run and size the best times of its rounds, and why the others are not there."""
    absent = {peer: why for peer in {*sum(RUNS.values(), ())} if (why := _at_hand(peer, python))}
    taken: dict[tuple[str, int], list[Found]] = defaultdict(list)
    for size, peers in RUNS.items():
        for turn in range(ROUNDS):
            for peer in peers:
                if peer in absent or (peer in ONCE and turn == ROUNDS - 1) or (size == 1_000_000 and turn):
                    continue
                answer = _one(peer, size, python)
                if isinstance(answer, str):
                    absent[f"{peer} {size}"] = answer
                else:
                    taken[peer, size].append(answer)
                    figures = {name: value for name, value in answer.items() if name != "ends"}
                    print(f"{peer} {size}: {figures}", file=sys.stderr, flush=True)
    return {key: _best(several) for key, several in taken.items()}, absent


def _best(several: list[Found]) -> Found:
    best = dict(several[0])
    for name in ("build", "solve", "warm", "p50", "p95"):
        if name in best:
            best[name] = min(one[name] for one in several)
    best["peak"] = max(one["peak"] for one in several)
    return best


def _one(peer: str, size: int, python: Path | None) -> Found | str:
    ours = peer.partition("-")[0] in ("days", "fs", "calendars", "edits", "reference")
    program = HERE / ("engine_ours.py" if ours else "engine_peers.py")
    interpreter = sys.executable if ours or peer.startswith("mpxj") else str(python)
    words = [interpreter, str(program), peer, str(size), *([str(REFERENCE)] if peer == "reference" else [])]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return f"not within {LIMIT} s"
    if done.returncode:
        return f"failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
    answer: Found = {}
    for line in done.stdout.splitlines():
        answer |= json.loads(line)
    return answer


def _beside_peers(size: int, found: dict[tuple[str, int], Found], absent: dict[str, str]) -> list[Row]:
    """Our warm pass, and how many times as long each peer's passes take."""
    told = []
    for name, title in (("days", "one axis"), ("calendars-1", "one calendar"), ("calendars-8", "eight calendars")):
        if (name, size) in found:
            mine = found[name, size]
            told.append((f"Critical path of {size:,} tasks, {title}, order known", f"{mine['warm'] * 1000:.2f} ms", ""))
    for peer in RUNS[size]:
        if peer in TITLES:
            wanted = WANTED.get((peer, size), "")
            told.append((f"{TITLES[peer]}, {size:,} tasks", _ratio(peer, size, found, absent), wanted))
    if ("reference", size) in found:
        ratio = found["days", size]["warm"] / found["reference", size]["warm"]
        told.append((f"Beside bare passes over arrays, {size:,} tasks", f"{ratio:.2f} × their time", "at most 1.3 ×"))
    return told


def _ours_for(peer: str, size: int, found: dict[tuple[str, int], Found]) -> Found:
    """Our run on the same network with as many calendars."""
    if peer.startswith("mpxj"):
        return found[f"calendars-{peer[-1]}", size]
    return found["fs-days" if peer in ONLY_FINISH_START else "days", size]


def _ratio(peer: str, size: int, found: dict[tuple[str, int], Found], absent: dict[str, str]) -> str:
    why = absent.get(peer) or absent.get(f"{peer} {size}")
    if why:
        return why
    theirs, mine = found[peer, size], _ours_for(peer, size, found)
    fault = disagreement(theirs, mine)
    if fault:
        return f"not counted: {fault}"
    return f"{theirs['solve'] / mine['warm']:,.0f} ×"


def disagreement(theirs: Found, mine: Found) -> str:
    """How two answers differ, or ""."""
    if "last" in theirs:
        ends = zip(theirs.get("ends", mine["ends"]), mine["ends"], strict=True)
        equal = sum(a == b for a, b in ends) / len(mine["ends"])
        if theirs["last"] != mine["last"] or equal < 1:
            return f"finish {theirs['last']} to our {mine['last']}, {equal:.1%} of the rows looked at equal"
    elif theirs["finish"] != mine["finish"]:
        return f"finish {theirs['finish']:g} to our {mine['finish']:g} days"
    if not math.isnan(theirs["float"]) and abs(theirs["float"] - mine["float"]) > 0.005 * mine["float"]:
        return f"mean float {theirs['float']:.2f} to our {mine['float']:.2f} days"
    return ""


def _cold(found: dict[tuple[str, int], Found]) -> list[Row]:
    """From columns, and from the rows of a file, to the first dates."""
    size = 100_000
    told = []
    for name, title in (("days", "columns"), ("calendars-1", "rows of a file, one calendar")):
        mine = found[name, size]["build"] + found[name, size]["solve"]
        told.append((f"From {title} to dates, {size:,} tasks", f"{mine:.2f} s", ""))
        for peer, wanted in (("networkx", "at least 20 ×"), ("mpxj-ms-1", "at least 100 ×")):
            if (peer, size) in found:
                theirs = found[peer, size]["build"] + found[peer, size]["solve"]
                told.append((f"… {TITLES[peer]}", f"{theirs / mine:.1f} ×", wanted if name == "days" else ""))
    return told


def _edits(found: dict[tuple[str, int], Found]) -> list[Row]:
    told = []
    for size in (10_000, 100_000):
        mine = found["edits", size]
        if not mine["equal"]:
            return [("Durations edited one after another", "NOT EQUAL to a full pass", "equal")]
        ratios = f"p50 {mine['warm'] / mine['p50']:.0f} × and p95 {mine['warm'] / mine['p95']:.0f} × cheaper than a full pass"
        title = f"A duration edited among {size:,} tasks (400 edits, equal to a full pass)"
        told.append((title, ratios, "p50 500 ×, p95 50 ×" if size == 100_000 else ""))
    return told


def _memory(found: dict[tuple[str, int], Found]) -> list[Row]:
    if ("days", 1_000_000) not in found:
        return [("A million tasks", "did not end", "")]
    mine = found["days", 1_000_000]
    times = f"{mine['build'] + mine['solve']:.2f} s cold, {mine['warm'] * 1000:.0f} ms warm"
    figure = f"{times}, process {mine['peak'] / 1024:.2f} GB at most"
    return [("A million tasks", figure, "at most 1.5 GB")]
