"""The forecast against closed forms and independent simulations. Every case runs on both paths."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.thread_data import NAN, ONCE, PER_YEAR, digest
from tests.engine.threads import DUE, chances, simulated, table, thread

RUNS = 40_000
PHI = NormalDist().cdf


@pytest.fixture(params=["plain", "compiled"])
def path(request):
    return request.param


def run(data, path, runs=RUNS, **options):
    return forecast(data, ForecastOptions(**{"runs": runs, "path": path, "months": (), **options}))


def near(chance, expected, runs=RUNS):
    """Within four standard errors."""
    return abs(chance - expected) <= 4 * math.sqrt(max(expected * (1 - expected), 1e-4) / runs)


B7 = [
    {"effect": (5, 6, 8), "chance": 0.85},
    {"effect": (2, 3, 5), "chance": 0.9},
    {"effect": (1, 2, 4), "chance": 0.6},
]


def test_the_published_vector(path):
    """Value 60, target 72, drift N(2, 1) over the horizon and three steps: 0.815, 0.55, 67.2 / 72.3 / 75.2."""
    got = run(thread(B7, kpi={"drift_per_day": 2 / DUE, "drift_error": 1 / DUE}), path, runs=200_000)
    assert got.targets.coverage[0] == pytest.approx(0.815, abs=0.001)
    assert got.targets.chance[0] == pytest.approx(0.55, abs=0.003)
    assert [got.targets.p10[0], got.targets.p50[0], got.targets.p90[0]] == pytest.approx([67.2, 72.3, 75.2], abs=0.06)
    assert got.targets.drift_share[0] == pytest.approx(2 / 12)
    exact = [0.85 * 19 / 3, 0.9 * 10 / 3, 0.6 * 7 / 3]
    assert got.contributions.expected.tolist() == pytest.approx(exact, abs=0.02)
    r = np.random.default_rng(8)
    value = 62 + r.normal(0, 1, 2_000_000)
    for step in B7:
        value += r.triangular(*step["effect"], value.size) * (r.random(value.size) < step["chance"])
    assert near(got.targets.chance[0], float((value >= 72).mean()), 180_000)
    assert [got.targets.p10[0], got.targets.p50[0], got.targets.p90[0]] == pytest.approx(
        np.percentile(value, [10, 50, 90]), abs=0.03
    )


def test_drift_alone_is_a_normal_distribution(path):
    kpi = {"drift_per_day": 0.1, "drift_error": 0.02, "noise_per_root_day": 0.3, "day_of_value": -20.0}
    got = run(thread(kpi=kpi), path, months=(3.0, 50.0, 365.0))
    spread = lambda ahead: math.hypot(0.02 * ahead, 0.3 * math.sqrt(ahead))
    assert near(got.targets.chance[0], 1 - PHI((72 - 60 - 0.1 * 120) / spread(120)))
    assert got.targets.coverage[0] == 0.0
    for m, day in enumerate((3.0, 50.0, 365.0)):
        ahead = day + 20
        quantiles = [60 + 0.1 * ahead + spread(ahead) * NormalDist().inv_cdf(q) for q in (0.1, 0.25, 0.5, 0.75, 0.9)]
        assert got.fan[0, m].tolist() == pytest.approx(quantiles, abs=0.03 * spread(ahead))


def test_two_dates_of_one_kpi_move_together_as_a_random_walk_does(path):
    """Chance that a driftless walk is above its start at day 50 and at day 200: 1/4 + asin(sqrt(50/200)) / (2 pi) = 1/3."""
    targets = [{"value": 60.0, "direction": 1, "due_day": day} for day in (50.0, 200.0)]
    got = run(thread(kpi={"noise_per_root_day": 1.0}, targets=targets), path)
    assert got.targets.chance.tolist() == pytest.approx([0.5, 0.5], abs=0.01)
    assert got.objectives.chance[0] == pytest.approx(1 / 3, abs=0.012)


def test_a_certain_step_is_certain(path):
    assert run(thread([{"effect": 12.0}]), path).targets.chance[0] == 1.0
    assert run(thread([{"effect": 11.99}]), path).targets.chance[0] == 0.0
    got = run(thread([{"effect": 7.0}, {"effect": 5.0}]), path)
    assert got.targets.chance[0] == 1.0
    assert got.contributions.chance.tolist() == [1.0, 1.0]
    assert (got.targets.p10[0], got.targets.p90[0]) == (72.0, 72.0)
    assert got.targets.standard_error[0] == 0.0


def test_a_chance_alone(path):
    got = run(thread([{"effect": 12.0, "chance": 0.3}]), path)
    assert near(got.targets.chance[0], 0.3)
    assert got.targets.standard_error[0] == pytest.approx(math.sqrt(0.3 * 0.7 / RUNS), rel=0.05)


def test_a_triangle_alone(path):
    got = run(thread([{"effect": (6.0, 10.0, 16.0)}]), path)
    assert near(got.targets.chance[0], (16 - 12) ** 2 / ((16 - 6) * (16 - 10)))
    assert got.contributions.expected[0] == pytest.approx(32 / 3, abs=0.05)


def test_an_uncertain_finish_decides_against_the_due_day(path):
    got = run(thread([{"effect": 12.0, "finish": (80.0, 90.0, 120.0)}]), path)
    assert near(got.targets.chance[0], 1 - (120 - 100) ** 2 / ((120 - 80) * (120 - 90)))
    late = thread(
        [{"effect": 12.0, "finish": (-30.0, -10.0, 10.0), "ramp": 200.0}]
    )  # overdue work finishes today at the earliest
    assert run(late, path).contributions.expected[0] <= 12 * 100 / 200


def test_half_way_up_the_ramp_half_the_effect(path):
    got = run(thread([{"effect": 20.0, "finish": 30.0, "lag": 20.0, "ramp": 100.0}]), path)
    assert got.targets.p50[0] == pytest.approx(70.0)
    assert got.contributions.expected[0] == pytest.approx(10.0)
    assert got.targets.coverage[0] == pytest.approx(10 / 12)


def test_a_lag_beyond_the_due_day_gives_nothing(path):
    got = run(thread([{"effect": 50.0, "finish": 60.0, "lag": 41.0}]), path)
    assert (got.targets.chance[0], got.targets.coverage[0], got.contributions.expected[0]) == (0.0, 0.0, 0.0)


def test_what_is_measured_already_is_not_counted_twice(path):
    done = [{"effect": 12.0, "finish": -50.0}]
    assert run(thread(done), path).targets.p50[0] == 60.0
    half = [{"effect": 12.0, "finish": -50.0, "ramp": 100.0}]
    got = run(thread(half, kpi={"day_of_value": -10.0}), path)  # 40 of 100 days seen, all in place at the due day
    assert got.targets.p50[0] == pytest.approx(60 + 12 * 0.6)
    before = run(thread(done, kpi={"day_of_value": -70.0}), path)  # measured before the finish: all of it is still to be seen
    assert before.targets.p50[0] == 72.0


def test_independent_required_targets_multiply_and_voluntary_ones_do_not_count(path):
    steps = [{"effect": 12.0, "chance": 0.7}, {"effect": 12.0, "chance": 0.6, "kpi": 1}]
    both = thread(steps, kpis=[{}, {}], targets=[{}, {"kpi": 1}])
    got = run(both, path)
    assert near(got.objectives.chance[0], 0.42)
    assert got.contributions.objective_chance.tolist() == pytest.approx([got.objectives.chance[0]] * 2)
    one = thread(steps, kpis=[{}, {}], targets=[{}, {"kpi": 1, "required": 0}])
    assert near(run(one, path).objectives.chance[0], 0.7)
    assert run(one, path, runs=100).contributions.objective_item.tolist() == [0]  # the other moves nothing that is required
    none = thread(steps, kpis=[{}, {}], targets=[{"required": 0}, {"kpi": 1, "required": 0}])
    assert math.isnan(run(none, path).objectives.chance[0])


def test_one_success_serves_all_kpis_of_a_step(path):
    steps = [{"effect": 12.0, "chance": 0.7}, {"effect": 12.0, "chance": 0.6, "kpi": 1, "subject": 0}]
    got = run(thread(steps, kpis=[{}, {}], targets=[{}, {"kpi": 1}]), path)
    assert near(got.objectives.chance[0], 0.6)


def test_a_falling_kpi(path):
    falling = {"value": 48.0}
    up, down = thread([{"effect": (8.0, 12.0, 16.0)}]), thread([{"effect": (-8.0, -12.0, -16.0)}], target=falling)
    a, b = run(up, path), run(down, path)
    assert near(b.targets.chance[0], 0.5)
    assert near(a.targets.chance[0], 0.5)
    assert b.targets.coverage[0] == pytest.approx(a.targets.coverage[0], abs=0.01)
    assert run(thread([{"effect": 20.0}], target=falling), path).targets.chance[0] == 0.0


def test_a_band_and_a_tolerance(path):
    band = {"value": NAN, "band_low": 58.0, "band_high": 61.0}
    got = run(thread(kpi={"noise_per_root_day": 0.2}, target=band), path)
    assert near(got.targets.chance[0], PHI(1 / 2) - PHI(-2 / 2))
    assert (got.targets.coverage_reason[0], math.isnan(got.targets.coverage[0])) == ("band", True)
    wider = run(thread(kpi={"noise_per_root_day": 0.2}, target={**band, "tolerance": 1.0}), path)
    assert near(wider.targets.chance[0], PHI(2 / 2) - PHI(-3 / 2))
    open_end = run(thread(kpi={"noise_per_root_day": 0.2}, target={**band, "band_high": NAN}), path)
    assert near(open_end.targets.chance[0], 1 - PHI(-2 / 2))
    assert run(thread([{"effect": 11.5}], target={"tolerance": 0.5}), path).targets.chance[0] == 1.0


def test_supervision_raises_the_chance_for_the_time_it_covers(path):
    steps = [{"effect": 12.0, "chance": 0.5, "finish": 80.0}, {"finish": 20.0}]
    watched = [{"subject": 1, "supervised": 0, "low": 0.4, "likely": 0.4, "high": 0.4}]
    got = run(thread(steps, watched=watched), path)
    assert near(got.targets.chance[0], 0.5 + 0.4 * 60 / 80)
    assert got.supervisions.chance[0] == pytest.approx(0.3, abs=0.01)
    assert got.supervisions.chance[0] == got.subjects.chance[1]
    early = run(thread([steps[0], {"finish": -5.0}], watched=watched), path)
    assert near(early.targets.chance[0], 0.9)
    late = run(thread([steps[0], {"finish": 81.0}], watched=watched), path)
    assert near(late.targets.chance[0], 0.5)
    sure = run(thread([{**steps[0], "chance": 0.9}, {"finish": -5.0}], watched=watched), path)
    assert sure.targets.chance[0] == 1.0


def test_floor_and_ceiling_hold(path):
    kpi = {"noise_per_root_day": 5.0, "floor": 40.0, "ceiling": 70.0}
    got = run(thread([{"effect": 12.0}], kpi=kpi), path, months=(50.0,))
    assert got.targets.chance[0] == 0.0
    assert (got.targets.p10[0], got.targets.p90[0]) == (40.0, 70.0)
    assert (got.fan[0, 0].min(), got.fan[0, 0].max()) == (40.0, 70.0)


def test_a_past_target_is_judged_not_simulated(path):
    steps, kpi = [{"effect": 30.0}], {"noise_per_root_day": 5.0}
    missed = run(thread(steps, kpi=kpi, target={"due_day": 0.0}), path)
    assert (missed.targets.chance[0], missed.targets.standard_error[0], missed.targets.coverage_reason[0]) == (0.0, 0.0, "past")
    kept = run(thread(steps, kpi=kpi, target={"due_day": -30.0, "value_at_due": 72.5}), path)
    assert kept.targets.chance[0] == 1.0
    assert kept.contributions.chance.tolist() == [0.0]
    tomorrow = run(thread(steps, kpi={"noise_per_root_day": 12.0}, target={"due_day": 1.0}), path)
    assert near(tomorrow.targets.chance[0], 1 - PHI(1.0))  # of due_day 1 the day is still to come: 12 away, 12 a root day
    assert tomorrow.targets.coverage_reason[0] == "counted"


def test_nothing_left_to_move_is_no_coverage(path):
    got = run(thread([{"effect": 1.0}], kpi={"value_now": 73.0}), path)
    assert (got.targets.coverage_reason[0], math.isnan(got.targets.coverage[0])) == ("nothing left to move", True)


def test_a_reference_class_corrects_claims_together(path):
    steps = [{"effect": 4.0, "factor_mean": 0.5, "factor_sd": 0.25} for _ in range(3)]
    got = run(thread(steps), path)
    assert got.contributions.expected.tolist() == pytest.approx([2.0] * 3, abs=0.02)
    spread = (got.targets.p90[0] - got.targets.p10[0]) / (2 * 1.2816)
    assert spread == pytest.approx(12 * 0.25, rel=0.1)  # one class: errors add up, not average out
    apart = [{**step, "factor_class": i} for i, step in enumerate(steps)]
    narrow = run(thread(apart), path)
    assert (narrow.targets.p90[0] - narrow.targets.p10[0]) / (2 * 1.2816) == pytest.approx(math.sqrt(3) * 4 * 0.25, rel=0.1)


YEARLY = {"worth_per_unit": 1_000.0, "worth_kind": PER_YEAR, "held_until_day": 730.0}


def test_worth_a_year_of_a_certain_step(path):
    """12 units from day 100 to day 730 at 1,000 a unit and year; a day later costs one day of 12,000 a year."""
    got = run(thread([{"effect": 12.0, "finish": 100.0}], target=YEARLY), path, runs=100)
    assert got.objectives.worth_mean[0] == pytest.approx(12_000 * 630 / 365)
    assert got.contributions.value_at_stake[0] == pytest.approx(12_000 * 630 / 365)
    assert got.subjects.cost_of_delay[0] == pytest.approx(12_000 / 365)
    assert got.contributions.cost_of_delay[0] == got.subjects.cost_of_delay[0]
    ramped = run(thread([{"effect": 12.0, "finish": 100.0, "ramp": 200.0}], target=YEARLY), path, runs=100)
    assert ramped.objectives.worth_mean[0] == pytest.approx(12_000 * (430 + 100) / 365)
    assert ramped.subjects.cost_of_delay[0] == pytest.approx(12_000 / 365)


def test_worth_is_capped_at_the_target_and_counts_below_the_baseline(path):
    over = run(thread([{"effect": 20.0, "finish": 0.0001}], target=YEARLY), path, runs=100)
    assert over.objectives.worth_mean[0] == pytest.approx(24_000, rel=1e-5)
    assert run(thread([{"effect": -3.0, "finish": 0.0001}], target=YEARLY), path, runs=100).objectives.worth_mean[
        0
    ] == pytest.approx(-6_000, rel=1e-5)
    two = run(thread([{"effect": 20.0}, {"effect": 20.0}], target=YEARLY), path, runs=100)
    assert two.contributions.value_at_stake.tolist() == pytest.approx([0.0, 0.0])  # either alone reaches the cap


def test_worth_once_a_band_and_no_rate(path):
    once = {"worth_per_unit": 1_000.0, "worth_kind": ONCE}
    got = run(thread([{"effect": 6.0, "chance": 0.5, "finish": 99.5}], target=once), path)
    assert got.objectives.worth_mean[0] == pytest.approx(3_000, abs=60)
    assert (got.objectives.worth_p10[0], got.objectives.worth_p90[0]) == (0.0, 6_000.0)
    assert got.subjects.cost_of_delay[0] == pytest.approx(got.objectives.worth_mean[0])  # a day later misses the day that pays
    band = {**YEARLY, "value": NAN, "band_low": 59.0, "band_high": 61.0}
    inside = run(thread(target=band), path, runs=100)
    assert inside.objectives.worth_mean[0] == pytest.approx(1_000 * 730 / 365)
    unsigned = run(thread([{"effect": 6.0}], target={"worth_per_unit": NAN, "worth_kind": ONCE}), path, runs=100)
    assert math.isnan(unsigned.objectives.worth_mean[0])
    assert unsigned.contributions.value_at_stake[0] == 0.0


def test_delay_of_a_supervising_step_equals_a_later_start_computed_in_full(path):
    steps = [{"effect": 12.0, "chance": 0.5, "finish": (80.0, 90.0, 110.0)}, {"finish": 20.0}]
    watched = [{"subject": 1, "supervised": 0, "low": 0.4, "likely": 0.4, "high": 0.4}]
    got = run(thread(steps, target=YEARLY, watched=watched), path, runs=400_000 if path == "compiled" else 100_000)
    finish = np.random.default_rng(1).triangular(80, 90, 110, 1_000_000)
    exact = np.mean(0.4 / finish * 12_000 * (730 - finish) / 365)  # one day less cover: 0.4 / finish less chance
    assert got.subjects.cost_of_delay[1] == pytest.approx(exact, rel=0.02)


def test_an_empty_thread_gives_the_drift_alone():
    nothing = thread(kpi={"drift_per_day": 0.1, "noise_per_root_day": 0.3})
    with_work = thread([{"effect": 0.0}], kpi={"drift_per_day": 0.1, "noise_per_root_day": 0.3})
    assert chances(nothing).tolist() == chances(with_work).tolist()
    assert near(chances(nothing)[0], 1 - PHI(2 / 3), 10_000)


def test_no_targets_no_kpis_nothing_at_all(path):
    from goldenthread.engine.thread_data import Kpis, Objectives, Targets, ThreadData

    got = run(ThreadData(Kpis(), Objectives(key=[5]), Targets()), path, runs=10)
    assert (got.objectives.key.tolist(), math.isnan(got.objectives.chance[0]), got.targets.key.size) == ([5], True, 0)
    fan = run(ThreadData(table(Kpis, [{"value_now": 3.0}], {}), Objectives(), Targets()), path, runs=10, months=(30.0,)).fan
    assert fan.tolist() == [[[3.0] * 5]]


def test_subjects_of_one_schedule_finish_in_the_same_run_and_those_of_two_apart(path):
    """Both steps are needed by day 100, and each is there in half of its runs: 1/2 together, 0 in turn, 1/4 apart."""
    both = thread([{"effect": 6.0}, {"effect": 6.0}])
    together, in_turn = [[50.0, 150.0]] * 2, [[50.0, 150.0], [150.0, 50.0]]
    assert near(run(simulated(both, together), path).targets.chance[0], 0.5)
    assert run(simulated(both, in_turn), path).targets.chance[0] == 0.0
    assert near(run(simulated(both, together, keys=(5, 6), of=[0, 1]), path).targets.chance[0], 0.25)
    assert run(simulated(both, together, keys=(5, 5), of=[0, 1]), path).targets.chance[0] == pytest.approx(0.5, abs=0.02)


def test_the_digest_tells_runs_and_schedules_apart_and_not_where_they_stand():
    both, days = thread([{"effect": 6.0}, {"effect": 6.0}]), np.array([[50.0, 150.0], [60.0, 70.0]])
    told = [
        simulated(both, days), simulated(both, days + 1), simulated(both, days, keys=(6,)), simulated(both, days[:, ::-1]), both,
    ]  # fmt: skip
    digests = [digest(data, 1) for data in told]
    assert len(set(digests)) == len(digests)
    assert digest(simulated(both, days, keys=(9, 5), of=[1, 1]), 1) == digests[0]
