import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from goldenthread.engine.errors import EngineError
from goldenthread.engine.range_scores import cover, pinball, sample_crps, weighted_quantiles

finite = st.floats(-100, 100)


def normal_crps(mean, sd, y):
    """Closed form (Gneiting & Raftery 2007, equation 21)."""
    z = (y - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))


@pytest.mark.parametrize(("mean", "sd", "y"), [(0, 1, 0), (0, 1, 2.5), (10, 3, 4), (-5, 0.2, -5.1)])
def test_a_fine_sample_of_a_normal_scores_as_its_closed_form(mean, sd, y):
    sample = stats.norm.ppf((np.arange(4_000) + 0.5) / 4_000, mean, sd)
    assert sample_crps(sample, np.ones(4_000), [y])[0] == pytest.approx(normal_crps(mean, sd, y), abs=2e-3 * sd)


@given(finite, finite)
def test_a_point_scores_its_absolute_error(point, y):
    assert sample_crps([point], [1.0], [y])[0] == pytest.approx(abs(point - y))


@given(st.lists(st.tuples(finite, st.floats(0.01, 5)), min_size=1, max_size=12), finite)
def test_crps_is_what_its_definition_says(sample, y):
    x, w = np.array([v for v, _ in sample]), np.array([s for _, s in sample])
    w = w / w.sum()
    pairs = np.abs(x[:, None] - x[None, :]) * w[:, None] * w[None, :]
    expected = float(w @ np.abs(x - y)) - pairs.sum() / 2
    assert sample_crps(x, w * 7.0, [y])[0] == pytest.approx(expected, abs=1e-9)


def test_crps_is_twice_the_mean_pinball_loss():
    levels = (np.arange(2_000) + 0.5) / 2_000
    sample = np.array([1.0, 2.0, 4.0, 8.0])
    quantiles = sample[np.minimum((levels * 4).astype(int), 3)]
    for y in (0.0, 3.0, 9.5):
        assert 2 * pinball(levels, quantiles[None], [y]).mean() == pytest.approx(
            sample_crps(sample, np.ones(4), [y])[0], abs=5e-3
        )


def test_the_true_distribution_scores_best_on_average():
    y = stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000)
    levels = (np.arange(500) + 0.5) / 500

    def score(mean, sd):
        return sample_crps(np.tile(stats.norm.ppf(levels, mean, sd), (2_000, 1)), np.ones(500), y).mean()

    others = [score(0.3, 1), score(-0.3, 1), score(0, 0.7), score(0, 1.4)]
    assert score(0, 1) < min(others)


def test_pinball_and_cover_by_hand():
    assert pinball([0.1, 0.9], [[10, 20]], [25]).tolist() == [[pytest.approx(1.5), pytest.approx(4.5)]]
    assert pinball([0.1, 0.9], [[10, 20]], [8]).tolist() == [[pytest.approx(1.8), pytest.approx(1.2)]]
    assert cover([0, 0, 0, 0], [1, 1, 1, 1], [0, 0.5, 1, 1.1]) == 0.75


def test_quantiles_of_equal_weights_stand_at_i_over_n_plus_one():
    values = np.arange(1.0, 10.0)
    found = weighted_quantiles(values, np.ones((1, 9)), np.array([0.05, 0.1, 0.45, 0.5, 0.9, 0.99]))
    assert found[0] == pytest.approx([1, 1, 4.5, 5, 9, 9])


@given(st.lists(finite, min_size=2, max_size=20), st.integers(0, 99))
def test_a_value_without_weight_changes_nothing_and_scale_of_weights_neither(values, seed):
    x = np.sort(np.array(values))
    w = np.random.default_rng(seed).uniform(0.1, 1, x.size)
    levels = np.array([0.1, 0.5, 0.9])
    more_x, more_w = np.append(x, x[-1] + 1), np.append(w, 0.0)
    base = weighted_quantiles(x, w[None], levels)
    assert weighted_quantiles(more_x, 9 * more_w[None], levels) == pytest.approx(base)
    assert np.all(np.diff(base[0]) >= 0)


def test_middle_80_percent_of_few_draws_covers_80_percent():
    """Nine values and a tenth from the same place: an inverse of the plain distribution function would cover 67 %."""
    r = np.random.default_rng(3)
    draws = np.sort(r.normal(size=(4_000, 9)), axis=1)
    ends = np.array([weighted_quantiles(row, np.ones((1, 9)), np.array([0.1, 0.9]))[0] for row in draws])
    assert cover(ends[:, 0], ends[:, 1], r.normal(size=4_000)) == pytest.approx(0.8, abs=0.02)


def test_weights_that_are_none_are_refused():
    for weights in ([0.0, 0.0], [-1.0, 2.0]):
        with pytest.raises(EngineError):
            sample_crps([1.0, 2.0], weights, [1.0])
