"""The process that reads a stranger's file: `python -m goldenthread.formats.child KIND`.

Standard input: eight bytes of length, a head packed by `transport` (kind, options, length), then the file.
Standard output: one packed dictionary with `result` or `error`, and what it cost. Limits are set before the first byte
is read; where the system knows no such limits (Windows) the counts inside the readers and the caller's clock remain.
"""

from __future__ import annotations

import gc
import sys
import traceback
from pathlib import Path
from typing import Any

from goldenthread.formats import limits, transport
from goldenthread.formats.errors import FormatError


def main() -> int:
    """Read one file and answer; 0 when an answer was written, whatever it says."""
    _set_limits(is_java=sys.argv[1:] == ["exchange"])
    gc.disable()  # a reader leaves no circles behind; looking for them takes a fifth of its time
    stream = sys.stdin.buffer
    head = transport.unpack(stream.read(int.from_bytes(stream.read(8), "big")))
    answer: dict[str, Any]
    try:
        data = stream.read(head["length"])
        answer = {"result": limits.load_reader(head["kind"])(data, head["options"])}
        del data
        packed = _bounded(transport.pack({**answer, **_cost()}))
    except FormatError as refusal:
        packed = transport.pack({"error": [refusal.message, refusal.place, refusal.advice], **_cost()})
    except (MemoryError, RecursionError):
        answer = {}
        message = f"The file needs more than {limits.MEMORY_BYTES // 2**20} MiB to be read and was refused."
        packed = transport.pack({"error": [message, "", "Save only the rows you need as CSV and import that."], **_cost()})
    except Exception:  # noqa: BLE001 -- whatever went wrong is carried to the caller, who raises it as our own fault
        packed = transport.pack({"fault": traceback.format_exc(limit=-8), **_cost()})
    sys.stdout.buffer.write(packed)
    sys.stdout.buffer.flush()
    return 0


def _bounded(packed: bytearray) -> bytearray:
    if len(packed) > limits.ANSWER_BYTES:
        raise FormatError("The file holds more text than can be shown.", "", "Remove columns that are not needed.")
    return packed


def _set_limits(*, is_java: bool) -> None:
    try:
        import resource
    except ImportError:
        return
    memory, written = (limits.JAVA_BYTES, limits.JAVA_FILE_BYTES) if is_java else (limits.MEMORY_BYTES, 0)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cost() -> dict[str, Any]:
    try:
        import resource
    except ImportError:
        return {"cpu_seconds": 0.0, "peak_bytes": 0}
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": _peak(used.ru_maxrss)}


def _peak(maximum: int) -> int:
    """Peak resident bytes of this process alone; Linux keeps the parent's figure in ru_maxrss over the start of a program."""
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return maximum * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
