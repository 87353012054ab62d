import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from goldenthread.engine.drift import DriftOptions, drift, drifts
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Histories, histories_of
from goldenthread.engine.outlook import Asked, outlook
from goldenthread.engine.range_scores import cover, pinball
from goldenthread.engine.reference_class import reference_class
from tests.engine.classes import planted

LEVELS = np.arange(1, 20) / 20
OPEN = np.array([np.inf])


def one(row, *, way=math.nan, ahead=180.0, floor=math.nan, ceiling=math.nan, reference=None):
    asked = Asked(*(np.array([float(v)]) for v in (way, ahead, floor, ceiling)))
    return outlook(histories_of([row]), asked, DriftOptions(reference=reference))


def learnt(seed=11, count=500, **population):
    return reference_class(planted(seed, count, **population).cases())


ROW = [(0.0, 40.0), (90.0, 44.0), (180.0, 47.0), (270.0, 52.0)]


def test_without_a_class_it_is_the_drifts_own_normal():
    got, own = one(ROW, way=20, ahead=200), drift(*zip(*ROW, strict=True), DriftOptions(scale=20))
    sd = math.hypot(own.mean_error * 200, own.noise_per_root_day * math.sqrt(200))
    middle = 52 + own.mean_per_day * 200
    assert got.chance(np.array([60.0]), OPEN)[0] == pytest.approx(stats.norm.sf(60, middle, sd))
    assert got.quantiles([0.1, 0.5, 0.9])[0] == pytest.approx(stats.norm.ppf([0.1, 0.5, 0.9], middle, sd), rel=1e-4)
    assert (got.points[0], got.basis[0]) == (4, 0)


@given(st.floats(0.02, 0.98), st.floats(0, 0.6), st.booleans(), st.integers(0, 5))
@settings(max_examples=60)
def test_chance_and_quantiles_tell_the_same_story(level, still, falls, seed):
    """The chance to stay at or below a quantile is its level, more where a whole lump of chance stands on it."""
    reference = learnt(seed, 80, still=still)
    got = one(ROW, way=-20 if falls else 20, reference=reference)
    at = got.quantiles([level])[:, 0]
    assert got.chance(-OPEN, at + 1e-6)[0] >= level - 0.02
    assert got.chance(at - 1e-6, OPEN)[0] >= 1 - level - 0.02
    if at[0] != 52.0:
        assert got.chance(-OPEN, at)[0] == pytest.approx(level, abs=0.02)


def test_the_figure_as_it_is_has_its_own_chance():
    reference = learnt(count=400, still=0.4, rate_sd=0.5, noise=0.5)
    got = one(ROW, way=20, reference=reference)
    share = reference.still(np.array([180.0]))[0]
    assert share == pytest.approx(0.4, abs=0.06)
    assert got.chance(np.array([52.0]), np.array([52.0]))[0] == pytest.approx(share, abs=0.01)
    assert one(ROW, way=20, ahead=0.0, reference=reference).quantiles([0.05, 0.95])[0].tolist() == [52, 52]


def test_a_falling_figure_is_the_mirror_of_a_rising_one():
    reference = learnt(rate=0.6)
    up, down = one(ROW, way=20, reference=reference), one([(d, -v) for d, v in ROW], way=-20, reference=reference)
    assert up.quantiles(LEVELS)[0] == pytest.approx(-down.quantiles(1 - LEVELS)[0])
    assert up.chance(np.array([58.0]), OPEN)[0] == pytest.approx(down.chance(-OPEN, np.array([-58.0]))[0])


def test_a_percentage_stays_in_its_range():
    got = one([(0, 90), (30, 96), (60, 97), (90, 99)], way=10, ahead=300, floor=0, ceiling=100)
    assert got.quantiles([0.01, 0.99])[0, 1] == 100
    assert got.quantiles([0.01])[0, 0] >= 0
    assert got.chance(np.array([100.0]), OPEN)[0] > 0.3
    assert got.chance(np.array([100.5]), OPEN)[0] == 0
    assert got.chance(np.array([0.0]), OPEN)[0] == 1
    assert got.chance(-OPEN, np.array([100.0]))[0] == 1


def test_a_straight_line_without_noise_is_certain():
    got = one([(30.0 * i, 5.0 + 3.0 * i) for i in range(12)], way=50, ahead=60)
    assert got.chance(np.array([43.9]), OPEN)[0] == pytest.approx(1)
    assert got.chance(np.array([44.1]), OPEN)[0] == pytest.approx(0)


def test_with_a_class_nothing_is_certain():
    got = one([(30.0 * i, 5.0 + 3.0 * i) for i in range(12)], way=50, ahead=60, reference=learnt(count=100))
    assert 0.002 < got.chance(np.array([1e9]), OPEN)[0] < 0.02


def test_no_point_is_no_outlook():
    got = one([], way=5, reference=learnt(count=50))
    assert np.isnan(got.chance(np.zeros(1), OPEN)).all()
    assert np.isnan(got.quantiles([0.5])).all()
    assert got.points[0] == 0


@pytest.mark.parametrize("points", [1, 2, 3, 6])
def test_a_class_learnt_from_others_foretells_better_and_covers_80_percent(points):
    """Planted targets with hidden rates: the class is learnt from other ones, never from those foretold."""
    told, others = planted(20 + points, 800, points=points), planted(40 + points, 800, points=points)
    reference = reference_class(others.cases())
    size = np.abs(told.way)
    losses = {}
    for name, options in (("alone", DriftOptions()), ("drawn", DriftOptions(reference=reference))):
        quantiles = outlook(told.histories, told.asked(), options).quantiles(LEVELS)
        losses[name] = float((pinball(LEVELS, quantiles, told.outcome).mean(axis=1) / size).mean())
        held = cover(quantiles[:, 1], quantiles[:, 17], told.outcome)
    print(points, losses, held)
    assert losses["drawn"] < 0.97 * losses["alone"]
    assert held == pytest.approx(0.8, abs=0.05)


def test_chances_come_true_as_often_as_they_say():
    told, others = planted(7, 3_000, points=6, still=0.2), planted(8, 1_000, points=6, still=0.2)
    got = outlook(told.histories, told.asked(), DriftOptions(reference=reference_class(others.cases())))
    aim = got.level + 0.1 * told.way
    rises = told.way > 0
    low, high = np.where(rises, aim, -np.inf), np.where(rises, np.inf, aim)
    chance, happened = got.chance(low, high), (told.outcome >= low) & (told.outcome <= high)
    place = np.minimum((chance * 5).astype(int), 3)  # a fifth never moves: few chances reach 0.8
    assert np.bincount(place, minlength=4).min() > 200
    said, seen = (np.bincount(place, column) / np.bincount(place) for column in (chance, happened))
    print(said, seen)
    assert seen == pytest.approx(said, abs=0.07)


def test_the_threads_normal_draws_from_such_a_drift_cover_80_percent_too():
    """The simulation knows neither lumps nor the class's shape; the width that was learnt is in error and noise already."""
    told, others = planted(51, 1_000, points=3, still=0.15), planted(52, 1_000, points=3, still=0.15)
    moves = drifts(told.histories, told.way, DriftOptions(reference=reference_class(others.cases())))
    spread = np.hypot(moves.mean_error * told.ahead, moves.noise_per_root_day * np.sqrt(told.ahead))
    middle = moves.level + moves.mean_per_day * told.ahead
    held = cover(middle - 1.2816 * spread, middle + 1.2816 * spread, told.outcome)
    print(held)
    assert 0.76 <= held <= 0.88


def test_ten_thousand_targets_with_24_points_take_under_five_seconds():
    count = 10_000
    r = np.random.default_rng(1)
    days = np.tile(np.arange(24) * 30.0, count)
    values = np.cumsum(r.normal(0.3, 1, (count, 24)), axis=1)
    none = np.full(count, np.nan)
    reference = learnt()
    begun = time.process_time()
    got = outlook(
        Histories(np.arange(count + 1) * 24, days, values.reshape(-1)),
        Asked(np.full(count, 10.0), r.uniform(30, 900, count), none, none),
        DriftOptions(reference=reference),
    )
    chance, quantiles = got.chance(np.full(count, 12.0), np.full(count, np.inf)), got.quantiles(LEVELS)
    taken = time.process_time() - begun
    print(f"{taken:.2f} s")
    assert taken < 5
    assert np.isfinite(chance).all()
    assert np.isfinite(quantiles).all()
    assert set(got.basis.tolist()) == {2}


def test_refusals():
    with pytest.raises(EngineError, match="behind"):
        one(ROW, ahead=-1)
    with pytest.raises(EngineError, match="floor above"):
        one(ROW, floor=2, ceiling=1)
    with pytest.raises(EngineError, match="Every history"):
        outlook(histories_of([ROW, ROW]), Asked(*(np.zeros(1) for _ in range(4))))
    with pytest.raises(EngineError, match="not a number"):
        one([(0.0, math.nan)])
