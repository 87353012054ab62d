"""Nobody reaches work of others round a corner: by asking oneself, by a row named in a form, by judging one's own claim."""

import pytest
from django.urls import reverse

from goldenthread.accounts.actions import changeset
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.plan import actions as plan
from goldenthread.plan.actions.choices import answer_with_choice
from goldenthread.plan.models import Forecast
from goldenthread.plan.queries import NAMELESS, levers
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.workspace import actions as workspace
from tests.cast import add_player


@pytest.fixture
def cast(scene):
    return scene.cast


@pytest.fixture
def far(cast):
    """The second office with a plan, a step, a KPI, a service, and its head."""
    head = add_player("Head Capital", "capital@aldermere.example", Role.HEAD, cast.second_office.scope)
    made = plan.found_plan(office=cast.second_office, by=head)
    return {
        "head": head,
        "plan": made,
        "step": plan.add_step(plan=made, name="Far step", by=head),
        "kpi": purpose.add_kpi(office=cast.second_office, name="Far figure", by=head),
        "service": purpose.add_service(office=cast.second_office, name="Far service", by=head),
    }


def test_asking_oneself_changes_nothing_that_one_may_not_change(scene, cast):
    manager = cast.people[Role.PROJECT_MANAGER]
    given = {"asked": manager, "ref_kind": "step", "ref_id": scene.step.pk, "by": manager}
    with pytest.raises(Forbidden, match="the answer changes it"):
        workspace.ask_question(question_kind="GOAL", **given)
    workspace.ask_question(question_kind="FREE", **given)


def test_an_answer_by_key_names_no_figure_that_one_may_not_see(scene, cast, far):
    for choice in (f"kpi:{far['kpi'].pk}", "kpi:999999"):
        with pytest.raises(Refused, match="not one of the answers") as refusal:
            answer_with_choice(subject=scene.project, choice=choice, by=cast.pmo)
        assert "Far figure" not in str(refusal.value)


def test_a_step_moves_only_inside_its_plan(scene, cast, far):
    for given in ({"parent": far["step"]}, {"parent": None, "after": far["step"]}):
        with pytest.raises(Refused, match="another schedule"):
            plan.move_step(step=scene.step, by=cast.head, **given)


def test_a_step_belongs_to_a_service_of_its_office(scene, cast, far):
    with pytest.raises(Refused, match="another office"):
        plan.edit_step(step=scene.step, changes={"service": far["service"]}, by=cast.head)
    with pytest.raises(Refused, match="another office"):
        plan.add_step(plan=scene.plan, name="Lent", service=far["service"], by=cast.head)


def test_a_duty_justifies_only_work_that_one_may_change(scene, cast, far):
    given = {"plan": far["plan"], "name": "Report", "source": "The Water Act", "by": far["head"]}
    with pytest.raises(Refused, match="another plan"):
        plan.add_duty(step=scene.step, **given)
    with pytest.raises(Forbidden):
        plan.add_duty(project=scene.project, **given)
    duty = plan.add_duty(**given)
    with pytest.raises(Forbidden):
        plan.edit_duty(duty=duty, changes={"project": scene.project}, by=far["head"])
    assert scene.fresh(scene.project).goal_answer != "DUTY"


def test_who_claims_an_effect_does_not_judge_it(scene, cast):
    manager = add_player("Manager", "pm@aldermere.example", Role.PROJECT_MANAGER, scene.project.scope)
    claim = plan.contribute(kpi=scene.kpi, project=scene.project, size="L", by=manager)
    with pytest.raises(Forbidden):
        plan.confirm_contribution(contribution=claim, by=manager)
    with pytest.raises(Forbidden):
        plan.judge_contribution(contribution=claim, shown="SHOWN", by=manager)
    plan.confirm_contribution(contribution=claim, by=cast.pmo)


def test_asking_for_a_forecast_leads_to_our_own_pages_only(cast, scene):
    client = cast.client(cast.head)
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.post("/plan/forecast", {"next": wanted})["Location"] == reverse("plan:plan")
    assert client.post("/plan/forecast", {"next": "/objectives/1"})["Location"] == "/objectives/1"


def test_the_team_is_the_one_that_one_plans_for(cast, scene, far):
    with changeset(title="Far work", by=far["head"]):
        plan.set_raci(step=far["step"], person=cast.nobody, letter="R", by=far["head"])
    assert cast.nobody.name in cast.client(far["head"]).get("/?team").content.decode()
    assert cast.nobody.name not in cast.client(cast.head).get("/?team").content.decode()


def test_a_lever_that_one_may_not_see_has_no_name(scene, cast):
    projects.edit_project(project=scene.project, changes={"is_confidential": True}, by=cast.head)
    kept = [{"ref": f"project:{scene.project.pk}"}, {"ref": f"step:{scene.step.pk}"}]
    step = scene.step.activity.name
    made = Forecast(results={"levers": {"1": kept}})
    assert [lever["name"] for lever in levers(made, 1, cast.fresh(cast.pmo))] == [NAMELESS, step]
    assert [lever["name"] for lever in levers(made, 1, cast.fresh(cast.head))] == [scene.project.name, step]


def test_a_plan_is_started_only_by_who_may_change_it_even_where_it_is_there(scene, cast):
    with pytest.raises(Forbidden):
        plan.found_plan(office=cast.office, by=cast.member)
    assert plan.found_plan(office=cast.office, by=cast.head) == scene.plan
