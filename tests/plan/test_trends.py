"""A KPI with few figures is drawn to how the organisation's others moved: said, computed again, and confiding nothing."""

import html
import re
from datetime import timedelta

import numpy as np
import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.queries import forget_rights
from goldenthread.engine.drift import DriftOptions
from goldenthread.engine.histories import histories_of
from goldenthread.engine.outlook import Asked, outlook
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan import actions as plan
from goldenthread.plan import queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.others import asked_ways
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.mapping.thread import thread
from goldenthread.plan.mapping.trends import reference_of
from goldenthread.plan.models import Forecast
from goldenthread.plan.queries.explanations import FORMULAS
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Target

OTHERS, MONTHS = 7, 14


def kpi_with_target(scene, name, way, figures, *, office=None, objective=None):
    """A KPI that starts at 50, with a target `way` from there in 200 days; figures as (days ago, part of the way gone)."""
    head, day = scene.cast.head, scene.today
    kpi = purpose.add_kpi(
        office=office or scene.cast.office, name=name, by=head, unit="x", direction="RISE" if way > 0 else "FALL"
    )
    purpose.enter_measurements(
        figures=[purpose.Figure(kpi, day - timedelta(days=ago), 50 + way * gone) for ago, gone in figures], by=head
    )
    target = purpose.set_target(
        objective=objective or scene.objective, kpi=kpi, by=head, baseline=50, baseline_on=day - timedelta(days=400),
        value=50 + way, due_on=day + timedelta(days=200), is_required=False,
    )  # fmt: skip
    return kpi, target


def steady(i):
    """A way that is gone by about 3 to 5 % a month, with a little noise that has no pattern."""
    return [(30 * (MONTHS - m), (0.03 + 0.003 * i) * m + 0.004 * ((m * (i + 3) * 7) % 5)) for m in range(MONTHS)]


@pytest.fixture
def few(scene):
    """Seven KPIs with a year of figures on their way, and one with three figures that do not move yet."""
    for i in range(OTHERS):
        kpi_with_target(scene, f"Steady {i}", (-1) ** i * 10.0 * (i + 1), steady(i))
    return (scene, *kpi_with_target(scene, "New", 20.0, [(62, 0.0), (33, 0.002), (3, 0.0)]))


def of(scene, kpi):
    made = thread(thread_rows(scene.cast.office, scene.today))
    return made, made.data.kpis.drift_per_day[made.ids["kpis"].index(kpi.pk)]


def test_few_figures_are_drawn_to_how_the_others_moved(few):
    scene, kpi, _ = few
    made, per_day = of(scene, kpi)
    rests_on = made.trends.of[kpi.pk]
    learnt = made.trends.classes[rests_on["class"]]
    assert rests_on["points"] == 3
    assert learnt["others"] == OTHERS + 1  # the scene's own KPI among them, the new one not
    assert learnt["cases"] >= 20
    assert 0.01 * 20 / 30 < per_day < 0.05 * 20 / 30  # its own figures stand still


def test_below_five_others_it_stands_alone(scene):
    for i in range(3):
        kpi_with_target(scene, f"Steady {i}", 10.0 * (i + 1), steady(i))
    kpi, _ = kpi_with_target(scene, "New", 20.0, [(62, 0.0), (33, 0.002), (3, 0.0)])
    made, per_day = of(scene, kpi)
    assert made.trends.of[kpi.pk]["class"] is None
    assert per_day < 0.005


def test_the_class_and_its_n_are_said_and_the_trend_computes_again(few):
    scene, kpi, target = few
    made = Forecast.objects.get(pk=make_forecast(office=scene.cast.office, runs=300).pk)
    found = queries.explanation(made, "target", target.pk)
    assert found["same"]
    told = found["trends"][f"kpi:{kpi.pk}"]
    assert told["again"]["drift_per_day"] == found["inputs"][f"kpi:{kpi.pk}"]["drift_per_day"]
    class_words = queries.drawn_to(told["class"]["cases"], told["class"]["others"])
    assert re.fullmatch(r"\d+ cases of 8 other KPIs", class_words)
    page = text_of(scene, scene.cast.head, f"/plan/explain/target/{target.pk}")
    assert f"Trend of {kpi.name} own figures 3 , over 59 days" in page
    assert f"drawn to {class_words}" in page
    assert "NOT equal" not in page
    objective = text_of(scene, scene.cast.head, f"/objectives/{scene.objective.pk}")
    assert f"Its own trend New, basis thin: 3 figures, drawn to {class_words}" in objective
    assert "basis good: 14 figures" in objective
    made.inputs["classes"][made.inputs["trends"][str(kpi.pk)]["class"]]["rate"] *= 1.01
    assert not queries.explanation(made, "target", target.pk)["same"]


def test_what_is_asked_in_confidence_teaches_nobody(few):
    """Neither the way that is asked nor the figures of a KPI that only confidential objectives ask for reach a class."""
    scene, kpi, _ = few
    before, _ = of(scene, kpi)
    secret = purpose.add_objective(office=scene.cast.office, title="Close depots", by=scene.cast.head, is_confidential=True)
    kpi_with_target(scene, "Depots closed", 12.0, steady(9), objective=secret)
    steady_kpi = Kpi.objects.get(name="Steady 3")
    purpose.set_target(
        objective=secret, kpi=steady_kpi, by=scene.cast.head, baseline=50, value=-900,
        baseline_on=scene.today - timedelta(days=400), due_on=scene.today + timedelta(days=300),
    )  # fmt: skip
    after, _ = of(scene, kpi)
    mine = [made.trends.classes[made.trends.of[kpi.pk]["class"]] for made in (before, after)]
    assert mine[0] == mine[1]


def test_figures_of_other_offices_teach_as_well_and_of_other_organisations_do_not(scene):
    cast = scene.cast
    accounts.grant_role(person=cast.head, role=Role.HEAD, scope=cast.second_office.scope, by=None)
    forget_rights(cast.head)
    far = purpose.add_objective(office=cast.second_office, title="Elsewhere", by=cast.head)
    for i in range(OTHERS):
        kpi_with_target(scene, f"Steady {i}", 10.0 * (i + 1), steady(i), office=cast.second_office, objective=far)
    kpi, _ = kpi_with_target(scene, "New", 20.0, [(62, 0.0), (33, 0.002), (3, 0.0)])
    made, _ = of(scene, kpi)
    assert made.trends.classes[made.trends.of[kpi.pk]["class"]]["others"] == OTHERS + 1
    with organisation_scope(cast.foreign):
        assert asked_ways(cast.foreign.pk) == {}


def text_of(scene, person, address):
    answer = scene.cast.client(person).get(address)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.content.decode().split("<main", 1)[1])).split())


@pytest.fixture
def idle(few):
    """An objective of its own for the KPI with three figures; no work is linked to it."""
    scene, kpi, target = few
    objective = purpose.add_objective(office=scene.cast.office, title="Begin it", by=scene.cast.head, owner=scene.cast.pmo)
    day, by = scene.today, scene.cast.head
    purpose.remove_target(target=target, by=by)
    aim = {"baseline": 50, "baseline_on": day - timedelta(days=400), "value": 70, "due_on": day + timedelta(days=200)}
    return scene, objective, kpi, purpose.set_target(objective=objective, kpi=kpi, by=by, **aim)


def test_a_target_without_work_is_told_by_the_whole_distribution_of_its_history_and_class(idle):
    """Equal to what the engine's own verb says of the three figures."""
    scene, objective, kpi, target = idle
    made = make_forecast(office=scene.cast.office, runs=300)
    found = made.results["targets"][str(target.pk)]
    rests_on = made.inputs["trends"][str(kpi.pk)]
    learnt = reference_of(made.inputs["classes"][rests_on["class"]])
    history = histories_of([[(-62.0, 50.0), (-33.0, 50.04), (-3.0, 50.0)]])
    none = np.array([np.nan])
    seen = outlook(history, Asked(np.array([20.0]), np.array([203.0]), none, none), DriftOptions(reference=learnt))
    assert [found["p10"], found["p50"], found["p90"]] == pytest.approx(seen.quantiles([0.1, 0.5, 0.9])[0].tolist())
    assert found["chance"] == pytest.approx(float(seen.chance(np.array([70.0]), np.array([np.inf]))[0]), abs=1e-9)
    assert made.results["objectives"][str(objective.pk)]["chance"] == found["chance"]
    fan = made.results["fans"][str(kpi.pk)]
    assert all(a <= b <= c for a, b, c in zip(fan["p10"], fan["p50"], fan["p90"], strict=True))


def test_from_history_alone_is_said_and_computes_again(idle):
    scene, objective, kpi, target = idle
    made = Forecast.objects.get(pk=make_forecast(office=scene.cast.office, runs=300).pk)
    for kind, pk in (("target", target.pk), ("objective", objective.pk)):
        told = queries.explanation(made, kind, pk)
        assert told["same"], kind
        assert told["value"] == told["again"]
        assert "no work" in told["formula"].lower()
    page = text_of(scene, scene.cast.head, f"/objectives/{objective.pk}")
    assert re.search(
        r"From history alone, as no work is linked to it: 3 figures \(few\), drawn to \d+ cases of 8 other KPIs\.", page
    )
    learnt = made.inputs["classes"][made.inputs["trends"][str(kpi.pk)]["class"]]
    learnt["errors"] = [error + 0.3 for error in learnt["errors"]]
    assert not queries.explanation(made, "target", target.pk)["same"]


def test_once_work_is_linked_the_simulation_tells_it(idle):
    scene, objective, kpi, target = idle
    assert make_forecast(office=scene.cast.office, runs=300).inputs["alone"] == [kpi.pk]
    plan.contribute(kpi=kpi, step=scene.step, by=scene.cast.head, effect=(2.0, 4.0, 6.0), chance=80)
    made = make_forecast(office=scene.cast.office, runs=300)
    assert made.inputs["alone"] == []
    assert made.results["targets"][str(target.pk)]["has_work"]
    assert queries.explanation(made, "objective", objective.pk)["same"]
    assert "From history alone" not in text_of(scene, scene.cast.head, f"/objectives/{objective.pk}")


def test_what_is_told_alone_keeps_to_floor_and_ceiling(idle):
    scene, _, kpi, target = idle
    purpose.edit_kpi(kpi=kpi, changes={"floor": 49.0, "ceiling": 53.0}, by=scene.cast.head)
    made = make_forecast(office=scene.cast.office, runs=300)
    fan = made.results["fans"][str(kpi.pk)]
    assert min(fan["p10"]) >= 49.0
    assert max(fan["p90"]) <= 53.0
    assert made.results["targets"][str(target.pk)]["chance"] == 0.0


def test_a_target_whose_day_has_passed_is_explained_as_it_was_computed(idle):
    scene, objective, kpi, _ = idle
    day = scene.today
    past = purpose.set_target(
        objective=objective, kpi=kpi, by=scene.cast.head, baseline=50, baseline_on=day - timedelta(days=400), value=52,
        due_on=day - timedelta(days=10), is_required=False,
    )  # fmt: skip
    made = make_forecast(office=scene.cast.office, runs=300)
    assert made.inputs["alone"] == [kpi.pk]
    found = queries.explanation(made, "target", past.pk)
    assert found["same"]
    assert found["formula"] == FORMULAS["target"]


def test_a_target_that_is_tried_out_teaches_no_other_kpi(few):
    scene, kpi, _ = few
    drift = lambda made: made.inputs["tables"]["kpis"]["drift_per_day"][made.inputs["ids"]["kpis"].index(kpi.pk)]
    before, held = make_forecast(office=scene.cast.office), thread_rows(scene.cast.office, scene.today).others
    for target in Target.objects.exclude(kpi=kpi).filter(objective=scene.objective):
        value = target.baseline + (target.value - target.baseline) / 10
        purpose.edit_target(target=target, changes={"value": value, "tolerance": None}, by=scene.cast.head)
    assert drift(make_forecast(office=scene.cast.office, others=held)) == drift(before)
    assert drift(make_forecast(office=scene.cast.office)) != drift(before)
