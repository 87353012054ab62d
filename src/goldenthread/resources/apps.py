"""The Django application of this room."""

from django.apps import AppConfig


class ResourcesApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"
