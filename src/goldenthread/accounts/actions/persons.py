"""Writes of people: who they are, what roles they hold, how they come to a sign-in."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from goldenthread.accounts import queries
from goldenthread.accounts.actions.changesets import changeset
from goldenthread.accounts.actions.scopes import one_at_a_time
from goldenthread.accounts.models import Changeset, Invitation, Person, RoleGrant, Scope, User
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind, Role

INVITATION_DAYS = 14
OF_ONESELF = frozenset({"deputy", "absent_from", "absent_to", "seen_at"})
OWN_ALONE = frozenset({"gets_mail", "quiet_from", "quiet_to"})  # nobody switches another's mails on
OF_OTHERS = OF_ONESELF | {"name", "email", "job_title", "department", "is_external", "minutes_per_week", "leaves_on"}


def add_person(*, name: str, email: str = "", by: Person | None, **fields: Any) -> Person:
    """A person without a sign-in. `by=None` is set-up, before anybody is there."""
    if by is not None and not queries.may_in(by, Act.EDIT, Kind.PERSON, None):
        raise Forbidden("You may not add people.")
    if not name.strip():
        raise Refused("A person needs a name.", field="name")
    unknown = set(fields) - OF_OTHERS
    if unknown:
        raise Refused(f"“{min(unknown)}” cannot be set here.", field=min(unknown))
    email = email.strip().lower()
    _require_free(email, besides=None)
    with changeset(title=f"Add {name.strip()}", by=by) as made:
        person = Person(name=name.strip(), email=email, **fields)
        _check(person)
        person.save()
        made.about = made.about or f"person:{person.pk}"
    return person


def edit_person(*, person: Person, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change a person's plain fields. Oneself: absence and deputy. Others: who may hand out every role they hold."""
    manages = queries.may_manage(by, person)
    allowed = OF_OTHERS if manages else OF_ONESELF if by.pk == person.pk else frozenset()
    allowed |= OWN_ALONE if by.pk == person.pk else frozenset()
    if not allowed:
        raise Forbidden(f"You may not change {person}.")
    for name in changes:
        if name not in allowed:
            raise Forbidden(f"You may not change “{name.replace('_', ' ')}”.")
    _refuse_if_erased(person)
    changes = dict(changes)
    if "email" in changes:
        changes["email"] = str(changes["email"]).strip().lower()
        _require_free(changes["email"], besides=person)
    with changeset(title=f"Edit {person}", by=by, about=f"person:{person.pk}") as made:
        _check_deputy(person, changes)
        leaves = changes.get("leaves_on")
        today = timezone.localtime(made.at).date()
        if leaves is not None and _administers(person) and is_last_administrator(person.pk, leaves):
            raise Refused(f"{person} is the only administrator.", field="leaves_on", advice="Name another one first.")
        if leaves is not None and leaves < today - timedelta(days=3650):
            raise Refused("That day is too long ago.", field="leaves_on")
        _save(person, changes, version)
        follow_address(person)


def _refuse_if_erased(person: Person) -> None:
    if person.erased_at is not None:
        raise Refused(f"{person} has been erased; nothing can be added to a number.")


def follow_address(person: Person) -> None:
    """A person's sign-in has the person's address, and no other one opens it."""
    user = person.user
    if user is None or user.email == person.email:
        return
    if not person.email:
        raise Refused("Who signs in needs an e-mail address.", field="email")
    if User.objects.filter(email__iexact=person.email).exclude(pk=user.pk).exists():
        raise Refused(f"The address {person.email} cannot be used.", field="email")
    user.email = person.email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()


def _check(person: Person) -> None:
    try:
        person.full_clean(exclude=["organisation"], validate_unique=False)
    except ValidationError as error:
        field = next(iter(error.message_dict))
        raise Refused(" ".join(error.messages), field="" if field == "__all__" else field) from error


def _save(person: Person, changes: dict[str, Any], version: int | None) -> None:
    history.require_version(person, version, changes)
    for name, value in changes.items():
        setattr(person, name, value)
    _check(person)
    person.save()


def _require_free(email: str, *, besides: Person | None) -> None:
    if email and Person.objects.filter(email=email).exclude(pk=besides.pk if besides else 0).exists():
        raise Refused(f"Somebody with the address {email} is there already.", field="email")


def _taken(person: Person) -> bool:
    """Whether another person signs in with this address, in whichever organisation: an invitation takes over nobody's sign-in."""
    return User.objects.filter(email__iexact=person.email, person__isnull=False).exclude(pk=person.user_id or 0).exists()


def _check_deputy(person: Person, changes: dict[str, Any]) -> None:
    deputy = changes.get("deputy", person.deputy)
    start, end = changes.get("absent_from", person.absent_from), changes.get("absent_to", person.absent_to)
    if deputy is not None and deputy.pk == person.pk:
        raise Refused("Nobody is their own deputy.", field="deputy")
    if deputy is not None and deputy.is_external:
        raise Refused("An external person cannot stand in: they would see what you see.", field="deputy")
    if (start is None) != (end is None):
        raise Refused("An absence needs its first and its last day.", field="absent_to" if end is None else "absent_from")
    if start is not None and end is not None and end < start:
        raise Refused("The absence ends before it starts.", field="absent_to")


def is_last_administrator(person_id: int, day: date) -> bool:
    """Whether nobody else administers who can sign in on that day. Inside a changeset: of two who go at once, one is the last."""
    one_at_a_time()
    return queries.only_administrator(besides=person_id, today=day)


def _administers(person: Person) -> bool:
    return RoleGrant.objects.filter(person=person, role=Role.ADMINISTRATOR).exists()


def grant_role(*, person: Person, role: str, scope: Scope, by: Person | None) -> RoleGrant:
    """Give a person a role on a scope. `by=None` is set-up, before anybody is there."""
    if role not in Role.values:
        raise Refused(f"There is no role “{role}”.", field="role")
    label = Role(role).label
    if by is not None and not queries.may_grant(by=by, role=role, scope=scope):
        raise Forbidden(f"You may not give the role {label} on {scope}.")
    _refuse_if_erased(person)
    kinds = queries.ROLES_BY_SCOPE.get(Role(role))
    if kinds is not None and scope.scope_kind not in kinds:
        where = ", ".join(sorted(Scope.ScopeKind(kind).label.lower() for kind in kinds))
        raise Refused(f"{label}: this role can be held on {where} only.", field="scope", advice="Choose another place.")
    grant = RoleGrant.objects.filter(person=person, role=role, scope=scope).first()
    if grant is None:
        with changeset(title=f"Make {person} {label} of {scope}", by=by, about=f"person:{person.pk}"):
            grant = RoleGrant(person=person, role=role, scope=scope)
            grant.save()
    queries.forget_rights(person)
    return grant


def withdraw_role(*, grant: RoleGrant, by: Person) -> None:
    """Take a role away. The last administrator stays."""
    if not queries.may_grant(by=by, role=grant.role, scope=grant.scope):
        raise Forbidden("You may not take this role away.")
    with changeset(title=f"Withdraw {grant} from {grant.person}", by=by, about=f"person:{grant.person_id}") as made:
        today = timezone.localtime(made.at).date()
        if grant.role == Role.ADMINISTRATOR and is_last_administrator(grant.person_id, today):
            raise Refused("This is the only administrator who can sign in.", advice="Name another one first.")
        grant.delete()
    for holder in (grant.person, by):
        queries.forget_rights(holder)


def invite(*, person: Person, by: Person | None) -> str:
    """A secret for a link by which `person` sets a password. Shown once; earlier links of the person end."""
    if by is not None and not queries.may_manage(by, person):
        raise Forbidden(f"You may not invite {person}.")
    _refuse_if_erased(person)
    if not person.email:
        raise Refused(f"{person} has no e-mail address.", field="email", advice="Enter one first.")
    if _taken(person):
        raise Refused(f"The address {person.email} cannot be invited.", field="email", advice="Use another address.")
    secret = secrets.token_urlsafe(32)
    with changeset(title=f"Invite {person}", by=by, about=f"person:{person.pk}") as made:
        for old in Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=made.at):
            history.change(old, {"expires_at": made.at})
        expires = made.at + timedelta(days=INVITATION_DAYS)
        Invitation(person=person, digest=queries.digest_of(secret), expires_at=expires).save()
    return secret


def accept_invitation(*, invitation: Invitation, password: str) -> User:
    """Make the sign-in of the invited person, or give it a new password. The link works once."""
    person = invitation.person
    user = person.user or User.objects.filter(email__iexact=person.email).first() or User(email=person.email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
    with changeset(title=f"{person} accepts the invitation", by=person, source=Changeset.Source.LINK) as made:
        standing = Invitation.objects.select_for_update().get(pk=invitation.pk)
        gone = person.leaves_on is not None and person.leaves_on < timezone.localtime(made.at).date()
        if standing.used_at is not None or standing.expires_at <= made.at or gone:
            raise Refused("This invitation has been used or has expired.", advice="Ask for a new one.")
        if _taken(person):
            raise Refused("This address has a sign-in already.", advice="Ask for an invitation to another address.")
        if not _still_invited(standing):
            raise Refused("This invitation no longer holds.", advice="Ask an administrator for a new one.")
        user.set_password(password)
        user.save()
        if person.user_id != user.pk:
            history.change(person, {"user": user})
        history.change(standing, {"used_at": made.at})
    return user


def _still_invited(invitation: Invitation) -> bool:
    """Whether who made the link, and may have kept it, could still invite this person: roles may have been given since."""
    made = history.records(Invitation).filter(id=invitation.pk).select_related("changeset__by").earliest("history_id")
    by = made.changeset.by
    return by is None or queries.may_manage(by, invitation.person)


def open_account(*, person: Person, password: str, by: Person | None) -> User:
    """A sign-in with a given password: for set-up and the demo."""
    if by is not None and not queries.may_manage(by, person):
        raise Forbidden(f"You may not open an account for {person}.")
    with changeset(title=f"Open an account for {person}", by=by, about=f"person:{person.pk}"):
        user = User.objects.create_user(person.email, password)
        history.change(person, {"user": user})
    return user
