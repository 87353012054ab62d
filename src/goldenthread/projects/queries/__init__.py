"""Reads of projects: the list, the page of one, how it stands by its own figures, and lists compared with what is known."""

from goldenthread.projects.queries.dry_run import DryRun, Match, dry_run, of_day, reported_on
from goldenthread.projects.queries.lists import (
    Filters,
    MandatoryShare,
    ProjectTable,
    home_scope,
    mandatory_share,
    project_table,
)
from goldenthread.projects.queries.page import ProjectPage, project_page, status_reports
from goldenthread.projects.queries.standing import Standing, standing
from goldenthread.projects.queries.usual import FEWEST, FEWEST_PROJECTS, usual_course

__all__ = [
    "FEWEST",
    "FEWEST_PROJECTS",
    "DryRun",
    "Filters",
    "MandatoryShare",
    "Match",
    "ProjectPage",
    "ProjectTable",
    "Standing",
    "dry_run",
    "home_scope",
    "mandatory_share",
    "of_day",
    "project_page",
    "project_table",
    "reported_on",
    "standing",
    "status_reports",
    "usual_course",
]
