"""Planning sessions: the list, the room as one viewer may see it, who took part, who was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in, still_here, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import (
    AgendaItem,
    BusinessPlan,
    Contribution,
    Duty,
    Estimate,
    Invitee,
    PlanningSession,
    PlanVersion,
    Raci,
    SessionWord,
    StepProposal,
)
from goldenthread.plan.queries.estimates import asked_of, invited
from goldenthread.plan.queries.session_steps import effort_of, leaves_below
from goldenthread.plan.queries.session_words import open_objections
from goldenthread.schedule.models import Activity, Assignment

DAY = 480
TOGETHER = "together"  # where a version says who planned it


def sessions_of(plan: BusinessPlan, person: Person) -> QuerySet[PlanningSession]:
    """The sessions of a plan that the person may see, open ones first, the newest first."""
    rows = visible(PlanningSession.objects.filter(plan=plan), person).select_related("opened_by")
    counted = rows.annotate(how_many=Count("invitees", distinct=True), about=Count("items", distinct=True))
    return counted.order_by("-state", "-opened_at")


def to_join(person: Person) -> QuerySet[PlanningSession]:
    """Open sessions that wait for this person: an estimate is asked, or he or she has taken no part yet."""
    mine = {"session": OuterRef("pk")}
    spoke = Exists(SessionWord.objects.filter(**mine, person=person)) | Exists(StepProposal.objects.filter(**mine, by=person))
    gave = Exists(Estimate.objects.filter(round__session=OuterRef("pk"), person=person, answered_at__isnull=False))
    is_asked = Q(pk__in=asked_of(person).values("session"))
    rows = PlanningSession.objects.filter(state=PlanningSession.State.OPEN, invitees__person=person)
    return visible(rows.filter(is_asked | ~(spoke | gave)), person)


@dataclass
class ProposalView:
    """A proposal with what was said of it; `yes` and `no` count the newest word of each person."""

    row: StepProposal
    words: list[SessionWord] = field(default_factory=list)

    @property
    def value(self) -> str:
        """What is to stand there, in words."""
        what, given = self.row.what, self.row.value
        unit = {"DAYS": " d", "HOURS": " h"}.get(what, "")
        return self.row.who.name if self.row.who else f"{given}{unit}" if given else "none"

    @property
    def standing(self) -> list[SessionWord]:
        """The newest yes or no of each person."""
        newest = {word.person_id: word for word in self.words if word.stance != SessionWord.Stance.SAYS}
        return list(newest.values())

    @property
    def yes(self) -> int:
        """How many agree."""
        return sum(word.stance == SessionWord.Stance.AGREES for word in self.standing)

    @property
    def no(self) -> int:
        """How many object."""
        return sum(word.stance == SessionWord.Stance.OBJECTS for word in self.standing)


@dataclass
class ItemView:
    """A step on the agenda: what everybody invited may know of it, with proposals and words."""

    row: AgendaItem
    accountable: str
    leaves: list[Activity]
    proposals: list[ProposalView] = field(default_factory=list)
    words: list[SessionWord] = field(default_factory=list)
    effects: list[Contribution] = field(default_factory=list)

    @property
    def days(self) -> float:
        """Working days."""
        return round(self.row.step.activity.duration / DAY, 2)

    @property
    def when(self) -> tuple[date, date] | None:
        """Start and finish as they are or as computed today; None where nothing was computed."""
        work = self.row.step.activity
        dates = getattr(work, "dates", None)
        start, finish = work.actual_start or (dates and dates.early_start), work.actual_finish or (dates and dates.early_finish)
        return (start, finish) if start and finish else None

    @property
    def is_leaf(self) -> bool:
        """Whether it is one piece of work."""
        return not self.leaves

    @property
    def hours(self) -> float:
        """Likely hours of work, of a step with parts their sum."""
        return round(effort_of(self.row.step, self.leaves)[1], 1)


def items_of(session: PlanningSession, person: Person) -> list[ItemView]:
    """The agenda as the person may see it, in the order of the plan."""
    rows = list(
        visible(AgendaItem.objects.filter(session=session), person)
        .select_related("step__activity__dates", "step__plan")
        .order_by("step__activity__position", "pk")
    )
    answers = Raci.objects.filter(step__in=[row.step_id for row in rows], letter=Raci.Letter.ACCOUNTABLE)
    names = dict(answers.values_list("step_id", "person__name"))
    leaves = leaves_below(row.step.activity_id for row in rows)
    items = {row.pk: ItemView(row, names.get(row.step_id, ""), leaves[row.step.activity_id]) for row in rows}
    proposals: dict[int, ProposalView] = {}
    asked = visible(StepProposal.objects.filter(session=session), person).select_related("by", "who", "decided_by")
    for proposal in asked.order_by("pk"):
        view = ProposalView(proposal)
        proposals[proposal.pk] = view
        if proposal.item_id in items:
            items[proposal.item_id].proposals.append(view)
    for word in words_of(session, person):
        if word.proposal_id in proposals:
            proposals[word.proposal_id].words.append(word)
        elif word.item_id in items:
            items[word.item_id].words.append(word)
    return list(items.values())


def words_of(session: PlanningSession, person: Person) -> list[SessionWord]:
    """Everything said in a session, in order; each objection with `is_open`."""
    still = set(open_objections(session.plan).values_list("pk", flat=True))
    rows = visible(SessionWord.objects.filter(session=session), person).select_related("person", "answered_by").order_by("pk")
    words = list(rows)
    for word in words:
        word.is_open = word.pk in still  # type: ignore[attr-defined]
    return words


@dataclass(frozen=True)
class Part:
    """How many of those invited did something; `missing` by name for who may know that."""

    label: str
    count: int
    of: int
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The part of those invited."""
        return self.count / self.of if self.of else 0.0


def took_part_ids(sessions: Iterable[int]) -> dict[str, set[tuple[int, int]]]:
    """By kind of doing the pairs of session and person, of those invited."""
    of = list(sessions)
    given = Estimate.objects.filter(round__session__in=of, answered_at__isnull=False)
    kinds: dict[str, Any] = {
        "proposed": StepProposal.objects.filter(session__in=of).values_list("session_id", "by_id"),
        "estimated": given.values_list("round__session_id", "person_id"),
        "said yes, no or a word": SessionWord.objects.filter(session__in=of).values_list("session_id", "person_id"),
    }
    asked = set(Invitee.objects.filter(session__in=of).values_list("session_id", "person_id"))
    return {kind: set(rows) & asked for kind, rows in kinds.items()}


def may_name_missing(session: PlanningSession, viewer: Person) -> bool:
    """Whether the viewer sees by name who has not taken part: who holds the session or approves the plan, unless that is off."""
    if not viewer.organisation.shows_who_has_read:
        return False
    return session.opened_by_id == viewer.pk or may(viewer, Act.APPROVE, session.plan)


def meter(session: PlanningSession, viewer: Person) -> list[Part]:
    """Who of those invited took part, and how."""
    people = {row.person_id: row.person.name for row in invited(session)}
    done = took_part_ids([session.pk])
    named = may_name_missing(session, viewer)

    def part(label: str, pairs: set[tuple[int, int]]) -> Part:
        did = {person for _, person in pairs}
        missing = sorted(name for pk, name in people.items() if pk not in did) if named else []
        return Part(label, len(did), len(people), tuple(missing))

    return [part("took part", set().union(*done.values())), *(part(label, pairs) for label, pairs in done.items())]


def left_out(plan: BusinessPlan, sessions: Iterable[int], day: date) -> list[Person]:
    """Who has a letter, work or a duty in the plan and was invited to none of these sessions."""
    open_steps = {"step__plan": plan, "step__activity__cancelled_on__isnull": True, "step__activity__progress__lt": 100}
    works = Assignment.objects.filter(
        activity__schedule__plan=plan, activity__cancelled_on__isnull=True, activity__progress__lt=100
    )
    concerned = (
        Q(pk__in=Raci.objects.filter(**open_steps).values("person"))
        | Q(pk__in=works.values("resource__person"))
        | Q(pk__in=Duty.objects.filter(plan=plan, holder__isnull=False).values("holder"))
    )
    asked = Invitee.objects.filter(session__in=list(sessions)).values("person")
    rows = Person.objects.filter(concerned, still_here(day), erased_at__isnull=True).exclude(pk__in=asked)
    return list(rows.order_by("name", "pk"))


def sessions_since_the_last_version(plan: BusinessPlan) -> list[int]:
    """The sessions in which the next version is made: those not closed when the last one was proposed."""
    last = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    rows = PlanningSession.objects.filter(plan=plan)
    if last is not None:
        rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=last.proposed_at))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def planned_together(plan: BusinessPlan, day: date) -> dict[str, Any]:
    """What a version proposed now says, by ids, of the sessions before it; nothing where there was none."""
    sessions = sessions_since_the_last_version(plan)
    if not sessions:
        return {}
    did = {person for pairs in took_part_ids(sessions).values() for _, person in pairs}
    asked = set(Invitee.objects.filter(session__in=sessions).values_list("person_id", flat=True))
    out = [person.pk for person in left_out(plan, sessions, day)]
    return {TOGETHER: {"sessions": sessions, "invited": sorted(asked), "took_part": sorted(did), "left_out": sorted(out)}}


def may_plan(session: PlanningSession, person: Person) -> bool:
    """Whether the person decides on proposals and asks for estimates."""
    return may_in(person, Act.EDIT, Kind.PLAN, session.plan.scope_id)
