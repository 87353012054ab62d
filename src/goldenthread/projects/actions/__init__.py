"""Writes of projects, one module a noun: projects and programmes, status reports, lists imported from files."""

from goldenthread.projects.actions.imports import Decisions, apply_list, import_project_file
from goldenthread.projects.actions.projects import (
    add_programme,
    add_project,
    add_projects,
    cancel_project,
    close_project,
    edit_programme,
    edit_project,
)
from goldenthread.projects.actions.reports import report_status, withdraw_report

__all__ = [
    "Decisions",
    "add_programme",
    "add_project",
    "add_projects",
    "apply_list",
    "cancel_project",
    "close_project",
    "edit_programme",
    "edit_project",
    "import_project_file",
    "report_status",
    "withdraw_report",
]
