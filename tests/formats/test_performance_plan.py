"""Performance.gov's records as a plan: one goal each, a series of quarters an indicator, nothing guessed in silence."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.performance_plan import joined, read_performance_gov
from tests.formats.material import real_file

COMMON = {
    "fiscal_yr": "2022",
    "related_goal_id": "G1",
    "related_goal": "Dry cellars everywhere",
    "target": "Fewer leaks, by half",
}


def record(quarter, value, **other):
    kind = {"indicator": "Leaks", "indicator_type": "Measurable decrease", "value_start": "40", "value_target": "20"}
    return {**COMMON, **kind, "fiscal_qtr": str(quarter), "value_current": value, "progress_pct": "0", **other}


def read(*records):
    return read_performance_gov(json.dumps(records).encode())


def whats(plan):
    return Counter(one.what for one in plan.not_understood)


def test_quarters_become_figures_of_their_last_day_and_the_target_ends_with_the_year():
    (goal,) = read(record(4, "22"), record(1, "38"), record(3, ""), record(2, "31")).goals
    (indicator,) = goal.indicators
    ((measurement,), (wanted,)) = indicator.measurements, indicator.measurements[0].targets
    assert (goal.name, goal.identifier, indicator.dimension, indicator.direction) == (
        "Dry cellars everywhere",
        "G1",
        "Leaks",
        "FALL",
    )
    assert (wanted.number, wanted.finish, wanted.baseline, wanted.baseline_on) == (20, date(2022, 9, 30), 40, date(2021, 10, 1))
    figures = [(one.start, one.finish, one.number) for one in measurement.actuals]
    assert figures == [
        (date(2021, 10, 1), date(2021, 12, 31), Decimal(38)),
        (date(2022, 1, 1), date(2022, 3, 31), Decimal(31)),
        (date(2022, 7, 1), date(2022, 9, 30), Decimal(22)),
    ]


def test_every_malformed_cell_is_listed_with_its_record_and_becomes_nothing():
    plan = read(
        record(1, "#N/A"), record(2, "about thirty"), record(3, "#REF!", progress_pct="-0.5"), record(4, "25", value_start="")
    )
    listed = {(one.place, one.what, one.text) for one in plan.not_understood}
    assert listed >= {
        ("record 1 > value_current", "spreadsheet error", "#N/A"),
        ("record 2 > value_current", "no number", "about thirty"),
        ("record 3 > value_current", "spreadsheet error", "#REF!"),
        ("record 3 > progress_pct", "negative", "-0.5"),
        ("record 4 > value_start", "missing", ""),
        ("record 4", "start or target was changed; the last counts", "40 to 20, then nothing to 20"),
    }
    (indicator,) = plan.indicators()
    (measurement,) = indicator.measurements
    assert [str(one.number) for one in measurement.actuals] == ["25.0"]
    assert measurement.targets[0].baseline is None
    assert measurement.targets[0].baseline_on is not None  # says that there is none, so that no reader takes the first figure


def test_words_that_lost_a_character_are_kept_and_listed():
    plan = read(record(1, "38", indicator="Share of the agency\ufffds leaks"))
    assert [(one.place, one.what) for one in plan.not_understood] == [("record 1 > indicator", "a character was lost")]
    assert plan.indicators()[0].dimension == "Share of the agency\ufffds leaks"


def test_a_record_that_stands_there_twice_counts_once_and_is_listed():
    plan = read(record(1, "38"), record(1, "37"), record(1, ""))
    (measurement,) = plan.indicators()[0].measurements
    assert [one.number for one in measurement.actuals] == [37]
    assert whats(plan)["target stands there twice in one quarter"] == 2


def test_what_runs_side_by_side_under_one_name_stays_apart():
    other = {"related_goal_id": "G2", "related_goal": "Pumps"}
    plan = read(record(1, "3"), record(1, "9", value_target="30"), record(1, "5", **other), record(1, "6", indicator="Stops"))
    assert [one.dimension for one in plan.indicators()] == ["Leaks (G1)", "Leaks (G1) 2", "Stops", "Leaks (G2)"]
    assert len({one.identifier for one in plan.indicators()}) == 4


def test_a_target_without_a_direction_or_a_value_is_kept_open_and_said():
    plan = read(record(1, "3", indicator_type="Target undefined", value_target="", value_start=""))
    (wanted,) = plan.indicators()[0].measurements[0].targets
    assert (wanted.number, wanted.text) == (None, "Target undefined")
    assert whats(plan)["no direction stated; taken as higher is better"] == 1


def test_goals_become_objectives_under_their_strategic_goal_or_their_agency():
    shared = {"goal_name": "Clean rivers", "organization_abbreviation": "WTR", "organization_name": "Water Agency", "sg_id": "1"}
    strategic = [
        {**shared, "goal_id": f"S{n}", "goal_type": "SG", "goal_description": f"Mend weir {n}", "so_id": f"1.{n}"} for n in (1, 2)
    ]
    priority = {
        **shared,
        "goal_id": "P1",
        "goal_type": "APG",
        "goal_name": "Pumps",
        "goal_description": "Run all day",
        "sg_id": "",
    }
    plan = read(*strategic, priority | {"goal_status": "On Track", "leaders4": "#VALUE!"})
    assert [(goal.name, [one.identifier for one in goal.objectives]) for goal in plan.goals] == [
        ("Clean rivers", ["S1", "S2"]),
        ("Agency priority goals of Water Agency", ["P1"]),
    ]
    assert [one.name or one.description for one in plan.objectives()] == ["Mend weir 1", "Mend weir 2", "Pumps"]
    assert [(one.name, one.acronym) for one in plan.organisations] == [("Water Agency", "WTR")]
    assert [(one.place, one.what) for one in plan.not_understood] == [("record 3 > leaders4", "spreadsheet error")]


def test_parts_of_one_series_are_joined_where_no_quarter_is_in_both():
    assert joined([{1: "a", 2: "b"}, {3: "c"}, {3: "d"}]) == [{1: "a", 2: "b", 3: "c"}, {3: "d"}]


@pytest.mark.parametrize("data", [b"{}", b"[]", b"[1]", b"[{", b'[{"a": 1}]', b"\xff\xfe"])
def test_what_is_neither_goals_nor_targets_is_refused(data):
    with pytest.raises(FormatError):
        read_performance_gov(data)


def test_the_real_records_lose_nothing_without_a_word():
    data = real_file("us-performance-gov/targets.json")
    plan, records = read_performance_gov(data), json.loads(data)
    reported = {
        (r["related_goal_id"], r["indicator"].casefold(), r["value_start"], r["value_target"], r["fiscal_qtr"])
        for r in records
        if r["value_current"].strip()
    }
    twice = whats(plan)["target stands there twice in one quarter"]
    actuals = sum(len(m.actuals) for one in plan.indicators() for m in one.measurements)
    assert actuals <= len(reported) + twice
    assert (len(plan.goals), actuals) == (41, 314)
    assert sum(bool(r["value_current"].strip()) for r in records) - actuals <= twice
    goals = read_performance_gov(real_file("us-performance-gov/goals.json"))
    assert len(goals.objectives()) == 259
    assert whats(goals)["spreadsheet error"] == 918
