"""What fits on a page: worked examples at each density, and that no number of anything can overflow it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.page_room import (
    MOST_STEPS,
    ROOM,
    SLIDE,
    GoalSize,
    arrange,
    arrange_all,
    arrange_slide,
    kept_of,
    share_out,
)

GOALS = st.lists(st.builds(GoalSize, st.integers(1, 2), st.integers(0, 9), st.integers(0, 60)), max_size=90)
COUNTS = st.integers(0, 300)


@pytest.mark.parametrize(
    ("count", "density"), [(1, "full"), (6, "full"), (7, "short"), (10, "short"), (11, "list"), (40, "list"), (60, "list")]
)
def test_the_number_of_objectives_decides_how_much_is_told_of_each(count, density):
    assert arrange([GoalSize(1, 1, 3)] * count, (0, 0)).density == density


def test_three_objectives_worked():
    """Heading 3; each 2 x (1 title + 2 figures) + 1 gap + 4 steps of 2; no lists: 3 + 3 x (7 + 8) = 48 half lines."""
    found = arrange([GoalSize(1, 5, 4)] * 3, (0, 0))
    assert found.used == 48
    assert {(goal.figures, goal.steps) for goal in found.goals} == {(2, 4)}


def test_the_lists_at_the_foot_stand_below_each_other_while_there_is_room():
    """3 + 3 x (7 + 2) and two lists of 3: 3 + 6 side by side, twice that one below the other."""
    goals = [GoalSize(1, 2, 1)] * 3
    found = arrange(goals, (3, 3))
    assert (found.stacked, found.used, found.is_roomy) == (True, 3 + 27 + 18, True)
    assert not found.is_airy, "96 half lines, were every row to run on"
    assert arrange(goals[:2], (0, 0)).is_airy
    assert not arrange([GoalSize(1, 2, 9)] * 6, (6, 6)).stacked


def test_forty_objectives_worked():
    """3 + 40 x 2, and lists of six rows under a heading: 15. The 8 half lines that are left hold no round of steps."""
    found = arrange([GoalSize(2, 3, 9)] * 40, (6, 4))
    assert found.used == 98
    assert {(goal.title_lines, goal.figures, goal.steps) for goal in found.goals} == {(1, 0, 0)}


def test_steps_come_in_rounds_so_that_no_objective_is_told_at_the_cost_of_another():
    found = arrange([GoalSize(1, 1, 9)] * 15 + [GoalSize(1, 1, 1)], (3, 0))
    steps = [goal.steps for goal in found.goals]
    assert len(set(steps[:15])) == 1
    assert steps[0] >= steps[15] == 1


@given(goals=GOALS, duties=COUNTS, stopped=COUNTS)
def test_nothing_overflows_and_nothing_is_invented(goals, duties, stopped):
    found = arrange(goals, (duties, stopped))
    assert found.used <= ROOM
    assert len(found.goals) == min(40, len(goals))
    assert all(shown.steps <= min(MOST_STEPS, size.steps) for shown, size in zip(found.goals, goals, strict=False))
    assert all(shown.figures <= size.figures for shown, size in zip(found.goals, goals, strict=False))
    assert found.sides[0] <= duties
    assert found.sides[1] <= stopped


@pytest.mark.parametrize(("count", "most", "kept"), [(0, 6, 0), (6, 6, 6), (7, 6, 5), (99, 6, 5), (3, 1, 0), (1, 1, 1)])
def test_a_list_that_is_cut_keeps_a_line_to_say_so(count, most, kept):
    assert kept_of(count, most) == kept


@given(counts=st.lists(COUNTS, min_size=1, max_size=6), room=st.integers(60, 200))
def test_lists_share_a_page_fairly(counts, room):
    given_ = share_out(counts, room)
    lines = [kept + (kept < count) for kept, count in zip(given_, counts, strict=True)]
    assert 3 * sum(1 for count in counts if count) + 2 * sum(lines) <= room
    cut = [n for n, count in enumerate(counts) if given_[n] < count]
    assert all(lines[n] + 1 >= lines[m] for n in cut for m in range(len(counts))), "no list is cut below one that stands"


def test_short_lists_stand_whole_and_the_long_ones_share_the_rest():
    """Three headings take 9 of 69; of 30 lines 4 go to the short list, 13 to each of the others."""
    assert share_out([4, 50, 60], 69) == (4, 12, 12)


@pytest.mark.parametrize(
    ("count", "stand", "steps"), [(3, 3, 7), (10, 10, 1), (12, 12, 1), (13, 13, 0), (24, 24, 0), (25, 23, 0), (40, 23, 0)]
)
def test_a_slide_holds_24_lines_and_says_how_many_objectives_it_has_no_line_for(count, stand, steps):
    """3 x (1 + 7) = 24; 12 x (1 + 1) = 24; of 25 one line says “and 2 more”."""
    found = arrange_slide([GoalSize(2, 3, 9)] * count, (9, 2))
    assert len(found.goals) == stand
    assert {goal.steps for goal in found.goals} == {steps}
    assert found.sides == ((3, 2) if count <= 12 else (2, 2))


@given(goals=GOALS, duties=COUNTS, stopped=COUNTS)
def test_nothing_overflows_a_slide(goals, duties, stopped):
    found = arrange_slide(goals, (duties, stopped))
    lines = sum(1 + goal.steps for goal in found.goals) + (len(goals) > len(found.goals))
    assert lines <= SLIDE
    assert max(found.sides) <= 4


def test_a_workbook_has_room_for_everything():
    goals = [GoalSize(2, 3, 90)] * 200
    found = arrange_all(goals, (300, 400))
    assert [(shown.figures, shown.steps) for shown in found.goals] == [(3, 90)] * 200
    assert found.sides == (300, 400)
