"""The steps of a plan as a session talks about them: what stands there now, and which ones need to be talked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import BusinessPlan, Contribution, Duty, Raci, Step, StepProposal, Supervision
from goldenthread.plan.queries.freshness_rows import read_plan
from goldenthread.purpose.models import Objective
from goldenthread.schedule.models import Activity
from goldenthread.ui import writing

MINUTES, DAY = 60, 480
EFFORTS = ("effort_low", "effort_likely", "effort_high")
NOBODY, LOOSE, STALE = "nobody answers for it", "its effect is not confirmed", "not looked at for long"
What = StepProposal.What


def worth_now(step: Step, what: str) -> str:
    """What stands in a field of a step today, in words; empty where nothing does."""
    row = step.activity
    if what == What.DAYS:
        return f"{writing.number(round(row.duration / DAY, 2))} d"
    if what == What.START:
        return writing.date(row.not_before) if row.not_before else ""
    if what == What.DEADLINE:
        return writing.date(row.deadline) if row.deadline else ""
    if what == What.HOURS:
        return f"{writing.number(round((row.effort_likely or 0) / MINUTES, 1))} h"
    if what == What.DELIVERABLE:
        return step.deliverable
    if what == What.ACCOUNTABLE:
        held = Raci.objects.filter(step=step, letter=Raci.Letter.ACCOUNTABLE).select_related("person").first()
        return held.person.name if held else "nobody"
    return ""


def leaves_below(tops: Iterable[int]) -> dict[int, list[Activity]]:
    """By activity the work at the ends of the tree below it, but what was stopped; empty for one without parts."""
    asked = list(dict.fromkeys(tops))
    parts: dict[int, list[Activity]] = defaultdict(list)
    level = asked
    while level:  # a statement a level
        below = list(Activity.objects.filter(parent__in=level, cancelled_on__isnull=True).order_by("position", "pk"))
        known = set(parts)
        for row in below:
            if row.parent_id is not None and row.parent_id not in known:
                parts[row.parent_id].append(row)
        level = [row.pk for row in below if row.pk not in known]
    return {top: list(_ends(parts.get(top, []), parts)) for top in asked}


def _ends(rows: list[Activity], parts: dict[int, list[Activity]]) -> Iterator[Activity]:
    for row in rows:
        if row.pk in parts:
            yield from _ends(parts[row.pk], parts)
        else:
            yield row


def effort_of(step: Step, leaves: list[Activity]) -> tuple[float, float, float]:
    """Low, likely and high hours of a step: its own, or the sum of its parts."""
    rows = leaves or [step.activity]
    sums = (sum(getattr(row, name) or 0 for row in rows) for name in EFFORTS)
    low, likely, high = (minutes / MINUTES for minutes in sums)
    return low, likely, high


@dataclass(frozen=True)
class Candidate:
    """A step that a session can be about: why it should be, empty where nothing is missing."""

    pk: int
    name: str
    because: str


def candidates(plan: BusinessPlan, person: Person, day: date, objective: Objective | None = None) -> list[Candidate]:
    """The open steps in the order of the plan, each with what is missing; those of one objective only where it is named."""
    steps = list(
        visible(Step.objects.filter(plan=plan, activity__cancelled_on__isnull=True, activity__progress__lt=100), person)
        .select_related("activity")
        .order_by("activity__position", "pk")
    )
    missing = _missing(plan, steps, person, day)
    wanted = None if objective is None else _serving(objective, plan)
    return [
        Candidate(step.pk, step.activity.name, ", ".join(missing[step.pk]))
        for step in steps
        if wanted is None or step.pk in wanted
    ]


def _missing(plan: BusinessPlan, steps: list[Step], person: Person, day: date) -> dict[int, list[str]]:
    answered = set(Raci.objects.filter(step__plan=plan, letter=Raci.Letter.ACCOUNTABLE).values_list("step_id", flat=True))
    confirmed = _confirmed(plan)
    above = dict(Activity.objects.filter(schedule__plan=plan).values_list("pk", "parent_id"))
    step_of = dict(Step.objects.filter(plan=plan).values_list("activity_id", "pk"))
    stale = {int(pk) for pk in read_plan(plan, day, person).made.stale_steps}
    found: dict[int, list[str]] = {}
    for step in steps:
        carries = False
        here: int | None = step.activity_id
        while here is not None and not carries:
            carries, here = step_of.get(here) in confirmed, above.get(here)
        told = ((step.pk not in answered, NOBODY), (not carries, LOOSE), (step.pk in stale, STALE))
        found[step.pk] = [words for holds, words in told if holds]
    return found


def _confirmed(plan: BusinessPlan) -> set[int]:
    """Steps that have a confirmed effect, supervise or have a duty to meet."""
    rows = (
        Contribution.objects.filter(step__plan=plan, confirmed_on__isnull=False),
        Supervision.objects.filter(step__plan=plan),
        Duty.objects.filter(step__plan=plan),
    )
    return {pk for some in rows for pk in some.values_list("step_id", flat=True)}


def _serving(objective: Objective, plan: BusinessPlan) -> set[int]:
    """The steps that move a figure of an objective, and those below them."""
    moved = Contribution.objects.filter(step__plan=plan, kpi__targets__objective=objective)
    tops = set(moved.values_list("step__activity_id", flat=True))
    above = dict(Activity.objects.filter(schedule__plan=plan).values_list("pk", "parent_id"))
    found = set()
    for activity, pk in Step.objects.filter(plan=plan).values_list("activity_id", "pk"):
        here: int | None = activity
        while here is not None and here not in tops:
            here = above.get(here)
        if here is not None:
            found.add(pk)
    return found
