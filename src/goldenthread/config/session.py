"""Who a command acts as, and in which organisation and office."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goldenthread.accounts.models import Organisation, Person
    from goldenthread.purpose.models import Office


@dataclass
class Session:
    """The organisation, the person and, where asked for, the office of a command."""

    organisation: Organisation
    person: Person
    office_code: str

    @property
    def office(self) -> Office:
        """The office named, or the only one; Refused where that is not clear."""
        from goldenthread.accounts.queries import visible
        from goldenthread.kit.errors import Refused
        from goldenthread.purpose.models import Office

        offices: Any = visible(Office.objects.select_related("organisation", "scope"), self.person).order_by("id")
        if self.office_code:
            found = offices.filter(code=self.office_code).first()
            if found is None:
                raise Refused(f"There is no office “{self.office_code}”.", field="--office")
            return found
        found = offices.first()
        if found is None:
            raise Refused(
                f"There is no office that {self.person} may see.", advice="Name with --as somebody who heads or works in one."
            )
        return found


def set_up() -> None:
    """Start Django with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.config.settings")
    import django

    django.setup()


@contextmanager
def opened(organisation: str, office: str, as_email: str, about: str = "") -> Iterator[Session]:
    """Open the organisation's scope as that person. Refused where the organisation or the person is not clear.

    `about`: the e-mail address of the person whom the command is about, which may say which organisation is meant.
    """
    set_up()
    from goldenthread.accounts.models import Organisation, Person
    from goldenthread.accounts.queries import local_operator, organisation_named
    from goldenthread.kit.errors import Refused
    from goldenthread.kit.scoping import organisation_scope

    found = organisation_named(organisation, as_email or about)
    if found is None:
        names = ", ".join(Organisation.objects.order_by("id").values_list("slug", flat=True))
        if not names:
            raise Refused("There is no organisation yet.", advice="Load the demo with `demo`, or found your own with `found`.")
        said = f"There is no organisation “{organisation}”." if organisation else "Say which organisation."
        raise Refused(said, field="--organisation", advice=f"There are: {names}.")
    with organisation_scope(found):
        person = Person.objects.filter(email__iexact=as_email).first() if as_email else local_operator()
        if person is None:
            raise Refused(
                f"There is no person “{as_email}”." if as_email else "The organisation has no administrator.", field="--as"
            )
        person.organisation = found
        yield Session(found, person, office)
