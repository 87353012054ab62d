"""The Django application of this room."""

from django.apps import AppConfig

from goldenthread.kit import slots


class EvidenceApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job and the room's page."""
        from goldenthread.evidence import actions, jobs, views

        del jobs  # imported for its registrations
        slots.provide("navigation", views.navigation, position=60)
        slots.provide("objective_panels", views.objective_panels, position=90)
        slots.provide("erase_person", actions.forget_own_estimates)
