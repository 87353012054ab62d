"""What stands on the page of one project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from goldenthread.kit import history
from goldenthread.projects.models import Project, StatusReport
from goldenthread.projects.queries.standing import Standing, standing
from goldenthread.ui.writing import plural

REPORTS = 60


@dataclass(frozen=True)
class ProjectPage:
    """A project, how it stands by its figures, and what was reported, newest first."""

    project: Project
    standing: Standing
    reports: list[StatusReport]
    withheld: list[tuple[str, str]]
    rebaselined: str


def rebaselined(project: Project) -> str:
    """How often its approved finish was replaced, and how far it has moved since the first, as its history holds it."""
    if not project.rebaselined:
        return "never"
    often = plural(project.rebaselined, "time")
    dated = history.records(Project).filter(id=project.pk, baseline_finish__isnull=False).order_by("history_id")
    first = dated.values_list("baseline_finish", flat=True).first()
    if first is None or project.baseline_finish is None or first == project.baseline_finish:
        return often
    weeks = round((project.baseline_finish - first).days / 7)
    return f"{often}, {'+' if weeks >= 0 else '−'}{plural(abs(weeks), 'week')} since the first"


def status_reports(project: Project) -> QuerySet[StatusReport]:
    """Reports on a project, newest first, withdrawn ones among them."""
    return StatusReport.objects.filter(project=project).select_related("by").order_by("-on", "-id")


def project_page(project: Project, day: date) -> ProjectPage:
    """The page of `project`, which the caller has found to be visible."""
    labels = {f.name: f.verbose_name for f in Project._meta.concrete_fields}
    withheld = [(str(labels.get(name, name)).capitalize(), words) for name, words in project.withheld.items()]
    return ProjectPage(project, standing(project, day), list(status_reports(project)[:REPORTS]), withheld, rebaselined(project))
