"""Single cells: numbers, dates and ratings in the spellings people use, and what is not read because it would be a guess."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.formats.columns import header_unit
from goldenthread.formats.dates import from_serial, last_of_month, read_date
from goldenthread.formats.values import RATING_STEPS, read_boolean, read_number, read_rating

NUMBERS = {
    "£12,343.96": ("12343.96", "GBP"),
    "£32,614": ("32614", "GBP"),
    "(1,234.50)": ("-1234.50", None),
    "−5": ("-5", None),
    "123-": ("-123", None),
    "-£5": ("-5", "GBP"),
    "£-5": ("-5", "GBP"),
    "£2.5m": ("2500000", "GBP"),
    "£1.2 million": ("1200000", "GBP"),
    "1.5bn GBP": ("1500000000", "GBP"),
    "Mio. € 3,5": ("3500000", "EUR"),
    "500 k€": ("500000", "EUR"),
    "k€ 500": ("500000", "EUR"),
    "1.234,56 EUR": ("1234.56", "EUR"),
    "1 234 567,89 €": ("1234567.89", "EUR"),
    "CHF 12’345.60": ("12345.60", "CHF"),
    "US$ 1,000": ("1000", "USD"),
    "$6,279,429": ("6279429", "$"),
    "4.44E-16": ("4.44E-16", None),
    "５００": ("500", None),
    ".5": ("0.5", None),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text):
    found = read_number(text)
    assert (found.scaled, found.currency) == (Decimal(NUMBERS[text][0]), NUMBERS[text][1])


@pytest.mark.parametrize(
    "text",
    [
        "2015/16",
        "1.2.3",
        "12 3",
        "3 months",
        "Budget variance less than 5%",
        "$1,,2",
        "--5",
        "1e400",
        "1e18",
        "",
        "-",
        "1,2,3",
        "(5",
        "+-5",
    ],
)
def test_what_is_not_a_number(text):
    assert read_number(text) is None


def test_percent_signs_and_the_decimal_mark_in_doubt():
    assert read_number("-3,5 %").percent
    assert read_number("1,234").value == 1234
    assert read_number("1,234", ",").value == Decimal("1.234")
    assert read_number("0,234").value == Decimal("0.234")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2))
def test_every_way_of_writing_an_amount_reads_as_the_same_amount(amount):
    english, german = f"{amount:,.2f}", f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert read_number(english).value == amount
    assert read_number(german, ",").value == amount
    assert read_number(german.replace(".", "\u202f"), ",").value == amount
    assert read_number(f"€ {german}", ",").value == amount
    assert read_number(f"({english.lstrip('-')})").value == -abs(amount)


@given(st.text(max_size=30))
def test_any_text_at_all_is_read_or_left(text):
    read_number(text)
    read_date(text)
    read_rating(text)
    header_unit(text)


DATES = {
    "30.06.08": dt.date(2008, 6, 30),
    "31.12.40": dt.date(2040, 12, 31),
    "December 1, 2016": dt.date(2016, 12, 1),
    "02-Nov-04": dt.date(2004, 11, 2),
    "2011-01-10T00:00:00Z": dt.date(2011, 1, 10),
    "5/02/2016 5:00:00 PM": dt.date(2016, 2, 5),
    "05/13/2014 12:00:00 AM": dt.date(2014, 5, 13),
    "1st Dec 2016": dt.date(2016, 12, 1),
    "Mon 3 Mar 2020": dt.date(2020, 3, 3),
    "12. März 2021": dt.date(2021, 3, 12),
    "3 de enero de 2020": dt.date(2020, 1, 3),
    "14 août 2025": dt.date(2025, 8, 14),
    "20201231": dt.date(2020, 12, 31),
    "Nov 2016": dt.date(2016, 11, 1),
    "11/2016": dt.date(2016, 11, 1),
}


@pytest.mark.parametrize("text", DATES)
def test_dates(text):
    assert read_date(text).date == DATES[text]


@pytest.mark.parametrize(
    "text",
    [
        "2019-20",
        "Q3 2019",
        "31/12/10000",
        "10000-01-01",
        "13/13/2020",
        "2020-02-30",
        "29.02.2021",
        "Spring 2020",
        "TBD",
        "1899-12-31",
        "2200-01-01",
        "5 Smarch 2020",
    ],
)
def test_what_is_not_a_date(text):
    assert read_date(text) is None


@given(st.dates(min_value=dt.date(1970, 1, 1), max_value=dt.date(2069, 12, 31)))
def test_every_way_of_writing_a_day_reads_as_the_same_day(day):
    for style in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S"):
        assert read_date(day.strftime(style)).date == day
    for style in ("%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y"):
        assert read_date(day.strftime(style), "dmy").date == day
    assert read_date(day.strftime("%m/%d/%Y"), "mdy").date == day
    assert read_date(day.strftime("%d/%m/%Y")).order != "mdy"
    serial = (day - dt.date(1899, 12, 30)).days
    assert from_serial(serial) in (day, None)


def test_month_ends_and_day_numbers():
    assert last_of_month(dt.date(2024, 2, 1)) == dt.date(2024, 2, 29)
    assert last_of_month(dt.date(2025, 12, 5)) == dt.date(2025, 12, 31)
    assert from_serial(46023.75) == dt.date(2026, 1, 1)
    assert from_serial(12) is None


RATINGS = {
    "Amber/red": "amber-red", "Amber / Green": "amber-green", "A/G": "amber-green", "R": "red", "GREEN": "green",
    "yellow": "amber", "Amber - Red": "amber-red", "amber to red": "amber-red", "🟢": "green", "Rouge": "red",
    "On track": "green", "Amber.": "amber",
    "Red/Green": None, "Exempt": None, "Reddish": None, "": None, "Green line works": None,
}  # fmt: skip


@pytest.mark.parametrize("text", RATINGS)
def test_ratings(text):
    assert read_rating(text) == RATINGS[text]
    assert RATINGS[text] in (*RATING_STEPS, None)


def test_yes_and_no():
    assert [read_boolean(text) for text in ("Yes", "x", "ja", "0", "no", "perhaps")] == [True, True, True, False, False, None]


UNITS = {
    "Planned Cost ($ M)": ("$", 6, False),
    "2015/16 Budget (£million)": ("GBP", 6, False),
    "Budget [k€]": ("EUR", 3, False),
    "budget_gbp_m": ("GBP", 6, False),
    "Kosten in EUR '000": ("EUR", 3, False),
    "Amount USD millions": ("USD", 6, False),
    "Budget Mio. €": ("EUR", 6, False),
    "Cost Variance (%)": (None, 0, True),
    "Schedule Variance (in days)": (None, 0, False),
    "totalBudget": (None, 0, False),
    "Try": (None, 0, False),
}


@pytest.mark.parametrize("name", UNITS)
def test_units_in_headings(name):
    assert header_unit(name) == UNITS[name]
