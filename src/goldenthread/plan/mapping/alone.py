"""Targets to which no work is linked: what their history and the class of other KPIs say, as a whole distribution (`outlook`).

Only where every figure can be told so: the KPI is drawn to a class or is a milestone that waits, no objective that it serves has
work on any of its KPIs, and no two required targets of such an objective stand on one KPI. Their objective's chance is then the
product of its required targets' chances, as KPIs move apart from each other. All other targets are told by the simulation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from goldenthread.engine.histories import Floats
from goldenthread.engine.layout import SLACK
from goldenthread.engine.milestone_outlook import DoneOrNot
from goldenthread.engine.outlook import Outlook
from goldenthread.engine.thread_data import ThreadData
from goldenthread.plan.mapping.milestones import outlook_of
from goldenthread.plan.mapping.trends import reference_of

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
PERCENTILES = tuple(f"p{round(100 * level)}" for level in LEVELS)
Rows = dict[str, dict[str, Any]]


def told_alone(data: ThreadData, ids: dict[str, list[Any]], trends: dict[int, dict[str, Any]]) -> list[int]:
    """Ids of the KPIs whose targets are told from history alone."""
    targets = data.targets
    known = np.array([trends[pk]["class"] is not None or _waits(trends[pk]) for pk in ids["kpis"]], np.bool_)
    out = ~known | np.isin(np.arange(len(data.kpis)), data.contributions.kpi)
    required = targets.required != 0
    pairs, counts = np.unique(np.stack([targets.objective, targets.kpi])[:, required], axis=1, return_counts=True)
    never = np.concatenate([pairs[0, counts > 1], targets.objective[required & (targets.due_day <= 0.0)]])
    while True:
        objectives = np.concatenate([never, targets.objective[out[targets.kpi]]])
        more = out | np.isin(np.arange(len(data.kpis)), targets.kpi[np.isin(targets.objective, objectives)])
        if np.array_equal(more, out):
            return [ids["kpis"][row] for row in np.flatnonzero(~out).tolist()]
        out = more


def alone_targets(data: ThreadData, ids: dict[str, list[Any]], inputs: dict[str, Any]) -> Rows:
    """Target id -> chance and percentiles at its day, for those told alone whose day is still to come."""
    wanted = {ids["kpis"].index(pk) for pk in inputs["alone"] if pk in ids["kpis"]}
    found: Rows = {}
    for t, k in enumerate(data.targets.kpi.tolist()):
        if k not in wanted or data.targets.due_day[t] <= 0.0:
            continue
        seen = _of_kpi(data, ids, inputs, k, np.array([data.targets.due_day[t]]))
        low, high = _reach(data, t)
        quantiles = seen.quantiles((0.1, 0.5, 0.9))[0].tolist()
        found[str(ids["targets"][t])] = {
            "chance": float(seen.chance(np.array([low]), np.array([high]))[0]),
            "standard_error": 0.0,
            **dict(zip(("p10", "p50", "p90"), quantiles, strict=True)),
        }
    return found


def alone_fans(data: ThreadData, ids: dict[str, list[Any]], inputs: dict[str, Any], months: tuple[float, ...]) -> Rows:
    """KPI id -> percentiles by month, for those told alone."""
    found: Rows = {}
    for pk in inputs["alone"]:
        seen = _of_kpi(data, ids, inputs, ids["kpis"].index(pk), np.array(months))
        found[str(pk)] = dict(zip(PERCENTILES, seen.quantiles(LEVELS).T.tolist(), strict=True))
    return found


def alone_chance(data: ThreadData, objective: int, ids: dict[str, list[Any]], targets: Rows) -> dict[str, float]:
    """Chance of an objective: the product of those of its required targets; nothing where it has none that is told alone."""
    of = np.flatnonzero((data.targets.objective == objective) & (data.targets.required != 0))
    told = [targets.get(str(ids["targets"][t])) for t in of.tolist()]
    if not told or not all(told):
        return {}
    return {"chance": float(np.prod([row["chance"] for row in told if row])), "standard_error": 0.0}


def _of_kpi(data: ThreadData, ids: dict[str, list[Any]], inputs: dict[str, Any], k: int, days: Floats) -> Outlook | DoneOrNot:
    """Where a KPI will stand on these days from the data date, (n,)."""
    rests_on, kpis = inputs["trends"][str(ids["kpis"][k])], data.kpis
    if _waits(rests_on):
        return outlook_of(rests_on["milestone"]).figure(days)
    learnt, ahead = reference_of(inputs["classes"][rests_on["class"]]), days - kpis.day_of_value[k]

    def column(value: float, none: float = 0.0) -> Floats:
        return np.full(days.size, none if np.isnan(value) else value)

    return Outlook(
        level=column(kpis.value_now[k]),
        middle=kpis.value_now[k] + kpis.drift_per_day[k] * ahead,
        spread=np.sqrt((kpis.drift_error[k] * ahead) ** 2 + kpis.noise_per_root_day[k] ** 2 * ahead),
        still=learnt.still(ahead),
        side=column(-1.0 if rests_on["way"] < 0.0 else 1.0),
        floor=column(kpis.floor[k], -np.inf),
        ceiling=column(kpis.ceiling[k], np.inf),
        points=np.full(days.size, rests_on["points"]),
        basis=np.zeros(days.size, np.int64),
        errors=learnt.errors,
    )


def _waits(rests_on: dict[str, Any]) -> bool:
    """Whether it is a milestone not done yet."""
    return bool(rests_on.get("milestone") and rests_on["milestone"]["waits"])


def _reach(data: ThreadData, t: int) -> tuple[float, float]:
    """From where to where a target counts as reached, its tolerance and the slack of rounding included."""
    targets = data.targets
    low, high = float(targets.band_low[t]), float(targets.band_high[t])
    if np.isnan(low) and np.isnan(high):
        goal = float(targets.value[t])
        rises = (targets.direction[t] or goal - targets.baseline[t]) > 0
        low, high = (goal, np.inf) if rises else (-np.inf, goal)
    low, high = (-np.inf if np.isnan(low) else low), (np.inf if np.isnan(high) else high)
    slack = SLACK * max([1.0, *(abs(end) for end in (low, high) if np.isfinite(end))])
    return low - float(targets.tolerance[t]) - slack, high + float(targets.tolerance[t]) + slack
