"""Reads of what every noun can have: subjects, comments, inbox, questions, files read in."""

from goldenthread.workspace.queries.files import content, earlier_mapping, recent_files
from goldenthread.workspace.queries.inbox import inbox, unread_count
from goldenthread.workspace.queries.questions import open_questions, options, question_of
from goldenthread.workspace.queries.subjects import address_of, comments, model_of, subject, subject_of

__all__ = [
    "address_of",
    "comments",
    "content",
    "earlier_mapping",
    "inbox",
    "model_of",
    "open_questions",
    "options",
    "question_of",
    "recent_files",
    "subject",
    "subject_of",
    "unread_count",
]
