"""Writes of the page of the day: a person's own quick work, what was seen, proof of a duty."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import actions as plan
from goldenthread.plan.models import DutyOccurrence, Raci, Step
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity
from goldenthread.thread.queries.chains import chains_of
from goldenthread.thread.queries.today import plan_for_own_work

LONGEST_HOURS = 10_000


def _minutes(hours: str) -> int:
    try:
        number = float((hours or "1").replace(",", "."))
    except ValueError as error:
        raise Refused(f"“{hours}” is not a number of hours.", field="hours") from error
    if not 0 < number <= LONGEST_HOURS:
        raise Refused("Hours lie between 0 and 10,000.", field="hours")
    return max(1, round(number * 60))


def add_own_work(*, person: Person, name: str, hours: str, step_id: str) -> Activity:
    """A task that a person gives herself: in the step named, where she works on it or may plan, else in her office's plan."""
    if not name.strip():
        raise Refused("Say what is to be done.", field="name")
    minutes = _minutes(hours)
    step = None
    if step_id:
        step = _step(step_id, person)
    business_plan = step.plan if step else plan_for_own_work(person)
    if business_plan is None:
        raise Refused("Choose for which step it is: there is no plan of which you see the whole.", field="step")
    efforts: dict[str, Any] = dict(zip(schedule.EFFORTS, schedule.effort_range(minutes), strict=True))
    with changeset(title=f"Add {name.strip()}", by=person):
        activity = schedule.add_activity(
            schedule=business_plan.schedule,
            name=name,
            by=None,
            parent=step.activity if step else None,
            duration=minutes,
            **efforts,
        )
        schedule.assign(activity=activity, person=person, by=None)
    return activity


def _step(step_id: str, person: Person) -> Step:
    """The step named, where the person works on it or may plan."""
    steps = Step.objects.select_related("activity__schedule__scope", "plan")
    step = steps.filter(pk=step_id).first() if step_id.isdecimal() else None
    if step is not None and (_works_on(person, step) or may_in(person, Act.EDIT, Kind.PLAN, step.plan.scope_id)):
        return step
    if step is not None and visible(steps.filter(pk=step.pk), person).exists():
        raise Forbidden("You do not work on this step.")
    raise Refused("There is no such step.", field="step")


def _works_on(person: Person, step: Step) -> bool:
    """Whether the person answers for the step, does it, or does work below it."""
    if Raci.objects.filter(step=step, person=person, letter__in=[Raci.Letter.RESPONSIBLE, Raci.Letter.ACCOUNTABLE]).exists():
        return True
    schedule_id = step.activity.schedule_id
    own = list(Activity.objects.filter(schedule=schedule_id, assignments__resource__person=person))
    chains = chains_of(own, person)
    return any(f"step:{step.pk}" in chains.subjects(work.pk) for work in own)


def mark_seen(*, person: Person) -> None:
    """The person has read what changed in her work."""
    with changeset(title="Read what changed", by=person):
        history.change(person, {"seen_at": timezone.now()})


def prove_duty(*, occurrence: DutyOccurrence, proof: str, by: Person) -> None:
    """Proof of a duty from the page of the day."""
    plan.prove(occurrence=occurrence, proof=proof, by=by)
