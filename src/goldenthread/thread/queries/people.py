"""The open work of one person, and who could take it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import Duty
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.schedule import queries as schedule
from goldenthread.schedule.models import Activity
from goldenthread.thread.queries.chains import chains_of
from goldenthread.thread.queries.charges import OPEN_OBJECTIVES, OPEN_PROJECTS


@dataclass(frozen=True)
class OpenWork:
    """What a person does and answers for, as far as somebody else may see it."""

    work: list[tuple[Activity, list[tuple[str, str | None]]]]
    duties: list[Duty]
    kpis: list[Kpi]
    projects: list[Project]
    objectives: list[Objective]

    @property
    def count(self) -> int:
        """Things that somebody else would have to take over."""
        return len(self.work) + len(self.duties) + len(self.kpis) + len(self.projects) + len(self.objectives)


def open_work(subject: Person, viewer: Person) -> OpenWork:
    """The open work of `subject` that `viewer` may see, each with its thread. Eight statements."""
    rows = list(visible(schedule.open_work(subject), viewer))
    chains = chains_of(rows, viewer)
    leads = Project.objects.filter(Q(manager=subject) | Q(sponsor=subject), state__in=OPEN_PROJECTS, gone_on=None)
    return OpenWork(
        work=[(row, [(link.label, link.url) for link in chains.chain(row.pk)]) for row in rows],
        duties=list(visible(Duty.objects.filter(holder=subject), viewer).order_by("name", "id")),
        kpis=list(visible(Kpi.objects.filter(owner=subject), viewer).order_by("name", "id")),
        projects=list(visible(leads, viewer).order_by("name", "id")),
        objectives=list(visible(Objective.objects.filter(owner=subject, state__in=OPEN_OBJECTIVES), viewer).order_by("id")),
    )


def may_see_work(subject: Person, viewer: Person) -> bool:
    """One's own; of others, who plans, unless the organisation has switched that off. The work of who leaves is always found."""
    if subject.pk == viewer.pk:
        return True
    plans = rights(viewer).anywhere(Act.EDIT, Kind.PLAN)
    return plans and (viewer.organisation.shows_person_load or subject.leaves_on is not None)


def takers(giver: Person, viewer: Person, day: date) -> QuerySet[Person]:
    """Who could take the work over: people of the house who stay."""
    stays = Q(leaves_on__isnull=True) | Q(leaves_on__gt=giver.leaves_on or day)
    return visible(Person.objects.filter(stays, is_external=False), viewer).exclude(pk=giver.pk).order_by("name", "id")
