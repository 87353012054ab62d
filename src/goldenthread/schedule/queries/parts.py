"""The stretches in which a split activity is worked on, as its file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from goldenthread.formats import schedule_file as files

WORK_OVER_TIME = {"1", "2"}  # kinds of a stretch of time that are work to be done, and work done


def parts_of(task: files.Task, assignments: Iterable[files.Assignment], week: Sequence[Any]) -> list[tuple[datetime, datetime]]:
    """From when to when, first to last; none where no pause takes a working day.

    week: shifts of the schedule's seven days, Monday first.
    """
    told = (task.phases, *(each.phases for each in assignments))
    phases = [one for some in told for one in some if one.kind in WORK_OVER_TIME]
    spans = sorted((one.start, one.finish) for one in phases if one.start and one.finish and re.search("[1-9]", one.value))
    merged: list[tuple[datetime, datetime]] = []
    for start, finish in spans:
        if merged and not _pauses(merged[-1][1], start, week):
            merged[-1] = (merged[-1][0], max(merged[-1][1], finish))
        else:
            merged.append((start, finish))
    return merged if len(merged) > 1 else []


def _pauses(until: datetime, start: datetime, week: Sequence[Any]) -> bool:
    """Whether a day that is usually worked lies whole between two moments."""
    first, last = until.toordinal() + (until.hour * 60 + until.minute > 0), start.toordinal()
    return any(week[(day - 1) % 7] if len(week) == 7 else (day - 1) % 7 < 5 for day in range(first, min(last, first + 7)))
