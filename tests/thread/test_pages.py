"""The pages that read across rooms: how many statements they take, and who sees what on them."""

import re

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.plan import actions as plan
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.projects import actions as projects
from goldenthread.projects.models import GoalAnswer
from goldenthread.purpose import actions as purpose
from tests.thread.conftest import TODAY, goal, text

MOST = {"/": 12, "/map": 8, "/gaps": 10}


def worker(scene) -> Person:
    """Who has the work of the scene."""
    return scene.cast.member


def test_pages_take_few_statements_and_as_many_for_two_hundred_rows(scene, statements):
    make_forecast(office=scene.cast.office, today=TODAY, runs=200)
    viewers = {"/": worker(scene), "/map": scene.cast.head, "/gaps": scene.cast.head}
    clients = {page: scene.cast.client(person) for page, person in viewers.items()}
    for page, client in clients.items():
        client.get(page)  # what is read once a process is not counted
    small = {page: statements(client, page) for page, client in clients.items()}
    scene.add_steps(200)
    scene.add_projects(200)
    large = {page: statements(client, page) for page, client in clients.items()}
    assert large == small
    assert {page: count for page, count in large.items() if count > MOST[page]} == {}


def test_a_clients_pages_hold_nothing_of_the_thread(scene):
    client = scene.cast.client(scene.cast.people["CLIENT"])
    assert {page: client.get(page).status_code for page in ("/map", "/gaps", "/start/result")} == dict.fromkeys(
        ("/map", "/gaps", "/start/result"), 404
    )
    assert client.get("/start").status_code == 403
    today, found = text(client.get("/")), text(client.get("/palette?q=Step"))
    assert "Step" not in today.replace("First steps", "")
    assert "Step 0" not in found


def test_a_team_member_sees_the_map_and_no_gaps(scene):
    client = scene.cast.client(scene.cast.member)
    assert client.get("/map").status_code == 200
    assert [client.get(page).status_code for page in ("/gaps", "/start/result", "/start")] == [403, 403, 403]


def test_of_another_organisation_nothing_is_found(scene):
    client = scene.cast.client(scene.cast.foreign_admin)
    assert "Faster decisions" not in text(client.get("/palette?q=Faster"))
    assert client.get(f"/people/{scene.cast.member.pk}/hand-over").status_code == 404


class TestTeam:
    def test_who_plans_sees_the_teams_open_work(self, scene):
        assert "Step 0" in text(scene.cast.client(scene.cast.head).get("/?team"))

    def test_who_does_not_plan_sees_his_own_day_instead(self, scene):
        shown = text(scene.cast.client(scene.cast.people["AUDITOR"]).get("/?team"))
        assert worker(scene).name not in shown

    def test_the_organisation_can_switch_it_off(self, scene):
        accounts.edit_organisation(
            organisation=scene.cast.organisation, changes={"shows_person_load": False}, by=scene.cast.admin
        )
        client = scene.cast.client(scene.cast.head)
        assert worker(scene).name not in text(client.get("/?team"))
        assert "Open work" not in text(client.get(f"/people/{worker(scene).pk}"))


class TestConfidential:
    @pytest.fixture
    def secret(self, scene):
        """The only goal that the third step serves."""
        objective, kpi = goal(scene.cast, "Sell the northern office", confidential=True)
        plan.contribute(kpi=kpi, step=scene.steps[1], size="M", by=scene.cast.head)
        return objective

    def test_the_thread_of_work_names_it_to_who_may_see_it_alone(self, scene, secret):
        assert "Sell the northern office" not in text(scene.cast.client(worker(scene)).get("/"))
        assert "A confidential objective" in text(scene.cast.client(worker(scene)).get("/"))
        page = scene.cast.client(scene.cast.head).get(f"/people/{worker(scene).pk}")
        assert "Sell the northern office" in text(page)

    def test_pages_name_it_only_to_who_may_see_it(self, scene, secret):
        owner = scene.cast.head
        purpose.edit_objective(objective=secret, changes={"owner": owner}, by=scene.cast.head)
        lonely, _ = goal(scene.cast, "Sell the southern office", confidential=True)
        purpose.edit_objective(objective=lonely, changes={"owner": owner}, by=scene.cast.head)
        for person in (scene.cast.people["PMO"], scene.cast.people["PORTFOLIO_MANAGER"]):
            for page in ("/gaps", "/start/result", "/map", "/palette?q=Sell"):
                assert "southern office" not in text(scene.cast.client(person).get(page)), page
        assert "southern office" in text(scene.cast.client(scene.cast.head).get("/gaps"))


class TestPalette:
    def test_finds_steps_people_goals_figures_and_projects(self, scene):
        client = scene.cast.client(scene.cast.head)
        assert "Step 0" in text(client.get("/palette?q=Step"))
        assert "Faster decisions" in text(client.get("/palette?q=faster"))
        assert "Project 1" in text(client.get("/palette?q=project"))
        assert scene.cast.pmo.name in text(client.get(f"/palette?q={scene.cast.pmo.name[:6]}"))

    def test_finds_only_what_one_may_see(self, scene):
        nobody = scene.cast.client(scene.cast.nobody)
        for words in ("Step", "Faster", "Project", "Figure"):
            assert "Nothing found" in text(nobody.get(f"/palette?q={words}"))
        assert scene.cast.nobody.name in text(nobody.get("/palette?q=Nia"))


class TestGaps:
    def test_who_answers_for_a_step_holds_it_where_nobody_is_assigned(self, scene):
        named = {"by": scene.cast.head, "plan": scene.plan}
        plan.add_step(name="Answered for", accountable=scene.cast.pmo, **named)
        plan.add_step(name="Left alone", **named)
        shown = text(scene.cast.client(scene.cast.head).get("/gaps")).split("Steps without an owner")[1]
        assert "Left alone" in shown
        assert "Answered for" not in shown

    def test_projects_of_another_office_are_its_own_matter(self, scene):
        with accounts.changeset(title="Set up", by=None):
            projects.add_project(name="Reservoir wall", under=scene.cast.second_office.scope, by=None)
            projects.add_project(name="Under no office", under=scene.cast.top, by=None)
        shown = text(scene.cast.client(scene.cast.head).get("/gaps"))
        assert "Reservoir wall" not in shown
        assert "Under no office" not in shown  # held on one office, so not seen; it counts
        assert "A project not shown to you" in shown

    def test_a_project_is_not_offered_to_be_stopped_where_only_its_sponsor_may(self, scene):
        shown = scene.cast.client(scene.cast.head).get("/gaps").content.decode()
        assert "ref=project:" in shown.replace("%3A", ":")
        assert not re.search(r"ref=project:\d+&amp;action=stop", shown)

    def test_an_answer_not_asked_for_is_no_accusation(self, scene):
        with accounts.changeset(title="Answer", by=None, source=Changeset.Source.IMPORT):
            history.change(scene.projects[0], {"goal_answer": GoalAnswer.NONE})
        shown = text(scene.cast.client(scene.cast.head).get("/start/result"))
        accused, _, waiting = shown.rpartition("Not asked about yet")
        assert "Project 0 – – an import says none" in accused
        assert "Project 1" not in accused
        assert "Project 1 – –" in waiting

    def test_who_said_that_there_is_no_goal_is_told(self, scene):
        cast, (first, second) = scene.cast, scene.projects[:2]
        owner = cast.people[Role.PROJECT_MANAGER]
        with accounts.changeset(title="Lead", by=None):
            history.change(first, {"manager": owner})
        plan.answer_goal(subject=first, answer=GoalAnswer.NONE, by=owner)
        plan.answer_goal(subject=second, answer=GoalAnswer.NONE, by=cast.head)
        plan.answer_goal(subject=second, answer=GoalAnswer.DONT_KNOW, by=cast.pmo)
        undo(changeset=Changeset.objects.latest("pk"), by=cast.pmo)
        shown = text(cast.client(cast.head).get("/start/result"))
        assert "owner says none" in shown.split("Project 0", 1)[1].split("Project 1", 1)[0]
        assert f"{cast.head.name} says none" in shown.split("Project 1", 1)[1]
        gaps = text(cast.client(cast.head).get("/gaps"))
        assert gaps.count("owner says none") == 1
        assert gaps.count(f"{cast.head.name} says none") == 1
        assert f"No goal named: {cast.head.name} says none." in text(cast.client(cast.head).get(f"/projects/{second.pk}"))

    def test_nobody_is_said_to_have_said_what_only_a_mark_says(self, scene):
        with accounts.changeset(title="Mark", by=None):
            history.change(scene.projects[0], {"is_mandatory": True})
        shown = text(scene.cast.client(scene.cast.head).get("/gaps"))
        assert "Marked as mandatory; no duty is named yet." in shown
        assert "says none" not in shown


def test_a_page_that_one_may_not_open_speaks_of_nothing_typed_and_leads_on(scene):
    client = scene.cast.client(scene.cast.member)
    opened = client.get("/gaps")
    page = opened.content.decode().split('id="main"', 1)[1]
    assert opened.status_code == 403
    assert "Nothing was changed" not in page
    assert '<a class="btn primary" href="/">To your day</a>' in page
    came = client.get("/gaps", headers={"Referer": "http://testserver/map"}).content.decode()
    assert '<a class="btn primary" href="http://testserver/map">Back to the page</a>' in came
    sent = client.post("/pulse", {"share": "many"}).content.decode()
    assert "What you typed is still there" in sent


def test_the_address_of_a_button_opened_as_a_page_says_so(scene):
    client = scene.cast.client(scene.cast.member)
    answer = client.get("/today/add")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "It belongs to a button on another page." in answer.content.decode()
    assert client.get("/today/add", headers={"Accept": "application/json"}).content == b""
