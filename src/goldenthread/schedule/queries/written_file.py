"""A stored schedule written as a file of another program, and all that is not in it."""

from __future__ import annotations

import datetime as dt

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_dated import with_dates
from goldenthread.formats.schedule_losses import Written
from goldenthread.formats.schedule_writer import write_schedule
from goldenthread.kit.errors import Refused
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries.stored_file import stored_file
from goldenthread.schedule.queries.withheld import own_losses, without_costs, without_people

ENDINGS = {"mspdi": "xml", "xer": "xer", "xlsx": "xlsx", "csv": "csv", "ics": "ics"}
TYPES = {
    "mspdi": "application/xml",
    "xer": "application/octet-stream",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}


def written_schedule(
    schedule: Schedule, kind: str, *, now: dt.datetime, today: dt.date, with_people: bool, with_costs: bool
) -> Written:
    """The schedule as `kind` of ENDINGS, with the dates worked out here, and without what may not be seen."""
    stored = stored_file(schedule, today)
    try:
        file = own_losses(with_dates(stored.file))
        file = file if with_costs else without_costs(file)
        return write_schedule(file if with_people else without_people(file), kind, stored.project.id, made_at=now)
    except FormatError as error:
        raise Refused(str(error)) from error
