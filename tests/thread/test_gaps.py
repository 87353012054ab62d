"""Every row of the gaps page has what repairs it; it works, and undo takes it back."""

import re

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.kit.permissions import Role
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Duty, Raci, Step
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.resources import actions as resources
from goldenthread.workspace.models import InboxItem
from tests.thread.conftest import goal, text


def links(client) -> set[tuple[str, str]]:
    """The repairs that the page offers: reference and action."""
    return set(re.findall(r"gaps/act\?ref=([a-z]+:\d+)&amp;action=(\w+)", client.get("/gaps").content.decode()))


def undo(client) -> None:
    address = re.search(r"/activity/\d+/undo", client.get("/activity").content.decode())
    assert client.post(address[0]).status_code in {302, 303}


@pytest.fixture
def full(scene):
    """A gap of each kind: a goal without work, a step and a project without a goal, both also without an owner."""
    goal(scene.cast, "Nothing moves it")
    plan.add_step(plan=scene.plan, name="Left alone", by=scene.cast.head)
    projects.edit_project(project=scene.projects[0], changes={"manager": scene.cast.pmo}, by=scene.cast.head)
    return scene


def answers(scene, action: str) -> dict[str, object]:
    """What somebody fills in."""
    named = {"person": scene.cast.pmo.pk}
    kpi = {"kpi": scene.kpi.pk, "size": "S"}
    lonely = {"kpi": Kpi.objects.latest("pk").pk, "size": "M", "name": "Do something about it", **named}
    return {"assign_goal": kpi, "plan_work": lonely, "mark_duty": {"source": "Water act"}, "name_owner": named}.get(action, {})


def test_hours_of_a_service_no_longer_offered_are_repaired_in_their_row(scene):
    cast = scene.cast
    service = purpose.add_service(office=cast.office, name="Slide packs", by=cast.head)
    resources.log_time(person=cast.member, work=service, minutes=60, by=cast.member)
    purpose.stop_service(service=service, by=cast.head, goes_to="nobody")
    client, ref = cast.client(cast.head), f"service:{service.pk}"
    assert {(ref, "ask_loggers"), (ref, "offer_again")} <= links(client)
    for action in ("ask_loggers", "offer_again"):
        assert client.get(f"/gaps/act?ref={ref}&action={action}").status_code == 200
    done = client.post("/gaps/act", {"ref": ref, "action": "ask_loggers"}, follow=True)
    assert "are told." in text(done)
    assert InboxItem.objects.filter(person=cast.member, title__startswith="Hours of Slide packs").count() == 1
    client.post("/gaps/act", {"ref": ref, "action": "offer_again"})
    assert not any(found.startswith("service:") for found, _ in links(client))
    undo(client)
    assert (ref, "offer_again") in links(client)
    assert cast.client(cast.member).post("/gaps/act", {"ref": ref, "action": "ask_loggers"}).status_code in {403, 404, 422}


def test_every_repair_asks_does_and_is_undone(full):
    client = full.cast.client(full.cast.head)
    before = links(client)
    assert {action for _, action in before} >= {"assign_goal", "ask_owner", "mark_duty", "stop", "name_owner", "plan_work"}
    for ref, action in sorted(before):
        page = client.get(f"/gaps/act?ref={ref}&action={action}")
        assert page.status_code == 200, (ref, action)
        for name in answers(full, action):
            assert f'name="{name}"' in page.content.decode(), (ref, action, name)
        done = client.post("/gaps/act", {"ref": ref, "action": action, **answers(full, action)})
        assert done.status_code == 303, (ref, action, text(done))
        if action in {"ask_owner", "ask_requester"}:
            continue  # a question that was sent is a fact
        after = links(client)
        assert (ref, action) not in after, (ref, action)
        undo(client)
        assert links(client) == before, (ref, action)


def test_who_has_no_owner_is_not_offered_to_be_asked(full):
    step = Step.objects.get(activity__name="Left alone")
    offered = links(full.cast.client(full.cast.head))
    assert (f"step:{step.pk}", "name_owner") in offered
    assert (f"step:{step.pk}", "ask_owner") not in offered
    assert (f"project:{full.projects[0].pk}", "ask_owner") in offered
    assert (f"project:{full.projects[1].pk}", "ask_owner") not in offered


def test_work_planned_for_a_goal_has_a_line_an_owner_and_ends_the_gap(full):
    client = full.cast.client(full.cast.head)
    ref = next(ref for ref, action in links(client) if action == "plan_work")
    client.post("/gaps/act", {"ref": ref, "action": "plan_work", **answers(full, "plan_work")})
    step = Step.objects.get(activity__name="Do something about it")
    assert Raci.objects.get(step=step, letter="A").person == full.cast.pmo
    assert step.contributions.get().kpi == Kpi.objects.latest("pk")
    assert "Nothing moves it" not in text(client.get("/gaps")).split("Work with no line")[0]


@pytest.mark.parametrize(("left_out", "words"), [("name", "what is to be done"), ("kpi", "figure"), ("person", "who answers")])
def test_what_is_missing_is_said_and_nothing_is_planned(full, left_out, words):
    client, before = full.cast.client(full.cast.head), Step.objects.count()
    ref = next(ref for ref, action in links(client) if action == "plan_work")
    sent = answers(full, "plan_work") | {left_out: ""}
    refused = client.post("/gaps/act", {"ref": ref, "action": "plan_work", **sent})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert Step.objects.count() == before


def test_a_duty_of_a_project_stands_in_the_plan_of_its_own_office(full):
    there = full.cast.second_office
    with accounts.changeset(title="Set up", by=None):
        other = plan.found_plan(office=there, by=None)
        wall = projects.add_project(name="Reservoir wall", under=there.scope, by=None)
    client = full.cast.client(full.cast.admin)
    accounts.grant_role(person=full.cast.admin, role="HEAD", scope=full.cast.top, by=full.cast.admin)
    sent = {"ref": f"project:{wall.pk}", "action": "mark_duty", "source": "Water act"}
    assert client.post("/gaps/act", sent).status_code == 303
    assert Duty.objects.get(project=wall).plan == other


def test_who_only_reads_is_offered_no_repair(full):
    assert links(full.cast.client(full.cast.people["AUDITOR"])) == set()


def test_of_many_goals_without_work_drafts_wait_in_their_list(scene):
    client = scene.cast.client(scene.cast.head)
    with accounts.changeset(title="Strategy", by=scene.cast.head):
        for n in range(12):
            goal(scene.cast, f"Imported {n}")
        ours, _ = goal(scene.cast, "Our own")
    Objective.objects.filter(pk=ours.pk).update(state=Objective.State.APPROVED)
    shown = text(client.get("/gaps"))
    assert "Our own" in shown
    assert "Imported 3" not in shown
    assert "13 goals or targets with no work, 12 of them in drafts" in shown
    assert "12 more wait among the drafts" in shown


def test_a_strategy_that_is_all_drafts_shows_the_first_of_them(scene):
    with accounts.changeset(title="Strategy", by=scene.cast.head):
        for n in range(20):
            goal(scene.cast, f"Imported {n}")
    shown = text(scene.cast.client(scene.cast.head).get("/gaps"))
    assert "Imported 11" in shown
    assert "Imported 12" not in shown
    assert "8 more wait among the drafts" in shown


def test_only_offices_whose_gaps_one_may_see_are_offered(scene):
    far = scene.cast.second_office
    plan.found_plan(office=far, by=None)
    accounts.grant_role(person=scene.cast.head, role=Role.TEAM_MEMBER, scope=scene.cast.top, by=None)
    here, works = scene.cast.client(scene.cast.head), f"office={far.code}"
    assert works in here.get("/map").content.decode()
    assert works not in here.get("/gaps").content.decode()
    assert here.get(f"/gaps?{works}").status_code == 403
