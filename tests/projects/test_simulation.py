"""The page that asks when a project will end, and the command: what is shown, to whom, and what it asks of the database."""

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import grant_role
from goldenthread.config import schedule_simulation
from goldenthread.config.session import Session
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_risk import RiskRequest, simulated
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.actions import simulations
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.models import Project
from goldenthread.projects.queries import risk_request, simulation_page
from goldenthread.projects.queries import schedule_simulation as page_query
from goldenthread.projects.queries.schedule_files import going
from goldenthread.schedule.actions import reviews
from goldenthread.schedule.models import Activity, ScheduleReview
from goldenthread.schedule.queries import file_schedules
from goldenthread.workspace.models import Job
from tests.formats.schedules import WEIR, link, mspdi, task
from tests.projects.test_schedule_files import work

DAY = dt.date(2027, 3, 1)
ASKED = {"runs": 200, "seed": 1, "spread": "90/100/125", "shape": "triangular", "correlation": 0.0}


def stored(cast, content):
    """The project of a file that was read."""
    found = going(file_schedules(read_schedule(content)), {}, cast.head, DAY)
    store_schedules(Storing(found, {}, cast.office.scope, DAY), by=cast.head)
    return Project.objects.exclude(schedule=None).latest("id")


@pytest.fixture
def weir(cast):
    return stored(cast, WEIR)


def asked(cast, project, given="", person=None):
    return cast.client(person or cast.head).get(f"/projects/{project.pk}/schedule/simulation?{given}")


def by_command(cast, name, person=None):
    session = Session(cast.organisation, person or cast.head, "")
    schedule_simulation.simulate_project(session, str(name), json=True, **ASKED)


def test_the_page_shows_the_figures_that_the_command_says(cast, weir, capsys):
    text = asked(cast, weir, "runs=200").content.decode()
    by_command(cast, weir.pk)
    (told,) = json.loads(capsys.readouterr().out)["projects"]
    shown = simulation_page(weir, RiskRequest(runs=200), dt.date.today())
    assert shown.told["finish"] == told["finish"]
    for name in ("p50", "p80"):
        day = dt.datetime.fromisoformat(told["finish"][name])
        assert f"{day.day} {day:%b %Y}" in text
    for words in ("200 runs of", "seed 1", "between 90 % and 125 %", "assumption, not a finding", "What would help most"):
        assert words in text
    for one in told["critical"]:
        assert one["name"] in text


def test_a_stored_plan_has_the_figures_of_its_file(cast, weir):
    (known,) = simulated(read_schedule(WEIR), RiskRequest(runs=300))["projects"]
    shown = simulation_page(weir, RiskRequest(runs=300), DAY)
    assert shown.told["finish"] == known["finish"]
    assert shown.told["critical"] == known["critical"]


def test_what_was_promised_stands_beside_the_curve_with_its_chance(cast, weir):
    days = {"starts_on": None, "baseline_finish": dt.date(2099, 1, 1), "finishes_on": dt.date(2027, 1, 2)}
    Project.objects.filter(pk=weir.pk).update(**days)
    weir.refresh_from_db()
    shown = simulation_page(weir, RiskRequest(runs=200), DAY)
    chances = {one.words: one.chance for one in shown.held}
    assert chances["approved finish"] == 1.0
    assert chances["finish as reported"] == 0.0
    assert {mark.kind for mark in shown.wide.marks} == {"plan", "promise", "share"}
    assert all(0 <= mark.at <= shown.wide.width for mark in shown.wide.marks)


def test_what_a_form_sends_is_drawn_into_the_limits():
    assert risk_request({}) == RiskRequest()
    assert risk_request(
        {"runs": "1e9", "low": "-4", "high": "99999", "likely": "50", "together": "400", "seed": "-1"}
    ) == RiskRequest(runs=10_000, seed=0, low=1, likely=50, high=1_000, correlation=1.0)
    for rubbish in ("nan", "inf", "x", "", "1e400", "٣"):
        made = risk_request(dict.fromkeys(("runs", "low", "likely", "high", "together", "seed", "shape"), rubbish))
        assert 200 <= made.runs <= 10_000
        assert made.low <= made.likely <= made.high
    assert risk_request({"low": "150", "high": "20"}) == replace(RiskRequest(), low=100, high=100)


def test_the_form_says_again_what_was_asked(cast, weir):
    page = asked(cast, weir, "low=1000&likely=1000&high=1000").content.decode()
    assert page.count('value="1000"') >= 3, "a field of numbers takes no thousands comma"


def test_large_plans_get_the_runs_that_a_page_can_wait_for(cast, weir, monkeypatch):
    monkeypatch.setattr(page_query, "AT_ONCE", 1_500)
    shown = simulation_page(weir, RiskRequest(runs=1_000), DAY)
    assert (shown.asked.runs, shown.fewer) == (300, True)
    assert "as many as a page can wait for" in asked(cast, weir).content.decode()


def test_a_large_plan_is_simulated_by_the_worker_and_kept_while_it_stands(cast, weir, monkeypatch):
    monkeypatch.setattr(page_query, "LARGE", 3)
    address = f"/projects/{weir.pk}/schedule/simulation?runs=300&seed=7"
    client = cast.client(cast.head)
    assert "Nobody has asked for it yet" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(address).status_code == 303
    assert Job.objects.filter(name=simulations.SIMULATION).count() == 1, "who asks twice gets one answer"
    assert "in the background" in client.get(address).content.decode()
    other = client.post(address.replace("seed=7", "seed=8"))
    assert (other.status_code, "Ask again when that is done" in other.content.decode()) == (422, True)
    work()
    shown, known = simulation_page(weir, RiskRequest(runs=300, seed=7), dt.date.today()), simulated(read_schedule(WEIR))
    assert shown.told["activities"] == known["projects"][0]["activities"]
    assert "300 runs of" in client.get(address).content.decode()
    client.post(address)
    assert Job.objects.filter(name=simulations.SIMULATION).count() == 1, "the answer is at hand"
    Activity.objects.filter(name="Dig").update(duration=4_800, version=9)
    assert "has changed since" in client.get(address).content.decode()
    for seed in range(simulations.KEPT + 2):
        simulations.make_simulation(project=weir, asked=RiskRequest(runs=200, seed=seed), today=DAY)
    assert ScheduleReview.objects.filter(schedule=weir.schedule).count() == simulations.KEPT
    simulations.make_simulation(project=weir, asked=RiskRequest(), today=DAY)
    for seed in range(20, 20 + simulations.KEPT):
        simulations.make_simulation(project=weir, asked=RiskRequest(runs=200, seed=seed), today=DAY)
    assert page_query.simulation_page(weir, RiskRequest(), DAY).told, "what everybody sees first stays"
    monkeypatch.setattr(reviews, "worlds", SimpleNamespace(is_inside=lambda: True))
    inside = client.post(f"/projects/{weir.pk}/schedule/simulation?seed=99")
    assert (inside.status_code, "outside of scenarios" in inside.content.decode()) == (422, True)


def test_a_plan_without_anything_to_draw_says_so(cast, project, weir):
    assert "No schedule yet" in asked(cast, project).content.decode()
    done = task(1, "Dig", Duration="PT16H0M0S", ActualStart="2027-03-01T08:00:00", ActualFinish="2027-03-02T17:00:00")
    assert "Nothing is left to do" in asked(cast, stored(cast, mspdi(done))).content.decode()


def test_it_is_seen_by_who_may_see_the_schedule_and_by_nobody_else(cast, weir):
    seen = set()
    for person in (*cast.people.values(), cast.nobody, cast.foreign_admin):
        client = cast.client(person)
        schedule, simulation = (
            client.get(f"/projects/{weir.pk}/schedule{rest}").status_code for rest in ("", "/simulation?runs=200")
        )
        assert schedule == simulation, person
        seen.add(simulation)
    assert seen == {200, 404}


def test_the_command_refuses_whom_the_page_refuses_and_a_project_without_a_schedule(cast, project, weir):
    with pytest.raises(Refused, match="no schedule yet"):
        by_command(cast, project.pk)
    with pytest.raises(Refused, match="no project"):
        by_command(cast, "None such")
    client = cast.people[Role.CLIENT]
    grant_role(person=client, role=Role.CLIENT, scope=weir.scope, by=cast.admin)
    assert asked(cast, weir, person=client).status_code == 404
    with pytest.raises(Forbidden):
        by_command(cast, weir.pk, cast.fresh(client))


def test_cost_is_told_to_who_may_see_cost_rates_alone(cast, weir, capsys):
    costs = []
    for person in (cast.head, cast.sponsor):
        by_command(cast, weir.pk, person)
        costs.append(json.loads(capsys.readouterr().out)["projects"][0]["cost"])
    assert costs[0] is not None
    assert costs[1] is None


def test_the_page_asks_the_database_no_more_for_more_rows(cast):
    few = "".join(task(n, f"Part {n}", Duration="PT8H0M0S", inside=link(n - 1) if n > 1 else "") for n in range(1, 4))
    many = "".join(task(n, f"Part {n}", Duration="PT8H0M0S", inside=link(n - 1) if n > 1 else "") for n in range(1, 40))
    counts = []
    for content in (few, many):
        project = stored(cast, mspdi(content))
        asked(cast, project, "runs=200")
        with CaptureQueriesContext(connection) as asked_for:
            asked(cast, project, "runs=200")
        counts.append(len(asked_for))
    assert counts[0] == counts[1] <= 25
