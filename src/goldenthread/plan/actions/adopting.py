"""Adopting a scenario: what was changed inside is written into the plan as one action, which a version can then propose.

Rows made inside get ids of their own here. What was changed in the plan meanwhile is never written over: the whole is refused
and says what. Decisions and facts stay behind: a figure entered, a signature, an approval given inside were for trying.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import may, visible
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Act
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.actions.scenarios import compute_all_dates
from goldenthread.plan.actions.steps import refuse_doubled_effects
from goldenthread.plan.mapping import scenario_text
from goldenthread.plan.models import BusinessPlan, Scenario
from goldenthread.plan.queries.scenarios import content_of
from goldenthread.purpose.models import Mandate
from goldenthread.schedule.actions import compute_dates

ROOMS = frozenset({"purpose", "projects", "plan", "schedule"})
# Columns that say what somebody decided; the states that only a decision gives, and what a mandate's state brings along.
DECIDED = frozenset({"agreed_by_id", "agreed_on", "approved_on", "confirmed_by_id", "confirmed_on", "signed_by_id", "signed_on"})
GIVEN = frozenset({"APPROVED", "ACHIEVED", "IN_FORCE", "SIGNED", "SUPERSEDED"})
OF_A_MANDATE = frozenset({"issued_on", "successor_id", "valid_from", "valid_to"})
COMPUTED = frozenset({"id", "organisation_id", "version"})
MOST_NAMED = 12


@dataclass
class Net:
    """What a scenario did to the rows in the end: those made and those changed, as they became, and those gone."""

    made: dict[tuple[Any, int], dict[str, Any]] = field(default_factory=dict)
    changed: dict[tuple[Any, int], dict[str, Any]] = field(default_factory=dict)
    gone: set[tuple[Any, int]] = field(default_factory=set)
    left_behind: int = 0

    def rows(self) -> int:
        """How many rows it is about."""
        return len(self.made) + len(self.changed) + len(self.gone)


def adopt(*, scenario: Scenario, by: Person, version: int | None = None) -> Changeset:
    """Write what was changed inside the scenario into the plan, in one action that can be undone."""
    if not may(by, Act.APPROVE, scenario):
        raise Forbidden("Only who may approve scenarios of this plan adopts one.")
    if scenario.state != Scenario.State.OPEN:
        raise Refused(f"The scenario is {scenario.get_state_display().lower()} already.")
    content = scenario_text.from_text(content_of(scenario).text)
    net = net_of(content, scenario_text.first_id(scenario.pk))
    if not net.rows():
        raise Refused("Nothing was changed in this scenario that the plan could take over.")
    try:
        with (
            transaction.atomic(),
            changeset(title=f"Adopt the scenario {scenario}", by=by, about=f"plan:{scenario.plan_id}") as made,
        ):
            history.change(scenario, {"state": Scenario.State.ADOPTED}, version=version)
            stored = {key: _stored(key) for key in (*net.changed, *net.gone)}
            _refuse_what_moved(scenario, stored)
            _refuse_what_is_not_theirs(stored.values(), by)
            _write(net, content, stored, by)
            _refuse_what_does_not_fit(scenario.plan)
    except (IntegrityError, ValidationError) as error:
        raise Refused(
            "The scenario cannot be adopted: something in the plan has a name that it uses, or was removed.",
            advice="Make a new scenario from today’s plan and change it there.",
        ) from error
    compute_all_dates(timezone.localdate(made.at))
    return made


def net_of(content: scenario_text.Content, first: int) -> Net:
    """Beginning and end of each row that the records of a scenario tell of."""
    net = Net()
    for label, row in content["records"]:
        model: Any = apps.get_model(label)
        if model._meta.app_label not in ROOMS or model.is_fact or model is Scenario:
            net.left_behind += 1
            continue
        key = (model, row["id"])
        for part in (net.made, net.changed):
            part.pop(key, None)
        net.gone.discard(key)
        if row["history_type"] != "-":
            (net.made if row["id"] >= first else net.changed)[key] = row
        elif row["id"] < first:
            net.gone.add(key)
    return net


def _stored(key: tuple[Any, int]) -> Any:
    model, pk = key
    return model.objects.select_for_update(of=("self",)).filter(pk=pk).first()


def _refuse_what_moved(scenario: Scenario, stored: dict[tuple[Any, int], Any]) -> None:
    """Nobody's later change is written over."""
    began: dict[tuple[Any, int], int] = {}
    for model in {model for model, _ in stored}:
        then = history.rows_as_of(model, scenario.copied_at).filter(id__in=[pk for of, pk in stored if of is model])
        began |= {(model, pk): version for pk, version in then.values_list("id", "version")}
    moved = []
    for (model, pk), row in stored.items():
        if row is None:
            moved.append(f"a {model._meta.verbose_name} that was removed")
        elif row.version != began.get((model, pk)):
            moved.append(f"{model._meta.verbose_name} “{row}”")
    if moved:
        named = "; ".join(moved[:MOST_NAMED]) + (f"; and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else "")
        raise Refused(
            f"The plan was changed meanwhile where the scenario changes it: {named}.",
            advice="Make a new scenario from today’s plan and change it there.",
        )


def _refuse_what_is_not_theirs(rows: Iterable[Any], by: Person) -> None:
    """Each row that is changed must be one that `by` may change outside, too."""
    by_model: dict[Any, set[int]] = {}
    for row in rows:
        by_model.setdefault(type(row), set()).add(row.pk)
    for model, ids in by_model.items():
        theirs = set(visible(model.objects.filter(pk__in=ids), by, Act.EDIT).values_list("pk", flat=True))
        if ids - theirs:
            raise Forbidden(f"The scenario changes {model._meta.verbose_name_plural} that you may not change.")


def _refuse_what_does_not_fit(plan: BusinessPlan) -> None:
    """Each change may be sound by itself and not together with what the plan has become: one effect twice, work in a circle."""
    refuse_doubled_effects(plan)
    compute_dates(schedule=plan.schedule)


def _write(net: Net, content: scenario_text.Content, stored: dict[tuple[Any, int], Any], by: Person) -> None:
    new = _Numbers()
    for label, row in content["rows"]:  # places for roles, before the rows that stand in them
        if label.startswith("accounts.Scope"):
            new.add(apps.get_model(label), row)
    for model in {model for model, _ in net.gone}:  # first: who answers for a step is one person, so the old one goes before
        history.remove_all(model, [stored[key] for key in net.gone if key[0] is model])
    early = {key: row for key, row in net.changed.items() if new.knows(key[0], row)}
    _change(new, early, stored)
    waiting = list(net.made.items())
    while waiting:
        ready = [item for item in waiting if new.knows(item[0][0], item[1])]
        if not ready:
            raise Refused("The scenario cannot be adopted: rows in it wait for each other.", advice="Tell your administrator.")
        for (model, _), row in ready:
            _refuse_new(model, new.add(model, _undecided(model, row, None)), by)
        waiting = [item for item in waiting if item not in ready]
    _change(new, {key: row for key, row in net.changed.items() if key not in early}, stored)
    _see_that_nothing_hangs(net.gone)


def _change(new: _Numbers, rows: dict[tuple[Any, int], dict[str, Any]], stored: dict[tuple[Any, int], Any]) -> None:
    """Give the stored rows their values of the scenario."""
    for key, row in rows.items():
        told = new.told(key[0], _undecided(key[0], row, stored[key]))
        history.change(stored[key], {name: value for name, value in told.items() if name not in COMPUTED})


def _see_that_nothing_hangs(gone: set[tuple[Any, int]]) -> None:
    """What was only computed from the removed rows goes too; refused where something that came meanwhile points at them."""
    for model in {model for model, _ in gone}:
        ids = [pk for of, pk in gone if of is model]
        for relation in model._meta.get_fields(include_hidden=True):
            pointing = relation.related_model if relation.auto_created and not relation.concrete else None
            if pointing is None or not issubclass(pointing, InOrganisation):
                continue
            rows = pointing.objects.filter(**{f"{relation.field.name}__in": ids})
            if relation.on_delete is models.SET_NULL and issubclass(pointing, Tracked):
                for row in rows:
                    history.change(row, {relation.field.name: None})
            elif relation.on_delete is models.CASCADE and not issubclass(pointing, Tracked):
                rows.delete()
            elif (first := rows.first()) is not None:
                named = f"a {pointing._meta.verbose_name} “{first}” hangs on a {model._meta.verbose_name} that it removes"
                raise Refused(
                    f"The plan was changed meanwhile where the scenario changes it: {named}.",
                    advice="Make a new scenario from today’s plan and change it there.",
                )


def _refuse_new(model: Any, row: Any, by: Person) -> None:
    if not visible(model.objects.filter(pk=row.pk), by, Act.EDIT).exists():
        raise Forbidden(f"The scenario adds a {model._meta.verbose_name} that you may not add.")


def _undecided(model: Any, row: dict[str, Any], before: Any) -> dict[str, Any]:
    """The row without what only a decision gives: its state as stored before, or as a new row begins.

    Where somebody signed inside, what was signed before no longer stands as it stood: then nobody has signed.
    """
    found = dict(row)
    fields = {f.attname: f for f in model._meta.concrete_fields if f.attname in row}
    signed = DECIDED & fields.keys()
    if before is None or any(getattr(before, name) != fields[name].to_python(row[name]) for name in signed):
        found |= {name: fields[name].get_default() for name in signed}
    if row.get("state") in GIVEN and (before is None or before.state != row["state"]):
        given = {"state", *(OF_A_MANDATE if model is Mandate else ())}
        found |= {name: fields[name].get_default() if before is None else getattr(before, name) for name in given}
    return found


class _Numbers:
    """The ids that rows made inside a scenario get in the plan."""

    def __init__(self) -> None:
        self._of: dict[tuple[Any, int], int] = {}

    def knows(self, model: Any, row: dict[str, Any]) -> bool:
        """Whether every row made inside that this one points at has its id."""
        return all(
            (f.related_model, row[f.attname]) in self._of
            for f in model._meta.concrete_fields
            if f.is_relation and (row.get(f.attname) or 0) >= scenario_text.FIRST_ID
        )

    def told(self, model: Any, row: dict[str, Any]) -> dict[str, Any]:
        """The row's values by attribute, ids of rows made inside replaced."""
        found = {}
        for f in model._meta.concrete_fields:
            if f.attname in row:
                value = f.to_python(row[f.attname])
                found[f.attname] = self._of.get((f.related_model, value), value) if f.is_relation else value
        return found

    def add(self, model: Any, row: dict[str, Any]) -> models.Model:
        """Add the row under an id of its own."""
        pk = model._meta.pk
        told = self.told(model, row)
        if not pk.is_relation:
            told.pop(pk.attname, None)
        made: models.Model = model(**{name: value for name, value in told.items() if name not in COMPUTED})
        if not issubclass(model, Tracked):
            made.organisation_id = row["organisation_id"]  # type: ignore[attr-defined]
        made.save(force_insert=True)
        if not pk.is_relation:
            self._of[model, row[pk.attname]] = made.pk
        return made
