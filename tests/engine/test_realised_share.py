import math

import numpy as np
import pytest

from goldenthread.engine.errors import EngineError
from goldenthread.engine.realised_share import RealisedShareOptions, realised_share


def test_no_case_says_claims_are_believed_but_not_certain():
    got = realised_share([], [], [])
    assert (got.mean, got.sd, got.cases) == (1.0, 0.5, 0)
    assert math.isnan(got.observed)


def test_worked_example_over_a_grid_of_true_shares():
    # one case: claimed 10, showed 5 with error 5; belief 3/4 N(1, 0.5) and 1/4 nothing; share known to sqrt(0.25 + 0.25)
    got = realised_share([10], [5], [5])
    grid = np.linspace(-6, 8, 1_400_001)
    seen = lambda true: np.exp(-((0.5 - true) ** 2) / (2 * 0.5))
    first = 0.75 * np.exp(-((grid - 1) ** 2) / (2 * 0.25)) / math.sqrt(2 * math.pi * 0.25) * seen(grid) * (grid[1] - grid[0])
    nothing = 0.25 * seen(0.0)
    total = first.sum() + nothing
    mean = float(first @ grid) / total
    assert got.mean == pytest.approx(mean, rel=1e-5)
    assert got.sd == pytest.approx(math.sqrt(float(first @ grid**2) / total - mean**2), rel=1e-5)
    assert (got.cases, got.observed) == (1, 0.5)


def test_work_without_effect_is_soon_not_believed():
    shares = [realised_share([8] * n, [0] * n, [0.5] * n).mean for n in (1, 3, 10, 30)]
    assert shares == sorted(shares, reverse=True)
    assert 0.2 < shares[0] < 0.6
    assert shares[2] < 0.05
    assert shares[3] < 0.01


def test_work_that_does_what_it_says_is_believed_whatever_the_doubt():
    shares = [realised_share([8] * n, [8] * n, [0.5] * n).mean for n in (1, 3, 10, 30)]
    assert shares == sorted(shares)
    assert shares[0] > 0.9
    assert shares[2] > 0.99


def test_noisy_cases_say_little_and_falling_kpis_count_alike():
    assert realised_share([1] * 5, [0] * 5, [90] * 5).mean == pytest.approx(0.75, abs=0.01)
    assert realised_share([-8, -4], [-4, -2], [1, 1]) == realised_share([8, 4], [4, 2], [1, 1])


def test_one_absurd_case_cannot_take_over_and_the_factor_stays_in_its_range():
    assert realised_share([1, 5, 5], [500, 0, 0], [0.1] * 3).mean <= 1.5
    assert realised_share([5] * 40, [-90] * 40, [0.1] * 40).mean == 0.0
    assert realised_share([5] * 40, [90] * 40, [0.1] * 40).mean == 1.5


def test_it_recovers_a_planted_share_with_an_honest_error():
    """Planted as the belief says: errors average out, and are as large as stated."""
    r = np.random.default_rng(1)
    miss, stated = [], []
    for _ in range(2_000):
        truth = r.normal(1, 0.2) if r.random() > 0.25 else 0.0
        claim = r.uniform(2, 8, 4)
        shown = claim * (truth + r.normal(0, 0.3, 4)) + r.normal(0, 2, 4)
        got = realised_share(claim, shown, np.full(4, 2.0), RealisedShareOptions(prior_sd=0.2, between_sd=0.3))
        miss.append(got.mean - truth)
        stated.append(got.sd**2)
    assert abs(np.mean(miss)) < 3 * np.std(miss) / math.sqrt(2_000)
    assert np.mean(np.square(miss)) == pytest.approx(np.mean(stated), rel=0.1)


def test_refusals():
    with pytest.raises(EngineError, match="zero"):
        realised_share([0], [1], [1])
    with pytest.raises(EngineError, match="not a number"):
        realised_share([1], [math.nan], [1])
    with pytest.raises(EngineError, match="Every claim"):
        realised_share([1, 2], [1], [1])
