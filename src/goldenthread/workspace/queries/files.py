"""Files that were read in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.errors import Refused
from goldenthread.workspace.models import ImportedFile


def content(file: ImportedFile) -> bytes:
    """The bytes of a kept file; Refused where they were removed from the disk."""
    path = Path(settings.MEDIA_ROOT) / "imports" / file.digest
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Refused(f"The bytes of {file.name} are no longer kept.", field="file", advice="Upload the file again.") from error


def recent_files(person: Person) -> QuerySet[ImportedFile]:
    """Files uploaded, newest first."""
    return visible(ImportedFile.objects.select_related("by"), person).order_by("-at", "-id")


def earlier_mapping(file_kind: str, layout: str) -> dict[str, Any]:
    """How the newest applied file of the same layout was mapped and read; empty where there is none."""
    if not layout:
        return {}
    found = ImportedFile.objects.filter(file_kind=file_kind, layout=layout).exclude(outcome={}).order_by("-at", "-id").first()
    return {"mapping": found.mapping, "settings": found.settings, "name": found.name} if found is not None else {}
