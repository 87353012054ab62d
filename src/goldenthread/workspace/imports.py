"""Files read in from the command line: the same kinds as in the wizard, without its pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import TOO_LARGE, UPLOAD_BYTES
from goldenthread.kit.errors import Refused
from goldenthread.kit.garbage import no_search_for_circles
from goldenthread.workspace import actions, queries
from goldenthread.workspace.models import ImportedFile

KINDS = {
    "projects": ImportedFile.FileKind.PROJECTS,
    "stratml": ImportedFile.FileKind.STRATML,
    "gitlab": ImportedFile.FileKind.GITLAB,
    "performance-gov": ImportedFile.FileKind.PERFORMANCE,
    "csv": ImportedFile.FileKind.RECORDS,
    "plan": ImportedFile.FileKind.PLAN,
    "slides": ImportedFile.FileKind.SLIDES,
    "schedule": ImportedFile.FileKind.SCHEDULE,
    "tasks": ImportedFile.FileKind.TASKS,
}
# Question of the wizard -> what happens where nobody decided: a row that may be a known project is left out of this import, a
# project that the list no longer holds stays as it is, a resource that has a colleague's name stays without a person.
ASKED = {"same": "leave", "gone": "keep", "who": "other"}


def content_of(path: Path) -> bytes:
    """The bytes of a file; Refused where it cannot be read or is too large."""
    try:
        size = path.stat().st_size
        if size > UPLOAD_BYTES:
            told = f"{path.name} has {size / 2**20:.0f} MiB; the limit is {UPLOAD_BYTES // 2**20} MiB."
            raise Refused(told, field="FILE", advice=TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.", field="FILE") from error


def run(
    kind: str,
    name: str,
    content: bytes,
    *,
    by: Person,
    office: Any = None,
    dry_run: bool = False,
    noun: str = "",
    decided: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read one file and apply it as one changeset; with `dry_run` only say what would happen.

    What the wizard would ask is never guessed: it follows `decided` ("same" and "gone", see ASKED), else stays as it is and is
    named under `unsure`. "as_of" there says of which day a list is. Answers `counts` by the keys of the kind, `changes` cell by
    cell, `not_understood` with places, `problems`, `unsure` and the `changeset`. Refused where the file cannot be read, holds
    nothing, or has a row that cannot be taken.
    """
    if kind not in KINDS:
        raise Refused(f"There is no kind of file “{kind}”.", field="KIND", advice=f"Use one of: {', '.join(KINDS)}.")
    told = {"under": getattr(office, "scope_id", 0), "noun": noun, "as_of": (decided or {}).get("as_of")}
    settings = {key: value for key, value in told.items() if value}
    try:
        if dry_run:
            with actions.looked_at(name=name, chunks=[content], by=by, file_kind=KINDS[kind], **settings) as seen:
                return _said(_look(seen, queries.reading_of(seen), by), None, decided or {})
        file = actions.take_in(name=name, chunks=[content], by=by, file_kind=KINDS[kind], later=False, **settings)
        shown = _look(file, queries.reading_of(file), by)
        if shown.blocked:
            raise Refused(shown.blocked, field="FILE", advice="; ".join(f"{p}: {m}" for p, _, m in shown.problems[:5]))
        answers = {row.choice.name: _answer(row.choice, decided or {}) for row in _asked(shown) if row.choice is not None}
        if (decided or {}).get("gone") == "mark":
            answers |= {option.name: "auto" for option in shown.options if option.name == "gone_all"}
        return _said(shown, actions.apply_file(file=file, by=by, answers=answers).pk, decided or {})
    except FormatError as error:
        raise Refused(f"{name}: {error.message}", field=error.place, advice=error.advice) from error


@no_search_for_circles()
def _look(file: ImportedFile, reading: Any, by: Person) -> queries.Preview:
    return queries.kind_of(file).preview(reading, file, by)


def _asked(shown: queries.Preview) -> list[queries.PreviewRow]:
    """The lines about which the wizard asks."""
    return [row for group in shown.groups for row in group.rows if row.choice is not None]


def _answer(choice: queries.Choice, decided: Mapping[str, str]) -> str:
    question = choice.name.partition("-")[0]
    return decided.get(question) or ASKED.get(question, choice.value)


def _said(shown: queries.Preview, changeset: int | None, decided: Mapping[str, str]) -> dict[str, Any]:
    unsure = [
        {"about": row.title, "note": row.note, "place": row.place, "question": row.choice.name.partition("-")[0],
         "answer": _answer(row.choice, decided)}
        for row in _asked(shown)
        if row.choice is not None
    ]  # fmt: skip
    changes = [
        {"fate": group.key, "about": row.title, "note": row.note, "place": row.place, "field": name, "before": was, "after": now}
        for group in shown.groups for row in group.rows for name, was, now in row.changes
    ]  # fmt: skip
    return {
        "counts": dict(shown.counts),
        "changes": changes,
        "unsure": unsure,
        "not_understood": [{"place": place, "what": what, "text": words} for place, what, words in shown.not_understood],
        "problems": [{"place": place, "field": field, "message": message} for place, field, message in shown.problems],
        "changeset": changeset,
        **({"as_of": shown.day.value or None, "as_of_note": shown.day.hint} if shown.day is not None else {}),
    }
