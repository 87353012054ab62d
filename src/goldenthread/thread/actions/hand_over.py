"""What a person does and answers for, given to another as one action."""

from __future__ import annotations

from collections.abc import Collection

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Duty, Raci
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Programme, Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.schedule import actions as schedule
from goldenthread.thread.queries.charges import DOES, charges


def hand_over(*, giver: Person, taker: Person, by: Person, refs: Collection[str] | None = None) -> int:
    """Give the things named, or everything that `by` may give on, to another person. Returns how many moved.

    Refused where nothing is chosen, or where it has changed hands meanwhile.
    """
    if giver.pk == taker.pk:
        raise Refused("Choose somebody else.", field="taker")
    movable = [row.ref for row in charges(giver, by).movable]
    chosen = movable if refs is None else [ref for ref in movable if ref in set(refs)]
    if not movable:
        raise Refused(f"{giver} has nothing open that you may give to another.", field="taker")
    if not chosen:
        raise Refused("Choose what is handed over.", field="refs")
    if refs is not None and set(refs) - set(movable):
        raise Refused("Some of it has changed hands meanwhile.", field="refs", advice="Look at the list again.")
    ids: dict[str, list[int]] = {}
    for ref in chosen:
        noun, _, pk = ref.partition(":")
        ids.setdefault(noun, []).append(int(pk))
    with changeset(title=f"Hand the work of {giver} to {taker}", by=by, about=f"person:{giver.pk}"):
        _work(ids.get("activity", []), giver, taker, by)
        for duty in Duty.objects.filter(pk__in=ids.get("duty", [])).select_related("plan"):
            plan.edit_duty(duty=duty, changes={"holder": taker}, by=by)
        for kpi in Kpi.objects.filter(pk__in=ids.get("kpi", [])):
            purpose.edit_kpi(kpi=kpi, changes={"owner": taker}, by=by)
        for part in ("manager", "sponsor"):
            for project in Project.objects.filter(pk__in=ids.get(part, [])).select_related("scope"):
                projects.edit_project(project=project, changes={part: taker}, by=by)
        for programme in Programme.objects.filter(pk__in=ids.get("programme", [])):
            projects.hand_programme(programme=programme, owner=taker, by=by)
        for objective in Objective.objects.filter(pk__in=ids.get("objective", [])):
            purpose.edit_objective(
                objective=objective, changes={"owner": taker}, by=by, reason=f"{giver} hands the work over to {taker}"
            )
    return len(chosen)


def _work(activities: list[int], giver: Person, taker: Person, by: Person) -> None:
    """Assignments, and the letters on the steps."""
    letters = Raci.objects.filter(person=giver, letter__in=DOES, step__activity__in=activities)
    for row in letters.select_related("step__activity__schedule__scope", "step__plan"):
        plan.set_raci(step=row.step, person=taker, letter=row.letter, by=by)
        if row.letter == Raci.Letter.RESPONSIBLE:
            plan.clear_raci(step=row.step, person=giver, letter=row.letter, by=by)
    schedule.hand_over(giver=giver, taker=taker, by=by, activities=activities)
