"""Who may see and do what: the one predicate that pages, commands, API, search and exports ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Organisation, Person, RoleGrant, Scope, ScopePath
from goldenthread.kit import history
from goldenthread.kit.permissions import Act, Kind, Role, allows
from goldenthread.kit.scoping import current_organisation

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Rights:
    """The grants of one person, read once a request."""

    person_id: int
    grants: tuple[tuple[str, int], ...]  # role, scope id
    top_scope_id: int | None

    def scopes(self, act: str, kind: str) -> frozenset[int]:
        """The scopes on which a grant allows `act` with `kind`."""
        return frozenset(scope for role, scope in self.grants if allows(role, kind, act))

    def anywhere(self, act: str, kind: str) -> bool:
        """Whether some grant allows it on some scope."""
        return bool(self.scopes(act, kind))

    def everywhere(self, act: str, kind: str) -> bool:
        """Whether a grant on the whole organisation allows it."""
        return self.top_scope_id is not None and self.top_scope_id in self.scopes(act, kind)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(role for role, _ in self.grants)


def rights(person: Person) -> Rights:
    """The person's rights, with those of people whose absent deputy he or she is. Kept on the instance."""
    kept: Rights | None = getattr(person, "_rights", None)
    if kept is None:
        today = timezone.localdate()
        stands_in = Q(person__deputy=person, person__absent_from__lte=today, person__absent_to__gte=today)
        rows = tuple(
            RoleGrant.objects.filter(Q(person=person) | stands_in).order_by("id").values_list("role", "scope_id", "scope__scope_kind")
        )
        top = next((scope for _, scope, kind in rows if kind == Scope.ScopeKind.ORGANISATION), None)
        kept = Rights(person.pk, tuple((role, scope) for role, scope, _ in rows), top)
        person._rights = kept  # type: ignore[attr-defined]
    return kept


def below(scope_ids: frozenset[int]) -> models.QuerySet[Any]:
    """Ids of the scopes at or below these."""
    return ScopePath.objects.filter(ancestor_id__in=scope_ids).values("descendant_id")


def _in_scopes(held: Rights, act: str, kind: str, path: str) -> Q | None:
    """Rows whose scope lies under a grant; None where no grant allows it, an empty Q where all rows do."""
    if held.everywhere(act, kind):
        return Q()
    ids = held.scopes(act, kind)
    if not ids:
        return None
    return Q(pk__isnull=False) if not path else Q(**{f"{path}__in": below(ids)})


def visible(queryset: models.QuerySet[M], person: Person, act: str = Act.VIEW) -> models.QuerySet[M]:
    """The rows of `queryset` with which `person` may do `act`. Confidential rows need the right to them, or to be one's own."""
    model: Any = queryset.model
    held = rights(person)
    path = getattr(model, "scope_path", "")
    own_paths = getattr(model, "own_paths", ()) if act == Act.VIEW else ()
    own = reduce(or_, (Q(**{p: person}) for p in own_paths)) if own_paths else None
    allowed = _in_scopes(held, act, model.kind, path)
    secret = _secret_field(model)
    if allowed is not None and secret and not held.everywhere(Act.VIEW, Kind.CONFIDENTIAL):
        open_to = _in_scopes(held, Act.VIEW, Kind.CONFIDENTIAL, path)
        not_secret = Q(**{secret: False})
        allowed &= not_secret if open_to is None else (not_secret | open_to)
    if allowed is None and own is None:
        return queryset.none()
    if allowed is None:
        return queryset.filter(pk__in=_ids(model, own))
    if own is None or allowed == Q():
        return queryset.filter(allowed)
    return queryset.filter(allowed | Q(pk__in=_ids(model, own)))


def _ids(model: Any, condition: Q | None) -> models.QuerySet[Any]:
    return model.objects.filter(condition).values("pk") if condition is not None else model.objects.none()


def _secret_field(model: Any) -> str:
    if hasattr(model, "confidential_path"):
        return str(model.confidential_path)
    return "is_confidential" if any(f.name == "is_confidential" for f in model._meta.fields) else ""


def may(person: Person, act: str, row: Any) -> bool:
    """Whether `person` may do `act` with this stored row."""
    return visible(type(row).objects.filter(pk=row.pk), person, act).exists()


def may_in(person: Person, act: str, kind: str, scope_id: int | None) -> bool:
    """Whether `person` may do `act` with things of `kind` in a scope, for instance add one there."""
    held = rights(person)
    if scope_id is None:
        return held.anywhere(act, kind)
    ids = held.scopes(act, kind)
    if held.everywhere(act, kind) or scope_id in ids:
        return True
    return bool(ids) and ScopePath.objects.filter(ancestor_id__in=ids, descendant_id=scope_id).exists()


def is_own(person: Person, row: Any) -> bool:
    """Whether the row is one of the person's own: assigned, owned, asked."""
    paths = getattr(type(row), "own_paths", ())
    return bool(paths) and type(row).objects.filter(reduce(or_, (Q(**{p: person}) for p in paths)), pk=row.pk).exists()


def people(person: Person) -> models.QuerySet[Person]:
    """The people whom `person` may see: all with the right to it, otherwise oneself."""
    if rights(person).anywhere(Act.VIEW, Kind.PERSON):
        return Person.objects.all()
    return Person.objects.filter(pk=person.pk)


def organisation_named(slug: str | None) -> Organisation | None:
    """The organisation of that short name, or the only one; None where there is none or more than one."""
    if slug:
        return Organisation.objects.filter(slug=slug).first()
    found = list(Organisation.objects.order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def local_operator() -> Person | None:
    """Who acts on the command line where nobody is named: the first administrator of the organisation."""
    grant = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).order_by("id").select_related("person").first()
    return grant.person if grant else None


def newest_changeset_id() -> int:
    """Id of the newest changeset of the organisation, 0 before the first: what a page polls for."""
    newest = Changeset.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def undo_address() -> str | None:
    """Where an undo button posts to for what this request has just written; None when it wrote nothing."""
    changeset = history.last_changeset()
    return reverse("accounts:undo", args=[changeset.pk]) if changeset is not None else None


def top_scope() -> Scope:
    """The scope of the organisation itself."""
    return Scope.objects.get(organisation=current_organisation(), scope_kind=Scope.ScopeKind.ORGANISATION)
