"""What was asked about a version, who answers it, and who has not read it yet."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import PlanEvent, PlanVersion, VersionQuestion
from goldenthread.plan.queries.versions import changes_address
from goldenthread.workspace.models import InboxItem, Job


def planner_of(version: PlanVersion) -> Person | None:
    """Who answers for the version: the person who proposed it."""
    return version.proposed_by


def questions_about(version: PlanVersion, viewer: Person) -> QuerySet[VersionQuestion]:
    """Questions about a version, oldest first, for everybody who sees it: an answer is mostly worth more than one reader."""
    rows = visible(VersionQuestion.objects.filter(plan_version=version), viewer)
    return rows.select_related("asked_by", "answered_by").order_by("at", "pk")


def to_reply(person: Person) -> QuerySet[PlanVersion]:
    """The versions about which somebody waits for this person's answer."""
    asked = VersionQuestion.objects.filter(answered_at__isnull=True, plan_version__proposed_by=person)
    return visible(PlanVersion.objects.filter(Q(pk__in=asked.values("plan_version"))), person)


def being_told(version: PlanVersion) -> Job | None:
    """The job that tells people of a version, while it waits or runs."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    return Job.objects.filter(key=f"tell-version:{version.pk}", state__in=open_states).order_by("-pk").first()


def waiting_for(version: PlanVersion) -> QuerySet[Person]:
    """Who was told of a version and has not said to have read it."""
    told = Person.objects.filter(pk__in=InboxItem.objects.filter(link=changes_address(version.pk)).values("person"))
    seen = PlanEvent.objects.filter(version=version, what=PlanEvent.What.SEEN).values("person")
    return told.exclude(pk__in=seen).order_by("name", "pk")
