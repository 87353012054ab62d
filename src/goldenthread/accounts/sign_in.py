"""How people sign in: by e-mail, invited. allauth does the work; these two classes set our rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend

from goldenthread.accounts.models import User


class SignIn(AuthenticationBackend):
    """allauth's e-mail sign-in, reading user, person and organisation in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        """The signed-in user with person and organisation, or None when the account is closed."""
        user = User.objects.filter(pk=user_id).select_related("person", "person__organisation").first()
        return user if user is not None and user.is_active else None


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up alone: a person is invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Always closed."""
        return False
