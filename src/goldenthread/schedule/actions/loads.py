"""What follows where a duration, a work or a person of an activity is entered, by the duration type that its file gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from goldenthread.engine import duration_types as rules
from goldenthread.engine.duration_types import Load
from goldenthread.kit import history
from goldenthread.schedule.models import Activity, Assignment
from goldenthread.schedule.queries.duration_types import LoadOf, load_of

EFFORTS = ("effort_low", "effort_likely", "effort_high")
MOST_UNITS = 1000  # percent


def followed(activity: Activity, changes: dict[str, Any]) -> dict[str, Any]:
    """These changes with what follows from them; writes the units that follow. Where both are entered, nothing does."""
    enters_duration, enters_work = "duration" in changes, any(changes.get(name) is not None for name in EFFORTS)
    if enters_duration == enters_work or (enters_work and changes.get("effort_likely") is None):
        return changes
    of = load_of(activity)
    if of is None or not of.assignments:
        return changes
    if enters_duration and not changes["duration"]:
        return changes  # work that is to take no time is not forgotten: it may be given time again
    if enters_duration:
        return _entered(activity, of, rules.with_duration(of.load, of.kind, changes["duration"]), changes)
    return _entered(activity, of, rules.with_work(of.load, of.kind, changes["effort_likely"]), changes)


def follow_joining(activity: Activity, before: LoadOf, made: Assignment) -> None:
    """Write what follows from one more; a first one takes over the work as it is stated."""
    if before.assignments and made.units:
        load = rules.joined(before.load, before.kind, made.units / 100, is_effort_driven=before.is_effort_driven)
        _write(activity, replace(before, assignments=(*before.assignments, made)), load)


def follow_leaving(activity: Activity, before: LoadOf, gone_id: int) -> None:
    """Write what follows from one less; what the last one was to do stays to be done."""
    place = next((n for n, one in enumerate(before.assignments) if one.pk == gone_id), None)
    if place is not None and len(before.assignments) > 1:
        rest = tuple(one for one in before.assignments if one.pk != gone_id)
        load = rules.left(before.load, before.kind, place, is_effort_driven=before.is_effort_driven)
        _write(activity, replace(before, assignments=rest), load)


def _write(activity: Activity, of: LoadOf, load: Load) -> None:
    changes = _entered(activity, of, load, {})
    if changes:
        history.change(activity, changes)


def _entered(activity: Activity, of: LoadOf, load: Load, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes of the activity; its assignments are written."""
    _set_units(of.assignments, load.units)
    found = dict(changes)
    if "duration" not in found and round(load.duration) != activity.duration:
        found |= {"duration": round(load.duration), "remaining": None}
    share = load.total / of.load.total if of.load.total else 1.0
    if "effort_likely" not in found and round(share * (activity.effort_likely or 0)) != activity.effort_likely:
        for name in EFFORTS:
            known = getattr(activity, name)
            found[name] = None if known is None else round(known * share)
    return found


def _set_units(assignments: Sequence[Assignment], units: Sequence[float]) -> None:
    for one, share in zip(assignments, units, strict=True):
        percent = min(max(round(share * 100), 1), MOST_UNITS)
        if percent != one.units:
            history.change(one, {"units": percent})
