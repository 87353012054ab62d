"""Who may see the work of a person, and who could take it over."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.kit.permissions import Act, Kind


def may_see_work(subject: Person, viewer: Person) -> bool:
    """One's own; of others, who plans, unless the organisation has switched that off. The work of who leaves is always found."""
    if subject.pk == viewer.pk:
        return True
    plans = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    return plans and (viewer.organisation.shows_person_load or subject.leaves_on is not None)


def takers(giver: Person, viewer: Person, day: date) -> QuerySet[Person]:
    """Who could take the work over: people of the house who stay."""
    stays = Q(leaves_on__isnull=True) | Q(leaves_on__gt=giver.leaves_on or day)
    return visible(Person.objects.filter(stays, is_external=False), viewer).exclude(pk=giver.pk).order_by("name", "id")
