"""Other people's critical paths on the networks of `networks.py`: `python engine_peers.py PEER TASKS`, one JSON line out.

Runs under the peers' own Python and knows nothing of the engine. "build" is the seconds that its own objects take, "solve" those
of both passes and the floats; "finish" is in days, "float" the mean total float.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from networks import Net, network

clock = time.perf_counter
START = date(2026, 1, 5)
ONLY_FINISH_START = {"pmcontrols", "tj3", "trueppm"}
WORKDAY = 8


def networkx(net: Net) -> tuple[float, float, float, float]:
    """An order by networkx, both passes and the floats in a loop over its edges."""
    import networkx as nx

    begun = clock()
    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.count))
    graph.add_weighted_edges_from(zip(net.before.tolist(), net.after.tolist(), net.weights().tolist(), strict=True))
    duration = net.duration.tolist()
    built = clock()
    order = list(nx.topological_sort(graph))
    after = {task: [(to, edge["weight"]) for to, edge in graph.adj[task].items()] for task in order}
    finish, floats = _looped(order, after, duration)
    return built - begun, clock() - built, finish, floats


def rustworkx(net: Net) -> tuple[float, float, float, float]:
    """The same with rustworkx."""
    import rustworkx as rx

    begun = clock()
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(net.count))
    graph.add_edges_from(list(zip(net.before.tolist(), net.after.tolist(), net.weights().tolist(), strict=True)))
    duration = net.duration.tolist()
    built = clock()
    order = list(rx.topological_sort(graph))
    after = {task: [(to, weight) for _, to, weight in graph.out_edges(task)] for task in order}
    finish, floats = _looped(order, after, duration)
    return built - begun, clock() - built, finish, floats


def _looped(order: list[int], after: dict[int, list[tuple[int, int]]], duration: list[int]) -> tuple[float, float]:
    """Latest finish and mean total float; free floats are worked out too."""
    start = dict.fromkeys(order, 0)
    for task in order:
        begin = start[task]
        for to, weight in after[task]:
            start[to] = max(start[to], begin + weight)
    finish = max(start[task] + duration[task] for task in order)
    late, free = {}, {}
    for task in reversed(order):
        last = finish - duration[task]
        spare = last - start[task]
        for to, weight in after[task]:
            last = min(last, late[to] - weight)
            spare = min(spare, start[to] - weight - start[task])
        late[task], free[task] = last, spare
    return float(finish), sum(late[task] - start[task] for task in order) / len(order)


def pmcontrols(net: Net) -> tuple[float, float, float, float]:
    """Finish-start alone."""
    import pmcontrols as pm

    begun = clock()
    before: list[list[str]] = [[] for _ in range(net.count)]
    for source, target in zip(net.before.tolist(), net.after.tolist(), strict=True):
        before[target].append(str(source))
    rows = [{"id": str(i), "duration": days, "predecessors": before[i]} for i, days in enumerate(net.duration.tolist())]
    built = clock()
    found = pm.cpm(rows)
    return built - begun, clock() - built, float(found.stats["project_duration"]), float(found.table["slack"].mean())


def trueppm(net: Net) -> tuple[float, float, float, float]:
    """It counts lags in days of the calendar, so it is asked for networks without any."""
    import numpy as np
    from trueppm_scheduler import Calendar, Dependency, DependencyType, Project, Task, schedule

    begun = clock()
    kinds = (DependencyType.FS, DependencyType.SS, DependencyType.FF, DependencyType.SF)
    project = Project(
        id="p",
        name="p",
        start_date=START,
        calendar=Calendar(),
        tasks=[Task(id=str(i), name="t", duration=timedelta(days=days)) for i, days in enumerate(net.duration.tolist())],
        dependencies=[
            Dependency(str(a), str(b), kinds[kind], timedelta(0))
            for a, b, kind in zip(net.before.tolist(), net.after.tolist(), net.kind.tolist(), strict=True)
        ],
    )
    built = clock()
    done = schedule(project)
    spent = clock() - built
    finish = np.busday_count(START, max(task.early_finish for task in done.tasks)) + 1
    return built - begun, spent, float(finish), sum(task.total_float.days for task in done.tasks) / net.count


def tj3(net: Net) -> tuple[float, float, float, float]:
    """The whole run of TaskJuggler, reading and its report included; it tells no floats."""
    before: list[list[int]] = [[] for _ in range(net.count)]
    for source, target in zip(net.before.tolist(), net.after.tolist(), strict=True):
        before[target].append(source)
    lines = [f'project p "p" {START} +25y {{ timingresolution 60min }}']
    for i, days in enumerate(net.duration.tolist()):
        depends = f"depends {', '.join(f't{k}' for k in before[i])}" if before[i] else ""
        lines.append(f'task t{i} "t{i}" {{ length {days}d\n{depends} }}')
    lines.append('taskreport r "r" { formats csv columns id, end }')
    with tempfile.TemporaryDirectory() as folder:
        source_file = Path(folder) / "net.tjp"
        source_file.write_text("\n".join(lines))
        begun = clock()
        subprocess.run(["tj3", "--silent", "-o", folder, str(source_file)], check=True, capture_output=True)
        spent = clock() - begun
        ends = [line.split(";")[1].strip('"')[:10] for line in (Path(folder) / "r.csv").read_text().splitlines()[1:]]
    import numpy as np

    return 0.0, spent, float(np.busday_count(START, max(date.fromisoformat(end) for end in ends)) + 1), float("nan")


def mpxj(net: Net, program: str, calendars: int) -> tuple[float, float, float, float]:
    """MPXJ's reading of Microsoft Project or Primavera; it works out floats when it is asked for them."""
    import jpype
    import mpxj as package

    jpype.startJVM("-Xss512m", "-Xmx12g", classpath=[str(Path(package.__file__).parent / "lib" / "*")])
    org, java = jpype.JPackage("org").mpxj, jpype.JPackage("java").time
    begun = clock()
    file = org.ProjectFile()
    weeks = [_calendar(file, place, org, java) for place in range(calendars)]
    start = java.LocalDateTime.of(START.year, START.month, START.day, 8, 0)
    properties = file.getProjectProperties()
    properties.setDefaultCalendar(weeks[0])
    properties.setStartDate(start)
    properties.setPlannedStart(start)
    properties.setStatusDate(start)
    hours, nothing = org.TimeUnit.HOURS, jpype.java.lang.Double(0.0)
    none = org.Duration.getInstance(0, hours)
    lengths = {days: org.Duration.getInstance(days * WORKDAY, hours) for days in range(-40, 61)}
    not_begun, soon = org.ActivityStatus.NOT_STARTED, org.ConstraintType.AS_SOON_AS_POSSIBLE
    tasks = []
    for place, days in enumerate(net.duration.tolist()):
        task = file.addTask()
        length = lengths[days]
        task.setDuration(length)
        task.setRemainingDuration(length)
        task.setPlannedDuration(length)
        task.setActualDuration(none)
        task.setPercentageComplete(nothing)
        task.setCalendar(weeks[place % calendars])
        task.setActivityType(org.ActivityType.TASK_DEPENDENT)
        task.setActivityStatus(not_begun)
        task.setConstraintType(soon)
        tasks.append(task)
    names = ("FINISH_START", "START_START", "FINISH_FINISH", "START_FINISH")
    kinds = [getattr(org.RelationType, name) for name in names]
    links = zip(net.before.tolist(), net.after.tolist(), net.kind.tolist(), net.lag.tolist(), strict=True)
    for before, after, kind, lag in links:
        made = org.Relation.Builder().predecessorTask(tasks[before]).type(kinds[kind])
        tasks[after].addPredecessor(made.lag(lengths[lag]))
    built = clock()
    scheduler = org.cpm.MicrosoftScheduler() if program == "ms" else org.cpm.PrimaveraScheduler()
    scheduler.schedule(file, start)
    for task in tasks:
        task.getTotalSlack(), task.getFreeSlack()
    done = clock()
    for task in tasks:  # known by now: so long takes the asking
        task.getTotalSlack(), task.getFreeSlack()
    spent = 2 * done - built - clock()
    finish = max(str(task.getEarlyFinish()) for task in tasks)
    floats = [float(task.getTotalSlack().convertUnits(hours, properties).getDuration()) / WORKDAY for task in tasks]
    told: dict[str, Any] = {"last": finish[:16]}
    if program == "ms":  # Primavera may show a finish as the beginning of the next shift
        told["ends"] = [str(tasks[place].getEarlyFinish())[:16] for place in range(0, net.count, max(1, net.count // 500))]
    print(json.dumps(told))
    return built - begun, spent, float("nan"), sum(floats) / net.count


def _calendar(file: Any, place: int, org: Any, java: Any) -> Any:
    """Five days of eight hours, and of the later ones a holiday every so often."""
    made = file.addCalendar()
    made.setName(str(place))
    for day in range(1, 8):
        made.setCalendarDayType(java.DayOfWeek.of(day), org.DayType.WORKING if day < 6 else org.DayType.NON_WORKING)
        hours = made.addCalendarHours(java.DayOfWeek.of(day))
        if day < 6:
            for begin, end in ((8, 12), (13, 17)):
                hours.add(org.LocalTimeRange(java.LocalTime.of(begin, 0), java.LocalTime.of(end, 0)))
    for day in holidays(place):
        free = java.LocalDate.of(day.year, day.month, day.day)
        made.addCalendarException(free, free)
    return made


def holidays(place: int) -> list[date]:
    """Of calendar 0 none; of the others a working day in each month of forty years."""
    if not place:
        return []
    days = (date(year, month, 3 * place) for year in range(2026, 2066) for month in range(1, 13))
    return [day for day in days if day.weekday() < 5]


def peak() -> float:
    """Most memory that this process has had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main(peer: str, count: int) -> None:
    """One run of one peer."""
    name, _, rest = peer.partition("-")
    net = network(count, "fs" if name in ONLY_FINISH_START else "all")
    if name == "mpxj":
        program, calendars = rest.split("-")
        found = mpxj(net, program, int(calendars))
    else:
        found = globals()[name](net)
    told = dict(zip(("build", "solve", "finish", "float"), found, strict=True))
    print(json.dumps(told | {"peak": peak()}), flush=True)
    os._exit(0)  # a Java machine takes its time to end


if __name__ == "__main__":
    sys.setrecursionlimit(10**7)
    threading.stack_size(512 << 20)
    worker = threading.Thread(target=main, args=(sys.argv[1], int(sys.argv[2])))
    worker.start()
    worker.join()
    sys.exit(1)
