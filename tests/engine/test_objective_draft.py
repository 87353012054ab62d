import json
from datetime import date
from pathlib import Path

import pytest

from goldenthread.engine.objective_draft import draft_from_text
from goldenthread.engine.text_dates import find_dates
from goldenthread.engine.text_measures import find_measures

DATA = Path(__file__).parents[2] / "../shared/data"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by October 2027", date(2027, 10, 31)),
        ("by Oct. 2027", date(2027, 10, 31)),
        ("by end of 2027", date(2027, 12, 31)),
        ("by the end of February 2028", date(2028, 2, 29)),
        ("by year-end 2027", date(2027, 12, 31)),
        ("until mid-2028", date(2028, 6, 30)),
        ("by 30 June 2027", date(2027, 6, 30)),
        ("by June 30th, 2027", date(2027, 6, 30)),
        ("by the 1st of March 2028", date(2028, 3, 1)),
        ("by 2027-09-05", date(2027, 9, 5)),
        ("by 05/09/2027", date(2027, 9, 5)),
        ("by 09/25/2027", date(2027, 9, 25)),
        ("by 5.9.2027", date(2027, 9, 5)),
        ("in Q3 2027", date(2027, 9, 30)),
        ("in 2027 Q1", date(2027, 3, 31)),
        ("in the second quarter of 2028", date(2028, 6, 30)),
        ("in H1 2027", date(2027, 6, 30)),
        ("by 2027", date(2027, 12, 31)),
        ("by March", None),
    ],
)
def test_a_named_day_month_quarter_or_year_is_its_last_day(words, day):
    found = find_dates(f"Reduce complaints {words}")
    assert [each.day for each in found] == [day]


@pytest.mark.parametrize(
    ("words", "ends", "day"),
    [
        ("FY2027", 6, date(2027, 6, 30)),
        ("FY27", 9, date(2027, 9, 30)),
        ("fiscal year 2027", 12, date(2027, 12, 31)),
        ("FY 2026/27", 3, date(2027, 3, 31)),
        ("FY23-Q2", 1, date(2022, 7, 31)),
        ("Q1 FY2027", 9, date(2026, 12, 31)),
        ("2026/27", 12, date(2027, 6, 30)),
    ],
)
def test_fiscal_years_end_in_the_month_the_organisation_says(words, ends, day):
    assert [each.day for each in find_dates(f"by {words}", ends)] == [day]


@pytest.mark.parametrize(
    "words", ["31 February 2027", "2027-13-01", "room 12", "ISO 9001", "the year 3000", "5-year plan", "2027 cases"]
)
def test_what_is_no_day_is_not_taken_for_one(words):
    assert all(each.day is None for each in find_dates(f"Raise it to {words}"))


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("to 12 %", 12, "%"),
        ("to 12 per cent", 12, "%"),
        ("to 12 percentage points", 12, "percentage points"),
        ("to EUR 2.5m", 2_500_000, "EUR"),
        ("to $4 million", 4_000_000, "USD"),
        ("to €40k", 40_000, "EUR"),
        ("to 40k EUR", 40_000, "EUR"),
        ("to £1.1bn", 1_100_000_000, "GBP"),
        ("to 1,250 tonnes", 1250, "tonnes"),
        ("to 12 500 kilometres", 12_500, "kilometres"),
        ("to 2,5 hours", 2.5, "hours"),
        ("to 150 active contributors per month", 150, "active contributors per month"),
        ("to 7 working days", 7, "working days"),
        ("to five days", 5, "days"),
        ("to 30 m pipe", 30, "m pipe"),
        ("to EUR 3 a year", 3, "EUR a year"),
        ("to -4 %", -4, "%"),
    ],
)
def test_numbers_are_read_with_unit_money_and_period(words, value, unit):
    (measure,) = find_measures(f"Change it {words}", [])
    assert (measure.value, measure.whole_unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize("words", ["ISO 27001", "tier 2", "KR1", "24/7", "the 1st", "a 5-year plan", "phase 3", "S/4HANA", "Q3"])
def test_labels_and_ordinals_are_no_quantities(words):
    assert find_measures(f"Use {words} here", []) == []


def test_a_whole_sentence_is_read_into_every_field():
    draft = draft_from_text(
        "  Reduce the average time to hire from 74 days (September 2026)\n to 65 days by October 2027, tolerance 2 days "
    )
    assert (
        draft.title
        == "Reduce the average time to hire from 74 days (September 2026) to 65 days by October 2027, tolerance 2 days"
    )
    assert (draft.kpi_name, draft.unit, draft.direction) == ("average time to hire", "days", "down")
    assert (draft.baseline, draft.baseline_on) == (74, date(2026, 9, 30))
    assert (draft.target, draft.target_on, draft.tolerance) == (65, date(2027, 10, 31), 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Keep the level between 60 % and 85 % until 2028",
            {"direction": "band", "target": 72.5, "tolerance": 12.5, "unit": "%"},
        ),
        ("Hold turnover below 9 % until end of 2028", {"direction": "down", "target": 9}),
        ("Maintain availability at or above 99.9 %", {"direction": "up", "target": 99.9}),
        ("No more than 5 critical defects by 2028", {"direction": "down", "target": 5, "unit": "critical defects"}),
        ("No fewer than 50 visits a month by 2028", {"direction": "up", "target": 50, "unit": "visits a month"}),
        ("Reduce backlog from 200 cases in 2026 by 25 % by 2027", {"target": 150, "baseline": 200}),
        ("Raise pass rate from 60 % in 2026 by 5 percentage points by 2027", {"target": 65}),
        ("Halve the number of open findings from 80 in 2026 by 2028", {"target": 40, "direction": "down"}),
        ("Raise it to 80 % by 2028, up from 61 % in 2026", {"target": 80, "baseline": 61, "baseline_on": date(2026, 12, 31)}),
        ("90 % of requests answered within five days by 2027", {"target": 90, "unit": "%", "tolerance": None}),
        ("Reach 1,000 members by 31 January 2028 (currently 640)", {"target": 1000, "baseline": 640, "unit": "members"}),
        ("Increase referral traffic 20 %", {"target": None, "direction": "up", "kpi_name": "referral traffic"}),
        ("Finance: save EUR 2m a year by 2028", {"target": 2_000_000, "kpi_name": "savings", "unit": "EUR a year"}),
        ("Improve business value", {"target": None, "baseline": None, "unit": "", "target_on": None, "direction": None}),
    ],
)
def test_figures_get_their_role_by_the_words_around_them(text, expected):
    draft = draft_from_text(text)
    assert {name: getattr(draft, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SLA compliance >= 95% by EOY 2027", {"kpi_name": "SLA compliance", "target": 95, "direction": "up"}),
        ("≥ 99.9 % uptime by Q4/2027", {"target": 99.9, "direction": "up", "target_on": date(2027, 12, 31)}),
        ("Net debt/EBITDA ≤ 2.5x by year-end 2027", {"target": 2.5, "unit": "x", "direction": "down"}),
        ("Grow ARR from $10M to $15M by YE 2027", {"baseline": 1e7, "target": 1.5e7, "unit": "USD"}),
        ("Cut lead time 30 → 20 days by 2027", {"kpi_name": "lead time", "baseline": 30, "target": 20, "unit": "days"}),
        ("Improve EBITDA margin 12% -> 15% by FY27", {"kpi_name": "EBITDA margin", "baseline": 12, "direction": "up"}),
        ("Customer satisfaction: 62 → 75 points by 12/2027", {"kpi_name": "Customer satisfaction", "baseline": 62, "target": 75}),
        ("Raise share of women 24% (2025) to 35% (2030)", {"baseline_on": date(2025, 12, 31), "target_on": date(2030, 12, 31)}),
        ("OTIF 95%+ by Dec-27", {"kpi_name": "OTIF", "direction": "up", "target_on": date(2027, 12, 31)}),
        ("Reduce overrun from 22% to <10% by Q2'28", {"target": 10, "target_on": date(2028, 6, 30)}),
        ("Revenue of EUR 120 mn in 2027 (2026: EUR 105 mn)", {"baseline": 1.05e8, "baseline_on": date(2026, 12, 31)}),
        ("Reduce CO2 emissions by 30% vs. 2019 by 2030", {"baseline": None, "target": None, "target_on": date(2030, 12, 31)}),
        ("Increase NPS +5 pts", {"kpi_name": "NPS", "target": None, "unit": "points"}),
        ("Increase headcount to ~250 FTE", {"kpi_name": "headcount", "target": 250}),
        ("No major incidents until end of 2027", {"target": 0, "kpi_name": "major incidents"}),
        ("Lower LTIFR from 3.2 to 1.5 per million hours worked", {"unit": "per million hours worked"}),
        ("Halve complaints by summer 2027", {"target_on": None, "kpi_name": "complaints"}),
        ("From 3 to 5 releases per year by 2027", {"baseline": 3, "target": 5, "unit": "releases per year"}),
    ],
)
def test_shorthand_of_slides_is_read(text, expected):
    draft = draft_from_text(text)
    assert {name: getattr(draft, name) for name in expected} == expected


def test_a_fiscal_year_reaches_the_target_day():
    assert draft_from_text("Raise income to EUR 4m in FY2028", fiscal_year_ends=9).target_on == date(2028, 9, 30)


def test_targets_of_a_public_register_are_read_as_its_own_columns_say():
    """The register holds each sentence and, typed apart by its authors, the figure to reach."""
    source = DATA / "us-performance-gov/targets.json"
    if not source.exists():
        pytest.skip(f"real targets are not here ({source.name}): reading of public targets was not measured")
    pairs = {}
    for row in json.loads(source.read_text(encoding="utf-8")):
        try:
            figure = float(row["value_target"].replace(",", "").rstrip("%"))
        except ValueError:
            continue
        text = row["target"]
        stated = [measure.value for measure in find_measures(text, find_dates(text))]
        if figure in stated:  # the sentence does state the figure of the column
            pairs[text] = figure
    drafts = {text: draft_from_text(text) for text in pairs}
    read = [drafts[text].target == figure for text, figure in pairs.items()]
    share = sum(read) / len(read)
    print(f"target read as the register states it: {sum(read)} of {len(read)} sentences ({share:.0%})")
    assert len(read) >= 20
    assert share >= 0.75
