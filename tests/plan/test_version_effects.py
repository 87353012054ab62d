"""What a version does to the chance of each objective: the forecast's own chances at both ends, divided among causes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.accounts.actions import changeset
from goldenthread.plan import actions
from goldenthread.plan.actions import versions
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.actions.version_effects import LIMITS, make_effect
from goldenthread.plan.models import PlanVersion, VersionEffect
from goldenthread.plan.queries.version_changes import _known
from goldenthread.plan.queries.version_data import effects_as_data
from goldenthread.plan.queries.version_effects import comparison, whole_points
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Relationship
from goldenthread.workspace.models import Job
from tests.schedule.conftest import network

DAY = 480
RUNS = 2_000


@pytest.fixture
def work(scene):
    """Two steps and a project that move the figure, the second step after the first."""
    by = scene.cast.head
    actions.contribute(kpi=scene.kpi, step=scene.step, size="M", by=by)
    scene.second = actions.add_step(plan=scene.plan, name="Second", by=by, duration=20 * DAY, accountable=by)
    actions.contribute(kpi=scene.kpi, step=scene.second, size="L", by=by)
    schedule.relate(predecessor=scene.step.activity, successor=scene.second.activity, by=by)
    return scene


def propose(scene, because="As it stands"):
    version = versions.propose_version(plan=scene.plan, because=because, by=scene.cast.head)
    versions.withdraw_version(version=version, by=scene.cast.head)
    return PlanVersion.objects.select_related("plan__office", "plan__schedule", "document").get(pk=version.pk)


def effect(old, new, **options):
    told = []
    made = make_effect(old=old, new=new, progress=lambda done, total: told.append((done, total)), runs=RUNS, **options)
    return made.results, told


def parts(results, objective):
    return dict(zip(map(tuple, results["causes"]), results["objectives"][str(objective.pk)]["parts"], strict=True))


def test_both_ends_are_what_the_forecast_says_and_the_parts_sum_to_the_difference(work):
    by = work.cast.head
    with changeset(title="A network for the project", by=by):
        work.project.schedule = schedule.add_schedule(scope=work.project.scope, name="Weir")
        work.project.save()
        network(work.project.schedule, "Dig 150; Pour 45 after Dig")
    first, before = propose(work), make_forecast(office=work.cast.office, runs=RUNS)
    purpose.edit_target(target=work.target, changes={"value": work.target.value - 0.4}, by=by)
    schedule.edit_activity(activity=work.fresh(work.step.activity), changes={"duration": 150 * DAY}, by=by)
    actions.contribute(kpi=work.kpi, project=work.project, size="L", by=by)
    second, after = propose(work), make_forecast(office=work.cast.office, runs=RUNS)
    results, told = effect(first, second)
    mine = results["objectives"][str(work.objective.pk)]
    for made, end in ((before, "before"), (after, "after")):
        assert mine[end] == made.results["objectives"][str(work.objective.pk)]["chance"], end
    assert mine["before"] != mine["after"]
    found = parts(results, work.objective)
    assert sum(found.values()) == pytest.approx(mine["after"] - mine["before"], abs=1e-12)
    assert ("targets", work.target.pk) in found
    assert found["time", 0] == 0.0, "nothing was measured and no day passed"
    assert results["is_exact"]
    assert results["sets"] == 2 ** len(found)
    assert told[-1][0] <= told[-1][1] == 2 ** len(found)
    assert set(results["critical"]) == {work.step.activity_id, work.second.activity_id}


def test_work_that_follows_a_target_is_caused_by_it_and_a_hand_edit_before_it_stands_for_itself(work):
    by = work.cast.head
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.step.activity), changes={"duration": 150 * DAY}, by=by)
    purpose.edit_target(target=work.target, changes={"value": work.target.value - 0.4}, by=by)
    actions.contribute(kpi=work.kpi, project=work.project, size="L", by=by)
    results, _ = effect(first, propose(work))
    project = next(cause for cause in parts(results, work.objective) if cause[0] == "contributions")
    assert set(parts(results, work.objective)) == {
        ("time", 0), ("targets", work.target.pk), ("activities", work.step.activity_id), project,
    }  # fmt: skip
    assert parts(results, work.objective)["activities", work.step.activity_id] <= 0.0
    assert parts(results, work.objective)["targets", work.target.pk] < 0.0


def test_a_change_that_moves_nothing_brings_nothing_and_who_does_it_is_no_cause_at_all(work):
    by = work.cast.head
    first = propose(work)
    idle = actions.add_step(plan=work.plan, name="Idle", by=by, duration=DAY, accountable=by)
    actions.set_raci(step=work.step, person=work.cast.pmo, letter="R", by=by)
    results, _ = effect(first, propose(work))
    assert parts(results, work.objective) == {("time", 0): 0.0, ("activities", idle.activity_id): 0.0}


def test_two_equal_causes_get_equal_parts(work):
    by = work.cast.head
    first = propose(work)
    given = [work.step.contributions.get(), work.second.contributions.get()]
    for row in given:
        actions.edit_contribution(contribution=row, changes={"chance": 0}, by=by)
    schedule.edit_activity(activity=work.fresh(work.second.activity), changes={"duration": DAY}, by=by)
    results, _ = effect(first, propose(work))
    found = parts(results, work.objective)
    assert found["contributions", given[0].pk] < 0.0
    assert found["contributions", given[1].pk] < 0.0
    assert found["activities", work.second.activity_id] >= 0.0


def test_new_figures_and_another_day_are_a_cause_of_their_own(work):
    by = work.cast.head
    first = propose(work)
    figures = [purpose.Figure(work.kpi, work.today - timedelta(days=1), 4.2)]
    purpose.enter_measurements(figures=figures, by=by)
    projects.edit_project(project=work.project, changes={"finishes_on": work.today + timedelta(days=20)}, by=by)
    second = propose(work)
    results, _ = effect(first, second)
    mine = results["objectives"][str(work.objective.pk)]
    assert list(parts(results, work.objective)) == [("time", 0)]
    assert parts(results, work.objective)["time", 0] == pytest.approx(mine["after"] - mine["before"])
    now = make_forecast(office=work.cast.office, runs=RUNS).results["objectives"][str(work.objective.pk)]["chance"]
    assert mine["after"] == now != mine["before"]
    assert effect(second, second)[0]["objectives"][str(work.objective.pk)]["before"] == mine["after"], "from what was known then"


def test_an_objective_that_only_one_version_asks_for_has_no_parts(work):
    first = propose(work)
    new = purpose.add_objective(office=work.cast.office, title="Decide once", by=work.cast.head)
    purpose.set_target(
        objective=new, kpi=work.kpi, by=work.cast.head, baseline=5.5, value=4.5, due_on=work.today + timedelta(days=90)
    )
    results, _ = effect(first, propose(work))
    mine = results["objectives"][str(new.pk)]
    assert (mine["before"], mine["parts"]) == (None, None)
    assert 0.0 <= mine["after"] <= 1.0
    assert parts(results, work.objective)["objectives", new.pk] == 0.0


def test_links_turned_round_make_no_circle_on_the_way(work):
    by = work.cast.head
    first = propose(work)
    link = Relationship.objects.get(successor=work.second.activity)
    schedule.unrelate(relationship=link, by=by)
    schedule.relate(predecessor=work.fresh(work.second.activity), successor=work.fresh(work.step.activity), by=by)
    results, _ = effect(first, propose(work))
    mine = results["objectives"][str(work.objective.pk)]
    assert sum(parts(results, work.objective).values()) == pytest.approx(mine["after"] - mine["before"], abs=1e-12)


def test_many_causes_are_drawn_with_their_error_and_the_least_of_them_stand_together(work, monkeypatch):
    by = work.cast.head
    first = propose(work)
    with_changes = [actions.add_step(plan=work.plan, name=f"More {n}", by=by, duration=DAY, accountable=by) for n in range(12)]
    for step in with_changes[:6]:
        actions.contribute(kpi=work.kpi, step=step, size="S", by=by)
    second = propose(work)
    monkeypatch.setattr("goldenthread.plan.actions.version_effects.LIMITS", type(LIMITS)(about=200))
    monkeypatch.setattr("goldenthread.plan.actions.version_effects.NAMED", 10)
    results, _ = effect(first, second)
    mine = results["objectives"][str(work.objective.pk)]
    assert not results["is_exact"]
    assert ["others", 0] in results["causes"]
    assert len(results["causes"]) == 12
    assert sum(mine["parts"]) == pytest.approx(mine["after"] - mine["before"], abs=1e-9)
    assert max(mine["errors"]) > 0.0
    assert results == effect(first, second)[0], "the same again"


def test_what_is_proposed_has_its_effect_computed_by_a_job(work, monkeypatch):
    by = work.cast.head
    monkeypatch.setattr(versions, "in_the_way", lambda *_: [])
    first = versions.propose_version(plan=work.plan, because="First", by=by)
    versions.approve_version(version=first, by=by)
    assert not Job.objects.filter(name="version-effect"), "the first changes nothing"
    second = versions.propose_version(plan=work.plan, because="Second", by=by)
    job = Job.objects.get(name="version-effect")
    assert job.key == f"version-effect:{first.pk}:{second.pk}"
    versions.approve_version(version=second, by=by)
    assert Job.objects.filter(name="version-effect").count() == 1


def page_of(scene, person, address):
    answer = scene.cast.client(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def shown(work, monkeypatch):
    """Two versions in force one after the other, with an effect: a target in confidence on the same figure caused part of it."""
    by = work.cast.head
    monkeypatch.setattr(versions, "in_the_way", lambda *_: [])
    versions.approve_version(version=versions.propose_version(plan=work.plan, because="First", by=by), by=by)
    secret = purpose.add_objective(office=work.cast.office, title="Sell the depot", by=by, is_confidential=True)
    work.secret = purpose.set_target(
        objective=secret, kpi=work.kpi, by=by, baseline=5.5, value=4.75, due_on=work.today + timedelta(days=200)
    )
    schedule.edit_activity(activity=work.fresh(work.second.activity), changes={"duration": 150 * DAY}, by=by)
    actions.edit_contribution(contribution=work.step.contributions.get(), changes={"chance": 5}, by=by)
    work.new = versions.approve_version(version=versions.propose_version(plan=work.plan, because="Second", by=by), by=by)
    work.old = PlanVersion.objects.get(number=1)
    return work


def computed(scene):
    pair = PlanVersion.objects.select_related("plan__office", "plan__schedule", "document").in_bulk([scene.old.pk, scene.new.pk])
    return make_effect(old=pair[scene.old.pk], new=pair[scene.new.pk], progress=lambda *_: None, runs=RUNS)


def test_not_yet_computed_is_an_answer_and_one_click_asks_for_it(shown):
    address = f"/plan/versions/{shown.new.pk}/changes?all=1"
    Job.objects.all().delete()
    assert "Not yet computed." in page_of(shown, shown.cast.head, address)
    assert shown.cast.client(shown.cast.head).post(f"/plan/versions/{shown.new.pk}/effect?with=1").status_code == 303
    assert "every mixture of the two versions" in page_of(shown, shown.cast.head, address)
    assert "Not yet computed." in page_of(shown, shown.cast.head, f"/plan/versions/{shown.new.pk}")
    assert Job.objects.get().key == f"version-effect:{shown.old.pk}:{shown.new.pk}"


def test_the_page_draws_the_parts_and_their_points_sum_to_the_difference_that_it_shows(shown):
    computed(shown)
    page = page_of(shown, shown.cast.head, f"/plan/versions/{shown.new.pk}/changes?all=1")
    found = comparison((shown.old, shown.new), shown.cast.head, None, shown.new.effects.get().results)
    mine = next(effect for effect in found.effects if effect.objective == shown.objective.pk)
    assert sum(part.points for part in mine.parts) == round(100 * mine.after) - round(100 * mine.before) < 0
    assert mine.moved[0].words.startswith(f"the target of {shown.kpi} changed on ")
    assert mine.title in page
    assert mine.said in page
    assert 'class="down"' in page
    assert 'class="ghost"' in page, "the bar as it was stands beside the new one"
    assert mine.said in page_of(shown, shown.cast.head, f"/plan/versions/{shown.new.pk}")


def test_what_is_confidential_is_neither_an_objective_nor_a_cause_to_who_may_not_see_it(shown):
    results = computed(shown).results
    assert len(results["objectives"]) == 2
    for viewer, sees in ((shown.cast.head, True), (shown.cast.member, False)):
        found = comparison((shown.old, shown.new), viewer, None, results)
        causes = {(part.words, part.ref) for effect in found.effects for part in effect.parts}
        pages = (f"/plan/versions/{shown.new.pk}/changes?all=1", f"/plan/versions/{shown.new.pk}")
        told = "".join(page_of(shown, viewer, address) for address in pages) + repr(causes)
        assert ("Sell the depot" in told) is sees
        assert (len(found.effects) == 2) is sees
        assert (f"the target of {shown.kpi} changed" in told) is sees, "whose target it is tells of the objective"
        assert (("work that is not shown to you", "") in causes) is not sees
        assert {ref for _, ref in causes if ref.startswith("targets:")} == ({f"targets:{shown.secret.pk}"} if sees else set())


def test_on_a_thin_basis_words_stand_for_figures(shown):
    results = computed(shown).results
    for told in results["objectives"].values():
        told["basis"] = "thin"
    mine = comparison((shown.old, shown.new), shown.cast.head, None, results).effects[0]
    assert "%" not in mine.said
    assert {part.said for part in mine.moved} <= {"raises it", "lowers it", "hardly moves it"}
    VersionEffect.objects.update(results=results)
    page = page_of(shown, shown.cast.head, f"/plan/versions/{shown.new.pk}/changes?all=1")
    assert "Too little is known for figures." in page
    assert 'class="way"' not in page
    told = effects_as_data([mine])["effects"][0]
    assert (told["before"], told["after"], {part["change"] for part in told["parts"]}) == (None, None, {None})


def test_the_effect_costs_who_reads_what_changes_no_statement(shown):
    computed(shown)
    client = shown.cast.client(shown.cast.member)
    address = f"/plan/versions/{shown.new.pk}/changes"
    client.get(address)
    _known.cache_clear()
    with CaptureQueriesContext(connection) as seen:
        assert "What it does to the objectives" in client.get(address).content.decode()
    assert len(seen) <= 8, [query["sql"][:80] for query in seen]


@given(st.lists(st.floats(-0.4, 0.4), min_size=1, max_size=9), st.floats(0, 1))
def test_whole_points_sum_to_the_total_and_are_off_by_less_than_two(changes, before):
    total = round(100 * (before + sum(changes))) - round(100 * before)
    points = whole_points(changes, total)
    assert sum(points) == total
    assert all(abs(whole - 100 * change) < 2 for whole, change in zip(points, changes, strict=True))
