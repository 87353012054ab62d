"""The changeset under which every write of the product happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation


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
    """One user action: a transaction and its changeset. Inside another one, the outer action's is used.

    An action that makes its main row only now may set `about` on what it is given, before the block ends.
    """
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
        if made.about != about:
            made.save(update_fields=["about"])


def once(*, key: str, digest: str, by: Person | None) -> Changeset | None:
    """The changeset that an earlier request with this idempotency key made, or None. A key cannot carry another request."""
    if not key:
        return None
    earlier = Changeset.objects.filter(key=key, by=by).first()
    if earlier is not None and earlier.digest != digest:
        raise Refused("This key was used for another request.", field="Idempotency-Key", advice="Use a new key.")
    return earlier
