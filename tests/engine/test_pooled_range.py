"""Pooling the ranges of several people: worked examples by hand, and what holds whatever they say."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.pooled_range import pool

ranges = st.lists(
    st.tuples(*[st.floats(-1e6, 1e6, allow_nan=False)] * 3).map(lambda one: tuple(sorted(one))), min_size=1, max_size=9
)


def test_the_medians_of_three_answers_and_how_far_the_likely_values_lie_apart():
    made = pool([(8, 10, 20), (6, 12, 14), (9, 30, 90)])
    assert (made.low, made.likely, made.high, made.answers) == (8, 12, 20, 3)
    assert made.apart == 20
    assert made.spread == pytest.approx(20 / 12)
    assert made.is_wide


def test_of_an_even_number_the_middle_two_are_averaged():
    made = pool([(1, 2, 3), (3, 4, 5)])
    assert (made.low, made.likely, made.high) == (2, 3, 4)


@pytest.mark.parametrize(("most", "is_wide"), [(13.9, False), (14.0, True)])
def test_from_half_of_the_middle_on_they_differ_widely(most, is_wide):
    assert pool([(9, 9, 9), (10, 10, 10), (most, most, most)]).is_wide is is_wide


def test_around_nothing_any_difference_is_wide_and_none_is_none():
    assert pool([(-1, 0, 1), (-1, 0, 1)]).spread == 0
    assert pool([(-2, -1, 0), (0, 1, 2)]).spread == inf


@pytest.mark.parametrize("wrong", [[], [(3, 2, 1)], [(1, 2, 3), (2, 1, 3)]])
def test_nothing_and_what_is_out_of_order_are_refused(wrong):
    with pytest.raises(EngineError):
        pool(wrong)


@given(ranges)
def test_the_result_is_in_order_lies_within_what_was_said_and_does_not_depend_on_who_spoke_first(said):
    made = pool(said)
    assert made.low <= made.likely <= made.high
    for part, value in enumerate((made.low, made.likely, made.high)):
        assert min(one[part] for one in said) <= value <= max(one[part] for one in said)
    assert pool(said[::-1]) == made
