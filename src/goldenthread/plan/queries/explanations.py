"""Why a figure of a stored forecast is what it is: the rows it rests on, and every figure computed again from those alone."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in, visible
from goldenthread.engine.forecast import ForecastOptions, forecast, input_digest, path_for
from goldenthread.engine.risk_figures import at_share
from goldenthread.engine.subset import Subset, reach, subset
from goldenthread.engine.thread_data import ThreadData
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.mapping.alone import alone_chance, alone_targets
from goldenthread.plan.mapping.kept_days import packed
from goldenthread.plan.mapping.results import effect_rows, plain, read_inputs
from goldenthread.plan.mapping.trends import trend_of
from goldenthread.plan.models import Contribution, Forecast, Step, Supervision
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective, Target

FIGURES = {
    "objective": ("chance", "standard_error", "worth_mean", "worth_p10", "worth_p90"),
    "target": (
        "chance", "standard_error", "p10", "p50", "p90", "expected", "coverage", "drift_share", "worth_mean", "worth_p10",
        "worth_p90",
    ),
    "contribution": ("stake", "delay"),
    "supervision": ("stake", "delay"),
}  # fmt: skip
FORMULAS = {
    "objective": "Share of runs in which every required target is reached at its date.",
    "target": (
        "Share of runs in which last figure + drift + noise + sum of (delivered? × effect × part of it that has come by then) "
        "reaches the target at its date."
    ),
    "contribution": "Mean worth of all runs less the mean worth of the same runs without this contribution.",
    "supervision": "Mean worth of all runs less the mean worth of the same runs without this supervision.",
}
ALONE = {
    "objective": "Product of the chances of its required targets: no work moves them, and KPIs move apart from each other.",
    "target": (
        "No work is linked. Chance to stay as it is and be there, plus that to move there by its day: last figure + trend × days "
        "+ spread × the class’s own errors, kept between floor and ceiling."
    ),
    "milestone": (
        "No work is linked, and it is done or not. 1 − (B / (B + days to its day)) to the power A: A is 1 more than the others "
        "that are done, B is 365 and all days that they and this one have waited."
    ),
    "standard_error": "None: computed without drawing.",
    "p10": "One case in ten ends below this figure at the date.",
    "p50": "Half of the cases end below this figure at the date.",
    "p90": "Nine cases in ten end below this figure at the date.",
}
COLUMNS = {
    "standard_error": "Square root of chance × (1 − chance) / runs; that schedules have fewer runs is not in it.",
    "p10": "One run in ten ends below this figure at the date.",
    "p50": "Half of the runs end below this figure at the date.",
    "p90": "Nine runs in ten end below this figure at the date.",
    "expected": "Sum over planned work of its mean effect at the date.",
    "coverage": "Expected / (target − figure now).",
    "drift_share": "Drift × days / (target − figure now).",
    "worth_mean": "Mean over runs of the benefit × what one unit is worth.",
    "worth_p10": "One run in ten is worth less.",
    "worth_p90": "Nine runs in ten are worth less.",
    "delay": "Mean worth of all runs less the mean worth of the same runs with this one day later.",
}
SHAPE = ("errors", "horizons")  # of a class: what a range is drawn from, not a trend
MONEY = {"stake", "delay", "worth_mean", "worth_p10", "worth_p90"}
LINKS = {"kpi": "kpis", "objective": "objectives", "subject": "subjects", "supervised": "subjects"}
RUNS_SAY = {"finish_p10": 10, "finish_p50": 50, "finish_p90": 90}
MODELS: dict[str, Any] = {
    "objective": Objective,
    "target": Target,
    "kpi": Kpi,
    "contribution": Contribution,
    "supervision": Supervision,
    "step": Step,
    "project": Project,
}


def explanation(made: Forecast, kind: str, ident: int) -> dict[str, Any]:
    """Formula, inputs, seed and time of the figures of one row, and the figures computed again from those inputs alone.

    `kind` is objective, target, contribution or supervision. KeyError where the forecast does not hold it.
    """
    stored = made.results[f"{kind}s"][str(ident)]
    data, options = read_inputs(made.inputs)
    intact = made.digest == input_digest(data, options)
    part = _part(data, kind, made.inputs["ids"][f"{kind}s"].index(ident))
    options = ForecastOptions(
        seed=options.seed, runs=options.runs, months=(), cells=options.cells, path=path_for(len(data.contributions), options)
    )
    ids = {name: [made.inputs["ids"][name][row] for row in rows] for name, rows in part.rows.items()}
    again, is_alone = _again(part, options, ids, kind, ident, made.inputs)
    inputs = _inputs(part.data, ids)
    trends = _trends(made.inputs, ids["kpis"])
    first, *others = FIGURES[kind]
    formulas = COLUMNS | (ALONE if is_alone else {})
    return {
        "ref": f"{kind}:{ident}",
        "figure": first,
        "value": stored[first],
        "again": again[first],
        "same": all(stored[name] == value for name, value in again.items()) and intact and _follow(inputs, trends),
        "formula": (ALONE if is_alone else FORMULAS)[_formula_of(kind, trends) if is_alone else kind],
        "figures": [
            {"figure": name, "value": stored[name], "again": again[name], "formula": formulas[name]}
            for name in others
            if stored[name] is not None or again[name] is not None
        ],
        "basis": stored.get("basis"),
        "inputs": inputs,
        "trends": trends,
        "seed": made.seed,
        "runs": made.runs,
        "cells": options.cells,
        "path": options.path,
        "engine": made.engine,
        "digest": made.digest,
        "made_at": made.made_at.isoformat(),
        "standard_error": stored.get("standard_error"),
    }


def _formula_of(kind: str, trends: dict[str, dict[str, Any]]) -> str:
    """Which formula tells a row that no work moves."""
    return "milestone" if kind == "target" and any(told.get("milestone") for told in trends.values()) else kind


def _part(data: ThreadData, kind: str, row: int) -> Subset:
    """The rows that the figures of this row rest on."""
    targets = data.targets
    if kind in {"objective", "target"}:
        own = np.flatnonzero(targets.objective == row) if kind == "objective" else np.array([row])
        return subset(data, np.unique(targets.kpi[own]), own)
    subject = data.contributions.subject[row] if kind == "contribution" else data.supervisions.subject[row]
    moved = reach(data, np.array([subject]))
    touched = targets.objective[np.isin(targets.kpi, moved)]
    return subset(data, np.union1d(moved, targets.kpi[np.isin(targets.objective, touched)]))


def _again(
    part: Subset, options: ForecastOptions, ids: dict[str, list[Any]], kind: str, ident: int, inputs: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """The stored row, computed anew; and whether it is told from history alone."""
    made, table = forecast(part.data, options), f"{kind}s"
    if kind in {"contribution", "supervision"}:
        return effect_rows(getattr(made, table), ids[table], ids)[str(ident)], False
    row = ids[table].index(ident)
    drawn = {name: plain(getattr(getattr(made, table), name)[row]) for name in FIGURES[kind]}
    alone = alone_targets(part.data, ids, inputs) if inputs.get("alone") else {}
    told = alone.get(str(ident), {}) if kind == "target" else alone_chance(part.data, row, ids, alone)
    return drawn | told, bool(told)


def _inputs(data: ThreadData, ids: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """The rows by reference, links as references too; objectives have no figures of their own."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("targets", "kpis", "contributions", "subjects", "supervisions"):
        table = getattr(data, name)
        told = [column.name for column in fields(table) if column.name not in ("schedule", "line")]
        columns = {column: [plain(v) for v in getattr(table, column).tolist()] for column in told}
        for row, ident in enumerate(ids[name]):
            values = {
                column: _ref(LINKS[column], ids[LINKS[column]][given[row]]) if column in LINKS else given[row]
                for column, given in columns.items()
            }
            found[_ref(name, ident)] = values | (_runs(data, row) if name == "subjects" else {})
    return found


def _runs(data: ThreadData, row: int) -> dict[str, Any]:
    """What the finish of a subject is drawn from: its days in the runs of its schedule (`kept_days`), and what they say."""
    runs = data.runs_of(row)
    if not runs.size:
        return dict.fromkeys(("schedule", "days", *RUNS_SAY))
    in_order = np.sort(runs)
    said = {name: float(in_order[at_share(in_order, percent)]) for name, percent in RUNS_SAY.items()}
    return {"schedule": data.schedules[int(data.subjects.schedule[row])].key, "days": packed(runs[None, :])} | said


def _trends(given: dict[str, Any], kpi_ids: list[int]) -> dict[str, dict[str, Any]]:
    """What each KPI's trend was computed from, with the numbers of its class (None without one), and the trend computed again."""
    told = {}
    for pk in kpi_ids:
        rests_on = given.get("trends", {}).get(str(pk))
        if rests_on is not None:
            place = rests_on["class"]
            learnt = None if place is None else {k: v for k, v in given["classes"][place].items() if k not in SHAPE}
            told[f"kpi:{pk}"] = rests_on | {"class": learnt, "again": trend_of(rests_on, given["classes"])}
    return told


def _follow(inputs: dict[str, dict[str, Any]], trends: dict[str, dict[str, Any]]) -> bool:
    """Whether the trends that went in are those that follow from what they rest on."""
    return all(inputs[ref][name] == value for ref, told in trends.items() for name, value in told["again"].items())


def _ref(table: str, ident: Any) -> str:
    return str(ident) if table == "subjects" else f"{table[:-1]}:{ident}"


def may_explain(kind: str, ident: int, person: Person) -> bool:
    """Whether there is such a row, of a kind that a forecast explains, and the person may see it."""
    return kind in FIGURES and bool(visible(MODELS[kind].objects.filter(pk=ident), person).exists())


def shown_to(found: dict[str, Any], person: Person, scope_id: int | None) -> dict[str, Any]:
    """The explanation without the rows, and without the money, that the person may not see in this scope.

    `hidden` says how many rows these are, `hides_money` whether any money is left out.
    """
    asked: dict[str, list[int]] = {}
    for ref in found["inputs"]:
        kind, _, ident = ref.partition(":")
        asked.setdefault(kind, []).append(int(ident))
    open_to = {
        f"{kind}:{pk}"
        for kind, idents in asked.items()
        for pk in visible(MODELS[kind].objects.filter(pk__in=idents), person).values_list("pk", flat=True)
    }
    inputs = _without_closed_schedules({ref: row for ref, row in found["inputs"].items() if ref in open_to}, person)
    trends = {ref: row for ref, row in found["trends"].items() if ref in open_to}
    told = found | {"trends": trends, "inputs": inputs, "hidden": len(found["inputs"]) - len(inputs), "hides_money": False}
    if may_in(person, Act.VIEW, Kind.VALUE_RATE, scope_id):
        return told
    told["inputs"] = {ref: {k: v for k, v in row.items() if not k.startswith("worth")} for ref, row in inputs.items()}
    told["figures"] = [line for line in found["figures"] if line["figure"] not in MONEY]
    if found["figure"] in MONEY:
        told |= {"value": None, "again": None}
    return told | {"hides_money": True}


def _without_closed_schedules(inputs: dict[str, dict[str, Any]], person: Person) -> dict[str, dict[str, Any]]:
    """The rows without what was drawn from the schedule of a project whose schedule the person may not see."""
    drawn = [int(ref.partition(":")[2]) for ref, row in inputs.items() if ref.startswith("project:") and row["days"]]
    projects = Project.objects.filter(pk__in=drawn) if drawn else ()
    closed = [row.pk for row in projects if not (may_in(person, Act.VIEW, Kind.PLAN, row.scope_id) or is_own(person, row))]
    return inputs | {f"project:{pk}": {"key": inputs[f"project:{pk}"]["key"]} for pk in closed}
