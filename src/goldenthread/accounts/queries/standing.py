"""Questions that pages ask at every visit, composed once for all who stand the same (`kit.prepared`)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import models

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries.access import own_rows, rights, visible
from goldenthread.kit.permissions import Act
from goldenthread.kit.prepared import KEPT, Blank, Prepared
from goldenthread.kit.scoping import current_organisation

M = TypeVar("M")


@cache
def _switches() -> tuple[str, ...]:
    """The organisation's switches that decide whether rows of others are seen at all."""
    return tuple(sorted({switch for model in apps.get_models() if (switch := getattr(model, "switch", ""))}))


def standing(person: Person) -> Hashable:
    """All that `visible` looks at beside the rows themselves: whoever stands the same sees the same."""
    organisation = current_organisation()
    return rights(person), tuple(getattr(organisation, switch) for switch in _switches())


class ForPerson(Generic[M]):
    """A prepared query about what one person may see, built from the person's rights and what is told, and nothing else."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, M]], kept: int) -> None:
        self._prepared = Prepared(build, kept=kept)

    def __call__(self, person: Person, *told: Any, **values: Any) -> list[M]:
        """The rows for `person`, each blank filled by the value of its name, in one statement. What is told must be hashable."""
        return self._prepared.rows(person, *told, key=(standing(person), told), **values)

    def together(self, person: Person, every: Iterable[tuple[Any, ...]], **values: Any) -> list[tuple[Any, ...]]:
        """The rows for `person` of each of `every` that is told, in one statement and as the database gives them."""
        stands = standing(person)
        return self._prepared.together((((person, *told), (stands, told)) for told in every), **values)


def for_person(build: Callable[..., models.QuerySet[Any, M]]) -> ForPerson[M]:
    """Prepare a query: `build(person, *told)` with `Blank`s, asked as `build(person, *told, name=value)`."""
    return ForPerson(build, KEPT)


def for_person_by_noun(build: Callable[..., models.QuerySet[Any, M]]) -> ForPerson[M]:
    """The same for a query that is told one of a hundred nouns: so many more are kept."""
    return ForPerson(build, 5 * KEPT)


@for_person
def _one(person: Person, model: Any, related: tuple[str, ...], act: str) -> models.QuerySet[Any, Any]:
    rows = model.objects.select_related(*related) if related else model.objects.all()
    return visible(rows.filter(pk=Blank("pk")), person, act)


def one(person: Person, model: type[M], pk: int, *related: str, act: str = Act.VIEW) -> M | None:
    """The row of `model` with what it names by `related`; None where there is none with which `person` may do `act`."""
    return next(iter(_one(person, model, related, act, pk=pk)), None)


@for_person
def _may(person: Person, model: Any, act: str) -> models.QuerySet[Any, Any]:
    return visible(model.objects.filter(pk=Blank("pk")), person, act).values_list("pk")


def may(person: Person, act: str, row: Any) -> bool:
    """Whether `person` may do `act` with this stored row."""
    return bool(_may(person, type(row), act, pk=row.pk))


@for_person
def _own(person: Person, model: Any) -> models.QuerySet[Any, Any]:
    own = own_rows(model, person)
    return (model.objects.none() if own is None else model.objects.filter(own, pk=Blank("pk"))).values_list("pk")


def is_own(person: Person, row: Any) -> bool:
    """Whether the row is one of the person's own: assigned, owned, asked."""
    return bool(_own(person, type(row), pk=row.pk))
