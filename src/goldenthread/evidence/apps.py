"""The Django application of this room."""

from django.apps import AppConfig

from goldenthread.kit import slots


class EvidenceApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs, the room's pages, and what pages of lower rooms show of it."""
        from goldenthread.evidence import actions, jobs
        from goldenthread.evidence.queries.results import responsibilities
        from goldenthread.evidence.views import calibration, own_estimates, results

        del jobs  # imported for its registrations
        slots.provide("navigation", results.navigation, position=55)
        slots.provide("navigation", calibration.navigation, position=60)
        slots.provide("objective_panels", results.objective_panels, position=120)
        slots.provide("contribution_panels", results.contribution_panels)
        slots.provide("objective_panels", own_estimates.objective_panels, position=200)
        slots.provide("erase_person", actions.forget_own_estimates)
        slots.provide("responsibilities", responsibilities)
