"""Our schedule risk on the same networks: `python risk_ours.py WHAT TASKS RUNS`, one JSON line out.

WHAT is "triangular" (one axis), "pert" (finish-start alone) or "calendars" (a Microsoft project with eight calendars). "seconds"
is of two threads, draws and criticality included, "one" of one thread; "same" says whether both gave the same figures, "whole"
what the analysis of eight activities and all ranks takes in all.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from engine_ours import _as_file, _on_days, _timed, clock
from networks import network
from risk_peers import HIGH, LOW

from goldenthread.engine import risk_draws
from goldenthread.engine.critical_path import ScheduleOptions
from goldenthread.engine.network import Network
from goldenthread.engine.risk_runs import RunOptions, Runs, runs
from goldenthread.engine.schedule_risk import RiskOptions, simulate
from goldenthread.engine.uncertainty import PERT, TRIANGULAR, spread
from goldenthread.formats.schedule_network import network_of

MINUTES = 480
NOBODY = np.zeros(0, np.int64)
ROUNDS = 5


def laid(what: str, count: int) -> tuple[Network, ScheduleOptions]:
    """The network in working minutes."""
    net = network(count, "fs" if what == "pert" else "all")
    if what == "calendars":
        plan = network_of(_as_file(net, 8))
        return plan.network, plan.options
    days = _on_days(net)
    return Network(
        days.key, days.duration * MINUTES, days.predecessor, days.successor, days.kind, days.lag * MINUTES
    ), ScheduleOptions()


def main(what: str, count: int, many: int) -> None:
    """Measured several times, the best kept."""
    made, rules = laid(what, count)
    uncertain = spread(made.duration, PERT if what == "pert" else TRIANGULAR, LOW, 1.0, HIGH)
    drawn = risk_draws.draws(made.duration, made.key, uncertain, 1)
    runs(made, rules, drawn, NOBODY, RunOptions(32))  # loads what is compiled

    def of(threads: int) -> Runs:
        return runs(made, rules, drawn, NOBODY, RunOptions(many, threads=threads))

    one, two = of(1), of(2)
    same = all(np.array_equal(getattr(one, name), getattr(two, name)) for name in ("finish", "critical", "moved", "squared"))
    told: dict[str, Any] = {
        name: min(_timed(lambda n=n: of(n)) for _ in range(ROUNDS)) for name, n in (("one", 1), ("seconds", 2))
    }
    begun = clock()
    simulate(made, uncertain, NOBODY, rules, RiskOptions(many))
    told |= {"whole": clock() - begun, "mean": float(two.finish.mean()) / MINUTES, "same": same, "runs": many}
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
