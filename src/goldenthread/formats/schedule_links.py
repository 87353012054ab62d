"""References between rows, checked: relationships, calendars under calendars, calendars of resources."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from goldenthread.formats.schedule_file import Calendar, Relationship, Resource
from goldenthread.formats.schedule_values import Losses


def checked_links(links: Iterable[Relationship], tasks: Collection[str], losses: Losses) -> tuple[Relationship, ...]:
    """Relationships whose both ends are known and differ, each once; the others are noted."""
    kept: dict[tuple[str, str, str], Relationship] = {}
    for link in links:
        key = (link.predecessor_id, link.successor_id, link.kind)
        why = ""
        if link.predecessor_id == link.successor_id:
            why = "the row waits for itself"
        elif link.predecessor_id not in tasks or link.successor_id not in tasks:
            gone = link.predecessor_id if link.predecessor_id not in tasks else link.successor_id
            why = f"there is no row {gone[:20]} in the file"
        elif key in kept:
            why = "the same relationship stands there twice; the first one was read"
        if why:
            row = f"{link.kind} from {link.predecessor_id[:20]} to {link.successor_id[:20]}"
            losses.value("Relationship", row, "predecessor", why)
        else:
            kept[key] = link
    return tuple(kept.values())


def checked_calendars(calendars: dict[str, Calendar], losses: Losses) -> dict[str, Calendar]:
    """Calendars that end at one without a base: a base that is missing, or that leads back, is taken off and noted."""
    bases = {key: one.base_id for key, one in calendars.items()}
    whole: set[str] = set()
    for key in calendars:
        path = {key: None}
        at = bases[key]
        while at is not None and at in calendars and at not in path and at not in whole:
            path[at] = None
            at = bases[at]
        if at is not None and at not in whole:
            last = next(reversed(path))
            why = "it is its own base through others" if at in path else f"there is no base calendar {at[:20]}"
            losses.value("Calendar", f"Calendar {last[:20]} “{calendars[last].name[:60]}”", "base", f"{why}; read without a base")
            bases[last] = None
        whole.update(path)
    return {key: replace(one, base_id=bases[key]) if bases[key] != one.base_id else one for key, one in calendars.items()}


def checked_resources(resources: Iterable[Resource], calendars: Collection[str], losses: Losses) -> tuple[Resource, ...]:
    """Resources with a calendar that is there, or with none."""
    found = []
    for one in resources:
        if one.calendar_id is not None and one.calendar_id not in calendars:
            why = f"there is no calendar {one.calendar_id[:20]}; read without one of its own"
            losses.value("Resource", f"Resource {one.id[:20]} “{one.name[:60]}”", "calendar", why)
            found.append(replace(one, calendar_id=None))
        else:
            found.append(one)
    return tuple(found)
