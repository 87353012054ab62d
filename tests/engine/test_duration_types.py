"""Duration, work and units: worked examples as planners know them from their tools, and what holds for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.duration_types import DurationType, Load, joined, left, with_duration, with_units, with_work

UNITS, WORK, DURATION, BOTH = DurationType
DAY = 480
FIVE_DAYS = Load(5 * DAY, (1.0,), (40 * 60,))


@pytest.mark.parametrize(
    ("kind", "entered", "days", "hours", "units"),
    [
        # the table of task types: fixed units, fixed work, fixed duration; a duration, a work, units entered
        (UNITS, ("duration", 10), 10, 80, 1.0),
        (UNITS, ("work", 80), 10, 80, 1.0),
        (UNITS, ("units", 0.5), 10, 40, 0.5),
        (WORK, ("duration", 10), 10, 40, 0.5),
        (WORK, ("work", 80), 10, 80, 1.0),
        (WORK, ("units", 0.5), 10, 40, 0.5),
        (DURATION, ("duration", 10), 10, 80, 1.0),
        (DURATION, ("work", 80), 5, 80, 2.0),
        (DURATION, ("units", 0.5), 5, 20, 0.5),
        (BOTH, ("duration", 10), 10, 40, 0.5),
        (BOTH, ("work", 80), 5, 80, 2.0),
        (BOTH, ("units", 0.5), 5, 20, 0.5),
    ],
)
def test_which_figure_follows(kind, entered, days, hours, units):
    what, figure = entered
    if what == "duration":
        found = with_duration(FIVE_DAYS, kind, figure * DAY)
    elif what == "work":
        found = with_work(FIVE_DAYS, kind, figure * 60)
    else:
        found = with_units(FIVE_DAYS, kind, 0, figure)
    assert (found.duration / DAY, found.total / 60, found.units) == (days, hours, (units,))


@pytest.mark.parametrize(
    ("kind", "is_effort_driven", "days", "hours", "units"),
    [
        (UNITS, True, 2.5, (20, 20), (1.0, 1.0)),  # two do in half the time what one does
        (UNITS, False, 5, (40, 40), (1.0, 1.0)),
        (WORK, True, 2.5, (20, 20), (1.0, 1.0)),
        (WORK, False, 2.5, (20, 20), (1.0, 1.0)),  # fixed work is always effort-driven
        (DURATION, True, 5, (20, 20), (0.5, 0.5)),
        (DURATION, False, 5, (40, 40), (1.0, 1.0)),
    ],
)
def test_a_second_person(kind, is_effort_driven, days, hours, units):
    found = joined(FIVE_DAYS, kind, 1.0, is_effort_driven=is_effort_driven)
    assert (found.duration / DAY, tuple(w / 60 for w in found.work), found.units) == (days, hours, units)


def test_a_first_person_works_all_the_time_and_a_last_one_leaves_the_duration():
    nobody = Load(3 * DAY, (), ())
    one = joined(nobody, UNITS, 0.5, is_effort_driven=True)
    assert one == Load(3 * DAY, (0.5,), (1.5 * DAY,))
    assert left(one, UNITS, 0, is_effort_driven=True) == nobody


def test_the_longest_assignment_decides():
    load = Load(4 * DAY, (1.0, 1.0), (4 * DAY, DAY))
    assert with_units(load, UNITS, 1, 0.5).duration == 4 * DAY  # two days now, beside four
    assert with_units(load, UNITS, 0, 2.0).duration == 2 * DAY
    assert with_units(load, UNITS, 0, 8.0).duration == DAY  # the other one is the longest now


def test_from_nothing_and_to_nothing():
    empty = Load(0, (1.0, 0.5), (0, 0))
    assert with_duration(empty, UNITS, DAY) == Load(DAY, (1.0, 0.5), (DAY, DAY / 2))
    assert with_work(empty, WORK, 3 * DAY) == Load(2 * DAY, (1.0, 0.5), (2 * DAY, DAY))
    assert with_duration(FIVE_DAYS, WORK, 0).duration == 0
    assert with_work(FIVE_DAYS, UNITS, 0) == Load(0, (1.0,), (0,))
    with pytest.raises(ValueError, match="more than nothing"):
        with_units(FIVE_DAYS, UNITS, 0, 0)


figures = st.floats(0.1, 10)
loads = st.lists(st.tuples(figures, figures), min_size=1, max_size=4).map(
    lambda some: Load(max(w / u for u, w in some) * DAY, tuple(u for u, _ in some), tuple(w * DAY for _, w in some))
)


@given(loads, st.sampled_from(DurationType), figures)
def test_the_longest_assignment_always_fills_the_duration(load, kind, figure):
    """Work = duration x units holds after every change where it held before."""
    changed = [
        with_duration(load, kind, figure * DAY),
        with_work(load, kind, figure * DAY),
        with_units(load, kind, len(load.units) - 1, figure),
    ]
    for one in changed[:2] + changed[2:] * kind.lets_duration_follow:
        assert max(w / u for w, u in zip(one.work, one.units, strict=True)) == pytest.approx(one.duration)


@given(loads, st.sampled_from(DurationType), figures)
def test_what_is_entered_back_stands_as_before(load, kind, figure):
    for back in (
        with_duration(with_duration(load, kind, figure * DAY), kind, load.duration),
        with_work(with_work(load, kind, figure * DAY), kind, load.total),
    ):
        assert back.duration == pytest.approx(load.duration)
        assert back.work == pytest.approx(load.work)
        assert back.units == pytest.approx(load.units)


@given(loads, st.sampled_from(DurationType), figures)
def test_dividing_keeps_the_work(load, kind, units):
    more = joined(load, kind, units, is_effort_driven=True)
    assert more.total == pytest.approx(load.total)
    fewer = left(more, kind, len(load.units), is_effort_driven=True)
    assert fewer.total == pytest.approx(load.total)
    if kind.lets_duration_follow:
        assert fewer.duration == pytest.approx(load.duration)
