"""Links to the plan on one page, and what somebody who has one reads."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.accounts.queries.links import digest_of
from goldenthread.plan.models import BusinessPlan, PlanLink
from goldenthread.plan.queries.one_page_person import is_stakeholder

PURPOSE = "plan-link"


def links_of(plan: BusinessPlan, person: Person) -> QuerySet[PlanLink]:
    """The links to a plan that a person may see, newest first."""
    rows = visible(PlanLink.objects.filter(plan=plan), person)
    return rows.select_related("made_by", "client", "reads").order_by("-made_at", "-pk")


def open_link(link: str, moment: datetime) -> PlanLink | None:
    """The link of an address as long as it holds; None for one that is wrong, over or revoked, without a difference.

    A client's ends as well when that person is no client any more: whoever has the link would read what somebody inside sees.
    """
    rows = PlanLink.objects.filter(digest=digest_of(link, PURPOSE), expires_at__gt=moment, revoked_at__isnull=True)
    found = rows.select_related("plan__office__organisation", "client__organisation").first()
    return found if found is None or found.client is None or _is_still_there(found.client, moment) else None


def _is_still_there(client: Person, moment: datetime) -> bool:
    left = client.leaves_on is not None and client.leaves_on < timezone.localdate(moment)
    return not left and client.erased_at is None and is_stakeholder(client)
