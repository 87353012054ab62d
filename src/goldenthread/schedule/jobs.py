"""Background work: looking at a large schedule."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.kit import jobs
from goldenthread.schedule.actions.reviews import REVIEW, make_review
from goldenthread.schedule.models import Schedule


@jobs.job(REVIEW)
def review(progress: jobs.Progress, schedule_id: int, question: str) -> str:
    """Answer a question about a schedule."""
    progress(0, 1)
    make_review(schedule=Schedule.objects.get(pk=schedule_id), question=question, today=timezone.localdate())
    progress(1, 1)
    return "The schedule was looked at."
