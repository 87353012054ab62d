"""Writes of duties: work that needs a source and proof instead of a goal."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import is_own, may, may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Cadence, Duty, DutyOccurrence
from goldenthread.projects.models import GoalAnswer
from goldenthread.schedule import actions as schedule

MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
AHEAD_DAYS = 35  # occurrences are made this long before they fall due


def _must(by: Person | None, plan: BusinessPlan) -> None:
    if by is not None and not may_in(by, Act.EDIT, Kind.DUTY, plan.scope_id):
        raise Forbidden("You may not change duties here.")


def _must_justify(by: Person | None, plan: BusinessPlan, fields: dict[str, Any]) -> None:
    """The work that a duty justifies is a step of its plan, or a project that `by` may change or answers for."""
    step, project = fields.get("step"), fields.get("project")
    if step is not None and step.plan_id != plan.pk:
        raise Refused("This step belongs to another plan.", field="step")
    if project is not None and by is not None and not (is_own(by, project) or may(by, Act.EDIT, project)):
        raise Forbidden("You may not say what this project is for.")


def add_duty(*, plan: BusinessPlan, name: str, source: str, by: Person | None, **fields: Any) -> Duty:
    """A duty with the law, rule or contract it comes from."""
    _must(by, plan)
    if not name.strip():
        raise Refused("A duty needs a name.", field="name")
    if not source.strip():
        raise Refused("A duty needs its source: the law, rule, contract or decision.", field="source")
    _must_justify(by, plan, fields)
    with changeset(title=f"Add the duty {name}", by=by):
        duty = Duty(plan=plan, name=name.strip(), source=source.strip(), **fields)
        duty.full_clean(exclude=["organisation", "plan"], validate_unique=False, validate_constraints=False)
        duty.save()
        _justify(duty)
    return duty


def _justify(duty: Duty) -> None:
    """Work that a duty asks for needs no goal."""
    for subject in (duty.step, duty.project):
        if subject is not None and subject.goal_answer != GoalAnswer.LINKED:
            history.change(subject, {"goal_answer": GoalAnswer.DUTY})


def edit_duty(*, duty: Duty, changes: dict[str, Any], by: Person | None, version: int | None = None) -> None:
    """Change a duty."""
    _must(by, duty.plan)
    _must_justify(by, duty.plan, {name: row for name, row in changes.items() if row != getattr(duty, name)})
    with changeset(title=f"Edit the duty {duty}", by=by, about=f"duty:{duty.pk}"):
        history.change(duty, forget_day_of_month(changes, duty, "next_due"), version=version)
        _justify(duty)


def following(cadence: str, day: date, day_of_month: int = 0) -> date | None:
    """The due day after `day`; None for a duty that falls due once.

    A shorter month's last day stands for its 29th to 31st; the months after it have `day_of_month` again: 31 Jan, 28 Feb, 31 Mar.
    """
    if cadence == Cadence.WEEKLY:
        return day + timedelta(days=7)
    months = MONTHS.get(Cadence(cadence))
    if months is None:
        return None
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day_of_month or day.day, calendar.monthrange(year, month)[1]))


def forget_day_of_month(changes: dict[str, Any], row: Any, name: str) -> dict[str, Any]:
    """What a person changes: a new due day counts from itself again."""
    moved = name in changes and changes[name] != getattr(row, name)
    return changes | {"day_of_month": None} if moved else changes


def make_occurrences(*, plan: BusinessPlan, today: date) -> int:
    """Make the activities of duties that fall due soon. Doing it twice makes nothing twice. Returns how many were made."""
    until = today + timedelta(days=AHEAD_DAYS)
    due = [d for d in Duty.objects.filter(plan=plan, next_due__lte=until).select_related("holder") if not _has_ended(d, today)]
    if not due:
        return 0
    made = 0
    with changeset(title="Make the duties that fall due", by=None, source=Changeset.Source.JOB), schedule.postponed_dates():
        for duty in due:
            made += _make_for(duty, until)
    return made


def _has_ended(duty: Duty, today: date) -> bool:
    """Whether it is over, or will be before it falls due again."""
    return duty.valid_to is not None and duty.valid_to < max(today, duty.next_due or today)


def _make_for(duty: Duty, until: date) -> int:
    """A day whose work was made once gets no second, also where the first was undone."""
    made, day = 0, duty.next_due
    day_of_month = duty.day_of_month or (day.day if day else None)
    there = set(history.records(DutyOccurrence).filter(duty_id=duty.pk, history_type="+").values_list("due_on", flat=True))
    while day is not None and day <= until and (duty.valid_to is None or day <= duty.valid_to):
        if day not in there:
            activity = schedule.add_activity(
                schedule=duty.plan.schedule,
                name=duty.name,
                by=None,
                duration=duty.minutes,
                effort_low=duty.minutes,
                effort_likely=duty.minutes,
                effort_high=duty.minutes,
                deadline=day,
            )
            if duty.holder is not None:
                schedule.assign(activity=activity, person=duty.holder, by=None)
            DutyOccurrence(duty=duty, activity=activity, due_on=day).save()
            made += 1
        day = following(duty.cadence, day, day_of_month or 0)
    history.change(duty, {"next_due": day, "day_of_month": day_of_month if day else None})
    return made


def prove(*, occurrence: DutyOccurrence, proof: str, by: Person, version: int | None = None) -> None:
    """Say how one sees that the duty was done; finishes its work. A duty that wants proof is not done without."""
    if not is_own(by, occurrence) and not may_in(by, Act.EDIT, Kind.DUTY, occurrence.duty.plan.scope_id):
        raise Forbidden("Only its holder proves a duty.")
    if occurrence.duty.proof_wanted and not proof.strip():
        raise Refused(f"This duty wants proof: {occurrence.duty.proof_wanted}.", field="proof")
    today = timezone.localdate()
    with changeset(title=f"Prove {occurrence.duty}", by=by, about=f"duty:{occurrence.duty_id}"):
        history.change(occurrence, {"proof": proof.strip()[:500], "proven_on": today}, version=version)
        activity = occurrence.activity
        history.change(activity, {"actual_start": activity.actual_start or today, "actual_finish": today, "progress": 100})
        schedule.compute_dates(schedule=activity.schedule)
