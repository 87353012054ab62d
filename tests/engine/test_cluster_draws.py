import math

import numpy as np
import pytest

from goldenthread.engine.cluster_draws import cluster_draws, interval
from goldenthread.engine.errors import EngineError


def test_the_spread_of_single_rows_is_the_textbook_error_of_a_mean():
    losses = np.random.default_rng(1).gamma(2, 1, 200)
    draws = cluster_draws(losses, np.arange(200))
    assert draws.mean() == pytest.approx(losses.mean(), rel=0.02)
    assert draws.std() == pytest.approx(losses.std() / math.sqrt(200), rel=0.05)


def test_writing_every_row_twice_makes_nobody_surer():
    losses, cluster = np.random.default_rng(2).normal(size=90), np.repeat(np.arange(30), 3)
    once, twice = cluster_draws(losses, cluster), cluster_draws(np.tile(losses, 2), np.tile(cluster, 2))
    assert once == pytest.approx(twice)


def test_rows_that_hang_together_are_worth_fewer():
    r = np.random.default_rng(3)
    losses = np.repeat(r.normal(size=40), 10) + 0.01 * r.normal(size=400)
    together, alone = cluster_draws(losses, np.repeat(np.arange(40), 10)), cluster_draws(losses, np.arange(400))
    assert together.std() > 2.5 * alone.std()


def test_columns_are_drawn_together():
    a = np.random.default_rng(4).gamma(2, 1, 60)
    draws = cluster_draws(np.stack([a, 0.5 * a], axis=1), np.arange(60))
    assert interval(1 - draws[:, 1] / draws[:, 0]) == pytest.approx((0.5, 0.5))


def test_order_and_names_of_clusters_do_not_matter_and_the_seed_does():
    losses, names = np.arange(6.0), np.array(["b", "b", "a", "a", "c", "c"])
    base = cluster_draws(losses, names, rounds=50)
    assert base == pytest.approx(cluster_draws(losses[::-1], names[::-1], rounds=50))
    assert not np.array_equal(base, cluster_draws(losses, names, seed=2, rounds=50))


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    r, held = np.random.default_rng(5), 0
    for case in range(200):
        losses = (r.normal(size=(25, 1)) + r.normal(size=(25, 4))).reshape(-1)
        low, high = interval(cluster_draws(losses, np.repeat(np.arange(25), 4), seed=case, rounds=400)[:, 0])
        held += low <= 0 <= high
    assert 0.88 <= held / 200 <= 0.98


def test_rows_without_cluster_are_refused():
    for losses, clusters in (([], []), ([1.0], [1, 2])):
        with pytest.raises(EngineError):
            cluster_draws(losses, clusters)
