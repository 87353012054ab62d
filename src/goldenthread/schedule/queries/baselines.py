"""The baselines of a schedule, those that its file states and those set here: which there are, and their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.kit import history
from goldenthread.schedule.models import (
    Activity,
    Baseline,
    BaselineActivity,
    Calendar,
    Relationship,
    Schedule,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries.kept_files import KeptVersion, kept_versions

OF_FILE = "file-"


@dataclass(frozen=True)
class KnownBaseline:
    """value: `file-0` to `file-10` for one that the file states, else the id of one set here, on `set_on`."""

    value: str
    words: str
    set_on: date | None = None


def baselines(schedule: Schedule) -> list[KnownBaseline]:
    """Those of the file, then those set here, newest first. Two statements."""
    stated = StatedBaseline.objects.filter(activity__schedule=schedule).order_by("number")
    own = Baseline.objects.filter(schedule=schedule).order_by("-set_on", "-id")
    return [
        *(
            KnownBaseline(f"{OF_FILE}{n}", f"the file’s baseline {n}" if n else "the file’s baseline")
            for n in stated.values_list("number", flat=True).distinct()
        ),
        *(KnownBaseline(str(one.pk), one.name, one.set_on) for one in own),
    ]


def baseline_dates(schedule: Schedule, value: str) -> dict[int, tuple[date, date]]:
    """Start and finish by activity; nothing where there is no such baseline."""
    rows: Any = StatedBaseline.objects.none()
    if value.startswith(OF_FILE):
        rows = StatedBaseline.objects.filter(activity__schedule=schedule, number=int(value.removeprefix(OF_FILE)))
    elif value:
        rows = BaselineActivity.objects.filter(baseline_id=int(value), baseline__schedule=schedule)
    return {pk: (start, finish) for pk, start, finish in rows.values_list("activity_id", "start", "finish")}


def file_of_baseline(schedule: Schedule, baseline: int) -> KeptVersion | None:
    """The brought file that says all that held when a baseline was set here: nothing was changed between the two."""
    made = history.records(Baseline).filter(id=baseline).order_by("history_id").values_list("changeset_id", flat=True).first()
    version = next((one for one in kept_versions(schedule) if made is not None and one.changeset <= made), None)
    if version is None:
        return None
    activities = history.records(Activity).filter(schedule_id=schedule.pk)
    written = (
        activities,
        history.records(Relationship).filter(successor_id__in=activities.values("id")),
        history.records(Calendar).filter(schedule_id=schedule.pk),
        history.records(ScheduleSource).filter(schedule_id=schedule.pk),
        history.records(Schedule).filter(id=schedule.pk),
    )
    between = {"changeset_id__gt": version.changeset, "changeset_id__lte": made}
    return None if any(rows.filter(**between).exists() for rows in written) else version
