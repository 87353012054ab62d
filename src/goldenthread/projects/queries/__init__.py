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
from goldenthread.projects.queries.schedule_exports import (
    exported_comparison,
    exported_schedule,
    found_project,
    may_take_out_schedule,
)
from goldenthread.projects.queries.schedule_files import continued, stored_from
from goldenthread.projects.queries.schedule_reviews import (
    EarlierPlan,
    chosen_plan,
    earlier_plans,
    newest_review,
    project_movement,
    project_plan,
)
from goldenthread.projects.queries.schedule_simulation import (
    SimulationPage,
    risk_request,
    simulated_project,
    simulation_page,
)
from goldenthread.projects.queries.standing import Standing, standing
from goldenthread.projects.queries.usual import FEWEST, FEWEST_PROJECTS, usual_course

__all__ = [
    "FEWEST",
    "FEWEST_PROJECTS",
    "DryRun",
    "EarlierPlan",
    "Filters",
    "MandatoryShare",
    "Match",
    "ProjectPage",
    "ProjectTable",
    "SimulationPage",
    "Standing",
    "chosen_plan",
    "continued",
    "dry_run",
    "earlier_plans",
    "exported_comparison",
    "exported_schedule",
    "found_project",
    "home_scope",
    "mandatory_share",
    "may_take_out_schedule",
    "newest_review",
    "of_day",
    "project_movement",
    "project_page",
    "project_plan",
    "project_table",
    "reported_on",
    "risk_request",
    "simulated_project",
    "simulation_page",
    "standing",
    "status_reports",
    "stored_from",
    "usual_course",
]
