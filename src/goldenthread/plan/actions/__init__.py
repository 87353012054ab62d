"""Writes of the business plan, one module a noun: steps, contributions, duties, answers."""

from goldenthread.plan.actions.answers import answer_goal, answer_pulse
from goldenthread.plan.actions.contributions import (
    confirm_contribution,
    contribute,
    edit_contribution,
    effect_of_size,
    end_supervision,
    judge_contribution,
    supervise,
    withdraw_contribution,
)
from goldenthread.plan.actions.duties import add_duty, edit_duty, make_occurrences, prove
from goldenthread.plan.actions.repeats import make_repeats
from goldenthread.plan.actions.steps import (
    add_step,
    clear_raci,
    confirm_step,
    edit_step,
    found_plan,
    mark_duplicate,
    move_step,
    must_plan,
    remove_step,
    set_letters,
    set_raci,
    stop_step,
)

__all__ = [
    "add_duty",
    "add_step",
    "answer_goal",
    "answer_pulse",
    "clear_raci",
    "confirm_contribution",
    "confirm_step",
    "contribute",
    "edit_contribution",
    "edit_duty",
    "edit_step",
    "effect_of_size",
    "end_supervision",
    "found_plan",
    "judge_contribution",
    "make_occurrences",
    "make_repeats",
    "mark_duplicate",
    "move_step",
    "must_plan",
    "prove",
    "remove_step",
    "set_letters",
    "set_raci",
    "stop_step",
    "supervise",
    "withdraw_contribution",
]
