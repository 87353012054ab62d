"""What of the database goes into a forecast: every column by hand, and the cases that go wrong in life."""

import html
import math
from datetime import timedelta

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.engine.thread_data import NO_RATE, ONCE, PER_YEAR
from goldenthread.kit.money import Money
from goldenthread.plan import actions
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.experience import experience
from goldenthread.plan.mapping.finishes import finishes
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.mapping.thread import thread
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.ui import writing


def contribute(scene, **more):
    given = {"kpi": scene.kpi, "step": scene.step, "by": scene.cast.head, "effect": (-2.2, -1.6, -1.0), "chance": 85, **more}
    return actions.contribute(**given)


def going_in(scene):
    return thread(thread_rows(scene.cast.office, scene.today))


def kpi_with_target(scene, name="Complaints", direction="FALL", figures=((3, 40.0),), kpi=None, **target):
    """Another KPI with figures (days ago, value) and a target on it."""
    head, day = scene.cast.head, scene.today
    row = purpose.add_kpi(office=scene.cast.office, name=name, by=head, direction=direction, **{"unit": "a month", **(kpi or {})})
    for ago, value in figures:
        purpose.enter_measurement(kpi=row, on=day - timedelta(days=ago), value=value, by=head)
    given = {
        "baseline": 40.0,
        "baseline_on": day - timedelta(days=300),
        "value": 30.0,
        "due_on": day + timedelta(days=200),
        **target,
    }
    return row, purpose.set_target(objective=scene.objective, kpi=row, by=head, **given)


def column(made, name, target):
    return getattr(made.data.targets, name)[made.ids["targets"].index(target.pk)]


def test_contributions_go_in_as_they_stand(scene):
    contribute(scene, lag_days=10, ramp_days=45)
    data = going_in(scene).data
    assert (data.contributions.lag[0], data.contributions.ramp[0], data.contributions.chance[0]) == (10.0, 45.0, 0.85)
    assert data.contributions.likely[0] == -1.6
    assert (data.contributions.factor_mean[0], data.contributions.factor_sd[0]) == (1.0, 0.0)  # no finished case, no correction


def test_a_supervision_goes_in_as_shares_of_one_and_once_only(scene):
    contribute(scene, step=None, project=scene.project)
    actions.supervise(step=scene.step, project=scene.project, raised=(4, 10, 18), by=scene.cast.head)
    made = going_in(scene)
    watched = made.data.supervisions
    assert (watched.low[0], watched.likely[0], watched.high[0]) == (0.04, 0.10, 0.18)
    assert made.ids["subjects"][watched.subject[0]] == f"step:{scene.step.pk}"
    assert made.ids["subjects"][watched.supervised[0]] == f"project:{scene.project.pk}"
    assert len(made.data.contributions) == 1  # the supervising step has no effect of its own


def test_target_and_kpi_go_in_as_they_stand(scene):
    made = going_in(scene)
    assert column(made, "tolerance", scene.target) == 0.1
    assert column(made, "required", scene.target) == 1
    assert made.data.kpis.floor.tolist() == [0.0]
    assert math.isnan(made.data.kpis.ceiling[0])
    _, other = kpi_with_target(scene, kpi={"floor": 0.0, "ceiling": 100.0}, is_required=False, tolerance=2.0)
    made = going_in(scene)
    assert (column(made, "required", other), column(made, "tolerance", other)) == (0, 2.0)
    assert made.data.kpis.ceiling[made.data.targets.kpi[made.ids["targets"].index(other.pk)]] == 100.0


def test_the_kpi_says_which_way_is_better_even_where_the_target_lies_behind_the_baseline(scene):
    """Hold the line: at most 44 complaints, from 40. By the numbers alone, more would seem better."""
    _, other = kpi_with_target(scene, value=44.0)
    assert column(going_in(scene), "direction", other) == -1
    found = make_forecast(office=scene.cast.office, runs=2_000).results["targets"][str(other.pk)]
    assert found["chance"] > 0.5  # 40 is reached already
    assert found["coverage"] is None


@pytest.mark.parametrize(
    ("kind", "held", "expected"),
    [
        ("PER_YEAR", 500, (PER_YEAR, 500.0)),
        ("PER_YEAR", None, (PER_YEAR, 565.0)),
        ("PER_YEAR", 50, (PER_YEAR, 200.0)),
        ("ONCE", None, (ONCE, None)),
    ],
)
def test_a_rate_counts_by_its_kind_and_until_its_day(scene, kind, held, expected):
    """Without a day it is held for a year after the target's date, and never ends before that date."""
    kpi, target = kpi_with_target(scene)
    until = None if held is None else scene.today + timedelta(days=held)
    rate = purpose.set_value_rate(
        kpi=kpi, worth=Money.of(7, "EUR"), valid_from=scene.today, by=scene.cast.head, rate_kind=kind, held_until=until
    )
    assert column(going_in(scene), "worth_kind", target) == NO_RATE  # nobody has signed it
    assert make_forecast(office=scene.cast.office, runs=100).results["targets"][str(target.pk)]["worth_mean"] is None
    purpose.sign_value_rate(rate=rate, by=scene.cast.sponsor)
    made = going_in(scene)
    assert column(made, "worth_per_unit", target) == 700.0
    held_until = column(made, "held_until_day", target)
    assert (column(made, "worth_kind", target), None if math.isnan(held_until) else held_until) == expected


def test_a_forecast_of_a_share_in_percent_stays_within_its_limits(scene):
    """The trend alone would pass 100."""
    figures = tuple((day, 100 - day / 6) for day in (300, 240, 180, 120, 60, 6))
    aims = {"baseline": 50.0, "value": 98.0}
    _, target = kpi_with_target(scene, name="Bills paid at once", direction="RISE", figures=figures, kpi={"unit": "%"}, **aims)
    found = make_forecast(office=scene.cast.office, runs=500).results
    assert found["targets"][str(target.pk)]["p90"] == 100.0
    assert max(found["fans"][str(target.kpi_id)]["p90"]) <= 100.0


def test_two_targets_on_one_kpi_count_its_money_once(scene):
    """The same day saved: alone, with a nearer target of the same objective, and with one of another objective."""

    def worth() -> tuple[float, float, float]:
        found = make_forecast(office=scene.cast.office, runs=500).results
        targets, objectives = found["targets"].values(), found["objectives"].values()
        sums = [sum(row["worth_mean"] or 0.0 for row in rows) for rows in (targets, objectives)]
        return sums[0], sums[1], found["contributions"][str(row.pk)]["stake"]

    row, head, day = contribute(scene), scene.cast.head, scene.today
    alone = worth()
    assert alone[2] > 0
    nearer = {"baseline": scene.target.baseline, "value": scene.target.baseline - 0.5, "due_on": day + timedelta(days=100)}
    purpose.set_target(objective=scene.objective, kpi=scene.kpi, by=head, **nearer)
    assert worth() == pytest.approx(alone)
    other = purpose.add_objective(office=scene.cast.office, title="Quicker", by=head)
    purpose.set_target(objective=other, kpi=scene.kpi, by=head, **nearer | {"due_on": day + timedelta(days=120)})
    assert worth() == pytest.approx(alone)
    told = html.unescape(scene.cast.client(head).get(f"/objectives/{other.pk}").content.decode())
    assert "counts with another objective’s later target" in told
    own = html.unescape(scene.cast.client(head).get(f"/objectives/{scene.objective.pk}").content.decode())
    assert writing.money(round(alone[0])) in own, "where an earlier target stands first"


def test_a_rate_in_another_currency_counts_at_a_dated_rate_or_not_at_all(scene):
    kpi, target = kpi_with_target(scene)
    rate = purpose.set_value_rate(kpi=kpi, worth=Money.of(100, "USD"), valid_from=scene.today, by=scene.cast.head)
    purpose.sign_value_rate(rate=rate, by=scene.cast.sponsor)
    made = going_in(scene)
    assert math.isnan(column(made, "worth_per_unit", target))
    assert any(entry["ref"] == f"value_rate:{rate.pk}" for entry in made.left_out)
    accounts.set_rate(currency="USD", valid_from=scene.today, millionths=900_000, by=scene.cast.admin)
    assert column(going_in(scene), "worth_per_unit", target) == pytest.approx(9_000.0)


def test_figures_before_a_redefinition_say_nothing_any_more(scene):
    kpi, target = kpi_with_target(scene, figures=[(400, 90.0), (300, 80.0), (20, 41.0), (3, 40.0)])
    place = lambda made: made.ids["kpis"].index(kpi.pk)
    before = going_in(scene)
    assert before.data.kpis.drift_per_day[place(before)] < -0.05
    purpose.redefine_kpi(kpi=kpi, on=scene.today - timedelta(days=30), reason="now by telephone too", by=scene.cast.head)
    after = going_in(scene)
    assert after.data.kpis.value_now[place(after)] == 40.0
    assert after.data.kpis.drift_per_day[place(after)] > -0.05
    assert after.basis[kpi.pk] == "thin"
    assert column(after, "due_day", target) == 200.0


def test_a_passed_date_is_judged_on_the_last_figure_up_to_it(scene):
    """The last figure (29) would reach it; the one of its time (35) did not."""
    _, target = kpi_with_target(scene, figures=[(60, 35.0), (3, 29.0)], due_on=scene.today - timedelta(days=30))
    made = going_in(scene)
    assert (column(made, "value_at_due", target), column(made, "due_day", target)) == (35.0, -30.0)
    found = make_forecast(office=scene.cast.office, runs=100).results["targets"][str(target.pk)]
    assert (found["chance"], found["coverage_reason"]) == (0.0, "past")


def test_a_date_that_passed_before_a_redefinition_is_left_out(scene):
    kpi, target = kpi_with_target(scene, figures=[(60, 35.0), (3, 29.0)], due_on=scene.today - timedelta(days=30))
    purpose.redefine_kpi(kpi=kpi, on=scene.today - timedelta(days=10), reason="now by telephone too", by=scene.cast.head)
    made = going_in(scene)
    assert target.pk not in made.ids["targets"]
    assert any(
        "before the KPI was redefined" in entry["reason"] for entry in made.left_out if entry["ref"] == f"target:{target.pk}"
    )


def test_due_today_is_judged_today_and_due_tomorrow_is_forecast(scene):
    for days, expected in ((0, "past"), (1, "counted")):
        _, target = kpi_with_target(scene, name=f"Due in {days}", due_on=scene.today + timedelta(days=days))
        found = make_forecast(office=scene.cast.office, runs=100).results["targets"][str(target.pk)]
        assert found["coverage_reason"] == expected
        assert (found["p10"] < found["p90"]) == (days == 1)


def test_without_any_figure_the_baseline_is_where_it_stands_and_the_basis_is_thin(scene):
    kpi, _ = kpi_with_target(scene, figures=[])
    made = going_in(scene)
    place = made.ids["kpis"].index(kpi.pk)
    assert (made.data.kpis.value_now[place], made.data.kpis.day_of_value[place]) == (40.0, -300.0)
    assert made.data.kpis.noise_per_root_day[place] == pytest.approx(0.25 * 10 / math.sqrt(365))  # a quarter of the way, a year
    assert made.basis[kpi.pk] == "thin"


def test_a_target_already_met_has_no_coverage_and_more_work_is_worth_nothing_more(scene):
    """5 of at most 30, and far from coming back: worth is capped at the target."""
    kpi, target = kpi_with_target(scene, figures=[(3, 5.0)])
    rate = purpose.set_value_rate(kpi=kpi, worth=Money.of(100, "EUR"), valid_from=scene.today, by=scene.cast.head)
    purpose.sign_value_rate(rate=rate, by=scene.cast.sponsor)
    row = contribute(scene, kpi=kpi, effect=(-3.0, -2.0, -1.0))
    found = make_forecast(office=scene.cast.office, runs=500).results
    told = found["targets"][str(target.pk)]
    assert (told["chance"], told["coverage"], told["coverage_reason"]) == (1.0, None, "nothing left to move")
    assert told["worth_mean"] == pytest.approx(10 * 10_000 * 565 / 365)
    assert found["contributions"][str(row.pk)]["stake"] == 0.0


def test_an_initiatives_effect_waits_for_its_last_step_and_makes_that_step_urgent(scene):
    head, day = scene.cast.head, scene.today
    initiative = actions.add_step(plan=scene.plan, name="Faster committees", by=head, accountable=head)
    steps = [
        actions.add_step(
            plan=scene.plan, parent=initiative, name=name, by=head, deliverable="x", accountable=head, responsible=(head,),
            duration=days * 480,
        )
        for name, days in (("Short", 5), ("Long", 50))
    ]  # fmt: skip
    row = contribute(scene, step=initiative)
    found = make_forecast(office=scene.cast.office, runs=500).results
    schedule.compute_dates(schedule=scene.plan.schedule, today=day)
    last = scene.task("Long")
    ends = found["finishes"][f"step:{initiative.pk}"]
    assert ends[0] < (last.dates.early_finish - day).days < ends[1] < ends[2]
    assert found["contributions"][str(row.pk)]["stake"] > 0
    assert found["activities"][str(last.pk)] == pytest.approx(found["subjects"][f"step:{initiative.pk}"]["delay"])
    assert str(steps[0].activity_id) not in found["activities"]  # a day later there delays nothing


def test_a_change_that_two_finished_steps_claim_is_shared_and_counts_once(scene):
    """Both claimed 4 fewer; the KPI fell by 4. Each brought half of its claim, though their spans begin and end apart."""
    head, day = scene.cast.head, scene.today
    figures = [(30 * i, 40.0 if i > 12 else 36.0) for i in range(30, 0, -1)]  # still, then 4 fewer since 360 days ago
    kpi, _ = kpi_with_target(scene, figures=figures, value=20.0)
    for name, ago in (("First", 400), ("Second", 365)):
        step = actions.add_step(
            plan=scene.plan, name=name, by=head, deliverable="x", accountable=head, responsible=(head,), duration=480
        )
        contribute(scene, kpi=kpi, step=step, effect=(-4.0, -4.0, -4.0), chance=100, lag_days=20)
        schedule.report_progress(activity=scene.task(name), by=head, finished_on=day - timedelta(days=ago))
    rows = thread_rows(scene.cast.office, day)
    learnt = experience(rows, finishes(rows))
    assert learnt.cases == 2
    assert learnt.observed == pytest.approx(0.5)
