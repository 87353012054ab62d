"""Looking at a large schedule in the background. Derived: never undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.kit import jobs, worlds
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import ReviewedRows, Schedule, ScheduleReview
from goldenthread.schedule.queries import review, review_key, reviewed, revision
from goldenthread.schedule.queries.reviewed_rows import PART, parted
from goldenthread.workspace.models import Job

REVIEW = "schedule-review"


def ask_for_review(*, schedule: Schedule, question: str, by: Person) -> Any:
    """Have the worker answer a question about a large schedule whose answer is not at hand or is old.

    One that is being answered already is not asked again: what changes meanwhile is seen by the answer's revision.
    """
    known = review(schedule, question, timezone.localdate())
    if not known.is_large or (known.told is not None and not known.is_old):
        return None
    must_be_outside()
    key = review_key(schedule, question)
    running = Job.objects.filter(key=key, state=Job.State.RUNNING).first()
    return running or jobs.ask_for(REVIEW, by=by, key=key, schedule_id=schedule.pk, question=question)


def must_be_outside() -> None:
    """Refuse background work inside a scenario or a past day, whose database is gone before the worker comes to it."""
    if worlds.is_inside():
        raise Refused("Large schedules are looked at outside of scenarios and past days.", advice="Leave it, and ask there.")


def make_review(*, schedule: Schedule, question: str, today: date) -> ScheduleReview:
    """Answer it, and keep the answer with the revision it is of, its lists in parts."""
    at = revision(schedule, today)
    told, lists = parted(reviewed(schedule, question, today))
    with transaction.atomic():
        row = keep_review(schedule=schedule, question=question, revision=at, told=told)
        row.lists.all().delete()
        ReviewedRows.objects.bulk_create(
            [
                ReviewedRows(
                    organisation=schedule.organisation, review=row, name=name, number=n, rows=rows[n * PART : (n + 1) * PART]
                )
                for name, rows in lists.items()
                for n in range((len(rows) + PART - 1) // PART)
            ],
            batch_size=20,
        )
    return row


def keep_review(*, schedule: Schedule, question: str, revision: str, told: dict[str, Any]) -> ScheduleReview:
    """Keep an answer in the place of the one before. revision: of what it rests on."""
    found = {"revision": revision, "told": told, "made_at": timezone.now()}
    row: ScheduleReview = ScheduleReview.objects.update_or_create(schedule=schedule, question=question, defaults=found)[0]
    return row


def drop_reviews(*, schedule: Schedule, kind: str, but: int, never: str) -> None:
    """Let go of the oldest answers to questions of a kind (`kind:...`), all but so many, and never of one question's."""
    rows = ScheduleReview.objects.filter(schedule=schedule, question__startswith=f"{kind}:").exclude(question=never)
    kept = list(rows.order_by("-made_at", "-pk").values_list("pk", flat=True)[:but])
    rows.exclude(pk__in=kept).delete()
