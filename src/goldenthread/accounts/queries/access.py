"""Who may see and do what: the one predicate that pages, commands, API, search and exports ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from goldenthread.accounts.models import Person, RoleGrant, Scope, ScopePath
from goldenthread.kit import past, worlds
from goldenthread.kit.permissions import Act, Kind, Role, allows
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.kit.scoping import current_organisation

M = TypeVar("M", bound=models.Model)
ONLY_BY_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SPONSOR})


@dataclass(frozen=True)
class Rights:
    """The grants of one person, read once a request. `deputed` are those held while somebody else is absent.

    `offices` are the scopes among them that are an office, or the whole organisation.
    """

    person_id: int
    grants: tuple[tuple[str, int], ...]  # role, scope id
    deputed: tuple[tuple[str, int], ...]
    top_scope_id: int | None
    offices: frozenset[int] = frozenset()
    only_views: bool = False  # on pages of the past, which nobody changes

    def scopes(self, act: str, kind: str) -> frozenset[int]:
        """The scopes on which a grant allows `act` with `kind`."""
        if self.only_views and act != Act.VIEW:
            return frozenset()
        return frozenset(scope for role, scope in (*self.grants, *self.deputed) if allows(role, kind, act))

    def anywhere(self, act: str, kind: str) -> bool:
        """Whether some grant allows it on some scope."""
        return bool(self.scopes(act, kind))

    def in_an_office(self, act: str, kind: str) -> bool:
        """Whether a grant on an office or on the whole organisation allows it."""
        return not self.offices.isdisjoint(self.scopes(act, kind))

    def everywhere(self, act: str, kind: str) -> bool:
        """Whether a grant on the whole organisation allows it."""
        return self.top_scope_id is not None and self.top_scope_id in self.scopes(act, kind)

    def alone(self) -> Rights:
        """The rights without those of absent people: who stands in does their work, but hands out none of their roles."""
        return Rights(self.person_id, self.grants, (), self.top_scope_id, self.offices)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(role for role, _ in (*self.grants, *self.deputed))


@Prepared
def _grants() -> models.QuerySet[RoleGrant, Any]:
    """The grants of a person, and those of who is absent today and has named the person as deputy."""
    me, today = Blank("person"), Blank("today")
    stays = Q(person__leaves_on__isnull=True) | Q(person__leaves_on__gte=today)
    stands_in = stays & Q(person__deputy=me, person__absent_from__lte=today, person__absent_to__gte=today)
    found = RoleGrant.objects.filter(Q(person=me) | stands_in).order_by("id")
    return found.values_list("person_id", "role", "scope_id", "scope__scope_kind")


def rights(person: Person) -> Rights:
    """The person's rights, with those of people whose absent deputy he or she is. Kept on the instance: one read a request."""
    kept: Rights | None = getattr(person, "_rights", None)
    if kept is None:
        rows = _grants.rows(person=person.pk, today=timezone.localdate())
        top = next((scope for _, _, scope, kind in rows if kind == Scope.ScopeKind.ORGANISATION), None)
        own = tuple((role, scope) for holder, role, scope, _ in rows if holder == person.pk)
        others = tuple((role, scope) for holder, role, scope, _ in rows if holder != person.pk)
        wide = {Scope.ScopeKind.ORGANISATION, Scope.ScopeKind.OFFICE}
        kept = Rights(person.pk, own, others, top, frozenset(scope for _, _, scope, kind in rows if kind in wide))
        person.__dict__["_rights"] = kept
    return kept


def forget_rights(person: Person) -> None:
    """Have the next question read the grants again: after a grant has changed."""
    person.__dict__.pop("_rights", None)
    person.__dict__.pop("_allowed", None)


def below(scope_ids: frozenset[int]) -> models.QuerySet[Any]:
    """Ids of the scopes at or below these."""
    return ScopePath.objects.filter(ancestor_id__in=scope_ids).values("descendant_id")


def scope_paths(model: Any) -> tuple[str, ...]:
    """Where rows of `model` say which scope they belong to: `scope_path`, or `scope_paths` where one of several holds."""
    path = getattr(model, "scope_path", "")
    return (path,) if path else tuple(getattr(model, "scope_paths", ()))


def confidential_path(model: Any) -> str:
    """Which column says that a row is confidential; empty where none can be."""
    if hasattr(model, "confidential_path"):
        return str(model.confidential_path)
    return "is_confidential" if any(f.name == "is_confidential" for f in model._meta.fields) else ""


def secret_rows(model: Any) -> Q | None:
    """Which rows of `model` are confidential: by their own column, or as the model says; None where none can be."""
    if hasattr(model, "secret_rows"):
        found: Q = model.secret_rows()
        return found
    path = confidential_path(model)
    return Q(**{path: True}) if path else None


def _in_scopes(held: Rights, act: str, kind: str, paths: tuple[str, ...]) -> Q | None:
    """Rows whose scope lies under a grant; None where no grant allows it, an empty Q where all rows do."""
    if held.everywhere(act, kind):
        return Q()
    ids = held.scopes(act, kind)
    if not ids:
        return None
    return reduce(or_, (Q(**{f"{path}__in": below(ids)}) for path in paths)) if paths else Q()


def own_rows(model: Any, person: Person) -> Q | None:
    """Rows that are the person's own: assigned, owned, asked. None where the model knows no such thing."""
    paths = getattr(model, "own_paths", ())
    if not paths:
        return None
    own = reduce(or_, (_mine(model, path, person) for path in paths))
    if not worlds.is_inside() or past.in_past(model) != past.HISTORY:
        return own
    rows = model.objects.filter(own).values_list("pk", flat=True)  # rights are those of now: what was his once is not his today
    return Q(pk__in=worlds.of_the_stored(("own", model, person.pk), lambda: list(rows)))


def _mine(model: Any, path: str, person: Person) -> Q:
    """Rows that lead to the person by one path. A path over other tables is a query of its own, which starts at the person.

    Joined beside the others it would walk through every activity of every project to find the few that are his.
    """
    reached = Q(**{path: person.pk})
    return Q(pk__in=model.objects.filter(reached).values("pk")) if "__" in path else reached


def allowed_rows(model: Any, person: Person, act: str, kind: str = "") -> Q | None:
    """What a row of `model` must satisfy so that a grant of `person` allows `act` with it: None for no row, an empty Q for all.

    Confidential rows need the right to them as well, rows that name another one the right to see that. Own rows are not in it.
    """
    held = rights(person)
    switch = getattr(model, "switch", "")
    if switch and not getattr(current_organisation(), switch):
        return None  # the organisation has decided that nobody sees such rows of others
    needs_whole = getattr(model, "is_about_anything", False) or (act != Act.VIEW and getattr(model, "is_of_the_whole", False))
    if needs_whole and not held.everywhere(act, kind or model.kind):
        return None  # what belongs to no scope, or holds for all of them, asks for a right on the whole
    known: dict[Any, Q | None] = person.__dict__.setdefault("_allowed", {})  # as long as the rights: a page asks many times
    asked = (model, act, kind)
    if asked not in known:
        known[asked] = _condition(model, person, act, kind or model.kind)
    return known[asked]


def _condition(model: Any, person: Person, act: str, kind: str) -> Q | None:
    allowed = _not_secret(model, person, act, kind)
    if allowed is None:
        return None
    for path in getattr(model, "names", ()):
        allowed &= _named(model, path, person)
    return allowed


def _named(model: Any, path: str, person: Person) -> Q:
    """Rows whose `path` is empty or names a row that `person` may see. Joined, not nested: SQLite parses no deep queries."""
    named = model_at(model, path)
    allowed = allowed_rows(named, person, Act.VIEW)
    if allowed == Q():
        return Q()
    own = own_rows(named, person)
    return reduce(or_, (_through(path, held) for held in (allowed, own) if held is not None), Q(**{f"{path}__isnull": True}))


def model_at(model: Any, path: str) -> Any:
    """The model to which a path of columns leads."""
    return reduce(lambda found, part: found._meta.get_field(part).related_model, path.split("__"), model)


def _through(path: str, condition: Q) -> Q:
    """A condition on rows, as one on rows that name those by `path`."""
    children: list[Any] = condition.children
    parts = [_through(path, c) if isinstance(c, Q) else (f"{path}__{c[0]}", c[1]) for c in children]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


def _not_secret(model: Any, person: Person, act: str, kind: str) -> Q | None:
    """Rows in the scopes of a grant, confidential ones only where those may be seen."""
    held, paths = rights(person), scope_paths(model)
    allowed = _in_scopes(held, act, kind, paths)
    if act != Act.VIEW and kind == model.kind and hasattr(model, "kind_in_projects"):
        allowed = _or_of_a_project(allowed, _in_scopes(held, act, model.kind_in_projects, paths), paths)
    secret = secret_rows(model)
    if allowed is None or secret is None or held.everywhere(Act.VIEW, Kind.CONFIDENTIAL):
        return allowed
    open_to = _in_scopes(held, Act.VIEW, Kind.CONFIDENTIAL, paths)
    not_secret = ~secret
    return allowed & (not_secret if open_to is None else (not_secret | open_to))


def _or_of_a_project(allowed: Q | None, there: Q | None, paths: tuple[str, ...]) -> Q | None:
    """What is allowed anyway, or by the right to another kind where the row belongs to a project."""
    if there is None or allowed == Q():
        return allowed
    there = there & reduce(or_, (Q(**{f"{path}__scope_kind": Scope.ScopeKind.PROJECT}) for path in paths))
    return there if allowed is None else allowed | there


def hidden_scopes(person: Person) -> Q:
    """Which scopes must not be named to `person`: those of confidential things, a project for instance, that he may not see."""
    held = Q(pk__in=[])
    for relation in Scope._meta.related_objects:
        model: Any = relation.related_model
        if relation.one_to_one and confidential_path(model) == "is_confidential":
            secret = model.objects.filter(is_confidential=True).exclude(pk__in=visible(model.objects.all(), person).values("pk"))
            held |= Q(pk__in=secret.values(relation.field.attname))
    return held


def named_grants(viewer: Person) -> models.QuerySet[RoleGrant]:
    """The roles whose place may be named to `viewer`, in the order they were given; with their scopes."""
    hidden = Scope.objects.filter(hidden_scopes(viewer)).values("pk")
    return RoleGrant.objects.exclude(scope_id__in=hidden).select_related("scope").order_by("id")


def visible(queryset: models.QuerySet[M], person: Person, act: str = Act.VIEW) -> models.QuerySet[M]:
    """The rows of `queryset` with which `person` may do `act`. One's own rows may always be seen."""
    model: Any = queryset.model
    allowed = allowed_rows(model, person, act)
    own = own_rows(model, person) if act == Act.VIEW and allowed != Q() else None
    if allowed is not None and own is None:
        return queryset.filter(allowed)
    if own is None:
        return queryset.none()
    mine = Q(pk__in=model.objects.filter(own).values("pk"))
    return queryset.filter(mine if allowed is None else allowed | mine)


def may_in(person: Person, act: str, kind: str, scope_id: int | None) -> bool:
    """Whether `person` may do `act` with things of `kind` in a scope, for instance add one there; without one, anywhere."""
    return _covers(rights(person), act, kind, scope_id)


def _covers(held: Rights, act: str, kind: str, scope_id: int | None) -> bool:
    ids = held.scopes(act, kind)
    if scope_id is None:
        return bool(ids)
    if held.everywhere(act, kind) or scope_id in ids:
        return True
    return bool(ids) and ScopePath.objects.filter(ancestor_id__in=ids, descendant_id=scope_id).exists()


# Who may hand out roles, and act on the people who hold them.


def may_grant(*, by: Person, role: str, scope: Scope) -> bool:
    """Whether `by` may hand out this role here. Roles that watch or outrank the PMO are given by administrators only."""
    held = rights(by).alone()
    if role in ONLY_BY_ADMINISTRATORS and Role.ADMINISTRATOR not in held.roles:
        return False
    return _covers(held, Act.EDIT, Kind.PERSON, scope.pk)


def may_manage(by: Person, person: Person) -> bool:
    """Whether `by` may change, invite or lock out `person`: only who could hand out every role that the person holds.

    Otherwise the right to edit people would be the right to become anybody: by a new address, an invitation or a deputy.
    """
    if not rights(by).alone().anywhere(Act.EDIT, Kind.PERSON):
        return False
    grants = RoleGrant.objects.filter(person=person).select_related("scope")
    return all(may_grant(by=by, role=grant.role, scope=grant.scope) for grant in grants)
