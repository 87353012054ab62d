"""Schedule files of Microsoft Project and Primavera in the import wizard: where they go, what would change, storing them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from goldenthread.accounts.models import Person, Scope
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.schedule_file import NotCarried, ScheduleFile
from goldenthread.formats.schedule_kind import is_juggled
from goldenthread.formats.task_columns import LABELS, tells_tasks
from goldenthread.formats.task_list import TaskList, TaskListOptions
from goldenthread.kit.errors import Refused
from goldenthread.projects import queries
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.queries import schedule_preview
from goldenthread.projects.queries.schedule_files import Going, Known, going, known_people
from goldenthread.schedule.queries import FileSchedule, file_schedules
from goldenthread.ui.writing import plural
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import Preview, TableView, table_layout, table_settings

HEAD = 16_384
NAMESPACE = b"schemas.microsoft.com/project"
LOOKED_INTO = 2 * 2**20  # bytes of a workbook that is opened to see what it is
MOST_ROWS = 50_000
NOTHING = "The file holds no task: there is nothing to plan."
WITH_TASKS = "Save the plan again with its tasks, and import that."
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
        if is_juggled(data if not data.startswith(b"\x1f\x8b") else head):
            return 1.0
        if head.startswith(b"ERMHDR\t") or (head.startswith(b"<") and (NAMESPACE in head or PMXML in head)):
            return 1.0
        return 0.95 if name.lower().removesuffix(".gz").endswith(OTHERS) else 0.0

    def read(self, data: bytes, file: ImportedFile) -> ScheduleFile:
        """The file as plain data, read in a process of its own with limits."""
        read: ScheduleFile = read_guarded("schedule", data)
        if not self.size(read):
            raise FormatError(_nothing(read), "", WITH_TASKS)
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
        under = file.settings.get("under")
        named = Scope.objects.filter(pk=under).first() if under else None
        return Storing(found.going, linked, named or queries.home_scope(person), timezone.localdate())

    def apply(self, prepared: Storing, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write it all."""
        return store_schedules(prepared, by=person)

    def _look(self, reading: ScheduleFile, person: Person, answers: Mapping[str, str]) -> Looked:
        today, schedules = timezone.localdate(), file_schedules(reading)
        not_kept = list(dict.fromkeys(one for file in schedules for one in file.not_kept))
        places, known = going(schedules, answers, person, today), known_people(schedules, person, today)
        return Looked(reading, schedules, places, known, [*reading.not_carried, *not_kept])


class TaskLists:
    """Takes in lists of tasks from CSV, Excel and OpenDocument, whose columns are confirmed first."""

    file_kind = ImportedFile.FileKind.TASKS
    label = "List of tasks"
    _files = ScheduleFiles()  # a list, once read, is a schedule like any other

    def likeness(self, name: str, data: bytes) -> float:
        """By its headings: a list of projects has no durations and no predecessors."""
        is_book = data.startswith(b"PK")
        if data[:HEAD].lstrip()[:1] == b"<" or (is_book and len(data) > LOOKED_INTO):
            return 0.0
        try:
            sheets = read_guarded("workbook", data if is_book else data[:HEAD]).sheets
        except FormatError:
            return 0.0
        rows = (row for sheet in sheets for row in sheet.rows[:20])
        return 0.8 if any(tells_tasks([str(cell or "") for cell in row]) for row in rows) else 0.0

    def read(self, data: bytes, file: ImportedFile) -> TaskList:
        """The table and its schedule, under the corrections kept on the file."""
        mapping = {name: columns[0] for name, columns in file.mapping.items() if columns} or None
        read: TaskList = read_guarded("task-list", data, TaskListOptions(table_settings(file), mapping))
        return read

    def layout(self, reading: TaskList) -> str:
        """The headings in order."""
        return table_layout(reading.detected)

    def table(self, reading: TaskList, file: ImportedFile) -> TableView:
        """The columns with the field each fills."""
        chosen = {column: name for name, column in reading.chosen.items()}
        why = {column: f"heading {reading.detected.table.columns[column].name!r}"[:80] for column in chosen}
        return TableView(reading.detected, list(LABELS.items()), chosen, why)

    def size(self, reading: TaskList) -> int:
        """The rows of the list."""
        return self._files.size(reading.schedule)

    def preview(self, reading: TaskList, file: ImportedFile, person: Person) -> Preview:
        """As of a schedule file."""
        if reading.missing:
            return Preview([("rows", 0)], (), blocked=f"{reading.missing} Say so under Columns.")
        return self._files.preview(_named(reading, file), file, person)

    def prepare(self, reading: TaskList, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> Storing:
        """As of a schedule file."""
        return self._files.prepare(_named(reading, file), file, person, answers)

    def apply(self, prepared: Storing, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write it all."""
        return store_schedules(prepared, by=person)


def _named(reading: TaskList, file: ImportedFile) -> ScheduleFile:
    """The schedule with the name of its file as that of its project: a list has none."""
    (project,) = reading.schedule.projects
    name = file.name.removesuffix(".gz").rpartition(".")[0] or file.name
    return replace(reading.schedule, projects=(replace(project, name=name[:200]),))


def _nothing(reading: ScheduleFile) -> str:
    """That a file has no task, and what it has instead."""
    some = ((reading.resources, "resource"), (reading.calendars, "calendar"))
    held = " and ".join(plural(len(things), one) for things, one in some if things)
    return f"The file holds no task{', only ' if held else ''}{held}: there is nothing to plan."


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
    return [ScheduleFiles(), TaskLists()]
