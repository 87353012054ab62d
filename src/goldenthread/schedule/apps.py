"""The Django application of this room, and what it offers to the others."""

from django.apps import AppConfig


class ScheduleApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Compute dates anew after an undo; register the background work."""
        from goldenthread.kit import slots
        from goldenthread.schedule import jobs  # noqa: F401  registers its jobs
        from goldenthread.schedule.actions import dates_after_undo

        slots.provide("undone", dates_after_undo)
