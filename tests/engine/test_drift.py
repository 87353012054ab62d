import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from goldenthread.engine.drift import DriftOptions, drift, student_ratio
from goldenthread.engine.errors import EngineError


def test_worked_example_by_hand():
    # values 10, 13, 12, 15 every 10 days: steps 3, -1, 3; rate 5/30; residuals 4/3, -8/3, 4/3
    got = drift([0, 10, 20, 30], [10, 13, 12, 15])
    variance = (16 / 9 + 64 / 9 + 16 / 9) / 10 / 2
    rate, error2 = 5 / 30, variance / 30
    grid = np.linspace(-5, 5, 400_001)  # posterior by brute force over a grid of true rates
    prior = sum(
        w * stats.norm.pdf(grid, 0, math.sqrt(k * variance / 365)) for k, w in zip((1, 10, 100, 1000), (4, 2, 1, 1), strict=True)
    )
    posterior = prior * stats.norm.pdf(rate, grid, math.sqrt(error2))
    posterior /= posterior.sum()
    mean = float(posterior @ grid)
    assert got.mean_per_day == pytest.approx(mean)
    assert got.noise_per_root_day == pytest.approx(1.471 * math.sqrt(variance))
    assert got.mean_error == pytest.approx(1.471 * math.sqrt(float(posterior @ grid**2) - mean**2))
    assert (got.level, got.points, got.basis) == (15, 4, "thin")


def test_a_straight_line_is_taken_as_it_is():
    got = drift(np.arange(24) * 30, 5 + 0.2 * np.arange(24) * 30)
    assert got.mean_per_day == pytest.approx(0.2)
    assert got.noise_per_root_day == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("points", "span", "basis"), [(5, 500, "thin"), (6, 89, "thin"), (6, 90, "fair"), (12, 329, "fair"), (12, 330, "good")]
)
def test_basis(points, span, basis):
    days = np.linspace(0, span, points)
    assert drift(days, np.sin(days)).basis == basis


def test_no_point_one_point_and_two_points_are_wide_and_thin():
    options = DriftOptions(scale=12.0)
    nothing, single, pair = drift([], [], options), drift([0], [60], options), drift([0, 30], [60, 60], options)
    year = 0.25 * 12.0
    assert math.isnan(nothing.level)
    for got in (nothing, single, pair):
        assert got.basis == "thin"
        assert got.mean_per_day == 0.0
        assert got.noise_per_root_day * math.sqrt(365) >= year * 0.999
    assert single.level == 60
    assert drift([0], [0.0]).noise_per_root_day > 0  # even at level zero, where nothing says how far it may move
    assert drift([0], [-80.0]).noise_per_root_day == pytest.approx(0.25 * 80 / math.sqrt(365))


def test_one_wild_value_does_not_move_the_drift_much():
    r = np.random.default_rng(2)
    days = np.arange(36) * 30.0
    values = 50 + np.cumsum(r.normal(0.3, 1.0, 36))
    wild = values.copy()
    wild[17] += 500.0  # a slipped decimal
    clean, spoilt = drift(days, values), drift(days, wild)
    assert spoilt.noise_per_root_day < 1.5 * clean.noise_per_root_day
    assert abs(spoilt.mean_per_day - clean.mean_per_day) < 2 * clean.mean_error


def test_several_values_of_one_day_count_once_and_order_does_not_matter():
    one = drift([0, 10, 20, 30, 40], [1, 3, 2, 5, 4])
    other = drift([40, 10, 10, 30, 0, 20], [4, 2, 4, 5, 1, 2])
    assert one == other


@given(shift=st.floats(-1e3, 1e3), scale=st.floats(0.01, 100), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_moving_or_scaling_a_history_moves_or_scales_its_drift(shift, scale, seed):
    r = np.random.default_rng(seed)
    days, values = np.cumsum(r.integers(5, 40, 15)), np.cumsum(r.normal(0.2, 2, 15))
    a, b = drift(days, values), drift(days + 100, shift + scale * values)
    assert b.mean_per_day == pytest.approx(scale * a.mean_per_day, rel=1e-6, abs=1e-9)
    assert b.noise_per_root_day == pytest.approx(scale * a.noise_per_root_day, rel=1e-6, abs=1e-9)


def test_widening_follows_student():
    for freedom in (1, 2, 3, 4, 5, 8, 15, 40):
        assert student_ratio(freedom) == pytest.approx(stats.t.ppf(0.9, freedom) / stats.norm.ppf(0.9), rel=0.01)


def test_refusals():
    with pytest.raises(EngineError, match="not a number"):
        drift([0, 1], [1, math.nan])
    with pytest.raises(EngineError, match="its day"):
        drift([0], [1, 2])


@pytest.mark.parametrize("points", [3, 4, 6, 12, 24])
def test_80_percent_ranges_cover_about_80_percent_of_random_walks(points):
    """Planted walks: yearly drift and yearly noise of like size, monthly values, a year ahead. Thin histories may cover more,
    never less."""
    r = np.random.default_rng(points)
    hits, cases, gap = 0, 2_000, 30.0
    for _ in range(cases):
        noise = 10 ** r.uniform(-1, 1)
        mean = r.normal(0, noise / math.sqrt(365))
        steps = mean * gap + noise * math.sqrt(gap) * r.normal(size=points - 1)
        values = np.concatenate([[50], 50 + np.cumsum(steps)])
        ahead = values[-1] + mean * 365 + noise * math.sqrt(365) * r.normal()
        got = drift(np.arange(points) * gap, values, DriftOptions(scale=noise * 40))
        spread = 1.2816 * math.hypot(got.mean_error * 365, got.noise_per_root_day * math.sqrt(365))
        hits += abs(ahead - got.level - got.mean_per_day * 365) <= spread
    print(f"{points} points: {hits / cases:.3f}")
    assert hits / cases > 0.77
    assert points < 6 or hits / cases < 0.85
