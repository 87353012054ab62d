"""When a message may go out: not in the quiet hours of a day, and not on days that are quiet as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = 7


@dataclass(frozen=True)
class Quiet:
    """Quiet from `begin` until `end`, over midnight where that is the earlier; twice the same: never. `days`: Monday is 0."""

    begin: time
    end: time
    days: frozenset[int] = frozenset()


def may_go(moment: datetime, zone: str, quiet: Quiet) -> datetime:
    """The moment itself (which has a time zone), or the first one after it that is not quiet in `zone`.

    Where every day is quiet, days do not count.
    """
    place = ZoneInfo(zone)
    here = moment.astimezone(place)
    days = quiet.days if len(quiet.days) < WEEK else frozenset()
    for _ in range(2 * WEEK):
        if here.weekday() in days:
            here = _at(here + timedelta(days=1), time(), place)
            continue
        until = _quiet_until(here, quiet, place)
        if until is None:
            return max(here, moment.astimezone(place))
        here = until
    return here


def _quiet_until(here: datetime, quiet: Quiet, place: ZoneInfo) -> datetime | None:
    """When the quiet hours that this moment lies in end; None where it lies in none."""
    if quiet.begin == quiet.end:
        return None
    now = here.time()
    over_night = quiet.begin > quiet.end
    if over_night and now >= quiet.begin:
        return _at(here + timedelta(days=1), quiet.end, place)
    if (over_night and now < quiet.end) or (not over_night and quiet.begin <= now < quiet.end):
        return _at(here, quiet.end, place)
    return None


def _at(day: datetime, hour: time, place: ZoneInfo) -> datetime:
    return datetime.combine(day.date(), hour, place)
