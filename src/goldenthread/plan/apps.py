"""The Django application of this room."""

from django.apps import AppConfig


class PlanApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
