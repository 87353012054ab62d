"""Writes of time entries: hours worked on an activity, a project or a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.projects.models import Project
from goldenthread.purpose.actions.ground import add, change, only
from goldenthread.purpose.models import Service
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule.models import Activity

DAY = 1440
OLDEST_DAYS = 370
FIELDS = frozenset({"on", "minutes", "note"})
Work = Activity | Project | Service


@dataclass(frozen=True)
class Hours:
    """One cell of a week: what it was for, the day and the minutes (0 removes what stood there)."""

    work: Work
    on: date
    minutes: int


def log_time(*, person: Person, work: Work, minutes: int, by: Person | None, on: date | None = None, note: str = "") -> TimeEntry:
    """Add minutes to a day (today). Hours for a stopped service are taken; the gaps show them."""
    _must_log(by, person)
    on = on or timezone.localdate()
    _check(person, on, minutes)
    _must_see(by, work)
    with changeset(title=f"Log {minutes} min for {work}", by=by, about=_about(work)):
        entry: TimeEntry = add(TimeEntry(person=person, on=on, minutes=minutes, note=note.strip(), **_subject(work)))
    return entry


def edit_entry(*, entry: TimeEntry, changes: dict[str, Any], by: Person | None, version: int | None = None) -> None:
    """Change day, minutes or note of one's own entry."""
    _must_log(by, entry.person)
    only(changes, FIELDS)
    _check(entry.person, changes.get("on", entry.on), changes.get("minutes", entry.minutes), instead_of=entry.pk)
    with changeset(title="Change a time entry", by=by):
        change(entry, changes, version)


def remove_entry(*, entry: TimeEntry, by: Person | None, version: int | None = None) -> None:
    """Delete one's own entry; undo brings it back."""
    _must_log(by, entry.person)
    with changeset(title="Remove a time entry", by=by):
        history.require_version(entry, version)
        entry.delete()


def set_week(*, person: Person, hours: Sequence[Hours], by: Person | None) -> int:
    """Make each given cell of a week stand at its minutes, as one action; answers how many cells changed.

    A cell that holds several entries keeps their notes: the difference goes to the newest one.
    """
    _must_log(by, person)
    changed = 0
    with changeset(title=f"Enter hours for the week of {min((h.on for h in hours), default=timezone.localdate()):%-d %B}", by=by):
        for cell in hours:
            changed += _set_cell(person, cell, by)
        for day in {cell.on for cell in hours}:
            _check_day(person, day)
        if not changed:
            raise Refused("Nothing was different.")
    return changed


def _set_cell(person: Person, cell: Hours, by: Person | None) -> bool:
    if not 0 <= cell.minutes <= DAY:
        raise Refused("A day has at most 24 hours.", field="minutes")
    entries = list(TimeEntry.objects.filter(person=person, on=cell.on, **_subject(cell.work)).order_by("-id"))
    stands = sum(entry.minutes for entry in entries)
    if stands == cell.minutes:
        return False
    if not entries:
        _check_date(cell.on)
        _must_see(by, cell.work)
        add(TimeEntry(person=person, on=cell.on, minutes=cell.minutes, **_subject(cell.work)))
        return True
    left = cell.minutes
    for entry in reversed(entries[1:]):
        left -= _shrink(entry, left)
    if left > entries[0].minutes:
        change(entries[0], {"minutes": left})
    else:
        _shrink(entries[0], left)
    return True


def _shrink(entry: TimeEntry, most: int) -> int:
    """Let an entry keep at most `most` minutes; answers what it keeps."""
    keep = min(entry.minutes, most)
    if keep <= 0:
        entry.delete()
        return 0
    change(entry, {"minutes": keep})
    return keep


def _subject(work: Work) -> dict[str, Work]:
    return {type(work)._meta.model_name or "": work}


def _about(work: Work) -> str:
    return f"{type(work)._meta.model_name}:{work.pk}"


def _must_log(by: Person | None, person: Person) -> None:
    if by is not None and by.pk != person.pk:
        raise Forbidden("Hours are entered by who worked them.")


def _must_see(by: Person | None, work: Work) -> None:
    if by is not None and not (may(by, Act.VIEW, work) or is_own(by, work)):
        raise Forbidden("You do not see this work, so you cannot log hours for it.")


def _check(person: Person, on: date, minutes: int, instead_of: int | None = None) -> None:
    if not 1 <= minutes <= DAY:
        raise Refused("Enter between one minute and 24 hours.", field="minutes")
    _check_date(on)
    _check_day(person, on, more=minutes, instead_of=instead_of)


def _check_date(on: date) -> None:
    today = timezone.localdate()
    if on > today + timedelta(days=7):
        raise Refused("Hours are logged once they are worked.", field="on")
    if on < today - timedelta(days=OLDEST_DAYS):
        raise Refused("This day is more than a year ago.", field="on")


def _check_day(person: Person, on: date, *, more: int = 0, instead_of: int | None = None) -> None:
    others = TimeEntry.objects.filter(person=person, on=on).exclude(pk=instead_of or 0)
    total = (others.aggregate(total=Sum("minutes"))["total"] or 0) + more
    if total > DAY:
        raise Refused(f"{on:%-d %B} would have more than 24 hours.", field="minutes")
