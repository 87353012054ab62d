import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.chance_scores import chance_scores, log_errors, skill, squared_errors
from goldenthread.engine.errors import EngineError


def test_the_example_of_briers_own_paper():
    """Brier 1950, table 1: ten days of rain forecasts score 0.19, counted over both classes: twice ours."""
    said = [0.7, 0.9, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 0.1]
    rained = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert 2 * chance_scores(said, rained).brier == pytest.approx(0.19)


def test_log_loss_and_skill_by_hand():
    found = chance_scores([0.25, 0.5, 0.8], [0, 1, 1])
    assert found.log_loss == pytest.approx(-(math.log(0.75) + math.log(0.5) + math.log(0.8)) / 3)
    assert chance_scores([1.0, 0.5], [0, 1]).log_loss == math.inf
    assert skill(0.1, 0.2) == pytest.approx(0.5)
    assert (skill(0.0, 0.0), skill(0.1, 0.0)) == (0.0, -math.inf)


def test_reliability_table_by_hand():
    found = chance_scores([0.12, 0.18, 0.95, 1.0, 0.5], [0, 1, 1, 1, 0])
    assert [(b.low, b.n, round(b.said, 3), b.happened) for b in found.bins] == [
        (0.1, 2, 0.15, 0.5),
        (0.5, 1, 0.5, 0.0),
        (0.9, 2, 0.975, 1.0),
    ]


chances = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(chances, st.integers(1, 12))
def test_the_parts_add_up_to_the_brier_score(pairs, bins):
    found = chance_scores([p for p, _ in pairs], [y for _, y in pairs], bins)
    assert found.reliability - found.resolution + found.uncertainty + found.within == pytest.approx(found.brier, abs=1e-9)
    assert sum(b.n for b in found.bins) == found.n == len(pairs)
    assert sum(b.n * b.happened for b in found.bins) == pytest.approx(found.n * found.base_rate)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_truth_minimises_the_expected_score(truth, said):
    for errors in (squared_errors, log_errors):
        expected = [
            truth * errors(np.array([p]), np.array([1.0]))[0] + (1 - truth) * errors(np.array([p]), np.array([0.0]))[0]
            for p in (truth, said)
        ]
        assert expected[0] <= expected[1] + 1e-12


@pytest.mark.parametrize(("said", "happened"), [([], []), ([0.5], [0, 1]), ([1.2], [1]), ([math.nan], [1]), ([0.5], [0.5])])
def test_what_is_no_chance_is_refused(said, happened):
    with pytest.raises(EngineError):
        chance_scores(said, happened)
