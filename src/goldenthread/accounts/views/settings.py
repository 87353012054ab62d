"""Settings: my account, tokens, the organisation, privacy, currency rates."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts import actions, queries
from goldenthread.accounts.forms import AbsenceForm, MailForm, OrganisationForm, PrivacyForm, RateForm, TokenForm
from goldenthread.accounts.models import ApiToken, CurrencyRate, Person
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind, roles_that
from goldenthread.ui import pages
from goldenthread.ui.terms import term

SEE_OTHER = 303


SHARED = frozenset({"accounts:organisation", "accounts:privacy"})  # forms that everybody who may see settings reads


def _tabs(person: Person, current: str) -> list[tuple[str, str, None, bool]]:
    mine = [("My account", "accounts:settings"), ("API tokens", "accounts:tokens")]
    whole = [("Organisation", "accounts:organisation"), ("Privacy", "accounts:privacy"), ("Currency rates", "accounts:rates")]
    shown = mine + (whole if queries.rights(person).anywhere(Act.VIEW, Kind.SETTINGS) else [])
    return [(label, reverse(name), None, name == current) for label, name in shown]


def _page(request: Any, template: str, current: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    may_edit = queries.rights(request.person).everywhere(Act.EDIT, Kind.SETTINGS)
    if current in SHARED and not may_edit and "form" in context:
        for field in context["form"].fields.values():
            field.disabled = True  # to be read
    names = {"tabs": _tabs(request.person, current), "may_edit": may_edit, "me": request.person, **context}
    return pages.page(request, f"accounts/templates/{template}.html", names, status=status)


def _require_view(person: Person) -> None:
    if not queries.rights(person).anywhere(Act.VIEW, Kind.SETTINGS):
        raise Http404


def _back(request: Any, name: str, text: str, *, undo: bool = True) -> HttpResponse:
    pages.announce(request, text, undo_url=queries.undo_address() if undo else None)
    return HttpResponseRedirect(reverse(name), status=SEE_OTHER)


def refuse(form: Any, refusal: Refused) -> None:
    """Show a refusal at the field it names, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@require_http_methods(["GET", "POST"])
def account(request: Any) -> HttpResponse:
    """Who I am here, how I sign in, who stands in for me."""
    person = request.person
    form = AbsenceForm(request.POST if request.method == "POST" else None, person=person, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ("absent_from", "absent_to", "deputy")}
        try:
            actions.edit_person(person=person, changes=changes, by=person, version=form.cleaned_data["version"])
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _back(request, "accounts:settings", "Absence saved")
    return _account(request, form, MailForm(person=person))


@require_POST
def mails(request: Any) -> HttpResponse:
    """Whether I get mails about changes, and when they wait."""
    person = request.person
    form = MailForm(request.POST, person=person)
    if form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ("gets_mail", "quiet_from", "quiet_to")}
        try:
            actions.edit_person(person=person, changes=changes, by=person, version=form.cleaned_data["version"])
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _back(request, "accounts:settings", "Saved")
    return _account(request, AbsenceForm(person=person, today=timezone.localdate()), form)


def _account(request: Any, form: AbsenceForm, mail: MailForm) -> HttpResponse:
    person = request.person
    now = timezone.now()
    sessions = [
        {
            "since": parse_datetime(data.get("signed_in_at", "")),
            "program": _program(data.get("agent", "")),
            "is_this": key == request.session.session_key,
        }
        for key, data in queries.sessions_of(request.user.pk, now)
    ]
    context = {"form": form, "mail": mail, "sessions": sessions, "now": now, "grants": list(queries.grants_of(person, person))}
    return _page(request, "account", "accounts:settings", context, status=422 if form.errors or mail.errors else 200)


def _program(agent: str) -> str:
    """A browser and its system as people call them, from the header it sends."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser, system = (next((said for mark, said in known if mark in agent), "") for known in (names, systems))
    return " on ".join(part for part in (browser or "A program", system) if part)


@require_POST
def end_sessions(request: Any) -> HttpResponse:
    """Sign out everywhere but here."""
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    for key, _ in queries.sessions_of(request.user.pk, timezone.now()):
        if key != request.session.session_key:
            store(key).delete()
    return _back(request, "accounts:settings", "Signed out everywhere else", undo=False)


@require_http_methods(["GET", "POST"])
def tokens(request: Any) -> HttpResponse:
    """My API tokens; a new one is shown once, in the answer itself."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = None
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = actions.issue_token(person=request.person, by=request.person, **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            form = TokenForm()
    mine = ApiToken.objects.filter(person=request.person).order_by("-id")
    context = {"form": form, "secret": secret, "tokens": list(mine[:100]), "now": timezone.now()}
    return _page(request, "tokens", "accounts:tokens", context, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: Any, pk: int) -> HttpResponse:
    """End one of my tokens."""
    token = get_object_or_404(ApiToken, pk=pk, person=request.person)
    actions.revoke_token(token=token, by=request.person)
    return _back(request, "accounts:tokens", f"The token {token} no longer works", undo=False)


@require_http_methods(["GET", "POST"])
def organisation(request: Any) -> HttpResponse:
    """Time zone, currency, working week, holidays, fiscal year, words."""
    _require_view(request.person)
    own = request.person.organisation
    form = OrganisationForm(request.POST if request.method == "POST" else None, organisation=own)
    if request.method == "POST":
        done = _save_settings(request, form, own, lambda: form.changes)
        if done:
            return _back(request, "accounts:organisation", "Settings saved", undo=False)
    today = timezone.localdate()
    year = min(max(_number(request.GET.get("year"), today.year), 1990), 2100)
    context = {"form": form, "year": year, "holidays": queries.public_holidays(own.country, year), "place": own.country}
    return _page(request, "organisation", "accounts:organisation", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def privacy(request: Any) -> HttpResponse:
    """The switches that keep people's dignity, each with what it does."""
    _require_view(request.person)
    own = request.person.organisation
    form = PrivacyForm(request.POST if request.method == "POST" else None, organisation=own)
    if request.method == "POST":
        names = [name for name in form.fields if name != "version"]
        if _save_settings(request, form, own, lambda: {name: form.cleaned_data[name] for name in names}):
            return _back(request, "accounts:privacy", "Privacy switches saved", undo=False)
    context = {"form": form, "mail_server": queries.sends_mail()}
    return _page(request, "privacy", "accounts:privacy", context, status=422 if form.errors else 200)


def _save_settings(request: Any, form: Any, own: Any, changes: Any) -> bool:
    # The right is asked before the form is judged: who may not change settings learns nothing from its errors.
    actions.require_settings(request.person)
    if not form.is_valid():
        return False
    try:
        actions.edit_organisation(organisation=own, changes=changes(), by=request.person, version=form.cleaned_data["version"])
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


@require_GET
def data_sheet(request: Any) -> HttpResponse:
    """One page for works councils: what is kept of people, why, who sees it, how long."""
    own = request.person.organisation
    seen_by = {
        kind: [label for role, label in _labels() if role in roles_that(Act.VIEW, kind)]
        for kind in (Kind.PERSON, Kind.TIME, Kind.COST_RATE, Kind.PULSE)
    }
    return _page(request, "data_sheet", "accounts:privacy", {"own": own, "seen_by": seen_by})


def _labels() -> list[tuple[str, str]]:
    from goldenthread.kit.permissions import Role

    return [(str(value), str(term(label))) for value, label in Role.choices]


@require_http_methods(["GET", "POST"])
def rates(request: Any) -> HttpResponse:
    """Dated currency rates."""
    _require_view(request.person)
    form = RateForm(request.POST if request.method == "POST" else None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST":
        actions.require_settings(request.person)
        if form.is_valid():
            clean = dict(form.cleaned_data)
            millionths = int(clean.pop("rate") * 1_000_000)
            try:
                rate = actions.set_rate(**clean, millionths=millionths, by=request.person)
            except Refused as refusal:
                refuse(form, refusal)
            else:
                return _back(request, "accounts:rates", f"Rate of {rate.currency} saved")
    rows = CurrencyRate.objects.order_by("currency", "-valid_from", "-id")
    context = {"form": form, "rates": list(rows[:500]), "currency": request.person.organisation.currency}
    return _page(request, "rates", "accounts:rates", context, status=422 if form.errors else 200)


@require_POST
def remove_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a rate that was entered by mistake."""
    person: Person = request.person  # type: ignore[attr-defined]
    _require_view(person)
    rate = get_object_or_404(CurrencyRate, pk=pk)
    actions.remove_rate(rate=rate, by=person, version=pages.version_seen(request))
    return _back(request, "accounts:rates", f"Rate of {rate.currency} removed")
