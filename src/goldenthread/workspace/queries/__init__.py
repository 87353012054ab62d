"""Reads of what every noun can have: subjects, comments, inbox, questions, files read in."""

from goldenthread.workspace.queries.files import content, earlier_mapping, is_kept_for_somebody, recent_files
from goldenthread.workspace.queries.imports import (
    Choice,
    ImportKind,
    Preview,
    PreviewGroup,
    PreviewRow,
    TableView,
    after_import,
    forget,
    forget_reading,
    is_read,
    kind_of,
    kinds,
    reading_of,
    table_layout,
    table_settings,
)
from goldenthread.workspace.queries.inbox import inbox, unread_count
from goldenthread.workspace.queries.questions import may_ask, may_settle, open_questions, options, question_of
from goldenthread.workspace.queries.records import RecordKind, exports, person_named, record_kinds
from goldenthread.workspace.queries.subjects import address_of, comments, model_of, subject, subject_of
from goldenthread.workspace.queries.traces import taken_in_elsewhere

__all__ = [
    "Choice",
    "ImportKind",
    "Preview",
    "PreviewGroup",
    "PreviewRow",
    "RecordKind",
    "TableView",
    "address_of",
    "after_import",
    "comments",
    "content",
    "earlier_mapping",
    "exports",
    "forget",
    "forget_reading",
    "inbox",
    "is_kept_for_somebody",
    "is_read",
    "kind_of",
    "kinds",
    "may_ask",
    "may_settle",
    "model_of",
    "open_questions",
    "options",
    "person_named",
    "question_of",
    "reading_of",
    "recent_files",
    "record_kinds",
    "subject",
    "subject_of",
    "table_layout",
    "table_settings",
    "taken_in_elsewhere",
    "unread_count",
]
