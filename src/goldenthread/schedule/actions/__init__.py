"""Writes of schedules, one module a noun: activities with all that hangs on them, and whole schedules from files."""

from goldenthread.schedule.actions.activities import (
    add_activity,
    add_schedule,
    assign,
    block,
    cancel_activity,
    descendants,
    edit_activity,
    effort_range,
    ensure_resource,
    freeze,
    move_activity,
    reassign,
    relate,
    reopen,
    report_progress,
    set_baseline,
    unassign,
    unrelate,
)
from goldenthread.schedule.actions.dates import compute_dates, dates_after_undo, postponed_dates
from goldenthread.schedule.actions.from_files import Given, store
from goldenthread.schedule.actions.loads import EFFORTS
from goldenthread.schedule.actions.risks import add_risk, change_risk, remove_risk, take_list

__all__ = [
    "EFFORTS",
    "Given",
    "add_activity",
    "add_risk",
    "add_schedule",
    "assign",
    "block",
    "cancel_activity",
    "change_risk",
    "compute_dates",
    "dates_after_undo",
    "descendants",
    "edit_activity",
    "effort_range",
    "ensure_resource",
    "freeze",
    "move_activity",
    "postponed_dates",
    "reassign",
    "relate",
    "remove_risk",
    "reopen",
    "report_progress",
    "set_baseline",
    "store",
    "take_list",
    "unassign",
    "unrelate",
]
