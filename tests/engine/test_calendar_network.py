"""Networks with calendars, constraints and progress: worked examples, and a slow plain oracle on random small ones."""

import datetime as dt
import os
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine import network as n
from goldenthread.engine.calendars import FIRST_DAY, WorkingTime
from goldenthread.engine.critical_path import ScheduleOptions, schedule
from goldenthread.engine.drag import bands, drag, effort_of_drag
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import FF, FS, NONE, ROUND_THE_CLOCK, SF, SS, Network, minute_of, moment_of
from tests.engine.plain_schedule import FAR, Clock, Minutes, PlainSchedule

MORE = 40 if "LONG_TESTS" in os.environ else 1
PATHS = ("plain", "compiled")
HOUR, DAY = 60, 480
OFFICE = WorkingTime(week=(((480, 720), (780, 1020)),) * 5 + ((), ()))
EVERY_DAY = WorkingTime(week=(((480, 720), (780, 1020)),) * 7)
NIGHT = WorkingTime(week=(((0, 360), (1320, 1440)),) * 5 + ((), ()))


def at(text):
    return minute_of(dt.datetime.fromisoformat(text))


MONDAY = at("2027-03-01T08:00")


@pytest.fixture(params=PATHS)
def path(request):
    return request.param


def network(durations, links=(), calendars=(OFFICE,), **columns):
    """Links as (before, after, kind, lag, calendar of the lag), counted from 0."""
    links = [(*link, *(FS, 0, 0)[len(link) - 2 :]) for link in links]
    before, after, kind, lag, lag_calendar = (list(c) for c in zip(*links, strict=True)) if links else ([], [], [], [], [])
    return Network(
        key=range(len(durations)),
        duration=durations,
        predecessor=before,
        successor=after,
        kind=kind,
        lag=lag,
        link_calendar=lag_calendar,
        calendars=calendars,
        **{"calendar": [0] * len(durations), "data_date": MONDAY, **columns},
    )


def dates(column):
    return [moment_of(minute).strftime("%d %H") for minute in column]


def run(made, path, **options):
    return schedule(made, ScheduleOptions(path=path, **options))


def test_a_finish_ends_a_shift_and_the_next_start_begins_one(path):
    got = run(network([DAY, 3 * DAY, 4 * HOUR], [(0, 1), (1, 2)]), path)
    assert dates(got.early_start) == ["01 08", "02 08", "05 08"]
    assert dates(got.early_finish) == ["01 17", "04 17", "05 12"]
    assert got.total_float.tolist() == [0, 0, 0]


def test_holidays_and_other_shifts_of_a_day_count(path):
    off = WorkingTime(OFFICE.week, {dt.date(2027, 3, 2): (), dt.date(2027, 3, 6): ((600, 720),)})
    got = run(network([4 * DAY + 2 * HOUR], calendars=(off,)), path)
    assert dates(got.early_finish) == ["06 12"]


def test_each_activity_works_by_its_own_calendar_and_floats_are_counted_in_it(path):
    # Friday 5 at 17 in the office; the works go on over the weekend until Sunday 7, the night crew begins on Monday
    made = network([5 * DAY, 2 * DAY, 6 * HOUR, DAY], [(0, 1), (1, 2), (2, 3)], (OFFICE, EVERY_DAY, NIGHT), calendar=[0, 1, 2, 0])
    got = run(made, path)
    assert dates(got.early_start) == ["01 08", "06 08", "08 00", "08 08"]
    assert dates(got.early_finish) == ["05 17", "07 17", "08 06", "08 17"]
    slack = run(network([DAY, 2 * DAY, 9 * DAY], [(0, 1)], (OFFICE, EVERY_DAY), calendar=[0, 1, 0]), path)
    assert slack.total_float.tolist() == [6 * DAY, 8 * DAY, 0]  # until the 11th, counted in office days and in days of every day


def test_an_elapsed_duration_runs_through_the_night_and_the_weekend(path):
    made = network([DAY * 5, 2 * 1440, DAY], [(0, 1), (1, 2)], calendar=[0, ROUND_THE_CLOCK, 0])
    got = run(made, path)
    assert dates(got.early_start) == ["01 08", "05 17", "08 08"]
    assert dates(got.early_finish) == ["05 17", "07 17", "08 17"]


@pytest.mark.parametrize(
    ("lag", "calendar", "start"),
    [
        (DAY, 0, "09 08"),
        (DAY, 1, "08 08"),
        (1440, ROUND_THE_CLOCK, "08 08"),
        (4 * 1440, ROUND_THE_CLOCK, "10 08"),
        (-DAY, 0, "05 08"),
    ],
)
def test_a_lag_counts_in_the_calendar_it_is_given(lag, calendar, start, path):
    made = network([5 * DAY, DAY], [(0, 1, FS, lag, calendar)], (OFFICE, EVERY_DAY))
    got = run(made, path)
    assert dates(got.early_start)[1] == start
    assert got.total_float.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("kind", "when", "early", "late_finish", "total"),
    [
        (n.START_NO_EARLIER, "2027-03-04T08:00", "04 08", "05 17", DAY),
        (n.FINISH_NO_EARLIER, "2027-03-04T17:00", "04 08", "05 17", DAY),
        (n.START_NO_LATER, "2027-03-02T08:00", "02 08", "02 17", 0),
        (n.FINISH_NO_LATER, "2027-03-03T17:00", "02 08", "03 17", DAY),
        (n.FINISH_NO_LATER, "2027-03-01T17:00", "02 08", "01 17", -DAY),
        (n.START_ON, "2027-03-03T08:00", "03 08", "03 17", 0),
        (n.FINISH_ON, "2027-03-03T17:00", "03 08", "03 17", 0),
        (n.MANDATORY_START, "2027-03-01T08:00", "01 08", "01 17", 0),
        (n.MANDATORY_FINISH, "2027-03-08T17:00", "08 08", "08 17", 0),
        (n.AS_LATE_AS_POSSIBLE, "", "02 08", "05 17", 0),
    ],
)
def test_a_constraint_moves_early_dates_and_limits_late_ones(kind, when, early, late_finish, total, path):
    # the second row waits for the first (Monday); the third takes the whole week
    moment = at(when) if when else NONE
    made = network([DAY, DAY, 5 * DAY], [(0, 1)], constraint=[0, kind, 0], constraint_at=[NONE, moment, NONE])
    got = run(made, path)
    assert (dates(got.early_start)[1], dates(got.late_finish)[1], got.total_float.tolist()[1]) == (early, late_finish, total)


def test_no_later_than_pulls_dates_forward_only_where_dates_win(path):
    columns = {"constraint": [0, n.START_NO_LATER], "constraint_at": [NONE, MONDAY]}
    assert dates(run(network([DAY, DAY], [(0, 1)], **columns), path).early_start) == ["01 08", "02 08"]
    won = run(network([DAY, DAY], [(0, 1)], **columns), path, dates_win=True)
    assert dates(won.early_start) == ["01 08", "01 08"]
    assert won.total_float.tolist() == [-DAY, 0]


def test_two_constraints_hold_together(path):
    kinds = {"constraint": [n.START_NO_EARLIER], "second_constraint": [n.FINISH_NO_LATER]}
    moments = {"constraint_at": [at("2027-03-03T08:00")], "second_constraint_at": [at("2027-03-02T17:00")]}
    got = run(network([DAY], **kinds, **moments), path)
    assert (dates(got.early_start), got.total_float.tolist()) == (["03 08"], [-DAY])


def test_as_late_as_possible_moves_what_waits_for_it_no_further_than_its_own_float(path):
    made = network([DAY, DAY, 5 * DAY], [(0, 1)], constraint=[n.AS_LATE_AS_POSSIBLE, 0, 0])
    got = run(made, path)
    assert dates(got.late_start) == ["04 08", "05 08", "01 08"]
    assert dates(got.early_start) == ["01 08", "05 08", "01 08"]
    assert got.total_float.tolist() == [0, 0, 0]
    assert got.finish == at("2027-03-05T17:00")


@pytest.mark.parametrize("calendars", [(OFFICE,), ()])
def test_within_its_free_float_it_moves_nothing_after_it(calendars, path):
    place = len(calendars) - 1
    links = [(0, 1, FS, 0, place), (1, 2, FS, 0, place), (3, 2, FS, 0, place)]
    late = {"constraint": [n.AS_LATE_AS_POSSIBLE] * 2 + [0] * 3, "calendar": [place] * 5}
    made = network([DAY, DAY, DAY, 4 * DAY, 9 * DAY], links, calendars, **late)
    got = run(made, path, late_within_free_float=True)
    starts = ["03 08", "04 08", "05 08", "01 08", "01 08"]
    if calendars:
        assert dates(got.early_start) == starts
    assert got.total_float.tolist() == [4 * DAY, 4 * DAY, 4 * DAY, 4 * DAY, 0]
    assert got.free_float.tolist()[:2] == [0, 0]


def test_a_milestone_may_stand_at_the_end_of_a_shift_begin_the_next_or_lie_anywhere(path):
    placings = [n.AT_A_START, n.AT_A_START, n.AT_AN_END, n.ANYWHERE]
    links = [(0, 1), (0, 2), (0, 3, FS, 60, ROUND_THE_CLOCK)]
    got = run(network([DAY, 0, 0, 0], links, placing=placings), path)
    assert dates(got.early_start) == ["01 08", "02 08", "01 17", "01 18"]


def test_begun_work_goes_on_from_the_data_date_and_done_work_has_its_dates(path):
    began = {
        "actual_start": [at("2027-02-22T08:00"), at("2027-02-24T08:00"), NONE],
        "actual_finish": [at("2027-02-23T17:00"), NONE, NONE],
    }
    got = run(network([0, DAY, DAY], [(0, 1), (1, 2), (0, 2, FS, 5 * DAY)], **began), path)
    assert dates(got.early_start) == ["22 08", "24 08", "03 08"]  # five office days after the 23rd end on the 2nd
    assert dates(got.early_finish) == ["23 17", "01 17", "03 17"]
    assert got.total_float.tolist() == [0, DAY, 0]
    assert got.driving.tolist() == [False, False, True]


def test_groups_have_finishes_of_their_own(path):
    columns = {"group": [0, 0, 1], "calendar": [0, 0, 0]}
    made = network([DAY, 3 * DAY, 10 * DAY], **columns)
    assert run(made, path).total_float.tolist() == [2 * DAY, 0, 0]
    assert run(made, path, finishes={0: at("2027-03-04T17:00")}).total_float.tolist() == [3 * DAY, DAY, 0]
    assert run(made, path, finish=at("2027-03-12T17:00")).total_float.tolist() == [9 * DAY, 7 * DAY, 0]
    assert run(made, path, several_paths=True).total_float.tolist() == [0, 0, 0]


def test_a_plan_of_a_century_gets_tables_long_enough_and_one_beyond_2199_is_refused(path):
    made = network([DAY] * 40, [(i, i + 1, FS, 250 * DAY) for i in range(39)])
    assert moment_of(run(made, path).finish).year == 2064
    with pytest.raises(EngineError, match="outside the years 1970 to 2199") as refused:
        run(network([DAY, 200 * 260 * DAY], [(0, 1)]), path)
    assert refused.value.item == 1


def test_floats_by_hand_total_free_and_independent(path):
    # A 2 then B 4 then D 3; A then C 1 then D; E 10 beside them. C may wait 3 for D; of that A's lateness takes 1
    made = Network(key=range(5), duration=[2, 4, 1, 3, 10], predecessor=[0, 1, 0, 2], successor=[1, 3, 2, 3])
    got = run(made, path)
    assert got.total_float.tolist() == [1, 1, 4, 1, 0]
    assert got.free_float.tolist() == [0, 0, 3, 1, 0]
    assert got.independent_float.tolist() == [0, 0, 2, 0, 0]


def test_drag_is_what_the_finish_gains_without_the_activity(path):
    # A 3, then B 6 beside C 4, then D 5: B costs 2 more than C, A and D all they take
    made = Network(key=range(4), duration=[3, 6, 4, 5], predecessor=[0, 0, 1, 2], successor=[1, 2, 3, 3])
    options = ScheduleOptions(path=path)
    got = schedule(made, options)
    assert got.longest_path.tolist() == [True, True, False, True]
    assert drag(made, got, options).tolist() == [3, 2, 0, 5]
    assert bands(got, [0, 1, 5]).tolist() == [0, 0, 2, 0]


def test_work_held_by_its_finish_that_starts_the_next_by_its_start_has_no_drag(path):
    # B ends with A and C begins with B: the less B takes, the later C begins
    made = Network(key=range(3), duration=[600, 300, 400], predecessor=[0, 1], successor=[1, 2], kind=[FF, SS])
    options = ScheduleOptions(path=path)
    got = schedule(made, options)
    assert (got.finish, got.longest_path.tolist()) == (700, [True, True, True])
    assert drag(made, got, options).tolist() == [300, 0, 100]


def test_drags_of_a_long_chain_are_worked_out_at_once():
    count = 1_000
    made = Network(key=range(count), duration=[7] * count, predecessor=range(count - 1), successor=range(1, count))
    options = ScheduleOptions(several_paths=True)
    got = schedule(made, options)
    assert effort_of_drag(made, got) == count**2
    begin = time.perf_counter()
    assert set(drag(made, got, options).tolist()) == {7}
    assert time.perf_counter() - begin < 5  # where all is laid out anew for each row, or not compiled, it takes 20 s


def test_the_longest_path_differs_from_float_where_a_deadline_presses(path):
    made = Network(key=range(3), duration=[5, 5, 3], predecessor=[0], successor=[1], deadline=[NONE, NONE, 2])
    got = run(made, path)
    assert got.critical.tolist() == [True, True, True]
    assert got.longest_path.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"calendar": [0, 4]}, "its calendar is unknown"),
        ({"constraint": [0, 12], "constraint_at": [NONE, 0]}, "unknown kind"),
        ({"constraint": [0, n.START_ON]}, "no date"),
    ],
)
def test_faults_name_the_activity(columns, sentence):
    with pytest.raises(EngineError, match=f"Activity 1 cannot be scheduled: .*{sentence}") as refused:
        network([1, 1], **columns)
    assert refused.value.item == 1
    with pytest.raises(EngineError, match="activity 1 has an unknown calendar"):
        network([1, 1], [(0, 1, FS, 0, 9)])


HOURS = st.sampled_from([(), ((480, 720),), ((480, 720), (780, 1020)), ((0, 120), (1380, 1440)), ((0, 1440),)])


@st.composite
def calendars(draw):
    week = tuple(draw(HOURS) for _ in range(7))
    if sum(bool(day) for day in week) < 2:
        week = (((480, 720),), *week[1:3], ((600, 900),), *week[4:])
    days = draw(st.dictionaries(st.dates(dt.date(2027, 2, 20), dt.date(2027, 4, 1)), HOURS, max_size=4))
    return WorkingTime(week, days)


@st.composite
def cases(draw, one_calendar=False):
    count = draw(st.integers(1, 7))
    times = tuple(draw(calendars()) for _ in range(1 if one_calendar else draw(st.integers(1, 3))))
    place = st.integers(0, 0) if one_calendar else st.integers(-1, len(times) - 1)
    steps = st.integers(-8, 12).map(lambda quarter: quarter * 45)
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(0, 3), steps, place)
    links = [(min(a, b), max(a, b), *rest) for a, b, *rest in draw(st.lists(pairs, max_size=10)) if a != b]
    rows = {name: draw(st.lists(of, min_size=count, max_size=count)) for name, of in {
        "duration": st.integers(0, 20).map(lambda quarter: quarter * 45),
        "calendar": place,
        "placing": st.integers(0, 2),
        "state": st.sampled_from([0, 0, 0, 0, 1, 2]),
        "constraint": st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
        "when": st.integers(0, 12 * 24).map(lambda hour: MONDAY + 60 * hour),
        "ago": st.integers(60, 4000),
    }.items()}  # fmt: skip
    return times, rows, links, draw(st.booleans()), draw(st.booleans())


def both(case):
    """The engine's network and the oracle's, of one case."""
    times, rows, links, retained, dates_win = case
    count = len(rows["duration"])
    began = [MONDAY - rows["ago"][i] if rows["state"][i] else NONE for i in range(count)]
    done = [MONDAY - rows["ago"][i] // 2 if rows["state"][i] == 2 else NONE for i in range(count)]
    constraint = [kind if state == 0 else 0 for kind, state in zip(rows["constraint"], rows["state"], strict=True)]
    made = network(
        rows["duration"], links, times, calendar=rows["calendar"], placing=rows["placing"], actual_start=began,
        actual_finish=done, constraint=constraint, constraint_at=rows["when"],
    )  # fmt: skip
    first = (MONDAY // 1440) - 20
    laid = {ROUND_THE_CLOCK: Clock(), **{i: Minutes(one, first, 160, FIRST_DAY) for i, one in enumerate(times)}}
    plain = []
    for i in range(count):
        calendar = laid[rows["calendar"][i]]
        row = {
            "calendar": calendar, "duration": rows["duration"][i], "placing": rows["placing"][i], "floor": MONDAY,
            "ceiling": FAR, "limit": FAR, "held": False, "done": done[i] != NONE,
            "finish": done[i] if done[i] != NONE else None, "began": began[i] if began[i] != NONE else None,
        }  # fmt: skip
        restrict(row, constraint[i], rows["when"][i], dates_win)
        plain.append(row)
    kept = [
        (a, b, kind, lag, laid[c]) for a, b, kind, lag, c in links
        if not (rows["state"][b] == 1 and not retained and kind in (FS, SS))
    ]  # fmt: skip
    return made, PlainSchedule(plain, kept), ScheduleOptions(retained_logic=retained, dates_win=dates_win)


def restrict(row, kind, when, dates_win):
    calendar, duration = row["calendar"], row["duration"]
    start = finish = when
    if duration and kind in (1, 2, 5, 7):
        finish = calendar.end(calendar.count(when) + duration)
    elif duration:
        start = calendar.begin(calendar.count(when) - duration)
    if kind in (1, 3, 5, 6, 7, 8):
        row["floor"] = max(row["floor"], start)
    if kind in (7, 8) or (dates_win and kind in (2, 4)):
        row["ceiling"] = start
    if kind in (2, 4, 5, 6, 7, 8):
        row["limit"] = finish
    row["held"] = kind in (7, 8)


@given(case=cases())
@settings(max_examples=40 * MORE, deadline=None)
def test_dates_and_floats_are_those_of_a_slow_plain_schedule(case):
    made, plain, options = both(case)
    got = schedule(made, options)
    open_rows = [i for i, row in enumerate(plain.rows) if not row["done"]]
    assert got.remaining_start[open_rows].tolist() == [plain.start[i] for i in open_rows]
    assert got.early_finish.tolist() == plain.finish
    starts, finishes, floats = plain.late()
    assert got.late_finish.tolist() == finishes
    assert got.late_start[open_rows].tolist() == [starts[i] for i in open_rows]
    assert got.total_float[open_rows].tolist() == [floats[i] for i in open_rows]


@given(case=cases(one_calendar=True))
@settings(max_examples=15 * MORE, deadline=None)
def test_starting_as_late_as_the_float_allows_never_moves_the_finish(case):
    case[1]["constraint"] = [0] * len(case[1]["constraint"])
    made, _, options = both(case)
    got = schedule(made, options)
    for row in np.flatnonzero((made.actual_finish == NONE) & (got.total_float > 0)).tolist():
        later = made.not_before.copy()
        later[row] = got.late_start[row]
        pushed = Network(**{**made.columns(), "not_before": later}, calendars=made.calendars, data_date=made.data_date)
        begun = made.actual_start[row] != NONE
        moved = schedule(pushed, options).finish  # at most from the end of a shift to the beginning of the next
        assert begun or case[0][0].minutes_between(moment_of(got.finish), moment_of(moved)) == 0


@given(case=cases())
@settings(max_examples=15 * MORE, deadline=None)
def test_compiled_and_plain_passes_agree_on_everything(case):
    made, _, options = both(case)
    plain, compiled = (
        schedule(made, ScheduleOptions(retained_logic=options.retained_logic, dates_win=options.dates_win, path=path))
        for path in PATHS
    )
    for name in (
        "early_start",
        "early_finish",
        "late_start",
        "late_finish",
        "total_float",
        "free_float",
        "independent_float",
        "driving",
    ):
        assert getattr(plain, name).tolist() == getattr(compiled, name).tolist(), name


@given(case=cases(), several=st.booleans(), as_late=st.sets(st.integers(0, 6)))
@settings(max_examples=15 * MORE, deadline=None)
def test_drag_is_what_a_full_pass_without_the_activity_gains(case, several, as_late):
    made, _, options = both(case)
    constraint = made.constraint.copy()
    constraint[[row for row in as_late if row < made.key.size and constraint[row] == n.UNBOUND]] = n.AS_LATE_AS_POSSIBLE
    columns = made.columns() | {"constraint": constraint}
    made = Network(**columns, calendars=made.calendars, data_date=made.data_date)
    options = replace(options, several_paths=several)
    got = schedule(made, options)
    gained = np.zeros(made.key.size, np.int64)
    for row in np.flatnonzero(got.longest_path & (made.duration > 0)).tolist():
        without = columns | {"duration": np.where(np.arange(made.key.size) == row, 0, made.duration)}
        gained[row] = (
            got.finish - schedule(Network(**without, calendars=made.calendars, data_date=made.data_date), options).finish
        )
    assert drag(made, got, options).tolist() == np.maximum(gained, 0).tolist()


def test_round_the_clock_is_one_axis():
    r = np.random.default_rng(7)
    count = 300
    a = r.integers(0, count - 1, 2 * count)
    b = np.minimum(a + r.integers(1, 30, 2 * count), count - 1)
    columns = {
        "key": np.arange(count), "duration": r.integers(0, 500, count), "predecessor": a[a < b], "successor": b[a < b],
        "kind": r.integers(0, 4, int((a < b).sum())), "lag": r.integers(-300, 600, int((a < b).sum())),
    }  # fmt: skip
    axis = schedule(Network(**columns, data_date=MONDAY))
    clock = schedule(Network(**columns, data_date=MONDAY, calendars=(OFFICE,)))
    for name in ("early_start", "late_finish", "total_float", "free_float", "independent_float", "driving", "longest_path"):
        assert getattr(axis, name).tolist() == getattr(clock, name).tolist(), name


def test_each_kind_of_relationship_across_calendars(path):
    expected = {FS: "06 08", SS: "01 08", FF: "05 08", SF: "01 08"}
    for kind, start in expected.items():
        got = run(network([5 * DAY, DAY], [(0, 1, kind)], (OFFICE, EVERY_DAY), calendar=[0, 1]), path)
        assert dates(got.early_start)[1] == start
