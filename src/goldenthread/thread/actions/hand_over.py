"""The work of a person who leaves, given to another: activities, letters on steps, duties, figures to enter."""

from __future__ import annotations

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Duty, Raci
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Assignment

DOES = (Raci.Letter.RESPONSIBLE, Raci.Letter.ACCOUNTABLE)


def hand_over(*, giver: Person, taker: Person, by: Person) -> int:
    """Give everything open that one person does or answers for to another, as one action that can be undone.

    Objectives stay: who answers for a goal is agreed, not handed on. Returns how many things moved; refused where none is open.
    """
    if giver.pk == taker.pk:
        raise Refused("Choose somebody else.", field="taker")
    letters = Raci.objects.filter(
        person=giver, letter__in=DOES, step__activity__actual_finish__isnull=True, step__activity__cancelled_on__isnull=True
    ).select_related("step__activity__schedule__scope", "step__plan")
    assigned = Assignment.objects.filter(
        resource__person=giver, activity__actual_finish__isnull=True, activity__cancelled_on__isnull=True
    )
    duties, kpis = Duty.objects.filter(holder=giver).select_related("plan"), Kpi.objects.filter(owner=giver)
    moved = (
        len({*assigned.values_list("activity_id", flat=True), *(row.step.activity_id for row in letters)})
        + len(duties)
        + len(kpis)
    )
    if not moved:
        raise Refused(f"{giver} has no open work.", field="taker")
    with changeset(title=f"Hand the work of {giver} to {taker}", by=by, about=f"person:{giver.pk}"):
        for row in letters:
            plan.set_raci(step=row.step, person=taker, letter=row.letter, by=by)
            if row.letter == Raci.Letter.RESPONSIBLE:
                plan.clear_raci(step=row.step, person=giver, letter=row.letter, by=by)
        schedule.hand_over(giver=giver, taker=taker, by=by)
        for duty in duties:
            plan.edit_duty(duty=duty, changes={"holder": taker}, by=by)
        for kpi in kpis:
            purpose.edit_kpi(kpi=kpi, changes={"owner": taker}, by=by)
    return moved
