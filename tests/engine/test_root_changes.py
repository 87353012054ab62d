"""A single change is the root of everything it moves, in networks of every shape; of two changes each moves its own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.root_changes import OWN, TIME, roots
from goldenthread.engine.table_compare import NOTHING, Table, compare

DAY = 480


def dates(plan):
    """Earliest days by forward pass: links go from lower to higher numbers, groups hold their parts."""
    start, finish = {}, {}
    for key in sorted(plan["activities"]):
        row = plan["activities"][key]
        begin = max(plan["day"], row.get("not_before", 0))
        for predecessor, successor, kind, lag in plan["links"].values():
            if successor == key:
                begin = max(begin, (start if kind == "SS" else finish)[predecessor] + lag)
        start[key], finish[key] = begin, begin + row["duration"]
    for group in sorted({row["parent"] for row in plan["activities"].values() if row.get("parent")}, reverse=True):
        parts = [key for key, row in plan["activities"].items() if row.get("parent") == group]
        start[group], finish[group] = min(start[p] for p in parts), max(finish[p] for p in parts)
    return start, finish


def state(plan):
    start, finish = dates(plan)
    keys = sorted(start)
    rows = [plan["activities"].get(key, {"duration": 0}) for key in keys]

    def column(values):
        return np.array(values, np.int64)

    columns = {name: column([NOTHING] * len(keys)) for name in OWN} | {
        "start": column([start[key] for key in keys]),
        "finish": column([finish[key] for key in keys]),
        "parent_id": column([row.get("parent") or NOTHING for row in rows]),
        "duration": column([row["duration"] for row in rows]),
        "not_before": column([row.get("not_before", NOTHING) for row in rows]),
    }
    links = sorted(plan["links"].items())
    kinds = np.empty(len(links), object)
    kinds[:] = [kind for _, (_, _, kind, _) in links]
    relationships = {
        "predecessor_id": column([link[0] for _, link in links]),
        "successor_id": column([link[1] for _, link in links]),
        "relationship_kind": kinds,
        "lag": column([link[3] * DAY for _, link in links]),
    }
    return {
        "activities": Table(column(keys), columns),
        "relationships": Table(column([key for key, _ in links]), relationships),
    }


def copy(plan):
    activities = {key: dict(row) for key, row in plan["activities"].items()}
    return {"day": plan["day"], "activities": activities, "links": dict(plan["links"])}


@st.composite
def plans(draw, *, grouped=True):
    count = draw(st.integers(2, 12))
    activities = {key: {"duration": draw(st.integers(1, 6))} for key in range(1, count + 1)}
    pairs = st.tuples(st.integers(1, count), st.integers(1, count)).filter(lambda pair: pair[0] < pair[1])
    links = {
        100 + n: (a, b, draw(st.sampled_from(["FS", "SS"])), draw(st.integers(0, 3)))
        for n, (a, b) in enumerate(sorted(set(draw(st.lists(pairs, max_size=16)))))
    }
    if grouped:
        for row in activities.values():
            group = draw(st.sampled_from([None, 901, 902]))
            if group:
                row["parent"] = group
    return {"day": 0, "activities": activities, "links": links}


def found(before, after):
    old, new = state(before), state(after)
    return roots(old, new, compare(old, new))


@given(plans(), st.data())
def test_one_changed_activity_is_the_root_of_all_that_moved(plan, data):
    key = data.draw(st.sampled_from(sorted(plan["activities"])))
    after = copy(plan)
    if data.draw(st.booleans()):
        after["activities"][key]["duration"] = data.draw(st.integers(1, 9))
    else:
        after["activities"][key]["not_before"] = data.draw(st.integers(1, 20))
    assert set(found(plan, after).values()) <= {("activities", key)}


@given(plans(), st.data())
def test_one_changed_relationship_is_the_root_of_all_that_moved(plan, data):
    after, how = copy(plan), data.draw(st.sampled_from(["add", "drop", "lag"]))
    count = len(plan["activities"])
    if how == "add" or not plan["links"]:
        key, a = 500, data.draw(st.integers(1, count - 1))
        after["links"][key] = (a, data.draw(st.integers(a + 1, count)), "FS", 2)
    else:
        key = data.draw(st.sampled_from(sorted(plan["links"])))
        a, b, kind, lag = after["links"].pop(key)
        if how == "lag":
            after["links"][key] = (a, b, kind, lag + 3)
    assert set(found(plan, after).values()) <= {("relationships", key)}


@given(plans(), st.integers(1, 9))
def test_where_only_time_went_on_nothing_of_the_plan_is_to_blame(plan, later):
    after = copy(plan)
    after["day"] = later
    assert set(found(plan, after).values()) == {TIME}


def chain():
    """1 -> 2 -> 3 and 4 -> 5, which meet in 6."""
    links = {101: (1, 2, "FS", 0), 102: (2, 3, "FS", 0), 103: (4, 5, "FS", 0), 104: (3, 6, "FS", 0), 105: (5, 6, "FS", 0)}
    return {"day": 0, "activities": {key: {"duration": 5} for key in range(1, 7)}, "links": links}


def test_of_two_changes_each_moves_what_hangs_on_it_and_the_driving_one_moves_what_hangs_on_both():
    after = copy(chain())
    after["activities"][1]["duration"] = 6
    after["activities"][4]["duration"] = 20
    told = found(chain(), after)
    assert {told[key] for key in (1, 2, 3)} == {("activities", 1)}
    assert {told[key] for key in (4, 5, 6)} == {("activities", 4)}


def test_earlier_is_the_work_of_what_held_it_up_before():
    before, after = copy(chain()), copy(chain())
    before["activities"][4]["duration"] = 20
    assert found(before, after)[6] == ("activities", 4)


def test_a_group_moves_with_the_part_that_reaches_furthest_and_what_follows_a_group_with_it():
    before = {"day": 0, "activities": {1: {"duration": 5, "parent": 901}, 2: {"duration": 9, "parent": 901}}, "links": {}}
    after = copy(before)
    after["activities"][2]["duration"] = 12
    assert found(before, after) == {2: ("activities", 2), 901: ("activities", 2)}
