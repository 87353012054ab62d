"""Steps that recur: each time is a piece of work under the step, made some weeks before it is due."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit import history
from goldenthread.plan.actions.duties import AHEAD_DAYS, following
from goldenthread.plan.models import BusinessPlan, Raci, Step
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity
from goldenthread.ui import writing


def make_repeats(*, plan: BusinessPlan, today: date) -> int:
    """Make the work of recurring steps that is due soon. Doing it twice makes nothing twice. Returns how many were made."""
    until = today + timedelta(days=AHEAD_DAYS)
    open_ones = Step.objects.filter(plan=plan, activity__cancelled_on__isnull=True, activity__actual_finish__isnull=True)
    lasting = Q(repeats_until__isnull=True) | Q(repeats_until__gte=F("next_on"))
    steps = list(open_ones.filter(lasting, next_on__lte=until).exclude(repeats="").select_related("activity__schedule"))
    if not steps:
        return 0
    with changeset(title="Make the recurring work that is due", by=None, source=Changeset.Source.JOB), schedule.postponed_dates():
        return sum(_make_for(step, today, until) for step in steps)


def _make_for(step: Step, today: date, until: date) -> int:
    """What was missed is not made up for: the slides of last month help nobody.

    A day whose work was made once gets no second, also where the first was undone.
    """
    made, day, last = 0, step.next_on, min(until, step.repeats_until or until)
    day_of_month = step.day_of_month or (day.day if day else None)
    while day is not None and day < today:
        day = following(step.repeats, day, day_of_month or 0)
    people = _doers(step)
    there = history.records(Activity).filter(parent_id=step.activity_id, history_type="+").values_list("deadline", flat=True)
    had = set(there) | set(step.activity.children.values_list("deadline", flat=True))
    while day is not None and day <= last:
        if day in had:
            day = following(step.repeats, day, day_of_month or 0)
            continue
        activity = schedule.add_activity(
            schedule=step.activity.schedule,
            name=f"{step.activity.name}, {writing.date(day)}",
            by=None,
            parent=step.activity,
            duration=step.repeat_minutes,
            effort_low=step.repeat_minutes,
            effort_likely=step.repeat_minutes,
            effort_high=step.repeat_minutes,
            deadline=day,
        )
        for person in people:
            schedule.assign(activity=activity, person=person, by=None)
        made += 1
        day = following(step.repeats, day, day_of_month or 0)
    history.change(step, {"next_on": day, "day_of_month": day_of_month if day else None})
    return made


def _doers(step: Step) -> list[Person]:
    """Who is responsible; where nobody is, who answers for it."""
    letters = list(step.raci.filter(letter__in=(Raci.Letter.RESPONSIBLE, Raci.Letter.ACCOUNTABLE)).select_related("person"))
    does = [row.person for row in letters if row.letter == Raci.Letter.RESPONSIBLE]
    return does or [row.person for row in letters]
