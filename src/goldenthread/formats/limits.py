"""How much of a stranger's file we are willing to read, and the process that may be killed while reading it.

`read_guarded` is the only function the rest of the product needs for uploads. Small plain text is read here and now;
everything else in a child process with its own memory and processor limits, so a file that turns out to be a bomb ends
the child and never the caller.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from goldenthread.formats import transport
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_kind import is_foreign, unpacked

UPLOAD_BYTES = 20 * 2**20
UNPACKED_BYTES = 200 * 2**20
ZIP_ENTRIES = 1_000
ROWS = 100_000
COLUMNS = 2_000
CELLS = 2_000_000
CPU_SECONDS = 60
WALL_SECONDS = 180  # a busy machine may give a child a third of a processor
MEMORY_BYTES = 512 * 2**20
ANSWER_BYTES = 160 * 2**20
PLAIN_TEXT_BYTES = 2 * 2**20

READERS = {
    "workbook": "goldenthread.formats.workbook:read_workbook",
    "table": "goldenthread.formats.tables:detect",
    "stratml": "goldenthread.formats.stratml:read_stratml",
    "gitlab": "goldenthread.formats.gitlab_kpis:read_gitlab_kpis",
    "projects": "goldenthread.formats.project_lists:read_project_file",
    "performance-goals": "goldenthread.formats.performance_gov:read_goals",
    "performance-targets": "goldenthread.formats.performance_gov:read_targets",
    "performance-gov": "goldenthread.formats.performance_plan:read_performance_gov",
    "capital-reports": "goldenthread.formats.capital_reports:read_capital",
    "schedule": "goldenthread.formats.schedule_reader:read_schedule",
    "risks": "goldenthread.formats.risk_list:read_risk_list",
    "task-list": "goldenthread.formats.task_list:read_task_list",
    "exchange": "goldenthread.formats.exchange:read_exchange",
    "schedule-chart": "goldenthread.formats.schedule_chart:draw",  # nothing is read, but much is drawn
}
JAVA_BYTES = 2 * 2**30  # of addresses, most of them never used: a Java machine has a limit of its own for what it holds
JAVA_FILE_BYTES = 64 * 2**20  # which MPXJ puts aside in a folder of its own
_TEXT_KINDS = frozenset(
    {
        "workbook",
        "table",
        "projects",
        "performance-goals",
        "performance-targets",
        "performance-gov",
        "capital-reports",
        "risks",
        "task-list",
    }
)
_PASSED_ON = ("PATH", "JAVA_HOME", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL", "VIRTUAL_ENV")
_TOO_MUCH = "Save only the sheet and rows you need as CSV and import that."
TOO_LARGE = "Of a list, save only the sheet and rows you need as CSV; a schedule may come compressed with gzip (plan.xml.gz)."


@dataclass(frozen=True, slots=True)
class Cost:
    """What one reading took: processor seconds, peak resident bytes, and whether a child did it."""

    cpu_seconds: float
    peak_bytes: int
    in_child: bool


def read_guarded(kind: str, data: bytes, options: Any = None) -> Any:
    """Read `data` with the reader named `kind` (see READERS) and return its dataclass.

    options: the reader's own options dataclass or None. Raises FormatError for any refusal, never MemoryError; a
    RuntimeError is a fault of the reader itself.
    """
    return read_measured(kind, data, options)[0]


def read_measured(kind: str, data: bytes, options: Any = None) -> tuple[Any, Cost]:
    """As `read_guarded`, and the cost of the child (zeros on the quick path)."""
    if kind not in READERS:
        raise FormatError(f"There is no reader called {kind}.", "", f"Use one of: {', '.join(sorted(READERS))}.")
    check_upload(data)
    if kind == "schedule":
        kind, data = ("exchange", unpacked(data)) if is_foreign(data) else (kind, data)
    if kind in _TEXT_KINDS and is_small_text(data):
        return load_reader(kind)(data, options), Cost(0.0, 0, False)
    return _read_in_child(kind, data, options)


def check_upload(data: bytes) -> None:
    """Raise FormatError where `data` is empty or larger than UPLOAD_BYTES."""
    if not data:
        raise FormatError("The file is empty.", "", "Choose a file that holds data.")
    check_size(len(data))


def check_size(size: int) -> None:
    """Raise FormatError where a file of so many bytes is larger than UPLOAD_BYTES: before it is read into memory."""
    if size > UPLOAD_BYTES:
        raise FormatError(f"The file has {size / 2**20:.0f} MiB; the limit is {UPLOAD_BYTES // 2**20} MiB.", "", TOO_LARGE)


def is_small_text(data: bytes) -> bool:
    """True where `data` is below PLAIN_TEXT_BYTES and carries no archive or office signature."""
    return len(data) < PLAIN_TEXT_BYTES and not data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def load_reader(kind: str) -> Any:
    """The function behind a name of READERS, imported when first asked for."""
    import importlib

    module, _, name = READERS[kind].partition(":")
    return getattr(importlib.import_module(module), name)


def _read_in_child(kind: str, data: bytes, options: Any) -> tuple[Any, Cost]:
    head = transport.pack({"kind": kind, "options": options, "length": len(data)})
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    if kind == "exchange":
        with tempfile.TemporaryDirectory(prefix="exchange-", ignore_cleanup_errors=True) as folder:
            return _answered(
                kind, b"".join((head, data)), len(head), environment | {"TMPDIR": folder, "TEMP": folder, "TMP": folder}
            )
    return _answered(kind, b"".join((head, data)), len(head), environment)


def _answered(kind: str, sent: bytes, head_length: int, environment: dict[str, str]) -> tuple[Any, Cost]:
    with subprocess.Popen(  # noqa: S603 -- our own program; the kind is a name of READERS
        [sys.executable, "-X", "utf8", "-m", "goldenthread.formats.child", kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        try:
            answer, _ = child.communicate(head_length.to_bytes(8, "big") + sent, timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise FormatError(
                f"Reading the file took longer than {WALL_SECONDS} seconds and was stopped.", "", _TOO_MUCH
            ) from None
    return _opened(answer, child.returncode)


def _opened(answer: bytes, code: int) -> tuple[Any, Cost]:
    try:
        reply = transport.unpack(answer) if answer else None
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        if code in (-24, -9):
            raise FormatError(
                f"Reading the file took more than {CPU_SECONDS} seconds of computing and was stopped.", "", _TOO_MUCH
            )
        raise FormatError(f"The file needs more than {MEMORY_BYTES // 2**20} MiB to be read and was refused.", "", _TOO_MUCH)
    if "error" in reply:
        raise FormatError(*reply["error"])
    if "fault" in reply:
        raise RuntimeError(f"The reader failed on a file it should have read or refused:\n{reply['fault']}")
    return reply["result"], Cost(reply["cpu_seconds"], reply["peak_bytes"], True)
