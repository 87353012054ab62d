"""Projects with a schedule: a forecast takes their finish from runs of it; what it cannot use falls back to the reported date."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset, grant_role
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.schedule_risk import RiskRequest, simulated
from goldenthread.kit.permissions import Role
from goldenthread.plan import queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.finishes import finishes, networks_of
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.projects.models import Project
from goldenthread.schedule import actions as schedules
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import finishes_of_schedule, stored_file
from tests.plan.test_forecasts import contribute
from tests.schedule.conftest import network


@pytest.fixture
def weir(scene):
    """The project gets a network: ten days, then five, and twenty beside them. An effect is linked to it."""
    with changeset(title="Start", by=scene.cast.head):
        made = schedules.add_schedule(scope=scene.project.scope, name="Weir")
        scene.project.schedule = made
        scene.project.save()
        network(made, "Dig 10; Pour 5 after Dig; Gate 20 after Dig")
    contribute(scene, step=None, project=scene.project)
    return Project.objects.get(pk=scene.project.pk)


def finish_of(scene, day=None):
    rows = thread_rows(scene.cast.office, day or scene.today)
    rows.networks = networks_of(rows.projects, rows.today, seed=7)
    return finishes(rows, seed=7).get(f"project:{scene.project.pk}")


def schedule_runs(scene, project):
    """How many statements the runs of its schedule take."""
    with CaptureQueriesContext(connection) as asked:
        assert finishes_of_schedule(project.schedule, scene.today, 1).size == 2_000
    return len(asked)


def test_its_runs_are_those_that_the_page_of_the_simulation_shows(scene, weir):
    asked = RiskRequest(runs=2_000, seed=7, low=80, high=150, correlation=0.3)
    (told,) = simulated(stored_file(weir.schedule, scene.today).file, asked)["projects"]
    runs = np.sort(finish_of(scene).runs)
    assert runs.size == 2_000
    assert runs.std() > 3
    for name, place in (("p10", 199), ("p50", 999), ("p90", 1_799)):
        ends = dt.datetime.fromisoformat(told["finish"][name])
        assert runs[place] == (ends.date() - scene.today).days, name


def test_an_effort_entered_here_takes_the_place_of_what_is_assumed(scene, weir):
    def entered(low, likely, high, names=("Dig", "Pour", "Gate")):
        for name in names:
            effort = {"effort_low": low, "effort_likely": likely, "effort_high": high}
            schedules.edit_activity(activity=scene.task(name), changes=effort, by=None)
        return finish_of(scene).runs

    assumed = finish_of(scene).runs
    assert np.array_equal(entered(100, 100, 100), assumed), "the work that a file states is no range"
    assert entered(9_999, 10_000, 10_001).std() < 0.5
    assert entered(9_999, 10_000, 30_000, ["Gate"]).std() > 3


def test_runs_are_worked_out_again_only_once_the_schedule_was_changed(scene, weir):
    assert schedule_runs(scene, weir) > 10
    assert schedule_runs(scene, weir) == 3  # when it was made, what its rows say of their versions, and their newest records
    schedules.edit_activity(activity=scene.task("Dig"), changes={"duration": 99 * 480}, by=None)
    assert schedule_runs(scene, weir) > 10


def test_an_estimate_beyond_all_measure_stops_nobodys_forecast(scene, weir):
    Activity.objects.filter(schedule=weir.schedule, name="Dig").update(effort_low=60, effort_likely=60, effort_high=60_000_000)
    assert make_forecast(office=scene.cast.office, runs=300)
    assert finish_of(scene).runs.size == 2_000


def test_on_the_day_on_which_it_should_end_its_schedule_still_tells(scene, weir):
    weir.schedule.__class__.objects.filter(pk=weir.schedule_id).update(data_date=scene.today)
    last = scene.today + dt.timedelta(days=int(np.median(finish_of(scene).runs)))
    assert finish_of(scene, last).runs.size == 2_000
    assert finish_of(scene, last).likely == 0.0


def test_its_runs_are_of_the_network_as_it_is_where_counts_and_versions_are_those_of_another(scene, weir):
    schedule, by = weir.schedule, scene.cast.head
    dig = Activity.objects.get(schedule=schedule, name="Dig")
    firsts = [
        schedules.add_activity(schedule=schedule, name=name, by=by, duration=days * 480) for name, days in (("A", 1), ("B", 99))
    ]
    links = [schedules.relate(predecessor=one, successor=dig, by=by) for one in firsts]

    def without(link):
        schedules.unrelate(relationship=Relationship.objects.get(pk=link.pk), by=by)
        return Changeset.objects.latest("id")

    undo(changeset=without(links[0]), by=by)
    links[0] = Relationship.objects.get(predecessor=firsts[0], successor=dig)
    taken = without(links[1])
    early = finishes_of_schedule(schedule, scene.today, 7)
    undo(changeset=taken, by=by)
    without(links[0])
    assert np.median(finishes_of_schedule(schedule, scene.today, 7)) > np.median(early) + 30


def test_what_a_schedule_cannot_say_is_taken_from_the_reported_date(scene, weir):
    """90 days ahead, 5 % sooner to 30 % later: of a schedule in a circle, of one that should be over. Closed is closed."""

    def reported(day=None):
        found = finish_of(scene, day)
        return found.runs.size, found.low, found.likely, found.high

    assert reported()[0] == 2_000
    link = Relationship.objects.filter(successor__schedule=weir.schedule).first()
    back = Relationship(predecessor_id=link.successor_id, successor_id=link.predecessor_id, organisation=scene.cast.organisation)
    Relationship.objects.bulk_create([back])
    assert reported() == (0, 85.5, 90.0, 117.0)
    with changeset(title="Without the circle", by=scene.cast.head):
        Relationship.objects.filter(pk=back.pk).delete()
    late = scene.today + dt.timedelta(days=300)
    Project.objects.filter(pk=weir.pk).update(finishes_on=late + dt.timedelta(days=90))
    weir.schedule.__class__.objects.filter(pk=weir.schedule_id).update(data_date=scene.today)
    assert reported(late) == (0, 85.5, 90.0, 117.0)
    Project.objects.filter(pk=weir.pk).update(state=Project.State.CLOSED)
    assert reported(late) == (0, -1.0, -1.0, -1.0)


def test_the_explanation_says_how_many_runs_the_finish_comes_from_and_of_others_what_is_assumed(scene, weir):
    made = make_forecast(office=scene.cast.office, runs=300)
    told = queries.explanation(made, "objective", scene.objective.pk)
    assert told["same"]
    drawn = told["inputs"][f"project:{weir.pk}"]
    assert drawn["days"]["runs"] == 2_000
    assert drawn["finish_low"] < drawn["finish_p10"] < drawn["finish_p50"] < drawn["finish_p90"] < drawn["finish_high"]

    def page():
        return scene.cast.client(scene.cast.head).get(f"/plan/explain/objective/{scene.objective.pk}").content.decode()

    for words in ("2,000 runs of its schedule", "in nine of ten by"):
        assert words in page()
    client = scene.cast.people[Role.CLIENT]  # sees the project, and no plans
    grant_role(person=client, role=Role.CLIENT, scope=weir.scope, by=scene.cast.admin)
    seen = queries.shown_to(told, scene.cast.fresh(client), scene.cast.office.scope_id)
    assert seen["inputs"] == {f"project:{weir.pk}": {"key": drawn["key"]}}
    (row,) = queries.in_words(seen, scene.cast.fresh(client), scene.today, "EUR")
    assert row.values == (("finish from", "runs of its schedule, which you may not see"),)
    Project.objects.filter(pk=weir.pk).update(schedule=None)
    made = make_forecast(office=scene.cast.office, runs=300)
    assert queries.explanation(made, "objective", scene.objective.pk)["inputs"][f"project:{weir.pk}"]["days"] is None
    assert "assumed round the date that is reported, from 5 % of the time left sooner to 30 % later" in page()
