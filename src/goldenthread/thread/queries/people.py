"""Who may see the work of a person, and who could take it over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import DutyOccurrence
from goldenthread.schedule.models import Activity
from goldenthread.thread.queries.chains import Chains, Link, chains_of


def takers(giver: Person, viewer: Person, day: date) -> QuerySet[Person]:
    """Who could take the work over: people of the house who stay."""
    stays = Q(leaves_on__isnull=True) | Q(leaves_on__gt=giver.leaves_on or day)
    return visible(Person.objects.filter(stays, is_external=False), viewer).exclude(pk=giver.pk).order_by("name", "id")


def threads_of(activities: Iterable[Activity], viewer: Person) -> dict[int, list[Link]]:
    """Activity id -> where it leads: the duty it meets, or the beads up to the clause; empty where it names neither."""
    rows = list(activities)
    chains: Chains = chains_of(rows, viewer)
    met = DutyOccurrence.objects.filter(activity__in=rows).values_list("activity_id", "duty__source")
    duties = {pk: [Link("duty", f"Duty: {source}")] for pk, source in met}
    return {row.pk: duties.get(row.pk) or chains.chain(row.pk) for row in rows}
