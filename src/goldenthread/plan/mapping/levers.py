"""Which changes are tried as levers, and how their gains are kept: per objective, best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldenthread.engine.forecast import Forecast, ForecastOptions
from goldenthread.engine.levers import LIKELIER, SOONER, Candidates, levers
from goldenthread.engine.randoms import stable_key
from goldenthread.plan.mapping.results import plain
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.mapping.thread import Thread, table

SOONER_DAYS = 21.0
LIKELIER_BY = 0.1
SHARE_OF_EFFORT = 0.25  # assumed: finishing three weeks sooner, or making it surer, costs a quarter of the remaining hours
LEAST_GAIN = 0.005
MANY = 400  # candidates tried, those whose work is worth most first
KEPT = 5


@dataclass(frozen=True)
class _Candidate:
    ref: str
    kind: int
    amount: float
    hours: float
    uses_float: bool


def levers_by_objective(
    rows: ThreadRows, thread: Thread, made: Forecast, options: ForecastOptions
) -> dict[str, list[dict[str, Any]]]:
    """Objective id -> the changes that raise its chance most per hour, best first."""
    tried = _candidates(rows, thread, made)
    if not tried:
        return {}
    place = {ref: i for i, ref in enumerate(thread.ids["subjects"])}
    gains = levers(
        thread.data,
        options,
        table(
            Candidates,
            key=np.array([stable_key(f"lever{c.kind}{c.ref}", 0) for c in tried], np.int64),
            subject=[place[c.ref] for c in tried],
            kind=[c.kind for c in tried],
            amount=[c.amount for c in tried],
            hours=[c.hours for c in tried],
        ),
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for o, objective_id in enumerate(thread.ids["objectives"]):
        now = plain(made.objectives.chance[o])
        if now is None:
            continue
        gained = gains.objective_chance[:, o]
        order = sorted(range(len(tried)), key=lambda i: (-gained[i] / max(tried[i].hours, 0.25), tried[i].ref, tried[i].kind))
        best = [_kept(tried[i], now, float(gained[i])) for i in order if gained[i] >= LEAST_GAIN]
        if best:
            found[str(objective_id)] = best[:KEPT]
    return found


def _kept(lever: _Candidate, now: float, gain: float) -> dict[str, Any]:
    what = f"finish {lever.amount:.0f} days sooner" if lever.kind == SOONER else f"make it {lever.amount:.0%} likelier to work"
    return {
        "ref": lever.ref,
        "what": what,
        "hours": round(lever.hours, 1),
        "uses_float": lever.uses_float,
        "before": now,
        "after": now + gain,
    }


def _candidates(rows: ThreadRows, thread: Thread, made: Forecast) -> list[_Candidate]:
    """For unfinished work: sooner by its spare days (free of charge) or by three weeks, and likelier to work."""
    ranked = sorted(range(len(thread.ids["subjects"])), key=lambda i: (-_weight(made, i), thread.ids["subjects"][i]))
    found: list[_Candidate] = []
    for i in ranked[: MANY // 2]:
        ref = thread.ids["subjects"][i]
        finish = thread.finish[ref]
        if finish.high <= 0:
            continue
        hours = _hours_left(ref, rows)
        spare = _spare_days(ref, rows)
        days = min(spare, finish.likely) if spare >= 1 else min(SOONER_DAYS, finish.likely)
        if days >= 1:
            found.append(_Candidate(ref, SOONER, days, 0.0 if spare >= 1 else hours * SHARE_OF_EFFORT, spare >= 1))
        found.append(_Candidate(ref, LIKELIER, LIKELIER_BY, hours * SHARE_OF_EFFORT, uses_float=False))
    return found[:MANY]


def _weight(made: Forecast, subject: int) -> float:
    stake = abs(float(made.subjects.value_at_stake[subject]))
    moved = made.subjects.objective_chance[made.subjects.objective_item == subject]
    return stake + float(np.abs(moved).sum())


def _hours_left(ref: str, rows: ThreadRows) -> float:
    kind, _, ident = ref.partition(":")
    if kind == "project":
        return 40.0  # assumed: the PMO's own hours on somebody else's project
    leaves = rows.leaves(rows.steps[int(ident)].activity_id, rows.below())
    minutes = sum(
        (a.effort_likely or a.duration) * (100 - a.progress) / 100 for a in (rows.activities[i] for i in leaves) if not a.is_done
    )
    return minutes / 60


def _spare_days(ref: str, rows: ThreadRows) -> float:
    """Working days by which the step could begin earlier because it waits for a date, not for work."""
    kind, _, ident = ref.partition(":")
    if kind == "project":
        return 0.0
    leaves = rows.leaves(rows.steps[int(ident)].activity_id, rows.below())
    waits = {link.successor_id for link in rows.relationships}
    held = [
        (rows.activities[i].not_before - rows.today).days  # type: ignore[operator]
        for i in leaves
        if rows.activities[i].not_before and not rows.activities[i].actual_start and i not in waits
    ]
    return float(max(0, min(held))) * 5 / 7 if held and len(held) == len(leaves) else 0.0
