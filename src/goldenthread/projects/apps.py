"""The Django application of this room."""

from django.apps import AppConfig


class ProjectsApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"
