"""Writes of steps: what they are, who is what on them, where they stand."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.duties import forget_day_of_month
from goldenthread.plan.models import BusinessPlan, Raci, Step
from goldenthread.purpose.models import Office
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

ACTIVITY_FIELDS = frozenset(
    {
        "name",
        "duration",
        "is_milestone",
        "not_before",
        "deadline",
        "effort_low",
        "effort_likely",
        "effort_high",
        "progress",
        "actual_start",
        "actual_finish",
    }
)


def must_plan(by: Person | None, plan: BusinessPlan) -> None:
    """Refuse whoever may not change the plan. `by=None` is a job or set-up."""
    _must(by, plan.scope_id)


def must_plan_row(by: Person | None, row: Activity) -> None:
    """Refuse whoever may not change the plan in which the row stands."""
    _must(by, row.schedule.scope_id)


def _must(by: Person | None, scope_id: int) -> None:
    if by is not None and not may_in(by, Act.EDIT, Kind.PLAN, scope_id):
        raise Forbidden("You may not change this plan.")


def _of_the_office(plan: BusinessPlan, fields: dict[str, Any]) -> None:
    service = fields.get("service")
    if service is not None and service.office_id != plan.office_id:
        raise Refused("This service belongs to another office.", field="service")


def _about(step: Step) -> str:
    return f"step:{step.pk}"


def found_plan(*, office: Office, by: Person | None, name: str = "") -> BusinessPlan:
    """The office's business plan with its empty schedule; the one that is there if there is one."""
    if by is not None and not may_in(by, Act.EDIT, Kind.PLAN, office.scope_id):
        raise Forbidden("You may not start a plan for this office.")
    found = BusinessPlan.objects.filter(office=office).first()
    if found is not None:
        return found
    title = name or f"Business plan of {office.name}"
    with changeset(title=f"Start the {title}", by=by):
        network = schedule.add_schedule(scope=office.scope, name=title)
        plan = BusinessPlan(office=office, scope=office.scope, schedule=network, name=title)
        plan.save()
    return plan


def office_founded(office: Office) -> None:
    """A new office begins with an empty plan, whoever may found it. For the slot of the same name."""
    found_plan(office=office, by=None)


def add_step(
    *,
    plan: BusinessPlan,
    name: str,
    by: Person | None,
    parent: Step | None = None,
    after: Step | Activity | None = None,
    accountable: Person | None = None,
    responsible: tuple[Person, ...] = (),
    **fields: Any,
) -> Step:
    """A step with its activity; its people are put on RACI and those responsible are assigned to the work."""
    must_plan(by, plan)
    timing = {k: v for k, v in fields.items() if k in ACTIVITY_FIELDS}
    purpose = {k: v for k, v in fields.items() if k not in ACTIVITY_FIELDS}
    _of_the_office(plan, purpose)
    with changeset(title=f"Add the step {name}", by=by), schedule.postponed_dates():
        activity = schedule.add_activity(
            schedule=plan.schedule,
            name=name,
            by=None,
            parent=parent.activity if parent else None,
            after=after.activity if isinstance(after, Step) else after,
            **timing,
        )
        step = Step(activity=activity, plan=plan, updated_on=timezone.localdate(), **purpose)
        step.full_clean(exclude=["organisation", "activity", "plan"], validate_unique=False, validate_constraints=False)
        step.save()
        if accountable is not None:
            set_raci(step=step, person=accountable, letter=Raci.Letter.ACCOUNTABLE, by=None)
        for person in responsible:
            set_raci(step=step, person=person, letter=Raci.Letter.RESPONSIBLE, by=None)
    return step


def edit_step(*, step: Step, changes: dict[str, Any], by: Person | None, version: int | None = None) -> None:
    """Change fields of the step or of its activity, as one action. `version` is the whole one, of both rows."""
    must_plan(by, step.plan)
    timing = {k: v for k, v in changes.items() if k in ACTIVITY_FIELDS}
    purpose = {k: v for k, v in changes.items() if k not in ACTIVITY_FIELDS}
    _of_the_office(step.plan, purpose)
    with changeset(title=f"Edit {step.activity.name}", by=by, about=_about(step)):
        _require_whole_version(step, version, purpose, timing)
        if timing:
            schedule.edit_activity(activity=step.activity, changes=timing, by=None)
        purpose = forget_day_of_month(purpose, step, "next_on")
        history.change(step, {**purpose, "updated_on": timezone.localdate()})


def _require_whole_version(step: Step, version: int | None, purpose: dict[str, Any], timing: dict[str, Any]) -> None:
    if version is None or version == step.whole_version:
        return
    lost = [history.conflict(step, purpose), history.conflict(step.activity, timing)]
    told = next((one for one in lost if one.differences), lost[0])
    raise Conflict(told.row, expected=version, current=step.whole_version, differences=told.differences)


def confirm_step(*, step: Step, by: Person) -> None:
    """Say that the step still stands as written: keeps the plan fresh."""
    must_plan(by, step.plan)
    with changeset(title=f"Confirm {step.activity.name}", by=by, about=_about(step)):
        history.change(step, {"updated_on": timezone.localdate()})


def set_raci(*, step: Step, person: Person, letter: str, by: Person | None) -> Raci:
    """Give a person a letter. Accountable is one person: a new one takes it from the old. Responsible people are assigned."""
    must_plan(by, step.plan)
    if letter not in Raci.Letter.values:
        raise Refused(f"There is no letter {letter} in RACI.", field="letter")
    with changeset(title=f"{person} is {Raci.Letter(letter).label.lower()} for {step.activity.name}", by=by, about=_about(step)):
        if letter == Raci.Letter.ACCOUNTABLE:
            for old in Raci.objects.filter(step=step, letter=letter).exclude(person=person):
                old.delete()
        row = Raci.objects.filter(step=step, person=person, letter=letter).first()
        if row is None:
            row = Raci(step=step, person=person, letter=letter)
            row.save()
        if letter == Raci.Letter.RESPONSIBLE:
            schedule.assign(activity=step.activity, person=person, by=None)
    return row


def clear_raci(*, step: Step, person: Person, letter: str, by: Person | None) -> None:
    """Take a letter from a person. The Accountable can only be replaced."""
    must_plan(by, step.plan)
    if letter == Raci.Letter.ACCOUNTABLE:
        raise Refused("A step has exactly one Accountable.", field="letter", advice="Name another person instead.")
    with changeset(
        title=f"{person} is no longer {Raci.Letter(letter).label.lower()} for {step.activity.name}", by=by, about=_about(step)
    ):
        for row in Raci.objects.filter(step=step, person=person, letter=letter):
            row.delete()
        if letter == Raci.Letter.RESPONSIBLE:
            schedule.unassign(activity=step.activity, person=person, by=None)


def set_letters(*, step: Step, person: Person, letters: str, by: Person | None) -> None:
    """Let a person have exactly these letters on a step, as one action."""
    must_plan(by, step.plan)
    wrong = [letter for letter in letters if letter not in Raci.Letter.values]
    if wrong:
        raise Refused(f"There is no letter {wrong[0]} in RACI.", field="letter")
    held = set(Raci.objects.filter(step=step, person=person).values_list("letter", flat=True))
    with changeset(title=f"{person} is {letters or 'nothing'} for {step.activity.name}", by=by, about=_about(step)):
        for letter in sorted(set(letters) - held):
            set_raci(step=step, person=person, letter=letter, by=None)
        for letter in sorted(held - set(letters)):
            clear_raci(step=step, person=person, letter=letter, by=None)


def move_step(
    *, step: Step, parent: Step | None, by: Person | None, after: Step | None = None, version: int | None = None
) -> None:
    """Put a step with all below it elsewhere in the tree. A second contribution to one KPI on a path is refused."""
    must_plan(by, step.plan)
    with changeset(title=f"Move {step.activity.name}", by=by, about=_about(step)):
        schedule.move_activity(
            activity=step.activity,
            by=None,
            parent=parent.activity if parent else None,
            after=after.activity if after else None,
            version=version,
        )
        refuse_doubled_effects(step.plan)


def refuse_doubled_effects(plan: BusinessPlan) -> None:
    """At most one contribution per KPI on any path from the root to a leaf, so that no effect is counted twice."""
    parents = dict(Activity.objects.filter(schedule=plan.schedule_id).values_list("pk", "parent_id"))
    names = dict(Activity.objects.filter(schedule=plan.schedule_id).values_list("pk", "name"))
    rows = Step.objects.filter(plan=plan, contributions__isnull=False).values_list(
        "activity_id", "contributions__kpi_id", "contributions__kpi__name"
    )
    holders = {(activity, kpi) for activity, kpi, _ in rows}
    for activity, kpi, kpi_name in rows:
        above = parents.get(activity)
        while above is not None:
            if (above, kpi) in holders:
                raise Refused(
                    f"“{names[above]}” above “{names[activity]}” already contributes to {kpi_name}.",
                    field="kpi",
                    advice="Keep it at one of the two levels, so that the effect is counted once.",
                )
            above = parents.get(above)


def stop_step(*, step: Step, by: Person | None, because: str = "", version: int | None = None) -> None:
    """Stop a step and everything below it."""
    must_plan(by, step.plan)
    with changeset(title=f"Stop {step.activity.name}", by=by, reason=because, about=_about(step)):
        history.require_version(step, version)
        schedule.cancel_activity(activity=step.activity, by=None)


def remove_step(*, step: Step, by: Person | None) -> None:
    """Delete a step that was entered by mistake: one with nothing below it and no hours or effects on it."""
    must_plan(by, step.plan)
    if step.activity.children.exists():
        raise Refused(f"“{step}” has steps below it.", advice="Remove or move those first.")
    held = (step.contributions, step.expected_results, step.supervisions, step.duties, step.activity.time_entries)
    if any(rows.exists() for rows in held):
        raise Refused(f"“{step}” has effects, duties or hours.", advice="Stop it instead: its history stays.")
    if step.activity.baselines.exists():
        raise Refused(f"“{step}” stands in a baseline or a version of the plan.", advice="Stop it instead: its history stays.")
    said = Q(words__isnull=False) | Q(proposals__isnull=False) | Q(rounds__isnull=False)
    if step.agenda_items.filter(said).exists():
        raise Refused(f"“{step}” was talked about in a planning session.", advice="Stop it instead: what was said stays.")
    with changeset(title=f"Remove {step.activity.name}", by=by):
        activity = step.activity
        for row in [
            *step.raci.all(),
            *activity.assignments.all(),
            *activity.successor_links.all(),
            *activity.predecessor_links.all(),
        ]:
            row.delete()
        step.delete()
        network = activity.schedule
        activity.delete()
        schedule.compute_dates(schedule=network)


def mark_duplicate(*, step: Step, doubles: Step | None, by: Person | None) -> None:
    """Mark that a step does what another one does, or take the mark away."""
    must_plan(by, step.plan)
    if doubles is not None and doubles.pk == step.pk:
        raise Refused("A step cannot double itself.", field="doubles")
    mark = Step.Mark.DUPLICATE if doubles is not None else Step.Mark.NONE
    with changeset(title=f"Mark {step.activity.name}", by=by, about=_about(step)):
        history.change(step, {"mark": mark, "doubles": doubles})
