import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from goldenthread.engine.errors import EngineError
from goldenthread.engine.milestone_outlook import milestone_outlook


def test_the_chance_is_the_mean_over_the_belief_about_the_rate():
    """Independent: Gamma(1 + 3, 365 + 400 + 50) by quadrature of 1 - exp(-rate * 90)."""
    got = milestone_outlook([50.0], [100, 100, 100, 100], [True, True, True, False])
    u = (np.arange(200_000) + 0.5) / 200_000
    rates = stats.gamma.ppf(u, 4, scale=1 / 815)
    assert got.chance([90.0])[0] == pytest.approx(float(np.mean(1 - np.exp(-rates * 90))), rel=1e-4)
    assert got.cases == 3


def test_without_a_class_half_are_done_in_a_year():
    got = milestone_outlook([0.0], [], [])
    assert got.chance([365.0])[0] == pytest.approx(0.5)
    assert got.quantiles([0.5])[0, 0] == pytest.approx(365)


def test_waiting_makes_it_less_likely_and_more_time_more_likely():
    got = milestone_outlook([0, 100, 900], [60, 80, 100], [True, True, False])
    assert np.all(np.diff(got.chance([90.0, 90.0, 90.0])) < 0)
    assert np.all(np.diff([got.chance([h] * 3) for h in (0, 10, 100, 1000)], axis=0) > 0)
    assert got.chance([0, -5, 0]).tolist() == [0, 0, 0]


@given(st.floats(0.01, 0.99), st.floats(0, 2000), st.lists(st.tuples(st.floats(0, 900), st.booleans()), max_size=20))
def test_quantiles_and_chances_undo_each_other(level, waited, others):
    got = milestone_outlook([waited], [w for w, _ in others], [d for _, d in others])
    assert got.chance(got.quantiles([level])[:, 0])[0] == pytest.approx(level)


def test_planted_hazards_come_true_as_often_as_said():
    r = np.random.default_rng(2)
    waits = r.exponential(200, 400)
    seen = np.minimum(waits, 300)
    got = milestone_outlook(np.zeros(4_000), seen, waits <= 300)
    assert got.chance(np.full(4_000, 120.0))[0] == pytest.approx(np.mean(r.exponential(200, 4_000) <= 120), abs=0.03)


def test_refusals():
    for waited, waits, done in (([-1], [], []), ([1], [2], []), ([math.nan], [], [])):
        with pytest.raises(EngineError):
            milestone_outlook(waited, waits, done)
