"""Everything of one office's thread, loaded in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from goldenthread.accounts.models import CurrencyRate
from goldenthread.plan.mapping.others import OtherFigures, asked_ways, standing_figures
from goldenthread.plan.models import Contribution, Duty, Step, Supervision
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office, Target, ValueRate
from goldenthread.schedule.models import Activity, ActivityDates, Relationship


@dataclass
class ThreadRows:
    """The rows of one office's thread and the look-ups that mapping needs."""

    office: Office
    today: date
    mandate: Mandate | None
    objectives: list[Objective]
    targets: list[Target]
    kpis: dict[int, Kpi]
    figures: dict[int, list[tuple[date, float]]]
    others: OtherFigures
    rates: dict[int, ValueRate]
    currency_rates: dict[str, int]
    steps: dict[int, Step]
    activities: dict[int, Activity]
    dates: dict[int, ActivityDates]
    relationships: list[Relationship]
    contributions: list[Contribution]
    supervisions: list[Supervision]
    projects: dict[int, Project]
    duties: list[Duty]
    networks: Mapping[int, Any] = field(default_factory=dict)  # of projects, what `finishes.networks_of` finds

    def below(self) -> dict[int | None, list[int]]:
        """Activity id -> ids of its children."""
        children: dict[int | None, list[int]] = defaultdict(list)
        for activity in self.activities.values():
            children[activity.parent_id].append(activity.pk)
        return children

    def leaves(self, activity_id: int, children: dict[int | None, list[int]]) -> list[int]:
        """The leaf activities at or below one."""
        found, waiting = [], [activity_id]
        while waiting:
            here = waiting.pop()
            if children[here]:
                waiting += children[here]
            else:
                found.append(here)
        return sorted(found)


def thread_rows(office: Office, today: date) -> ThreadRows:
    """Load the thread of an office: objectives that still count, their targets and KPIs, the plan, projects that contribute.

    For computation only: no right is asked here, so nothing of it may be shown unfiltered.
    """
    open_states = [Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED]
    objectives = list(Objective.objects.filter(office=office).select_related("clause__mandate", "owner").order_by("id"))
    open_ids = [o.pk for o in objectives if o.state in open_states]
    kpis = {k.pk: k for k in Kpi.objects.filter(office=office).order_by("id")}
    contributions = list(Contribution.objects.filter(kpi__office=office).order_by("id"))
    supervisions = list(Supervision.objects.filter(step__plan__office=office).order_by("id"))
    named = {c.project_id for c in contributions if c.project_id} | {s.project_id for s in supervisions}
    plan_activities = Q(schedule__plan__office=office)
    ways = asked_ways(office.organisation_id)
    figures = standing_figures({k.pk: k for k in Kpi.objects.filter(pk__in=ways)} | kpis, today)
    rates: dict[int, ValueRate] = {}
    for rate in ValueRate.objects.filter(kpi__office=office, valid_from__lte=today).order_by("valid_from"):
        standing = rates.get(rate.kpi_id)
        if standing is None or rate.signed_on is not None or standing.signed_on is None:
            rates[rate.kpi_id] = rate  # a newer rate that nobody has signed yet does not end the signed one
    return ThreadRows(
        office=office,
        today=today,
        mandate=Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).first(),
        objectives=objectives,
        targets=list(Target.objects.filter(objective_id__in=open_ids).order_by("id")),
        kpis=kpis,
        figures={pk: figures[pk] for pk in kpis},
        others=OtherFigures(ways, figures),
        rates=rates,
        currency_rates={
            r.currency: r.millionths for r in CurrencyRate.objects.filter(valid_from__lte=today).order_by("valid_from")
        },
        steps={s.pk: s for s in Step.objects.filter(plan__office=office).select_related("activity", "service").order_by("id")},
        activities={a.pk: a for a in Activity.objects.filter(plan_activities).order_by("id")},
        dates={d.activity_id: d for d in ActivityDates.objects.filter(activity__schedule__plan__office=office)},
        relationships=list(Relationship.objects.filter(successor__schedule__plan__office=office).order_by("id")),
        contributions=contributions,
        supervisions=supervisions,
        projects={p.pk: p for p in Project.objects.filter(pk__in=named).select_related("schedule").order_by("id")},
        duties=list(Duty.objects.filter(plan__office=office).order_by("id")),
    )
