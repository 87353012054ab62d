"""Reads of offices, mandates and services."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.purpose.models import Clause, Mandate, MandateService, Objective, Office, Service

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)


def offices(person: Person) -> QuerySet[Office]:
    """The offices whose mandate the person may see, by name."""
    return visible(Office.objects.select_related("head"), person).order_by("name", "id")


def mandates(office: Office) -> QuerySet[Mandate]:
    """All versions of an office's mandate, newest first."""
    return Mandate.objects.filter(office=office).select_related("successor").order_by("-valid_from", "-id")


def mandate_in_force(office: Office) -> Mandate | None:
    """The office's mandate that is in force by its state, or None; see `in_force` for its dates."""
    return Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).select_related("office").first()


def in_force(mandate: Mandate, day: date) -> bool:
    """Whether the mandate carries objectives on that day: in force, begun and not run out."""
    if mandate.state != Mandate.State.IN_FORCE:
        return False
    return (mandate.valid_from is None or mandate.valid_from <= day) and (mandate.valid_to is None or mandate.valid_to >= day)


def clauses(mandate: Mandate) -> QuerySet[Clause]:
    """The clauses in order, each with the number of live objectives that cite it as `cited`."""
    live = Count("objectives", filter=Q(objectives__state__in=LIVE))
    return Clause.objects.filter(mandate=mandate).annotate(cited=live).order_by("number")


def citable_clauses(office: Office) -> QuerySet[Clause]:
    """The clauses that an objective of the office may cite: those of the mandate in force and of drafts."""
    states = (Mandate.State.IN_FORCE, Mandate.State.DRAFT)
    found = Clause.objects.filter(mandate__office=office, mandate__state__in=states).select_related("mandate")
    return found.order_by("-mandate__state", "mandate_id", "number")


def objectives_without_mandate(person: Person, day: date) -> list[Objective]:
    """Proposed and approved objectives that cite no clause, or one of a mandate that is not in force on that day."""
    states = (Objective.State.PROPOSED, Objective.State.APPROVED)
    rows = visible(Objective.objects.filter(state__in=states), person).select_related("clause__mandate", "owner").order_by("id")
    return [row for row in rows if row.clause is None or not in_force(row.clause.mandate, day)]


def named_services(mandate: Mandate) -> list[tuple[Service, int | None]]:
    """The services that a mandate asks for with the number of the clause; of a draft also those it does not ask for."""
    rows = MandateService.objects.filter(mandate=mandate).values_list("service_id", "clause__number")
    numbers = dict(rows.order_by("clause__number", "pk"))
    services = Service.objects.filter(office=mandate.office_id).order_by("name", "pk")
    if mandate.state != Mandate.State.DRAFT:
        return [(row, numbers[row.pk]) for row in services if row.pk in numbers]
    return [(row, numbers.get(row.pk)) for row in services if row.state == Service.State.OFFERED or row.pk in numbers]
