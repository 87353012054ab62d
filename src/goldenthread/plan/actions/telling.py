"""Telling each person what a version in force changes in his or her own work: one message a version, whatever the rows."""

from __future__ import annotations

from django.db import transaction

from goldenthread.accounts.models import Person
from goldenthread.plan.mapping.version_changes import between
from goldenthread.plan.models import PlanVersion
from goldenthread.plan.queries.version_changes import changes_between, in_a_sentence, states_of
from goldenthread.plan.queries.versions import changes_address
from goldenthread.workspace.actions import notify
from goldenthread.workspace.models import InboxItem


def address_of(version: PlanVersion) -> str:
    """Where a person reads what a version changes."""
    return changes_address(version.pk)


def before(version: PlanVersion) -> PlanVersion | None:
    """The version that was in force before this one; None where it is the first."""
    earlier = PlanVersion.objects.filter(plan=version.plan_id, number__lt=version.number, in_force_on__isnull=False)
    return earlier.order_by("-number").first()


def tell(version: PlanVersion) -> int:
    """Put one item into the inbox of everybody whose work the version changes. All of them or, where it breaks off, none.

    Told once for ever: a second call finds the first one's items. Returns how many were told.
    """
    old = before(version)
    if old is None or InboxItem.objects.filter(link=address_of(version)).exists():
        return 0
    told = between(*states_of(old, version))
    concerned = {pk for line in told.lines for pk in line.people}
    people = list(Person.objects.filter(pk__in=concerned, erased_at__isnull=True, leaves_on__isnull=True).order_by("pk"))
    with transaction.atomic():
        for person in people:
            said = in_a_sentence(changes_between(old, version, person, person, told))
            notify(people=[person], title=f"The plan changed: {version}", body=said, link=address_of(version), needs_answer=True)
    return len(people)
