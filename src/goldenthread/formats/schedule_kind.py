"""What a schedule file may be before it is read: packed or plain, ours to read, MPXJ's, or neither."""

from __future__ import annotations

import re
import zlib

from goldenthread.formats.errors import FormatError

PLAN_BYTES = 100 * 2**20
_PIECE = 1 << 20
_LESS = "Export fewer projects at once."
_AGAIN = "Export the plan again from the program it came from."
_NEVER = (b"PK\x03\x04", b"%PDF")
_BINARY = (b"\xd0\xcf\x11\xe0", b"MPX", b"\xac\xed")  # Microsoft Project, MPX, ProjectLibre
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_HEAD = 4_000
_JUGGLED = re.compile(rb'^[ \t]*(?:project|task)[ \t]+(?:[^\s"]+[ \t]+)?"[^"\n]*"[^\n]*\{', re.MULTILINE)
_LOOKED_INTO = 64 * 2**10  # such a text may begin with a long licence
TASKJUGGLER = "This is a plan in TaskJuggler’s own language, which nobody but TaskJuggler reads."
FROM_TASKJUGGLER = (
    'TaskJuggler writes it as Microsoft Project XML: add the line  export msproject "plan" { formats mspxml }  at the end of the '
    "plan, run  tj3 plan.tjp  and import the plan.xml that comes of it."
)


def is_juggled(data: bytes) -> bool:
    """Whether this is the text of a TaskJuggler plan (.tjp, .tji): a project or a task with its name, and a brace."""
    return not data[:1_000].lstrip().startswith((b"<", b"PK")) and _JUGGLED.search(data[:_LOOKED_INTO]) is not None


def is_foreign(data: bytes) -> bool:
    """Whether this may be a schedule that MPXJ knows and our own readers do not; what is plainly none is not."""
    head = _begun(data)
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(_NEVER) or plain.startswith(b"ERMHDR") or not plain:
        return False
    if plain.startswith(b"<"):
        found = _ROOT.search(plain)
        return found is not None and found[1] != b"Project"
    return head.startswith(_BINARY)


def _begun(data: bytes) -> bytes:
    """The first bytes, of what is packed where it is."""
    if not data.startswith(b"\x1f\x8b"):
        return data[:_HEAD]
    try:
        return zlib.decompressobj(31).decompress(data[:_PIECE], _HEAD)
    except zlib.error:
        return b""


def unpacked(data: bytes) -> bytes:
    """The bytes inside a gzip file, or `data` itself; never more than PLAN_BYTES."""
    if not data.startswith(b"\x1f\x8b"):
        return _bounded(data)
    pieces: list[bytes] = []
    size = 0
    rest = data
    while rest:
        stream = zlib.decompressobj(31)
        while not stream.eof:
            try:
                piece = stream.decompress(rest, _PIECE)
            except zlib.error as problem:
                raise FormatError("The gzip file is damaged.", "", _AGAIN) from problem
            rest = stream.unconsumed_tail
            if not piece and not rest and not stream.eof:
                raise FormatError("The gzip file ends in the middle: it was cut short.", "", _AGAIN)
            size += len(piece)
            if size > PLAN_BYTES:
                raise FormatError(f"The file unpacks to more than {PLAN_BYTES // 2**20} MiB.", "", _LESS)
            pieces.append(piece)
        rest = stream.unused_data.lstrip(b"\0")
    return b"".join(pieces)


def _bounded(data: bytes) -> bytes:
    if len(data) > PLAN_BYTES:
        raise FormatError(f"The file has {len(data) / 2**20:.0f} MiB; the limit is {PLAN_BYTES // 2**20} MiB.", "", _LESS)
    return data
