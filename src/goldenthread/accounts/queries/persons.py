"""People, their roles, their sign-ins; which organisation is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django_scopes import scopes_disabled

from goldenthread.accounts.models import Invitation, Organisation, Person, RoleGrant, Scope, ScopePath
from goldenthread.accounts.queries import access as held
from goldenthread.accounts.queries.tokens import digest_of
from goldenthread.kit.permissions import Act, Kind, Role
from goldenthread.kit.scoping import current_organisation

PEOPLE_SORTS = {"name": "name", "department": "department"}
_EVERYWHERE = frozenset(Scope.ScopeKind.values)
# Some roles make sense only on some scopes: an external client sees the projects he is named for, and nothing around them.
ROLES_BY_SCOPE = {
    Role.ADMINISTRATOR: frozenset({Scope.ScopeKind.ORGANISATION}),
    Role.CLIENT: frozenset({Scope.ScopeKind.PROJECT, Scope.ScopeKind.PROGRAMME}),
}


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people."""

    person: Person
    roles: tuple[str, ...]
    sign_in: str  # open, invited, none, closed


def people(person: Person) -> models.QuerySet[Person]:
    """The people whom `person` may see: all with the right to it, otherwise oneself."""
    return held.visible(Person.objects.all(), person)


def still_here(day: date) -> Q:
    """Which people have not left by `day`: who is to leave later still signs, decides and is told."""
    return Q(leaves_on__isnull=True) | Q(leaves_on__gte=day)


def heads_above(row: Any) -> models.QuerySet[Any]:
    """Ids of the people who head the PMO of an office to which a stored row belongs."""
    scopes: Q = reduce(or_, (Q(descendant__in=_scopes(row, path)) for path in held.scope_paths(type(row))), Q(pk__in=[]))
    above = ScopePath.objects.filter(scopes).values("ancestor")
    return RoleGrant.objects.filter(role=Role.HEAD, scope__in=above).values("person")


def _scopes(row: Any, path: str) -> models.QuerySet[Any]:
    return type(row).objects.filter(pk=row.pk).values(path)


def people_rows(
    viewer: Person, *, words: str = "", role: str = "", left: bool = False, sort: str = "name", today: date, now: datetime
) -> models.QuerySet[Any]:
    """The people whom `viewer` may see, in order; each with its grants, its user and `is_invited` (a link is open)."""
    gone = Q(leaves_on__lt=today)
    rows = people(viewer).filter(gone if left else ~gone | Q(leaves_on__isnull=True))
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(job_title__icontains=word) | Q(department__icontains=word)
        )
    if role:
        rows = rows.filter(Exists(held.named_grants(viewer).filter(person=OuterRef("pk"), role=role)))
    open_ones = Invitation.objects.filter(person=OuterRef("pk"), used_at__isnull=True, expires_at__gt=now)
    return (
        rows.select_related("user")
        .prefetch_related(models.Prefetch("grants", held.named_grants(viewer)))
        .annotate(is_invited=Exists(open_ones))
        .order_by(f"{'-' if sort.startswith('-') else ''}{PEOPLE_SORTS[sort.lstrip('-')]}", "name", "id")
    )


def grants_of(person: Person, viewer: Person) -> models.QuerySet[RoleGrant]:
    """The roles a person holds, as far as their places may be named to `viewer`; one's own all."""
    rows = RoleGrant.objects.select_related("scope").order_by("id") if person.pk == viewer.pk else held.named_grants(viewer)
    return rows.filter(person=person)


def scopes_to_grant(by: Person) -> models.QuerySet[Scope]:
    """The scopes on which `by` may hand out roles."""
    own = held.rights(by).alone()
    rows = Scope.objects.exclude(held.hidden_scopes(by)).order_by("scope_kind", "name", "id")
    if own.everywhere(Act.EDIT, Kind.PERSON):
        return rows
    return rows.filter(pk__in=held.below(own.scopes(Act.EDIT, Kind.PERSON)))


def only_administrator(*, besides: int, today: date) -> bool:
    """Whether nobody else administers the organisation who can sign in. `besides` is the id of the person left out."""
    others = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, person__user__is_active=True).exclude(person_id=besides)
    return not others.filter(Q(person__leaves_on__isnull=True) | Q(person__leaves_on__gte=today)).exists()


def invitation_of(secret: str) -> Invitation | None:
    """The invitation a link's secret belongs to, in whichever organisation; used and expired ones too."""
    with scopes_disabled():
        return (
            Invitation.objects.filter(digest=digest_of(secret)).select_related("organisation", "person", "person__user").first()
        )


def sessions_of(user_id: int, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """The unexpired sessions of one user: key and data. Reads every session, so for the settings page only."""
    found = []
    for session in Session.objects.filter(expire_date__gt=now).order_by("-expire_date").iterator():
        data = session.get_decoded()
        if data.get("_auth_user_id") == str(user_id):
            found.append((session.session_key, data))
    return found


def session_keys_of(user_id: int) -> list[str]:
    """The keys of all sessions of one user, ended ones too."""
    stored = Session.objects.order_by("pk").iterator()
    return [session.session_key for session in stored if session.get_decoded().get("_auth_user_id") == str(user_id)]


def ended_sessions(before: datetime) -> list[str]:
    """The keys of sessions that ended before a moment: those of the organisation's people, and those that are nobody's."""
    own = {str(pk) for pk in Person.objects.filter(user__isnull=False).values_list("user_id", flat=True)}
    stored = Session.objects.filter(expire_date__lt=before).order_by("pk").iterator()
    return [s.session_key for s in stored if s.get_decoded().get("_auth_user_id") in {None, *own}]


def organisation_named(slug: str | None, email: str = "") -> Organisation | None:
    """The organisation of that short name; else the one that is meant, or None where that is not clear.

    Meant is the one with a person of that e-mail address, the only one there is, or the only one that has an office yet.
    """
    if slug:
        return Organisation.objects.filter(slug=slug).first()
    with scopes_disabled():
        of_person = Person.objects.filter(email__iexact=email).values("organisation")
        with_office = Scope.objects.filter(scope_kind=Scope.ScopeKind.OFFICE)
    for candidates in (
        Organisation.objects.filter(pk__in=of_person) if email else None,
        Organisation.objects.all(),
        Organisation.objects.filter(pk__in=with_office.values("organisation")),
    ):
        found = list(candidates.order_by("id")[:2]) if candidates is not None else []
        if len(found) == 1:
            return found[0]
    return None


def local_operator() -> Person | None:
    """Who acts on the command line where nobody is named: the first administrator of the organisation."""
    grant = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).order_by("id").select_related("person").first()
    return grant.person if grant else None


def top_scope() -> Scope:
    """The scope of the organisation itself."""
    return Scope.objects.get(organisation=current_organisation(), scope_kind=Scope.ScopeKind.ORGANISATION)
