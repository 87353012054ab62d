"""The page behind an invitation link: open to all who hold the secret."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from goldenthread.accounts import actions, queries
from goldenthread.accounts.forms import PasswordForm
from goldenthread.accounts.views.settings import SEE_OTHER, refuse
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import organisation_scope
from goldenthread.ui import pages

BACKEND = "goldenthread.accounts.sign_in.SignIn"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Set a password and come in. A link that is used, over or wrong says so and tells nothing else."""
    invited = queries.invitation_of(secret)
    now = timezone.now()
    if invited is None or invited.used_at is not None or invited.expires_at <= now:
        return pages.page(request, "accounts/templates/invitation_over.html", {}, status=404)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with organisation_scope(invited.organisation):
                user = actions.accept_invitation(invitation=invited, password=form.cleaned_data["password"])
        except Refused as refusal:
            refuse(form, refusal)
        else:
            logout(request)
            if is_mfa_enabled(user):  # a new password does not stand in for the second factor
                return HttpResponseRedirect(reverse("account_login"), status=SEE_OTHER)
            login(request, user, backend=BACKEND)
            return HttpResponseRedirect("/", status=SEE_OTHER)
    context = {
        "form": form,
        "invited": invited.person,
        "host": invited.organisation,
        "has_sign_in": invited.person.user_id is not None,
    }
    return pages.page(request, "accounts/templates/invitation.html", context, status=422 if form.errors else 200)
