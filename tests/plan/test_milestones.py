"""A KPI that is done or not waits instead of drifting: it is told by how long the organisation's others took."""

import html
import re
from datetime import timedelta

import numpy as np
import pytest
from scipy import integrate, stats

from goldenthread.plan import actions as plan
from goldenthread.plan import queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.mapping.thread import thread
from goldenthread.plan.models import Forecast
from goldenthread.purpose import actions as purpose

AHEAD, WAITED = 180, 90
OTHERS = ((40, True), (100, True), (250, True), (300, False))  # days waited, done at their end


def milestone(scene, name, figures, *, decimals=0, secret=False):
    """Asked to go from 0 to 1; figures as (days ago, value)."""
    head, day = scene.cast.head, scene.today
    objective = purpose.add_objective(office=scene.cast.office, title=name, by=head, is_confidential=secret)
    kpi = purpose.add_kpi(office=scene.cast.office, name=name, by=head, unit="", direction="RISE", decimals=decimals)
    purpose.enter_measurements(figures=[purpose.Figure(kpi, day - timedelta(days=ago), value) for ago, value in figures], by=head)
    target = purpose.set_target(
        objective=objective, kpi=kpi, by=head, baseline=0, baseline_on=day - timedelta(days=figures[0][0]), value=1,
        due_on=day + timedelta(days=AHEAD),
    )  # fmt: skip
    return objective, kpi, target


@pytest.fixture
def waiting(scene):
    for n, (days, done) in enumerate(OTHERS):
        milestone(scene, f"Other {n}", [(days + 10, 0.0), (10, 1.0)] if done else [(days, 0.0), (5, 0.0)])
    return (scene, *milestone(scene, "Licence granted", [(WAITED, 0.0), (30, 0.0)]))


def test_its_chance_is_the_mean_over_the_belief_about_how_fast_such_things_are_done(waiting):
    """Independent: 1 - exp(-rate × days) averaged by quadrature over Gamma(1 + done, 365 + every day waited)."""
    scene, objective, kpi, target = waiting
    made = make_forecast(office=scene.cast.office, runs=300)
    belief = stats.gamma(1 + 3, scale=1 / (365 + sum(days for days, _ in OTHERS) + WAITED))
    wanted, _ = integrate.quad(lambda rate: belief.pdf(rate) * -np.expm1(-rate * AHEAD), 0, np.inf)
    found = made.results["targets"][str(target.pk)]
    assert found["chance"] == pytest.approx(wanted, rel=1e-6)
    assert made.results["objectives"][str(objective.pk)]["chance"] == found["chance"]
    assert (found["p10"], found["p90"]) == (0.0, 1.0)
    assert kpi.pk in made.inputs["alone"]
    fan = made.results["fans"][str(kpi.pk)]
    assert all(np.all(np.diff(fan[name]) >= 0) for name in ("p10", "p50", "p90")), "done stays done"


def test_it_is_said_explained_and_computed_again(waiting):
    scene, objective, kpi, target = waiting
    made = Forecast.objects.get(pk=make_forecast(office=scene.cast.office, runs=300).pk)
    for kind, pk in (("target", target.pk), ("objective", objective.pk)):
        told = queries.explanation(made, kind, pk)
        assert told["same"], kind
        assert told["value"] == told["again"]
    assert "done or not" in queries.explanation(made, "target", target.pk)["formula"]
    client = scene.cast.client(scene.cast.head)
    words = "a milestone that waits for 90 days, 3 of 4 other milestones are done"
    for address in (f"/objectives/{objective.pk}", f"/plan/explain/target/{target.pk}"):
        page = " ".join(html.unescape(re.sub("<[^>]*>", " ", client.get(address).content.decode())).split())
        assert words in page, address
    made.inputs["trends"][str(kpi.pk)]["milestone"]["days"] += 100.0
    assert not queries.explanation(made, "target", target.pk)["same"]


def test_longer_waiting_lowers_it_and_others_done_raise_it(waiting):
    scene, _, kpi, target = waiting
    chance = lambda: make_forecast(office=scene.cast.office, runs=300).results["targets"][str(target.pk)]["chance"]
    before = chance()
    milestone(scene, "Quick one", [(20, 0.0), (5, 1.0)])
    after = chance()
    assert after > before
    purpose.enter_measurement(kpi=kpi, on=scene.today - timedelta(days=900), value=0.0, by=scene.cast.head)
    assert chance() < after


def test_work_and_being_done_end_the_waiting(waiting):
    scene, _, kpi, target = waiting
    plan.contribute(kpi=kpi, step=scene.step, by=scene.cast.head, effect=(1.0, 1.0, 1.0), chance=80)
    made = make_forecast(office=scene.cast.office, runs=20_000)
    assert kpi.pk not in made.inputs["alone"]
    assert made.results["targets"][str(target.pk)]["chance"] == pytest.approx(0.8, abs=0.01)
    purpose.enter_measurement(kpi=kpi, on=scene.today, value=1.0, by=scene.cast.head)
    made = make_forecast(office=scene.cast.office, runs=300)
    assert made.inputs["trends"][str(kpi.pk)]["milestone"]["waits"] is False
    assert made.results["targets"][str(target.pk)]["chance"] == 1.0


def test_what_is_asked_in_confidence_teaches_nothing(waiting):
    scene, _, kpi, _ = waiting
    rests_on = lambda: thread(thread_rows(scene.cast.office, scene.today)).trends.of[kpi.pk]["milestone"]
    before = rests_on()
    milestone(scene, "Secret", [(20, 0.0), (5, 1.0)], secret=True)
    assert rests_on() == before


@pytest.mark.parametrize(("decimals", "figures"), [(1, [(90, 0.0)]), (0, [(90, 0.0), (40, 3.0), (3, 0.0)]), (2, [(90, 0.4)])])
def test_a_share_or_a_count_is_no_milestone(scene, decimals, figures):
    _, kpi, _ = milestone(scene, "Share", figures, decimals=decimals)
    assert thread(thread_rows(scene.cast.office, scene.today)).trends.of[kpi.pk]["milestone"] is None


def test_milestones_do_not_teach_how_figures_drift(scene):
    for n in range(8):
        milestone(scene, f"Other {n}", [(30 * m, float(m < n)) for m in range(14, 0, -1)])
    made = thread(thread_rows(scene.cast.office, scene.today))
    assert made.trends.classes == []
