"""Commands that keep the data: backup, restore, verify.

A backup is a zip: a consistent copy of the database (SQLite's backup interface, or a dump of rows on PostgreSQL), the stored
files, and a manifest with the digest of each part, the migrations and the newest changeset. A damaged backup is refused.
"""

from __future__ import annotations

import hashlib
import json as jsonlib
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import set_up

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
CHUNK = 1024 * 1024
LOG_ATTEMPTS, LOG_ATTEMPT_MS = 10, 200


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _stored_files(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (p for p in sorted(root.rglob("*")) if p.is_file())


def empty_log(database: sqlite3.Connection) -> None:
    """Put SQLite's log into the database before a long look at it, so that it holds only what is written meanwhile.

    By itself it begins anew when nobody looks for a moment; looks that follow each other closely would let it grow on. Each
    attempt keeps writers out for no longer than a page may take, and they write in between.
    """
    (patience,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute(f"PRAGMA busy_timeout={LOG_ATTEMPT_MS}")
    try:
        for _ in range(LOG_ATTEMPTS):
            busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            time.sleep(LOG_ATTEMPT_MS / 1000)
    finally:
        database.execute(f"PRAGMA busy_timeout={patience}")


def _dump(target: Path) -> tuple[str, dict[str, Any]]:
    """Copy the database as it is at one moment; returns what kind of copy it is, and its state at that very moment."""
    from django.core.management import call_command
    from django.db import connection, transaction

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        empty_log(connection.connection)
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)  # in one go: in parts it begins anew whenever somebody writes, and may never end
            return "sqlite", _state(copy.execute)
    with transaction.atomic(), target.open("w") as stream, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        call_command(
            "dumpdata", natural_foreign=False, use_base_manager=True, stdout=stream, exclude=["contenttypes", "auth.permission"]
        )

        def ask(question: str) -> list[Any]:
            cursor.execute(question)
            return cursor.fetchall()

        return "rows", _state(ask)


def _state(ask: Callable[[str], Iterable[Any]]) -> dict[str, Any]:
    """What the manifest says of the copy: its migrations and the head of its changesets."""
    ((count, head),) = ask("SELECT COUNT(*), MAX(id) FROM accounts_changeset")
    migrations = [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name")]
    return {"migrations": migrations, "changesets": count, "newest_changeset": head or 0}


def backup(file: str, *, json: bool) -> None:
    """`backup FILE`: written beside the target and renamed when whole."""
    set_up()
    from django.conf import settings

    target = Path(file)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        copy, draft = Path(folder) / DATABASE, Path(folder) / "backup.zip"
        kind, state = _dump(copy)
        parts = {DATABASE: _digest(copy)}
        root = Path(settings.MEDIA_ROOT)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, DATABASE)
            for path in _stored_files(root):
                name = FILES + path.relative_to(root).as_posix()
                parts[name] = _digest(path)
                archive.write(path, name)
            manifest = {"made_at": datetime.now(UTC).isoformat(), "kind": kind, "parts": parts, **state}
            archive.writestr(MANIFEST, jsonlib.dumps(manifest, indent=1))
        draft.replace(target)
    outcome = {"file": str(target), "bytes": target.stat().st_size, "parts": len(parts), "changesets": manifest["changesets"]}
    document(outcome) if json else table(["what", "value"], list(outcome.items()))


def _read(target: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup and check every part against the manifest. Refused where anything is missing, changed or too much."""
    from goldenthread.kit.errors import Refused

    if not target.is_file():
        raise Refused(f"There is no file {target}.", field="FILE")
    try:
        with zipfile.ZipFile(target) as archive:
            manifest: dict[str, Any] = jsonlib.loads(archive.read(MANIFEST))
            names = {n for n in archive.namelist() if not n.endswith("/")} - {MANIFEST}
            if names != set(manifest["parts"]):
                raise Refused("The backup does not hold what its manifest says.", field="FILE")
            for name in names:
                if ".." in Path(name).parts or Path(name).is_absolute():
                    raise Refused(f"The backup names a file outside its folder: {name}.", field="FILE")
                archive.extract(name, folder)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        raise Refused(f"{target.name} is damaged or not a backup.", field="FILE") from error
    for name, digest in manifest["parts"].items():
        if _digest(folder / name) != digest:
            raise Refused(f"The backup is damaged: {name} is not what was written.", field="FILE")
    return manifest


def restore(file: str, *, json: bool) -> None:
    """`restore FILE`: into a database without organisations only."""
    set_up()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from goldenthread.kit.errors import Refused

    call_command("migrate", interactive=False, verbosity=0)
    if _has_data():
        raise Refused("There is data here already.", advice="Restore into an empty GT_DATA_DIR or an empty database.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest = _read(Path(file), folder)
        if manifest["kind"] == "sqlite" and connection.vendor == "sqlite":
            source = sqlite3.connect(folder / DATABASE)
            connection.ensure_connection()
            source.backup(connection.connection)
            source.close()
            connection.close()
            call_command("migrate", interactive=False, verbosity=0)
        elif manifest["kind"] == "rows":
            rows = folder / "rows.json"
            (folder / DATABASE).rename(rows)
            call_command("loaddata", str(rows), verbosity=0)
        else:
            raise Refused("This backup is of another kind of database.", advice="Restore it into SQLite, then export and import.")
        root = Path(settings.MEDIA_ROOT)
        for path in _stored_files(folder / FILES):
            place = root / path.relative_to(folder / FILES)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    outcome = {"restored": file, "made_at": manifest["made_at"], "changesets": manifest["changesets"]}
    document(outcome) if json else table(["what", "value"], list(outcome.items()))


def _has_data() -> bool:
    from goldenthread.accounts.models import Organisation, User

    return Organisation.objects.exists() or User.objects.exists()


def verify(*, json: bool) -> None:
    """`verify`: every check with its count of faults; exit 1 where one is not whole."""
    set_up()
    checks = [{"check": name, "faults": faults} for name, faults in _checks()]
    if json:
        document({"whole": not any(c["faults"] for c in checks), "checks": checks})
    else:
        table(["check", "faults"], [[c["check"], len(c["faults"])] for c in checks])
        for check in checks:
            for fault in check["faults"][:20]:
                say(f"  {check['check']}: {fault}")
    if any(c["faults"] for c in checks):
        raise SystemExit(1)


def _checks() -> Iterator[tuple[str, list[str]]]:
    from django_scopes import scopes_disabled

    with scopes_disabled():
        yield "database", _database_faults()
        yield "history", list(_history_faults())
        yield "scopes", list(_scope_faults())
        yield "organisations", list(_organisation_faults())
        yield "accountable", list(_raci_faults())
        yield "versions", list(_version_faults())


def _version_faults() -> Iterator[str]:
    """The chain of each plan's versions, held against the heads that were noted outside the database."""
    from goldenthread.accounts.models import Organisation
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.plan.models import BusinessPlan
    from goldenthread.plan.queries.version_chain import chain_faults, noted_heads

    heads = noted_heads()
    for organisation in Organisation.objects.order_by("pk"):
        with organisation_scope(organisation):
            for plan in BusinessPlan.objects.order_by("pk"):
                yield from chain_faults(plan, heads.get((organisation.slug, plan.pk)))


def _database_faults() -> list[str]:
    from django.db import IntegrityError, connection

    found = []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            found = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
    try:
        connection.check_constraints()
    except IntegrityError as error:
        found.append(str(error))
    return found


def _history_faults() -> Iterator[str]:
    """Every row equals its newest history record, and every deleted row has a record that says so."""
    from django.db.models import OuterRef, Subquery

    from goldenthread.kit.history import tracked_models

    for model in tracked_models():
        fields = [f.attname for f in model._meta.concrete_fields]
        newest = model.history.model.objects.filter(id=OuterRef("id")).order_by("-history_id").values("history_id")[:1]
        records = {r.id: r for r in model.history.model.objects.filter(history_id=Subquery(newest)).iterator(2000)}
        for row in model._base_manager.iterator(2000):
            record = records.pop(row.pk, None)
            if record is None or record.history_type == "-":
                yield f"{model._meta.label} {row.pk} has no record of how it came about"
            elif any(getattr(row, f) != getattr(record, f) for f in fields):
                changed = next(f for f in fields if getattr(row, f) != getattr(record, f))
                yield f"{model._meta.label} {row.pk}: {changed} was changed outside an action"
        for key, record in records.items():
            if record.history_type != "-":
                yield f"{model._meta.label} {key} was removed outside an action"


def _scope_faults() -> Iterator[str]:
    """The closure of scopes is what follows from the edges."""
    from goldenthread.accounts.models import Scope, ScopeEdge, ScopePath

    parents: dict[int, set[int]] = {}
    for parent, child in ScopeEdge.objects.values_list("parent_id", "child_id"):
        parents.setdefault(child, set()).add(parent)
    stored: dict[int, set[int]] = {}
    for ancestor, descendant in ScopePath.objects.values_list("ancestor_id", "descendant_id"):
        stored.setdefault(descendant, set()).add(ancestor)
    for pk in Scope.objects.values_list("pk", flat=True):
        expected, waiting = {pk}, [pk]
        while waiting:
            above = parents.get(waiting.pop(), set()) - expected
            expected |= above
            waiting += above
        if stored.get(pk, set()) != expected:
            yield f"scope {pk} lies below {sorted(stored.get(pk, set()))}, expected {sorted(expected)}"


def _organisation_faults() -> Iterator[str]:
    """No row points at a row of another organisation."""
    from django.db.models import F

    from goldenthread.kit.history import tracked_models

    for model in tracked_models():
        for field in model._meta.concrete_fields:
            other = field.related_model
            if field.many_to_one and hasattr(other, "organisation_id") and field.name != "organisation":
                rows = model._base_manager.filter(**{f"{field.name}__isnull": False}).exclude(
                    organisation=F(f"{field.name}__organisation")
                )
                for pk in rows.values_list("pk", flat=True)[:20]:
                    yield f"{model._meta.label} {pk}: {field.name} belongs to another organisation"


def _raci_faults() -> Iterator[str]:
    """No step has two people Accountable."""
    from django.db.models import Count

    from goldenthread.plan.models import Raci

    for row in Raci.objects.filter(letter="A").values("step").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"step {row['step']} has {row['n']} people Accountable"
