"""Quiet hours: nights, weekends, and the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.quiet_hours import Quiet, may_go

USUAL = Quiet(time(19), time(7), frozenset({5, 6}))


def london(text):
    """A moment in London as the answer tells it."""
    return may_go(datetime.fromisoformat(text).replace(tzinfo=UTC), "Europe/London", USUAL).strftime("%a %d %b %H:%M %z")


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-11-26T12:00", "Thu 26 Nov 12:00 +0000"),
        ("2026-11-26T19:00", "Fri 27 Nov 07:00 +0000"),
        ("2026-11-26T06:59", "Thu 26 Nov 07:00 +0000"),
        ("2026-11-27T18:59", "Fri 27 Nov 18:59 +0000"),
        ("2026-11-27T19:01", "Mon 30 Nov 07:00 +0000"),
        ("2026-11-28T12:00", "Mon 30 Nov 07:00 +0000"),
        ("2026-07-01T18:30", "Thu 02 Jul 07:00 +0100"),  # half past seven in London
        ("2026-03-28T12:00", "Mon 30 Mar 07:00 +0100"),  # the clock goes forward on the Sunday
        ("2026-10-23T20:00", "Mon 26 Oct 07:00 +0000"),  # and back
    ],
)
def test_in_london(moment, goes):
    assert london(moment) == goes


def test_quiet_within_a_day_and_never_and_on_all_days():
    noon = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    assert may_go(noon, "UTC", Quiet(time(12), time(14))).hour == 14
    assert may_go(noon, "UTC", Quiet(time(7), time(7))) == noon
    assert may_go(noon, "UTC", Quiet(time(7), time(7), frozenset(range(7)))) == noon
    assert may_go(noon, "Asia/Tokyo", USUAL).isoformat() == "2026-11-27T07:00:00+09:00"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]),
    st.times(), st.times(), st.frozensets(st.integers(0, 6)),
)  # fmt: skip
def test_what_may_go_is_not_quiet_not_earlier_and_within_a_fortnight(moment, zone, begin, end, days):
    quiet = Quiet(begin.replace(microsecond=0), end.replace(microsecond=0), days)
    goes = may_go(moment, zone, quiet)
    assert moment <= goes <= moment + timedelta(days=14)
    assert may_go(goes, zone, quiet) == goes
    assert goes.weekday() not in days or len(days) == 7
