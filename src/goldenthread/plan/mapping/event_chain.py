"""The chain of what became of a plan's versions: each event's hash holds that of the event before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from goldenthread.plan.mapping.version_document import canonical
from goldenthread.plan.models import PlanEvent

STANDS = {
    PlanEvent.What.PROPOSED: "PROPOSED",
    PlanEvent.What.APPROVED: "IN_FORCE",
    PlanEvent.What.SUPERSEDED: "SUPERSEDED",
    PlanEvent.What.WITHDRAWN: "WITHDRAWN",
}


def hash_of(event: Any) -> str:
    """SHA-256 of all that an event says, the hash before it among that."""
    told = {
        "plan": event.plan_id,
        "place": event.place,
        "version": event.version_id,
        "what": str(event.what),
        "person": event.person_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "holds": event.holds,
        "before": event.before,
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def breaks(events: Iterable[Any]) -> Iterator[str]:
    """Where the chain does not hold, in the order of its places: a sentence each."""
    before, place = "", 0
    for event in events:
        place += 1
        if event.place != place:
            yield f"event {place} is missing: the next one stands at {event.place}"
            place = event.place
        if event.before != before:
            yield f"event {event.place} does not follow the one before it"
        if hash_of(event) != event.hash:
            yield f"event {event.place} is not what it was when it was written"
        before = event.hash
