"""Background work of the room: what forecasts say is kept and judged, and what finished work was to bring is looked at."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.evidence import actions
from goldenthread.kit import jobs
from goldenthread.purpose.models import Office


@jobs.recurring("41 * * * *")
def keep_and_judge() -> None:
    """Each hour, so that a machine that sleeps at night misses nothing: most hours there is nothing to do."""
    for office in Office.objects.select_related("organisation"):
        actions.keep_predictions(office=office)
    actions.close_predictions(today=timezone.localdate())


@jobs.recurring("51 * * * *")
def look_at_results() -> None:
    """Write down what work that was finished is to bring, let days follow the work, and look where the day has come."""
    today = timezone.localdate()
    for office in Office.objects.select_related("organisation"):
        actions.follow_work(office=office, today=today)
        actions.register_finished(office=office, today=today)
    actions.check_due(today=today)
