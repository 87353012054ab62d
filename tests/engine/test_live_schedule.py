"""Any edit leaves what a full pass over the edited network would give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.critical_path import FreeFloat, Network, ScheduleOptions, schedule
from goldenthread.engine.errors import EngineError
from goldenthread.engine.live_schedule import LiveSchedule
from goldenthread.engine.network import AS_LATE_AS_POSSIBLE, FS, NONE
from tests.engine.test_calendar_network import DAY, MONDAY, MORE, PATHS, both, cases, network

NAMES = ("remaining_start", "early_finish", "late_start", "late_finish")


def same_as_a_full_pass(live, options):
    full = schedule(live.network, options)
    open_rows = live.network.actual_finish == NONE
    for name in NAMES:
        assert live.column(name)[open_rows].tolist() == getattr(full, name)[open_rows].tolist(), name
    assert live.finish == full.finish
    floats = np.array([live.floats(row) for row in range(len(full.key))])
    assert floats[:, 0].tolist() == full.total_float.tolist()
    assert floats[:, 1].tolist() == full.free_float.tolist()


def edit(live, data, calendars):
    """One random edit of any kind; a loop is refused and changes nothing."""
    count = len(live.column("late_start"))
    row = data.draw(st.integers(0, count - 1))
    kind = data.draw(st.sampled_from(["duration", "calendar", "bound", "progress", "floor", "link", "unlink"]))
    minutes = data.draw(st.integers(0, 40)) * 45
    if kind == "duration":
        live.change(row, duration=minutes)
    elif kind == "calendar":
        live.change(row, calendar=data.draw(st.integers(-1, calendars - 1)))
    elif kind == "bound":
        live.change(row, constraint=data.draw(st.integers(0, 8)), constraint_at=MONDAY + 30 * minutes)
    elif kind == "progress":
        state = data.draw(st.integers(0, 2))
        began = {"actual_start": MONDAY - minutes - 60 if state else NONE}
        live.change(row, **began, actual_finish=MONDAY - minutes if state == 2 else NONE)
    elif kind == "floor":
        live.change(row, not_before=MONDAY + minutes, deadline=MONDAY + 20 * minutes)
    elif kind == "link":
        other = data.draw(st.integers(0, count - 1))
        try:
            live.link(row, other, data.draw(st.integers(0, 3)), minutes - 600, data.draw(st.integers(-1, calendars - 1)))
        except EngineError as refused:
            assert refused.items  # noqa: PT017 (a loop is one of two right answers)
    elif live.links():
        live.unlink(data.draw(st.sampled_from(live.links())))


@given(case=cases(), data=st.data(), path=st.sampled_from(PATHS), rule=st.sampled_from(list(FreeFloat)))
@settings(max_examples=20 * MORE, deadline=None)
def test_edits_of_any_kind_leave_what_a_full_pass_gives(case, data, path, rule):
    made, _, options = both(case)
    options = ScheduleOptions(
        retained_logic=options.retained_logic, dates_win=options.dates_win, free_float=rule, path=path,
        finish=data.draw(st.sampled_from([None, MONDAY + 20 * 1440])),
    )  # fmt: skip
    live = LiveSchedule(made, options)
    same_as_a_full_pass(live, options)
    for _ in range(data.draw(st.integers(1, 6))):
        edit(live, data, len(case[0]))
        same_as_a_full_pass(live, options)


@pytest.mark.parametrize("path", PATHS)
def test_a_longer_duration_moves_what_follows_and_the_finish(path):
    live = LiveSchedule(network([DAY, DAY, 5 * DAY], [(0, 1)]), ScheduleOptions(path=path))
    assert live.floats(0) == (3 * DAY, 0)
    live.change(0, duration=5 * DAY)
    assert live.floats(2) == (DAY, DAY)
    live.change(0, duration=DAY)
    assert live.floats(2) == (0, 0)


def test_a_loop_is_named_and_a_fault_changes_nothing():
    live = LiveSchedule(network([DAY] * 4, [(0, 1), (1, 2)]))
    with pytest.raises(EngineError, match="loop: 0 -> 1 -> 2 -> 0") as refused:
        live.link(2, 0)
    assert refused.value.items == (0, 1, 2)
    with pytest.raises(EngineError, match="loop: 3 -> 3"):
        live.link(3, 3)
    with pytest.raises(EngineError, match="Activity 1 cannot be scheduled: its duration is negative"):
        live.change(1, duration=-1)
    with pytest.raises(EngineError, match="activity 3 has an unknown calendar"):
        live.link(2, 3, FS, 60, 7)
    same_as_a_full_pass(live, ScheduleOptions())


def test_links_against_the_order_are_taken_in():
    live = LiveSchedule(network([DAY] * 5, [(0, 1), (2, 3)]))
    live.link(3, 0)
    live.link(4, 2)
    with pytest.raises(EngineError, match="loop: 0 -> 1 -> 4 -> 2 -> 3 -> 0"):
        live.link(1, 4)
    same_as_a_full_pass(live, ScheduleOptions())


def test_as_late_as_possible_and_several_paths_are_worked_out_whole():
    made = network([DAY, DAY, 5 * DAY], [(0, 1)])
    for options in (ScheduleOptions(), ScheduleOptions(several_paths=True)):
        live = LiveSchedule(made, options)
        live.change(0, constraint=AS_LATE_AS_POSSIBLE)
        live.change(2, duration=7 * DAY)
        same_as_a_full_pass(live, options)
        live.change(0, constraint=0)
        same_as_a_full_pass(live, options)


def test_groups_and_decades_beyond_the_tables():
    live = LiveSchedule(network([DAY] * 3, [(0, 1)], group=[0, 0, 1]))
    live.change(2, duration=9 * DAY)
    same_as_a_full_pass(live, ScheduleOptions())
    live.change(1, duration=9_000 * DAY)
    same_as_a_full_pass(live, ScheduleOptions())
    live.change(1, duration=DAY)
    same_as_a_full_pass(live, ScheduleOptions())


@pytest.mark.parametrize("calendars", [0, 2])
def test_many_edits_of_a_big_network(calendars):
    count, r = 3_000, np.random.default_rng(11)
    a = r.integers(0, count - 1, 2 * count)
    b = np.minimum(a + r.integers(1, 60, 2 * count), count - 1)
    keep, name = a < b, r.permutation(count)
    times = network([1], calendar=[0]).calendars * calendars
    columns = {"calendar": r.integers(-1, calendars, count), "link_calendar": r.integers(-1, calendars, int(keep.sum()))}
    live = LiveSchedule(
        Network(
            key=np.arange(count), duration=r.integers(0, 5_000, count), predecessor=name[a[keep]], successor=name[b[keep]],
            kind=r.choice(4, int(keep.sum()), p=[0.85, 0.08, 0.05, 0.02]), lag=r.integers(-900, 2_400, int(keep.sum())),
            calendars=times, data_date=MONDAY, **columns,
        )
    )  # fmt: skip
    for row in r.integers(0, count, 60).tolist():
        live.change(row, duration=int(r.integers(0, 9_000)))
    same_as_a_full_pass(live, ScheduleOptions())
