"""Undo of a changeset: every row goes back to what it was, unless somebody changed it since.

Rows that the action made go again, rows it deleted come back under their ids, changed rows get their old values. A fact is
never deleted: it is withdrawn. It goes only together with the row it is about, when that row was made by the same action.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from goldenthread.accounts import actions, queries
from goldenthread.accounts.actions.persons import OF_ONESELF, follow_address, is_last_administrator
from goldenthread.accounts.actions.scopes import holds_a_scope, name_scopes, one_at_a_time
from goldenthread.accounts.models import Changeset, Invitation, Person, RoleGrant
from goldenthread.accounts.queries.changes import written_models
from goldenthread.kit import history, slots
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.ui.terms import action

CHUNK = 500


@dataclass(frozen=True)
class Touched:
    """A row that a changeset wrote: its model, id, first and last history row in the changeset."""

    model: Any
    id: int
    first: Any
    last: Any

    @property
    def is_new(self) -> bool:
        """Whether the action made it and left it standing."""
        return bool(self.first.history_type == "+" and self.last.history_type != "-")


def touched(changeset: Changeset) -> Iterator[Touched]:
    """The rows that the changeset wrote, in no particular order. One statement a model that it wrote."""
    for model in written_models(changeset):
        rows: dict[int, list[Any]] = {}
        for record in history.records(model).filter(changeset=changeset).order_by("history_id"):
            rows.setdefault(record.id, []).append(record)
        for key, records in rows.items():
            yield Touched(model, key, records[0], records[-1])


def undo(*, changeset: Changeset, by: Person | None, source: str = Changeset.Source.PAGE) -> Changeset:
    """Undo one action as a new one. Refused, naming the later change, where a row was changed since.

    `by=None` is the local operator. Everybody else needs the right to change every row that the action wrote.
    """
    if by is not None and not queries.may_undo(changeset, by):
        raise Forbidden("You may not undo this: it changed something that you may not change.")
    try:
        with (
            transaction.atomic(),
            actions.changeset(
                title=f"Undo: {changeset.title}", by=by, source=source, about=changeset.about, undoes=changeset
            ) as made,
        ):
            _undo_rows(changeset, by)
    except IntegrityError as error:
        if Changeset.objects.filter(undoes=changeset).exists():
            raise Refused(f"“{action(changeset.title)}” has been undone already.") from error
        raise Refused(
            f"“{action(changeset.title)}” cannot be undone: something that was entered since stands in its place.",
            advice="Undo that first.",
        ) from error
    return made


def _undo_rows(changeset: Changeset, by: Person | None) -> None:
    if Changeset.objects.filter(undoes=changeset).exclude(pk=history.open_changeset().pk).exists():
        raise Refused(f"“{action(changeset.title)}” has been undone already.")
    rows = list(touched(changeset))
    if not rows:
        raise Refused(f"“{action(changeset.title)}” has nothing that can be undone.")
    by_model: dict[Any, list[Touched]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row)
    for model, group in by_model.items():
        if model.is_sealed:
            raise Refused(queries.lasting_words(model), advice="Decide anew instead.")
        _refuse_if_changed_since(model, group, by)
    going = {model: {row.id for row in group if row.is_new and not model.is_fact} for model, group in by_model.items()}
    _let_facts_go_along(by_model, going)
    _keep_what_others_use(going)
    for model, group in by_model.items():  # in this order no two rows ever claim the same unique value
        if model.is_fact:
            _take_back_facts(model, [row.id for row in group if row.is_new and row.id not in going[model]])
        history.remove_all(model, list(model.objects.filter(pk__in=going[model])))
        _revert(model, [row for row in group if not row.is_new and row.last.history_type != "-"])
        _bring_back(model, [row for row in group if row.last.history_type == "-" and row.first.history_type != "+"])
    _see_that_nothing_hangs({model: ids for model, ids in going.items() if ids}, by)
    slots.ask("undone", {model: [row.last for row in group] for model, group in by_model.items()})
    _keep_the_house_in_order(by_model, by)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _title(changeset: Changeset, by: Person | None) -> str:
    """What an action is called to `by`, who may not see every row that it wrote."""
    return (
        action(changeset.title) if by is None or queries.open_ids([changeset], by) else f"action {changeset.pk}, not shown to you"
    )


def _refuse_if_changed_since(model: Any, rows: list[Touched], by: Person | None) -> None:
    last = {row.id: row.last.history_id for row in rows}
    since = rows[0].last.changeset_id
    void: dict[int, bool] = {}
    for ids in _chunks(list(last)):
        later = history.records(model).filter(id__in=ids, history_id__gt=min(last[i] for i in ids)).order_by("history_id")
        for record in later.select_related("changeset__undone_by"):
            if record.history_id <= last[record.id]:
                continue
            if record.changeset_id not in void:
                void[record.changeset_id] = _is_void(record.changeset, since)
            if not void[record.changeset_id]:
                noun = model._meta.verbose_name.capitalize()
                raise Refused(
                    f"{noun} “{_name(record)}” was changed after it by “{_title(record.changeset, by)}”.",
                    advice="Undo that first.",
                )


def _is_void(later: Changeset, since: int) -> bool:
    """Whether a later action left the row as it found it: it was undone, or it is the undo of one that came after `since`."""
    return not _stands(later) or (later.undoes_id is not None and later.undoes_id > since)


def _stands(changeset: Changeset) -> bool:
    """Whether what the action did is in force: not undone, or its undo was undone again."""
    undone_by = getattr(changeset, "undone_by", None)
    return undone_by is None or not _stands(undone_by)


def _name(record: Any) -> str:
    named = next((str(getattr(record, n)) for n in ("name", "title", "text") if getattr(record, n, "")), "")
    return named[:80] or f"no. {record.id}"


def _before(model: Any, rows: list[Touched]) -> dict[int, Any]:
    """The history row of each row that says how it stood before the action."""
    first = {row.id: row.first.history_id for row in rows}
    found: dict[int, Any] = {}
    for ids in _chunks(list(first)):
        changeset = rows[0].first.changeset_id
        earlier = (
            history.records(model).filter(id__in=ids, history_id__lt=max(first[i] for i in ids)).exclude(changeset_id=changeset)
        )
        newest = earlier.order_by().values("id").annotate(newest=Max("history_id")).values("newest")
        for record in history.records(model).filter(history_id__in=newest):
            found[record.id] = record
    return found


def _fields(model: Any) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if not f.primary_key and f.name not in {"version", "organisation"}]


def _revert(model: Any, rows: list[Touched]) -> None:
    """Changed rows get their old values: many at once where no unique value passes from one to another, else the last first."""
    before = _before(model, rows)
    names = _fields(model)
    fields = [f.name for f in model._meta.concrete_fields if f.attname in names]
    last = {row.id: row.last.history_id for row in rows}
    for ids in _chunks(sorted(last, key=lambda key: -last[key])):
        standing = {row.pk: row for row in model.objects.select_for_update(of=("self",)).filter(pk__in=ids)}
        for key, row in standing.items():
            for name in names:
                setattr(row, name, getattr(before[key], name))
        try:
            with transaction.atomic():
                history.change_all(model, list(standing.values()), fields)
        except IntegrityError:
            for key in ids:
                standing[key].version -= 1
                standing[key].save()
        if holds_a_scope(model):
            name_scopes(list(standing.values()))


def _bring_back(model: Any, rows: list[Touched]) -> None:
    before = _before(model, rows)
    again = []
    for row in rows:
        old = before[row.id]
        again.append(model(pk=row.id, version=row.last.version + 1, **{name: getattr(old, name) for name in _fields(model)}))
    history.add_all(model, again)


def _take_back_facts(model: Any, ids: list[int]) -> None:
    """A fact stays and gets its reversing entry."""
    if not ids:
        return
    moment = history.open_changeset().at
    if queries.stays_for_good(model):
        raise Refused(queries.lasting_words(model), advice="Enter a later one that corrects it.")
    withdrawn = {"withdrawn_at": moment, "withdrawn_because": "undone"}
    changes = model.taken_back(moment) if hasattr(model, "taken_back") else withdrawn
    for chunk in _chunks(ids):
        standing = list(model.objects.filter(pk__in=chunk))
        for row in standing:
            why = row.stands_because() if hasattr(row, "stands_because") else ""
            if why:
                raise Refused(why)
            for name, value in changes.items():
                setattr(row, name, value)
        history.change_all(model, standing, list(changes))


def _let_facts_go_along(by_model: dict[Any, list[Touched]], going: dict[Any, set[int]]) -> None:
    """New facts about a row that goes, go with it."""
    for model, group in by_model.items():
        if not model.is_fact:
            continue
        for field in model._meta.concrete_fields:
            gone = going.get(field.related_model) if field.is_relation else None
            if gone:
                going[model] |= {row.id for row in group if row.is_new and getattr(row.last, field.attname) in gone}


def _keep_what_others_use(going: dict[Any, set[int]]) -> None:
    """What came along with the action stays where something else stands on it by now."""
    for model, ids in going.items():
        if ids and getattr(model, "comes_along", False):
            for field in _pointing_at(model):
                others = field.model.objects.filter(**{f"{field.name}__in": ids}).exclude(pk__in=going.get(field.model, ()))
                ids -= set(others.values_list(field.attname, flat=True))


def _see_that_nothing_hangs(gone: dict[Any, set[int]], by: Person | None) -> None:
    """What was only computed from the removed rows goes too; refused where something later points at them."""
    for model, ids in gone.items():
        for relation in _pointing_at(model):
            for chunk in _chunks(sorted(ids)):
                _clear(relation, chunk, by)


def _pointing_at(model: Any) -> list[Any]:
    """The foreign keys of other tables to this one, hidden ones too; history tables hold values, not keys."""
    relations = (f for f in model._meta.get_fields(include_hidden=True) if f.auto_created and not f.concrete and f.is_relation)
    return [r.field for r in relations if not hasattr(r.field.model, "history_type") and not r.many_to_many]


def _clear(field: Any, ids: list[int], by: Person | None) -> None:
    pointing = field.model
    rows = pointing.objects.filter(**{f"{field.name}__in": ids})
    if not issubclass(pointing, history.Tracked) and field.remote_field.on_delete is models.CASCADE:
        rows._raw_delete(rows.db)  # noqa: SLF001  in one statement: nothing hangs from computed rows
        return
    first = rows.first()
    if first is None:
        return
    noun = pointing._meta.verbose_name
    by_what = ""
    if issubclass(pointing, history.Tracked):
        record = history.records(pointing).filter(id=first.pk, **{field.attname: getattr(first, field.attname)})
        made = record.select_related("changeset").order_by("history_id").first()
        by_what = f", made by “{_title(made.changeset, by)}”," if made is not None else ""
    raise Refused(f"A later {noun}{by_what} depends on what this action made.", advice="Undo that first.")


def _is_about_oneself(row: Touched, by: Person) -> bool:
    """Whether an action changed nothing of a person's own row but what everybody may change of it."""
    if row.id != by.pk or row.is_new:
        return False
    before, after = _before(Person, [row]).get(row.id), row.last
    allowed: Any = (Person._meta.get_field(name) for name in OF_ONESELF)
    differing = {name for name in _fields(Person) if before is None or getattr(before, name) != getattr(after, name)}
    return differing <= {"user_id", *(field.attname for field in allowed)}


def _keep_the_house_in_order(by_model: dict[Any, list[Touched]], by: Person | None) -> None:
    """What actions on people see to holds for their undo as well: no role that one may not give, and always an administrator."""
    if RoleGrant in by_model:
        one_at_a_time()
    for row in by_model.get(RoleGrant, []):
        if by is not None and not queries.may_grant(by=by, role=row.last.role, scope=row.last.scope):
            raise Forbidden(f"You may not give or take the role {Role(row.last.role).label}.")
        if row.last.role == Role.ADMINISTRATOR and not RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exists():
            raise Refused("This would leave the organisation without an administrator.")
    for row in by_model.get(Invitation, []):
        if by is not None and not queries.may_manage(by, row.last.person):
            raise Forbidden(f"You may not change invitations of {row.last.person}.")
    for row in by_model.get(Person, []):
        person = Person.objects.filter(pk=row.id).select_related("user").first()
        if person is not None:
            follow_address(person)
            if by is not None and not queries.may_manage(by, person) and not _is_about_oneself(row, by):
                raise Forbidden(f"You may not change {person}.")
            today = timezone.localtime(history.open_changeset().at).date()
            leaving = person.leaves_on is not None and person.leaves_on < today
            if leaving and is_last_administrator(person.pk, today):
                raise Refused("This would leave the organisation without an administrator.")
