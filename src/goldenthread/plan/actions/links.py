"""Writes of links to the plan on one page: made and revoked by who may approve the plan, read by whoever has one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.accounts.queries.links import digest, signed
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.models import BusinessPlan, PlanLink, PlanLinkReads
from goldenthread.plan.queries.links import PURPOSE
from goldenthread.plan.queries.one_page_person import is_stakeholder

DAYS, MOST_DAYS = 30, 366


@dataclass(frozen=True)
class Shared:
    """A link and its address, which is shown once and stored nowhere."""

    link: PlanLink
    path: str


def share_plan(*, plan: BusinessPlan, note: str, by: Person, days: int = DAYS, client: Person | None = None) -> Shared:
    """A link to the plan on one page, or to the page of one client, that ends after `days`."""
    _must(by, plan)
    if not note.strip():
        raise Refused("Say for whom the link is.", field="note", advice="For example: the regulator.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("A link lasts from one day to one year.", field="days")
    if client is not None and not is_stakeholder(client):
        raise Refused(f"{client} is no client.", field="client", advice="Whoever works here reads the page after signing in.")
    secret = secrets.token_urlsafe(32)
    with changeset(title=f"Share {plan} by link: {note.strip()}"[:200], by=by, about=f"plan:{plan.pk}") as made:
        link = PlanLink(
            plan=plan,
            client=client,
            note=note.strip()[:120],
            digest=digest(secret),
            made_at=made.at,
            made_by=by,
            expires_at=made.at + timedelta(days=days),
        )
        link.save()
    return Shared(link, reverse("plan:shared", args=[signed(secret, PURPOSE)]))


def revoke_link(*, link: PlanLink, by: Person, version: int | None = None) -> None:
    """End a link at once. Once is enough."""
    _must(by, link.plan)
    if link.revoked_at is None:
        with changeset(title=f"Revoke the link: {link.note}"[:200], by=by, about=f"plan:{link.plan_id}") as made:
            history.change(link, {"revoked_at": made.at}, version=version)


def count_read(link: PlanLink) -> None:
    """One more time: how often, and on which day; not by whom."""
    today = timezone.localdate()
    read = PlanLinkReads.objects.filter(link=link)
    if not read.update(times=F("times") + 1, last_on=today):
        try:
            with transaction.atomic():
                PlanLinkReads(link=link, times=1, last_on=today).save()
        except IntegrityError:  # the first two came at once
            read.update(times=F("times") + 1, last_on=today)


def _must(by: Person, plan: BusinessPlan) -> None:
    if not may(by, Act.APPROVE, plan):
        raise Forbidden("You may not share this plan.")
