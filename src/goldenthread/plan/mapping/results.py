"""A forecast <-> what is stored of it: plain JSON, keyed by the ids of our rows. NaN is null."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import numpy as np

from goldenthread.engine.forecast import Effects, Forecast, ForecastOptions
from goldenthread.engine.thread_data import (
    Contributions,
    Kpis,
    Objectives,
    ScheduleRuns,
    Subjects,
    Supervisions,
    Targets,
    ThreadData,
)
from goldenthread.plan.mapping.alone import alone_chance, alone_fans, alone_targets, told_alone
from goldenthread.plan.mapping.kept_days import packed, unpacked
from goldenthread.plan.mapping.thread import Thread

TABLES = {
    "kpis": Kpis,
    "objectives": Objectives,
    "targets": Targets,
    "subjects": Subjects,
    "contributions": Contributions,
    "supervisions": Supervisions,
}
BASES = ("thin", "fair", "good")


def plain(value: Any) -> Any:
    """A number that JSON can hold; NaN and infinity become None."""
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value


def stored_inputs(thread: Thread, options: ForecastOptions) -> dict[str, Any]:
    """What went in, column by column, so that any figure can be computed again."""
    tables = {
        name: {c.name: [plain(v) for v in getattr(getattr(thread.data, name), c.name).tolist()] for c in fields(kind)}
        for name, kind in TABLES.items()
    }
    return {
        "tables": tables,
        "schedules": [{"key": of.key, "days": packed(of.days)} for of in thread.data.schedules],
        "ids": thread.ids,
        "options": {"seed": options.seed, "runs": options.runs, "months": list(options.months), "cells": options.cells},
        "left_out": thread.left_out,
        "trends": {str(pk): rests_on for pk, rests_on in thread.trends.of.items()},
        "classes": thread.trends.classes,
        "alone": told_alone(thread.data, thread.ids, thread.trends.of),
    }


def read_inputs(inputs: dict[str, Any]) -> tuple[ThreadData, ForecastOptions]:
    """The engine's tables and options of a stored forecast."""
    tables = {
        name: kind(**{c: [float("nan") if v is None else v for v in values] for c, values in inputs["tables"][name].items()})
        for name, kind in TABLES.items()
    }
    given = inputs["options"]
    options = ForecastOptions(seed=given["seed"], runs=given["runs"], months=tuple(given["months"]), cells=given["cells"])
    schedules = tuple(ScheduleRuns(of["key"], unpacked(of["days"])) for of in inputs.get("schedules", ()))
    return ThreadData(**tables, schedules=schedules), options


def stored_results(
    thread: Thread, made: Forecast, options: ForecastOptions, today: date, inputs: dict[str, Any]
) -> dict[str, Any]:
    """What came out, by the ids of our rows; `inputs` as stored. Targets without work are told from history alone (`alone`)."""
    alone = alone_targets(thread.data, thread.ids, inputs)
    fans = alone_fans(thread.data, thread.ids, inputs, options.months)
    targets = _targets(thread, made)
    targets = {pk: row | alone.get(pk, {}) for pk, row in targets.items()}
    return {
        "targets": targets,
        "objectives": _objectives(thread, made, targets, alone),
        "fans": {pk: fan | fans.get(pk, {}) for pk, fan in _fans(thread, made, options, today).items()},
        "contributions": effect_rows(made.contributions, thread.ids["contributions"], thread.ids),
        "subjects": effect_rows(made.subjects, thread.ids["subjects"], thread.ids),
        "supervisions": effect_rows(made.supervisions, thread.ids["supervisions"], thread.ids),
        "activities": _delays_of_activities(thread, made),
        "finishes": {ref: [f.low, f.likely, f.high] for ref, f in thread.finish.items() if ref in set(thread.ids["subjects"])},
        "drifts": {
            str(pk): {"per_day": plain(per_day), "error": plain(error)} | _rests_on(thread, pk)
            for pk, per_day, error in zip(
                thread.ids["kpis"], thread.data.kpis.drift_per_day, thread.data.kpis.drift_error, strict=True
            )
        },
        "left_out": thread.left_out,
    }


def _rests_on(thread: Thread, kpi_id: int) -> dict[str, Any]:
    """How many own figures a trend rests on, and how many cases of how many other KPIs it is drawn to."""
    mine = thread.trends.of[kpi_id]
    drawn_to = thread.trends.classes[mine["class"]] if mine["class"] is not None else {"cases": 0, "others": 0}
    milestone = {"milestone": mine["milestone"]} if mine["milestone"] else {}
    return {"points": mine["points"], "cases": drawn_to["cases"], "others": drawn_to["others"]} | milestone


def _targets(thread: Thread, made: Forecast) -> dict[str, dict[str, Any]]:
    out = {}
    columns = (
        "chance",
        "standard_error",
        "p10",
        "p50",
        "p90",
        "expected",
        "coverage",
        "drift_share",
        "worth_mean",
        "worth_p10",
        "worth_p90",
    )
    for i, pk in enumerate(thread.ids["targets"]):
        kpi_id = thread.ids["kpis"][int(thread.data.targets.kpi[i])]
        out[str(pk)] = {name: plain(getattr(made.targets, name)[i]) for name in columns} | {
            "kpi": kpi_id,
            "objective": thread.ids["objectives"][int(thread.data.targets.objective[i])],
            "coverage_reason": made.targets.coverage_reason[i],
            "basis": thread.basis[kpi_id],
            "value_now": plain(thread.data.kpis.value_now[int(thread.data.targets.kpi[i])]),
            "paid_by": thread.paid_by[pk],
            "has_work": bool(np.isin(thread.data.targets.kpi[i], thread.data.contributions.kpi)),
            "required": bool(thread.data.targets.required[i]),
        }
    return out


def _objectives(
    thread: Thread, made: Forecast, targets: dict[str, dict[str, Any]], alone: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    weakest: dict[int, str] = {}
    for target in targets.values():
        if target["required"]:
            held = weakest.get(target["objective"], "good")
            weakest[target["objective"]] = min(held, target["basis"], key=BASES.index)
    columns = ("chance", "standard_error", "worth_mean", "worth_p10", "worth_p90")
    return {
        str(pk): {name: plain(getattr(made.objectives, name)[i]) for name in columns}
        | {"basis": weakest.get(pk, "thin")}
        | alone_chance(thread.data, i, thread.ids, alone)
        for i, pk in enumerate(thread.ids["objectives"])
    }


def _fans(thread: Thread, made: Forecast, options: ForecastOptions, today: date) -> dict[str, Any]:
    days = [(today + timedelta(days=round(m))).isoformat() for m in options.months]
    names = [f"p{round(p)}" for p in options.percentiles]
    return {
        str(pk): {"dates": days} | {name: [plain(v) for v in made.fan[k, :, p]] for p, name in enumerate(names)}
        for k, pk in enumerate(thread.ids["kpis"])
    }


def effect_rows(effects: Effects, ids: list[Any], others: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """Per item: value at stake, cost of delay, and per target and objective the expected change and the chance it brings."""
    out: dict[str, dict[str, Any]] = {
        str(pk): {
            "stake": plain(effects.value_at_stake[i]),
            "delay": plain(effects.cost_of_delay[i]),
            "targets": {},
            "objectives": {},
        }
        for i, pk in enumerate(ids)
    }
    for item, target, expected, chance in zip(effects.item, effects.target, effects.expected, effects.chance, strict=True):
        out[str(ids[int(item)])]["targets"][str(others["targets"][int(target)])] = {
            "expected": plain(expected),
            "chance": plain(chance),
        }
    for item, objective, chance in zip(effects.objective_item, effects.objective, effects.objective_chance, strict=True):
        out[str(ids[int(item)])]["objectives"][str(others["objectives"][int(objective)])] = plain(chance)
    return out


def _delays_of_activities(thread: Thread, made: Forecast) -> dict[str, float]:
    """Cost of one day's delay of an activity: that of every subject whose finish it drives. Others have spare time: nothing."""
    delays: dict[str, float] = defaultdict(float)
    for ref, delay in zip(thread.ids["subjects"], made.subjects.cost_of_delay, strict=True):
        for activity_id in thread.finish[ref].chain:
            delays[str(activity_id)] += float(delay)
    return dict(delays)
