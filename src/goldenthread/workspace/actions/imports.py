"""Writes of the import wizard: taking a file in, correcting how it is read, applying it as one changeset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.workspace import queries
from goldenthread.workspace.actions.files import file_name, must_import, note_outcome, store
from goldenthread.workspace.models import ImportedFile

TEXT_BYTES, PACKED_BYTES = 2 * 2**20, 256 * 2**10  # read by a job from this size on
LASTING = frozenset({"columns", "date_order", "decimal_mark", "orientation"})


def take_in(
    *, name: str, chunks: Iterable[bytes], by: Person | None, file_kind: str = "", later: bool | None = None, **settings: Any
) -> ImportedFile:
    """Keep an uploaded file and find out how it is to be read. A file that cannot be read leaves nothing behind.

    file_kind: empty to find out. later: leave the reading to a job; None decides by the size. Raises FormatError.
    """
    file = _arrived(name, chunks, by, file_kind, settings)
    try:
        if not (is_large(file) if later is None else later):
            _understand(file)
        with changeset(title=f"Upload {file.name}", by=by, source=Changeset.Source.IMPORT):
            file.save()
    finally:
        _forget_unless_known(file)
    return file


@contextmanager
def looked_at(
    *, name: str, chunks: Iterable[bytes], by: Person | None, file_kind: str, **settings: Any
) -> Iterator[ImportedFile]:
    """A file read exactly as `take_in` would read it, of which nothing stays: for dry runs. Raises FormatError."""
    file = _arrived(name, chunks, by, file_kind, settings)
    try:
        _understand(file)
        yield file
    finally:
        _forget_unless_known(file)


def _forget_unless_known(file: ImportedFile) -> None:
    """Remove the bytes of a file that no row stands for."""
    if not queries.is_kept_for_somebody(file.digest):
        queries.forget(file)


def _arrived(name: str, chunks: Iterable[bytes], by: Person | None, file_kind: str, settings: Mapping[str, Any]) -> ImportedFile:
    """The row of an uploaded file, not stored yet; its bytes are."""
    must_import(by)
    if file_kind and file_kind not in ImportedFile.FileKind.values:
        raise Refused(f"There is no kind of file “{file_kind}”.", field="file_kind")
    digest, size = store(chunks)
    kind = file_kind or ImportedFile.FileKind.PROJECTS
    given = {**settings, **({} if file_kind else {"kind": "auto"})}
    return ImportedFile(file_kind=kind, name=file_name(name), digest=digest, size=size, at=timezone.now(), by=by, settings=given)


def read_now(*, file: ImportedFile, by: Person | None) -> None:
    """Find out how a file that was left for later is to be read. Raises FormatError."""
    must_import(by)
    before = (file.file_kind, file.layout, file.mapping, file.settings)
    _understand(file)
    if before != (file.file_kind, file.layout, file.mapping, file.settings):
        with changeset(title=f"Read {file.name}", by=by, source=Changeset.Source.JOB):
            file.save()


def is_large(file: ImportedFile) -> bool:
    """Whether reading it may keep a page waiting: spreadsheets are packed, so they are large earlier."""
    packed = queries.content(file)[:2] in {b"PK", b"\xd0\xcf", b"\x1f\x8b"}
    return file.size > (PACKED_BYTES if packed else TEXT_BYTES)


@no_search_for_circles()
def _understand(file: ImportedFile) -> None:
    """Set the kind, the layout and, from the last file of that layout, the mapping; keeps the reading for the pages."""
    file.file_kind = _recognised(file)
    file.settings = {key: value for key, value in file.settings.items() if key != "kind"}
    layout = queries.kind_of(file).layout(queries.reading_of(file))
    earlier = queries.earlier_mapping(file.file_kind, layout)
    file.layout = layout
    if earlier:
        file.mapping = earlier["mapping"]
        file.settings = {**_lasting(earlier["settings"]), **file.settings, "like": earlier["name"]}
        queries.reading_of(file)


def _recognised(file: ImportedFile) -> str:
    """The kind of a file whose kind was left open (`settings["kind"] == "auto"`), by what it holds."""
    if file.settings.get("kind") != "auto":
        return file.file_kind
    data = queries.content(file)
    scores = {name: kind.likeness(file.name, data) for name, kind in queries.kinds().items()}
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] > 0 else file.file_kind


def _lasting(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What of earlier settings holds for the next file of the layout: not its day, nor the rows of its header."""
    table = {
        k: v
        for k, v in settings.get("table", {}).items()
        if k in {"columns", "date_order", "decimal_mark", "orientation", "sheet"}
    }
    return {key: value for key, value in settings.items() if key in {"currency", "noun"}} | ({"table": table} if table else {})


@no_search_for_circles()
def apply_file(*, file: ImportedFile, by: Person, answers: Mapping[str, str]) -> Changeset:
    """Apply a file as one changeset and note on it what came of it. Twice is refused; of two at once one gets a Conflict."""
    if file.outcome:
        raise Refused(f"{file.name} has been imported already.", advice="Undo that import, or upload the file again.")
    reading = queries.reading_of(file)
    kind = queries.kind_of(file)
    prepared = kind.prepare(reading, file, by, answers)
    with changeset(title=f"Import {file.name}", by=by, source=Changeset.Source.IMPORT) as made:
        outcome = kind.apply(prepared, file, by)
        note_outcome(file=file, outcome={**outcome, "changeset": made.pk})
    queries.forget_reading(file)
    applied: Changeset = history.last_changeset()
    return applied
