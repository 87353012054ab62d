"""Writes of the room: what forecasts said, and what finished work was to bring."""

from goldenthread.evidence.actions.own_estimates import forget_own_chances, forget_own_estimates, state_own_chances
from goldenthread.evidence.actions.predictions import close_predictions, figure_of, keep_predictions, reached
from goldenthread.evidence.actions.results import (
    CAUSES,
    annotate,
    answer_rival,
    check_due,
    check_result,
    follow_work,
    name_looker,
    register_finished,
    register_result,
    withdraw_result,
)

__all__ = [
    "CAUSES",
    "annotate",
    "answer_rival",
    "check_due",
    "check_result",
    "close_predictions",
    "figure_of",
    "follow_work",
    "forget_own_chances",
    "forget_own_estimates",
    "keep_predictions",
    "name_looker",
    "reached",
    "register_finished",
    "register_result",
    "state_own_chances",
    "withdraw_result",
]
