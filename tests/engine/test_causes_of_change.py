"""Dividing a change among its causes: a game worked by hand, the properties that define the values, and drawn orders."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.causes_of_change import CauseOptions, causes_of_change, how_many_sets
from goldenthread.engine.chances import NOTHING_ASKED, chances
from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ForecastOptions, forecast
from tests.engine.threads import thread

DRAWN = CauseOptions(most_exact=0, about=400)


def divided(value, causes, options=None):
    return causes_of_change(value, np.arange(causes, dtype=np.int64) + 100, options)


def game(worths, causes):
    """A value from a list of worths, one a set of causes, two items wide."""
    return lambda of: np.array([worths[sum(1 << i for i in of)], -2 * worths[sum(1 << i for i in of)]])


games = st.integers(1, 5).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.integers(0, 10_000), min_size=2**n, max_size=2**n))
)  # fmt: skip


def test_the_glove_game_gives_the_single_right_glove_four_sixths():
    """One right glove and two left ones; a pair is worth 6. Shapley values 4, 1, 1 (Osborne and Rubinstein, 1994, 14.4)."""
    found = divided(lambda of: np.array([6 if 0 in of and len(of) > 1 else 0]), 3)
    assert found.changes[:, 0].tolist() == [4.0, 1.0, 1.0]
    assert found.error.max() == 0.0


@given(games)
def test_parts_sum_to_the_whole_and_are_the_average_over_all_orders(drawn):
    causes, worths = drawn
    value = game(worths, causes)
    found = divided(value, causes)
    assert (found.parts.sum(axis=0) == found.whole * (found.after - found.before)).all()
    orders = list(permutations(range(causes)))
    for i in range(causes):
        come = [frozenset(order[: order.index(i)]) for order in orders]
        marginal = sum(int(value(of | {i})[0] - value(of)[0]) for of in come)
        assert found.parts[i, 0] * len(orders) == marginal * found.whole


@given(games, st.data())
def test_a_cause_without_effect_gets_nothing_and_equal_causes_get_equal_parts(drawn, data):
    causes, worths = drawn
    idle = data.draw(st.integers(0, causes))

    def value(of):
        """With one cause more that does nothing, and of two equal ones counted how many came."""
        rest = [i - (i > idle) for i in of if i != idle]
        return np.array([worths[sum(1 << i for i in rest)], len(of - {idle}) ** 2])

    for options in (None, DRAWN):
        found = divided(value, causes + 1, options)
        assert found.parts[idle].tolist() == [0, 0]
        assert (found.parts.sum(axis=0) == found.whole * (found.after - found.before)).all()
    exact = divided(value, causes + 1)
    assert len({int(part) for i, part in enumerate(exact.parts[:, 1]) if i != idle}) == 1


def test_the_named_error_covers_what_is_off_nineteen_times_in_twenty():
    rng = np.random.default_rng(3)
    inside = total = 0
    for _ in range(40):
        worths = rng.integers(0, 10_000, 2**6).tolist()
        exact, found = divided(game(worths, 6), 6), divided(game(worths, 6), 6, DRAWN)
        inside += int((np.abs(found.changes - exact.changes) <= 2 * found.error + 1e-9)[:, 0].sum())
        total += 6
    assert 0.9 <= inside / total <= 1.0


def test_the_order_in_which_causes_are_named_changes_nothing():
    keys, worths = np.array([7, 3, 11, 5], np.int64), [int(x) for x in np.random.default_rng(1).integers(0, 999, 16)]
    there = [2, 0, 3, 1]

    def value(of):
        return np.array([worths[sum(1 << i for i in of)]])

    for options in (None, DRAWN):
        one = causes_of_change(value, keys, options)
        other = causes_of_change(lambda of: value(frozenset(there[i] for i in of)), keys[there], options)
        assert other.parts.tolist() == one.parts[there].tolist()


def test_no_set_is_asked_for_twice_and_no_cause_stands_twice():
    asked = []

    def value(of):
        asked.append(of)
        return np.array([len(of)])

    for causes, options in ((5, None), (12, CauseOptions(about=200))):
        asked.clear()
        divided(value, causes, options)
        assert len(asked) == len(set(asked)) <= how_many_sets(causes, options)
    with pytest.raises(EngineError):
        causes_of_change(value, np.array([1, 1]))


def test_without_causes_nothing_changed():
    found = divided(lambda _: np.array([5]), 0)
    assert (found.before.tolist(), found.after.tolist(), found.parts.shape) == ([5], [5], (0, 1))


@pytest.mark.parametrize("path", ["plain", "compiled"])
def test_chances_alone_are_those_of_the_forecast(path):
    data = thread(
        [{"effect": (2, 5, 9), "chance": 0.7}, {"effect": 4, "finish": (20, 40, 90)}],
        kpi={"value_now": 60.0, "noise_per_root_day": 0.4, "drift_per_day": 0.02},
        objectives=3,
        targets=[{"objective": 1}, {"objective": 0, "value": 65.0}, {"objective": 2, "required": 0}],
    )
    options = ForecastOptions(seed=11, runs=2_000, path=path)
    found, whole = chances(data, options), forecast(data, options)
    assert found.key.tolist() == whole.objectives.key.tolist()
    assert found.met.tolist()[:2] == [round(chance * 2_000) for chance in whole.objectives.chance[:2]]
    assert found.met[2] == NOTHING_ASKED
