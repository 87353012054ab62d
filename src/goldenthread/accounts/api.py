"""What programs read of this room: people, and what was changed; and undo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from goldenthread.accounts import queries
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.ui.programs import Id, Noun, words

PEOPLE = Noun(
    "people",
    Person,
    ("name", "email", "job_title", "department", "is_external", "leaves_on"),
    filters=("department", "is_external", "leaves_on"),
    sorts=("name", "department"),
    searched=("name", "email", "job_title", "department"),
)

NOUNS = (PEOPLE,)

router = Router(tags=["changesets"])


class Rows(BaseModel):
    """How many rows of a noun an action wrote."""

    noun: str
    rows: int


class ChangesetAnswer(BaseModel):
    """One action. Title and reason are null where the caller may not see every row that it wrote."""

    id: int
    at: datetime
    by: int | None
    source: str
    title: str | None
    reason: str | None
    about: str | None
    wrote: list[Rows]
    undoes: int | None
    undone_by: int | None
    may_undo: bool


class FieldChange(BaseModel):
    """One field of a changed row, before and after, as people read it."""

    name: str
    before: str | None
    after: str | None


class ChangeAnswer(BaseModel):
    """What an action did to one row: added, changed or removed it."""

    noun: str
    name: str
    verb: str
    fields: list[FieldChange]


class OneChangeset(ChangesetAnswer):
    """One action with its changes, and how many rows are not shown."""

    changes: list[ChangeAnswer]
    hidden: int


class ChangesetPage(BaseModel):
    """Actions, newest first. `older` is the `before` of the next page."""

    items: list[ChangesetAnswer]
    older: int | None


class Asked(BaseModel):
    """Which actions: before an id, by a person, about a kind (`objective`) or a row (`objective:12`), from a source."""

    before: Id | None = None
    by: Id | None = None
    about: Annotated[words(60), Field(pattern=r"^(|[a-z_]+(:[0-9]{1,18})?)$")] = ""  # type: ignore[valid-type]
    source: Literal[("", *Changeset.Source.values)] = ""  # type: ignore[valid-type]


@router.get("/changesets", operation_id="changesets_list", summary="List: changesets", response=ChangesetPage)
def changesets(request: Any, asked: Query[Asked]) -> dict[str, Any]:
    """What was done, newest first, in pages of fifty by id."""
    page = queries.activity(request.person, **asked.model_dump())
    return {"items": [_line(line) for line in page.lines], "older": page.older}


@router.get("/changesets/{key}", operation_id="changesets_read", summary="Read: changesets", response=OneChangeset)
def changeset(request: Any, key: Path[Id]) -> dict[str, Any]:
    """One action, row by row and field by field, as far as the caller may see."""
    line = _seen(request.person, key)
    changes, hidden = queries.changes_of(line.changeset, request.person)
    fields = [[{"name": n, "before": b, "after": a} for n, b, a in change.fields] for change in changes]
    told = [{"noun": c.noun, "name": c.name, "verb": c.verb, "fields": f} for c, f in zip(changes, fields, strict=True)]
    return {**_line(line), "changes": told, "hidden": hidden}


@router.post("/changesets/{key}/undo", operation_id="changesets_undo", summary="Undo: changesets", response=ChangesetAnswer)
def undo_changeset(request: Any, key: Path[Id]) -> dict[str, Any]:
    """Undo an action, once. Refused where a row was changed since, so there is no version to send."""
    line = _seen(request.person, key)
    made = undo(changeset=line.changeset, by=request.person, source=Changeset.Source.API)
    return _line(_seen(request.person, made.pk))


def _seen(person: Person, key: int) -> queries.Line:
    rows = queries.visible(Changeset.objects.select_related("by", "undoes", "undone_by"), person)
    line = queries.head_of(get_object_or_404(rows, pk=key), person)
    if line is None:
        raise Http404
    return line


def _line(line: queries.Line) -> dict[str, Any]:
    made = line.changeset
    undone = getattr(made, "undone_by", None)
    texts = {"title": made.title, "reason": made.reason, "about": made.about}
    return {
        "id": made.pk,
        "at": made.at,
        "by": made.by_id,
        "source": made.source,
        **{name: text if line.is_open else None for name, text in texts.items()},
        "wrote": [{"noun": noun, "rows": rows} for noun, rows in line.counts],
        "undoes": made.undoes_id,
        "undone_by": undone.pk if undone is not None else None,
        "may_undo": line.may_undo,
    }
