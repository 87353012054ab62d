"""How work moves a number: said once on a path, in order, by size or range; supervision has no number of its own."""

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.models import Contribution, Supervision
from goldenthread.projects.models import GoalAnswer


def contribute(scene, **more):
    given = {"kpi": scene.kpi, "step": scene.step, "by": scene.cast.head, "effect": (-1.1, -0.8, -0.5), "chance": 85, **more}
    return actions.contribute(**given)


def test_a_size_is_a_share_of_the_way_to_the_target(scene):
    row = contribute(scene, effect=None, size="M")
    way = 3.0 - 5.5
    assert (row.low, row.likely, row.high) == pytest.approx((0.08 * way, 0.15 * way, 0.25 * way))


def test_a_size_without_a_target_is_refused_with_what_to_do(scene):
    from goldenthread.purpose import actions as purpose

    other = purpose.add_kpi(office=scene.cast.office, name="Other", by=scene.cast.head, unit="x", direction="RISE")
    with pytest.raises(Refused, match="no target yet"):
        contribute(scene, kpi=other, effect=None, size="S")


@pytest.mark.parametrize("effect", [(1.0, 0.5, 2.0), (float("nan"), 1, 2), (0, 1, float("inf"))])
def test_a_range_out_of_order_or_not_a_number_is_refused(scene, effect):
    with pytest.raises(Refused):
        contribute(scene, effect=effect)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("chance", [-1, 101, 140])
def test_a_chance_beyond_certainty_is_refused(scene, chance):
    with pytest.raises(Refused) as refusal:
        contribute(scene, chance=chance)
    assert refusal.value.field == "chance"


def test_one_effect_per_figure_on_a_path(scene):
    contribute(scene)
    below = actions.add_step(plan=scene.plan, name="Ask the clients", by=scene.cast.head, parent=scene.step)
    with pytest.raises(Refused, match="counted once"):
        contribute(scene, step=below)
    beside = actions.add_step(plan=scene.plan, name="Beside", by=scene.cast.head)
    contribute(scene, step=beside)
    with pytest.raises(Refused, match="counted once"):
        actions.move_step(step=scene.fresh(beside), parent=scene.step, by=scene.cast.head)


def test_naming_a_goal_answers_the_question_and_undo_takes_both_back(scene):
    contribute(scene)
    assert scene.fresh(scene.step).goal_answer == GoalAnswer.LINKED
    undo(changeset=Changeset.objects.latest("id"), by=scene.cast.head)
    assert not Contribution.objects.exists()
    assert scene.fresh(scene.step).goal_answer == GoalAnswer.NOT_ASKED


def test_withdrawing_the_last_one_leaves_a_question(scene):
    row = contribute(scene)
    actions.withdraw_contribution(contribution=row, by=scene.cast.head)
    assert scene.fresh(scene.step).goal_answer == GoalAnswer.DONT_KNOW


def test_a_second_writer_is_told(scene):
    row = contribute(scene)
    actions.edit_contribution(contribution=row, changes={"chance": 70}, by=scene.cast.head, version=1)
    with pytest.raises(Conflict):
        actions.edit_contribution(contribution=scene.fresh(row), changes={"chance": 60}, by=scene.cast.head, version=1)


def test_supervision_carries_no_figure_and_makes_the_step_linked(scene):
    contribute(scene, step=None, project=scene.project)
    actions.supervise(step=scene.step, project=scene.project, by=scene.cast.head, raised=(4, 10, 18))
    step = scene.fresh(scene.step)
    assert (step.mode, step.goal_answer) == ("SUPERVISED", GoalAnswer.LINKED)
    with pytest.raises(Refused):
        actions.supervise(step=scene.step, project=scene.project, by=scene.cast.head)
    assert Supervision.objects.count() == 1


def test_who_may_not_plan_may_not_promise(scene):
    with pytest.raises(Forbidden):
        contribute(scene, by=scene.cast.member)


def test_the_sentence_says_it_all(scene):
    row = contribute(scene, mechanism="those who wait sit at the table.", grade=2)
    assert queries.contribution_sentence(row, None) == (
        "This step moves Decision latency by −1.1 to −0.5 days, because those who wait sit at the table; evidence E2 (accepted)."
    )


def test_judging_that_it_does_not_work_needs_a_reason(scene):
    row = contribute(scene)
    with pytest.raises(Refused, match="what showed it"):
        actions.judge_contribution(contribution=row, shown="REFUTED", by=scene.cast.head)


def test_who_may_not_change_it_reads_what_the_work_moves_without_a_form(scene):
    row = contribute(scene)
    page = scene.cast.client(scene.cast.sponsor).get(f"/plan/contributions/{row.pk}").content.decode()
    main = page.split('id="main"', 1)[1]
    assert row.kpi.name in main
    assert "Who plans this work changes it." in main
    assert ">Save<" not in main
    assert ">Save<" in scene.cast.client(scene.cast.head).get(f"/plan/contributions/{row.pk}").content.decode()
