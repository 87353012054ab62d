"""Undo, for every model that has history: create, change, delete, undo, and undo of the undo."""

from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Changeset, Person, RoleGrant
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.plan.actions import add_step, found_plan
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective, Office
from goldenthread.schedule.models import Activity, ActivityDates
from goldenthread.workspace.actions import ask_question
from tests.rows import DAY, MOMENT, Planter, tracked, under_top


def each(models_: list[Any]) -> Any:
    return pytest.mark.parametrize("model", models_, ids=[model._meta.label for model in models_])


def state(row: Any) -> dict[str, Any] | None:
    """All stored columns but the version, or None when the row is gone."""
    stored = type(row).objects.filter(pk=row.pk).values().first()
    return None if stored is None else {name: value for name, value in stored.items() if name != "version"}


def planted(model: Any) -> tuple[Planter, Any, Changeset]:
    """A row of the model, made by an action of its own; what it needs was made by an earlier one."""
    planter = under_top()
    with actions.changeset(title="Make the ground", by=None):
        row = planter.build(model)
    with actions.changeset(title="Make the row", by=None) as made:
        row.save()
    return planter, row, made


def changed(row: Any) -> dict[str, Any]:
    """Another value for some plain column of the row; empty where it has none."""
    for field in row._meta.concrete_fields:
        if (
            field.primary_key
            or field.is_relation
            or field.choices
            or field.unique
            or field.name in {"version", "withdrawn_because"}
        ):
            continue
        if isinstance(field, models.EmailField | models.SlugField):
            continue
        if isinstance(field, models.CharField | models.TextField):
            value = "other"[: field.max_length] if getattr(row, field.name) != "other" else "more"
            return {field.name: value if field.max_length is None or field.max_length > 3 else "CHF"}
        if isinstance(field, models.BooleanField):
            return {field.name: not getattr(row, field.name)}
        if isinstance(field, models.IntegerField | models.FloatField):
            return {field.name: (getattr(row, field.name) or 0) + 1}
        if isinstance(field, models.DateTimeField):
            return {field.name: MOMENT.replace(day=3)}
        if isinstance(field, models.DateField):
            return {field.name: DAY.replace(day=3)}
    kept = next((field.name for field in row._meta.concrete_fields if isinstance(field, models.JSONField)), None)
    return {kept: {"other": 1}} if kept else {}


CHANGEABLE = [model for model in tracked() if changed(model())]
DELETABLE = [model for model in tracked() if not model.is_fact]


def test_nearly_every_model_has_something_to_change():
    assert len(CHANGEABLE) >= len(tracked()) - 5  # rows that only tie two others together


@each(CHANGEABLE)
def test_a_change_is_undone_and_the_undo_too(cast, model):
    _, row, _ = planted(model)
    before, version = state(row), row.version
    changes = changed(row)
    with actions.changeset(title="Change the row", by=None) as made:
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()
    after = state(row)
    assert after != before
    if model.is_sealed:
        with pytest.raises(Refused, match="cannot be taken back"):
            undo(changeset=made, by=None)
        assert state(row) == after
        return
    undone = undo(changeset=made, by=None)
    assert state(row) == before
    undo(changeset=undone, by=None)
    assert state(row) == after
    assert model.objects.get(pk=row.pk).version == version + 3


@each(DELETABLE)
def test_a_deletion_is_undone_and_the_undo_too(cast, model):
    _, row, _ = planted(model)
    before = state(row)
    with actions.changeset(title="Delete the row", by=None) as made:
        model.objects.get(pk=row.pk).delete()
    assert state(row) is None
    undone = undo(changeset=made, by=None)
    assert state(row) == before
    undo(changeset=undone, by=None)
    assert state(row) is None


@each(tracked())
def test_a_new_row_goes_again_or_gets_its_reversing_entry(cast, model):
    _, row, made = planted(model)
    before = state(row)
    reverses = any(f.name == "withdrawn_at" for f in model._meta.concrete_fields) or hasattr(model, "taken_back")
    if model.is_fact and not reverses:
        with pytest.raises(Refused, match="fact"):
            undo(changeset=made, by=None)
        assert state(row) == before
        return
    undone = undo(changeset=made, by=None)
    if hasattr(model, "taken_back"):
        assert state(row) == before | model.taken_back(undone.at) != before
    elif model.is_fact:
        assert state(row)["withdrawn_at"] is not None
    else:
        assert state(row) is None
    undo(changeset=undone, by=None)
    assert state(row) == before


@each(CHANGEABLE)
def test_undo_is_refused_after_a_later_change_and_names_it(cast, model):
    _, row, made = planted(model)
    changes = changed(row)
    with actions.changeset(title="The later change", by=None):
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()
    kept = state(row)
    with pytest.raises(Refused, match="cannot be taken back" if model.is_sealed else "The later change"):
        undo(changeset=made, by=None)
    assert state(row) == kept


def test_history_is_whole_after_all_this(cast):
    _, row, made = planted(Objective)
    undone = undo(changeset=made, by=None)
    undo(changeset=undone, by=None)
    kinds = list(history.records(Objective).filter(id=row.pk).order_by("history_id").values_list("history_type", flat=True))
    assert kinds == ["+", "-", "+"]


def test_undo_of_a_row_that_a_later_row_points_at_names_the_later_action(cast):
    planter, _, made = planted(Objective)
    objective = Objective.objects.get(pk=history.records(Objective).get(changeset=made).id)
    with actions.changeset(title="Aim at it", by=None):
        planter.plant(queries_model("purpose.Target"), objective=objective)
    with pytest.raises(Refused, match="Aim at it"):
        undo(changeset=made, by=None)
    assert Objective.objects.filter(pk=objective.pk).exists()


def test_a_hidden_reference_holds_as_well(cast):
    """`Office.head` has no reverse name, and would be emptied by a plain deletion."""
    with actions.changeset(title="Add somebody", by=None) as made:
        person = Person(name="Somebody")
        person.save()
    with actions.changeset(title="Name the head", by=None):
        office = Office.objects.get(pk=cast.office.pk)
        history.change(office, {"head": person})
    with pytest.raises(Refused, match="Name the head"):
        undo(changeset=made, by=None)
    assert Office.objects.get(pk=cast.office.pk).head == person


def queries_model(label: str) -> Any:
    return next(model for model in tracked() if model._meta.label == label)


def test_computed_rows_do_not_stand_in_the_way(cast):
    _, row, made = planted(Activity)
    ActivityDates(
        activity=row, early_start=DAY, early_finish=DAY, late_start=DAY, late_finish=DAY,
        total_float=0, free_float=0, is_critical=True,
    ).save()  # fmt: skip
    undo(changeset=made, by=None)
    assert not Activity.objects.filter(pk=row.pk).exists()
    assert not ActivityDates.objects.filter(activity_id=row.pk).exists()


def test_a_value_that_passed_from_one_row_to_another_goes_back(cast):
    """At no moment of the undo do two rows hold the one value that only one may hold."""
    mandate = queries_model("purpose.Mandate")
    planter = under_top()
    with actions.changeset(title="Two mandates", by=None):
        first, second = planter.plant(mandate, state="IN_FORCE"), planter.plant(mandate, state="DRAFT")
    with actions.changeset(title="Succession", by=None) as made:
        history.change(first, {"state": "SUPERSEDED"})
        history.change(second, {"state": "IN_FORCE"})
    undone = undo(changeset=made, by=None)
    assert [mandate.objects.get(pk=m.pk).state for m in (first, second)] == ["IN_FORCE", "DRAFT"]
    undo(changeset=undone, by=None)
    assert [mandate.objects.get(pk=m.pk).state for m in (first, second)] == ["SUPERSEDED", "IN_FORCE"]


def test_a_replaced_fact_stands_again_after_undo(cast):
    measurement = queries_model("purpose.Measurement")
    planter, old, _ = planted(measurement)
    with actions.changeset(title="Correct the figure", by=None) as made:
        history.change(old, {"withdrawn_at": made.at, "withdrawn_because": "typing error"})
        new = planter.plant(measurement, value=7.0)
    undo(changeset=made, by=None)
    assert measurement.objects.get(pk=old.pk).withdrawn_at is None
    assert measurement.objects.get(pk=new.pk).withdrawn_because == "undone"


def test_what_took_the_place_meanwhile_is_a_refusal_not_a_fault(cast):
    planter, _, made = planted(RoleGrant)
    undone = undo(changeset=made, by=None)
    with actions.changeset(title="Give it again", by=None):
        planter.plant(RoleGrant)
    with pytest.raises(Refused, match="cannot be undone"):
        undo(changeset=undone, by=None)


def test_nothing_is_undone_twice(cast):
    _, _, made = planted(Objective)
    undo(changeset=made, by=None)
    with pytest.raises(Refused, match="undone already"):
        undo(changeset=Changeset.objects.get(pk=made.pk), by=None)


def test_an_action_that_wrote_nothing_tracked_cannot_be_undone(cast):
    with actions.changeset(title="Nothing", by=None) as made:
        pass
    with pytest.raises(Refused, match="nothing that can be undone"):
        undo(changeset=made, by=None)


def test_undo_of_many_rows_needs_few_statements(cast, django_assert_max_num_queries):
    planter = under_top()
    with actions.changeset(title="Ground", by=None):
        office = planter.row(Office)
    with actions.changeset(title="Import", by=None) as made:
        history.add_all(Objective, [Objective(office=office, title=f"Objective {n}") for n in range(400)])
    with django_assert_max_num_queries(160):
        undone = undo(changeset=made, by=None)
    assert not Objective.objects.filter(office=office).exists()
    with django_assert_max_num_queries(160):
        undo(changeset=undone, by=None)
    assert Objective.objects.filter(office=office).count() == 400


class TestWhoMayUndo:
    def objective(self, cast, *, by=None, **fields):
        with actions.changeset(title="Add it", by=by) as made:
            Objective(office=cast.office, title="Fewer complaints", **fields).save()
        return made

    def test_the_author_may(self, cast):
        undo(changeset=self.objective(cast, by=cast.pmo), by=cast.pmo)

    def test_the_head_of_the_office_may(self, cast):
        undo(changeset=self.objective(cast, by=cast.pmo), by=cast.head)

    def test_a_colleague_may_not(self, cast):
        with pytest.raises(Forbidden):
            undo(changeset=self.objective(cast, by=cast.head), by=cast.pmo)

    def test_an_administrator_may_not_undo_what_he_may_not_change(self, cast):
        with pytest.raises(Forbidden):
            undo(changeset=self.objective(cast, by=cast.head), by=cast.admin)

    def test_the_author_without_the_right_any_more_may_not(self, cast):
        made = self.objective(cast, by=cast.pmo)
        actions.withdraw_role(grant=RoleGrant.objects.get(person=cast.pmo), by=cast.head)
        with pytest.raises(Forbidden):
            undo(changeset=made, by=cast.fresh(cast.pmo))

    def test_nobody_climbs_by_undoing(self, cast):
        """Undoing the withdrawal of a role is giving it."""
        grant = actions.grant_role(person=cast.pmo, role=Role.AUDITOR, scope=cast.office.scope, by=cast.admin)
        actions.withdraw_role(grant=grant, by=cast.admin)
        withdrawn = Changeset.objects.order_by("-id").first()
        with pytest.raises(Forbidden):
            undo(changeset=withdrawn, by=cast.head)
        undo(changeset=withdrawn, by=cast.admin)
        assert Role.AUDITOR in queries.rights(cast.fresh(cast.pmo)).roles

    def test_what_holds_for_the_whole_organisation_is_not_undone_by_the_head_of_one_office(self, cast):
        actions.set_rate(currency="USD", valid_from=DAY, millionths=900_000, by=cast.admin)
        made = Changeset.objects.order_by("-id").first()
        assert not queries.may_undo(made, cast.head)
        with pytest.raises(Forbidden):
            undo(changeset=made, by=cast.head)

    def test_an_invitation_of_somebody_who_outranks_one_stays(self, cast):
        actions.invite(person=cast.sponsor, by=cast.admin)
        with pytest.raises(Forbidden):
            undo(changeset=Changeset.objects.order_by("-id").first(), by=cast.head)

    def test_an_organisation_keeps_an_administrator(self, cast):
        actions.grant_role(person=cast.head, role=Role.ADMINISTRATOR, scope=cast.top, by=cast.admin)
        made = Changeset.objects.order_by("-id").first()
        actions.withdraw_role(grant=RoleGrant.objects.get(person=cast.admin), by=cast.fresh(cast.head))
        with pytest.raises(Refused, match="administrator"):
            undo(changeset=made, by=None)


def test_who_adds_an_office_by_right_of_the_settings_may_undo_it(cast):
    purpose.add_office(name="Third", by=cast.admin)
    undo(changeset=Changeset.objects.latest("pk"), by=cast.admin)
    assert not Office.objects.filter(name="Third").exists()


def test_who_enters_the_figure_of_ones_own_kpi_may_undo_it(cast):
    kpi = purpose.add_kpi(office=cast.office, name="Leaks", unit="l", direction="FALL", by=cast.head, owner=cast.nobody)
    purpose.enter_measurement(kpi=kpi, on=DAY, value=5, by=cast.nobody)
    undo(changeset=Changeset.objects.latest("pk"), by=cast.nobody)
    assert not kpi.measurements.filter(withdrawn_at__isnull=True).exists()


def test_undo_of_a_question_ends_its_link_and_keeps_the_fact(cast):
    plan = found_plan(office=cast.office, by=cast.head)
    step = add_step(plan=plan, name="Look", by=cast.head, accountable=cast.head)
    given = {"ref_kind": "step", "ref_id": step.pk, "question_kind": "FREE", "by": cast.pmo}
    asked = ask_question(asked=cast.head, **given).question
    undo(changeset=Changeset.objects.latest("pk"), by=cast.pmo)
    asked.refresh_from_db()
    assert asked.expires_at <= timezone.now()


def edited_twice_and_back(cast):
    """An objective, the first edit of its title, and the undo of the second."""
    row = purpose.add_objective(office=cast.office, title="Fewer leaks", by=cast.head, owner=cast.head)
    purpose.edit_objective(objective=row, changes={"title": "Half the leaks"}, by=cast.head)
    first = Changeset.objects.latest("pk")
    purpose.edit_objective(objective=row, changes={"title": "No leaks"}, by=cast.head)
    return row, first, undo(changeset=Changeset.objects.latest("pk"), by=cast.head)


def test_a_later_change_that_was_undone_no_longer_stands_in_the_way(cast):
    row, first, back = edited_twice_and_back(cast)
    again = undo(changeset=back, by=cast.head)
    with pytest.raises(Refused, match="was changed after it by “Edit the objective Half the leaks”"):
        undo(changeset=first, by=cast.head)
    undo(changeset=again, by=cast.head)
    undo(changeset=first, by=cast.head)
    row.refresh_from_db()
    assert row.title == "Fewer leaks"


def test_an_undo_that_reaches_behind_an_action_is_a_later_change(cast):
    _, first, back = edited_twice_and_back(cast)
    undo(changeset=first, by=cast.head)
    with pytest.raises(Refused, match="was changed after it by “Undo: Edit the objective"):
        undo(changeset=back, by=cast.head)
