"""The service catalogue with its stop list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts import queries as accounts
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import actions, queries
from goldenthread.purpose.forms import ServiceForm
from goldenthread.purpose.models import Office, Service
from goldenthread.purpose.views.base import done, office_to_edit, office_wanted, require, seen, visitor
from goldenthread.ui import pages

NO_EDIT = "You may not change the services of this office."


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """What the office offers, what it does not, and how its hours went."""
    office, offices = office_wanted(request)
    context = {
        "office": office,
        "offices": offices,
        "found": queries.catalogue(office, clock.today()) if office else None,
        "may_edit": office is not None and accounts.may_in(visitor(request), Act.EDIT, Kind.MANDATE, office.scope_id),
    }
    return pages.page(request, "purpose/templates/services.html", context)


@require_http_methods(["GET", "POST"])
def new_service(request: HttpRequest) -> HttpResponse:
    """One more line of the catalogue."""
    office = office_to_edit(request, Kind.MANDATE, NO_EDIT)
    form = ServiceForm(request.POST or None)

    def write() -> None:
        actions.add_service(office=office, by=visitor(request), **form.fields_of_service())

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Service added", _address(office))
    return _form(request, form, office, None)


@require_http_methods(["GET", "POST"])
def edit_service(request: HttpRequest, key: int) -> HttpResponse:
    """Change a line of the catalogue."""
    row = seen(request, Service, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    plain = ("name", "detail", "service_class", "state", "goes_to", "version")
    initial = {name: getattr(row, name) for name in plain} | {"planned_percent": row.planned_share / 100}
    form = ServiceForm(request.POST or None, initial=initial)

    def write() -> None:
        actions.edit_service(
            service=row, changes=form.fields_of_service(), by=visitor(request), version=pages.version_seen(request)
        )

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Service saved", _address(row.office))
    return _form(request, form, row.office, row)


def _form(request: HttpRequest, form: ServiceForm, office: Office, row: Service | None) -> HttpResponse:
    context = {"form": form, "office": office, "service": row}
    status = 422 if request.method == "POST" else 200
    return pages.page(request, "purpose/templates/service_form.html", context, status=status)


@require_POST
def stop_service(request: HttpRequest, key: int) -> HttpResponse:
    """Put a service on the stop list."""
    row = seen(request, Service, key, "office")
    goes_to, reason = (request.POST.get(name, "").replace("\0", "")[:120] for name in ("goes_to", "reason"))
    actions.stop_service(service=row, by=visitor(request), version=pages.version_seen(request), goes_to=goes_to, reason=reason)
    return done(request, "Service stopped", _address(row.office))


def _address(office: Office) -> str:
    return f"{reverse('purpose:services')}?office={office.pk}"
