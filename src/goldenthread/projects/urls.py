"""Addresses of the room `projects`."""

from __future__ import annotations

from django.urls import path

from goldenthread.projects.views import (
    listing,
    project,
    schedule,
    schedule_reviews,
    schedule_risks,
    schedule_simulation,
    schedule_views,
)

app_name = "projects"
urlpatterns = [
    path("projects", listing.projects, name="projects"),
    path("projects/new", project.new_project, name="new_project"),
    path("projects/<int:key>", project.project, name="project"),
    path("projects/<int:key>/schedule", schedule.schedule, name="schedule"),
    path("projects/<int:key>/schedule/file", schedule.schedule_file, name="schedule_file"),
    path("projects/<int:key>/schedule/row", schedule.row, name="schedule_row"),
    path("projects/<int:key>/schedule/views", schedule_views.save, name="schedule_views"),
    path("projects/<int:key>/schedule/health", schedule_reviews.health, name="schedule_health"),
    path("projects/<int:key>/schedule/compare", schedule_reviews.compare, name="schedule_compare"),
    path("projects/<int:key>/schedule/compare/file", schedule_reviews.comparison_file, name="comparison_file"),
    path("projects/<int:key>/schedule/simulation", schedule_simulation.simulation, name="simulation"),
    path("projects/<int:key>/schedule/risks", schedule_risks.risk, name="schedule_risk"),
    path("projects/<int:key>/schedule/risks/list", schedule_risks.risk_list, name="schedule_risk_list"),
    path("projects/<int:key>/schedule/risks/file", schedule_risks.risk_file, name="schedule_risk_file"),
    path("projects/<int:key>/edit", project.edit_project, name="edit_project"),
    path("projects/<int:key>/report", project.report, name="report"),
    path("projects/<int:key>/close", project.close_project, name="close_project"),
    path("projects/<int:key>/cancel", project.cancel_project, name="cancel_project"),
    path("reports/<int:key>/withdraw", project.withdraw_report, name="withdraw_report"),
]
