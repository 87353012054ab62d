"""Reads of hours: by service, by piece of work, and a person's week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Office, Service
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule.queries import open_work


@dataclass(frozen=True)
class WeekRow:
    """Minutes of one piece of work on seven days, Monday first. `flag` says why the hours count as unsupported, or is empty."""

    kind: str
    id: int
    name: str
    where: str
    minutes: list[int]
    flag: str = ""

    @property
    def total(self) -> int:
        """Minutes of the week."""
        return sum(self.minutes)

    @property
    def shown(self) -> list[str]:
        """The cells as they are typed: 7.5, or 1:40 where quarters do not fit; empty for none."""
        return [typed(minutes) for minutes in self.minutes]


@dataclass(frozen=True)
class Week:
    """A person's week: rows of work, totals a day."""

    person: Person
    monday: date
    rows: list[WeekRow]
    offered: list[tuple[str, str]] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """The seven days."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def totals(self) -> list[int]:
        """Minutes a day."""
        return [sum(row.minutes[n] for row in self.rows) for n in range(7)]


def entries(person: Person, start: date, end: date) -> QuerySet[TimeEntry]:
    """A person's own entries between two days, both counted."""
    found = TimeEntry.objects.filter(person=person, on__gte=start, on__lte=end)
    return found.select_related("activity__schedule", "project", "service").order_by("on", "id")


def recent_weeks(subject: Person, viewer: Person, today: date, weeks: int = 4) -> list[tuple[date, int]]:
    """Monday and logged minutes of a person's last weeks, newest first; empty where there are none to be seen."""
    monday = today - timedelta(days=today.weekday())
    start = monday - timedelta(weeks=weeks - 1)
    found = visible(TimeEntry.objects.filter(person=subject, on__gte=start, on__lte=today), viewer)
    total = {monday - timedelta(weeks=n): 0 for n in range(weeks)}
    logged = list(found.values_list("on", "minutes"))
    for on, minutes in logged:
        total[on - timedelta(days=on.weekday())] += minutes
    return list(total.items()) if logged else []


def hours_by_service(office: Office, start: date, end: date) -> dict[int, int]:
    """Service id -> minutes between two days, both counted: logged on the service itself or on activities of its steps."""
    rows = (
        TimeEntry.objects.filter(
            Q(service__office=office) | Q(activity__step__service__office=office), on__gte=start, on__lte=end
        )
        .values("service_id", "activity__step__service_id")
        .annotate(minutes=Sum("minutes"))
        .order_by()
    )
    total: dict[int, int] = {}
    for row in rows:
        key = row["service_id"] or row["activity__step__service_id"]
        total[key] = total.get(key, 0) + row["minutes"]
    return total


def hours_by_work(start: date, end: date, *, people: Iterable[Person] | None = None) -> dict[tuple[str, int], int]:
    """("activity" | "project" | "service", id) -> minutes between two days, both counted; of some people or of all."""
    found = TimeEntry.objects.filter(on__gte=start, on__lte=end)
    if people is not None:
        found = found.filter(person__in=people)
    rows = found.values("activity_id", "project_id", "service_id").annotate(minutes=Sum("minutes")).order_by()
    return {_key(row): row["minutes"] for row in rows}


def hours_on_stopped_services(start: date, end: date) -> dict[int, int]:
    """Service id -> minutes logged to services after they were stopped."""
    found = TimeEntry.objects.filter(
        service__state=Service.State.RETIRED, service__stopped_on__isnull=False, on__gte=start, on__lte=end
    )
    rows = found.values("service_id", "service__stopped_on", "on").annotate(minutes=Sum("minutes")).order_by()
    total: dict[int, int] = {}
    for row in rows:
        stopped = row["service__stopped_on"]
        if stopped is not None and row["on"] >= stopped:
            total[row["service_id"]] = total.get(row["service_id"], 0) + row["minutes"]
    return total


def week(person: Person, monday: date) -> Week:
    """A person's week: what hours stand on, then open work without hours, so that a cell is all one has to fill."""
    rows: dict[tuple[str, int], WeekRow] = {}
    for entry in entries(person, monday, monday + timedelta(days=6)):
        kind, work = _work_of(entry)
        row = rows.setdefault((kind, work.pk), WeekRow(kind, work.pk, str(work), _where(kind, work), [0] * 7, _flag(entry)))
        row.minutes[(entry.on - monday).days] += entry.minutes
    for activity in open_work(person)[:40]:
        rows.setdefault(
            ("activity", activity.pk), WeekRow("activity", activity.pk, activity.name, str(activity.schedule), [0] * 7)
        )
    services = visible(Service.objects.exclude(state=Service.State.NOT_OFFERED), person).order_by("state", "name")[:60]
    projects = visible(Project.objects.filter(state=Project.State.RUNNING, gone_on__isnull=True), person).order_by("name")[:200]
    offered = [("service", s.pk, f"{s.name}{' (stopped)' if s.state == Service.State.RETIRED else ''}") for s in services]
    offered += [("project", p.pk, p.name) for p in projects]
    others = [(f"{kind}:{key}", label) for kind, key, label in offered if (kind, key) not in rows]
    return Week(person, monday, list(rows.values()), others)


def typed(minutes: int) -> str:
    """Minutes as somebody would type them."""
    if not minutes:
        return ""
    return f"{minutes / 60:g}" if minutes % 15 == 0 else f"{minutes // 60}:{minutes % 60:02d}"


def _key(row: Any) -> tuple[str, int]:
    return next((kind, row[f"{kind}_id"]) for kind in ("activity", "project", "service") if row[f"{kind}_id"] is not None)


def _work_of(entry: TimeEntry) -> tuple[str, Any]:
    return next(
        (kind, getattr(entry, kind)) for kind in ("activity", "project", "service") if getattr(entry, f"{kind}_id") is not None
    )


def _where(kind: str, work: Any) -> str:
    return str(work.schedule) if kind == "activity" else kind.capitalize()


def _flag(entry: TimeEntry) -> str:
    service = entry.service
    if service is None or service.state != Service.State.RETIRED:
        return ""
    return f"stopped on {service.stopped_on:%-d %b %Y}" if service.stopped_on else "stopped"
