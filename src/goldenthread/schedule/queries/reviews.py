"""How sound a stored schedule is, and what moved since an earlier file: small ones at once, large ones as the worker kept it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_compare import compare_schedules
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_health import health
from goldenthread.formats.schedule_kept import read_kept
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Baseline,
    Calendar,
    Relationship,
    Schedule,
    ScheduleReview,
    ScheduleSource,
)
from goldenthread.schedule.queries.stored_file import stored_file

HEALTH, COMPARE = "health", "compare"
LARGE = 1500  # activities from which the worker answers
LARGE_TO_COMPARE = 300  # the same where changes are weighed against each other, which takes longer
LISTED = 2000  # rows of a kind that an answer names
TREND = 8


@dataclass(frozen=True)
class KeptVersion:
    """A file of the schedule as it was brought: number (of its record), when, and the action that stored it."""

    number: int
    at: datetime
    changeset: int


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


def kept_versions(schedule: Schedule) -> list[KeptVersion]:
    """The files that were brought for the schedule, newest first; an import that was undone, and its undo, are none."""
    undone = Q(changeset__undone_by__isnull=False, changeset__undone_by__undone_by__isnull=True)
    rows = history.records(ScheduleSource).filter(schedule_id=schedule.pk, changeset__undoes=None).exclude(history_type="-")
    rows = rows.exclude(undone).order_by("-history_id")
    return [KeptVersion(*row) for row in rows.values_list("history_id", "changeset__at", "changeset_id")]


def review(schedule: Schedule, question: str, today: date) -> Review:
    """The answer to a question; of a large schedule the kept one."""
    if Activity.objects.filter(schedule=schedule).count() < (LARGE if question == HEALTH else LARGE_TO_COMPARE):
        return Review(reviewed(schedule, question, today))
    found = ScheduleReview.objects.filter(schedule=schedule, question=question).first()
    if found is None:
        return Review(None, is_large=True)
    return Review(found.told, is_large=True, is_old=found.revision != revision(schedule, today), made_at=found.made_at)


def revision(schedule: Schedule, today: date) -> str:
    """Another one whenever a row of the schedule was written: rows, their versions and the newest of each kind."""
    said: list[Any] = [schedule.version, schedule.data_date or today]
    for model, path in (
        (Activity, "schedule"),
        (Relationship, "successor__schedule"),
        (Calendar, "schedule"),
        (Assignment, "activity__schedule"),
        (Baseline, "schedule"),
        (ScheduleSource, "schedule"),
    ):
        rows: Any = model
        found = rows.objects.filter(**{path: schedule})
        said.append(sorted(found.aggregate(rows=Count("pk"), versions=Sum("version"), newest=Max("pk")).items()))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def reviewed(schedule: Schedule, question: str, today: date) -> dict[str, Any]:
    """The answer worked out now; `refused` says why there is none."""
    try:
        return _health(schedule, today) if question == HEALTH else _compared(schedule, int(question.partition(":")[2]), today)
    except FormatError as error:
        return {"refused": str(error)}


def _health(schedule: Schedule, today: date) -> dict[str, Any]:
    """Every check with the first rows at fault, each with its activity, and the scores of the files before."""
    stored = stored_file(schedule, today)
    told = health(stored.file)["projects"][0]
    for check in told["checks"]:
        check["count"] = len(check["findings"])
        check["findings"] = [{**one, "activity": stored.activities.get(one["id"])} for one in check["findings"][:LISTED]]
    told["trend"] = [_score(version) for version in reversed(kept_versions(schedule)[:TREND])]
    return told


def _score(version: KeptVersion) -> dict[str, Any]:
    """How sound a file was as it was brought."""
    told: dict[str, Any] = {"at": version.at.isoformat(), "changeset": version.changeset, "score": None, "not_met": None}
    try:
        found = health(_file(version.number))["projects"][0]
    except FormatError:
        return told
    return told | {"score": found["score"], "not_met": sum(one["passed"] is False for one in found["checks"])}


def _compared(schedule: Schedule, version: int, today: date) -> dict[str, Any]:
    """The earlier file beside the schedule as it is stored now."""
    if all(one.number != version for one in kept_versions(schedule)):
        raise Refused("There is no such file of this schedule.")
    stored = stored_file(schedule, today)
    answer = compare_schedules(_file(version), stored.file)
    told: dict[str, Any] = answer["projects"][0]
    for name in ("rows_added", "rows_removed", "rows_changed", "logic", "dates_moved", "critical_entered", "critical_left"):
        told[f"count_{name}"] = len(told[name])
        told[name] = told[name][:LISTED]
    return told | {"method": answer["method"], "is_exact": answer["is_exact"]}


def _file(version: int) -> ScheduleFile:
    content = history.records(ScheduleSource).values_list("content", flat=True).get(history_id=version)
    file = read_kept(content)
    if file is None or not file.projects:
        raise FormatError("What was kept of that file holds no plan.")
    return file
