"""What the checks of a schedule read: the rows and relationships of one project, and its network with the dates worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import Schedule, ScheduleOptions

OUTSIDE = -1  # instead of a row of the network: not scheduled


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outline. place: its row in the network, or OUTSIDE. Durations in days of work of the project.

    constraints: in words ("must start on"); start, finish: as the schedule shows them; hours, cost: of all who work on it.
    """

    id: str
    name: str
    place: int = OUTSIDE
    parent: str | None = None
    is_summary: bool = False
    is_milestone: bool = False
    is_effort: bool = False
    is_active: bool = True
    is_estimated: bool = False
    day_minutes: int = 480
    duration_days: float = 0.0
    baseline_days: float | None = None
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    actual_start: dt.datetime | None = None
    actual_finish: dt.datetime | None = None
    baseline_finish: dt.datetime | None = None
    has_baseline: bool = False
    deadline: dt.datetime | None = None
    constraints: tuple[str, ...] = ()
    hours: float = 0.0
    cost: float = 0.0

    @property
    def is_scheduled(self) -> bool:
        """Neither a summary, nor level of effort, nor inactive."""
        return self.is_active and not self.is_summary and not self.is_effort

    @property
    def is_task(self) -> bool:
        """Work of its own: what most checks count."""
        return self.is_scheduled and not self.is_milestone


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship by ids of rows; an end in another project has an id that no row has. lag in minutes or per cent."""

    predecessor: str
    successor: str
    kind: str = "FS"
    lag: float = 0.0
    lag_words: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """One project. schedule: dates of the whole network it stands in; options: how they were worked out.

    calendar: the project's working time, in which days are counted; must_finish: when it must be finished, if that is demanded.
    """

    name: str
    rows: Sequence[Row]
    links: Sequence[Link]
    schedule: Schedule = field(repr=False)
    options: ScheduleOptions = field(default_factory=ScheduleOptions, repr=False)
    data_date: dt.datetime | None = None
    calendar: WorkingTime = field(default_factory=WorkingTime, repr=False)
    day_minutes: int = 480
    must_finish: dt.datetime | None = None

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """Rows by id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def tasks(self) -> list[Row]:
        """Every task, finished or not."""
        return [row for row in self.rows if row.is_task]

    @cached_property
    def unfinished(self) -> list[Row]:
        """Tasks that are not finished."""
        return [row for row in self.tasks if row.actual_finish is None]

    @cached_property
    def live_links(self) -> list[Link]:
        """Relationships that still decide something: the successor is unfinished, no end is inactive or level of effort."""
        return [
            link
            for link in self.links
            if (after := self.by_id.get(link.successor)) is not None
            and after.actual_finish is None
            and self._counts(link.successor)
            and self._counts(link.predecessor)
        ]

    @cached_property
    def before(self) -> dict[str, list[Link]]:
        """The relationships that lead to each row."""
        return self._by_end("successor")

    @cached_property
    def after(self) -> dict[str, list[Link]]:
        """The relationships that lead from each row."""
        return self._by_end("predecessor")

    def days(self, begin: dt.datetime, end: dt.datetime) -> float:
        """Working days between two moments."""
        return self.calendar.minutes_between(begin, end) / self.day_minutes

    def float_days(self, row: Row) -> float:
        """Total float in days of work."""
        return int(self.schedule.total_float[row.place]) / row.day_minutes

    def _by_end(self, end: str) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        for link in self.links:
            if self._counts(link.predecessor) and self._counts(link.successor):
                found.setdefault(getattr(link, end), []).append(link)
        return found

    def _counts(self, key: str) -> bool:
        row = self.by_id.get(key)
        return row is None or (row.is_active and not row.is_effort)
