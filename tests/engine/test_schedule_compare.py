"""Two schedules compared: worked examples, and the properties of a movement divided among its causes."""

import datetime as dt
import os
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine import network as n
from goldenthread.engine import schedule_compare
from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.causes_of_change import CauseOptions
from goldenthread.engine.critical_path import ScheduleOptions, schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import FF, FS, NONE, SS, Network
from goldenthread.engine.schedule_compare import Side, _begins, _Finishes, critical_changes, dates_moved, finish_moved
from goldenthread.engine.schedule_compare_causes import union_of

DAY, MONDAY = 480, n.minute_of(dt.datetime(2027, 3, 1, 8))
OFFICE = WorkingTime((((480, 720), (780, 1020)),) * 5 + ((), ()))
SHORT = WorkingTime((((480, 720),),) * 5 + ((), ()))
DRAWN = CauseOptions(most_exact=0, about=60)
MORE = 60 if "LONG_TESTS" in os.environ else 1


def side(rows, links=(), *, calendars=(OFFICE,), rules=None, **columns):
    """rows: key -> days; links: (key, key), and kind and lag in days where they differ from FS and 0."""
    keys = list(rows)
    place = {key: at for at, key in enumerate(keys)}
    full = [(*link, FS, 0)[:4] if len(link) < 4 else link for link in links]
    made = Network(
        key=keys,
        duration=[round(days * DAY) for days in rows.values()],
        predecessor=[place[one[0]] for one in full],
        successor=[place[one[1]] for one in full],
        kind=[one[2] for one in full],
        lag=[one[3] * DAY for one in full],
        link_calendar=[0 for _ in full],
        **{"not_before": [MONDAY] * len(keys), "calendar": [0] * len(keys)} | columns,
        calendars=calendars,
        data_date=None,
    )
    rules = rules or ScheduleOptions()
    return Side(schedule(made, rules), rules)


def days(old, new, **options):
    """Whole movement and parts in working days of the office."""
    found = finish_moved(old, new, calendars=(OFFICE,), **options)
    whole = (found.worked.after - found.worked.before)[0] / DAY
    return whole, {
        (one.kinds, one.keys, one.pairs): part / DAY for one, part in zip(found.causes, found.worked.changes[:, 0], strict=True)
    }


def test_one_change_gets_the_whole_movement():
    whole, parts = days(side({1: 2, 2: 3}, [(1, 2)]), side({1: 2, 2: 7}, [(1, 2)]))
    assert (whole, parts) == (4.0, {(("duration",), (2,), ()): 4.0})


def test_what_touches_nothing_critical_in_any_order_gets_nothing():
    old = side({1: 10, 2: 1, 3: 1}, [(1, 3), (2, 3)])
    new = side({1: 12, 2: 4, 3: 1}, [(1, 3), (2, 3)])
    assert days(old, new) == (2.0, {(("duration",), (1,), ()): 2.0, (("duration",), (2,), ()): 0.0})


def test_two_changes_of_which_either_would_do_share_alike():
    """Of two ways of 5 days both grow to 8: the first to come moves the finish, the second does not: half each."""
    old, new = (side({1: d, 2: d, 3: 1}, [(1, 3), (2, 3)]) for d in (5, 8))
    assert days(old, new) == (3.0, {(("duration",), (1,), ()): 1.5, (("duration",), (2,), ()): 1.5})


def test_a_row_put_between_two_comes_with_its_relationships():
    """1 -> 2 becomes 1 -> 9 -> 2, and back: one change, with the relationship that it takes the place of."""
    old = side({1: 3, 2: 3}, [(1, 2)])
    new = side({1: 3, 2: 3, 9: 4}, [(1, 9), (9, 2)])
    assert days(old, new) == (4.0, {(("added", "logic"), (9,), ((1, 2), (1, 9), (9, 2))): 4.0})
    assert days(new, old) == (-4.0, {(("dropped", "logic"), (9,), ((1, 2), (1, 9), (9, 2))): -4.0})


def test_a_relationship_of_another_kind_and_lag_is_one_change():
    old = side({1: 4, 2: 4}, [(1, 2)])
    assert days(old, side({1: 4, 2: 4}, [(1, 2, SS, 1)])) == (-3.0, {(("logic",), (), ((1, 2),)): -3.0})
    assert days(old, side({1: 4, 2: 4}, [(1, 2, FS, 2)])) == (2.0, {(("logic",), (), ((1, 2),)): 2.0})


def test_turned_logic_comes_all_at_once_for_halves_would_run_in_a_circle():
    old = side({1: 2, 2: 5, 3: 1}, [(1, 2), (2, 3)])
    new = side({1: 2, 2: 5, 3: 1}, [(2, 1), (1, 3)])
    whole, parts = days(old, new)
    assert (whole, sum(parts.values())) == (0.0, 0.0)
    assert {pairs for _, _, pairs in parts} == {((1, 2), (2, 1)), ((1, 3),), ((2, 3),)}


def test_working_time_that_changed_for_all_is_one_cause():
    rows, links = {1: 2, 2: 2}, [(1, 2)]
    old = side(rows, links, calendars=(OFFICE, SHORT))
    new = side(rows, links, calendars=(OFFICE, SHORT), calendar=[1, 1])
    whole, parts = days(old, new)
    assert list(parts) == [(("calendar",), (1, 2), ())]
    assert (whole, sum(parts.values())) == (3.5, 3.5)  # eight half days, the last ends at noon


def test_a_later_start_of_all_is_one_cause_and_progress_another():
    old = side({1: 5, 2: 5}, [(1, 2)])
    new = side({1: 1, 2: 5}, [(1, 2)], not_before=[MONDAY + 7 * 1440] * 2, actual_start=[MONDAY, NONE])
    whole, parts = days(old, new)
    assert whole == 1.0
    assert set(parts) == {(("start",), (2,), ()), (("progress",), (1,), ())}


def test_another_program_counts_differently_and_that_is_said():
    old = side({1: 2, 2: 2}, constraint=[0, n.START_NO_LATER], constraint_at=[NONE, MONDAY])
    new = side({1: 2, 2: 2}, rules=ScheduleOptions(retained_logic=False), placing=[1, 1], not_before=[MONDAY + 1440] * 2)
    whole, parts = days(old, new, other_program=True)
    assert whole == 1.0
    assert parts == {(("bound",), (2,), ()): 0.0, (("rules",), (1, 2), ()): 1.0}


def test_dates_floats_and_the_critical_path_of_both():
    old = side({1: 3, 2: 2, 3: 1}, [(1, 3), (2, 3)])
    new = side({1: 3, 2: 4, 4: 1}, [(1, 4), (2, 4)])
    moved = dates_moved(old.schedule, new.schedule)
    assert moved.keys.tolist() == [1, 2]
    assert moved.total_float.tolist() == [DAY, -DAY]
    assert moved.early_finish.tolist() == [0, 2 * 1440]
    came, went = critical_changes(old.schedule, new.schedule)
    assert (came.tolist(), went.tolist()) == ([2, 4], [1, 3])


def test_many_causes_are_taken_together_and_still_sum_to_the_whole():
    old = side(dict.fromkeys(range(30), 1), [(key, key + 1) for key in range(29)])
    new = side(dict.fromkeys(range(30), 2), [(key, key + 1) for key in range(29)])
    part, rules = {key: key % 3 for key in range(30)}, (old.rules, new.rules)
    union = union_of(old.network, new.network, rules, begins={0: MONDAY}, other_program=False, part=part, most=4)
    assert [len(one.keys) for one in union.causes] == [10, 10, 10]
    finish = _Finishes(union, (old, new), edits=True)
    assert finish.at(frozenset({0, 1, 2})).tolist() == [new.schedule.finish]


def test_of_very_many_causes_those_that_matter_stay_alone(monkeypatch):
    """A chain of 3 beside 30 rows of a day that grow to two: only the chain ends last."""
    monkeypatch.setattr(schedule_compare, "MOST_CAUSES", 6)
    chain = [(1, 2), (2, 3)]
    old = side({**dict.fromkeys(range(1, 4), 5), **dict.fromkeys(range(10, 40), 1)}, chain)
    new = side({**dict.fromkeys(range(1, 4), 6), **dict.fromkeys(range(10, 40), 2)}, chain)
    whole, parts = days(old, new)
    assert whole == 3.0
    assert sorted((keys, part) for (_, keys, _), part in parts.items() if part) == [((1,), 1.0), ((2,), 1.0), ((3,), 1.0)]
    assert len(parts) == 4


def test_networks_must_share_their_calendars():
    with pytest.raises(EngineError, match="same calendars"):
        finish_moved(side({1: 1}), side({1: 1}, calendars=(SHORT,)))


@st.composite
def pairs(draw, *, as_late=False):
    """Two networks of up to eight rows that share most, and two groups."""
    keys = list(range(1, draw(st.integers(2, 8)) + 1))
    order = draw(st.permutations(keys))

    def one(order):
        here = [key for key in keys if draw(st.integers(0, 5))] or keys[:1]
        at = {key: order.index(key) for key in here}
        every = [(a, b) for a in here for b in here if at[a] < at[b]]
        links = draw(st.lists(st.sampled_from(every), max_size=9, unique=True)) if every else []
        kinds = [(*pair, draw(st.sampled_from([FS, FS, SS, FF])), draw(st.integers(-1, 2))) for pair in links]
        waits = {pair[1] for pair in kinds if pair[2] != FF}
        states = [draw(st.integers(0, 5)) for _ in here]
        firsts = [-1 if key in waits and state < 4 else MONDAY for key, state in zip(here, states, strict=True)]
        bound = [draw(st.sampled_from([0, 0, 0, 1, 4, 5, *([9] if as_late else [])])) for _ in here]
        return side(
            {key: draw(st.integers(0, 5)) for key in here},
            kinds,
            calendars=(OFFICE, SHORT),
            rules=ScheduleOptions(retained_logic=draw(st.booleans()), dates_win=draw(st.booleans())),
            calendar=[draw(st.sampled_from([-1, 0, 0, 1])) for _ in here],
            not_before=[draw(st.sampled_from([first, MONDAY, MONDAY + 3 * 1440])) for first in firsts],
            actual_start=[MONDAY - 1440 if state > 3 else NONE for state in states],
            actual_finish=[MONDAY if state > 4 else NONE for state in states],
            constraint=bound,
            constraint_at=[MONDAY + 1440 * draw(st.integers(0, 9)) if 0 < kind < 9 else NONE for kind in bound],
            group=[key % 2 for key in here],
        )

    turned = draw(st.permutations(keys)) if draw(st.booleans()) else order
    return one(order), one(turned)


@given(pair=pairs(), exact=st.booleans())
@settings(max_examples=12 * MORE, deadline=None)
def test_parts_sum_to_the_whole_movement_of_every_group(pair, exact):
    old, new = pair
    found = finish_moved(old, new, None if exact else DRAWN, calendars=(OFFICE, OFFICE))
    for parts in (found.by_clock, found.worked):
        assert (parts.parts.sum(axis=0) == parts.whole * (parts.after - parts.before)).all()
    for group, before, after in zip(found.groups, found.before, found.after, strict=True):
        for one, told in ((old, before), (new, after)):
            rows = one.network.group == group
            if rows.any():
                assert one.schedule.early_finish[rows].max() == told


@given(pair=pairs(as_late=True), data=st.data())
@settings(max_examples=12 * MORE, deadline=None)
def test_edits_give_the_finish_that_a_full_pass_gives_for_any_causes_in_any_order(pair, data):
    rules = (pair[0].rules, pair[1].rules)
    as_late = any((one.network.constraint == n.AS_LATE_AS_POSSIBLE).any() for one in pair)
    union = union_of(pair[0].network, pair[1].network, rules, begins=_begins(*pair), other_program=False, part={})
    finishes = _Finishes(union, pair, edits=not as_late)
    compiled = MORE > 1 and data.draw(st.booleans())
    for _ in range(6):
        of = frozenset(data.draw(st.sets(st.integers(0, len(union.causes) - 1)))) if union.causes else frozenset()
        with mock.patch.object(schedule_compare, "PLAIN_WORK", 0 if compiled else 10_000):
            found = finishes.at(of)
        assert found.tolist() == finishes.by_a_full_pass(of).tolist()
    every = frozenset(range(len(union.causes)))
    there = np.isin(union.keys, pair[1].network.key)
    made = schedule(finishes.network_at(every), pair[1].rules)
    assert made.early_finish[there].tolist() == pair[1].schedule.early_finish[np.argsort(pair[1].network.key)].tolist()
