"""Files that were read in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django_scopes import scopes_disabled

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.workspace.models import ImportedFile


def content(file: ImportedFile) -> bytes:
    """The bytes of a kept file; Refused where they were removed from the disk."""
    path = Path(settings.MEDIA_ROOT) / "imports" / file.digest
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Refused(f"The bytes of {file.name} are no longer kept.", field="file", advice="Upload the file again.") from error


def recent_files(person: Person) -> QuerySet[ImportedFile]:
    """The files whose rows `person` may read, newest first: one's own, or all where nothing of the organisation is hidden."""
    found, held = visible(ImportedFile.objects.select_related("by"), person), rights(person)
    if not (held.everywhere(Act.EDIT, Kind.IMPORT) and held.everywhere(Act.VIEW, Kind.CONFIDENTIAL)):
        found = found.filter(by=person)
    return found.order_by("-at", "-id")


def is_kept_for_somebody(digest: str) -> bool:
    """Whether a row of any organisation stands for these bytes: equal files of two of them lie there once."""
    with scopes_disabled():
        return ImportedFile.objects.filter(digest=digest).exists()


def earlier_mapping(file_kind: str, layout: str) -> dict[str, Any]:
    """How the newest applied file of the same layout was mapped and read; empty where there is none."""
    if not layout:
        return {}
    found = ImportedFile.objects.filter(file_kind=file_kind, layout=layout).exclude(outcome={}).order_by("-at", "-id").first()
    return {"mapping": found.mapping, "settings": found.settings, "name": found.name} if found is not None else {}
