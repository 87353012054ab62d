"""The planning engine on the networks of `networks.py`: `python engine_ours.py WHAT TASKS`, one JSON line out.

WHAT is "days" (one axis of working days, no calendar; "fs-days": without lags and other types), "calendars-N" (the same as a
Microsoft project with N calendars), "edits" (durations changed one after another) or "reference FILE" (the passes of another
file with arrays of the same days). "build" is what making the network from columns or from rows takes, "solve" a first pass with
the order it needs, "warm" one more.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
import time
from typing import Any

import numpy as np
from engine_peers import START, WORKDAY, holidays, peak
from networks import NAMES, Net, network

from goldenthread.engine.critical_path import schedule
from goldenthread.engine.live_schedule import LiveSchedule
from goldenthread.engine.network import Network, moment_of
from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_network import network_of
from goldenthread.kit.memory import keep_freed_memory

clock = time.perf_counter
ROUNDS = 9
EDITS = 400
OFFICE = (said.Shift(480, 720), said.Shift(780, 1020))


def days(net: Net) -> dict[str, Any]:
    """One axis; moments are working days."""
    begun = clock()
    made = _on_days(net)
    built = clock()
    first = schedule(made)
    solved = clock()
    again = [_timed(lambda: schedule(made)) for _ in range(ROUNDS)]
    told = {"build": built - begun, "solve": solved - built, "warm": min(again)}
    return told | {"finish": float(first.finish), "float": float(first.total_float.mean())}


def _on_days(net: Net) -> Network:
    return Network(np.arange(net.count), net.duration, net.before, net.after, net.kind, net.lag)


def calendars(net: Net, count: int) -> dict[str, Any]:
    """A project of Microsoft's rules with so many calendars; building begins at the rows of its file."""
    file = _as_file(net, count)
    begun = clock()
    plan = network_of(file)
    built = clock()
    first = schedule(plan.network, plan.options)
    solved = clock()
    again = [_timed(lambda: schedule(plan.network, plan.options)) for _ in range(ROUNDS)]
    finish = [f"{moment_of(minute):%Y-%m-%dT%H:%M}" for minute in first.early_finish[: net.count].tolist()]
    told = {"build": built - begun, "solve": solved - built, "warm": min(again)}
    ends = finish[:: max(1, net.count // 500)]
    return told | {"ends": ends, "last": max(finish), "float": float(first.total_float[: net.count].mean()) / WORKDAY / 60}


def _as_file(net: Net, count: int) -> said.ScheduleFile:
    minutes = (net.duration * WORKDAY * 60).tolist()
    tasks = tuple(
        said.Task(
            str(i), str(i), None, 1,
            kind="fixed units", calendar_id=str(i % count), duration_minutes=minutes[i], remaining_minutes=minutes[i],
        )
        for i in range(net.count)
    )  # fmt: skip
    links = zip(net.before.tolist(), net.after.tolist(), net.kind.tolist(), (net.lag * WORKDAY * 60).tolist(), strict=True)
    project = said.Project(
        "1",
        "net",
        start=dt.datetime.combine(START, dt.time(8)),
        default_calendar_id="0",
        tasks=tasks,
        relationships=tuple(said.Relationship(str(a), str(b), NAMES[kind], lag) for a, b, kind, lag in links),
    )
    week = said.WorkWeek(tuple(OFFICE if day < 5 else () for day in range(7)))
    weeks = tuple(
        said.Calendar(str(i), str(i), week, exceptions=tuple(said.CalendarException(day, day, ()) for day in holidays(i)))
        for i in range(count)
    )
    return said.ScheduleFile(said.MSPDI, "", (project,), weeks, (), (), ())


def edits(net: Net) -> dict[str, Any]:
    """Seconds of each of some hundred changes of a duration, and whether the dates are those of a whole pass afterwards."""
    live = LiveSchedule(_on_days(net))
    random = np.random.default_rng(9)
    duration = net.duration.copy()
    live.change(0, duration=int(duration[0]))
    taken = []
    for row in random.integers(0, net.count, EDITS).tolist():
        duration[row] = max(1, duration[row] + int(random.integers(-5, 11)))
        taken.append(_timed(lambda row=row: live.change(row, duration=int(duration[row]))))
    made = _on_days(Net(duration, net.before, net.after, net.kind, net.lag))
    warm = min(_timed(lambda: schedule(made)) for _ in range(ROUNDS + 1))
    whole = schedule(made)
    same = all(np.array_equal(live.column(name), getattr(whole, name)) for name in ("early_finish", "late_start", "late_finish"))
    floats = zip(whole.total_float.tolist(), whole.free_float.tolist(), strict=True)
    same = same and all(live.floats(row) == pair for row, pair in enumerate(floats))
    middle, high, worst = np.quantile(taken, (0.5, 0.95, 1.0)).tolist()
    return {"warm": warm, "p50": middle, "p95": high, "worst": worst, "equal": same}


def reference(net: Net, path: str) -> dict[str, Any]:
    """Both passes of another file on the same arrays, in its own order."""
    spec = importlib.util.spec_from_file_location("reference", path)
    passes = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = passes
    spec.loader.exec_module(passes)
    narrow = [np.asarray(column, np.int32) for column in (net.before, net.after, net.weights())]
    _, order, _, pointer, into, weight = passes.build(net.count, *narrow)
    duration = np.asarray(net.duration, np.int32)[order]
    buffers = [np.empty(net.count, np.int32) for _ in range(4)]
    finish = passes.passes(net.count, duration, pointer, into, weight, *buffers)
    warm = min(_timed(lambda: passes.passes(net.count, duration, pointer, into, weight, *buffers)) for _ in range(ROUNDS))
    return {"warm": warm, "finish": float(finish), "float": float(buffers[2].mean())}


def _timed(do: Any) -> float:
    begun = clock()
    do()
    return clock() - begun


def main(words: list[str]) -> None:
    """One run."""
    kind, what = ("fs", "days") if words[0] == "fs-days" else ("all", words[0])
    what, _, number = what.partition("-")
    keep_freed_memory()  # as the server does
    schedule(_on_days(network(2_000)))  # loads the compiled passes
    if what == "calendars":
        calendars(network(2_000), int(number))
    net = network(int(words[1]), kind)
    given = {"days": (), "calendars": (int(number or 0),), "edits": (), "reference": tuple(words[2:])}[what]
    found = globals()[what](net, *given)
    print(json.dumps(found | {"peak": peak()}))


if __name__ == "__main__":
    main(sys.argv[1:])
