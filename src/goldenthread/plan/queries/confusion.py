"""Who holds what of a plan, and how clear that is: people with no step, steps with no person, work claimed twice, the pulse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, QuerySet, Value, When

from goldenthread.accounts.queries import still_here
from goldenthread.engine.confusion import Claim, Clarity, ClarityAnswer, claimed_twice, clarity, people_without_step
from goldenthread.engine.thread_gaps import StepGap, without_owner
from goldenthread.plan.models import BusinessPlan, PulseAnswer, Raci, Step
from goldenthread.plan.queries.gaps import PULSE_DAYS, PlanWork
from goldenthread.plan.queries.responsibilities import people_of
from goldenthread.schedule.models import Assignment
from goldenthread.ui import writing

HOLDS = (Raci.Letter.ACCOUNTABLE, Raci.Letter.RESPONSIBLE)


@dataclass
class Held:
    """Who holds what of a plan: names by person, who answers by activity, who has open work, who could, what people said."""

    names: dict[int, str] = field(default_factory=dict)
    accountable: dict[int, int] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    staff: list[int] = field(default_factory=list)
    answers: list[ClarityAnswer] = field(default_factory=list)

    def owner(self, step: Step) -> str:
        """Who answers for a step, empty where nobody does."""
        return self.names.get(self.accountable.get(step.activity_id, 0), "")


@dataclass(frozen=True)
class Twice:
    """Steps that stand for the same work, with who answers for each, empty where nobody does."""

    steps: tuple[tuple[int, str, str], ...]  # id, name, who
    why: str

    @property
    def words(self) -> str:
        """What makes them the same."""
        return "marked as a double" if self.why == "marked" else "the same name under different people"


@dataclass(frozen=True)
class Confusion:
    """How clear it is who does what. `people`: id and name of those who stand on no open step."""

    people: tuple[tuple[int, str], ...]
    steps: tuple[StepGap, ...]
    twice: tuple[Twice, ...]
    pulse: Clarity
    smallest_group: int

    @property
    def pulse_words(self) -> str:
        """What people say of their own work, of groups only."""
        if self.pulse.share is None or self.pulse.knows_goal is None:
            return f"Not enough answers: {self.pulse.n} of at least {self.smallest_group}."
        known = round(self.pulse.knows_goal * self.pulse.n)
        return (
            f"{writing.percent(self.pulse.share)} of the work is said to serve a goal; {known} of {self.pulse.n} could name it."
        )


def _told(rows: QuerySet[Any, Any], what: str, key: Any, letter: Any, person: Any, name: Any) -> QuerySet[Any, Any]:
    told = {"of_what": Value(what, CharField()), "of_key": key, "of_letter": letter, "of_person": person, "of_name": name}
    return rows.order_by().annotate(**told).values_list(*told)


def held(plan: BusinessPlan, open_ids: set[int], day: date) -> Held:
    """Letters and assignments of the open activities, everybody who works on plans, and the pulse. One statement."""
    newer = PulseAnswer.objects.filter(office=plan.office_id, person=OuterRef("person"), on__gt=OuterRef("on"), on__lte=day)
    asked = PulseAnswer.objects.filter(
        ~Exists(newer), office=plan.office_id, on__gt=day - timedelta(days=PULSE_DAYS), on__lte=day
    )
    knows = Case(When(knows_goal=True, then=Value("Y")), default=Value("N"), output_field=CharField())
    letters = Raci.objects.filter(step__plan=plan, letter__in=HOLDS)
    work = Assignment.objects.filter(activity__schedule=plan.schedule_id, resource__person__isnull=False)
    staff = people_of(plan.office).filter(still_here(day), resource__isnull=False)
    nothing, number = Value("", CharField()), BigIntegerField()
    rows: Any = _told(letters, "letter", F("step__activity_id"), F("letter"), F("person_id"), F("person__name")).union(
        _told(work, "work", F("activity_id"), nothing, F("resource__person_id"), F("resource__person__name")),
        _told(staff, "staff", Value(0, number), nothing, F("pk"), F("name")),
        _told(asked, "pulse", F("share"), knows, F("person_id"), nothing),
        all=True,
    )
    found = Held()
    for what, key, letter, person, name in sorted(rows, key=lambda row: (row[0], row[4], row[3])):
        if what == "pulse":
            found.answers.append(ClarityAnswer(person, key / 100, knows_goal=letter == "Y"))
            continue
        found.names[person] = name
        if what == "staff":
            found.staff.append(person)
        elif key in open_ids:
            found.busy.add(person)
            if letter == Raci.Letter.ACCOUNTABLE:
                found.accountable[key] = person
    return found


def confusion(plan: BusinessPlan, known: PlanWork, steps: list[Step], who: Held) -> Confusion:
    """The measures of a plan. `known`, `steps` and `who` as read for it: nothing is asked again."""
    called = known.rows.names
    names = {step.pk: called[step.activity_id] for step in steps}
    owners = {step.pk: who.owner(step) for step in steps}
    claims = [
        Claim(
            step.pk,
            names[step.pk],
            who.accountable.get(step.activity_id),
            step.doubles_id if step.mark == Step.Mark.DUPLICATE else None,
        )
        for step in steps
    ]
    twice = (Twice(tuple((pk, names[pk], owners[pk]) for pk in map(int, row.steps)), row.why) for row in claimed_twice(claims))
    smallest = plan.office.organisation.smallest_group
    return Confusion(
        people=tuple((pk, who.names[pk]) for pk in map(int, people_without_step(who.staff, who.busy))),
        steps=tuple(without_owner(known.work)),
        twice=tuple(twice),
        pulse=clarity(who.answers, smallest),
        smallest_group=smallest,
    )
