"""The Django application of this room."""

from django.apps import AppConfig


class ScheduleApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"
