"""Background jobs of the plan: the forecast after changes, dates and duties every day."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.kit import jobs
from goldenthread.plan import actions, queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.actions.telling import tell
from goldenthread.plan.models import BusinessPlan, PlanVersion
from goldenthread.purpose.models import Office


@jobs.job("forecast")
def forecast(progress: jobs.Progress, office_id: int) -> str:
    """Compute one office's forecast."""
    progress(0, 1)
    made = make_forecast(office=Office.objects.get(pk=office_id))
    progress(1, 1)
    return f"Forecast of {made.runs:,} runs."


@jobs.job("tell-version")
def tell_version(progress: jobs.Progress, version_id: int) -> str:
    """Tell everybody concerned what a version in force changes."""
    progress(0, 1)
    told = tell(PlanVersion.objects.select_related("plan").get(pk=version_id))
    progress(1, 1)
    return f"{told} people told."


@jobs.recurring("* * * * *")
def forecasts_after_changes() -> None:
    """Each minute: ask for the forecast of every office whose newest one is older than a change."""
    for office in queries.stale_offices():
        jobs.ask_for("forecast", by=None, key=f"forecast:{office.pk}", office_id=office.pk)


@jobs.recurring("7 * * * *")
def work_that_falls_due() -> None:
    """Each hour: make the work of duties and of recurring steps that is due soon."""
    for plan in BusinessPlan.objects.all():
        actions.make_occurrences(plan=plan, today=timezone.localdate())
        actions.make_repeats(plan=plan, today=timezone.localdate())
