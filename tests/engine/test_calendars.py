import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.calendars import FIRST_DAY, LAST_DAY, WorkingTime
from goldenthread.engine.errors import EngineError

HOUR = 60
MORNING, AFTERNOON = (9 * HOUR, 13 * HOUR), (14 * HOUR, 18 * HOUR)


def at(text):
    return dt.datetime.fromisoformat(text)


def test_a_weekend_and_a_lunch_break_do_not_count():
    office = WorkingTime()
    assert office.minutes_between(at("2026-11-20T17:00"), at("2026-11-23T10:00")) == 2 * HOUR
    assert office.minutes_between(at("2026-11-23T10:00"), at("2026-11-20T17:00")) == -2 * HOUR
    assert office.minutes_between(at("2026-11-23T12:30"), at("2026-11-23T14:30")) == HOUR


def test_a_holiday_and_a_working_saturday():
    office = WorkingTime(exceptions={dt.date(2026, 12, 25): (), dt.date(2026, 12, 19): (MORNING,)})
    assert office.minutes_on(dt.date(2026, 12, 25)) == 0
    assert office.minutes_between(at("2026-12-18T18:00"), at("2026-12-21T09:00")) == 4 * HOUR
    assert office.add(at("2026-12-24T17:00"), 2 * HOUR) == at("2026-12-28T10:00")


def test_a_finish_ends_a_shift_and_a_start_begins_one():
    office, origin = WorkingTime(), at("2026-11-23T09:00")
    assert office.finish_moment(8 * HOUR, origin) == at("2026-11-23T18:00")
    assert office.start_moment(8 * HOUR, origin) == at("2026-11-24T09:00")
    assert office.finish_moment(4 * HOUR, origin) == at("2026-11-23T13:00")
    assert office.start_moment(4 * HOUR, origin) == at("2026-11-23T14:00")
    assert office.start_moment(40 * HOUR, origin) == at("2026-11-30T09:00")
    assert office.add(at("2026-11-28T12:00"), 0) == at("2026-11-28T12:00")
    assert office.add(at("2026-11-30T10:00"), -2 * HOUR) == at("2026-11-27T17:00")


def test_night_shifts_end_at_midnight():
    night = WorkingTime(week=(((0, 6 * HOUR), (22 * HOUR, 24 * HOUR)),) * 7)
    assert night.minutes_between(at("2026-11-23T22:00"), at("2026-11-24T06:00")) == 8 * HOUR
    assert night.finish_moment(8 * HOUR, at("2026-11-23T00:00")) == at("2026-11-24T00:00")


@st.composite
def working_times(draw):
    def shifts():
        edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=0, max_size=4, unique=True)))
        return tuple(zip(edges[::2], edges[1::2], strict=False))

    week = tuple(shifts() for _ in range(7))
    days = draw(st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2026, 2, 15)), max_size=8))
    exceptions = {day: shifts() for day in days}
    if not any(sum(b - a for a, b in day) for day in week):
        week = ((MORNING,), *week[1:])
    return WorkingTime(week, exceptions)


MOMENTS = st.datetimes(dt.datetime(2025, 12, 20), dt.datetime(2026, 2, 25)).map(lambda m: m.replace(second=0, microsecond=0))


@given(time=working_times(), a=MOMENTS, b=MOMENTS)
@settings(max_examples=60, deadline=None)
def test_counting_equals_looking_at_every_minute(time, a, b):
    low, high = min(a, b), max(a, b)
    worked, moment = 0, low
    while moment < high:
        minute = moment.hour * 60 + moment.minute
        worked += any(begin <= minute < until for begin, until in time.shifts_on(moment.date()))
        moment += dt.timedelta(minutes=1)
    assert time.minutes_between(low, high) == worked


@given(time=working_times(), origin=MOMENTS, minute=st.integers(-20_000, 20_000))
@settings(max_examples=200, deadline=None)
def test_minutes_and_moments_convert_both_ways(time, origin, minute):
    start, finish = time.start_moment(minute, origin), time.finish_moment(minute, origin)
    assert time.to_minute(start, origin) == time.to_minute(finish, origin) == minute
    assert finish <= start
    assert time.minutes_between(start, start + dt.timedelta(minutes=1)) == 1
    assert time.minutes_between(finish - dt.timedelta(minutes=1), finish) == 1


@given(time=working_times(), moment=MOMENTS, a=st.integers(1, 5_000), b=st.integers(1, 5_000))
@settings(max_examples=100, deadline=None)
def test_adding_twice_equals_adding_the_sum(time, moment, a, b):
    assert time.add(time.add(moment, a), b) == time.add(moment, a + b)


def test_refusals_name_what_is_wrong():
    with pytest.raises(EngineError, match="no working day"):
        WorkingTime(week=((),) * 7)
    with pytest.raises(EngineError, match="weekday 2"):
        WorkingTime(week=((MORNING,), (AFTERNOON, MORNING), (), (), (), (), ()))
    with pytest.raises(EngineError, match="seven"):
        WorkingTime(week=((MORNING,),))
    with pytest.raises(EngineError, match="1970 to 2199") as refused:
        WorkingTime(exceptions={dt.date(1969, 12, 31): ()})
    assert refused.value.item == dt.date(1969, 12, 31)
    with pytest.raises(EngineError, match="1970 to 2199"):
        WorkingTime().add(dt.datetime(2199, 12, 31, 12), 10_000_000)
    with pytest.raises(EngineError, match="1970 to 2199"):
        WorkingTime().add(dt.datetime(1970, 1, 2, 12), -10_000_000)
    with pytest.raises(EngineError, match="1970 to 2199"):
        WorkingTime().minutes_between(dt.datetime(2200, 1, 1), dt.datetime(2026, 1, 1))


def test_the_edges_of_the_range_count():
    every_minute = WorkingTime(week=(((0, 1440),),) * 7)
    whole = every_minute.minutes_between(dt.datetime.combine(FIRST_DAY, dt.time()), dt.datetime.combine(LAST_DAY, dt.time()))
    assert whole == (LAST_DAY - FIRST_DAY).days * 1440
