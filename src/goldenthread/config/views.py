"""The addresses that belong to no room."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_POST

from goldenthread.accounts.queries import rights
from goldenthread.config.demonstration.clearing import clear
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.ui import pages


def health(request: HttpRequest) -> HttpResponse:
    """Whether the server answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, where a browser looks for it unasked."""
    response = HttpResponse(status=301)
    response["Location"] = static("ui/mark.svg")
    return response


@login_required
def own_address(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page: a sign-in has the person's address, entered by who manages people."""
    return HttpResponseRedirect(reverse("accounts:settings"))


@require_POST
def clear_demo(request: HttpRequest) -> HttpResponse:
    """Remove the demo organisation that the visitor belongs to, with every sign-in of it, the visitor's too."""
    person = request.person  # type: ignore[attr-defined]
    if not rights(person).everywhere(Act.EDIT, Kind.SETTINGS):
        raise Forbidden("Only who may change the settings of the whole organisation clears the demo.")
    organisation = person.organisation
    clear(organisation)
    logout(request)
    return pages.see_other(f"{reverse('account_login')}?cleared=1")
