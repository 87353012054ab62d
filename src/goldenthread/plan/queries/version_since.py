"""How far the plan has gone on from the version in force: changes that nobody approved yet."""

from __future__ import annotations

from datetime import date

from django.core.cache import cache

from goldenthread.accounts.queries import newest_changeset_id
from goldenthread.engine.root_changes import TIME
from goldenthread.kit import worlds
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.mapping.version_changes import between
from goldenthread.plan.mapping.version_document import read
from goldenthread.plan.models import BusinessPlan, PlanVersion
from goldenthread.plan.queries.version_changes import states_of
from goldenthread.plan.queries.versions import document_of
from goldenthread.schedule.models import ActivityDates

KEPT = 24 * 60 * 60  # seconds


def changes_since(plan: BusinessPlan, version: int, day: date) -> int:
    """How many changes there are since a version was proposed, each with all that it moved counted once.

    What the days alone have moved is no change. Counted anew once somebody wrote something; no right is asked, so only the
    number may be shown.
    """
    key = f"changes-since:{current_organisation().pk}:{version}:{newest_changeset_id()}:{day}"
    known = None if worlds.is_inside() else cache.get(key)
    if known is None:
        (old,) = states_of(PlanVersion.objects.select_related("document").get(pk=version))
        dates = ActivityDates.objects.filter(activity__schedule=plan.schedule_id).order_by("activity_id")
        frozen = dates.values_list("activity_id", "early_start", "early_finish", "activity__effort_likely")
        lines = between(old, read(document_of(plan, day), frozen)).lines
        known = len({line.root for line in lines if line.root[0] != TIME[0]})
        if not worlds.is_inside():
            cache.set(key, known, KEPT)
    return int(known)
