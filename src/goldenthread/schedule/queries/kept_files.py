"""The files that were brought for a schedule, as they are kept: which there are, how large one is, and what it said."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, JSONField, Q
from django.db.models.expressions import Func
from django.db.models.fields.json import KeyTransform

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_kept import read_kept
from goldenthread.kit import history
from goldenthread.schedule.models import Schedule, ScheduleSource


@dataclass(frozen=True)
class KeptVersion:
    """A file of the schedule as it was brought: number (of its record), when, and the action that stored it."""

    number: int
    at: datetime
    changeset: int


class _Length(Func):
    """How many values stand in a JSON list, counted where it lies."""

    function = "jsonb_array_length"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same under SQLite's name."""
        return self.as_sql(compiler, connection, function="json_array_length", **context)


def kept_versions(schedule: Schedule) -> list[KeptVersion]:
    """The files that were brought for the schedule, newest first; an import that was undone, and its undo, are none."""
    undone = Q(changeset__undone_by__isnull=False, changeset__undone_by__undone_by__isnull=True)
    rows = history.records(ScheduleSource).filter(schedule_id=schedule.pk, changeset__undoes=None).exclude(history_type="-")
    rows = rows.exclude(undone).order_by("-history_id")
    return [KeptVersion(*row) for row in rows.values_list("history_id", "changeset__at", "changeset_id")]


def kept_rows(version: int) -> int:
    """How many rows the plan of a kept file has; the file itself stays where it lies."""
    tasks: Any = "content"
    for name in ("projects", "0", "tasks"):
        tasks = KeyTransform(name, tasks, output_field=JSONField())
    counted = history.records(ScheduleSource).filter(history_id=version).values_list(_Length(tasks), flat=True)
    return counted.first() or 0


def kept_file(version: int) -> ScheduleFile:
    """One of them; FormatError where it holds no plan."""
    content = history.records(ScheduleSource).values_list("content", flat=True).get(history_id=version)
    return _read(content)


def kept_files(versions: Collection[int]) -> Iterator[tuple[int, ScheduleFile | None]]:
    """Several with their numbers, one by one, since each may be large; None where there is no plan. One statement."""
    rows = history.records(ScheduleSource).filter(history_id__in=versions).values_list("history_id", "content")
    for number, content in rows.iterator(chunk_size=1):
        try:
            yield number, _read(content)
        except FormatError:
            yield number, None


def _read(content: Any) -> ScheduleFile:
    file = read_kept(content)
    if file is None or not file.projects:
        raise FormatError("What was kept of that file holds no plan.")
    return file
