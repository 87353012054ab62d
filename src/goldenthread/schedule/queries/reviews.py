"""How sound a stored schedule is, and what moved since an earlier file: small ones at once, large ones as the worker kept it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Sum

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_compare import compare_schedules
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_health import health
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule.mapping import working_time
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Baseline,
    Calendar,
    Relationship,
    Schedule,
    ScheduleReview,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries.kept_files import KeptVersion, kept_file, kept_files, kept_rows, kept_versions
from goldenthread.schedule.queries.stored_file import stored_file

HEALTH, COMPARE = "health", "compare"
LARGE = 1500  # activities from which the worker answers
LARGE_TO_COMPARE = 300  # the same where changes are weighed against each other, which takes longer
LISTED = 2000  # rows of a kind that an answer names
TREND = 8


@dataclass(frozen=True)
class Review:
    """told: the answer, None where the worker has not been asked yet; is_old: the schedule has changed since `made_at`."""

    told: dict[str, Any] | None
    is_large: bool = False
    is_old: bool = False
    made_at: datetime | None = None


def question_of(version: int) -> str:
    """What moved since this file."""
    return f"{COMPARE}:{version}"


def review_key(schedule: Schedule, question: str) -> str:
    """By what the job of a question about a schedule is found."""
    return f"schedule-review:{schedule.pk}:{question}"


def review(schedule: Schedule, question: str, today: date) -> Review:
    """The answer to a question; of a large schedule the kept one."""
    if not _is_large(schedule, question):
        return Review(reviewed(schedule, question, today))
    found = ScheduleReview.objects.filter(schedule=schedule, question=question).first()
    if found is None:
        return Review(None, is_large=True)
    return Review(found.told, is_large=True, is_old=found.revision != revision(schedule, today), made_at=found.made_at)


def _is_large(schedule: Schedule, question: str) -> bool:
    """Whether the worker answers: of two plans that are compared the larger one decides."""
    rows = Activity.objects.filter(schedule=schedule).count()
    if question == HEALTH:
        return rows >= LARGE
    return rows >= LARGE_TO_COMPARE or kept_rows(_version(question)) >= LARGE_TO_COMPARE


def _version(question: str) -> int:
    return int(question.partition(":")[2])


def revision(schedule: Schedule, today: date) -> str:
    """Another one whenever what the answers rest on changed.

    Of each kind of row how many there are, their versions and the newest; and the working time of the organisation.
    """
    day = schedule.data_date or today
    time = working_time(current_organisation(), day)
    said: list[Any] = [schedule.version, day, time.week, sorted(time.exceptions)]
    for model, path in (
        (Activity, "schedule"),
        (Relationship, "successor__schedule"),
        (Calendar, "schedule"),
        (Assignment, "activity__schedule"),
        (Baseline, "schedule"),
        (StatedBaseline, "activity__schedule"),
        (ScheduleSource, "schedule"),
    ):
        rows: Any = model
        found = rows.objects.filter(**{path: schedule})
        said.append(sorted(found.aggregate(rows=Count("pk"), versions=Sum("version"), newest=Max("pk")).items()))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def reviewed(schedule: Schedule, question: str, today: date) -> dict[str, Any]:
    """The answer worked out now; `refused` says why there is none."""
    try:
        return _health(schedule, today) if question == HEALTH else _compared(schedule, _version(question), today)
    except FormatError as error:
        return {"refused": str(error)}


def _health(schedule: Schedule, today: date) -> dict[str, Any]:
    """Every check with the first rows at fault, each with its activity, and the scores of the files before."""
    stored = stored_file(schedule, today)
    told = health(stored.file)["projects"][0]
    for check in told["checks"]:
        check["count"] = len(check["findings"])
        check["findings"] = [{**one, "activity": stored.activities.get(one["id"])} for one in check["findings"][:LISTED]]
    told["trend"] = _trend(kept_versions(schedule)[:TREND])
    return told


def _trend(versions: list[KeptVersion]) -> list[dict[str, Any]]:
    """How sound each file was as it was brought, the oldest first."""
    scores = {number: _score(file) for number, file in kept_files([one.number for one in versions])}
    return [{"at": one.at.isoformat(), "changeset": one.changeset, **scores[one.number]} for one in reversed(versions)]


def _score(file: ScheduleFile | None) -> dict[str, Any]:
    try:
        found = health(file)["projects"][0] if file is not None else None
    except FormatError:
        found = None
    if found is None:
        return {"score": None, "not_met": None}
    return {"score": found["score"], "not_met": sum(one["passed"] is False for one in found["checks"])}


def _compared(schedule: Schedule, version: int, today: date) -> dict[str, Any]:
    """The earlier file beside the schedule as it is stored now."""
    if all(one.number != version for one in kept_versions(schedule)):
        raise Refused("There is no such file of this schedule.")
    stored = stored_file(schedule, today)
    answer = compare_schedules(kept_file(version), stored.file)
    told: dict[str, Any] = answer["projects"][0]
    for name in ("rows_added", "rows_removed", "rows_changed", "logic", "dates_moved", "critical_entered", "critical_left"):
        told[f"count_{name}"] = len(told[name])
        told[name] = told[name][:LISTED]
    return told | {"method": answer["method"], "is_exact": answer["is_exact"]}
