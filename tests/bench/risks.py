"""Schedule risk beside others: 10,000 tasks, 1,000 runs with criticality, every run in a process of its own, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TASKS, RUNS, ROUNDS, LIMIT = 10_000, 1_000, 3, 300
LOOPED = 20  # so many runs of the loop over networkx' edges; a thousand take as many times longer
PEERS = {
    "networkx": ("triangular", LOOPED, "networkx, its order and a loop over its edges", "at least 50 ×"),
    "pmcontrols": ("pert", RUNS, "pmcontrols, finish-start without lags, PERT", "at least 6 ×"),
    "trueppm": ("pert", RUNS, "trueppm-scheduler, finish-start without lags, PERT", "at least 10 ×"),
}
NEAR = 0.02  # means of the finish may differ so: days are rounded, betas differ, runs are few
Row = tuple[str, str, str]
Found = dict[str, Any]


def rows(python: Path | None, absent: dict[str, str]) -> list[Row]:
    """Our figures, and how many times as long each peer's runs take. absent: why a peer is not there, by its name."""
    ours: dict[str, list[Found]] = {"triangular": [], "pert": [], "calendars": []}
    theirs: dict[str, list[Found]] = {peer: [] for peer in PEERS if peer not in absent}
    for _ in range(ROUNDS):
        for what, found in ours.items():
            found.extend(_one(sys.executable, "risk_ours.py", what, RUNS))
        for peer, found in theirs.items():
            found.extend(_one(str(python), "risk_peers.py", peer, PEERS[peer][1]))
    told = [_own(what, found) for what, found in ours.items()]
    return told + [_beside(peer, ours, theirs.get(peer, []), absent.get(peer, "did not end")) for peer in PEERS]


def _one(python: str, program: str, what: str, runs: int) -> list[Found]:
    words = [python, str(HERE / program), what, str(TASKS), str(runs)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return []
    return [json.loads(done.stdout.splitlines()[-1])] if done.returncode == 0 else []


def _own(what: str, found: list[Found]) -> Row:
    title = {"triangular": "one axis, triangular", "pert": "one axis, PERT", "calendars": "eight calendars, triangular"}[what]
    seconds, one, whole = (min(each[name] for each in found) for name in ("seconds", "one", "whole"))
    same = "the same figures" if all(each["same"] for each in found) else "FIGURES DIFFER"
    figure = f"{seconds:.2f} s on two threads, {one:.2f} s on one, {same}; with ranks and eight reruns {whole:.1f} s"
    return f"{RUNS:,} runs of {TASKS:,} tasks with criticality, {title}", figure, "the same figures"


def _beside(peer: str, ours: dict[str, list[Found]], found: list[Found], why: str) -> Row:
    what, runs, title, wanted = PEERS[peer]
    if not found:
        return f"… {title}", why, wanted
    mine, theirs = ours[what], min(each["seconds"] for each in found) * RUNS / runs
    off = abs(found[0]["mean"] / mine[0]["mean"] - 1)
    if off > NEAR:
        return f"… {title}", f"not counted: the mean finish differs by {off:.1%}", wanted
    return f"… {title}", f"{theirs / min(each['seconds'] for each in mine):,.0f} ×", wanted
