"""What programs read and write of this room: programmes, projects and status reports."""

from __future__ import annotations

from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.projects import actions
from goldenthread.projects.models import Programme, Project, StatusReport
from goldenthread.purpose.models import Office
from goldenthread.ui.programs import Day, Noun, Write, body, words

Given = dict[str, Any]
PROJECT = (
    "reference", "description", "category", "department", "programme", "sponsor_name", "sponsor", "manager_name", "manager",
    "state", "rating", "starts_on", "finishes_on", "baseline_finish", "currency", "budget_minor", "forecast_minor",
    "spent_minor", "is_mandatory", "mandatory_because", "is_confidential",
)  # fmt: skip
REPORT = ("rating", "comment", "on", "finishes_on", "forecast_minor")


def _placed(given: Given) -> Given:
    """The fields with the scope of the office named, if one is."""
    office = given.pop("office", None)
    return given if office is None else given | {"under": office.scope}


def _change(row: Project, given: Given, by: Person, version: int) -> None:
    reason = given.pop("reason", "")
    actions.edit_project(project=row, changes=given, by=by, version=version, reason=reason)


PROGRAMMES = Noun(
    "programmes",
    Programme,
    ("name", "owner"),
    filters=("owner",),
    sorts=("name",),
    searched=("name",),
    create=Write(
        "Add",
        lambda given, by: actions.add_programme(by=by, **_placed(given)),
        body("NewProgramme", Programme, required=("name",), optional=("owner",), office_=Office),
    ),
)

PROJECTS = Noun(
    "projects",
    Project,
    ("name", *PROJECT, "rebaselined", "goal_answer", "withheld", "gone_on"),
    filters=(
        "programme", "state", "rating", "sponsor", "manager", "department", "category", "reference", "goal_answer",
        "is_mandatory", "starts_on", "finishes_on",
    ),
    sorts=("name", "reference", "department", "state", "rating", "starts_on", "finishes_on", "budget_minor"),
    searched=("name", "reference"),
    create=Write(
        "Add",
        lambda given, by: actions.add_project(by=by, **_placed(given)),
        body("NewProject", Project, required=("name",), optional=PROJECT, office_=Office),
    ),
    change=Write("Edit", _change, body("ProjectChanges", Project, optional=("name", *PROJECT), reason_=words(500))),
    verbs={
        "close": Write(
            "Close",
            lambda row, given, by, version: actions.close_project(project=row, by=by, version=version, **given),
            body("ProjectClosure", on_=Day),
        ),
        "cancel": Write(
            "Cancel",
            lambda row, given, by, version: actions.cancel_project(project=row, by=by, version=version, **given),
            body("ProjectCancellation", because=words(500)),
        ),
    },
)  # fmt: skip

STATUS_REPORTS = Noun(
    "status-reports",
    StatusReport,
    ("project", *REPORT, "by", "withdrawn_at", "withdrawn_because"),
    filters=("project", "rating", "on"),
    sorts=("on", "project"),
    about=lambda row: row.project,
    create=Write(
        "Write",
        lambda given, by: actions.report_status(by=by, **given),
        body("NewStatusReport", StatusReport, required=("project",), optional=REPORT),
    ),
    verbs={
        "withdraw": Write(
            "Withdraw",
            lambda row, given, by, version: actions.withdraw_report(report=row, by=by, **given),
            body("StatusReportWithdrawal", because=words(300)),
        )
    },
)

NOUNS = (PROGRAMMES, PROJECTS, STATUS_REPORTS)
