import json

import pytest

from goldenthread.formats.bad_cells import counted
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.performance_gov import read_goals, read_targets
from tests.formats.material import real_file

TARGET = {
    "fiscal_yr": "2022", "fiscal_qtr": "2", "related_goal_id": "G1", "related_goal": "More bridges", "target": "Mend 30 bridges",
    "indicator_type": "Measurable increase", "indicator": "Bridges mended", "related_owner": "DOT", "value_start": "0",
    "value_target": "30", "value_current": "12", "progress_pct": "0.4", "progress_pct_target_status": "Target not met",
}  # fmt: skip


def targets(*changes):
    return read_targets(json.dumps([TARGET | change for change in changes]).encode())


def wrong(*changes):
    return counted(targets(*changes).bad_cells)


def test_a_target_of_a_quarter_is_read():
    (found,) = targets({}).targets
    assert (found.place, found.goal, found.agency, found.year, found.quarter) == ("record 1", "G1", "DOT", 2022, 2)
    assert (found.start, found.goal_value, found.value, found.progress) == (0, 30, 12, 0.4)
    assert not targets({}).bad_cells


def test_numbers_with_marks_are_numbers_and_a_blank_is_none():
    (found,) = targets({"value_target": "$1,250,000", "value_start": "12%", "value_current": ""}).targets
    assert (found.goal_value, found.start, found.value) == (1_250_000, 12, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value_current": "#N/A"}, {"value_current: spreadsheet error": 1}),
        ({"value_target": "#REF!"}, {"value_target: spreadsheet error": 1}),
        ({"value_current": "about half of them are done"}, {"value_current: no number": 1}),
        ({"progress_pct": "-0.17"}, {"progress_pct: negative": 1}),
        ({"value_start": ""}, {"value_start: missing": 1}),
        ({"value_target": None}, {"value_target: missing": 1}),
        ({"fiscal_qtr": "5"}, {"fiscal_qtr: not a quarter": 1}),
        ({"fiscal_yr": "soon"}, {"fiscal_yr: no number": 1, "fiscal_yr: not a year": 1}),
        ({"indicator_type": "Measurable hope"}, {"indicator_type: unknown kind": 1}),
        ({"indicator": " "}, {"indicator: missing": 1}),
        ({"value_start": "40"}, {"indicator_type: target lies on the other side of the start": 1}),
    ],
)
def test_a_cell_that_is_not_right_is_listed_with_its_place_and_the_record_kept(change, said):
    found = targets({}, {"related_goal_id": "G2"} | change)
    assert counted(found.bad_cells) == said
    assert {cell.place for cell in found.bad_cells} == {"record 2"}
    assert len(found.targets) == 2


def test_a_target_that_stands_there_twice_in_one_quarter_is_listed_once():
    assert wrong({}, {}, {"fiscal_qtr": "3"}) == {"target stands there twice in one quarter": 1}


def test_a_milestone_needs_no_start():
    assert wrong({"indicator_type": "Complete milestone", "value_start": "", "value_target": ""}) == {}


def test_goals_keep_what_is_right_and_list_the_errors_of_the_spreadsheet():
    goal = {"goal_id": "G1", "goal_type": "SG", "goal_name": "Bridges", "organization_abbreviation": "DOT"}
    found = read_goals(json.dumps([goal | {"goal_status": "#N/A"}, goal, {"goal_id": ""}]).encode())
    assert counted(found.bad_cells) == {"goal stands there twice": 1, "goal_id: missing": 1, "goal_status: spreadsheet error": 1}
    assert [(g.goal, g.name, g.status) for g in found.goals] == [("G1", "Bridges", ""), ("G1", "Bridges", ""), ("", "", "")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}", "one JSON list"),
        (b"[]", "one JSON list"),
        (b"[1, 2]", "one JSON list"),
        (b'[{"a": 1}]', "no record has a related_goal_id"),
        (b'[{"related_goal_id": "1",', "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_another_file_is_refused_in_a_sentence(data, said):
    with pytest.raises(FormatError, match=said):
        read_guarded("performance-targets", data)


def test_a_constant_that_is_no_number_is_none():
    (found,) = read_targets(json.dumps([TARGET | {"value_current": float("nan")}]).encode()).targets
    assert found.value is None


def test_the_real_files_are_whole():
    found = read_guarded("performance-targets", real_file("us-performance-gov/targets.json"))
    raw = json.loads(real_file("us-performance-gov/targets.json"))
    assert len(found.targets) == len(raw) == 412
    assert sum(t.value is None for t in found.targets) == sum(not r["value_current"] for r in raw)
    assert counted(found.bad_cells)["progress_pct: negative"] == sum(r["progress_pct"].startswith("-") for r in raw)
    assert counted(found.bad_cells)["value_start: missing"] == sum(
        not r["value_start"] and r["indicator_type"] != "Complete milestone" for r in raw
    )
    goals, raw = (
        read_guarded("performance-goals", real_file("us-performance-gov/goals.json")),
        json.loads(real_file("us-performance-gov/goals.json")),
    )
    assert len(goals.goals) == len(raw)
    assert len(goals.bad_cells) == sum(str(value).startswith("#") for record in raw for value in record.values())
