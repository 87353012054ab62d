"""Schedule risk: closed forms and quadrature, the plain passes as an oracle of the compiled ones, what must change nothing."""

import os
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from goldenthread.engine import network as n
from goldenthread.engine import risk_draws
from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import FF, SF, Network
from goldenthread.engine.risk_figures import rank_correlation
from goldenthread.engine.risk_runs import RunOptions, runs
from goldenthread.engine.schedule_risk import RiskOptions, simulate
from goldenthread.engine.uncertainty import CERTAIN, LOGNORMAL, PERT, TRIANGULAR, Risk, Uncertainty, spread
from goldenthread.formats.schedule_network import network_of
from tests.engine import seeded_plans
from tests.engine.test_calendar_network import DAY, HOUR, MONDAY, OFFICE, at, network

LONG = "LONG_TESTS" in os.environ
RUNS = 4_000
NOBODY = np.zeros(0, np.int64)
BETA_12 = stats.beta(1.64, 4.36, 200, 1_000)  # of PERT with 200, 360, 1,200: mean 473.3


def chain(durations, **columns):
    places = range(len(durations))
    return Network(places, durations, places[:-1], places[1:], **columns)


def side_by_side(durations):
    """Work that all begins at once, and a milestone after it."""
    places = range(len(durations))
    return Network(range(len(durations) + 1), [*durations, 0], places, [len(durations)] * len(durations))


def ranged(shape, rows, **more):
    low, likely, high = (list(column) for column in zip(*rows, strict=True))
    return Uncertainty([shape] * len(rows), low, likely, high, **more)


def finishes(made, uncertainty, count=RUNS, **options):
    return simulate(made, uncertainty, NOBODY, options=RiskOptions(count, levers=0, ranked=0, **options)).finish[0]


def near(found, mean, deviation, errors=4.5):
    """Whether the mean and the spread of a sample are those of a distribution, within standard errors of both."""
    count = len(found)
    assert abs(np.mean(found) - mean) < errors * deviation / np.sqrt(count)
    assert abs(np.std(found) / deviation - 1) < errors * 1.2 / np.sqrt(2 * count)


def test_a_chain_of_triangular_durations_has_the_sum_of_means_and_of_variances():
    rows = [(1_000 + 50 * i, 1_200 + 60 * i, 2_000 + 100 * i) for i in range(12)]
    mean = sum(a + m + b for a, m, b in rows) / 3
    variance = sum((a * a + m * m + b * b - a * m - a * b - m * b) / 18 for a, m, b in rows)
    near(finishes(chain([m for _, m, _ in rows]), ranged(TRIANGULAR, rows)), mean, variance**0.5)


def test_pert_has_the_mean_and_spread_of_the_textbook():
    """2, 4 and 12 days: mean (2 + 16 + 12) / 6 = 5; the beta's variance (5 - 2) (12 - 5) / 7 = 3."""
    found = finishes(chain([4 * DAY]), ranged(PERT, [(2 * DAY, 4 * DAY, 12 * DAY)]))
    near(found, 5 * DAY, 3**0.5 * DAY)
    assert stats.kstest(found / DAY, stats.beta(1.8, 4.2, 2, 10).cdf).pvalue > 1e-4


def test_a_lognormal_of_extremes_has_the_moments_that_pert_names():
    near(finishes(chain([500]), ranged(LOGNORMAL, [(400, 500, 1_000)])), (400 + 2_000 + 1_000) / 6, 100)


@pytest.mark.parametrize("shape", [TRIANGULAR, PERT, LOGNORMAL])
def test_percentiles_that_are_given_come_out(shape):
    found = np.sort(finishes(chain([5_000]), ranged(shape, [(4_000, 5_000, 8_000)], is_percentile=True)))
    for stated, share in ((4_000, 0.1), (8_000, 0.9)):
        assert abs(np.mean(found <= stated) - share) < 4.5 * (0.09 / RUNS) ** 0.5
    if shape != LOGNORMAL:
        assert found[0] < 4_000
        assert found[-1] > 8_000


def test_where_two_ends_meet_the_mean_is_that_of_the_later_one_by_quadrature():
    made = side_by_side([360, 360])
    told = simulate(made, ranged(PERT, [(200, 360, 1_200)] * 2 + [(0, 0, 0)]), NOBODY, options=RiskOptions(RUNS))
    latest = integrate.quad(lambda x: 1 - BETA_12.cdf(x) ** 2, 200, 1_200)[0] + 200
    assert abs(told.projects[0].mean - latest) < 4.5 * told.projects[0].deviation / RUNS**0.5
    assert latest > BETA_12.mean() + 80
    chance = BETA_12.cdf(360) ** 2
    assert abs(told.projects[0].chance - chance) < 4.5 * (chance * (1 - chance) / RUNS) ** 0.5
    assert np.all(abs(told.criticality[:2] - 0.5) < 4.5 * 0.5 / RUNS**0.5)


def test_figures_of_a_chain_are_those_of_its_formulas():
    """All of a chain is critical; sensitivity is the share of the spread; without one of four the variance falls by a quarter."""
    told = simulate(chain([1_000] * 4), spread([1_000] * 4, TRIANGULAR, 0.5, 1.0, 1.5), NOBODY, options=RiskOptions(RUNS))
    assert np.all(told.criticality == 1.0)
    assert np.allclose(told.sensitivity, 0.5, atol=0.02)
    assert np.allclose(told.cruciality, 6 / np.pi * np.arcsin(0.5 / 2), atol=0.05)  # as of normals that correlate by a half
    sd, score = 1_000 / 24**0.5, 0.8416
    assert all(abs(one.p80_falls - score * sd * (2 - 3**0.5)) < 35 for one in told.levers)
    assert {one.row for one in told.levers} == {0, 1, 2, 3}


def test_without_the_only_uncertainty_the_finish_is_the_stated_one():
    told = simulate(chain([500, 700]), ranged(TRIANGULAR, [(500, 500, 500), (600, 700, 1_500)]), NOBODY)
    lever = told.levers[0]
    assert lever.row == 1
    assert told.projects[0].p80 - lever.p80_falls == 1_200


@pytest.mark.parametrize("loading", [0.0, 0.5**0.5, 1.0])
def test_variances_add_where_nothing_moves_together_and_deviations_where_everything_does(loading):
    count, rows = 9, [(500, 1_000, 1_500)] * 9
    made = ranged(TRIANGULAR, rows, factor=[0] * count, loading=[loading] * count)
    correlation = 6 / np.pi * np.arcsin(loading**2 / 2)  # of ranks; for the symmetric triangle nearly that of durations
    of_sum = 1_000 / 24**0.5 * (count + count * (count - 1) * correlation) ** 0.5
    assert abs(np.std(finishes(chain([1_000] * count), made)) / of_sum - 1) < 0.06


@settings(max_examples=40 if LONG else 5, deadline=None)
@given(st.lists(st.integers(100, 5_000), min_size=1, max_size=8), st.floats(0.0, 0.9), st.integers(0, 2**62))
def test_a_symmetric_range_leaves_the_mean_of_a_chain_where_it_was(durations, width, seed):
    found = finishes(chain(durations), spread(durations, TRIANGULAR, 1 - width, 1, 1 + width), 500, seed=seed)
    sd = (sum(d * d for d in durations) * width * width / 6 + len(durations)) ** 0.5
    assert abs(found.mean() - sum(durations)) < 6 * sd / 500**0.5


def test_a_risk_occurs_as_often_as_it_is_likely_and_moves_what_it_touches():
    risk = Risk(7, 0.3, 400, 400, 400, (0, 2))
    certain = ranged(CERTAIN, [(0, 0, 0)] * 3, risks=(risk,))
    told = simulate(chain([500] * 3), certain, NOBODY, options=RiskOptions(RUNS))
    assert set(told.finish[0].tolist()) == {1_500, 2_300}
    assert abs(np.mean(told.finish[0] == 2_300) - 0.3) < 4.5 * (0.21 / RUNS) ** 0.5
    assert [(one.risk, one.p80_falls) for one in told.levers] == [(0, 800)]
    doubled = replace(risk, low=2, likely=2, high=2, is_factor=True)
    assert set(finishes(chain([500] * 3), replace(certain, risks=(doubled,))).tolist()) == {1_500, 2_500}
    assert set(finishes(chain([500] * 3), replace(certain, risks=(doubled, replace(risk, key=8)))).tolist()) == {
        1_500, 2_300, 2_500, 3_300,
    }  # fmt: skip


def test_a_finish_that_is_fixed_stays_whatever_the_duration():
    day = at("2027-03-12T17:00")
    columns = {"constraint": [0, n.MANDATORY_FINISH], "constraint_at": [n.NONE, day]}
    made = network([5 * DAY, 4 * DAY], [(0, 1)], **columns)
    told = simulate(made, spread(made.duration, TRIANGULAR, 0.5, 1, 1.5), np.array([1]), options=RiskOptions(200))
    assert set(told.seen[0].tolist()) == {day}
    late = simulate(
        network([5 * DAY, 4 * DAY], [(0, 1)], **(columns | {"constraint": [0, n.FINISH_NO_EARLIER]})),
        spread(made.duration, TRIANGULAR, 0.5, 1, 1.5),
        np.array([1]),
        options=RiskOptions(200),
    )
    assert late.seen.min() == day
    assert late.seen.max() > day


def test_finishes_that_are_tied_reckon_with_the_drawn_duration_of_both():
    """B ends with A, whatever B lasts; C ends when B begins."""
    made = Network([0, 1, 2], [1_000, 500, 10], [0, 1], [1, 2], [FF, SF], not_before=[0, 0, 0])
    told = simulate(made, ranged(TRIANGULAR, [(1_000, 1_000, 1_000), (100, 500, 900), (1, 10, 10)]), np.array([1, 2]))
    assert set(told.seen[0].tolist()) == {1_000}
    lasts = risk_draws.durations(
        risk_draws.draws(made.duration, made.key, ranged(TRIANGULAR, [(1_000,) * 3, (100, 500, 900), (1, 10, 10)]), 1),
        1,
        np.arange(1_000),
    )
    assert np.array_equal(told.seen[1], 1_000 - lasts)


def test_what_is_done_is_not_drawn_and_what_has_begun_only_in_what_remains():
    begun = MONDAY - 7 * 1440
    made = network(
        [3 * DAY, 2 * DAY],
        [(0, 1)],
        actual_start=[begun, begun],
        actual_finish=[begun + 9 * HOUR, n.NONE],
        not_before=[-1, MONDAY],
    )
    told = simulate(made, spread(made.duration, TRIANGULAR, 0.5, 1, 1.5), np.array([0, 1]), options=RiskOptions(300))
    assert set(told.seen[0].tolist()) == {begun + 9 * HOUR}
    assert told.duration_deviation[0] == 0
    assert told.seen[1].min() > MONDAY + 8 * HOUR
    assert told.seen[1].max() <= at("2027-03-03T17:00")


def test_cost_and_date_of_one_activity_are_kept_together():
    made = Uncertainty([TRIANGULAR], [500], [1_000], [2_000], cost_fixed=[100.0], cost_per_minute=[2.0])
    joint = simulate(chain([1_000]), made, NOBODY).joints[0]
    assert (joint.stated, joint.level) == (2_100.0, 80)
    assert joint.correlation == pytest.approx(1.0)
    assert 0.8 <= joint.chance_of_both < 0.82
    apart = ranged(TRIANGULAR, [(500, 1_000, 2_000)] * 2, cost_per_minute=[0.0, 2.0])
    joint = simulate(Network([0, 1], [1_000] * 2, [], []), apart, NOBODY).joints[0]
    assert joint.chance_of_both < 0.8
    assert joint.level > 80


def test_a_standard_error_stands_beside_p80_and_tells_how_far_other_seeds_lie():
    made = spread([1_000] * 5, PERT, 0.5, 1, 2)
    told = [simulate(chain([1_000] * 5), made, NOBODY, options=RiskOptions(1_000, seed)).projects[0] for seed in range(20)]
    assert 0.5 < np.std([one.p80 for one in told]) / np.mean([one.p80_error for one in told]) < 1.6
    assert [count for count, _ in told[0].p80_by_runs] == list(range(100, 1_001, 100))
    assert simulate(chain([5]), spread([5], PERT, 1, 1, 1), NOBODY, options=RiskOptions(99)).projects[0].p80_error is None


def test_names_order_threads_and_chunks_change_nothing():
    made = seeded(4)
    uncertain = everything(made, 4)
    rules, network_ = made.options, made.network
    drawn = risk_draws.draws(network_.duration, network_.key, uncertain, 3)
    whole = runs(network_, rules, drawn, NOBODY, RunOptions(330, threads=1))
    threaded = runs(network_, rules, drawn, NOBODY, RunOptions(330, threads=2))
    parts = [runs(network_, rules, drawn, NOBODY, RunOptions(many, first)) for first, many in ((0, 7), (7, 193), (200, 130))]
    for one in fields(whole):
        expected = getattr(whole, one.name)
        assert np.array_equal(expected, getattr(threaded, one.name))
        found = [getattr(part, one.name) for part in parts]
        together = np.concatenate(found, axis=1) if expected.ndim > 1 else sum(found)
        assert np.array_equal(expected, together)
    rows = [(100, 400, 900), (300, 600, 1_000), (50, 80, 200)]
    turned = Network([30, 20, 10], [80, 600, 400], [1, 2], [0, 1])
    there = finishes(chain([400, 600, 80]), ranged(TRIANGULAR, rows, item=[10, 20, 30]))
    assert np.array_equal(there, finishes(turned, ranged(TRIANGULAR, rows[::-1])))


def test_ranks_that_are_tied_share_their_mean():
    first, second = [1, 2, 2, 4, 9], [3, 1, 4, 4, 8]
    assert rank_correlation(np.array(first), np.array(second)) == pytest.approx(stats.spearmanr(first, second).statistic)


@pytest.mark.parametrize(
    ("row", "words"), [((5, 4, 9), "5, 4, 9"), ((-1, 4, 9), "-1, 4, 9"), ((1, 4, 1e9), "1e\\+09"), ((1, float("nan"), 9), "nan")]
)
def test_a_range_that_cannot_be_drawn_is_refused(row, words):
    with pytest.raises(EngineError, match=words):
        ranged(TRIANGULAR, [row])


def test_a_calendar_is_laid_out_as_far_as_the_latest_run():
    made = network([40 * 260 * DAY], calendars=(WorkingTime(week=OFFICE.week),))
    told = simulate(made, spread(made.duration, TRIANGULAR, 1, 1, 2.5), NOBODY, options=RiskOptions(40))
    drawn = risk_draws.draws(made.duration, made.key, spread(made.duration, TRIANGULAR, 1, 1, 2.5), 1)
    days, rest = np.divmod(risk_draws.durations(drawn, 0, np.arange(40)), DAY)
    day = np.busday_offset("2027-03-01", days - (rest == 0)).astype("datetime64[D]").astype(int)
    rest = np.where(rest == 0, DAY, rest)
    assert np.array_equal(told.finish[0], day * 1440 + 480 + rest + np.where(rest > 240, 60, 0))
    assert n.moment_of(int(told.finish.max())).year > 2100


def seeded(seed):
    constraints = 0.35 if seed % 4 else 0.0
    program = ("ms", "p6")[seed % 2]
    plan = seeded_plans.plan(seed, program, calendars=1 + seed % 3, constraints=constraints, deadlines=0.1)
    return network_of(seeded_plans.as_file(plan))


def everything(made, seed):
    """Every shape, common factors, risks on anything, money."""
    r = np.random.default_rng(seed)
    base = made.network.duration.astype(float)
    size = base.size
    risks = (
        Risk(5, 0.4, -100, 300, 900, tuple(r.integers(0, size, 4).tolist())),
        Risk(6, 0.5, 1.1, 1.3, 1.5, tuple(r.integers(0, size, 4).tolist()), is_factor=True),
    )
    shape = np.where(base > 0, r.integers(0, 4, size), CERTAIN)
    moved = {"factor": r.integers(-1, 2, size), "loading": r.random(size)}
    return Uncertainty(shape, base * 0.8, base, base * 1.5, risks=risks, cost_per_minute=r.random(size), **moved)


@pytest.mark.parametrize("seed", range(600 if LONG else 12))
def test_compiled_runs_are_those_of_the_passes_one_after_the_other(seed):
    made = seeded(seed)
    uncertain, every = everything(made, seed), np.arange(made.network.key.size)
    drawn = risk_draws.draws(made.network.duration, made.network.key, uncertain, seed)
    plain = runs(made.network, made.options, drawn, every, RunOptions(12, path="plain"))
    compiled = runs(made.network, made.options, drawn, every, RunOptions(12))
    for one in fields(plain):
        assert np.array_equal(getattr(plain, one.name), getattr(compiled, one.name)), one.name


@pytest.mark.parametrize("seed", range(600 if LONG else 16))
def test_without_uncertainty_every_run_has_the_dates_of_the_critical_path(seed):
    made = seeded(seed)
    every = np.arange(made.network.key.size)
    told = simulate(
        made.network, spread(made.network.duration, PERT, 1, 1, 1), every, made.options, RiskOptions(3, levers=0, ranked=0)
    )
    stated = schedule(made.network, made.options)
    if (made.network.constraint == n.AS_LATE_AS_POSSIBLE).any() and not made.options.late_within_free_float:
        assert told.projects[0].p90 == told.projects[0].p10
    assert np.all(told.seen == stated.early_finish[:, None])
    assert np.all(told.finish == stated.early_finish.max())
    assert np.array_equal(told.criticality == 1.0, stated.longest_path)
    assert set(told.criticality.tolist()) <= {0.0, 1.0}
