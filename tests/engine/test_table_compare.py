"""What is found between two states makes the one from the other, says no more than differs, and is told by brute force too."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.table_compare import NOTHING, Table, apply, compare, subset

whole = st.integers(-3, 3) | st.just(NOTHING)
broken = st.sampled_from([0.0, 0.5, -1.0, math.nan])
text = st.sampled_from(["", "a", "b", None])
table = st.dictionaries(st.integers(0, 12), st.tuples(whole, broken, text), max_size=9)
state = st.fixed_dictionaries({"activities": table, "links": table})


def built(rows):
    keys = sorted(rows)
    return Table(
        np.array(keys, np.int64),
        {
            "days": np.array([rows[key][0] for key in keys], np.int64),
            "effort": np.array([rows[key][1] for key in keys], np.float64),
            "name": np.array([rows[key][2] for key in keys], object),
        },
    )


def states(rows):
    return {name: built(table) for name, table in rows.items()}


def plain(made):
    """By table and key the cells, with one object for every "no value" so that they compare."""
    return {
        name: {
            int(key): tuple("none" if v != v else v for v in (t.columns[c][i] for c in ("days", "effort", "name")))
            for i, key in enumerate(t.keys)
        }
        for name, t in made.items()
    }


@given(state, state)
def test_the_difference_applied_to_the_old_gives_the_new(old, new):
    before, after = states(old), states(new)
    assert plain(apply(before, compare(before, after))) == plain(after)


@given(state, state)
def test_it_tells_what_a_look_at_each_cell_tells_and_no_more(old, new):
    found = compare(states(old), states(new))
    was, now = plain(states(old)), plain(states(new))
    for name in was:
        made = found[name]
        assert set(made.added.keys.tolist()) == now[name].keys() - was[name].keys()
        assert set(made.dropped.keys.tolist()) == was[name].keys() - now[name].keys()
        both = was[name].keys() & now[name].keys()
        for place, column in enumerate(("days", "effort", "name")):
            differ = {key for key in both if was[name][key][place] != now[name][key][place]}
            cells = made.changed.get(column)
            assert (set(cells.keys.tolist()) if cells else set()) == differ


@given(state, state, st.sets(st.integers(0, 12)))
def test_a_part_of_both_is_told_by_itself(old, new, mine):
    keys = {"activities": np.array(sorted(mine), np.int64)}
    before, after = subset(states(old), keys), subset(states(new), keys)
    assert plain(apply(before, compare(before, after))) == plain(after)
    assert all(not table.keys.size for name, table in before.items() if name == "links")


@given(state)
def test_the_same_state_twice_has_no_difference(rows):
    assert all(made.is_empty for made in compare(states(rows), states(rows)).values())


def test_what_was_not_compared_is_refused():
    old, new = states({"activities": {1: (1, 0.0, "a")}}), states({"activities": {1: (2, 0.0, "a"), 2: (1, 0.0, "b")}})
    found = compare(old, new)
    with pytest.raises(EngineError, match="not what it was compared as"):
        apply(states({"activities": {1: (3, 0.0, "a")}}), found)
    with pytest.raises(EngineError, match="not there"):
        apply(states({"activities": {}}), found)
    with pytest.raises(EngineError, match="there already"):
        apply(new, found)
    with pytest.raises(EngineError, match="dropped is not there"):
        apply(old, compare(new, old))


@pytest.mark.parametrize("keys", [[2, 1], [1, 1]])
def test_keys_that_do_not_ascend_are_refused(keys):
    with pytest.raises(EngineError, match="ascend"):
        Table(np.array(keys, np.int64), {})


def test_states_of_different_shape_are_refused():
    one = states({"activities": {1: (1, 0.0, "a")}})
    with pytest.raises(EngineError, match="same tables"):
        compare(one, {})
    with pytest.raises(EngineError, match="same columns"):
        compare(one, {"activities": Table(np.array([1], np.int64), {})})
    with pytest.raises(EngineError, match="values for"):
        Table(np.array([1], np.int64), {"days": np.zeros(2)})
