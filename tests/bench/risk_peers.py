"""Other people's schedule risk on the networks of `networks.py`: `python risk_peers.py PEER TASKS RUNS`, one JSON line out.

Durations lie between 0.7 and 1.8 of the stated ones, most likely as stated: triangular, or PERT where a peer knows nothing else.
"seconds" is what its runs take, its own objects made before; "mean" the mean finish in working days.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date, timedelta
from typing import Any

import numpy as np
from networks import Net, network

clock = time.perf_counter
LOW, HIGH = 0.7, 1.8
START = date(2026, 1, 5)
FINISH_START = {"pmcontrols", "trueppm"}


def networkx(net: Net, runs: int) -> tuple[float, float]:
    """Its order, and every run a forward and a backward loop over its edges, with the activities that are critical counted."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.count))
    links = zip(net.before.tolist(), net.after.tolist(), net.kind.tolist(), net.lag.tolist(), strict=True)
    graph.add_edges_from((a, b, {"out": kind in (0, 2), "in": kind >= 2, "lag": lag}) for a, b, kind, lag in links)
    order = list(nx.topological_sort(graph))
    after = {task: [(to, e["lag"], e["out"], e["in"]) for to, e in graph.adj[task].items()] for task in order}
    random, ends, critical = np.random.default_rng(1), [], dict.fromkeys(order, 0)
    begun = clock()
    for _ in range(runs):
        lasts = random.triangular(net.duration * LOW, net.duration, net.duration * HIGH).tolist()
        start = dict.fromkeys(order, 0.0)
        for task in order:
            for to, lag, out, into in after[task]:
                bound = start[task] + lag + (lasts[task] if out else 0.0) - (lasts[to] if into else 0.0)
                start[to] = max(start[to], bound)
        finish = max(start[task] + lasts[task] for task in order)
        late = {}
        for task in reversed(order):
            last = finish - lasts[task]
            for to, lag, out, into in after[task]:
                last = min(last, late[to] - lag - (lasts[task] if out else 0.0) + (lasts[to] if into else 0.0))
            late[task] = last
            critical[task] += last - start[task] < 1e-9
        ends.append(finish)
    return clock() - begun, float(np.mean(ends))


def pmcontrols(net: Net, runs: int) -> tuple[float, float]:
    """Finish-start alone; its table has the criticality of every activity."""
    import pmcontrols as pm

    before: list[list[str]] = [[] for _ in range(net.count)]
    for source, target in zip(net.before.tolist(), net.after.tolist(), strict=True):
        before[target].append(str(source))
    rows = [
        {"id": str(i), "a": days * LOW, "m": days, "b": days * HIGH, "predecessors": before[i]}
        for i, days in enumerate(net.duration.tolist())
    ]
    begun = clock()
    found = pm.pert(rows, n_sim=runs)
    return clock() - begun, float(found.stats["mc_mean"])


def trueppm(net: Net, runs: int) -> tuple[float, float]:
    """It counts whole working days."""
    from trueppm_scheduler import Calendar, Dependency, DependencyType, Project, Task, monte_carlo

    tasks = [
        Task(
            id=str(i),
            name="t",
            duration=timedelta(days=days),
            optimistic_duration=timedelta(days=max(1, round(days * LOW))),
            most_likely_duration=timedelta(days=days),
            pessimistic_duration=timedelta(days=round(days * HIGH)),
        )
        for i, days in enumerate(net.duration.tolist())
    ]
    links = zip(net.before.tolist(), net.after.tolist(), strict=True)
    joined = [Dependency(str(a), str(b), DependencyType.FS, timedelta(0)) for a, b in links]
    project = Project(id="p", name="p", start_date=START, calendar=Calendar(), tasks=tasks, dependencies=joined)
    begun = clock()
    found = monte_carlo(project, runs=runs, seed=1)
    spent = clock() - begun
    return spent, float(np.mean([np.busday_count(START, day) + 1 for day in found.distribution]))


def main(peer: str, count: int, runs: int) -> None:
    """One run of one peer."""
    net = network(count, "fs" if peer in FINISH_START else "all")
    found: Any = globals()[peer](net, runs)
    print(json.dumps({"seconds": found[0], "mean": found[1], "runs": runs}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
