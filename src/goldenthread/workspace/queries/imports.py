"""What the import wizard asks of the rooms above, and the words in which they answer.

A room offers a kind of file through the slot `import_kinds`; the wizard reads, shows and applies it without knowing the noun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from goldenthread.accounts.models import Person
from goldenthread.formats import transport
from goldenthread.formats.columns import ColumnSettings
from goldenthread.formats.tables import Detected, Settings
from goldenthread.kit.errors import Refused, why_not_written
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.kit.slots import gather
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries.files import content

SHOWN_ROWS = 300
SAMPLE_ROWS = 6


@dataclass(frozen=True)
class Choice:
    """One thing to decide about a row: the name of the input, what is offered, what is chosen."""

    name: str
    options: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class PreviewRow:
    """One line of a preview: what it is about, a note, changes as (field, before, after), where it stands, what to decide."""

    title: str
    note: str = ""
    changes: Sequence[tuple[str, str, str]] = ()
    place: str = ""
    url: str = ""
    choice: Choice | None = None


@dataclass(frozen=True)
class PreviewGroup:
    """Lines of one fate: new, changed, renamed, gone. `total` counts them all, `rows` may hold only the first ones."""

    key: str
    title: str
    lead: str
    rows: Sequence[PreviewRow]
    total: int
    is_open: bool = False


@dataclass(frozen=True)
class ListDay:
    """Of which day a list is: as 2026-03-31 or empty for today, where that was found, and what that day would do."""

    value: str
    hint: str
    warning: str = ""


@dataclass(frozen=True)
class Preview:
    """What applying a file would do.

    figures: (label, number) for the page; counts: the same and more by fixed keys, for commands.
    problems: (place, field, message). not_understood: (place, what, words). options: decisions about the whole file.
    blocked: why it cannot be applied, or empty.
    warning: what may be read wrongly as a whole, or empty. day: to be confirmed, where a list has one.
    missed: what `not_understood` is called on the page; parts: the same parted by what it means, each under its own title.
    said: what to know before anything else, or empty.
    """

    figures: Sequence[tuple[str, int]]
    groups: Sequence[PreviewGroup]
    problems: Sequence[tuple[str, str, str]] = ()
    not_understood: Sequence[tuple[str, str, str]] = ()
    options: Sequence[Choice] = ()
    blocked: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    warning: str = ""
    day: ListDay | None = None
    missed: str = "Not understood"
    parts: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = ()
    said: str = ""


WITH_COLUMNS = {ImportedFile.FileKind.PROJECTS, ImportedFile.FileKind.TASKS}  # whose columns are confirmed first


@dataclass(frozen=True)
class TableView:
    """A detected table for the page of columns. `fields`: (value, label) on offer; `chosen`: column index -> field."""

    detected: Detected
    fields: Sequence[tuple[str, str]]
    chosen: Mapping[int, str]
    why: Mapping[int, str]
    currency: str = ""
    day: ListDay | None = None
    asks_for_list: bool = False
    money_looks_small: bool = False
    suggested_power: int | None = None
    currency_is_guessed: bool = False

    @property
    def samples(self) -> Sequence[Sequence[str]]:
        """The first rows as written."""
        return self.detected.table.texts[:SAMPLE_ROWS]


class ImportKind(Protocol):
    """One kind of file that a room can take in."""

    file_kind: str
    label: str

    def likeness(self, name: str, data: bytes) -> float:
        """How much a file looks like one of these, 0 to 1, without reading it whole."""

    def read(self, data: bytes, file: ImportedFile) -> Any:
        """The file as plain data under the row's settings and mapping; FormatError where it cannot be read."""

    def layout(self, reading: Any) -> str:
        """A digest that files of one layout share; empty where there is none to remember."""

    def table(self, reading: Any, file: ImportedFile) -> TableView | None:
        """The columns to be confirmed; None where there are none."""

    def size(self, reading: Any) -> int:
        """How many rows the file may bring: many are applied in the background."""

    def preview(self, reading: Any, file: ImportedFile, person: Person) -> Preview:
        """What applying would do; writes nothing."""

    def prepare(self, reading: Any, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> Any:
        """What `apply` needs, computed before the transaction."""

    def apply(self, prepared: Any, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write it all inside the open changeset; answers what was written."""


def kinds() -> dict[str, ImportKind]:
    """The kinds of file on offer, by their name."""
    return {kind.file_kind: kind for kind in gather("import_kinds")}


def kind_of(file: ImportedFile) -> ImportKind:
    """The kind that takes in this file."""
    found = kinds().get(file.file_kind)
    if found is None:
        raise Refused(f"Files of the kind “{file.get_file_kind_display()}” cannot be read here.")
    return found


@no_search_for_circles()
def reading_of(file: ImportedFile) -> Any:
    """The file as its kind reads it; kept beside the file, so that the next page does not read it again. Raises FormatError."""
    kept = _kept(file)
    if kept.exists():
        try:
            return transport.unpack(kept.read_bytes())
        except (ValueError, TypeError):
            kept.unlink(missing_ok=True)  # written by an earlier version of the reader
    reading = kind_of(file).read(content(file), file)
    draft = kept.with_suffix(f".{hashlib.sha256(kept.name.encode()).hexdigest()[:8]}.draft")
    try:
        draft.write_bytes(transport.pack(reading))
        draft.replace(kept)
    except OSError as error:  # no room to keep it: the next page reads it again
        draft.unlink(missing_ok=True)
        if not why_not_written(error):
            raise
    return reading


def is_read(file: ImportedFile) -> bool:
    """Whether the reading is at hand."""
    return _kept(file).exists()


def forget_reading(file: ImportedFile) -> None:
    """Remove what was kept of a reading."""
    _kept(file).unlink(missing_ok=True)


def forget(file: ImportedFile) -> None:
    """Remove the bytes of a file and every reading of it."""
    for path in (Path(settings.MEDIA_ROOT) / "imports").glob(f"{file.digest}*"):
        path.unlink(missing_ok=True)


def _kept(file: ImportedFile) -> Path:
    how = transport.pack([file.file_kind, file.settings.get("table", {}), file.mapping])
    return Path(settings.MEDIA_ROOT) / "imports" / f"{file.digest}-{hashlib.sha256(how).hexdigest()[:16]}.reading"


def table_settings(file: ImportedFile) -> Settings:
    """The settings kept on a file, for the reader of tables."""
    kept = dict(file.settings.get("table", {}))
    columns = {index: ColumnSettings(**values) for index, values in kept.pop("columns", {}).items()}
    return Settings(**kept, columns=columns)


def table_layout(detected: Detected) -> str:
    """SHA-256 of the headings in order: lists of one layout share their mapping."""
    names = "\x1f".join(column.name.strip().casefold() for column in detected.table.columns)
    return hashlib.sha256(names.encode()).hexdigest()


def after_import(file: ImportedFile, person: Person) -> list[tuple[str, str]]:
    """Where to go on after a file was taken in: (label, address) from the slot `after_import`."""
    return gather("after_import", file, person)
