"""The Django application of this room."""

from django.apps import AppConfig


class ThreadApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.thread"
    label = "thread"
    default_auto_field = "django.db.models.BigAutoField"
