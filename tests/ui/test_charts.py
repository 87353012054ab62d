"""Geometry of the charts: everything inside the plot, in the right order, and equal to the table beside it."""

import datetime as dt
import itertools
import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goldenthread.ui import charts

REAL = st.floats(-1e9, 1e9, allow_nan=False)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(n) for n in NUMBER.findall(path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@given(REAL, REAL, st.integers(2, 9))
def test_ticks_are_round_even_and_enclose_the_values(a, b, count):
    low, high = min(a, b), max(a, b)
    assume(high - low > 1e-6 * max(abs(low), abs(high), 1e-3))
    ticks = charts.nice_ticks(low, high, count)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + step * 1e-6
    assert ticks[-1] >= high - step * 1e-6
    assert len(ticks) <= count + 3
    assert all(math.isclose(y - x, step, rel_tol=1e-6) for x, y in itertools.pairwise(ticks))
    leading = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert any(math.isclose(leading, nice, rel_tol=1e-6) for nice in (1, 2, 2.5, 5, 10))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(2.4, 6.6, [2, 3, 4, 5, 6, 7]), (0, 100, [0, 20, 40, 60, 80, 100]), (61, 75, [60, 65, 70, 75]),
     (5, 5, [4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6])],
)  # fmt: skip
def test_ticks_worked(low, high, expected):
    assert charts.nice_ticks(low, high) == pytest.approx(expected)


def test_an_axis_refuses_what_is_no_number():
    with pytest.raises(ValueError, match="finite"):
        charts.nice_ticks(math.nan, 1)


@given(DAYS, st.integers(1, 9000), st.integers(3, 12))
def test_month_ticks_are_first_days_in_order_and_not_too_many(start, length, count):
    end = start + dt.timedelta(days=length)
    ticks = charts.month_ticks(start, end, count)
    days = [day for day, _ in ticks]
    assert days == sorted(set(days))
    assert len(ticks) <= count + 1
    assert all(day.day == 1 and start <= day <= end for day in days)
    assert not ticks or re.search(r"\d{4}$", ticks[0][1])


@st.composite
def kpis(draw):
    start = draw(DAYS)
    values = draw(st.lists(REAL, min_size=1, max_size=20))
    days = [start + dt.timedelta(days=30 * i) for i in range(len(values))]
    after = [days[-1] + dt.timedelta(days=30 * (i + 1)) for i in range(draw(st.integers(0, 8)))]
    bands = []
    for day in after:
        p10, p25, p50, p75, p90 = sorted(draw(st.tuples(REAL, REAL, REAL, REAL, REAL)))
        bands.append(charts.Band(day, p10, p50, p90, p25, p75))
    return list(zip(days, values, strict=True)), bands, draw(st.one_of(st.none(), REAL))


@given(kpis(), st.sampled_from([720, 360]))
def test_a_fan_stays_inside_its_plot_and_says_what_its_table_says(kpi, width):
    actuals, bands, target = kpi
    fan = charts.fan(actuals, bands, target=target, width=width, unit="days")
    drawn = [p for path in (fan.actual, fan.outer, fan.inner, fan.median) for p in points(path)]
    assert all(fan.left - 0.2 <= x <= fan.right + 0.2 and fan.top - 0.2 <= y <= fan.bottom + 0.2 for x, y in drawn)
    assert len(points(fan.actual)) == (len(actuals) if len(actuals) > 1 else 0)
    assert fan.rows == tuple((d, v, None) for d, v in actuals) + tuple((b.day, None, b) for b in bands)
    if bands:
        middle = points(fan.median)
        assert middle[0] == fan.last  # the fan hangs on the last measurement
        outer = points(fan.outer)[1:]
        lower, upper = outer[: len(bands)], outer[len(bands) :][::-1]
        for (_, y10), (_, y50), (_, y90) in zip(lower, middle[1:], upper, strict=True):
            assert y90 - 0.2 <= y50 <= y10 + 0.2  # a larger value stands higher
    places = [note.y for note in fan.notes]
    assert all(b - a >= 14.9 for a, b in itertools.pairwise(places))


def test_a_target_alone_makes_a_chart_and_nothing_makes_an_error():
    fan = charts.fan([], target=(3.0, 5.0), target_date=dt.date(2027, 1, 1))
    assert fan.target is not None
    assert fan.target[0] < fan.target[1]  # the upper edge stands higher
    with pytest.raises(ValueError, match="at least one"):
        charts.fan([])


def test_a_line_for_a_target_and_its_words():
    fan = charts.fan([(dt.date(2026, 1, 1), 6.0), (dt.date(2026, 6, 1), 5.0)], target=3.0, unit="days")
    assert fan.target is not None
    assert fan.target[0] == fan.target[1]
    assert [note.text for note in fan.notes] == ["target 3 days"]


@given(st.lists(st.one_of(st.none(), REAL), max_size=30))
def test_a_sparkline_draws_every_known_value(values):
    spark = charts.sparkline(values)
    known = [v for v in values if v is not None]
    drawn = points(spark.line)
    assert (spark.last is None) == (not known)
    assert all(0 <= x <= spark.width and 0 <= y <= spark.height for x, y in drawn)
    alone = sum(
        1 for i, v in enumerate(values)
        if v is not None and (i == 0 or values[i - 1] is None) and (i == len(values) - 1 or values[i + 1] is None)
    )  # fmt: skip
    assert len(drawn) == len(known) - alone


@given(DAYS, st.integers(1, 3000), st.data())
def test_a_time_scale_keeps_order_and_stays_in_its_lane(start, length, data):
    scale = charts.time_scale(start, start + dt.timedelta(days=length))
    days = data.draw(st.lists(DAYS, min_size=2, max_size=6).map(sorted))
    places = [scale.at(day) for day in days]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    left, width = scale.span(days[0], days[-1])
    assert width > 0
    assert scale.at(scale.start) == 0
    assert scale.at(scale.end) == 100
    assert left == scale.at(days[0])


FIGURE = st.floats(-1e6, 1e6, allow_nan=False)


@given(FIGURE, FIGURE, FIGURE, FIGURE, FIGURE)
def test_a_course_runs_from_the_baseline_to_a_target_on_the_right_whichever_way_is_better(baseline, actual, target, p10, p90):
    assume(abs(baseline - target) > 1e-3)
    line = charts.course(baseline=baseline, actual=actual, target=target, p10=min(p10, p90), p90=max(p10, p90))
    places = {"baseline": line.start, "actual": line.now, "target": line.goal[0]}
    assert line.start <= line.goal[0] == line.goal[1]
    assert all(0 <= at <= 100 for at in (*places.values(), *line.expected))
    assert line.expected[0] <= line.expected[1]
    mirrored = charts.course(baseline=-baseline, actual=-actual, target=-target, p10=-max(p10, p90), p90=-min(p10, p90))
    assert (mirrored.start, mirrored.now, mirrored.goal, mirrored.expected) == (line.start, line.now, line.goal, line.expected)


def test_a_course_worked():
    line = charts.course(baseline=14, actual=8, target=2, p10=4, p90=6)
    assert (line.start, line.now, line.goal) == (2.0, 50.0, (98.0, 98.0))
    assert line.expected == (66.0, 82.0)
    assert line.way == (2.0, 48.0)


def test_a_course_of_a_band_and_of_what_is_not_measured():
    band = charts.course(baseline=None, actual=82, target=(70, 80), p10=None, p90=None)
    assert (band.now, band.goal, band.way) == (2.0, (18.0, 98.0), None)
    assert charts.course(baseline=None, actual=60, target=(70, None), p10=None, p90=None).goal == (98.0, 98.0)
    assert charts.course(baseline=5, actual=7, target=None, p10=1, p90=2) is None
    assert charts.course(baseline=None, actual=None, target=5, p10=None, p90=None) is None


def test_ranges_stand_below_each_other_on_one_axis_in_their_order():
    made = charts.ranges(["Answer 1", "Together"], [(10.0, 20.0, 40.0), (20.0, 30.0, 40.0)], width=300)
    first, last = made.lines
    assert first.y < last.y < made.base
    assert first.low < first.likely < first.high == last.high
    assert last.low == first.likely
    assert [line.values for line in made.lines] == [(10.0, 20.0, 40.0), (20.0, 30.0, 40.0)]
    assert made.left <= min(tick.at for tick in made.ticks) <= first.low
    assert max(tick.at for tick in made.ticks) <= made.width
    at = {tick.label: tick.at for tick in made.ticks}
    assert at["20"] == first.likely, "a figure stands at its own mark"


def test_equal_ranges_around_nothing_still_have_an_axis():
    made = charts.ranges(["A"], [(0.0, 0.0, 0.0)])
    assert len(made.ticks) >= 2
    assert made.left <= made.lines[0].likely <= made.width
