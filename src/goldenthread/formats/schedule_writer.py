"""The door out: a ScheduleFile in any format that schedules are written in, and all that the format does not say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import MSPDI, XER, NotCarried, ScheduleFile
from goldenthread.formats.schedule_losses import Written

FORMATS = {
    MSPDI: "Microsoft Project XML",
    XER: "Primavera XER",
    "xlsx": "an Excel workbook",
    "csv": "a list of tasks as CSV",
    "ics": "a calendar (iCalendar)",
}


def write_schedule(file: ScheduleFile, kind: str, project_id: str = "", *, made_at: dt.datetime) -> Written:
    """The file as `kind` of FORMATS; what reading it had already lost is named with what writing loses.

    project_id: id or name, where the file holds several projects and the format one. made_at: now, in UTC.
    """
    written = _written(file, kind, project_id, made_at)
    earlier = file.not_carried
    if kind == file.kind:
        back = set(_kept(file))
        earlier = tuple(one for one in earlier if one.field not in back)
    return Written(written.data, (*earlier, *written.not_carried))


def _written(file: ScheduleFile, kind: str, project_id: str, made_at: dt.datetime) -> Written:
    from goldenthread.formats.mspdi_writer import chosen, write_mspdi
    from goldenthread.formats.schedule_ics import write_ics
    from goldenthread.formats.schedule_sheets import write_schedule_csv, write_schedule_xlsx
    from goldenthread.formats.xer_writer import write_xer

    if kind == MSPDI:
        return write_mspdi(file, project_id)
    if kind == XER:
        return write_xer(file, project_id)
    if kind == "csv":
        return write_schedule_csv(file, chosen(file, project_id))
    if kind == "xlsx":
        return write_schedule_xlsx(file, chosen(file, project_id))
    if kind == "ics":
        return write_ics(file, chosen(file, project_id), made_at)
    raise FormatError(f"Schedules are not written as {kind[:20]}.", "", f"Use one of: {', '.join(FORMATS)}.")


def _kept(value: Any) -> Iterable[str]:
    """The names of all cells that were kept as they stood."""
    if isinstance(value, tuple):
        for one in value:
            yield from _kept(one)
    elif is_dataclass(value) and not isinstance(value, NotCarried):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name == "kept":
                yield from (name.strip("/").rpartition("/")[2] for name, _ in inner)
            elif field.name != "not_carried":
                yield from _kept(inner)
