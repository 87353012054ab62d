"""A schedule file beside what is stored of it: what would be added, what differs row by row, what the file no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.schedule.models import Activity, Assignment, Calendar, Relationship, Schedule, StatedBaseline
from goldenthread.schedule.queries.file_rows import FileRow, FileSchedule

Link = tuple[str, str, str]


@dataclass(frozen=True)
class ChangedRow:
    """A stored activity and the columns in which its row in the file differs, with their new values.

    `parent` and `calendar` hold keys of the file.
    """

    activity: Activity
    row: FileRow
    changes: dict[str, Any]

    @property
    def is_only_moved(self) -> bool:
        """Whether nothing but its place among its neighbours differs."""
        return set(self.changes) <= {"position"}


@dataclass(frozen=True)
class Comparison:
    """One project of a file and the schedule it continues, if there is one. Reads only.

    links: pair and kind -> stored row, for those of the file; `assignments` likewise by activity key and resource id.
    """

    file: FileSchedule
    schedule: Schedule | None
    stored: dict[str, Activity]
    new: list[FileRow]
    changed: list[ChangedRow]
    gone: list[Activity]
    links: dict[Link, Relationship]
    calendars: dict[str, Calendar]
    baselines: dict[tuple[str, int], StatedBaseline]
    assignments: dict[tuple[str, int], Assignment]

    @property
    def new_links(self) -> list[Link]:
        """Relationships that are not stored yet."""
        return [key for key in self.file.links if key not in self.links]

    @property
    def changed_links(self) -> list[Link]:
        """Stored relationships with another lag in the file."""
        return [k for k, link in self.links.items() if k in self.file.links and (link.lag, link.lag_kind) != self.file.links[k]]

    @property
    def gone_links(self) -> list[Relationship]:
        """Relationships that the file no longer holds; those made by hand stay."""
        return [link for key, link in self.links.items() if key not in self.file.links and link.is_stated]

    def counts(self) -> dict[str, int]:
        """The figures that pages and commands state."""
        return {
            "activities": len(self.file.rows) - self.file.summaries,
            "rows": len(self.file.rows),
            "new": len(self.new),
            "updated": sum(not one.is_only_moved for one in self.changed),
            "gone": len(self.gone),
            "relationships": len(self.file.links),
            "new_relationships": len(self.new_links),
            "changed_relationships": len(self.changed_links),
            "gone_relationships": len(self.gone_links),
        }


def compared(file: FileSchedule, schedule: Schedule | None, today: date) -> Comparison:
    """Compare by the file's own ids: six statements, however many rows there are."""
    if schedule is None:
        return Comparison(file, None, {}, list(file.rows.values()), [], [], {}, {}, {}, {})
    stored = {a.source_key: a for a in Activity.objects.filter(schedule=schedule).exclude(source_key="").order_by("id")}
    keys = {a.pk: key for key, a in stored.items()}
    calendars = {c.source_key: c for c in Calendar.objects.filter(schedule=schedule).exclude(source_key="")}
    calendar_keys = {c.pk: key for key, c in calendars.items()}
    changed = []
    for key, row in file.rows.items():
        if key in stored:
            changes = differences(stored[key], row, keys, calendar_keys, today)
            changed += [ChangedRow(stored[key], row, changes)] if changes else []
    links = Relationship.objects.filter(successor__schedule=schedule).order_by("id")
    lines = StatedBaseline.objects.filter(activity__schedule=schedule)
    given = Assignment.objects.filter(activity__schedule=schedule)
    return Comparison(
        file=file,
        schedule=schedule,
        stored=stored,
        new=[row for key, row in file.rows.items() if key not in stored],
        changed=changed,
        gone=[a for key, a in stored.items() if key not in file.rows and a.cancelled_on is None],
        links={
            (keys[link.predecessor_id], keys[link.successor_id], link.relationship_kind): link
            for link in links
            if link.predecessor_id in keys and link.successor_id in keys
        },
        calendars=calendars,
        baselines={(keys[line.activity_id], line.number): line for line in lines if line.activity_id in keys},
        assignments={(keys[one.activity_id], one.resource_id): one for one in given if one.activity_id in keys},
    )


def differences(
    stored: Any, row: FileRow, keys: dict[int, str], calendars: dict[int, str], today: date | None = None
) -> dict[str, Any]:
    """The columns that differ. A row the file calls inactive is stopped today, unless it was already."""
    changes = {name: value for name, value in row.values.items() if getattr(stored, name) != value}
    if keys.get(stored.parent_id or 0) != row.parent:
        changes["parent"] = row.parent
    if calendars.get(stored.calendar_id or 0) != row.calendar:
        changes["calendar"] = row.calendar
    if row.is_active != (stored.cancelled_on is None):
        changes["cancelled_on"] = None if row.is_active else today
    return changes
