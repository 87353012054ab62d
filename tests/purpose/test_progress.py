"""How far a figure has come, by worked examples and by properties."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goldenthread.purpose import progress
from goldenthread.purpose.models import Kpi

numbers = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "baseline", "target", "share"),
    [
        (6.0, 5.0, 7.0, 0.5),  # rising
        (4.0, 5.0, 3.0, 0.5),  # falling: both signs flip
        (5.0, 5.0, 3.0, 0.0),
        (3.0, 5.0, 3.0, 1.0),
        (2.0, 5.0, 3.0, 1.5),  # not clipped
        (6.0, 5.0, 3.0, -0.5),  # worse than at the start
        (-10.0, -20.0, 0.0, 0.5),
        (None, 5.0, 3.0, None),
        (4.0, None, 3.0, None),
        (4.0, 5.0, None, None),
        (5.0, 5.0, 5.0, None),  # nothing is to change
    ],
)
def test_attainment_by_hand(value, baseline, target, share):
    assert progress.attainment(value, baseline, target) == share


@given(numbers, numbers, numbers)
def test_turning_the_scale_round_changes_nothing(value, baseline, target):
    assume(abs(target - baseline) > 1e-3)
    assert progress.attainment(value, baseline, target) == progress.attainment(-value, -baseline, -target)


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 50), st.integers(-100, 100))
def test_a_change_of_unit_changes_nothing(value, baseline, target, scale, offset):
    assume(target != baseline)
    moved = progress.attainment(value * scale + offset, baseline * scale + offset, target * scale + offset)
    assert moved == pytest.approx(progress.attainment(value, baseline, target))


@pytest.mark.parametrize(
    ("value", "low", "high", "tolerance", "share"),
    [
        (80.0, 75.0, 95.0, 5.0, 1.0),
        (75.0, 75.0, 95.0, 5.0, 1.0),  # on the edge is inside
        (97.0, 75.0, 95.0, 5.0, 0.6),
        (70.0, 75.0, 95.0, 5.0, 0.0),
        (65.0, 75.0, 95.0, 5.0, -1.0),
        (96.0, 75.0, 95.0, None, 0.0),
        (300.0, 75.0, None, 5.0, 1.0),  # an open edge
        (80.0, None, None, 5.0, None),
        (None, 75.0, 95.0, 5.0, None),
    ],
)
def test_attainment_of_a_band_by_hand(value, low, high, tolerance, share):
    assert progress.band_attainment(value, low, high, tolerance) == pytest.approx(share)


@pytest.mark.parametrize(
    ("direction", "value", "reached"),
    [
        ("RISE", 9.8, True),
        ("RISE", 9.7, False),
        ("FALL", 10.2, True),
        ("FALL", 10.3, False),
        ("RISE", None, None),
    ],
)
def test_a_target_is_reached_within_its_tolerance(direction, value, reached):
    assert progress.is_reached(value, direction=direction, target=10.0, low=None, high=None, tolerance=0.2) is reached


@pytest.mark.parametrize(("value", "reached"), [(74.9, False), (75.0, True), (95.0, True), (95.1, False)])
def test_a_band_is_reached_inside(value, reached):
    assert progress.is_reached(value, direction="BAND", target=None, low=75.0, high=95.0, tolerance=None) is reached


@given(numbers, numbers, numbers, st.floats(0, 1e3))
def test_full_attainment_and_being_there_say_the_same(value, baseline, target, tolerance):
    assume(abs(target - baseline) > 1e-3)
    direction = "RISE" if target > baseline else "FALL"
    reached = progress.is_reached(value, direction=direction, target=target, low=None, high=None, tolerance=0.0)
    assert reached == (value >= target if direction == "RISE" else value <= target)
    if reached:
        assert progress.attainment(value, baseline, target) >= 1 - 1e-9
        assert progress.is_reached(value, direction=direction, target=target, low=None, high=None, tolerance=tolerance)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 4000), st.integers(-500, 5000))
def test_the_straight_line_stays_between_nothing_and_all(start, days, after):
    share = progress.expected_share(start + timedelta(days=after), start, start + timedelta(days=days))
    assert 0.0 <= share <= 1.0
    assert share == pytest.approx(min(1, max(0, after / days)))


def test_every_cadence_has_its_day_and_no_figure_is_due_at_once():
    assert set(progress.NEXT_FIGURE) == set(Kpi.Cadence.values)
    assert progress.next_figure_due(date(2026, 10, 1), "MONTHLY") == date(2026, 11, 15)
    assert progress.next_figure_due(None, "MONTHLY") is None
