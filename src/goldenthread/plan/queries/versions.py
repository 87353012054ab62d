"""The versions of a plan: what one holds, what was said of it, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, still_here, visible
from goldenthread.engine.table_compare import Table
from goldenthread.kit.permissions import Act
from goldenthread.plan.mapping.version_document import COLUMNS, FROZEN, read, written
from goldenthread.plan.models import (
    BusinessPlan,
    Contribution,
    Duty,
    PlanEvent,
    PlanVersion,
    Raci,
    SignOff,
    Step,
    Supervision,
)
from goldenthread.plan.queries.sessions import planned_together
from goldenthread.purpose.models import Clause, Kpi, Mandate, Objective, Target, ValueRate
from goldenthread.schedule.models import Activity, Assignment, Baseline, BaselineActivity, Relationship
from goldenthread.workspace.models import InboxItem

OPEN = (PlanVersion.State.PROPOSED, PlanVersion.State.SIGNED)
COUNTED = (Objective.State.PROPOSED, Objective.State.APPROVED)


def _sources(plan: BusinessPlan) -> dict[str, QuerySet[Any]]:
    """The rows of each table of a version. For computation: no right is asked, so nothing of it may be shown unfiltered."""
    office = plan.office_id
    return {
        "activities": Activity.objects.filter(schedule__plan=plan),
        "relationships": Relationship.objects.filter(successor__schedule__plan=plan),
        "assignments": Assignment.objects.filter(activity__schedule__plan=plan),
        "steps": Step.objects.filter(plan=plan),
        "raci": Raci.objects.filter(step__plan=plan),
        "contributions": Contribution.objects.filter(kpi__office=office),
        "supervisions": Supervision.objects.filter(step__plan=plan),
        "duties": Duty.objects.filter(plan=plan),
        "objectives": Objective.objects.filter(office=office),
        "targets": Target.objects.filter(objective__office=office),
        "kpis": Kpi.objects.filter(office=office),
        "rates": ValueRate.objects.filter(kpi__office=office),
        "clauses": Clause.objects.filter(mandate__office=office, mandate__state=Mandate.State.IN_FORCE),
    }


def document_of(plan: BusinessPlan, day: date) -> str:
    """What a version of the plan made now would hold, its dates apart: a statement a table; with who planned it together."""
    tables = {
        name: rows.order_by("id").values_list("id", *COLUMNS[name]).iterator(5_000) for name, rows in _sources(plan).items()
    }
    return written(tables, {"plan": plan.pk, "office": plan.office_id, "day": day.isoformat(), **planned_together(plan, day)})


def frozen_rows(baseline: Baseline | int) -> list[tuple[Any, ...]]:
    """The rows of a baseline as a version counts them in."""
    rows = BaselineActivity.objects.filter(baseline=baseline).order_by("activity_id")
    return list(rows.values_list("activity_id", *FROZEN))


def state_of(version: PlanVersion) -> dict[str, Table]:
    """What a version holds, as the engine compares it. One statement."""
    return read(version.document.text, frozen_rows(version.baseline_id))


def versions(plan: BusinessPlan, person: Person) -> QuerySet[PlanVersion]:
    """The versions that the person may see, newest first, without what they hold."""
    return visible(PlanVersion.objects.filter(plan=plan), person).select_related("proposed_by").order_by("-number")


@dataclass(frozen=True)
class Standing:
    """What was said of a version: by person the newest word, and which objections are open."""

    words: tuple[SignOff, ...]

    @property
    def agreed(self) -> tuple[SignOff, ...]:
        """Who agrees."""
        return tuple(word for word in self.words if word.verdict == SignOff.Verdict.AGREES)

    @property
    def open_objections(self) -> tuple[SignOff, ...]:
        """Objections that nobody resolved or overruled yet."""
        return tuple(word for word in self.words if word.verdict == SignOff.Verdict.OBJECTS and not word.answer)


def standing_of(version: PlanVersion) -> Standing:
    """The newest word of each person about a version."""
    newest: dict[int, SignOff] = {}
    for word in SignOff.objects.filter(plan_version=version).select_related("person", "answered_by").order_by("at", "id"):
        newest[word.person_id] = word
    return Standing(tuple(newest.values()))


def to_sign(person: Person) -> QuerySet[PlanVersion]:
    """The versions that wait for this person's word."""
    answers = Raci.objects.filter(
        step__plan=OuterRef("plan"), letter=Raci.Letter.ACCOUNTABLE, person=person, step__activity__cancelled_on__isnull=True
    )
    owns = Objective.objects.filter(office=OuterRef("plan__office"), state__in=COUNTED, owner=person)
    spoken = SignOff.objects.filter(plan_version=OuterRef("pk"), person=person)
    rows = PlanVersion.objects.filter(Exists(answers) | Exists(owns), ~Exists(spoken), state__in=OPEN)
    return visible(rows, person)


def to_read(person: Person) -> QuerySet[PlanVersion]:
    """The versions that the person was told of and has not said to have read."""
    link = Concat(Value("/plan/versions/"), Cast(OuterRef("pk"), CharField()), Value("/changes"))
    told = InboxItem.objects.filter(person=person, read_at__isnull=True, link=link)
    return visible(PlanVersion.objects.filter(Exists(told), state=PlanVersion.State.IN_FORCE), person)


@dataclass(frozen=True)
class Readers:
    """How many were told of a version and how many have read it; whom to remind, where the viewer may know."""

    told: int
    read: int
    waiting: tuple[str, ...]


def may_name_readers(plan: BusinessPlan, viewer: Person) -> bool:
    """Whether the viewer sees by name who has read a version: who puts them in force, unless the organisation has that off."""
    return bool(viewer.organisation.shows_who_has_read) and may(viewer, Act.APPROVE, plan)


def readers_of(version: PlanVersion, viewer: Person) -> Readers:
    """Who was told of a version and has, or has not, said to have read it."""
    told, read = _told_of(version)
    waiting = told.exclude(pk__in=read).order_by("name").values_list("name", flat=True)
    names = tuple(waiting) if may_name_readers(version.plan, viewer) else ()
    return Readers(told.count(), read.count(), names)


def readers_counted(version: PlanVersion) -> tuple[int, int]:
    """How many of how many told have read it."""
    told, read = _told_of(version)
    return read.count(), told.count()


def _told_of(version: PlanVersion) -> tuple[QuerySet[Person], QuerySet[Person]]:
    """Who was told, and who of them says to have read it."""
    told = Person.objects.filter(pk__in=InboxItem.objects.filter(link=changes_address(version.pk)).values("person"))
    seen = PlanEvent.objects.filter(version=version, what=PlanEvent.What.SEEN).values("person")
    return told, told.filter(pk__in=seen)


def changes_address(pk: int) -> str:
    """Where a person reads what a version changes."""
    return f"/plan/versions/{pk}/changes"


def signers(plan: BusinessPlan, day: date) -> QuerySet[Person]:
    """Who is asked to sign on a day: who answers for an open step, and who owns an objective that counts."""
    answers = Raci.objects.filter(step__plan=plan, letter=Raci.Letter.ACCOUNTABLE, step__activity__cancelled_on__isnull=True)
    owners = Objective.objects.filter(office=plan.office_id, state__in=COUNTED, owner__isnull=False)
    people = Person.objects.filter(pk__in=answers.values("person")) | Person.objects.filter(pk__in=owners.values("owner"))
    return people.filter(still_here(day)).distinct().order_by("name", "pk")
