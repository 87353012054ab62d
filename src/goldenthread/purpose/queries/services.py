"""Reads of the service catalogue: what is offered, what is not, and how the hours went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.kit.slots import ask
from goldenthread.purpose.models import Office, Service

MIX_DAYS = 91  # a quarter: shorter spans swing with holidays
DRIFT_ALARM = 0.15  # half the sum of the shares' differences; at this the mix is no longer what was planned


@dataclass(frozen=True)
class ServiceRow:
    """A service with the minutes logged to it and its share of all minutes logged to services; None where nobody logs."""

    service: Service
    planned: float
    minutes: int | None
    share: float | None


@dataclass(frozen=True)
class ClassRow:
    """A class of services: planned and actual share of the hours."""

    name: str
    planned: float
    share: float | None


@dataclass(frozen=True)
class Catalogue:
    """An office's services by state, and the mix of its hours over a span of days."""

    offered: tuple[ServiceRow, ...]
    not_offered: tuple[ServiceRow, ...]
    stopped: tuple[ServiceRow, ...]
    classes: tuple[ClassRow, ...]
    since: date
    until: date
    minutes: int | None  # logged to any service in the span; None: no hours logged
    drift: float | None  # half the sum of |planned - actual| over classes, 0 to 1

    @property
    def has_drifted(self) -> bool:
        """Whether the drift has reached the alarm."""
        return self.drift is not None and self.drift >= DRIFT_ALARM


def catalogue(office: Office, day: date) -> Catalogue:
    """The services of an office; hours come from the slot `hours_by_service(office, since, until)` as minutes by service id."""
    services = list(Service.objects.filter(office=office).order_by("service_class", "name", "id"))
    since = day - timedelta(days=MIX_DAYS - 1)
    logged: dict[int, int] = {}
    for answer in ask("hours_by_service", office, since, day):
        for key, minutes in answer.items():
            logged[key] = logged.get(key, 0) + minutes
    own = {service.pk for service in services}
    total = sum(minutes for key, minutes in logged.items() if key in own)
    rows = [_row(service, logged, total) for service in services]
    by_state = {state: tuple(row for row in rows if row.service.state == state) for state in Service.State.values}
    classes, drift = _classes(rows, total)
    return Catalogue(
        offered=by_state[Service.State.OFFERED],
        not_offered=by_state[Service.State.NOT_OFFERED],
        stopped=by_state[Service.State.RETIRED],
        classes=classes,
        since=since,
        until=day,
        minutes=total or None,
        drift=drift,
    )


def _row(service: Service, logged: dict[int, int], total: int) -> ServiceRow:
    minutes = logged.get(service.pk, 0) if total else None
    share = minutes / total if minutes is not None else None
    return ServiceRow(service, service.planned_share / 10_000, minutes, share)


def _classes(rows: list[ServiceRow], total: int) -> tuple[tuple[ClassRow, ...], float | None]:
    """Planned and actual share a class; planned shares are taken of their own sum, so that both sides add up to one."""
    planned_sum = sum(row.planned for row in rows)
    classes = []
    for value, label in Service.ServiceClass.choices:
        mine = [row for row in rows if row.service.service_class == value]
        planned = sum(row.planned for row in mine) / planned_sum if planned_sum else 0.0
        share = sum(row.minutes or 0 for row in mine) / total if total else None
        if planned or share:
            classes.append(ClassRow(str(label), planned, share))
    if not total or not planned_sum:
        return tuple(classes), None
    return tuple(classes), sum(abs(row.planned - (row.share or 0.0)) for row in classes) / 2
