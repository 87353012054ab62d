from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.discrimination import discrimination
from goldenthread.engine.ranking import TodayItem

DAY = date(2027, 6, 30)


def item(key, cost, hours=1.0):
    return TodayItem(key, f"item {key}", cost_of_delay=cost, hours_left=hours)


def test_an_objective_that_lifts_one_item_over_another_moves_those_between():
    items = [item(1, 90), item(2, 50), item(3, 40), item(4, 10)]
    found = discrimination(items, {1: 30}, DAY)  # without the objective: 2, 3, 1, 4
    assert found.moved == (1, 2, 3)
    assert found.discriminates
    assert found.sentence == "This objective changes the place of 3 of 4 pieces of work."


def test_an_objective_that_lifts_all_alike_changes_nothing():
    items = [item(1, 90), item(2, 60), item(3, 30)]
    found = discrimination(items, {1: 60, 2: 40, 3: 20}, DAY)
    assert not found.discriminates
    assert "changes nothing" in found.sentence


@given(st.lists(st.floats(0, 1e5), max_size=10), st.randoms())
def test_what_moves_is_a_rearrangement_of_itself_and_no_change_moves_nothing(costs, source):
    items = [item(key, cost) for key, cost in enumerate(costs)]
    assert discrimination(items, {}, DAY).moved == ()
    without = {key: cost * source.random() for key, cost in enumerate(costs) if source.random() < 0.5}
    found = discrimination(items, without, DAY)
    assert len(set(found.moved)) == len(found.moved) != 1
