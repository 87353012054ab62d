"""Writes of organisations, people, scopes and roles; and the changeset under which every write of the product happens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from goldenthread.accounts import queries
from goldenthread.accounts.models import (
    ApiToken,
    Changeset,
    Invitation,
    Organisation,
    Person,
    RoleGrant,
    Scope,
    ScopeEdge,
    ScopePath,
    User,
)
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind, Role
from goldenthread.kit.scoping import current_organisation, organisation_scope

INVITATION_DAYS = 14
ONLY_BY_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SPONSOR})


@contextmanager
def changeset(
    *,
    title: str,
    by: Person | None,
    source: str = Changeset.Source.PAGE,
    reason: str = "",
    about: str = "",
    key: str = "",
    digest: str = "",
    undoes: Changeset | None = None,
) -> Iterator[Changeset]:
    """One user action: a transaction and its changeset. Inside another one, the outer action's is used."""
    outer = history.open_changeset()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        made = Changeset.objects.create(
            organisation=current_organisation(),
            title=title[:200],
            by=by,
            source=source,
            reason=reason[:500],
            at=timezone.now(),
            about=about,
            key=key,
            digest=digest,
            undoes=undoes,
        )
        with history.writing(made):
            yield made


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


def add_scope(*, kind: str, name: str, under: Scope) -> Scope:
    """A scope under another one. Part of the action that adds the noun which holds it."""
    scope = Scope(scope_kind=kind, name=name)
    scope.save()
    ScopePath(ancestor=scope, descendant=scope).save()
    place_scope(scope=scope, under=under)
    return scope


def place_scope(*, scope: Scope, under: Scope) -> None:
    """Put a scope under one more parent and extend the closure."""
    if ScopePath.objects.filter(ancestor=scope, descendant=under).exists():
        raise Refused(f"“{under}” lies below “{scope}”: this would be a circle.")
    _, made = ScopeEdge.objects.get_or_create(
        parent=under, child=scope, defaults={"organisation": current_organisation()}
    )
    if not made:
        return
    above = ScopePath.objects.filter(descendant=under).values_list("ancestor_id", flat=True)
    under_it = list(ScopePath.objects.filter(ancestor=scope).values_list("descendant_id", flat=True))
    organisation = current_organisation()
    ScopePath.objects.bulk_create(
        [ScopePath(organisation=organisation, ancestor_id=a, descendant_id=d) for a in above for d in under_it],
        ignore_conflicts=True,
    )


def add_scopes(*, kind: str, names: list[str], under: Scope) -> list[Scope]:
    """Many scopes under one, in a few statements: for imports."""
    organisation = current_organisation()
    scopes = Scope.objects.bulk_create([Scope(organisation=organisation, scope_kind=kind, name=n[:200]) for n in names])
    above = list(ScopePath.objects.filter(descendant=under).values_list("ancestor_id", flat=True))
    ScopeEdge.objects.bulk_create([ScopeEdge(organisation=organisation, parent=under, child=s) for s in scopes], batch_size=500)
    ScopePath.objects.bulk_create(
        [ScopePath(organisation=organisation, ancestor_id=a, descendant=s) for s in scopes for a in above]
        + [ScopePath(organisation=organisation, ancestor=s, descendant=s) for s in scopes],
        batch_size=500,
    )
    return scopes


def add_person(*, name: str, email: str = "", by: Person | None, **fields: Any) -> Person:
    """A person without a sign-in."""
    if not name.strip():
        raise Refused("A person needs a name.", field="name")
    email = email.strip().lower()
    if email and Person.objects.filter(email=email).exists():
        raise Refused(f"Somebody with the address {email} is there already.", field="email")
    with changeset(title=f"Add {name}", by=by):
        person = Person(name=name.strip(), email=email, **fields)
        person.full_clean(exclude=["organisation"], validate_unique=False, validate_constraints=False)
        person.save()
    return person


def edit_person(*, person: Person, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change a person's plain fields."""
    with changeset(title=f"Edit {person}", by=by, about=f"person:{person.pk}"):
        history.change(person, changes, version=version)


def may_grant(*, by: Person, role: str, scope: Scope) -> bool:
    """Whether `by` may hand out this role here. Roles that watch or outrank the PMO are given by administrators only."""
    held = queries.rights(by)
    if role in ONLY_BY_ADMINISTRATORS and Role.ADMINISTRATOR not in held.roles:
        return False
    return queries.may_in(by, Act.EDIT, Kind.PERSON, scope.pk)


def grant_role(*, person: Person, role: str, scope: Scope, by: Person | None) -> RoleGrant:
    """Give a person a role on a scope. `by=None` is set-up, before anybody is there."""
    if role not in Role.values:
        raise Refused(f"There is no role “{role}”.", field="role")
    if by is not None and not may_grant(by=by, role=role, scope=scope):
        raise Forbidden(f"You may not give the role {Role(role).label} on {scope}.")
    grant = RoleGrant.objects.filter(person=person, role=role, scope=scope).first()
    if grant is None:
        with changeset(title=f"Make {person} {Role(role).label} of {scope}", by=by, about=f"person:{person.pk}"):
            grant = RoleGrant(person=person, role=role, scope=scope)
            grant.save()
    return grant


def withdraw_role(*, grant: RoleGrant, by: Person) -> None:
    """Take a role away. The last administrator stays."""
    if not may_grant(by=by, role=grant.role, scope=grant.scope):
        raise Forbidden("You may not take this role away.")
    if grant.role == Role.ADMINISTRATOR and RoleGrant.objects.filter(role=Role.ADMINISTRATOR).count() == 1:
        raise Refused("This is the only administrator.", advice="Name another one first.")
    with changeset(title=f"Withdraw {grant} from {grant.person}", by=by, about=f"person:{grant.person_id}"):
        grant.delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(*, person: Person, by: Person | None) -> str:
    """A secret for a link by which `person` sets a password. Shown once; earlier links of the person end."""
    if not person.email:
        raise Refused(f"{person} has no e-mail address.", field="email", advice="Enter one first.")
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    with changeset(title=f"Invite {person}", by=by, about=f"person:{person.pk}"):
        for old in Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=now):
            history.change(old, {"expires_at": now})
        Invitation(person=person, digest=_digest(secret), expires_at=now + timedelta(days=INVITATION_DAYS)).save()
    return secret


def accept_invitation(*, invitation: Invitation, password: str) -> User:
    """Make the sign-in of the invited person. The link works once."""
    person = invitation.person
    if invitation.used_at is not None or invitation.expires_at <= timezone.now():
        raise Refused("This invitation has been used or has expired.", advice="Ask for a new one.")
    try:
        validate_password(password, User(email=person.email))
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
    with changeset(title=f"{person} accepts the invitation", by=person, source=Changeset.Source.LINK):
        user = person.user or User.objects.filter(email__iexact=person.email).first() or User(email=person.email)
        user.set_password(password)
        user.save()
        history.change(person, {"user": user})
        history.change(invitation, {"used_at": timezone.now()})
    return user


def open_account(*, person: Person, password: str, by: Person | None) -> User:
    """A sign-in with a given password: for set-up and the demo."""
    with changeset(title=f"Open an account for {person}", by=by):
        user = User.objects.create_user(person.email, password)
        history.change(person, {"user": user})
    return user


def edit_organisation(*, organisation: Organisation, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change the organisation's settings."""
    if not queries.may_in(by, Act.EDIT, Kind.SETTINGS, None):
        raise Forbidden("You may not change these settings.")
    with changeset(title="Change the organisation’s settings", by=by):
        history.require_version(organisation, version, changes)
        for name, value in changes.items():
            setattr(organisation, name, value)
        organisation.version += 1
        try:
            organisation.full_clean()
        except ValidationError as error:
            raise Refused("; ".join(error.messages), field=next(iter(error.message_dict))) from error
        organisation.save()


def issue_token(*, person: Person, name: str, days: int, may_write: bool, by: Person) -> tuple[ApiToken, str]:
    """A token for the API and its secret, which is shown once and stored as a digest."""
    if not 1 <= days <= 365:
        raise Refused("A token lives between 1 and 365 days.", field="days")
    if by.pk != person.pk:
        raise Forbidden("A token is made by the person it speaks for.")
    secret = secrets.token_urlsafe(32)
    with changeset(title=f"Issue the token {name}", by=by):
        token = ApiToken(person=person, name=name, may_write=may_write, expires_at=timezone.now() + timedelta(days=days))
        text = f"gt_{token.prefix}_{secret}"
        token.digest = _digest(text)
        token.save()
    return token, text


def revoke_token(*, token: ApiToken, by: Person) -> None:
    """End a token at once."""
    if token.person_id != by.pk and not queries.rights(by).everywhere(Act.EDIT, Kind.PERSON):
        raise Forbidden("You may not revoke this token.")
    with changeset(title=f"Revoke the token {token}", by=by):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def once(*, key: str, digest: str, by: Person | None) -> Changeset | None:
    """The changeset that an earlier request with this idempotency key made, or None. A key cannot carry another request."""
    if not key:
        return None
    earlier = Changeset.objects.filter(key=key, by=by).first()
    if earlier is not None and earlier.digest != digest:
        raise Refused("This key was used for another request.", field="Idempotency-Key", advice="Use a new key.")
    return earlier


