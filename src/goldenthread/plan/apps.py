"""The Django application of this room, and what it offers to lower rooms."""

from __future__ import annotations

from django.apps import AppConfig

from goldenthread.kit.slots import provide


class PlanApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register jobs and the panels that pages of lower rooms show."""
        from goldenthread.plan import jobs, panels, queries
        from goldenthread.plan.actions import choices, records, sessions, steps, workbook_kind
        from goldenthread.plan.queries.work_below import work_below
        from goldenthread.plan.views import goals

        del jobs  # imported for its registrations
        provide("navigation", panels.navigation, position=40)
        provide("office_founded", steps.office_founded)
        provide("objective_forecasts", queries.objective_forecasts)
        provide("objectives_that_rank", queries.objectives_that_rank)
        provide("objective_panels", panels.objective_panels)
        provide("project_panels", panels.project_panels)
        provide("answers_for", queries.answers_for)
        provide("question_options", goals.question_options)
        provide("question_answered", choices.question_answered)
        provide("question_answered", sessions.question_answered)
        provide("after_import", goals.after_import, position=10)
        provide("record_kinds", records.record_kinds)
        provide("work_below", work_below)
        provide("import_kinds", workbook_kind.import_kinds, position=15)
