"""Worked networks, an independent oracle (constraint relaxation) on small random networks, and both paths on big ones."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.critical_path import FF, FS, NONE, SF, SS, Network, ScheduleOptions, schedule, tail_of
from goldenthread.engine.errors import EngineError

PATHS = ("plain", "compiled")


def network(durations, links, **columns):
    """Keys 1..n; links as (predecessor key, successor key, kind, lag)."""
    links = [(*link, *(FS, 0)[len(link) - 2 :]) for link in links]
    before, after, kind, lag = (list(column) for column in zip(*links, strict=True)) if links else ([], [], [], [])
    return Network(
        key=range(1, len(durations) + 1),
        duration=durations,
        predecessor=[key - 1 for key in before],
        successor=[key - 1 for key in after],
        kind=kind,
        lag=lag,
        **columns,
    )


@pytest.fixture(params=PATHS)
def path(request):
    return request.param


def run(net, path, **options):
    return schedule(net, ScheduleOptions(path=path, **options))


def test_the_textbook_eight_activities(path):
    # A 3; B 4 (A); C 2 (A); D 5 (B); E 1 (C); F 2 (C); G 4 (D, E); H 3 (F, G): 19 days, A B D G H critical
    net = network([3, 4, 2, 5, 1, 2, 4, 3], [(1, 2), (1, 3), (2, 4), (3, 5), (3, 6), (4, 7), (5, 7), (6, 8), (7, 8)])
    got = run(net, path)
    assert got.finish == 19
    assert got.early_start.tolist() == [0, 3, 3, 7, 5, 5, 12, 16]
    assert got.late_start.tolist() == [0, 3, 9, 7, 11, 14, 12, 16]
    assert got.total_float.tolist() == [0, 0, 6, 0, 6, 9, 0, 0]
    assert got.free_float.tolist() == [0, 0, 0, 0, 6, 9, 0, 0]
    assert got.key[got.critical].tolist() == [1, 2, 4, 7, 8]
    assert tail_of(net, got, 8) == (1, 2, 4, 7, 8)


@pytest.mark.parametrize(
    ("kind", "lag", "expected"),
    [(FS, 0, 10), (FS, 3, 13), (FS, -4, 6), (SS, 0, 0), (SS, 2, 2), (FF, 0, 6), (FF, 5, 11), (SF, 9, 5), (SF, 1, 0)],
)
def test_each_relationship_type_with_lag_and_lead(kind, lag, expected, path):
    got = run(network([10, 4], [(1, 2, kind, lag)]), path)
    assert got.early_start.tolist() == [0, expected]
    assert got.driving_predecessor.tolist() == [-1, 0 if expected else -1]


def test_progress_moves_what_remains(path):
    # 1 finished 50 minutes ago, 2 is running with 30 left, 3 waits for 2, 4 waits 20 minutes after 1
    net = network(
        [0, 30, 10, 5],
        [(1, 2), (2, 3), (1, 4, FS, 70)],
        actual_start=[-200, -40, NONE, NONE],
        actual_finish=[-50, NONE, NONE, NONE],
    )
    got = run(net, path)
    assert got.early_start.tolist() == [-200, -40, 30, 20]
    assert got.early_finish.tolist() == [-50, 30, 40, 25]
    assert got.total_float.tolist() == [0, 0, 0, 15]
    assert got.critical.tolist() == [False, True, True, False]
    assert tail_of(net, got, 4) == (4,)


def test_out_of_sequence_progress_waits_or_goes_on(path):
    net = network([8, 5], [(1, 2)], actual_start=[NONE, -10])
    assert run(net, path).early_finish.tolist() == [8, 13]
    assert run(net, path, retained_logic=False).early_finish.tolist() == [8, 5]


def test_not_before_and_deadline(path):
    net = network([5, 5], [(1, 2)], not_before=[-1, 20], deadline=[NONE, 18])
    got = run(net, path)
    assert got.early_start.tolist() == [0, 20]
    assert got.total_float.tolist() == [8, -7]
    assert got.free_float.tolist() == [15, 0]
    assert got.driving_predecessor.tolist() == [-1, -1]
    assert run(net, path, finish=40).total_float.tolist() == [8, -7]
    assert run(network([5], []), path, finish=40).total_float.tolist() == [35]
    assert run(net, path, critical_float=8).critical.tolist() == [True, True]


def test_an_empty_network(path):
    assert run(network([], []), path).finish == 0


def test_a_loop_is_named_in_order(path):
    net = network([1] * 5, [(4, 2), (2, 5), (5, 3), (3, 2), (1, 4)])
    with pytest.raises(EngineError, match="2 -> 5 -> 3 -> 2") as refused:
        run(net, path)
    assert refused.value.items == (2, 5, 3)
    assert refused.value.item == 2
    with pytest.raises(EngineError, match="1 -> 1"):
        run(network([1], [(1, 1)]), path)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"duration": [1, -1]}, "negative"),
        ({"duration": [1, 2], "actual_finish": [NONE, -1]}, "no actual start"),
        ({"duration": [1, 2], "actual_start": [NONE, 5]}, "after the data date"),
        ({"duration": [1, 2], "actual_start": [NONE, -5], "actual_finish": [NONE, -9]}, "before it started"),
    ],
)
def test_refusals_name_the_activity(columns, sentence):
    with pytest.raises(EngineError, match=sentence) as refused:
        Network(key=[7, 9], predecessor=[], successor=[], **columns)
    assert refused.value.item == 9


def test_refusals_of_keys_and_relationships():
    with pytest.raises(EngineError, match="twice") as refused:
        Network(key=[7, 7], duration=[1, 1], predecessor=[], successor=[])
    assert refused.value.item == 7
    with pytest.raises(EngineError, match="names no activity"):
        Network(key=[7], duration=[1], predecessor=[0], successor=[1])
    with pytest.raises(EngineError, match="unknown type"):
        Network(key=[7, 8], duration=[1, 1], predecessor=[0], successor=[1], kind=[4])
    with pytest.raises(EngineError, match="rows"):
        Network(key=[7, 8], duration=[1, 1], predecessor=[0], successor=[1], lag=[1, 2])


@st.composite
def networks(draw, size=8):
    count = draw(st.integers(1, size))
    pairs = st.tuples(st.integers(1, count), st.integers(1, count), st.integers(0, 3), st.integers(-6, 6))
    links = [(min(a, b), max(a, b), kind, lag) for a, b, kind, lag in draw(st.lists(pairs, max_size=14)) if a != b]
    durations = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    state = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=count, max_size=count))
    started = [NONE if s == 0 else -draw(st.integers(5, 20)) for s in state]
    done = [NONE if s < 2 else -draw(st.integers(0, 5)) for s in state]
    durations = [0 if s == 2 else d for d, s in zip(durations, state, strict=True)]
    before = draw(st.lists(st.integers(-1, 15), min_size=count, max_size=count))
    return network(durations, links, actual_start=started, actual_finish=done, not_before=before)


def relaxed(net, retained, pushed=None):
    """Earliest remaining starts by repeating every constraint until nothing moves; `pushed` = (row, least start)."""
    n = len(net.key)
    state = [2 if net.actual_finish[i] != NONE else 1 if net.actual_start[i] != NONE else 0 for i in range(n)]
    start = [
        int(net.actual_start[i]) if state[i] == 2 else max(0, int(net.not_before[i]) if state[i] == 0 else 0) for i in range(n)
    ]
    if pushed:
        start[pushed[0]] = max(start[pushed[0]], pushed[1])

    def finish(i):
        return int(net.actual_finish[i]) if state[i] == 2 else start[i] + int(net.duration[i])

    for _ in range(n + 1):
        for a, b, kind, lag in zip(net.predecessor, net.successor, net.kind, net.lag, strict=True):
            if state[b] == 2 or (state[b] == 1 and not retained and kind in (FS, SS)):
                continue
            begin = int(net.actual_start[a]) if state[a] else start[a]
            bound = (finish(a) if kind in (FS, FF) else begin) + int(lag) - (int(net.duration[b]) if kind in (FF, SF) else 0)
            start[b] = max(start[b], bound)
    return start, [finish(i) for i in range(n)], state


@given(net=networks(), retained=st.booleans())
@settings(max_examples=300, deadline=None)
def test_dates_and_floats_against_an_oracle_that_pushes_every_activity(net, retained):
    got = schedule(net, ScheduleOptions(retained_logic=retained, path="plain"))
    start, finish, state = relaxed(net, retained)
    assert got.early_finish.tolist() == finish
    assert got.finish == max(finish)
    for row in range(len(finish)):
        if state[row] == 2:
            continue
        total = int(got.total_float[row])
        for delay, late in ((total, False), (total + 1, True)):  # total float: the largest delay that leaves the latest finish
            _, pushed, _ = relaxed(net, retained, (row, start[row] + delay))
            assert (max(pushed) > max(finish)) == late
        free = int(got.free_float[row])
        for delay, moves in (
            (free, False),
            (free + 1, True),
        ):  # free float: the largest that moves no successor nor the latest finish
            others, pushed, _ = relaxed(net, retained, (row, start[row] + delay))
            assert (max(pushed) > max(finish) or any(others[i] != start[i] for i in range(len(start)) if i != row)) == moves


@given(net=networks(), retained=st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_driving_chain_alone_gives_the_same_finish(net, retained):
    got = schedule(net, ScheduleOptions(retained_logic=retained, path="plain"))
    for row, key in enumerate(net.key.tolist()):
        chain = tail_of(net, got, key)
        if net.actual_finish[row] != NONE:
            assert chain == ()
            continue
        assert chain[-1] == key
        first = int(np.flatnonzero(net.key == chain[0])[0])
        driver = int(got.driving_predecessor[first])
        assert driver == -1 or net.actual_finish[driver] != NONE  # the chain reaches the data date


@given(net=networks(12), retained=st.booleans(), seed=st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_both_paths_and_any_order_of_rows_agree(net, retained, seed):
    r = np.random.default_rng(seed)
    plain, compiled = (schedule(net, ScheduleOptions(retained_logic=retained, path=path)) for path in PATHS)
    rows, links = r.permutation(len(net.key)), r.permutation(len(net.predecessor))
    place = np.argsort(rows)
    columns = {name: getattr(net, name)[rows] for name in ("key", "duration", "not_before", "actual_start", "actual_finish")}
    moved = Network(
        predecessor=place[net.predecessor[links]],
        successor=place[net.successor[links]],
        kind=net.kind[links],
        lag=net.lag[links],
        **columns,
    )
    shuffled = schedule(moved, ScheduleOptions(retained_logic=retained))
    for name in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float", "critical"):
        assert getattr(plain, name).tolist() == getattr(compiled, name).tolist()
        assert getattr(plain, name)[rows].tolist() == getattr(shuffled, name).tolist()
    assert plain.driving_predecessor.tolist() == compiled.driving_predecessor.tolist()
    keys = [net.key[d] if d >= 0 else -1 for d in plain.driving_predecessor]
    moved_keys = [moved.key[d] if d >= 0 else -1 for d in shuffled.driving_predecessor]
    assert [keys[row] for row in rows] == moved_keys


def test_both_paths_agree_on_a_big_network():
    count, r = 20_000, np.random.default_rng(5)
    a = r.integers(0, count - 1, 2 * count)
    b = np.minimum(a + r.integers(1, 200, 2 * count), count - 1)
    name = r.permutation(count)
    keep = a < b
    net = Network(
        key=r.permutation(count),
        duration=r.integers(0, 5_000, count),
        predecessor=name[a[keep]],
        successor=name[b[keep]],
        kind=r.choice(4, int(keep.sum()), p=[0.85, 0.08, 0.05, 0.02]),
        lag=r.integers(-900, 2_400, int(keep.sum())),
    )
    plain, compiled = (schedule(net, ScheduleOptions(path=path)) for path in PATHS)
    for column in ("early_start", "late_finish", "total_float", "free_float", "driving_predecessor"):
        assert np.array_equal(getattr(plain, column), getattr(compiled, column))
    assert plain.finish == compiled.finish > 0
    assert schedule(net).finish == plain.finish  # "auto" takes the compiled path at this size


def test_a_chain_of_a_hundred_thousand_is_followed_to_its_end(path):
    """S10: in under a second of computing, and nothing calls itself."""
    size = 100_000
    links = [(key, key + 1) for key in range(1, size)]
    net = network([7] * size, links)
    run(network([1], []), path)  # a first call may compile
    begun = time.process_time()
    got = run(net, path)
    seconds = time.process_time() - begun
    assert got.finish == 7 * size
    assert tail_of(net, got, size) == tuple(range(1, size + 1))
    assert path == "plain" or seconds < 1
    ring = network([7] * size, [*links, (size, 1)])
    with pytest.raises(EngineError, match=r"wait for each other in a loop: 1 -> 2 -> .* -> 12 -> \.\.\. -> 1\.$") as refused:
        run(ring, path)
    assert len(refused.value.items) == size
