import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.ranking import TodayItem, day_load, rank
from goldenthread.engine.today_reasons import REASONS

DAY = date(2027, 6, 30)  # a Wednesday


def days(count):
    return DAY + timedelta(days=count)


def item(key, **fields):
    return TodayItem(key, f"item {key}", **fields)


def order(items):
    return [row.item.key for row in rank(items, DAY)]


def test_the_rule_by_a_worked_example():
    items = [
        item(1, cost_of_delay=300, hours_left=10, float_days=0),  # 30 an hour
        item(2, cost_of_delay=100, hours_left=1),  # 100 an hour
        item(3, cost_of_delay=50, hours_left=0.1),  # at least a quarter of an hour: 200
        item(4, float_days=2),  # not known
        item(5, float_days=0, due=days(1)),  # not known, tighter
        item(6, is_duty=True, due=days(3)),  # pinned
        item(7, is_duty=True, due=days(-1)),  # pinned, earlier
        item(8, is_duty=True, due=days(4)),  # a duty, not due soon
        item(9, cost_of_delay=0, hours_left=2),  # known to cost nothing: before the unknown
        item(10, cost_of_delay=500),  # hours not known: its rate is not known
    ]
    assert order(items) == [7, 6, 3, 2, 1, 9, 5, 4, 8, 10]
    by_key = {row.item.key: row for row in rank(items, DAY)}
    assert [by_key[key].rate for key in (1, 2, 3, 9, 4, 10)] == [30, 100, 200, 0, None, None]
    assert {key for key, row in by_key.items() if row.pinned} == {6, 7}


def test_ties_go_by_float_then_due_date_then_id():
    same = {"cost_of_delay": 10, "hours_left": 1}
    items = [
        item(5, **same), item(4, due=days(9), **same), item(3, float_days=3, **same), item(2, float_days=3, due=days(2), **same),
        item(1, due=days(9), **same),
    ]  # fmt: skip
    assert order(items) == [2, 3, 1, 4, 5]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"holds_up": "gate", "holds_up_on": days(1)}, "First: Tomorrow’s gate waits for it"),
        ({"holds_up": "gate", "holds_up_on": days(5)}, "First: Monday’s gate waits for it"),
        ({"holds_up": "the client", "holds_up_on": days(40)}, "First: The client waits for it"),
        ({"is_duty": True, "due": days(2)}, "Duty: due Friday"),
        ({"is_duty": True, "due": days(-20)}, "Duty: was due 10 June"),
        ({"waits_for": "the meter data", "float_days": 0}, "Waits for the meter data"),
        ({"due": days(-3)}, "Was due 3 days ago"),
        ({"due": DAY}, "Due today"),
        ({"due": days(1)}, "Due tomorrow"),
        ({"float_days": -2.2}, "The plan needs it 2 days sooner"),
        ({"float_days": 0}, "No spare days"),
        ({"measurement_days_late": 12}, "The figure is 12 days late"),
        ({"waiting_days": 9, "hours_left": 0.5}, "Smallest effort, longest wait"),
        ({"waiting_days": 1}, "Somebody has waited 1 day for your answer"),
        ({"is_question": True}, "Asked today: an answer takes minutes"),
        ({"cost_of_delay": 4200, "hours_left": 3}, "Waiting costs the goal most here"),
        ({"float_days": 1.5}, "1 spare day"),
        ({"float_days": 3}, "3 spare days"),
        ({"due": days(9)}, "Due 9 July"),
        ({"started": True}, "Started: bring it to an end"),
        ({"has_goal": True}, "What a wait costs is not known yet; placed by spare days and due date"),
        ({}, "No goal named; placed by spare days and due date"),
    ],
)
def test_one_reason_in_plain_words(fields, sentence):
    (row,) = rank([item(1, **fields)], DAY)
    assert row.sentence == sentence


def test_the_best_yield_and_the_rest_are_told_apart_from_the_dearest():
    rows = rank([item(n, cost_of_delay=cost, hours_left=hours) for n, cost, hours in ((1, 90, 30), (2, 40, 1), (3, 5, 5))], DAY)
    assert [(row.item.key, row.sentence) for row in rows] == [
        (2, "Helps the goal most for the hours it takes"),
        (1, "Waiting costs the goal most here"),
        (3, "Each day’s wait costs the goal a little"),
    ]


figures = st.none() | st.floats(0, 1e6)
items_drawn = st.lists(
    st.builds(
        TodayItem,
        key=st.integers(0, 10**6), title=st.just("x"), due=st.none() | st.dates(date(2027, 1, 1), date(2028, 1, 1)),
        float_days=st.none() | st.floats(-50, 50), hours_left=figures, cost_of_delay=st.none() | st.floats(-1e6, 1e6),
        is_duty=st.booleans(), started=st.booleans(), waits_for=st.sampled_from(["", "a thing"]),
        holds_up=st.sampled_from(["", "gate"]), holds_up_on=st.none() | st.dates(date(2027, 6, 1), date(2027, 8, 1)),
        waiting_days=st.integers(0, 30), is_question=st.booleans(), measurement_days_late=st.integers(0, 30),
    ),
    unique_by=lambda each: each.key, max_size=12,
)  # fmt: skip


@given(items_drawn, st.randoms())
def test_every_item_once_whatever_the_order_given_and_no_sum_of_money_in_words(items, source):
    rows = rank(items, DAY)
    assert sorted(row.item.key for row in rows) == sorted(each.key for each in items)
    assert [row.position for row in rows] == list(range(1, len(items) + 1))
    shuffled = list(items)
    source.shuffle(shuffled)
    assert rank(shuffled, DAY) == rows
    for row in rows:
        assert row.reason in {*REASONS, "in_plan"}
        assert row.sentence
    dearer = [replace(each, cost_of_delay=None if each.cost_of_delay is None else 8 * each.cost_of_delay) for each in items]
    assert [(row.item.key, row.sentence) for row in rank(dearer, DAY)] == [(row.item.key, row.sentence) for row in rows]


@given(items_drawn)
def test_any_two_neighbours_stand_as_the_rule_says(items):
    rows = rank(items, DAY)
    for first, second in pairwise(rows):
        assert first.pinned >= second.pinned
        if first.pinned and second.pinned:
            assert first.item.due <= second.item.due
        elif not second.pinned and not first.pinned:
            if second.rate is not None:
                assert first.rate is not None
                assert first.rate >= second.rate
            elif first.rate is None:
                known = [math.inf if row.item.float_days is None else row.item.float_days for row in (first, second)]
                assert known[0] <= known[1]


@given(items_drawn, st.floats(0, 24))
def test_the_day_is_never_overfilled_and_every_item_has_one_place(items, hours):
    rows = rank(items, DAY)
    load = day_load(rows, hours)
    begun = () if load.begun is None else (load.begun,)
    assert sorted([*load.whole, *begun, *load.later, *load.unknown, *load.waiting]) == sorted(each.key for each in items)
    left = {each.key: each.hours_left for each in items}
    assert sum(left[key] for key in load.whole) + load.begun_hours == pytest.approx(load.hours_used)
    assert load.hours_used + load.hours_free == pytest.approx(hours)
    assert load.begun is None or 0 < load.begun_hours < left[load.begun]
    assert not load.later or load.hours_free == 0


def test_a_day_by_hand():
    rows = rank([item(n, cost_of_delay=100 - n, hours_left=1, float_days=n) for n in range(1, 4)], DAY)
    rows = [replace(row, item=replace(row.item, hours_left=hours)) for row, hours in zip(rows, (3, 4, 2), strict=True)]
    load = day_load(rows, 6)
    assert (load.whole, load.begun, load.begun_hours, load.later, load.hours_free) == ((1,), 2, 3, (3,), 0)


@pytest.mark.parametrize(
    "fields", [{"hours_left": -1}, {"hours_left": math.nan}, {"cost_of_delay": math.inf}, {"float_days": math.nan}]
)
def test_figures_that_are_none_are_refused_by_name(fields):
    with pytest.raises(EngineError, match="item 7") as caught:
        rank([item(7, **fields)], DAY)
    assert caught.value.item == 7


def test_repeated_keys_and_impossible_days_are_refused():
    with pytest.raises(EngineError, match="key 1"):
        rank([item(1), item(1)], DAY)
    with pytest.raises(EngineError, match="24 hours"):
        day_load([], 25)
