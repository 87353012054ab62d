"""What a person who leaves is responsible for, given to another: the rows chosen, as one action."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person
from goldenthread.evidence import actions as evidence
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan import actions as plan
from goldenthread.plan import queries as plans
from goldenthread.plan.models import Raci, Step
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity


def hand_over(*, giver: Person, taker: Person, by: Person, rows: Collection[str] | None = None) -> int:
    """Give what one person is responsible for to another, as one action that can be undone. Returns how many things moved.

    `rows`: kind and id as `plans.held_by` names them; without them everything that `by` may change. What `giver` does not
    hold, or `by` may not change, is refused, and nothing moves.
    """
    if giver.pk == taker.pk:
        raise Refused("Choose somebody else.", field="taker")
    held = {row.key: row for row in plans.held_by(giver, by, timezone.localdate(), Act.EDIT).rows}
    if rows is not None and not set(rows) <= held.keys():
        raise Refused(f"One of these is no longer with {giver}.", field="rows", advice="Look at the list again.")
    chosen = [row for key, row in held.items() if rows is None or key in rows]
    if not chosen:
        raise Refused("Choose what moves." if held else f"{giver} has nothing that you may hand over.", field="rows")
    title = f"Hand the work of {giver} to {taker}"
    with accounts.changeset(title=title, by=by, about=f"person:{giver.pk}"), schedule.postponed_dates():
        for row in chosen:
            row.row.refresh_from_db()  # it may have moved already in another role
            _GIVE[row.key.partition(":")[0]](row.row, giver, taker, by)
    return len(chosen)


def _give_work(activity: Activity, giver: Person, taker: Person, by: Person) -> None:
    """The letter where the work is a step's, and the share of the time."""
    schedule.reassign(activity=activity, giver=giver, taker=taker, by=by)
    letter = Raci.Letter.RESPONSIBLE
    for row in Raci.objects.filter(step__activity=activity, person=giver, letter=letter).select_related("step__plan"):
        plan.set_raci(step=row.step, person=taker, letter=letter, by=by)
        plan.clear_raci(step=row.step, person=giver, letter=letter, by=by)


def _give_step(step: Step, giver: Person, taker: Person, by: Person) -> None:
    """A new accountable takes the letter from the old one."""
    plan.set_raci(step=step, person=taker, letter=Raci.Letter.ACCOUNTABLE, by=by)


def _give_deputy(person: Person, giver: Person, taker: Person, by: Person) -> None:
    """Nobody is one's own deputy: where the one stood in for takes over, the place is free."""
    accounts.edit_person(person=person, changes={"deputy": None if taker.pk == person.pk else taker}, by=by)


def _give_objective(objective: Any, giver: Person, taker: Person, by: Person) -> None:
    """What was approved changes only with a reason: that its owner hands it over."""
    purpose.edit_objective(objective=objective, changes={"owner": taker}, by=by, reason=f"{giver} hands it over")


_GIVE: dict[str, Callable[[Any, Person, Person, Person], None]] = {
    "office": lambda row, _, taker, by: purpose.edit_office(office=row, changes={"head": taker}, by=by),
    "objective": _give_objective,
    "kpi": lambda row, _, taker, by: purpose.edit_kpi(kpi=row, changes={"owner": taker}, by=by),
    "step": _give_step,
    "work": _give_work,
    "look": lambda row, _, taker, by: evidence.name_looker(result=row, looker=taker, by=by),
    "duty": lambda row, _, taker, by: plan.edit_duty(duty=row, changes={"holder": taker}, by=by),
    "lead": lambda row, _, taker, by: projects.edit_project(project=row, changes={"manager": taker}, by=by),
    "sponsor": lambda row, _, taker, by: projects.edit_project(project=row, changes={"sponsor": taker}, by=by),
    "programme": lambda row, _, taker, by: projects.edit_programme(programme=row, changes={"owner": taker}, by=by),
    "deputy": _give_deputy,
}
