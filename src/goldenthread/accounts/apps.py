"""The Django application of this room."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_started


class AccountsApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the entries of the navigation; remember where somebody signed in; let no request see what another one wrote."""
        from goldenthread.accounts import sign_in
        from goldenthread.accounts.views import entries
        from goldenthread.kit import history, slots

        history.write_in_long_statements()
        slots.provide("navigation", entries.navigation, position=900)
        user_logged_in.connect(sign_in.note_session, dispatch_uid="accounts.note_session")
        request_started.connect(history.forget_last_changeset, dispatch_uid="accounts.forget_last_changeset")
