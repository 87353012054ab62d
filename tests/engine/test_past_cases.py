import math

import numpy as np
import pytest

from goldenthread.engine.drift import DriftOptions
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Histories, histories_of, steps_of
from goldenthread.engine.outlook import outlook
from goldenthread.engine.past_cases import past_cases
from goldenthread.engine.range_scores import pinball
from goldenthread.engine.reference_class import reference_class
from tests.engine.classes import planted

LEVELS = np.arange(1, 20) / 20


def test_a_history_is_cut_at_each_day_and_the_figure_nearest_the_distance_is_its_outcome():
    rows = [[(0, 1.0), (30, 2.0), (60, 4.0), (95, 8.0)], [(0, 5.0)], [(0, 1.0), (60, 9.0)]]
    found = past_cases(histories_of(rows), np.array([10.0, 10.0, math.nan]), np.full(3, 60.0))
    assert found.source.tolist() == [0, 0]
    assert found.cases.ahead.tolist() == [60, 65]
    assert found.cases.outcome.tolist() == [4, 8]
    assert steps_of(found.cases.histories).level.tolist() == [1, 2]


def test_an_outcome_too_near_or_too_far_is_none():
    row = [[(0, 1.0), (30, 2.0), (200, 4.0)]]
    assert past_cases(histories_of(row), np.ones(1), np.array([100.0])).source.size == 0
    assert past_cases(histories_of(row), np.ones(1), np.array([160.0])).cases.outcome.tolist() == [4, 4]


def test_several_figures_of_one_day_are_one_and_order_does_not_matter():
    a = past_cases(histories_of([[(0, 1.0), (30, 2.0), (30, 4.0)]]), np.ones(1), np.array([30.0]))
    b = past_cases(histories_of([[(30, 4.0), (0, 1.0), (30, 2.0)]]), np.ones(1), np.array([30.0]))
    assert a.cases.outcome.tolist() == b.cases.outcome.tolist() == [3]


def test_a_target_is_left_out_of_its_own_class():
    rows = [[(0, 1.0 * i), (30, 2.0 * i), (60, 3.0 * i)] for i in range(1, 4)]
    found = past_cases(histories_of(rows), np.array([1.0, 2.0, 3.0]), np.full(3, 30.0))
    assert found.without([]).outcome.tolist() == found.cases.outcome.tolist() == [2, 3, 4, 6, 6, 9]
    other = found.without([1])
    assert other.outcome.tolist() == [2, 3, 6, 9]
    assert other.way.tolist() == [1, 1, 3, 3]
    assert steps_of(other.histories).level.tolist() == [1, 2, 3, 6]


def test_a_portfolios_own_past_foretells_it_better_than_each_history_alone():
    """400 targets with four quarterly figures: the class is learnt from what is known today, and no outcome is among it."""
    told = planted(31, 400, points=4)
    reference = reference_class(past_cases(told.histories, told.way, told.ahead).cases)
    size = np.abs(told.way)
    losses = {}
    for name, options in (("alone", DriftOptions()), ("drawn", DriftOptions(reference=reference))):
        quantiles = outlook(told.histories, told.asked(), options).quantiles(LEVELS)
        losses[name] = float((pinball(LEVELS, quantiles, told.outcome).mean(axis=1) / size).mean())
    print(losses)
    assert losses["drawn"] < 0.95 * losses["alone"]


def test_refusals():
    with pytest.raises(EngineError):
        past_cases(histories_of([[(0, 1.0)]]), np.ones(1), np.zeros(1))
    with pytest.raises(EngineError):
        past_cases(Histories(np.array([0]), np.zeros(0), np.zeros(0)), np.ones(1), np.ones(1))
