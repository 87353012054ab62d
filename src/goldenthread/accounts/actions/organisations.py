"""Writes of an organisation: its founding, its settings, its currency rates; tokens of its people."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from goldenthread.accounts import queries
from goldenthread.accounts.actions.changesets import changeset
from goldenthread.accounts.models import ApiToken, Changeset, CurrencyRate, Organisation, Person, RoleGrant, Scope, ScopePath
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.money import currency_code
from goldenthread.kit.permissions import Act, Kind, Role
from goldenthread.kit.scoping import organisation_scope

SETTINGS = frozenset(
    {
        "name",
        "time_zone",
        "currency",
        "country",
        "working_week",
        "fiscal_year_start",
        "terms",
        "shows_person_load",
        "smallest_group",
        "shows_time_of_others",
        "shows_own_estimates",
        "shows_who_has_read",
        "keeps_answers_days",
        "keeps_messages_days",
        "keeps_files_days",
        "keeps_sessions_days",
        "quiet_from",
        "quiet_to",
        "is_quiet_on_free_days",
    }
)
USED_EVERY = timedelta(minutes=1)  # the last use of a token is kept to the minute: one write, not one a request


def found_organisation(*, name: str, slug: str, administrator: str, email: str, **settings: Any) -> tuple[Organisation, Person]:
    """A new organisation with its top scope and its first person, who administers it and is not yet able to sign in."""
    with transaction.atomic():
        organisation = Organisation.objects.create(name=name, slug=slug, **settings)
        with organisation_scope(organisation), changeset(title=f"Found {name}", by=None, source=Changeset.Source.COMMAND):
            scope = Scope(scope_kind=Scope.ScopeKind.ORGANISATION, name=name)
            scope.save()
            ScopePath(ancestor=scope, descendant=scope).save()
            person = Person(name=administrator, email=email.lower())
            person.save()
            RoleGrant(person=person, role=Role.ADMINISTRATOR, scope=scope).save()
    return organisation, person


def require_settings(by: Person) -> None:
    """Forbidden unless `by` may change the settings of the whole organisation."""
    if not queries.rights(by).everywhere(Act.EDIT, Kind.SETTINGS):
        raise Forbidden("You may not change the settings of the whole organisation.")


def edit_organisation(*, organisation: Organisation, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change the organisation's settings. What was changed stands in the changeset's reason: settings have no history rows."""
    require_settings(by)
    for name in changes:
        if name not in SETTINGS:
            raise Refused(f"“{name}” is not a setting.", field=name)
    differing = {name: value for name, value in changes.items() if getattr(organisation, name) != value}
    for word, said in differing.get("terms", {}).items():
        if not str(said).partition(",")[0].strip():
            raise Refused(f"Before the comma stands what you say for “{word}”.", field=f"term_{word}")
    if "currency" in differing:
        differing["currency"] = currency_code(str(differing["currency"]))
    told = "; ".join(f"{n.replace('_', ' ')}: {getattr(organisation, n)} → {v}" for n, v in differing.items())
    with changeset(title="Change the organisation’s settings", by=by, reason=told, about=f"organisation:{organisation.pk}"):
        seen = organisation.version if version is None else version
        claimed = Organisation.objects.filter(pk=organisation.pk, version=seen).update(version=seen + 1)
        if not claimed:
            stored = Organisation.objects.get(pk=organisation.pk)
            raise Conflict(
                stored, expected=seen, current=stored.version, differences=history.conflict(organisation, changes).differences
            )
        for name, value in differing.items():
            setattr(organisation, name, value)
        organisation.version = seen + 1
        try:
            organisation.full_clean()
        except ValidationError as error:
            raise Refused(" ".join(error.messages), field=next(iter(error.message_dict))) from error
        organisation.save()
        Scope.objects.filter(scope_kind=Scope.ScopeKind.ORGANISATION).update(name=organisation.name[:200])


def set_rate(*, currency: str, valid_from: date, millionths: int, source: str = "", by: Person) -> CurrencyRate:
    """What one unit of a currency is worth in the organisation's own from a day on; replaces the rate of the same day."""
    require_settings(by)
    code = currency_code(currency)
    if code == queries.top_scope().organisation.currency:
        raise Refused(f"{code} is the organisation’s own currency.", field="currency")
    if not 1 <= millionths <= 10**15:
        raise Refused("A rate is more than nothing.", field="rate")
    with changeset(title=f"Set the rate of {code} from {valid_from.day} {valid_from:%b %Y}", by=by) as made:
        rate = CurrencyRate.objects.filter(currency=code, valid_from=valid_from).first()
        if rate is None:
            rate = CurrencyRate(currency=code, valid_from=valid_from, millionths=millionths, source=source[:120])
            rate.save()
        else:
            history.change(rate, {"millionths": millionths, "source": source[:120]})
        made.about = made.about or f"currency_rate:{rate.pk}"
    return rate


def remove_rate(*, rate: CurrencyRate, by: Person, version: int | None = None) -> None:
    """Remove a rate that was never right. Undo brings it back."""
    require_settings(by)
    history.require_version(rate, version)
    with changeset(title=f"Remove the rate of {rate}", by=by):
        rate.delete()


def issue_token(*, person: Person, name: str, days: int, may_write: bool, by: Person) -> tuple[ApiToken, str]:
    """A token for the API and its secret, which is shown once and stored as a digest."""
    if not name.strip():
        raise Refused("A token needs a name: what will use it?", field="name")
    if not 1 <= days <= 365:
        raise Refused("A token lives between 1 and 365 days.", field="days")
    if by.pk != person.pk:
        raise Forbidden("A token is made by the person it speaks for.")
    secret = secrets.token_urlsafe(32)
    with changeset(title=f"Issue the token {name.strip()}", by=by) as made:
        expires = made.at + timedelta(days=days)
        token = ApiToken(person=person, name=name.strip()[:80], may_write=may_write, expires_at=expires)
        text = f"gt_{token.prefix}_{secret}"
        token.digest = queries.digest_of(text)
        token.save()
    return token, text


def note_use(*, token: ApiToken, now: Any) -> None:
    """Keep when a token was last used, to the minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke_token(*, token: ApiToken, by: Person) -> None:
    """End a token at once."""
    if token.person_id != by.pk and not queries.may_manage(by, token.person):
        raise Forbidden("You may not revoke this token.")
    with changeset(title=f"Revoke the token {token}", by=by) as made:
        token.revoked_at = token.revoked_at or made.at
        token.save(update_fields=["revoked_at"])


def forget_sessions(*, before: datetime) -> int:
    """Remove sessions that ended before a moment; answers how many."""
    return Session.objects.filter(session_key__in=queries.ended_sessions(before)).delete()[0]
