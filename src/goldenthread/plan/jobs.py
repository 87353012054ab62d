"""Background jobs of the plan: the forecast after changes, dates and duties every day."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.engine.forecast import ENGINE_VERSION
from goldenthread.kit import jobs
from goldenthread.plan import actions, queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.actions.post import post_mails
from goldenthread.plan.actions.scenarios import compute_results
from goldenthread.plan.actions.telling import tell
from goldenthread.plan.actions.version_effects import make_effect
from goldenthread.plan.models import BusinessPlan, PlanVersion, VersionEffect
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
    told = tell(PlanVersion.objects.select_related("plan", "document").get(pk=version_id), progress)
    progress(told, told)
    return f"{told} people told."


@jobs.job("scenarios")
def scenarios(progress: jobs.Progress, plan_id: int) -> str:
    """Compute what the plan and its open scenarios would bring."""
    computed = compute_results(BusinessPlan.objects.get(pk=plan_id), progress)
    return f"{computed} computed."


@jobs.recurring("* * * * *")
def mails_about_versions() -> None:
    """Each minute: send the mails that wait and may go now."""
    post_mails()


@jobs.job("version-effect")
def version_effect(progress: jobs.Progress, old_id: int, new_id: int) -> str:
    """Compute what leads from one version to another in chances."""
    if VersionEffect.objects.filter(old=old_id, new=new_id, engine=ENGINE_VERSION).exists():
        return "Computed already."
    rows = PlanVersion.objects.select_related("plan__office", "plan__schedule", "document").in_bulk([old_id, new_id])
    made = make_effect(old=rows[old_id], new=rows[new_id], progress=progress)
    return f"{len(made.results['objectives'])} objectives, {len(made.results['causes'])} causes."


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
