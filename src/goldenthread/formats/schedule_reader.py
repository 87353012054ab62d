"""The door for schedule files: gzipped or plain, told apart by what they hold, never by their name."""

from __future__ import annotations

from typing import Any

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_kind import FROM_TASKJUGGLER, TASKJUGGLER, is_juggled, unpacked

_OTHER = "is read through MPXJ, which this way in does not use"
_XML = "Save it as XML in Microsoft Project (File, Save As, XML) and import that."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", f"This is a binary file of Microsoft Project (.mpp) or Office; it {_OTHER}.", _XML),
    (b"PK\x03\x04", "This is a zip archive or a workbook, not a schedule.", "Unpack it and import the .xml or .xer file inside."),
    (b"MPX", f"This is an MPX file; it {_OTHER}.", _XML),
    (b"%PDF", "This is a PDF, not a schedule.", "Import the .xml or .xer file it was printed from."),
)


def read_schedule(data: bytes, _: Any = None) -> ScheduleFile:
    """Read Microsoft Project XML (MSPDI), Primavera XER or a list of tasks; FormatError for anything else and anything broken."""
    plain = unpacked(data)
    if is_juggled(plain):
        raise FormatError(TASKJUGGLER, "", FROM_TASKJUGGLER)
    tasks = _as_task_list(plain)
    if tasks is not None:
        return tasks
    for signature, message, advice in _OTHERS:
        if plain.startswith(signature):
            raise FormatError(message, "", advice)
    head = plain[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"ERMHDR"):
        from goldenthread.formats.xer import read_xer

        return read_xer(plain)
    if head.startswith(b"<"):
        from goldenthread.formats.mspdi import read_mspdi

        return read_mspdi(plain)
    if not head:
        raise FormatError("The file is empty.", "", "Choose a file that holds a schedule.")
    raise FormatError(
        "This is neither Microsoft Project XML nor Primavera XER.", "line 1", "Export the plan as XML or XER and import that."
    )


def _as_task_list(plain: bytes) -> ScheduleFile | None:
    """What a table with headings of tasks says; None where it is no such table."""
    head = plain[:400].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not head or head.startswith((b"<", b"ERMHDR", b"E\0R\0M", b"MPX", b"%PDF", b"\xd0\xcf\x11\xe0")):
        return None
    from goldenthread.formats.task_columns import tells_tasks
    from goldenthread.formats.task_list import read_task_list
    from goldenthread.formats.workbook import read_workbook

    try:
        sheets = read_workbook(plain).sheets
    except FormatError:
        return None
    if not any(tells_tasks([str(cell or "") for cell in row]) for sheet in sheets for row in sheet.rows[:20]):
        return None
    read = read_task_list(plain)
    if read.missing:
        raise FormatError(read.missing, "", "Import the list on the page, where each column can be named.")
    return read.schedule
