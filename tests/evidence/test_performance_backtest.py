"""The back-test of a year's targets: which rows are asked, that nothing leaks, the rules beside it, and its gate."""

import dataclasses
import json
import math
from collections import Counter

import numpy as np
import pytest

from goldenthread.engine.reference_class import ReferenceOptions
from goldenthread.evidence.mapping.performance import questions
from goldenthread.evidence.queries import performance_backtest
from goldenthread.evidence.queries.performance import foretold
from goldenthread.formats.performance_gov import read_goals, read_targets
from tests.evidence.published import agencies, goals, record, targets, year
from tests.formats.material import real_file


def asked(records):
    return questions(read_targets(targets(records)))


def scored(records):
    return performance_backtest(read_goals(goals(8)), read_targets(targets(records)))


def test_a_year_gives_three_questions_with_what_was_known_by_then():
    first, second, third = asked(year([10, 40, None, 100])).rows
    quarter = 365 / 4
    assert first.figures == ((0.0, 0.0), (quarter, 10.0))
    assert second.figures == third.figures == ((0.0, 0.0), (quarter, 10.0), (2 * quarter, 40.0))
    assert (first.quarter, third.quarter, first.way, first.met) == (1, 3, 100, True)


def test_reaching_is_judged_by_direction_from_the_figures_alone():
    def met(*values, **changes):
        return asked(year(values, **changes)).rows[0].met

    assert met(5, 5, 5, 99) is False
    assert met(5, 5, 5, 100, progress_pct_target_status="Target not met") is True
    falling = {"indicator_type": "Measurable decrease", "value_start": 50, "value_target": 40}
    assert met(48, 47, 44, 41, **falling, progress_pct_target_status="Target met") is False
    assert met(48, 47, 44, 40, **falling) is True
    assert asked(year([48, 47, 44, 40], **falling)).rows[0].way == -10
    assert met(9, 9, 9, 9, indicator_type="Maintain below threshold", value_target=10, value_start=8) is True


def test_what_is_left_out_is_counted_and_everything_adds_up():
    records = [
        *year([1, 2, 3, 4]),
        *year([1, 2, 3, None], related_goal_id="G2"),
        *year([1, 2, "-", "-"], related_goal_id="G3"),
        *year([None, 2, "-", 4], related_goal_id="G4"),
        *year([1, 2, 3, 4], related_goal_id="G5", indicator_type="Target undefined"),
        *year([0, 0, 0, 0], related_goal_id="G6", indicator_type="Complete milestone"),
        record(value_current=1),
        record(fiscal_qtr="soon"),
    ]
    found = asked(records)
    assert found.records_left_out == {
        "target_undefined": 4,
        "milestone_without_figures": 4,
        "same_target_twice_in_a_quarter": 1,
        "no_quarter": 1,
    }
    assert found.rows_left_out == {
        "no_figure_in_quarter_4": 3,
        "no_record_in_quarter_4": 3,
        "nothing_reported_yet": 1,
        "no_record_in_that_quarter": 1,
    }
    assert len(found.rows) + sum(found.rows_left_out.values()) == 3 * found.series == 12


def test_parts_of_one_target_are_joined_and_two_targets_of_one_name_are_not():
    changed = [
        *year([10, 20, "-", "-"]),
        *[r | {"value_target": "80", "indicator": " indicator!"} for r in year(["-", "-", 30, 90])],
    ]
    found = asked(changed)
    assert (found.series, len(found.rows)) == (1, 3)
    assert [row.target for row in found.rows] == [100, 100, 80]
    assert all(row.met for row in found.rows)
    assert asked([*year([10, 20, 30, 40]), *year([1, 2, 3, 4], value_target=5)]).series == 2


def test_a_record_told_twice_keeps_the_figure():
    rows = asked([*year([10, 20, 30, 40]), record(value_current=""), record(fiscal_qtr=2, value_current=20)]).rows
    assert [row.value for row in rows] == [10, 20, 30]


def test_an_agencys_own_outcomes_do_not_move_its_own_chances():
    records = agencies()
    flipped = [
        r | {"value_current": str(-3 * float(r["value_current"]))} if (r["related_owner"], r["fiscal_qtr"]) == ("A3", "4") else r
        for r in records
    ]
    (rows, other) = (list(asked(r).rows) for r in (records, flipped))
    assert [row.outcome for row in rows] != [row.outcome for row in other]
    own = [i for i, row in enumerate(rows) if row.agency == "A3"]
    assert foretold(rows)[0][own].tolist() == foretold(other)[0][own].tolist()
    assert foretold(rows)[0].tolist() != foretold(other)[0].tolist(), "the others learn from it"


def test_neither_stated_status_nor_the_goals_status_is_read():
    records = agencies()
    lies = [r | {"progress_pct": "0.01", "progress_pct_target_status": "Target met"} for r in records]
    told = json.loads(goals(8))
    other = json.dumps([g | {"goal_status": "Blocked"} for g in told]).encode()
    assert scored(records) == performance_backtest(read_goals(other), read_targets(targets(lies)))


def test_the_rules_are_what_they_are_called():
    """Again, in a few plain loops."""
    records = agencies(seed=2)
    found, rows = scored(records), asked(records).rows
    pace, at_target, base = [], [], []
    for row in rows:
        others = [r for r in rows if r.agency != row.agency]

        def share(some):
            return (sum(r.met for r in some) + 0.5) / (len(some) + 1)

        def there(r):
            return r.value <= r.target if r.falls else r.value >= r.target

        base.append((share(others) - row.met) ** 2)
        pace.append(((row.value / row.target >= row.quarter / 4) - row.met) ** 2)
        at_target.append((share([r for r in others if there(r) == there(row)]) - row.met) ** 2)
    for name, errors in (("base_rate", base), ("pace", pace), ("at_target", at_target)):
        assert found.baselines[name].brier == pytest.approx(np.mean(errors))
        assert found.baselines[name].better == pytest.approx(np.mean(errors) - found.brier)
    assert found.skill == pytest.approx(1 - found.brier / np.mean(base))


def test_on_planted_targets_we_beat_every_rule_and_cover_80_percent():
    """The gate that always runs: fixed seeds, planted progress, whole table."""
    found = scored(agencies(seed=3, count=12, each=10))
    print({name: round(rule.brier, 3) for name, rule in found.baselines.items()}, round(found.brier, 3), found.cover80)
    assert found.n == 360
    assert all(rule.brier > found.brier + 0.01 for rule in found.baselines.values())
    assert found.skill > 0.35
    assert found.skill_interval[0] > 0.15
    assert 0.72 <= found.cover80 <= 0.90


def test_on_the_real_targets_the_published_table_holds():
    """The gate on others' data: the figures of the guide, with a little room for another processor's arithmetic."""
    found = performance_backtest(
        read_goals(real_file("us-performance-gov/goals.json")), read_targets(real_file("us-performance-gov/targets.json"))
    )
    assert (found.n, found.series, found.agencies, found.unknown_goals) == (147, 63, 11, 0)
    assert found.brier <= 0.127
    assert found.skill >= 0.43
    assert found.log_loss <= 0.43
    assert found.skill_interval[0] > 0.1
    assert found.baselines["pace"].brier - found.brier > 0.14
    assert found.baselines["pace_buckets"].brier - found.brier > 0.08
    assert found.brier - found.baselines["at_target"].brier < 0.01, "about as good as the simple rule, and the guide says so"
    assert 0.75 <= found.cover80 <= 0.87


@pytest.mark.parametrize("steps", [1.0, 2.0, 6.0])
@pytest.mark.parametrize("bandwidth", [0.25, 1.0])
def test_the_real_table_does_not_hang_on_what_is_assumed(steps, bandwidth):
    rows = list(questions(read_targets(real_file("us-performance-gov/targets.json"))).rows)
    chances, _ = foretold(rows, options=ReferenceOptions(steps, bandwidth))
    brier = np.mean((chances - np.array([row.met for row in rows])) ** 2)
    print(steps, bandwidth, round(float(brier), 4))
    assert brier <= 0.128


def test_every_real_record_is_scored_or_left_out_for_a_reason():
    """Counted from the raw JSON, without the reader."""
    raw = json.loads(real_file("us-performance-gov/targets.json"))
    found = questions(read_targets(real_file("us-performance-gov/targets.json")))
    kinds = Counter(r["indicator_type"] for r in raw)
    assert found.records_left_out["target_undefined"] == kinds["Target undefined"] == 78
    assert found.records_left_out["milestone_without_figures"] == kinds["Complete milestone"] == 30
    assert len(found.rows) + sum(found.rows_left_out.values()) == 3 * found.series
    assert all(math.isfinite(row.outcome) and row.figures for row in found.rows)


def test_one_agency_alone_has_nobody_to_learn_from():
    assert scored(year([1, 2, 3, 4])) is None


def test_the_answer_is_the_same_each_time_and_in_any_order_of_records():
    records = agencies(seed=5, count=4, each=4)
    first, again = scored(records), scored(records[::-1])
    assert first == scored(records)
    assert dataclasses.replace(again, excluded={}).brier == pytest.approx(first.brier, abs=1e-12)
