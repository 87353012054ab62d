import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.drift import DriftOptions, drift, drifts
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Histories, histories_of, steps_of
from goldenthread.engine.reference_class import Cases, believed, reference_class
from tests.engine.classes import QUARTER, planted


def learnt(seed=1, count=600, **population):
    return reference_class(planted(seed, count, **population).cases())


def test_a_planted_class_is_recovered():
    """Six figures: their own noise, which widens the spread of rates seen from 0.2 to 0.22, is taken out again."""
    found = learnt(count=4_000, points=6, rate=0.4, rate_sd=0.2, noise=0.1)
    assert found.rate * 365 == pytest.approx(0.4, abs=0.02)
    assert found.rate_sd * 365 == pytest.approx(0.2, rel=0.06)
    assert found.noise * math.sqrt(365) == pytest.approx(0.1, rel=0.08)
    assert found.cases == 4_000


def test_some_absurd_ways_do_not_spoil_the_class():
    told = planted(2, 400)
    way = told.way.copy()
    way[:40] *= 1e-4  # a start of 0 and a target of 1 where thousands are counted
    clean, spoilt = reference_class(told.cases()), reference_class(Cases(told.histories, way, told.ahead, told.outcome))
    assert spoilt.rate_sd < 1.5 * clean.rate_sd
    assert spoilt.noise < 1.5 * clean.noise


def test_the_rule_by_hand():
    """Conjugate normal model on a grid: prior of the class, likelihood of the own rate with the pooled noise."""
    found = learnt()
    rows = [[(0.0, 10.0), (30.0, 13.0), (60.0, 12.0), (90.0, 15.0)]]
    way = np.array([20.0])
    mean, error, noise = believed(steps_of(histories_of(rows)), way, found)
    rest = sum((d - 30 * 5 / 90) ** 2 / 30 for d in (3, -1, 3))
    variance = (2 * (found.noise * 20) ** 2 + rest) / 4
    grid = np.linspace(-1, 1, 400_001)
    weight = np.exp(-0.5 * ((grid - found.rate * 20) / (found.rate_sd * 20)) ** 2 - 0.5 * (5 / 90 - grid) ** 2 / (variance / 90))
    weight /= weight.sum()
    expected = float(weight @ grid)
    assert mean[0] == pytest.approx(expected, rel=1e-6)
    assert error[0] == pytest.approx(found.width * math.sqrt(float(weight @ grid**2) - expected**2), rel=1e-4)
    assert noise[0] == pytest.approx(found.width * math.sqrt(variance))


def test_without_points_the_class_speaks_and_with_many_the_own_history():
    found = learnt(rate=0.5)
    silent = drift([], [], DriftOptions(scale=-40.0, reference=found))
    assert math.isnan(silent.level)
    single = drift([0], [60], DriftOptions(scale=-40.0, reference=found))
    assert single.mean_per_day == pytest.approx(found.rate * -40.0)
    assert single.basis == "thin"
    days = np.arange(60) * 30.0
    own = drift(days, 5 - 0.02 * days + 0.1 * np.sin(days), DriftOptions(scale=40.0, reference=found))
    assert own.mean_per_day == pytest.approx(-0.02, abs=0.002)


def test_without_a_class_nothing_has_changed():
    """The worked figures of `test_drift` hold for one history; here one among others gives the same bits."""
    r = np.random.default_rng(4)
    rows = [
        [(float(d), float(v)) for d, v in zip(np.cumsum(r.integers(1, 40, n)), r.normal(size=n), strict=True)]
        for n in (0, 1, 2, 3, 8, 8, 24, 25)
    ]
    scale = np.array([np.nan, 3.0, np.nan, 2.0, 1.0, np.nan, 5.0, 0.0])
    for reference in (None, learnt()):
        many = drifts(histories_of(rows), scale, DriftOptions(reference=reference))
        for i, row in enumerate(rows):
            options = DriftOptions(scale=None if math.isnan(scale[i]) else float(scale[i]), reference=reference)
            one = drift([d for d, _ in row], [v for _, v in row], options)
            assert (one.mean_per_day, one.mean_error, one.noise_per_root_day, one.points) == (
                many.mean_per_day[i],
                many.mean_error[i],
                many.noise_per_root_day[i],
                many.points[i],
            )


@given(st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_units_do_not_matter(scale, shift):
    told = planted(5, 60, still=0.3)
    moved = Histories(told.histories.first, told.histories.days, shift + scale * told.histories.values)
    a = reference_class(told.cases())
    b = reference_class(Cases(moved, scale * told.way, told.ahead, shift + scale * told.outcome))
    assert (b.rate, b.rate_sd, b.noise, b.width) == pytest.approx((a.rate, a.rate_sd, a.noise, a.width), rel=1e-5)


def test_how_many_stay_is_learnt_by_horizon():
    r = np.random.default_rng(6)
    ahead = np.repeat([QUARTER, 3 * QUARTER], 200)
    level = r.normal(50, 5, 400)
    stays = r.uniform(size=400) < np.where(ahead > 100, 0.1, 0.4)
    rows = [[(0.0, v - 1.0), (QUARTER, v)] for v in level]
    found = reference_class(Cases(histories_of(rows), np.ones(400), ahead, np.where(stays, level, level + r.normal(size=400))))
    near, far, middle, beyond = found.still(np.array([QUARTER, 3 * QUARTER, 2 * QUARTER, 4_000.0]))
    assert near == pytest.approx(stays[:200].mean(), abs=0.04)
    assert far == pytest.approx(stays[200:].mean(), abs=0.04)
    assert far < middle < near
    assert beyond == far


def test_few_cases_stay_near_what_is_assumed():
    rows = [[(0.0, 1.0), (90.0, 1.0)], [(0.0, 2.0), (90.0, 2.5)]]
    found = reference_class(Cases(histories_of(rows), np.array([4.0, 4.0]), np.array([90.0, 90.0]), np.array([1.0, 3.0])))
    assert found.still(np.array([90.0]))[0] == pytest.approx(2 / 5)
    assert 10 / 12 <= found.width <= 1.0, "ten assumed cases hold it near 1"


@pytest.mark.parametrize(
    ("way", "ahead", "outcome"), [(0.0, 9.0, 1.0), (1.0, 0.0, 1.0), (1.0, 9.0, math.nan), (math.nan, 9.0, 1.0)]
)
def test_a_case_that_teaches_nothing_is_named(way, ahead, outcome):
    rows = histories_of([[(0.0, 1.0)], [(0.0, 1.0)]])
    with pytest.raises(EngineError, match="Case 1"):
        reference_class(Cases(rows, np.array([1.0, way]), np.array([9.0, ahead]), np.array([1.0, outcome])))
    with pytest.raises(EngineError, match="needs cases"):
        reference_class(Cases(histories_of([]), np.zeros(0), np.zeros(0), np.zeros(0)))
