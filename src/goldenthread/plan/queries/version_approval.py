"""What stands in the way of putting a version of the plan in force: everything at once, a sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from goldenthread.plan.models import BusinessPlan, Contribution, Duty, PlanVersion, Raci, Step, StepException, Supervision
from goldenthread.plan.queries.versions import COUNTED, standing_of
from goldenthread.purpose.models import Objective
from goldenthread.purpose.queries import missing_for_approval
from goldenthread.schedule.models import Activity


def in_the_way(plan: BusinessPlan, version: PlanVersion, day: date) -> list[str]:
    """Everything that stands in the way of putting a version in force, a sentence each; empty where nothing does."""
    found = [f"{word.person} objects: {word.because}" for word in standing_of(version).open_objections]
    found += _steps_in_the_way(plan, day)
    for objective in Objective.objects.filter(office=plan.office_id, state__in=COUNTED).select_related(
        "clause__mandate", "owner"
    ):
        found += [f"{objective.label}: {missing}" for missing in missing_for_approval(objective, day)]
    return found


def _steps_in_the_way(plan: BusinessPlan, day: date) -> list[str]:
    """Leaf steps that lead nowhere, and steps that nobody answers for."""
    steps = list(
        Step.objects.filter(plan=plan, activity__cancelled_on__isnull=True)
        .exclude(activity__progress=100)
        .select_related("activity")
        .order_by("activity__position", "pk")
    )
    above: dict[int, int | None] = dict(Activity.objects.filter(schedule__plan=plan).values_list("pk", "parent_id"))
    by_activity = {step.activity_id: step for step in steps}
    carried = _carried(plan, day)
    answered = set(Raci.objects.filter(step__plan=plan, letter=Raci.Letter.ACCOUNTABLE).values_list("step_id", flat=True))
    inner = {step_above.pk for step in steps if (step_above := _step_above(step.activity_id, above, by_activity)) is not None}
    found = [f"“{step.activity}” has nobody who answers for it." for step in steps if step.pk not in answered]
    loose = [step for step in steps if step.pk not in inner and not _leads(step, above, by_activity, carried)]
    what = "names nothing that it moves, supervises or has to meet, and has no exception"
    return found + [f"“{step.activity}” {what}." for step in loose]


def _step_above(activity: int, above: Mapping[int, int | None], steps: dict[int, Step]) -> Step | None:
    here = above.get(activity)
    while here is not None:
        if here in steps:
            return steps[here]
        here = above.get(here)
    return None


def _leads(step: Step, above: Mapping[int, int | None], steps: dict[int, Step], carried: set[int]) -> bool:
    here: Step | None = step
    while here is not None:
        if here.pk in carried:
            return True
        here = _step_above(here.activity_id, above, steps)
    return False


def _carried(plan: BusinessPlan, day: date) -> set[int]:
    """Ids of the steps with a contribution, a supervision, a duty in force or an exception that still holds."""
    held: set[int] = set()
    for rows in (
        Contribution.objects.filter(step__plan=plan),
        Supervision.objects.filter(step__plan=plan),
        Duty.objects.filter(step__plan=plan).exclude(valid_to__lt=day),
        StepException.objects.filter(step__plan=plan, until__gte=day),
    ):
        held |= set(rows.values_list("step_id", flat=True))
    return held
