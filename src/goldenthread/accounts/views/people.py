"""People: the list, one person, roles, invitations."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts import actions, queries
from goldenthread.accounts.forms import PersonForm, RoleForm
from goldenthread.accounts.models import Person, RoleGrant
from goldenthread.accounts.views.settings import SEE_OTHER, refuse
from goldenthread.kit import slots
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind, Role
from goldenthread.ui import pages
from goldenthread.ui.terms import term

log = logging.getLogger("goldenthread.accounts")
ON_A_PAGE = 100
ROLES_SHOWN = 3  # a line of the list; the person's page shows all


def _one(request: Any, pk: int) -> Person:
    return get_object_or_404(queries.people(request.person).select_related("user", "deputy"), pk=pk)


def _to(person: Person) -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:person", args=[person.pk]), status=SEE_OTHER)


@require_GET
def people(request: Any) -> HttpResponse:
    """Everybody, with roles and whether they can sign in."""
    viewer = request.person
    if not queries.rights(viewer).anywhere(Act.VIEW, Kind.PERSON):
        raise Http404
    words, role, left = request.GET.get("q", "")[:100], request.GET.get("role", ""), request.GET.get("left") == "1"
    role = role if role in Role.values else ""
    sort = request.GET.get("sort", "")
    sort = sort if sort.lstrip("-") in queries.PEOPLE_SORTS else "name"
    asked = {"words": words, "role": role, "left": left, "sort": sort}
    rows = queries.people_rows(viewer, **asked, today=timezone.localdate(), now=timezone.now())
    kept = urlencode({k: v for k, v in (("role", role), ("left", "1" if left else ""), ("q", words)) if v})
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": ROLES_SHOWN,
        "words": words,
        "role": role,
        "left": left,
        "roles": [("", "Any role"), *((key, term(label)) for key, label in Role.choices)],
        "person_url": reverse("accounts:person", args=[0]).removesuffix("0"),
        "may_add": queries.may_in(viewer, Act.EDIT, Kind.PERSON, None),
        "sort": sort,
        "base": f"?{kept}&" if kept else "?",
    }
    return pages.page(request, "accounts/templates/people.html", context, block="list")


@require_http_methods(["GET", "POST"])
def add(request: Any) -> HttpResponse:
    """Add a person."""
    if not queries.may_in(request.person, Act.EDIT, Kind.PERSON, None):
        raise (
            Http404
            if not queries.rights(request.person).anywhere(Act.VIEW, Kind.PERSON)
            else Forbidden("You may not add people.")
        )
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_person(**form.changes, by=request.person)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            pages.announce(request, f"{person} added", undo_url=queries.undo_address())
            return _to(person)
    return pages.page(
        request, "accounts/templates/person_edit.html", {"form": form, "subject": None}, status=422 if form.errors else 200
    )


@require_GET
def person(request: Any, pk: int) -> HttpResponse:
    """One person: what is known, roles, and what other rooms have to say (slot `person_panels`)."""
    return _show(request, _one(request, pk), RoleForm(by=request.person))


def _show(
    request: Any, subject: Person, form: RoleForm, *, link: str = "", mailed: bool = False, status: int = 200
) -> HttpResponse:
    viewer, today = request.person, timezone.localdate()
    held = queries.grants_of(subject, viewer)
    grants = [(grant, queries.may_grant(by=viewer, role=grant.role, scope=grant.scope)) for grant in held]
    context = {
        "subject": subject,
        "me": viewer,
        "grants": grants,
        "form": form,
        "link": link,
        "mailed": mailed,
        "days": actions.INVITATION_DAYS,
        "may_manage": queries.may_manage(viewer, subject) and subject.erased_at is None,
        "may_grant": queries.rights(viewer).alone().anywhere(Act.EDIT, Kind.PERSON) and subject.erased_at is None,
        "administers": Role.ADMINISTRATOR in queries.rights(viewer).alone().roles,
        "is_absent": bool(subject.absent_from and subject.absent_to and subject.absent_from <= today <= subject.absent_to),
        "has_left": subject.leaves_on is not None and subject.leaves_on < today,
        "sees_email": queries.rights(viewer).anywhere(Act.VIEW, Kind.PERSON) or viewer.pk == subject.pk,
        "panels": slots.gather("person_panels", subject, viewer),
    }
    return pages.page(request, "accounts/templates/person.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: Any, pk: int) -> HttpResponse:
    """Change a person's plain fields."""
    subject = _one(request, pk)
    if not queries.may_manage(request.person, subject):
        raise Forbidden(f"You may not change {subject}.")
    form = PersonForm(request.POST if request.method == "POST" else None, person=subject)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_person(person=subject, changes=form.changes, by=request.person, version=pages.version_seen(request))
        except Refused as refusal:
            refuse(form, refusal)
        else:
            pages.announce(request, f"{subject} saved", undo_url=queries.undo_address())
            return _to(subject)
    context = {"form": form, "subject": subject}
    return pages.page(request, "accounts/templates/person_edit.html", context, status=422 if form.errors else 200)


@require_POST
def grant(request: Any, pk: int) -> HttpResponse:
    """Give a role."""
    subject = _one(request, pk)
    if not queries.rights(request.person).alone().anywhere(Act.EDIT, Kind.PERSON):
        raise Forbidden("You may not give roles.")
    form = RoleForm(request.POST, by=request.person)
    if form.is_valid():
        try:
            made = actions.grant_role(person=subject, by=request.person, **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            pages.announce(
                request, f"{subject} is now {term(made.get_role_display())} of {made.scope}", undo_url=queries.undo_address()
            )
            return _to(subject)
    return _show(request, subject, form, status=422)


@require_POST
def withdraw(request: Any, pk: int, grant_pk: int) -> HttpResponse:
    """Take a role away."""
    subject = _one(request, pk)
    held: RoleGrant = get_object_or_404(RoleGrant.objects.select_related("scope", "person"), pk=grant_pk, person=subject)
    actions.withdraw_role(grant=held, by=request.person)
    pages.announce(
        request, f"{subject} is no longer {term(held.get_role_display())} of {held.scope}", undo_url=queries.undo_address()
    )
    return _to(subject)


@require_POST
def invite(request: Any, pk: int) -> HttpResponse:
    """Make an invitation link: shown once in this answer, and mailed."""
    subject = _one(request, pk)
    secret = actions.invite(person=subject, by=request.person)
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[secret]))
    text = (
        f"{request.person} invites you to {request.person.organisation} on Golden Thread.\n\n"
        f"Set your password here, within {actions.INVITATION_DAYS} days:\n{link}\n"
    )
    try:
        mailed = bool(
            send_mail(f"Your sign-in for {request.person.organisation}", text, settings.DEFAULT_FROM_EMAIL, [subject.email])
        )
    except OSError:
        log.warning("an invitation could not be mailed", exc_info=True)
        mailed = False
    return _show(request, subject, RoleForm(by=request.person), link=link, mailed=mailed)
