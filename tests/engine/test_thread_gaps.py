from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.belief_gap import PulseAnswer, ShownHours, belief_gap, complete_paths
from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_gaps import Goal, Office, coverage_gaps, people_without_line, without_owner
from goldenthread.engine.thread_links import DutyFact, Link, Work

DAY = date(2027, 6, 30)
SOUND = Link("c", "k1", expected_effect=2.0, statement_complete=True)
DUTY = DutyFact(None, None, has_proof=True)


def work(key, **fields):
    return Work(key, fields.pop("kind", "step"), f"work {key}", fields.pop("hours", 10.0), **fields)


def test_goals_without_work_are_named_whole_or_by_target():
    goals = [
        Goal("served", "A", ("k1",)), Goal("half", "B", ("k1", "k2")), Goal("none", "C", ("k3",)), Goal("weak", "D", ("k4",)),
        Goal("untargeted", "E", ()), Goal("closed", "F", ("k9",), "retired"), Goal("new", "G", ("k9",), "draft"),
    ]  # fmt: skip
    links = [SOUND, replace(SOUND, kpi="k4", statement_complete=False)]
    assert [(gap.goal, gap.kpi, gap.reason) for gap in coverage_gaps(goals, links, DAY)] == [
        ("half", "k2", "no_work"), ("none", None, "no_work"), ("weak", None, "no_sound_work"), ("untargeted", None, "no_target"),
        ("new", None, "no_work"),
    ]  # fmt: skip


def test_a_mandate_out_of_force_flags_every_open_goal_and_no_other():
    goals = [Goal(1, "A", ("k1",)), Goal(2, "B", ("k1",), "achieved"), Goal(3, "C", ("k1",))]
    assert [(gap.goal, gap.reason) for gap in coverage_gaps(goals, [SOUND], DAY, Office(mandate_in_force=False))] == [
        (1, "mandate_not_in_force"),
        (3, "mandate_not_in_force"),
    ]
    assert coverage_gaps(goals, [SOUND], DAY, Office(mandate_in_force=True)) == []


def test_people_without_a_line():
    items = [
        work(1, holder="linked", links=(SOUND,)), work(2, holder="linked"),
        work(3, holder="on duty", duty=DUTY),
        work(4, holder="says none", owner_answer="none", hours=7), work(5, holder="says none", hours=5),
        work(6, holder="not asked", owner_answer="dont_know"),
        work(7, kind="project", links=(SOUND,)), work(8, parent=7, holder="through the parent"),
    ]  # fmt: skip
    people = ["linked", "on duty", "says none", "not asked", "through the parent", "idle"]
    gaps = people_without_line(people, items, DAY)
    assert [(gap.person, gap.reason, gap.hours, gap.asked) for gap in gaps] == [
        ("says none", "no_line", 12, True),
        ("not asked", "no_line", 10, False),
        ("idle", "no_work", 0, True),
    ]


def test_steps_without_an_owner():
    items = [work(1), work(2, holder="x"), work(3, kind="activity"), work(4, kind="project")]
    assert [(gap.key, gap.hours) for gap in without_owner(items)] == [(1, 10)]


def test_complete_paths_by_hand():
    late = replace(SOUND, delivered_day=date(2027, 5, 1), lag_days=30)  # its lag is over, nothing is shown
    items = [
        work(1, holder="a", links=(SOUND,), hours=6),
        work(2, holder="a", links=(late,), hours=2),
        work(3, holder="a", links=(replace(late, grade=2),), hours=1),
        work(4, holder="a", links=(replace(late, lag_days=90),), hours=4),
        work(5, holder="a", links=(replace(SOUND, objective_state="proposed"),), hours=8),
        work(6, holder="a", duty=DUTY, hours=100),
        work(7, holder="b", links=(SOUND,), duplicate_of=1, hours=3),
        work(8, holder="b", links=(SOUND,), service_state="retired", hours=3),
        work(9, links=(SOUND,)),
    ]
    assert complete_paths(items, DAY) == {"a": ShownHours(21, 11), "b": ShownHours(6, 0)}


def test_belief_gap_by_hand_and_only_over_those_who_answered():
    paths = {n: ShownHours(10.0 * n, 4.0 * n) for n in range(1, 8)}
    answers = [PulseAnswer(n, 0.9) for n in range(1, 5)] + [PulseAnswer(5, 0.5), PulseAnswer(6, None), PulseAnswer(8, 1.0)]
    found = belief_gap(answers, paths)
    assert found.n == 5
    assert found.claimed == pytest.approx((0.9 * 100 + 0.5 * 50) / 150)
    assert found.shown == pytest.approx(0.4)
    assert found.gap == pytest.approx(found.claimed - 0.4)


@given(st.integers(0, 4), st.integers(2, 9))
def test_below_the_minimum_group_nothing_is_said(few, minimum):
    paths = {n: ShownHours(8, 4) for n in range(10)}
    found = belief_gap([PulseAnswer(n, 0.5) for n in range(min(few, minimum - 1))], paths, minimum)
    assert (found.claimed, found.shown, found.gap) == (None, None, None)
    assert "Not enough answers" in found.sentence


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 100), st.floats(0, 1)), min_size=5, max_size=20))
def test_shares_stay_shares(rows):
    paths = {n: ShownHours(hours, hours * part) for n, (_, hours, part) in enumerate(rows)}
    found = belief_gap([PulseAnswer(n, share) for n, (share, _, _) in enumerate(rows)], paths)
    assert -1e-9 <= found.claimed <= 1 + 1e-9
    assert -1e-9 <= found.shown <= 1 + 1e-9
    assert found.gap == found.claimed - found.shown


def test_bad_answers_are_refused():
    paths = {1: ShownHours(8, 4)}
    with pytest.raises(EngineError, match="between 0 and 1") as caught:
        belief_gap([PulseAnswer(1, 1.2)], paths)
    assert caught.value.item == 1
    with pytest.raises(EngineError, match="twice"):
        belief_gap([PulseAnswer(1, 1), PulseAnswer(1, 0)], paths)
    with pytest.raises(EngineError, match="at least 2"):
        belief_gap([], paths, minimum=1)
