"""Background work of the room: what forecasts say is kept and judged once a day."""

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
