"""How figures read: worked examples, and properties that hold for every figure."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.ui import writing

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (writing.date(dt.date(2026, 11, 3)), "3 Nov 2026"),
        (writing.day(dt.date(2026, 11, 26)), "Thu 26 Nov"),
        (writing.month(dt.date(2027, 1, 31)), "Jan 2027"),
        (writing.datetime(NOW), "23 Nov 2026, 09:30"),
        (writing.iso(dt.date(2026, 1, 2)), "2026-01-02"),
        (writing.number(1234567.5), "1,234,567.5"),
        (writing.number(-0.0004), "0"),
        (writing.number(-3), "−3"),
        (writing.number(2.5, 2), "2.50"),
        (writing.signed(0.4), "+0.4"),
        (writing.signed(0.0001), "0"),
        (writing.signed(-0.75), "−0.75"),
        (writing.percent(0.61), "61\xa0%"),
        (writing.percent(0.0612, 1), "6.1\xa0%"),
        (writing.plural(1, "step"), "1 step"),
        (writing.plural(2, "duty", "duties"), "2 duties"),
        (writing.plural(1500, "row"), "1,500 rows"),
    ],
)
def test_plain_figures(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 min"), (30, "30 min"), (60, "1 h"), (90, "1.5 h"), (100, "1 h 40 min"), (599, "9 h 59 min"), (1860, "31 h"),
     (-45, "−45 min"), (-0.2, "0 min")],
)  # fmt: skip
def test_hours(minutes, expected):
    assert writing.hours(minutes).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("minor", "currency", "full", "expected"),
    [
        (190_000_000, "EUR", False, "€1.9m"),
        (8_000_000, "EUR", False, "€80k"),
        (31_000_000, "EUR", False, "€310k"),
        (95_000, "EUR", False, "€950"),
        (99_996_000, "EUR", False, "€1m"),
        (0, "EUR", False, "€0"),
        (-1_240_000_000, "GBP", False, "−£12.4m"),
        (250_000_000_000_00, "USD", False, "US$250bn"),
        (1_500_000, "JPY", False, "JP¥1.5m"),
        (190_000_050, "EUR", True, "€1,900,000.50"),
        (190_000_000, "EUR", True, "€1,900,000"),
        (190_000_000, "CHF", False, "CHF\xa01.9m"),
    ],
)
def test_money(minor, currency, full, expected):
    assert writing.money(minor, currency, full) == expected


@given(st.integers(-(10**15), 10**15))
def test_full_money_keeps_every_digit(minor):
    text = writing.money(minor, "EUR", True).replace(",", "").replace("€", "").replace(writing.MINUS, "-")
    whole, _, cents = text.partition(".")
    sign = -1 if text.startswith("-") else 1
    assert abs(int(whole)) * 100 + int((cents or "0").ljust(2, "0")) == abs(minor)
    assert minor == 0 or sign == (1 if minor > 0 else -1)


@given(st.integers(1, 10**13))
def test_short_money_is_within_five_per_cent(minor):
    text = writing.money(minor, "EUR")
    factor = {"k": 1e3, "m": 1e6, "n": 1e9}.get(text[-1], 1)
    said = float(re.sub(r"[^0-9.]", "", text)) * factor
    assert abs(said - minor / 100) <= max(0.5, 0.05 * minor / 100)
    assert len(re.sub(r"[^0-9]", "", text)) <= 5


@pytest.mark.parametrize(
    ("p", "basis", "expected"),
    [(0.42, "fair", "4 in 10"), (0.45, "good", "5 in 10"), (0.0, "good", "under 1 in 10"), (1.0, "good", "over 9 in 10"),
     (0.05, "good", "1 in 10"), (0.949, "good", "9 in 10"), (0.3, "thin", "unlikely"), (0.97, "thin", "very likely"),
     (None, "good", "not known")],
)  # fmt: skip
def test_a_chance_is_said_in_words(p, basis, expected):
    assert writing.chance(p, basis) == expected


@given(st.floats(0, 1))
def test_no_chance_is_certain_and_a_thin_basis_shows_no_figure(p):
    assert not re.search(r"\b(0|10) in 10", writing.chance(p, "good"))
    assert not re.search(r"\d", writing.chance(p, "thin"))


@given(st.floats(0.05, 0.9499), st.floats(0.05, 0.9499))
def test_a_higher_chance_never_reads_lower(a, b):
    low, high = sorted((a, b))
    assert int(writing.chance(low)[0]) <= int(writing.chance(high)[0])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW - dt.timedelta(seconds=20), "just now"),
        (NOW - dt.timedelta(minutes=12), "12 minutes ago"),
        (NOW - dt.timedelta(hours=3), "3 hours ago"),
        (dt.date(2026, 11, 23), "today"),
        (dt.date(2026, 11, 22), "yesterday"),
        (dt.date(2026, 11, 17), "6 days ago"),
        (dt.date(2026, 7, 23), "4 months ago"),
        (dt.date(2023, 11, 20), "3 years ago"),
        (dt.date(2026, 11, 25), "in 2 days"),
        (None, "never"),
    ],
)
def test_since(value, expected):
    assert writing.since(value, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.date(2026, 11, 23), "due today"),
        (dt.date(2026, 11, 24), "due tomorrow"),
        (dt.date(2026, 11, 26), "due Thu"),
        (dt.date(2026, 11, 30), "due Mon 30 Nov"),
        (dt.date(2027, 11, 1), "due 1 Nov 2027"),
        (dt.date(2026, 11, 20), "3 days late"),
        (None, "no date"),
    ],
)
def test_due(value, expected):
    assert writing.due(value, dt.date(2026, 11, 23)) == expected


@pytest.mark.parametrize("write", [writing.date, writing.day, writing.month, writing.datetime, writing.number, writing.signed,
                                   writing.percent, writing.hours, writing.money])  # fmt: skip
def test_no_value_is_a_dash_not_an_error(write):
    assert write(None) == "–"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_a_written_date_reads_back(value):
    assert dt.datetime.strptime(writing.date(value), "%d %b %Y").date() == value
