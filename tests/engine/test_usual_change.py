import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.usual_change import Asked, Cases, UsualChangeOptions, usual_change

FEW = UsualChangeOptions(fewest=1)


def cases(rows):
    key, size, group, outcome = zip(*rows, strict=True)
    return Cases(np.array(key), np.array(size, float), np.array(group), np.array(outcome, float))


def asked(key=0, size=0.0, group=0, least=-math.inf):
    return Asked(np.array([key]), np.array([size]), np.array([group]), np.array([least]))


def test_the_weights_are_those_of_the_formula():
    rows = [(1, 0.0, 0, 30), (2, 0.4, 0, 10), (3, 0.4, 1, 20), (4, 2.0, 0, 40)]
    found = usual_change(cases(rows), asked(), FEW)
    raw = {30: 1.0, 10: math.exp(-0.5), 20: 0.3 * math.exp(-0.5), 40: math.exp(-12.5)}
    assert found.outcomes.tolist() == [10, 20, 30, 40]
    assert found.weights[0] == pytest.approx([raw[y] / sum(raw.values()) for y in (10, 20, 30, 40)], abs=1e-9)


def test_a_case_of_the_item_itself_does_not_count():
    found = usual_change(cases([(7, 0, 0, 99), (8, 0, 0, 1), (9, 0, 0, 2)]), asked(key=7), FEW)
    assert dict(zip(found.outcomes.tolist(), found.weights[0].tolist(), strict=True)) == {1: 0.5, 2: 0.5, 99: 0.0}


def test_outcomes_below_the_bound_drop_out_and_the_bound_stands_where_none_is_left():
    some = cases([(1, 0, 0, -5), (2, 0, 0, 10), (3, 0, 0, 30)])
    found = usual_change(some, asked(least=0), FEW)
    assert found.weights[0].tolist() == [0, 0.5, 0.5]
    beyond = usual_change(some, asked(least=50), FEW)
    assert beyond.values[0].tolist() == [50, 50, 50]
    assert beyond.quantiles([0.1, 0.9])[0].tolist() == [50, 50]


def test_too_few_cases_say_nothing():
    some = cases([(k, 0, 0, k) for k in range(1, 20)])
    found = usual_change(some, asked())
    assert not found.known[0]
    assert np.isnan(found.quantiles([0.5])).all()
    assert usual_change(cases([(k, 0, 0, k) for k in range(1, 21)]), asked()).known[0]


def test_somebody_unlike_all_cases_gets_the_nearest_of_them():
    found = usual_change(cases([(1, 0, 0, 1), (2, 1.0, 0, 2)]), asked(size=40.0), FEW)
    assert found.weights.sum() == pytest.approx(1.0)


ROWS = st.tuples(st.integers(1, 5), st.floats(0, 3), st.integers(0, 2), st.floats(-9, 9))


@given(st.lists(ROWS, min_size=3, max_size=15, unique_by=lambda row: row[3]))
def test_shares_sum_to_one_and_the_order_of_cases_does_not_matter(rows):
    ask = asked(size=1.0, least=-3.0)
    found, other = usual_change(cases(rows), ask, FEW), usual_change(cases(rows[::-1]), ask, FEW)
    assert found.weights.sum() == pytest.approx(1.0)
    assert 1 - 1e-9 <= found.cases[0] <= len(rows) + 1e-9
    levels = [0.1, 0.5, 0.9]
    assert found.quantiles(levels) == pytest.approx(other.quantiles(levels), abs=1e-6)
    assert np.all(np.diff(found.quantiles(levels)[0]) >= 0)


def test_planted_classes_are_told_apart():
    r = np.random.default_rng(1)
    slow = [(k, 2.0 + 0.05 * r.normal(), 0, 200 + 10 * r.normal()) for k in range(60)]
    quick = [(100 + k, 0.2 + 0.05 * r.normal(), 0, 20 + 5 * r.normal()) for k in range(60)]
    found = usual_change(cases(slow + quick), asked(key=-1, size=2.0))
    assert found.quantiles([0.5])[0, 0] == pytest.approx(200, abs=5)
    assert found.cases[0] == pytest.approx(60, abs=3)


def test_a_missing_figure_is_refused():
    with pytest.raises(EngineError):
        usual_change(cases([(1, math.nan, 0, 1)]), asked())
