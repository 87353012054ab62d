"""Writes of files that are read in: the bytes are kept under their digest, the row says how they were understood.

Bytes lie under MEDIA_ROOT/imports, named by their SHA-256, never by the name that somebody gave them.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in
from goldenthread.formats.limits import TOO_LARGE, UPLOAD_BYTES
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.workspace.models import ImportedFile


def store(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Keep the bytes of a file; answers digest and size. Refused where there are none or too many, and nothing is kept then."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"draft-{os.getpid()}-{os.urandom(6).hex()}"
    digest, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as target:
            for chunk in chunks:
                size += len(chunk)
                if size > UPLOAD_BYTES:
                    limit = f"The file is larger than {UPLOAD_BYTES // 2**20} MiB."
                    raise Refused(limit, field="file", advice=TOO_LARGE)
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise Refused("The file is empty.", field="file", advice="Choose a file that holds data.")
        draft.replace(folder / digest.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest(), size


def read_differently(*, file: ImportedFile, changes: Mapping[str, Any], by: Person, version: int | None = None) -> None:
    """Correct how a file is understood: file_kind, settings, mapping, layout. Refused once it has been applied."""
    must_import(by)
    if file.outcome:
        raise Refused("This file has been imported already.", advice="Undo that import, or upload the file again.")
    with changeset(title=f"Correct how {file.name} is read", by=by):
        history.change(file, dict(changes), version=version)


def note_outcome(
    *, file: ImportedFile, outcome: Mapping[str, Any], layout: str = "", mapping: Mapping[str, Any] | None = None
) -> None:
    """Say on the file what came of it, inside the changeset of the import. The second of two at once gets a Conflict."""
    changes: dict[str, Any] = {"outcome": dict(outcome)}
    if layout:
        changes |= {"layout": layout, "mapping": dict(mapping or {})}
    history.change(file, changes)


def file_name(name: str) -> str:
    """The last part of a given name, without control characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return plain[-200:] or "file"


def must_import(by: Person | None) -> None:
    """Refuse whoever may not import anything."""
    if by is not None and not may_in(by, Act.EDIT, Kind.IMPORT, None):
        raise Forbidden("You may not import files.")
