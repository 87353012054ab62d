"""How sound a stored schedule is, and what moved since an earlier plan: small ones at once, large ones as the worker kept it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Sum, Value

from goldenthread.engine.health.review import CHECKS
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_health import health
from goldenthread.kit import history
from goldenthread.kit.history import Tracked
from goldenthread.kit.scoping import current_organisation
from goldenthread.schedule.mapping import working_time
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Baseline,
    Calendar,
    DrivenActivity,
    Relationship,
    Schedule,
    ScheduleReview,
    ScheduleRisk,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries.kept_files import KeptVersion, kept_files, kept_versions
from goldenthread.schedule.queries.movements import earlier_rows, moved_since
from goldenthread.schedule.queries.reviewed_rows import KeptRows, parted
from goldenthread.schedule.queries.stored_file import stored_file

HEALTH, COMPARE = "health", "compare"
LARGE = 1500  # activities from which the worker answers
LARGE_TO_COMPARE = 300  # the same where changes are weighed against each other, which takes longer
TREND = 8
OF_SCHEDULE: tuple[tuple[type[Tracked], str], ...] = (
    (Activity, "schedule"),
    (Relationship, "successor__schedule"),
    (Calendar, "schedule"),
    (Assignment, "activity__schedule"),
    (Baseline, "schedule"),
    (StatedBaseline, "activity__schedule"),
    (ScheduleSource, "schedule"),
)
OF_RISKS: tuple[tuple[type[Tracked], str], ...] = ((ScheduleRisk, "schedule"), (DrivenActivity, "risk__schedule"))


@dataclass(frozen=True)
class Review:
    """told: the answer, None where the worker has not been asked yet; is_old: the schedule has changed since `made_at`.

    lists: its rows by the name of their list; of a large schedule they are read as they are sliced.
    """

    told: dict[str, Any] | None
    lists: Mapping[str, Any] = field(default_factory=dict)
    is_large: bool = False
    is_old: bool = False
    made_at: datetime | None = None


@dataclass(frozen=True)
class AtFault:
    """The rows at fault in a check. activities: None where there is no answer, or none yet."""

    check: str
    title: str
    activities: frozenset[int] | None


def question_of(earlier: str) -> str:
    """What moved since this earlier plan, called as `movements.moved_since` does."""
    return f"{COMPARE}:{earlier}"


def review_key(schedule: Schedule, question: str) -> str:
    """By what the job of a question about a schedule is found."""
    return f"schedule-review:{schedule.pk}:{question}"


def review(schedule: Schedule, question: str, today: date) -> Review:
    """The answer to a question; of a large schedule the kept one."""
    if not _is_large(schedule, question):
        return Review(*parted(reviewed(schedule, question, today)))
    found = ScheduleReview.objects.filter(schedule=schedule, question=question).first()
    if found is None:
        return Review(None, is_large=True)
    lists = {name: KeptRows(found, name, count) for name, count in found.told["counts"].items()}
    is_old = found.revision != revision(schedule, today)
    return Review(found.told, lists, is_large=True, is_old=is_old, made_at=found.made_at)


def _is_large(schedule: Schedule, question: str) -> bool:
    """Whether the worker answers: of two plans that are compared as a whole the larger one decides."""
    rows = Activity.objects.filter(schedule=schedule).count()
    if rows >= LARGE or question == HEALTH:
        return rows >= LARGE
    once = earlier_rows(schedule, _earlier(question))
    return once > 0 and max(rows, once) >= LARGE_TO_COMPARE


def _earlier(question: str) -> str:
    return question.partition(":")[2]


def rows_at_fault(schedule: Schedule, check: str, today: date) -> AtFault | None:
    """Which activities a check finds at fault, as the review of the schedule's health says; None where there is no such check."""
    if check not in CHECKS:
        return None
    if _is_large(schedule, HEALTH):
        lists = review(schedule, HEALTH, today).lists
    else:
        lists = parted(_or_refused(_checked, schedule, today))[1]
    rows = lists.get(check)
    known = frozenset(one["activity"] for one in rows[: len(rows)] if one["activity"]) if rows is not None else None
    return AtFault(check, CHECKS[check].title, known)


def revision(schedule: Schedule, today: date, *, with_risks: bool = False) -> str:
    """Another one whenever what the answers rest on changed; with what may happen, where an answer draws that.

    Of each kind of row how many there are, their versions and the newest record of one; and the working time of the
    organisation. Counts and versions alone may be those of another state, where rows were taken away and brought back.
    """
    day = schedule.data_date or today
    time = working_time(current_organisation(), day)
    said: list[Any] = [schedule.version, day, time.week, sorted(time.exceptions)]
    stored, written = [], []
    for place, (model, path) in enumerate((*OF_SCHEDULE, *(OF_RISKS if with_risks else ()))):
        rows: Any = model
        found = rows.objects.filter(**{path: schedule}).order_by().annotate(place=Value(place)).values("place")
        counted = found.annotate(rows=Count("pk"), versions=Sum("version"), newest=Max("pk"))
        stored.append(counted.values_list("place", "rows", "versions", "newest"))
        records = history.records(model).filter(**{path: schedule}).order_by().annotate(place=Value(place))
        written.append(records.values("place").annotate(newest=Max("history_id")).values_list("place", "newest"))
    said += [sorted(first.union(*others, all=True)) for first, *others in (stored, written)]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def reviewed(schedule: Schedule, question: str, today: date) -> dict[str, Any]:
    """The whole answer worked out now; `refused` says why there is none."""
    if question == HEALTH:
        return _or_refused(_checked_with_trend, schedule, today)
    return _or_refused(moved_since, schedule, _earlier(question), today)


def _or_refused(answer: Callable[..., dict[str, Any]], *about: Any) -> dict[str, Any]:
    try:
        return answer(*about)
    except FormatError as error:
        return {"refused": str(error)}


def _checked_with_trend(schedule: Schedule, today: date) -> dict[str, Any]:
    """Every check, and the scores of the files before."""
    return _checked(schedule, today) | {"trend": _trend(kept_versions(schedule)[:TREND])}


def _checked(schedule: Schedule, today: date) -> dict[str, Any]:
    """Every check with its rows at fault, each with its activity."""
    stored = stored_file(schedule, today)
    told = health(stored.file)["projects"][0]
    for check in told["checks"]:
        check["findings"] = [{**one, "activity": stored.activities.get(one["id"])} for one in check["findings"]]
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
