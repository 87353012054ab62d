"""Within one version: at which activity a row of work is told, and which KPIs a row is about."""

from __future__ import annotations

from goldenthread.engine.root_changes import Root
from goldenthread.engine.table_compare import State


def activities_of_rows(state: State) -> dict[Root, int]:
    """Rows of work -> the activity that they are told at."""
    steps = dict(zip(state["steps"].keys.tolist(), state["steps"].columns["activity_id"].tolist(), strict=True))
    found: dict[Root, int] = {("steps", step): activity for step, activity in steps.items()}
    for table, column in (("relationships", "successor_id"), ("assignments", "activity_id")):
        rows = zip(state[table].keys.tolist(), state[table].columns[column].tolist(), strict=True)
        found.update({(table, key): activity for key, activity in rows})
    for table in ("raci", "contributions", "supervisions", "duties"):
        rows = zip(state[table].keys.tolist(), state[table].columns["step_id"].tolist(), strict=True)
        found.update({(table, key): steps[step] for key, step in rows if step in steps})
    return found


def kpis_of_activities(state: State) -> dict[int, frozenset[int]]:
    """Activity -> the KPIs that its step, or one above it, is to move."""
    steps = dict(zip(state["steps"].keys.tolist(), state["steps"].columns["activity_id"].tolist(), strict=True))
    own: dict[int, set[int]] = {}
    given = state["contributions"].columns
    for step, kpi in zip(given["step_id"].tolist(), given["kpi_id"].tolist(), strict=True):
        if step in steps:
            own.setdefault(steps[step], set()).add(kpi)
    activities = state["activities"]
    above = dict(zip(activities.keys.tolist(), activities.columns["parent_id"].tolist(), strict=True))
    found = {}
    for activity in above:
        kpis: set[int] = set()
        here = activity
        while here in above:
            kpis |= own.get(here, set())
            here = above[here]
        if kpis:
            found[activity] = frozenset(kpis)
    return found


def kpis_of_rows(state: State) -> dict[Root, frozenset[int]]:
    """Targets, rates and objectives -> their KPIs."""
    found: dict[Root, frozenset[int]] = {}
    of_objective: dict[int, set[int]] = {}
    targets = state["targets"]
    rows = zip(targets.keys.tolist(), targets.columns["kpi_id"].tolist(), targets.columns["objective_id"].tolist(), strict=True)
    for key, kpi, objective in rows:
        found["targets", key] = frozenset({kpi})
        of_objective.setdefault(objective, set()).add(kpi)
    found.update({("objectives", key): frozenset(kpis) for key, kpis in of_objective.items()})
    rates = state["rates"]
    of_rates = zip(rates.keys.tolist(), rates.columns["kpi_id"].tolist(), strict=True)
    return found | {("rates", key): frozenset({kpi}) for key, kpi in of_rates}
