"""Background work: reading and applying large files, and every night the retention rules."""

from __future__ import annotations

from collections.abc import Mapping

from goldenthread.accounts.models import Person
from goldenthread.formats.errors import FormatError
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.jobs import Progress, ask_for, job, recurring
from goldenthread.kit.scoping import current_organisation
from goldenthread.workspace.actions.imports import apply_file, read_now
from goldenthread.workspace.actions.retention import apply_retention
from goldenthread.workspace.models import ImportedFile, Job

READ, APPLY = "workspace.read_file", "workspace.apply_file"


def read_later(file: ImportedFile, by: Person) -> Job:
    """Have the worker read the file."""
    waiting: Job = ask_for(READ, by=by, key=f"read:{file.pk}", file_id=file.pk, person_id=by.pk)
    return waiting


def apply_later(file: ImportedFile, by: Person, answers: Mapping[str, str]) -> Job:
    """Have the worker apply the file."""
    waiting: Job = ask_for(APPLY, by=by, key=f"apply:{file.pk}", file_id=file.pk, person_id=by.pk, answers=dict(answers))
    return waiting


def newest_job(file: ImportedFile) -> Job | None:
    """The newest job about a file."""
    return Job.objects.filter(key__in=[f"read:{file.pk}", f"apply:{file.pk}"]).order_by("-id").first()


@job(READ)
def read_file(progress: Progress, *, file_id: int, person_id: int) -> str:
    """Read one uploaded file and keep the reading."""
    progress(1, 3)
    file, person = ImportedFile.objects.get(pk=file_id), Person.objects.get(pk=person_id)
    try:
        read_now(file=file, by=person)
    except FormatError as error:
        raise Refused(error.message, advice=f"{error.place} {error.advice}".strip()) from error
    progress(3, 3)
    return "The file has been read."


@job(APPLY)
def apply_large_file(progress: Progress, *, file_id: int, person_id: int, answers: dict[str, str]) -> str:
    """Apply one file that was looked at."""
    progress(1, 3)
    file, person = ImportedFile.objects.get(pk=file_id), Person.objects.get(pk=person_id)
    try:
        apply_file(file=file, by=person, answers=answers)
    except (Conflict, Forbidden) as error:
        raise Refused(str(error)) from error
    progress(3, 3)
    return "The file has been imported."


@recurring("23 2 * * *")
def retention() -> None:
    """Each night: remove what the organisation no longer wants to keep."""
    apply_retention(organisation=current_organisation())
