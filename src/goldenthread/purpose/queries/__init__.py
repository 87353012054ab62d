"""Reads of this room, by noun: mandates and services, objectives, KPIs, the past, the library. Call them as `queries.objective_rows(...)`."""

from goldenthread.purpose.queries.mandates import (
    Comparison,
    citable_clauses,
    clauses,
    comparison,
    in_force,
    mandate_in_force,
    mandates,
    objectives_without_mandate,
    offices,
)
from goldenthread.purpose.queries.objectives import (
    ObjectiveRow,
    TargetView,
    missing_for_approval,
    objective_rows,
    objectives,
    required_targets_not_reached,
)

__all__ = [
    "Comparison",
    "ObjectiveRow",
    "TargetView",
    "citable_clauses",
    "clauses",
    "comparison",
    "in_force",
    "mandate_in_force",
    "mandates",
    "missing_for_approval",
    "objective_rows",
    "objectives",
    "objectives_without_mandate",
    "offices",
    "required_targets_not_reached",
]
