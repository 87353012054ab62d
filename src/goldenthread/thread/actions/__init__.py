"""Writes that a page across rooms offers, one module a page: the day, the gaps, the first run, the work of who leaves."""

from goldenthread.thread.actions.day import add_own_work, mark_seen, prove_duty
from goldenthread.thread.actions.gaps import repair_gap, subject_of
from goldenthread.thread.actions.hand_over import hand_over
from goldenthread.thread.actions.start import Kept, found_office, keep_objectives, plan_first_step, settle_figures

__all__ = [
    "Kept",
    "add_own_work",
    "found_office",
    "hand_over",
    "keep_objectives",
    "mark_seen",
    "plan_first_step",
    "prove_duty",
    "repair_gap",
    "settle_figures",
    "subject_of",
]
