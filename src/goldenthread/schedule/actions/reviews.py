"""Looking at a large schedule in the background. Derived: never undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.kit import jobs
from goldenthread.schedule.models import Schedule, ScheduleReview
from goldenthread.schedule.queries import review, review_key, reviewed, revision

REVIEW = "schedule-review"


def ask_for_review(*, schedule: Schedule, question: str, by: Person) -> Any:
    """Have the worker answer a question about a large schedule whose answer is not at hand or is old."""
    known = review(schedule, question, timezone.localdate())
    if not known.is_large or (known.told is not None and not known.is_old):
        return None
    return jobs.ask_for(REVIEW, by=by, key=review_key(schedule, question), schedule_id=schedule.pk, question=question)


def make_review(*, schedule: Schedule, question: str, today: date) -> ScheduleReview:
    """Answer it, and keep the answer with the revision it is of."""
    found = {"revision": revision(schedule, today), "told": reviewed(schedule, question, today), "made_at": timezone.now()}
    row: ScheduleReview = ScheduleReview.objects.update_or_create(schedule=schedule, question=question, defaults=found)[0]
    return row
