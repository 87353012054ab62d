"""Schedule files of Microsoft Project and Primavera in the import wizard: where they go, what would change, storing them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from goldenthread.accounts.models import Person, Scope
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.schedule_file import NotCarried, ScheduleFile
from goldenthread.kit.errors import Refused
from goldenthread.projects import queries
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.queries import schedule_preview
from goldenthread.projects.queries.schedule_files import Going, Known, going, known_people
from goldenthread.schedule.queries import FileSchedule, file_schedules
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import Preview

HEAD = 16_384
NAMESPACE = b"schemas.microsoft.com/project"
MOST_ROWS = 50_000
NOTHING = "The file holds no project with rows. Save the plan again with its tasks."
TOO_MANY = f"The file holds more than {MOST_ROWS:,} rows. Export fewer projects at once."
OTHERS = (".mpp", ".mpx", ".xer", ".pmxml", ".gan", ".planner", ".pod")  # read by nobody else: the reader says what is wrong
PMXML = b"<APIBusinessObjects"


@dataclass(frozen=True)
class Looked:
    """A file compared with what is stored: its projects, where they go, who its resources may be, all that is not kept."""

    file: ScheduleFile
    schedules: list[FileSchedule]
    going: list[Going]
    known: list[Known]
    not_kept: list[NotCarried]


class ScheduleFiles:
    """Takes in Microsoft Project XML and Primavera XER, gzipped or not, and what MPXJ reads of other programs."""

    file_kind = ImportedFile.FileKind.SCHEDULE
    label = "Project schedule"

    def likeness(self, name: str, data: bytes) -> float:
        """By what it holds, packed or not; other schedules by their ending, so that the reader says what to do with them."""
        head = _head(data).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if head.startswith(b"ERMHDR\t") or (head.startswith(b"<") and (NAMESPACE in head or PMXML in head)):
            return 1.0
        return 0.95 if name.lower().removesuffix(".gz").endswith(OTHERS) else 0.0

    def read(self, data: bytes, file: ImportedFile) -> ScheduleFile:
        """The file as plain data, read in a process of its own with limits."""
        read: ScheduleFile = read_guarded("schedule", data)
        return read

    def layout(self, reading: ScheduleFile) -> str:
        """None: nothing is to be remembered of how it is read."""
        return ""

    def table(self, reading: ScheduleFile, file: ImportedFile) -> None:
        """No columns to confirm."""

    def size(self, reading: ScheduleFile) -> int:
        """The rows of all projects."""
        return sum(len(project.tasks) for project in reading.projects)

    def preview(self, reading: ScheduleFile, file: ImportedFile, person: Person) -> Preview:
        """Each project and where it goes, who is who, what changes row by row, and all that is not kept."""
        why = _unfit(self.size(reading))
        if why:
            return Preview([("rows", self.size(reading))], (), blocked=why)
        found = self._look(reading, person, _told(reading, file, person))
        return schedule_preview.preview(found.going, found.known, found.not_kept, reading)

    def prepare(self, reading: ScheduleFile, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> Storing:
        """The comparison of this moment under what was decided."""
        if _unfit(self.size(reading)):
            raise Refused(_unfit(self.size(reading)), field="file")
        found = self._look(reading, person, {**_told(reading, file, person), **answers})
        linked = {one.resource.key: one.person for one in found.known if answers.get(one.question) == "same"}
        named = Scope.objects.filter(pk=file.settings.get("under", 0)).first()
        return Storing(found.going, linked, named or queries.home_scope(person), timezone.localdate())

    def apply(self, prepared: Storing, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write it all."""
        return store_schedules(prepared, by=person)

    def _look(self, reading: ScheduleFile, person: Person, answers: Mapping[str, str]) -> Looked:
        today, schedules = timezone.localdate(), file_schedules(reading)
        not_kept = list(dict.fromkeys(one for file in schedules for one in file.not_kept))
        places, known = going(schedules, answers, person, today), known_people(schedules, person, today)
        return Looked(reading, schedules, places, known, [*reading.not_carried, *not_kept])


def _unfit(rows: int) -> str:
    """Why a file of so many rows is not stored; empty where it is."""
    return NOTHING if not rows else TOO_MANY if rows > MOST_ROWS else ""


def _told(reading: ScheduleFile, file: ImportedFile, person: Person) -> dict[str, str]:
    """The project from whose page the file was brought, where it may be continued and the file has one project."""
    is_one = sum(bool(project.tasks) for project in reading.projects) == 1
    project = queries.continued(person, file.settings.get("into", 0)) if is_one else None
    return {"goes-0": str(project.pk)} if project is not None else {}


def _head(data: bytes) -> bytes:
    """The first bytes, unpacked where they are gzipped; empty where that fails, which the reader explains."""
    if not data.startswith(b"\x1f\x8b"):
        return data[:HEAD]
    try:
        return zlib.decompressobj(31).decompress(io.BytesIO(data).read(HEAD), HEAD)
    except zlib.error:
        return b""


def import_kinds() -> list[Any]:
    """For the slot of the same name."""
    return [ScheduleFiles()]
