"""The Django application of this room."""

from django.apps import AppConfig


class WorkspaceApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"
