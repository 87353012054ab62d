"""Writes of status reports: what was said of a project on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.projects.models import Project, StatusReport
from goldenthread.purpose.actions.ground import add, change, day_of


def report_status(
    *,
    project: Project,
    by: Person | None,
    rating: str = "",
    comment: str = "",
    on: date | None = None,
    finishes_on: date | None = None,
    forecast_minor: int | None = None,
) -> StatusReport:
    """Say how a project stands on a day (today). A second report of the day replaces the first, which stays on record.

    The newest report also sets the project's own rating, forecast finish and forecast cost.
    """
    _must_report(by, project)
    if not rating and not comment.strip() and finishes_on is None and forecast_minor is None:
        raise Refused("Say something: a rating, a comment, a date or a cost.", field="rating")
    with accounts.changeset(title=f"Report on {project.name}", by=by, about=f"project:{project.pk}") as made:
        on = on or day_of(made)
        if on > day_of(made):
            raise Refused("A report is about today or a day before.", field="on")
        if finishes_on is not None and project.starts_on is not None and finishes_on < project.starts_on:
            raise Refused("It would finish before it starts.", field="finishes_on")
        standing = StatusReport.objects.filter(project=project, on=on, withdrawn_at__isnull=True).first()
        if standing is not None:
            change(standing, {"withdrawn_at": timezone.now(), "withdrawn_because": "reported again"})
        given = {"rating": rating, "comment": comment.strip(), "finishes_on": finishes_on, "forecast_minor": forecast_minor}
        report: StatusReport = add(StatusReport(project=project, on=on, by=by, **given))
        later = StatusReport.objects.filter(project=project, on__gt=on, withdrawn_at__isnull=True)
        if not later.exists():
            change(project, {name: value for name, value in given.items() if name != "comment" and value not in {None, ""}})
    return report


def withdraw_report(*, report: StatusReport, by: Person | None, because: str) -> None:
    """Take a report back; it stays on record with the reason."""
    _must_report(by, report.project)
    if report.withdrawn_at is not None:
        raise Refused("This report was withdrawn already.")
    if not because.strip():
        raise Refused("Say why it is withdrawn.", field="because")
    with accounts.changeset(title=f"Withdraw a report on {report.project}", by=by, about=f"project:{report.project_id}"):
        changes: dict[str, Any] = {"withdrawn_at": timezone.now(), "withdrawn_because": because.strip()[:300]}
        history.change(report, changes)


def _must_report(by: Person | None, project: Project) -> None:
    if by is not None and not (is_own(by, project) or may(by, Act.EDIT, project)):
        raise Forbidden("Only its manager, its sponsor, or who may change it, reports on this project.")
