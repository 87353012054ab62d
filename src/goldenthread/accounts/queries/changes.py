"""What was changed, by whom, field by field: and never more of it than the reader may see.

A changeset is open to a reader who may see every row it wrote. Of the others only time, author and number of rows are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Value

from goldenthread.accounts.models import Changeset, Person, RoleGrant, Scope
from goldenthread.accounts.queries.access import allowed_rows, hidden_scopes, own_rows, rights, scope_paths, visible
from goldenthread.accounts.queries.standing import for_person_by_noun
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.prepared import Blank
from goldenthread.ui import writing

PAGE = 50
LOOKED_AT, MOST_ROUNDS = PAGE + 1, 40  # actions at once, and how often, for one page
ABOUT_ALL = "organisation:"  # settings leave no history rows, yet whoever watches the whole may read of them
FOR_GOOD = "accounts.Erasure"  # what erased a person stays done
ROWS_SHOWN = 200  # of one changeset; an import may have written thousands


@dataclass(frozen=True)
class Line:
    """One changeset in the list. `counts` are rows by noun; without `is_open` the title is not told. `stays`: why no undo."""

    changeset: Changeset
    counts: tuple[tuple[str, int], ...]
    is_open: bool
    may_undo: bool
    stays: str = ""


@dataclass(frozen=True)
class ActivityPage:
    """A page of the activity, newest first. `older` is the id to go on from, None at the end."""

    lines: tuple[Line, ...]
    older: int | None


@dataclass(frozen=True)
class Change:
    """What one changeset did to one row: `fields` are name, before, after; `hidden` marks a field the reader may not see."""

    noun: str
    name: str
    verb: str  # added, changed, removed
    fields: tuple[tuple[str, str | None, str | None], ...]


def _allowed_records(model: Any, person: Person, act: str, kind: str = "") -> Q | None:
    """As `allowed_rows`, for history rows.

    One whose parent was removed by the same action has lost the way to its scope: it stands where its parent stood last.
    """
    allowed = allowed_rows(model, person, act, kind)
    if allowed is None or allowed == Q():
        return allowed
    for path in scope_paths(model):
        name, _, rest = path.partition("__")
        parent: Any = model._meta.get_field(name).related_model
        if not rest or not issubclass(parent, Tracked):
            continue
        beside = _allowed_records(parent, person, act, kind or model.kind)
        gone = history.records(parent).filter(
            Q(pk__in=[]) if beside is None else beside,
            history_type="-",
            changeset=OuterRef("changeset"),
            id=OuterRef(model._meta.get_field(name).attname),
        )
        allowed |= Q(Exists(gone))
    return allowed


def visible_records(model: Any, person: Person, act: str = Act.VIEW) -> models.QuerySet[Any]:
    """The history rows of `model` of which `person` may see both what they say and how the row stands now."""
    records = history.records(model)
    if model is RoleGrant:  # a role names its place
        records = records.exclude(scope_id__in=Scope.objects.filter(hidden_scopes(person)).values("pk"))
    if not hasattr(model, "kind"):
        return records.none()  # nobody has said who may see it
    allowed = _allowed_records(model, person, act)
    mine = _own_records(model, person)
    if allowed == Q():
        return records
    if allowed is None:
        return records.none() if mine is None else records.filter(mine)
    standing = model.objects.exclude(pk__in=visible(model.objects.all(), person, act).values("pk")).values("pk")
    open_now = records.filter(allowed).exclude(id__in=standing)
    return open_now if mine is None else records.filter(Q(history_id__in=open_now.values("history_id")) | mine)


def _own_records(model: Any, person: Person) -> Q | None:
    """History rows of what is the person's own, and of what he removed himself when it was."""
    own = own_rows(model, person)
    if own is None:
        return None
    direct = [path for path in model.own_paths if "__" not in path and path != "pk"]
    was_own = reduce(or_, (Q(**{path: person.pk}) for path in direct), Q(pk__in=[]))
    removed = was_own & Q(changeset__by=person) & ~Q(id__in=model.objects.values("pk"))
    return Q(id__in=model.objects.filter(own).values("pk")) | removed


def _counted(model: Any, rows: models.QuerySet[Any]) -> models.QuerySet[Any, Any]:
    """How many of these history rows of `model` the changesets `ids` wrote: changeset, noun, count."""
    written = rows.filter(changeset_id__in=Blank("ids")).order_by().values("changeset_id")
    noun = Value(model._meta.label, output_field=models.CharField())
    return written.annotate(noun=noun, rows=Count("id", distinct=True)).values_list("changeset_id", "noun", "rows")


@for_person_by_noun
def _open(person: Person, model: Any) -> models.QuerySet[Any, Any]:
    """Of the history rows of a table those that may be seen."""
    return _counted(model, visible_records(model, person))


@for_person_by_noun
def _undoable(person: Person, model: Any) -> models.QuerySet[Any, Any]:
    """Of the history rows of a table those that may be seen and taken back."""
    return _counted(model, _changeable(model, visible_records(model, person), person))


@for_person_by_noun
def _undoable_alone(person: Person, model: Any) -> models.QuerySet[Any, Any]:
    """The same for actions that wrote only what otherwise comes along with others."""
    return _counted(model, _changeable(model, visible_records(model, person), person, is_alone=True))


def _by_changeset(rows: Iterable[tuple[int, str, int]]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for changeset_id, noun, count in rows:
        found[changeset_id][noun] = count
    return found


def _told(every: dict[int, dict[str, int]], person: Person) -> dict[int, dict[str, int]]:
    """Of the rows that changesets wrote how many `person` may see: changeset id -> label -> count."""
    return _by_changeset(_open.together(person, [(model,) for model in _written(every)], ids=list(every)))


def _changeable(model: Any, rows: models.QuerySet[Any], person: Person, *, is_alone: bool = False) -> models.QuerySet[Any]:
    """Those of the history rows whose row `person` may edit or approve, that is his own, or that he may make.

    Some rows are made by right of another kind (`making_kind`), some come along with others without being asked for
    (`comes_along`): who may take back what brought them may take them back.
    """
    making = getattr(model, "making_kind", "")
    if (making and rights(person).everywhere(Act.EDIT, making)) or (getattr(model, "comes_along", False) and not is_alone):
        made = history.records(model).filter(history_type="+").values("history_id")
        changeable = _changeable_by_right(model, rows, person).values("history_id")
        return history.records(model).filter(Q(history_id__in=made) | Q(history_id__in=changeable))
    return _changeable_by_right(model, rows, person)


def _changeable_by_right(model: Any, rows: models.QuerySet[Any], person: Person) -> models.QuerySet[Any]:
    if not hasattr(model, "kind"):
        return rows
    acts = [_allowed_records(model, person, act) for act in (Act.EDIT, Act.APPROVE)]
    if Q() in acts:
        return rows
    mine = _own_records(model, person) or Q(pk__in=[])
    return rows.filter(reduce(or_, (allowed for allowed in acts if allowed is not None), mine))


def may_undo(changeset: Changeset, person: Person) -> bool:
    """Whether `person` may undo this action: the author, or who may undo, with the right to change every row it wrote."""
    every = history.rows_written([changeset.pk])
    may = _may_undo([changeset], person, every)[changeset.pk]
    return may and bool(open_ids([changeset], person))  # who may not be told what it was cannot take it back


def _written(every: dict[int, dict[str, int]]) -> list[Any]:
    """The models of which these changesets wrote rows: a few of many, and only they are asked further."""
    labels = {label for rows in every.values() for label in rows}
    return [model for model in history.tracked_models() if model._meta.label in labels]


def written_models(changeset: Changeset) -> list[Any]:
    """The models of which a changeset wrote rows."""
    return _written(history.rows_written([changeset.pk]))


def _may_undo(changesets: list[Changeset], person: Person, every: dict[int, dict[str, int]]) -> dict[int, bool]:
    judged = [c.pk for c in changesets if c.by_id == person.pk or rights(person).anywhere(Act.EDIT, Kind.CHANGESET)]
    alone = {pk for pk in judged if _comes_of_nothing(every.get(pk, {}))}
    wrote = [(model,) for model in _written({pk: every[pk] for pk in judged if pk in every})]
    open_ones: dict[int, dict[str, int]] = {}
    for ask, ids in (
        (_undoable_alone, [pk for pk in judged if pk in alone]),
        (_undoable, [pk for pk in judged if pk not in alone]),
    ):
        if ids:
            open_ones |= _by_changeset(ask.together(person, wrote, ids=ids))
    return {
        c.pk: c.pk in judged and bool(every.get(c.pk)) and every[c.pk] == open_ones.get(c.pk) and FOR_GOOD not in every[c.pk]
        for c in changesets
    }


def _comes_of_nothing(rows: dict[str, int]) -> bool:
    """Whether an action wrote only rows that otherwise come along with others: then they were what it was about."""
    return bool(rows) and all(getattr(apps.get_model(label), "comes_along", False) for label in rows)


def _seen(changesets: list[Changeset], person: Person) -> list[Line]:
    ids = [c.pk for c in changesets]
    every = history.rows_written(ids)
    told = _told(every, person)
    undo = _may_undo(changesets, person, every)
    lasting = _lasting(every)
    over_all = rights(person).everywhere(Act.VIEW, Kind.CHANGESET)
    lines = []
    for changeset in changesets:
        wrote, sees = every.get(changeset.pk, {}), told.get(changeset.pk, {})
        if changeset.by_id == person.pk or sees or over_all:
            is_open = _is_open(changeset, person, wrote, sees)
            stays = lasting.get(changeset.pk, "")
            undoable = undo[changeset.pk] and not stays and not hasattr(changeset, "undone_by")
            lines.append(Line(changeset, _nouns(wrote), is_open, undoable, stays))
    return lines


def _lasting(every: dict[int, dict[str, int]]) -> dict[int, str]:
    """Of these changesets, those that wrote a fact nobody can take back, with the reason.

    A fact about a row that the same action made goes with it, so that action can be undone.
    """
    found: dict[int, str] = {}
    for model in _written(every):
        if not stays_for_good(model):
            continue
        kinds = ("+", "~") if model.is_sealed else ("+",)
        written = history.records(model).filter(changeset_id__in=list(every), history_type__in=kinds)
        for field in model._meta.concrete_fields:
            if field.is_relation and issubclass(field.related_model, Tracked):
                beside = history.records(field.related_model).filter(
                    changeset=OuterRef("changeset"), id=OuterRef(field.attname), history_type="+"
                )
                written = written.exclude(Exists(beside))
        found |= dict.fromkeys(written.values_list("changeset_id", flat=True), lasting_words(model))
    return found


def stays_for_good(model: Any) -> bool:
    """Whether rows of the model are facts without a reversing entry."""
    withdrawn = any(field.name == "withdrawn_at" for field in model._meta.concrete_fields)
    return bool(model.is_fact and not withdrawn and not hasattr(model, "taken_back"))


def lasting_words(model: Any) -> str:
    """Why such a fact stays."""
    noun = model._meta.verbose_name
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun} is a fact that cannot be taken back."


def _is_open(changeset: Changeset, person: Person, wrote: dict[str, int], sees: dict[str, int]) -> bool:
    """Whether `person` may be told in words: his own action, or one of which he may see every row."""
    if changeset.by_id == person.pk:
        return True
    over_all = rights(person).everywhere(Act.VIEW, Kind.CHANGESET)
    return wrote == sees if wrote else over_all and changeset.about.startswith(ABOUT_ALL)


def _nouns(rows: dict[str, int]) -> tuple[tuple[str, int], ...]:
    names = {label: apps.get_model(label)._meta for label in rows}
    return tuple((str(m.verbose_name if rows[label] == 1 else m.verbose_name_plural), rows[label]) for label, m in names.items())


def activity(
    viewer: Person, *, before: int | None = None, by: int | None = None, about: str = "", source: str = ""
) -> ActivityPage:
    """The changesets that `viewer` may know of, newest first, in pages by id.

    `by` is a person's id, `about` a kind of reference such as `objective` or one reference such as `objective:12`.
    """
    rows = visible(Changeset.objects.all(), viewer).select_related("by", "undoes", "undone_by").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if by is not None:
        rows = rows.filter(by_id=by)
    if about:
        rows = rows.filter(about=about) if ":" in about else rows.filter(about__startswith=f"{about}:")
    if source:
        rows = rows.filter(source=source)
    lines: list[Line] = []
    for start in range(0, MOST_ROUNDS * LOOKED_AT, LOOKED_AT):  # actions that one may not know of leave no gap to be counted
        found = list(rows[start : start + LOOKED_AT])
        lines += _seen(found, viewer)
        if len(found) < LOOKED_AT or len(lines) > PAGE:
            break
    else:  # far more than one page was looked through: the next one begins here
        return ActivityPage(tuple(lines[:PAGE]), found[-1].pk)
    return ActivityPage(tuple(lines[:PAGE]), lines[PAGE - 1].changeset.pk if len(lines) > PAGE else None)


def open_ids(changesets: list[Changeset], viewer: Person) -> set[int]:
    """Of these, the changesets that `viewer` may be told in words."""
    every = history.rows_written([c.pk for c in changesets])
    told = _told(every, viewer)
    return {c.pk for c in changesets if _is_open(c, viewer, every.get(c.pk, {}), told.get(c.pk, {}))}


def head_of(changeset: Changeset, viewer: Person) -> Line | None:
    """The line of one changeset, or None where `viewer` may not know of it."""
    lines = _seen([changeset], viewer)
    return lines[0] if lines else None


def changes_of(changeset: Changeset, viewer: Person) -> tuple[tuple[Change, ...], int]:
    """What the changeset did, row by row, as far as `viewer` may see; and how many rows are not shown."""
    total = 0
    changes: list[Change] = []
    for model in written_models(changeset):
        total += history.records(model).filter(changeset=changeset).count()
        wrote = visible_records(model, viewer).filter(changeset=changeset).order_by("history_id")
        changes += [_change(model, record, viewer) for record in wrote[: ROWS_SHOWN - len(changes)]]
    return tuple(changes), total - len(changes)


def _change(model: Any, record: Any, viewer: Person) -> Change:
    verb = {"+": "added", "~": "changed", "-": "removed"}[record.history_type]
    earlier = history.records(model).filter(id=record.id, history_id__lt=record.history_id).order_by("-history_id")
    before = earlier.first() if verb == "changed" else record if verb == "removed" else None
    after = None if verb == "removed" else record
    fields = []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in {"version", "organisation"} or not _may_see(model, field, viewer):
            continue
        old, new = (getattr(row, field.attname) if row is not None else None for row in (before, after))
        if old != new and (verb == "changed" or (old, new) not in _EMPTY):
            fields.append((str(field.verbose_name), _words(field, old, viewer), _words(field, new, viewer)))
    return Change(str(model._meta.verbose_name), _name(record), verb, tuple(fields))


_EMPTY = ((None, ""), (None, False), ("", None), (False, None))


def _may_see(model: Any, field: Any, viewer: Person) -> bool:
    """Some columns need a right of their own: `restricted_fields` of a model names it."""
    kind = getattr(model, "restricted_fields", {}).get(field.name)
    secret = any(word in field.name for word in ("digest", "password"))
    return not secret and (kind is None or rights(viewer).anywhere(Act.VIEW, kind))


def _name(record: Any) -> str:
    """The row's name as it was, from the columns that say it; its id otherwise."""
    for column in ("name", "title", "text", "short_name"):
        if getattr(record, column, ""):
            return str(getattr(record, column))[:120]
    return f"no. {record.id}"


def _words(field: Any, value: Any, viewer: Person) -> str | None:
    """A stored value as people read it; a reference by its name where the viewer may see that, by nothing more otherwise."""
    if value is None or value == "":
        return None
    if field.is_relation:
        model = field.related_model
        rows = model.objects.filter(pk=value)
        named = (visible(rows, viewer) if hasattr(model, "kind") else rows).first() if model is not None else None
        return str(named) if named is not None else "not shown to you"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return writing.datetime(value)
    if isinstance(value, date):
        return writing.date(value)
    return str(value)[:400]


def told_differences(conflict: Conflict, viewer: Person) -> tuple[tuple[str, str | None, str | None], ...]:
    """Both versions of a row on which two writers disagree: name of the field, what one wanted, what is stored."""
    told = []
    columns = {name: field for field in conflict.row._meta.concrete_fields for name in (field.name, field.attname)}
    for difference in conflict.differences:
        field = columns.get(difference.field)
        if field is None or not _may_see(type(conflict.row), field, viewer):
            continue
        yours, theirs = (getattr(value, "pk", value) for value in (difference.yours, difference.theirs))
        label = str(field.verbose_name)
        told.append((label[:1].upper() + label[1:], _words(field, yours, viewer), _words(field, theirs, viewer)))
    return tuple(told)
