"""Writes of what every noun can have, one module a noun: comments, inbox, questions by link, files read in."""

from goldenthread.workspace.actions.comments import add_comment, edit_comment, remove_comment
from goldenthread.workspace.actions.files import note_outcome, read_differently
from goldenthread.workspace.actions.imports import apply_file, is_large, looked_at, read_now, take_in
from goldenthread.workspace.actions.inbox import mark_all_read, mark_read, notify
from goldenthread.workspace.actions.questions import answer_question, ask_question, withdraw_question
from goldenthread.workspace.actions.retention import apply_retention
from goldenthread.workspace.actions.views import change_view, remove_view, save_view

__all__ = [
    "add_comment",
    "answer_question",
    "apply_file",
    "apply_retention",
    "ask_question",
    "change_view",
    "edit_comment",
    "is_large",
    "looked_at",
    "mark_all_read",
    "mark_read",
    "note_outcome",
    "notify",
    "read_differently",
    "read_now",
    "remove_comment",
    "remove_view",
    "save_view",
    "take_in",
    "withdraw_question",
]
