"""The Django application of this room."""

from django.apps import AppConfig


class PurposeApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.purpose"
    label = "purpose"
    default_auto_field = "django.db.models.BigAutoField"
