"""Kept files that name a person: what was imported, its readings, and mails written to the disk."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django_scopes import scopes_disabled

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import Identity
from goldenthread.kit.scoping import current_organisation
from goldenthread.workspace.models import ImportedFile, InboxItem

DIGEST = 64  # signs of a digest, with which the names of a file and of its readings begin
READ = 256 * 2**20  # bytes of one packed part that are looked into; a longer one is taken to name the person
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)  # damaged, or locked
ENCODINGS = ("utf-8", "cp1252", "utf-16-le")


def files_naming(identity: Identity) -> list[Path]:
    """The files of this organisation in which one of the person's words stands."""
    return [path for path in (*_imported(), *_mailed(identity)) if _names(path, identity)]


def files_kept() -> int:
    """How many imported files would be looked into: counted without opening any."""
    return len({path.name[:DIGEST] for path in _imported()})


def messages_to(person: Person) -> int:
    """How many messages lie in the person's inbox."""
    return InboxItem.objects.filter(person=person).count()


def _imported() -> Iterator[Path]:
    """Bytes and readings of files that only this organisation has taken in."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    own = set(ImportedFile.objects.values_list("digest", flat=True))
    for digest in sorted(own - {row.digest for row in taken_in_elsewhere(own)}):
        yield from sorted(folder.glob(f"{digest}*"))


def taken_in_elsewhere(digests: Collection[str]) -> list[ImportedFile]:
    """Rows of other organisations that stand for the same bytes, with their organisation: equal files lie there once."""
    with scopes_disabled():
        rows = ImportedFile.objects.filter(digest__in=digests).exclude(organisation=current_organisation())
        return list(rows.select_related("organisation").only("digest", "at", "organisation__keeps_files_days"))


def _mailed(identity: Identity) -> Iterator[Path]:
    """Mails to people of this organisation: those of all lie in one folder, where they are written to files."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not folder or not Path(folder).is_dir():
        return
    addresses = {*Person.objects.exclude(email="").values_list("email", flat=True), *(w for w in identity.said if "@" in w)}
    own = [address.lower().encode() for address in addresses]
    for path in sorted(path for path in Path(folder).iterdir() if path.is_file()):
        text = path.read_bytes().lower()
        if any(address in text for address in own):
            yield path


def _names(path: Path, identity: Identity) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    try:
        return any(_stands_in(part, identity) for part in _parts(data))
    except UNREADABLE:
        return True  # what nobody can look into may name anybody


def _parts(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, those packed in them, and the words of a mail."""
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    yield stream.read(READ)
    elif data.startswith(b"\x1f\x8b"):
        yield gzip.GzipFile(fileobj=io.BytesIO(data)).read(READ)
    elif b"Message-ID:" in data[:4000]:
        for one in data.split(b"-" * 79):
            mail = message_from_bytes(one.lstrip(), policy=policy.default)
            yield "\n".join(str(value) for value in mail.values()).encode()
            body = mail.get_body(("plain", "html"))
            if body is not None:
                yield str(body.get_content()).encode()


def _stands_in(data: bytes, identity: Identity) -> bool:
    return len(data) >= READ or any(identity.is_in(data.decode(encoding, "ignore")) for encoding in ENCODINGS)
