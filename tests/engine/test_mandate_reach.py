"""What a change touches, against a plain walk over the same graph."""

from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.mandate_reach import Tie, Touched, reach

CHAIN = (
    Tie("clause", "objective", "cites it"),
    Tie("objective", "step", "moves it"),
    Tie("step", "ada", "does it"),
    Tie("other clause", "other objective"),
    Tie("other objective", "ben"),
)


def test_a_change_is_followed_from_the_clause_to_the_person_and_no_further():
    assert reach(["clause"], CHAIN) == (
        Touched("clause", ("clause",), ()),
        Touched("objective", ("clause", "objective"), ("cites it",)),
        Touched("step", ("clause", "objective", "step"), ("cites it", "moves it")),
        Touched("ada", ("clause", "objective", "step", "ada"), ("cites it", "moves it", "does it")),
    )


def test_nothing_changed_touches_nothing():
    assert reach([], CHAIN) == ()


def test_of_two_ways_the_shorter_is_told_and_of_two_alike_the_first():
    ties = (Tie("a", "b"), Tie("b", "c"), Tie("a", "c", "straight"), Tie("x", "d", "first"), Tie("y", "d", "second"))
    found = {one.key: one for one in reach(["a", "x", "y"], ties)}
    assert found["c"].words == ("straight",)
    assert found["d"].words == ("first",)


def test_a_loop_does_no_harm():
    assert [one.key for one in reach(["a"], (Tie("a", "b"), Tie("b", "a"), Tie("b", "b")))] == ["a", "b"]


keys = st.integers(0, 12)
graphs = st.lists(st.tuples(keys, keys), max_size=40)


@given(st.lists(keys, max_size=4), graphs)
def test_it_is_all_that_a_plain_walk_reaches_and_none_else(changed, pairs):
    closed = set(changed)
    for _ in range(14):  # until nothing is added: no path is longer than there are keys
        closed |= {below for above, below in pairs if above in closed}
    assert {one.key for one in reach(changed, [Tie(*pair) for pair in pairs])} == closed


@given(st.lists(keys, max_size=4), graphs)
def test_each_path_is_one_of_the_graph_and_none_is_shorter(changed, pairs):
    away = dict.fromkeys(changed, 0)
    for _ in range(14):
        for above, below in pairs:
            if above in away:
                away[below] = min(away.get(below, 99), away[above] + 1)
    for one in reach(changed, [Tie(*pair) for pair in pairs]):
        assert one.path[0] in changed
        assert one.path[-1] == one.key
        assert set(zip(one.path, one.path[1:], strict=False)) <= set(pairs)
        assert len(one.path) - 1 == len(one.words) == away[one.key]
