"""The layout of the thread map."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.ui import flow, samples, writing

NEAR = st.lists(st.floats(-500, 500), min_size=1, max_size=7)


@given(NEAR, st.floats(1, 80))
def test_spread_keeps_order_and_distance(wanted, pitch):
    placed = flow.spread(wanted, pitch)
    assert all(b - a >= pitch - 1e-6 for a, b in itertools.pairwise(placed))


@settings(max_examples=60)
@given(st.lists(st.floats(-200, 200), min_size=2, max_size=6), st.floats(5, 60), st.data())
def test_no_other_allowed_placing_is_nearer_to_what_was_wanted(wanted, pitch, data):
    placed = flow.spread(wanted, pitch)
    cost = sum((a - b) ** 2 for a, b in zip(placed, wanted, strict=True))
    other = placed[:]
    for index in range(len(other)):  # any other placing that keeps the distances
        other[index] += data.draw(st.floats(-30, 30))
        if index:
            other[index] = max(other[index], other[index - 1] + pitch)
    assert sum((a - b) ** 2 for a, b in zip(other, wanted, strict=True)) >= cost - 1e-6


@st.composite
def nets(draw):
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    columns = [[f"{level}-{i}" for i in range(size)] for level, size in enumerate(sizes)]
    keys = [(level, key) for level, column in enumerate(columns) for key in column]
    pairs = [(a, b) for (la, a), (lb, b) in itertools.product(keys, keys) if la < lb]
    links = draw(st.lists(st.sampled_from(pairs), max_size=20, unique=True))
    return columns, [(a, b, draw(st.floats(0, 9))) for a, b in links]


@given(nets())
def test_nodes_never_overlap_and_all_lie_inside(net):
    columns, links = net
    laid = flow.flow(columns, links)
    for column in columns:
        heights = sorted(laid.places[key][1] for key in column)
        assert all(b - a >= laid.node_height for a, b in itertools.pairwise(heights))
    for x, y in laid.places.values():
        assert 0 <= x <= laid.width - laid.node_width
        assert 0 <= y <= laid.height - laid.node_height
    assert sorted(laid.order) == sorted(key for column in columns for key in column)
    assert [line.broken for line in laid.lines] == [weight <= 0 for *_, weight in links]
    assert flow.flow(columns, links) == laid


def crossings(laid: flow.Flow, links) -> int:
    ends = [(laid.places[a], laid.places[b]) for a, b, _ in links]
    return sum(
        1 for (a, b), (c, d) in itertools.combinations(ends, 2)
        if a[0] == c[0] and b[0] == d[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0
    )  # fmt: skip


def test_sweeps_untangle_a_net_that_can_be_drawn_flat():
    columns = [["a", "b", "c"], ["z", "y", "x"]]
    links = [("a", "x", 1.0), ("b", "y", 1.0), ("c", "z", 1.0)]
    assert crossings(flow.flow(columns, links), links) == 0


def test_the_sample_map_crosses_only_where_supervision_serves_two_kpis():
    map_ = samples.thread_map()
    links = [(line.source, line.target, 1.0) for line in map_["flow"].lines]
    assert crossings(map_["flow"], links) <= 2


@pytest.mark.parametrize("text", ["", "Short", "W" * 60, "An initiative with a name that nobody would call short"])
def test_text_is_cut_to_fit(text):
    cut = writing.fit(text, 166)
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1].rstrip()))
    assert len(cut) * 12 * 0.3 <= 166
