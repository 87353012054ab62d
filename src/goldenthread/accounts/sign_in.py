"""How people sign in: by e-mail, invited. allauth does the work; these classes set our rules."""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_scopes import scopes_disabled

from goldenthread.accounts.models import Changeset, User
from goldenthread.kit.prepared import Blank, Prepared


@Prepared
def _signed_in() -> QuerySet[User]:
    with scopes_disabled():  # nobody is known yet; the row that it goes with names the organisation
        newest = Changeset.objects.filter(organisation=OuterRef("person__organisation")).order_by("-id").values("id")[:1]
    found = User.objects.filter(pk=Blank("user")).annotate(newest_changeset=newest)
    return found.select_related("person", "person__organisation")


class SignIn(AuthenticationBackend):
    """allauth's e-mail sign-in, reading user, person and organisation in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        """The signed-in user with person, organisation and its newest changeset; None where the account is closed."""
        user = next(iter(_signed_in.rows(user=user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this account is open: a person's last day closes it."""
        return is_open(user)


def is_open(user: Any) -> bool:
    """Whether an account may be used: switched on, and the person's last day not over."""
    person = getattr(user, "person", None)
    left = person is not None and person.leaves_on is not None and person.leaves_on < timezone.localdate()
    return bool(user.is_active) and not left


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up alone: a person is invited. Refusals say what to do, and not which addresses are known."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address or the password is not correct. Type them again, or choose a new password below.",
        "too_many_login_attempts": "Too many failed attempts. Wait some minutes, or choose a new password below.",
        "incorrect_password": "This is not the password. Type it again.",
        "same_as_current": "This is the password you have. Choose another one.",
    }

    def is_open_for_signup(self, request: Any) -> bool:
        """Always closed."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network that asks. In IPv6 everybody has a /64 of his own, so its addresses count as one."""
        address = ipaddress.ip_address(super().get_client_ip(request))
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False).network_address)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account and network: nobody far away can shut the owner out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def pre_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        """Whichever way somebody comes, by password, passkey or link: a closed account stays closed."""
        if is_open(user):
            return super().pre_login(request, user, **kwargs)
        clear_login(request)
        return self.respond_user_inactive(request, user)


def note_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Keep in the session when and with which program somebody signed in, so that a stranger's session can be told."""
    request.session["signed_in_at"] = timezone.now().isoformat()
    request.session["agent"] = request.headers.get("User-Agent", "")[:200]
