"""The Django application of this room."""

from django.apps import AppConfig


class AccountsApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
