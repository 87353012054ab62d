from datetime import date

import pytest
import time_machine

from goldenthread.accounts.actions import changeset
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.purpose import actions
from goldenthread.purpose.models import Kpi, Objective

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        yield


@pytest.fixture
def approved(scene):
    actions.propose_objective(objective=scene.objective, by=scene.cast.pmo)
    actions.approve_objective(objective=scene.objective, by=scene.cast.sponsor)
    return scene.objective


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_an_objective_is_added_as_a_draft_and_undone(scene):
    added = actions.add_objective(office=scene.cast.office, title=" Fewer faults ", by=scene.cast.pmo, source_key="g-1")
    assert (added.title, added.state, added.source_key) == ("Fewer faults", "DRAFT", "g-1")
    scene.undo_last()
    assert not Objective.objects.filter(pk=added.pk).exists()


def test_who_may_not_write_objectives_adds_none(scene):
    for person in (scene.cast.member, scene.cast.sponsor, scene.cast.nobody):
        with pytest.raises(Forbidden):
            actions.add_objective(office=scene.cast.office, title="Mine", by=person)


def test_an_objective_needs_a_sentence_and_known_fields(scene):
    with pytest.raises(Refused) as refusal:
        actions.add_objective(office=scene.cast.office, title="", by=scene.cast.head)
    assert refusal.value.field == "title"
    with pytest.raises(Refused, match="state"):
        actions.add_objective(office=scene.cast.office, title="Mine", by=scene.cast.head, state="APPROVED")


def test_a_clause_of_another_office_is_not_cited(scene):
    cast = scene.cast
    with pytest.raises(Forbidden):
        actions.add_objective(office=cast.second_office, title="Theirs", by=cast.head, clause=scene.clause)
    scene.objective.office = cast.second_office
    with pytest.raises(Refused, match="another office"):
        actions.edit_objective(objective=scene.objective, changes={"clause": scene.mandate.clauses.get(number=2)}, by=cast.head)


def test_only_who_may_see_confidential_things_makes_one(scene):
    with pytest.raises(Forbidden):
        actions.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=scene.cast.pmo)
    actions.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=scene.cast.head)
    with pytest.raises(Forbidden):
        actions.edit_objective(objective=scene.objective, changes={"detail": "x"}, by=scene.cast.people["PORTFOLIO_MANAGER"])


def test_an_edit_under_an_old_version_shows_both(scene):
    seen = scene.objective.version
    actions.edit_objective(objective=scene.objective, changes={"short_name": "First"}, by=scene.cast.pmo, version=seen)
    with pytest.raises(Conflict) as conflict:
        actions.edit_objective(
            objective=stored(scene.objective), changes={"short_name": "Second"}, by=scene.cast.head, version=seen
        )
    assert conflict.value.differences[0].theirs == "First"
    assert stored(scene.objective).short_name == "First"


def test_the_way_to_approval_and_back_by_undo(scene):
    actions.propose_objective(objective=scene.objective, by=scene.cast.pmo)
    assert stored(scene.objective).state == "PROPOSED"
    scene.undo_last()
    assert stored(scene.objective).state == "DRAFT"
    actions.propose_objective(objective=stored(scene.objective), by=scene.cast.pmo)
    actions.approve_objective(objective=stored(scene.objective), by=scene.cast.sponsor)
    assert stored(scene.objective).state == "APPROVED"
    scene.undo_last()
    assert stored(scene.objective).state == "PROPOSED"


def test_a_step_of_the_way_is_not_skipped_or_taken_twice(scene, approved):
    with pytest.raises(Refused, match="is approved"):
        actions.approve_objective(objective=approved, by=scene.cast.head)
    draft = actions.add_objective(office=scene.cast.office, title="Another", by=scene.cast.head)
    with pytest.raises(Refused, match="is draft"):
        actions.approve_objective(objective=draft, by=scene.cast.head)


def test_who_proposes_does_not_thereby_approve(scene):
    actions.propose_objective(objective=scene.objective, by=scene.cast.pmo)
    with pytest.raises(Forbidden):
        actions.approve_objective(objective=scene.objective, by=scene.cast.pmo)


def spoil_clause(scene):
    actions.edit_objective(objective=scene.objective, changes={"clause": None}, by=scene.cast.head)


def spoil_mandate(scene):
    actions.retire_mandate(mandate=scene.mandate, reason="Closed", by=scene.cast.head)


def spoil_owner(scene):
    actions.edit_objective(objective=scene.objective, changes={"owner": None}, by=scene.cast.head)


def spoil_target(scene):
    actions.remove_target(target=scene.target, by=scene.cast.head)


def spoil_baseline(scene):
    actions.edit_target(target=scene.target, changes={"baseline": None}, by=scene.cast.head)


def spoil_day(scene):
    actions.edit_target(target=scene.target, changes={"due_on": None}, by=scene.cast.head)


def spoil_quality(scene):
    actions.edit_target(target=scene.target, changes={"tolerance": None}, by=scene.cast.head)
    actions.edit_kpi(kpi=scene.kpi, changes={"source": ""}, by=scene.cast.head)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (spoil_clause, "cites no clause"),
        (spoil_mandate, "not in force"),
        (spoil_owner, "name an owner"),
        (spoil_target, "no required target"),
        (spoil_baseline, "Where it stands today"),
        (spoil_day, "What to reach, by when"),
        (spoil_quality, "70 of 100, 80 are needed"),
    ],
)
def test_approval_is_refused_naming_what_is_missing(scene, spoil, named):
    spoil(scene)
    objective = stored(scene.objective)
    actions.propose_objective(objective=objective, by=scene.cast.head)
    with pytest.raises(Refused, match=named):
        actions.approve_objective(objective=objective, by=scene.cast.head)
    assert stored(objective).state == "PROPOSED"


def test_a_mandate_that_has_run_out_carries_no_approval(scene):
    actions.edit_mandate(mandate=scene.mandate, changes={"valid_to": date(2026, 11, 22)}, by=scene.cast.head)
    objective = stored(scene.objective)
    actions.propose_objective(objective=objective, by=scene.cast.head)
    with pytest.raises(Refused, match="not in force"):
        actions.approve_objective(objective=objective, by=scene.cast.head)


def test_what_was_approved_changes_only_by_an_approver_with_a_reason(scene, approved):
    with pytest.raises(Forbidden):
        actions.edit_objective(objective=approved, changes={"title": "Softer"}, by=scene.cast.pmo, reason="why not")
    with pytest.raises(Forbidden):
        actions.edit_target(target=scene.target, changes={"value": 4.0}, by=scene.cast.pmo, reason="why not")
    with pytest.raises(Refused) as refusal:
        actions.edit_target(target=scene.target, changes={"value": 4.0}, by=scene.cast.head)
    assert refusal.value.field == "reason"
    actions.edit_target(target=scene.target, changes={"value": 4.0}, by=scene.cast.head, reason="The board asked for less")
    assert stored(scene.target).value == 4.0
    actions.edit_objective(objective=approved, changes={"detail": "Minutes are the source."}, by=scene.cast.pmo)


def test_the_reason_of_the_action_around_it_counts(scene, approved):
    with changeset(title="Read the file again", by=scene.cast.head, reason="New figures of the board"):
        actions.edit_target(target=scene.target, changes={"value": 3.5}, by=scene.cast.head)
    assert stored(scene.target).value == 3.5


def test_an_approved_objective_keeps_a_required_target(scene, approved):
    with pytest.raises(Refused, match="at least one required target"):
        actions.remove_target(target=scene.target, by=scene.cast.head, reason="Not needed")


def test_it_goes_back_to_draft_with_a_reason(scene):
    actions.propose_objective(objective=scene.objective, by=scene.cast.pmo)
    with pytest.raises(Refused):
        actions.return_objective(objective=scene.objective, reason="", by=scene.cast.head)
    with pytest.raises(Forbidden):
        actions.return_objective(objective=scene.objective, reason="Sharpen it", by=scene.cast.pmo)
    actions.return_objective(objective=scene.objective, reason="Sharpen it", by=scene.cast.head)
    assert stored(scene.objective).state == "DRAFT"


def test_it_is_achieved_only_when_its_last_figure_says_so(scene, approved):
    with pytest.raises(Refused, match=r"Decision latency stands at 4\.6"):
        actions.achieve_objective(objective=approved, by=scene.cast.head)
    actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=3.2, by=scene.cast.pmo)  # within the tolerance of 0.2
    actions.achieve_objective(objective=approved, by=scene.cast.sponsor)
    assert stored(approved).state == "ACHIEVED"
    with pytest.raises(Refused, match="stays as it was"):
        actions.edit_objective(objective=stored(approved), changes={"title": "Other"}, by=scene.cast.head, reason="x")
    scene.undo_last()
    assert stored(approved).state == "APPROVED"


def test_it_is_retired_with_a_reason_and_undone(scene, approved):
    with pytest.raises(Refused):
        actions.retire_objective(objective=approved, reason=" ", by=scene.cast.head)
    actions.retire_objective(objective=approved, reason="The strategy changed", by=scene.cast.head)
    assert stored(approved).state == "RETIRED"
    scene.undo_last()
    assert stored(approved).state == "APPROVED"


def test_an_agreement_names_the_goal_who_and_when(scene):
    cast = scene.cast
    with pytest.raises(Refused) as refusal:
        actions.agree_objective(objective=scene.objective, leadership_goal="", agreed_by=cast.sponsor, by=cast.head)
    assert refusal.value.field == "leadership_goal"
    with pytest.raises(Refused, match="lies in the past"):
        actions.agree_objective(
            objective=scene.objective,
            leadership_goal="Serve clients faster",
            agreed_by=cast.sponsor,
            by=cast.head,
            on=date(2026, 12, 1),
        )
    with pytest.raises(Forbidden):
        actions.agree_objective(objective=scene.objective, leadership_goal="G", agreed_by=cast.sponsor, by=cast.member)
    actions.agree_objective(
        objective=scene.objective, leadership_goal="Serve clients faster", agreed_by=cast.sponsor, by=cast.sponsor
    )
    row = stored(scene.objective)
    assert (row.leadership_goal, row.agreed_by, row.agreed_on) == ("Serve clients faster", cast.sponsor, TODAY)
    scene.undo_last()
    assert stored(scene.objective).agreed_by is None


class TestTargets:
    def test_a_target_is_set_changed_removed_and_each_is_undone(self, scene):
        head = scene.cast.head
        added = actions.set_target(objective=scene.objective, kpi=scene.kpi, by=head, value=2.0, due_on=date(2028, 1, 1))
        scene.undo_last()
        assert not type(added).objects.filter(pk=added.pk).exists()
        actions.edit_target(target=scene.target, changes={"value": 2.5}, by=head, version=scene.target.version)
        scene.undo_last()
        assert stored(scene.target).value == 3.0
        actions.remove_target(target=stored(scene.target), by=head)
        assert scene.objective.targets.count() == 0
        scene.undo_last()
        assert scene.objective.targets.get().value == 3.0

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"value": float("nan")}, "value"),
            ({"value": -1.0}, "value"),  # the KPI's floor is 0
            ({"tolerance": -0.1}, "tolerance"),
            ({"band_low": 1.0, "band_high": 2.0}, "band_low"),
            ({"baseline_on": date(2027, 1, 1), "due_on": date(2026, 12, 1)}, "due_on"),
            ({"value": 2.0, "due_on": date(2027, 10, 31)}, "due_on"),  # there already
            ({"nonsense": 1}, "nonsense"),
        ],
    )
    def test_a_target_that_cannot_be_is_refused_by_field(self, scene, fields, field):
        with pytest.raises(Refused) as refusal:
            actions.set_target(objective=scene.objective, kpi=scene.kpi, by=scene.cast.head, **fields)
        assert refusal.value.field == field

    def test_a_band_has_edges_and_no_value(self, scene):
        head = scene.cast.head
        load = actions.add_kpi(office=scene.cast.office, name="Load", unit="%", direction=Kpi.Direction.BAND, by=head)
        for fields, field in (({"value": 80.0}, "value"), ({"band_low": 90.0, "band_high": 80.0}, "band_high")):
            with pytest.raises(Refused) as refusal:
                actions.set_target(objective=scene.objective, kpi=load, by=head, **fields)
            assert refusal.value.field == field
        actions.set_target(objective=scene.objective, kpi=load, by=head, band_low=75.0, band_high=95.0)

    def test_a_target_under_an_old_version_conflicts(self, scene):
        seen = scene.target.version
        actions.edit_target(target=scene.target, changes={"value": 2.5}, by=scene.cast.head, version=seen)
        with pytest.raises(Conflict):
            actions.edit_target(target=stored(scene.target), changes={"value": 2.4}, by=scene.cast.head, version=seen)
        with pytest.raises(Conflict):
            actions.remove_target(target=stored(scene.target), by=scene.cast.head, version=seen)
