"""What stands in the way of putting a version of the plan in force: everything at once, a sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.plan.models import BusinessPlan, Contribution, Duty, PlanVersion, Raci, Step, StepException, Supervision
from goldenthread.plan.queries.session_words import open_objections, said_of
from goldenthread.plan.queries.versions import standing_of
from goldenthread.purpose.models import Objective
from goldenthread.purpose.queries import missing_for_approval
from goldenthread.schedule.models import Activity

DONE = 100


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way, the row that it is about, and whether an exception would do."""

    text: str
    step: int | None = None
    objective: int | None = None
    session: int | None = None
    may_be_excepted: bool = False

    def __str__(self) -> str:
        """The sentence."""
        return self.text


def in_the_way(plan: BusinessPlan, version: PlanVersion, day: date) -> list[Obstacle]:
    """Everything that stands in the way of putting a version in force; empty where nothing does."""
    found = [Obstacle(f"{word.person} objects: {_sentence(word.because)}") for word in standing_of(version).open_objections]
    found += [
        Obstacle(
            f"{word.person} objects to {said_of(word)} in the session “{word.session}”: {word.because}", session=word.session_id
        )
        for word in open_objections(plan)
    ]
    found += _steps_in_the_way(plan, day)
    for objective in _counted(plan):
        found += [Obstacle(f"{objective.label}: {text}", objective=objective.pk) for text in missing_for_approval(objective, day)]
    return found


def _counted(plan: BusinessPlan) -> QuerySet[Objective]:
    """The objectives that a version stands for: those approved, and those proposed that work of the plan is to move."""
    moved = Contribution.objects.filter(step__plan=plan, kpi__targets__objective=OuterRef("pk"))
    rows = Objective.objects.filter(office=plan.office_id).select_related("clause__mandate", "owner").order_by("pk")
    return rows.filter(Q(state=Objective.State.APPROVED) | Q(Exists(moved), state=Objective.State.PROPOSED))


def _steps_in_the_way(plan: BusinessPlan, day: date) -> list[Obstacle]:
    """Open leaf steps that lead nowhere, and open steps that nobody answers for."""
    steps = list(
        Step.objects.filter(plan=plan, activity__cancelled_on__isnull=True)
        .select_related("activity")
        .order_by("activity__position", "pk")
    )
    above: dict[int, int | None] = dict(Activity.objects.filter(schedule__plan=plan).values_list("pk", "parent_id"))
    by_activity = {step.activity_id: step for step in steps}
    carried = _carried(plan, day)
    answered = set(Raci.objects.filter(step__plan=plan, letter=Raci.Letter.ACCOUNTABLE).values_list("step_id", flat=True))
    inner = {step_above.pk for step in steps if (step_above := _step_above(step.activity_id, above, by_activity)) is not None}
    left = [step for step in steps if step.activity.progress < DONE]
    found = [Obstacle(f"“{step.activity}” has nobody who answers for it.", step.pk) for step in left if step.pk not in answered]
    loose = [step for step in left if step.pk not in inner and not _leads(step, above, by_activity, carried)]
    what = "names nothing that it moves, supervises or has to meet, and has no exception"
    return found + [Obstacle(f"“{step.activity}” {what}.", step.pk, may_be_excepted=True) for step in loose]


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


def _sentence(text: str) -> str:
    """What somebody wrote, with an end: more may follow it."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
