"""Telling each person what a version in force changes in his or her own work: one message a version, whatever the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import mail_goes_at, sends_mail, still_here
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.mapping.version_changes import KINDS, Line, many
from goldenthread.plan.models import PlanVersion, VersionMail
from goldenthread.plan.queries.version_changes import changes_between, in_a_sentence, told_between
from goldenthread.plan.queries.versions import changes_address
from goldenthread.workspace.actions import notify
from goldenthread.workspace.models import InboxItem


@dataclass(frozen=True)
class _Message:
    """What one person is told: on our pages, and by mail without a name."""

    person: Person
    said: str
    by_mail: str


def address_of(version: PlanVersion) -> str:
    """Where a person reads what a version changes."""
    return changes_address(version.pk)


def before(version: PlanVersion) -> PlanVersion | None:
    """The version that was in force before this one; None where it is the first."""
    earlier = PlanVersion.objects.filter(plan=version.plan_id, number__lt=version.number, in_force_on__isnull=False)
    return earlier.order_by("-number").first()


def tell(version: PlanVersion, progress: Callable[[int, int], None] = lambda *_: None) -> int:
    """Put one item into the inbox of everybody whose work the version changes, and one mail into the post.

    All of them or, where it breaks off, none. Told once for ever: a second call finds the first one's items. What each is told is
    found before anything is written, so that nobody waits for it. Returns how many were told.
    """
    old = before(version)
    if old is None or _is_told(version):
        return 0
    messages = _messages(old, version, progress)
    now, organisation = timezone.now(), current_organisation()
    by_mail = sends_mail() and not organisation.is_demo  # the people of the demo are invented
    with transaction.atomic():
        PlanVersion.objects.select_for_update().get(pk=version.pk)
        if _is_told(version):
            return 0
        for message in messages:
            link = address_of(version)
            title = f"The plan changed: {version}"
            notify(people=[message.person], title=title, body=message.said, link=link, needs_answer=True)
        VersionMail.objects.bulk_create(
            VersionMail(
                organisation=organisation, plan_version=version, person=message.person, said=message.by_mail, made_at=now,
                goes_at=mail_goes_at(message.person, organisation, now),
            )
            for message in messages
            if by_mail and message.person.gets_mail and message.person.email
        )  # fmt: skip
    return len(messages)


def _is_told(version: PlanVersion) -> bool:
    return InboxItem.objects.filter(link=address_of(version)).exists()


def _messages(old: PlanVersion, version: PlanVersion, progress: Callable[[int, int], None]) -> list[_Message]:
    """What everybody concerned is told."""
    told = told_between(old, version)
    concerned = {pk for line in told.lines for pk in line.people}
    people = list(
        Person.objects.filter(still_here(timezone.localdate()), pk__in=concerned, erased_at__isnull=True).order_by("pk")
    )
    found = []
    for done, person in enumerate(people):
        if done % 10 == 0:
            progress(done, len(people))
        said = in_a_sentence(changes_between(old, version, person, person, told))
        found.append(_Message(person, said, counted(told.of(person.pk), person)))
    return found


def counted(lines: tuple[Line, ...], person: Person) -> str:
    """How much changes, without a name: a mail is read by whoever sees the screen, and lies in many places."""
    counts = Counter(KINDS[line.to(person.pk)] for line in lines).most_common()
    return f"Your work changed: {', '.join(f'{count} {many(label, count)}' for label, count in counts)}."[:300]
