"""When work was finished, as far as its record says, and what of it nobody has written down as an expected result yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from goldenthread.engine.effect_check import EffectCheckOptions
from goldenthread.evidence.mapping.effects import Work
from goldenthread.evidence.models import ExpectedResult
from goldenthread.kit import history
from goldenthread.plan.models import Contribution, Step
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Measurement
from goldenthread.schedule.models import Activity

INTERVAL = {"WEEKLY": 7, "MONTHLY": 31, "QUARTERLY": 92, "YEARLY": 366}
FIGURES_AFTER = EffectCheckOptions().fewest_after
Expectation = Contribution | ExpectedResult
SIZE = ("kpi_id", "low", "likely", "high", "lag_days", "ramp_days")


def look_day(kpi: Kpi, begins_on: date, ramp_days: int) -> date:
    """The day to look: when as many figures have come since the effect was whole as a test takes."""
    return begins_on + timedelta(days=ramp_days + FIGURES_AFTER * INTERVAL[kpi.cadence])


def ref(row: Expectation) -> str:
    """The work it is of: `step:ID` or `project:ID`."""
    return f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}"


def finished_days(rows: Iterable[Expectation]) -> dict[str, date]:
    """Reference of the work -> the day on which it was finished, of what is. One statement.

    A step is finished with its own activity, or with the last piece of work below it.
    """
    work = list(rows)
    wanted = {row.step.activity_id: row.step.pk for row in work if row.step is not None}
    found = {
        ref(row): row.project.finishes_on
        for row in work
        if row.project is not None and row.project.state == Project.State.CLOSED and row.project.finishes_on is not None
    }
    if not wanted:
        return found
    plans = Activity.objects.filter(pk__in=wanted).values("schedule_id")
    below: dict[int | None, list[int]] = defaultdict(list)
    ends: dict[int, date | None] = {}
    standing = Activity.objects.filter(schedule_id__in=plans, cancelled_on__isnull=True)
    for pk, parent, end in standing.values_list("pk", "parent_id", "actual_finish"):
        below[parent].append(pk)
        ends[pk] = end
    for activity_id, step_id in wanted.items():
        day = _finished(activity_id, ends, below) if activity_id in ends else None
        if day is not None:
            found[f"step:{step_id}"] = day
    return found


def _finished(activity_id: int, ends: dict[int, date | None], below: dict[int | None, list[int]]) -> date | None:
    if ends[activity_id] is not None:
        return ends[activity_id]
    days = [_finished(child, ends, below) for child in below[activity_id]]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def planned_finish(step: Step | None, project: Project | None) -> date | None:
    """The day on which open work is to be finished, as the plan has it now."""
    if project is not None:
        return project.finishes_on
    assert step is not None  # noqa: S101  a contribution has one of the two
    waiting, ends = [step.activity_id], []
    while waiting:
        known = Activity.objects.filter(Q(pk__in=waiting) | Q(parent_id__in=waiting), cancelled_on__isnull=True)
        rows = list(known.select_related("dates"))
        for row in rows:
            dates = getattr(row, "dates", None)
            ends += [day for day in (row.actual_finish, dates.early_finish if dates else None) if day is not None]
        waiting = [row.pk for row in rows if row.pk not in waiting]
    return max(ends, default=None)


def said_on(contribution: Contribution) -> date:
    """The day since which the contribution says the size that it says now."""
    stands = tuple(getattr(contribution, name) for name in SIZE)
    since = None
    for *values, at in (
        history.records(Contribution).filter(id=contribution.pk).order_by("-history_id").values_list(*SIZE, "changeset__at")
    ):
        if tuple(values) != stands:
            break
        since = at
    return timezone.localdate(since) if since is not None else date.max


def unregistered(office_id: int) -> list[Contribution]:
    """Contributions to an office's KPIs of which no expected result was written down. Two statements."""
    rows: Any = Contribution.objects.filter(kpi__office_id=office_id).select_related("kpi", "step__activity", "project")
    standing = ExpectedResult.objects.filter(kpi__office_id=office_id, withdrawn_at__isnull=True)
    known = set(standing.values_list("step_id", "project_id", "kpi_id"))
    return [row for row in rows.order_by("id") if (row.step_id, row.project_id, row.kpi_id) not in known]


def figures(kpi: Kpi, until: date) -> list[tuple[date, float]]:
    """The standing figures of a KPI up to a day, oldest first."""
    rows: Any = Measurement.objects.filter(kpi=kpi, withdrawn_at__isnull=True, on__lte=until).order_by("on", "id")
    return list(rows.values_list("on", "value"))


def works_on(kpi: Kpi, until: date) -> list[Work]:
    """Finished work that moves a KPI, whether its effect was written down in time or not: all of it shares the change.

    Those written down have the id of the expected result for a key, others the negative one of their contribution.
    """
    results = ExpectedResult.objects.filter(kpi=kpi, finished_on__isnull=False, withdrawn_at__isnull=True).select_related(
        "step__activity", "project"
    )
    found = [Work(row.pk, ref(row), row.begins_on, row.ramp_days, row.likely) for row in results.order_by("id")]
    others = [row for row in unregistered(kpi.office_id) if row.kpi_id == kpi.pk]
    days = finished_days(others)
    for row in others:
        day = days.get(ref(row))
        if day is not None:
            begins = day + timedelta(days=row.lag_days)
            found.append(Work(-row.pk, ref(row), begins, row.ramp_days, row.likely))
    return [work for work in found if work.begins_on <= until]
