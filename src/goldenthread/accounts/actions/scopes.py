"""Scopes and their closure. Part of the action that adds the noun which holds the scope; that action asks for the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from goldenthread.accounts import queries
from goldenthread.accounts.models import Scope, ScopeEdge, ScopePath
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation


def add_scope(*, kind: str, name: str, under: Scope) -> Scope:
    """A scope under another one."""
    scope = Scope(scope_kind=kind, name=name)
    scope.save()
    ScopePath(ancestor=scope, descendant=scope).save()
    place_scope(scope=scope, under=under)
    return scope


def add_scopes(*, kind: str, names: list[str], under: Scope) -> list[Scope]:
    """Many scopes under one, in a few statements: for imports."""
    organisation = current_organisation()
    scopes = Scope.objects.bulk_create(
        [Scope(organisation=organisation, scope_kind=kind, name=n[:200]) for n in names], batch_size=500
    )
    above = list(ScopePath.objects.filter(descendant=under).values_list("ancestor_id", flat=True))
    ScopeEdge.objects.bulk_create([ScopeEdge(organisation=organisation, parent=under, child=s) for s in scopes], batch_size=500)
    ScopePath.objects.bulk_create(
        [ScopePath(organisation=organisation, ancestor_id=a, descendant=s) for s in scopes for a in above]
        + [ScopePath(organisation=organisation, ancestor=s, descendant=s) for s in scopes],
        batch_size=500,
    )
    return scopes


def holds_a_scope(model: Any) -> bool:
    """Whether each row of a model holds a scope of its own and lends it its name: an office, a programme, a project."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return "name" in fields and "scope" in fields and bool(fields["scope"].one_to_one)


def name_scopes(rows: Sequence[Any]) -> None:
    """Let scopes bear the names of what holds them: part of every action that writes such a name, undo included."""
    named = [Scope(pk=row.scope_id, name=row.name[:200]) for row in rows]
    Scope.objects.bulk_update(named, ["name"], batch_size=200)


def place_scope(*, scope: Scope, under: Scope) -> None:
    """Put a scope under one more parent and extend the closure."""
    with transaction.atomic():
        one_at_a_time()
        if ScopePath.objects.filter(ancestor=scope, descendant=under).exists():
            raise Refused(f"“{under}” lies below “{scope}”: this would be a circle.")
        organisation = current_organisation()
        _, made = ScopeEdge.objects.get_or_create(parent=under, child=scope, defaults={"organisation": organisation})
        if not made:
            return
        above = list(ScopePath.objects.filter(descendant=under).values_list("ancestor_id", flat=True))
        under_it = ScopePath.objects.filter(ancestor=scope).values_list("descendant_id", flat=True)
        ScopePath.objects.bulk_create(
            [ScopePath(organisation=organisation, ancestor_id=a, descendant_id=d) for d in under_it for a in above],
            ignore_conflicts=True,
            batch_size=500,
        )


def lift_scope(*, scope: Scope, out_of: Scope) -> None:
    """Take a scope from under one of its parents. It keeps at least one: nothing floats outside the organisation."""
    with transaction.atomic():
        one_at_a_time()
        edges = ScopeEdge.objects.filter(child=scope)
        if edges.count() == 1 and edges.filter(parent=out_of).exists():
            raise Refused(f"“{scope}” lies nowhere else.", advice="Put it under another one first.")
        edges.filter(parent=out_of).delete()
        moved = set(ScopePath.objects.filter(ancestor=scope).values_list("descendant_id", flat=True))
        wanted = {(above, child) for child in moved for above in _above(child)}
        stored = ScopePath.objects.filter(descendant_id__in=moved)
        gone = [path.pk for path in stored if (path.ancestor_id, path.descendant_id) not in wanted]
        ScopePath.objects.filter(pk__in=gone).delete()


def _above(scope_id: int) -> set[int]:
    """A scope and everything above it, from the edges."""
    seen, layer = {scope_id}, {scope_id}
    while layer:
        layer = set(ScopeEdge.objects.filter(child_id__in=layer).values_list("parent_id", flat=True)) - seen
        seen |= layer
    return seen


def one_at_a_time() -> None:
    """Have writers queue at the top scope: two at once could close a circle, or each take the last of two, and not see it."""
    Scope.objects.select_for_update().get(pk=queries.top_scope().pk)
