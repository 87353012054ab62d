"""A version beside the one that it is compared with: what both hold, whether it was read, and what is kept of its effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from goldenthread.accounts.models import Person
from goldenthread.plan.models import PlanEvent, PlanVersion, VersionEffect
from goldenthread.workspace.models import Job


@dataclass(frozen=True)
class Beside:
    """The version to compare with (None: it is the first), the effect as kept (None: not computed yet), and the job for it."""

    old: PlanVersion | None
    has_seen: bool
    effect: dict[str, Any] | None
    job: dict[str, Any] | None


def beside(version: PlanVersion, reader: Person, number: int | None = None) -> Beside | None:
    """With the version of that number, else the one in force before; None where there is none of that number. One statement."""
    other = Q(number__lt=version.number, in_force_on__isnull=False) if number is None else Q(number=number)
    seen = PlanEvent.objects.filter(version=version, person=reader, what=PlanEvent.What.SEEN)
    effect = VersionEffect.objects.filter(old=OuterRef("pk"), new=version.pk)
    key = Concat(Value("version-effect:"), Cast(OuterRef("pk"), CharField()), Value(f":{version.pk}"))
    jobs = Job.objects.filter(key=key).order_by("-pk")
    told = {f"job_{name}": Subquery(jobs.values(name)[:1]) for name in ("state", "done", "total")}
    rows = PlanVersion.objects.filter(Q(pk=version.pk) | other, plan=version.plan_id).select_related("document")
    annotated: Any = rows.annotate(has_seen=Exists(seen), effect=Subquery(effect.values("results")[:1]), **told)
    found = list(annotated.order_by("-number"))
    old = next((one for one in found if one.pk != version.pk), None)
    if old is None:
        known = number is None or number == version.number
        return Beside(None, found[0].has_seen, None, None) if known else None
    version.document = next(one.document for one in found if one.pk == version.pk)
    return Beside(old, found[0].has_seen, old.effect, _job(old))


def _job(old: Any) -> dict[str, Any] | None:
    if old.job_state is None:
        return None
    return {"state": old.job_state, "done": old.job_done, "total": old.job_total}
