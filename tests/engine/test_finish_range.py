import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.finish_range import FinishRangeOptions, finish_range

PIECES = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100)).map(sorted), min_size=1, max_size=8)


def test_one_piece_is_itself_and_no_piece_is_nothing():
    assert finish_range([2], [3], [7]) == pytest.approx((2, 3, 7))
    assert finish_range([], [], []) == (0, 0, 0)
    assert finish_range([2, 3], [2, 3], [2, 3]) == (5, 5, 5)


@pytest.mark.parametrize("correlation", [0.0, 1.0])
def test_mean_and_spread_are_those_of_the_sum(correlation):
    pieces = np.array([[1, 2, 6], [2, 5, 6], [0, 1, 4], [3, 4, 9]], float)
    r = np.random.default_rng(1)
    unit = r.random((1 if correlation else 4, 400_000))
    a, m, b = pieces.T[:, :, None]
    below, above = a + np.sqrt(unit * (b - a) * (m - a)), b - np.sqrt((1 - unit) * (b - a) * (b - m))
    total = np.where(unit * (b - a) < m - a, below, above).sum(axis=0)
    low, likely, high = finish_range(*pieces.T, FinishRangeOptions(correlation=correlation))
    same = r.triangular(low, likely, high, 400_000)
    assert same.mean() == pytest.approx(total.mean(), rel=0.005)
    assert same.std() == pytest.approx(total.std(), rel=0.02)  # comonotone pieces of unlike skew are not quite fully correlated
    assert np.percentile(same, [10, 80]) == pytest.approx(np.percentile(total, [10, 80]), rel=0.03)


def test_pieces_are_alike_correlated_by_three_tenths_unless_said_otherwise():
    """Two pieces of standard deviation s: variance 2 s^2 (1 + 0.3); the triangle of the sum keeps the shape of the pieces."""
    low, likely, high = finish_range([1, 1], [2, 2], [6, 6])
    assert (high - low) / (6 - 1) == pytest.approx((2 * 1.3) ** 0.5)
    assert (low + likely + high) / 3 == pytest.approx(6.0)


def test_a_certain_piece_only_shifts_the_range():
    """Its variance is 0, and not a little less by rounding, of which there is no root."""
    sure = 2.79976135579816
    assert finish_range([0.0, sure], [0.0, sure], [1.0, sure]) == pytest.approx((sure, sure, sure + 1.0))


@given(pieces=PIECES)
def test_the_range_is_in_order_and_no_wider_than_all_lows_to_all_highs(pieces):
    a, m, b = np.array(pieces).T
    low, likely, high = finish_range(a, m, b)
    assert 0 <= low <= likely + 1e-9 <= high + 2e-9
    assert low >= a.sum() * (1 - 1e-9) - 1e-6
    assert high <= b.sum() * (1 + 1e-9) + 1e-6


def test_refusals_name_the_piece():
    with pytest.raises(EngineError, match="in the order") as refused:
        finish_range([1, 3], [2, 2], [3, 4])
    assert refused.value.item == 1
    with pytest.raises(EngineError, match="Every piece"):
        finish_range([1], [2, 2], [3, 4])
