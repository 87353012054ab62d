"""Writes of this room, by noun: mandates, services, objectives, KPIs with targets, figures. Call them as `actions.add_kpi(...)`.

Keyword-only; `by` is the person who acts and whose rights are checked; each is one changeset, or part of the one that is open.
Edits take the `version` that the writer saw. They raise Refused, Forbidden or Conflict of `kit.errors`.
"""

from goldenthread.purpose.actions.cascades import NO_GOAL, NO_WORD, say, set_cascade, sign_cascade, take_over
from goldenthread.purpose.actions.figures import (
    Entered,
    Figure,
    enter_measurement,
    enter_measurements,
    remove_value_rate,
    set_value_rate,
    sign_value_rate,
    withdraw_measurement,
)
from goldenthread.purpose.actions.kpis import add_kpi, edit_kpi, edit_target, redefine_kpi, remove_target, set_target
from goldenthread.purpose.actions.mandates import (
    add_clause,
    add_office,
    carry_over_objectives,
    draft_mandate,
    draft_successor,
    edit_clause,
    edit_mandate,
    edit_office,
    name_service,
    name_services,
    put_mandate_in_force,
    remove_clause,
    retire_mandate,
    set_clauses,
)
from goldenthread.purpose.actions.objectives import (
    achieve_objective,
    add_objective,
    agree_objective,
    approve_objective,
    edit_objective,
    propose_objective,
    retire_objective,
    return_objective,
)
from goldenthread.purpose.actions.services import add_service, edit_service, stop_service

__all__ = [
    "NO_GOAL",
    "NO_WORD",
    "Entered",
    "Figure",
    "achieve_objective",
    "add_clause",
    "add_kpi",
    "add_objective",
    "add_office",
    "add_service",
    "agree_objective",
    "approve_objective",
    "carry_over_objectives",
    "draft_mandate",
    "draft_successor",
    "edit_clause",
    "edit_kpi",
    "edit_mandate",
    "edit_objective",
    "edit_office",
    "edit_service",
    "edit_target",
    "enter_measurement",
    "enter_measurements",
    "name_service",
    "name_services",
    "propose_objective",
    "put_mandate_in_force",
    "redefine_kpi",
    "remove_clause",
    "remove_target",
    "remove_value_rate",
    "retire_mandate",
    "retire_objective",
    "return_objective",
    "say",
    "set_cascade",
    "set_clauses",
    "set_target",
    "set_value_rate",
    "sign_cascade",
    "sign_value_rate",
    "stop_service",
    "take_over",
    "withdraw_measurement",
]
