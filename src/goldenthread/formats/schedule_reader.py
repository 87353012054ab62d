"""The door for schedule files: gzipped or plain, told apart by what they hold, never by their name."""

from __future__ import annotations

from typing import Any

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_kind import unpacked

_OTHER = "is read through MPXJ, which this way in does not use"
_XML = "Save it as XML in Microsoft Project (File, Save As, XML) and import that."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", f"This is a binary file of Microsoft Project (.mpp) or Office; it {_OTHER}.", _XML),
    (b"PK\x03\x04", "This is a zip archive or a workbook, not a schedule.", "Unpack it and import the .xml or .xer file inside."),
    (b"MPX", f"This is an MPX file; it {_OTHER}.", _XML),
    (b"%PDF", "This is a PDF, not a schedule.", "Import the .xml or .xer file it was printed from."),
)


def read_schedule(data: bytes, _: Any = None) -> ScheduleFile:
    """Read Microsoft Project XML (MSPDI) or Primavera XER; raises FormatError for anything else and anything broken."""
    plain = unpacked(data)
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
