"""Every row belongs to one organisation, and a query outside an organisation's scope raises instead of leaking."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models
from django_scopes import ScopedManager, get_scope, scope

_current: ContextVar[Any] = ContextVar("organisation", default=None)


@contextmanager
def organisation_scope(organisation: Any) -> Iterator[None]:
    """Answer queries for this organisation only. Refuses None, which would mean every organisation."""
    if organisation is None or organisation.pk is None:
        raise ValueError("an organisation is needed: a scope of None would answer for all of them")
    token = _current.set(organisation)
    try:
        with scope(organisation=organisation):
            yield
    finally:
        _current.reset(token)


def current_organisation() -> Any:
    """The organisation whose scope is open; LookupError outside a scope."""
    organisation = _current.get()
    if organisation is None:
        raise LookupError("no organisation scope is open")
    return organisation


def limits() -> Hashable:
    """What a query built at this moment holds for: the organisation whose scope is open, whether scopes are off, the database."""
    organisation = _current.get()
    return organisation.pk if organisation is not None else None, get_scope().get("_enabled"), connection.vendor


class InOrganisation(models.Model):
    """A row of one organisation. Set from the open scope when the row is made."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", editable=False)

    objects = ScopedManager(organisation="organisation")  # type: ignore[django-manager-missing]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new row takes the open scope's organisation and no row leaves it."""
        if getattr(self, "organisation_id", None) is None:
            self.organisation = current_organisation()
        elif _current.get() is not None and self.organisation_id != _current.get().pk:
            raise ValueError("a row of another organisation cannot be written in this scope")
        super().save(*args, **kwargs)
