"""Writes of the service catalogue and its stop list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.actions.ground import add, as_it_would_be, change, day_of, only, require, require_in
from goldenthread.purpose.models import Office, Service

FIELDS = frozenset({"name", "detail", "state", "service_class", "goes_to", "stopped_on", "planned_share"})
WHOLE = 10_000  # hundredths of a percent
NO_EDIT = "You may not change the services of this office."


def add_service(*, office: Office, name: str, by: Person, **fields: Any) -> Service:
    """A line of the catalogue: offered, or not our job. `fields`: see FIELDS; planned_share in hundredths of a percent."""
    require_in(by, Act.EDIT, Kind.MANDATE, office, NO_EDIT)
    only(fields, FIELDS)
    service = Service(office=office, name=name.strip(), **fields)
    _consistent(service)
    with changeset(title=f"Add the service {name.strip()}", by=by):
        add(service)
    return service


def edit_service(*, service: Service, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change a line of the catalogue."""
    require(by, Act.EDIT, service, NO_EDIT)
    only(changes, FIELDS)
    _consistent(as_it_would_be(service, changes))
    with changeset(title=f"Edit the service {service}", by=by, about=f"service:{service.pk}"):
        change(service, changes, version)


def stop_service(
    *, service: Service, by: Person, goes_to: str = "", on: date | None = None, reason: str = "", version: int | None = None
) -> None:
    """Stop offering it from a day on (today). Hours logged to it later are work that nobody asked for any more."""
    require(by, Act.EDIT, service, NO_EDIT)
    if service.state == Service.State.RETIRED:
        raise Refused(f"“{service}” has been stopped already.")
    with changeset(title=f"Stop the service {service}", by=by, reason=reason, about=f"service:{service.pk}") as made:
        stopped = {"state": Service.State.RETIRED, "stopped_on": on or day_of(made), "planned_share": 0}
        change(service, stopped | {"goes_to": goes_to.strip()}, version)


def _consistent(service: Service) -> None:
    if not service.name.strip():
        raise Refused("A service needs a name.", field="name")
    others = Service.objects.filter(office_id=service.office_id).exclude(pk=service.pk)
    if others.filter(name=service.name.strip()).exists():
        raise Refused(f"“{service.name}” is in the catalogue already.", field="name")
    if service.state == Service.State.NOT_OFFERED and not service.goes_to.strip():
        raise Refused("Say who does it instead.", field="goes_to", advice="People need to know where to go.")
    if service.state != Service.State.OFFERED:
        if service.planned_share:
            raise Refused("Only a service on offer has a planned share.", field="planned_share")
        return
    planned = others.filter(state=Service.State.OFFERED).aggregate(total=Sum("planned_share"))["total"] or 0
    if planned + service.planned_share > WHOLE:
        left = (WHOLE - planned) / 100
        raise Refused(f"The planned shares would exceed 100 %: {left:g} % is left.", field="planned_share")
