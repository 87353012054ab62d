"""Pages of the offices: all of them, one with its history, a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import actions, queries
from goldenthread.purpose.forms import OfficeForm
from goldenthread.purpose.models import Office
from goldenthread.purpose.views.base import done, require, seen, visitor
from goldenthread.ui import pages

NO_ADD = "You may not add an office to this organisation."


def may_add(person: Person) -> bool:
    """Whether the person may add an office: on the whole organisation."""
    held = accounts.rights(person)
    return any(held.everywhere(Act.EDIT, kind) for kind in (Kind.SETTINGS, Kind.MANDATE))


@require_GET
def offices(request: HttpRequest) -> HttpResponse:
    """Every office that the visitor may see."""
    person = visitor(request)
    context = {"rows": queries.office_rows(person), "may_add": may_add(person)}
    return pages.page(request, "purpose/templates/offices.html", context)


@require_GET
def office(request: HttpRequest, key: int) -> HttpResponse:
    """One office and what was changed about it."""
    row = seen(request, Office, key, "head")
    context = {
        "office": row,
        "mandate": queries.mandate_in_force(row),
        "changes": queries.office_changes(row),
        "may_edit": accounts.may(visitor(request), Act.EDIT, row),
    }
    return pages.page(request, "purpose/templates/office.html", context)


@require_http_methods(["GET", "POST"])
def new_office(request: HttpRequest) -> HttpResponse:
    """One more PMO under the organisation."""
    if not may_add(visitor(request)):
        raise Forbidden(NO_ADD)
    form = OfficeForm(request.POST or None)
    made: list[Office] = []

    def write() -> None:
        made.append(actions.add_office(by=visitor(request), **form.fields_of_office()))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Office added", reverse("purpose:office", args=[made[0].pk]))
    return _form(request, form, "New office", None)


@require_http_methods(["GET", "POST"])
def edit_office(request: HttpRequest, key: int) -> HttpResponse:
    """Change an office."""
    row = seen(request, Office, key, "head", "scope")
    require(request, Act.EDIT, row, "You may not change this office.")
    initial = {name: getattr(row, name) for name in ("name", "code", "head", "red_means", "version")}
    form = OfficeForm(request.POST or None, initial=initial | {"supervision_hours": row.supervision_minutes / 60 or None})

    def write() -> None:
        actions.edit_office(office=row, changes=form.fields_of_office(), by=visitor(request), version=pages.version_seen(request))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Office saved", reverse("purpose:office", args=[key]))
    return _form(request, form, f"Edit {row}", row)


def _form(request: HttpRequest, form: OfficeForm, title: str, row: Office | None) -> HttpResponse:
    back = reverse("purpose:office", args=[row.pk]) if row else reverse("purpose:offices")
    context = {"form": form, "title": title, "back": back}
    return pages.page(request, "purpose/templates/office_form.html", context, status=422 if request.method == "POST" else 200)
