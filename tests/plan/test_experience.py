"""What finished work of a kind gave is offered for the next of that kind, with n, and the forecast counts what was chosen."""

import html
import re
from datetime import timedelta

import pytest

from goldenthread.plan import actions, queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.experience import experience_by_kind
from goldenthread.plan.mapping.finishes import finishes
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.models import Contribution
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule


def finished_step(scene, name, *, came, confidential=False, service=None):
    """A step finished 365 days ago that claimed 10 fewer of its own KPI, which stood still and then fell by `came` of that."""
    head, day = scene.cast.head, scene.today
    kpi = purpose.add_kpi(office=scene.cast.office, name=f"KPI of {name}", by=head, unit="x", direction="FALL")
    figures = [(30 * i, (0.01 if i % 2 else 0.0) + (40.0 if i > 12 else 40.0 - 10 * came)) for i in range(30, 0, -1)]
    purpose.enter_measurements(figures=[purpose.Figure(kpi, day - timedelta(days=d), v) for d, v in figures], by=head)
    objective = purpose.add_objective(office=scene.cast.office, title=f"About {name}", by=head, is_confidential=confidential)
    purpose.set_target(
        objective=objective, kpi=kpi, by=head, baseline=40, baseline_on=day - timedelta(days=900), value=20,
        due_on=day + timedelta(days=100), is_required=False,
    )  # fmt: skip
    step = actions.add_step(
        plan=scene.plan, name=name, by=head, deliverable="x", accountable=head, responsible=(head,), duration=480, service=service
    )
    actions.contribute(kpi=kpi, step=step, by=head, effect=(-10.0, -10.0, -10.0), chance=100, lag_days=1)
    schedule.report_progress(activity=scene.task(name), by=head, finished_on=day - timedelta(days=365))
    return step


def learnt(scene):
    rows = thread_rows(scene.cast.office, scene.today)
    return experience_by_kind(rows, finishes(rows))


def test_three_finished_steps_of_a_kind_are_offered_and_two_are_not(scene):
    finished_step(scene, "First", came=0.6)
    finished_step(scene, "Second", came=0.5)
    assert learnt(scene) == {}
    finished_step(scene, "Third", came=0.4)
    found = learnt(scene)
    assert found["STEP"]["cases"] == 3
    assert found["STEP"]["seen"] == pytest.approx(50, abs=2)
    assert 50 < found["STEP"]["percent"] < 90  # drawn to what was claimed, as three are few


def test_kinds_are_told_apart_by_the_class_of_the_service(scene):
    service = purpose.add_service(office=scene.cast.office, name="Training", by=scene.cast.head, service_class="CAPABILITY")
    for i in range(3):
        finished_step(scene, f"Course {i}", came=1.0, service=service)
        finished_step(scene, f"Other {i}", came=0.2)
    found = learnt(scene)
    assert set(found) == {"STEP", "CAPABILITY"}
    assert found["STEP"]["percent"] < 50 < found["CAPABILITY"]["percent"]


def test_what_only_confidential_objectives_ask_for_is_no_part_of_it(scene):
    for i, secret in enumerate((False, False, True)):
        finished_step(scene, f"Step {i}", came=0.5, confidential=secret)
    assert learnt(scene) == {}


def test_the_editor_offers_it_with_n_and_the_forecast_counts_what_was_chosen(scene):
    for i in range(3):
        finished_step(scene, f"Step {i}", came=0.5)
    made = make_forecast(office=scene.cast.office, runs=100)
    offer = queries.experience_of(scene.step, made)
    client, address = scene.cast.client(scene.cast.head), f"/plan/contributions/add?step={scene.step.pk}"
    told = " ".join(html.unescape(re.sub("<[^>]+>", " ", client.get(address).content.decode())).split())
    assert f"Steps here gave {offer.seen} % of what was expected, n = 3" in told
    assert f"Count {offer.percent} % of it" in told
    given = {"kpi": scene.kpi.pk, "size": "M", "chance": 80, "lag_days": 0, "ramp_days": 0, "counts_part": "on"}
    assert client.post(address, given).status_code in {302, 303}
    row = Contribution.objects.get(step=scene.step)
    assert row.counted_percent == offer.percent
    made = make_forecast(office=scene.cast.office, runs=100)
    factor = dict(zip(made.inputs["ids"]["contributions"], made.inputs["tables"]["contributions"]["factor_mean"], strict=True))
    assert factor.pop(row.pk) == offer.percent / 100
    assert len(set(factor.values())) == 1  # the others as the office learnt
    assert queries.explanation(made, "contribution", row.pk)["same"]
    page = f"/plan/contributions/{row.pk}"
    edited = {**given, "version": row.version}
    edited.pop("counts_part")
    assert client.post(page, edited).status_code in {302, 303}
    assert Contribution.objects.get(pk=row.pk).counted_percent is None


def test_without_experience_nothing_is_offered(scene):
    make_forecast(office=scene.cast.office, runs=100)
    told = scene.cast.client(scene.cast.head).get(f"/plan/contributions/add?step={scene.step.pk}").content.decode()
    assert "of what was expected" not in told
