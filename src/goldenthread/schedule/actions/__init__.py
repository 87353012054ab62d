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

__all__ = [
    "EFFORTS",
    "Given",
    "add_activity",
    "add_schedule",
    "assign",
    "block",
    "cancel_activity",
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
    "reopen",
    "report_progress",
    "set_baseline",
    "store",
    "unassign",
    "unrelate",
]
