"""A figure is drawn to what others did, never to what it did itself, and only where there are enough of them."""

import time

import numpy as np
import pytest

from goldenthread.engine.class_of_others import NOBODY, classes_of_others
from goldenthread.engine.drift import DriftOptions
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Histories, histories_of
from goldenthread.engine.outlook import Asked, outlook
from goldenthread.engine.past_cases import past_cases
from goldenthread.engine.range_scores import pinball
from goldenthread.engine.reference_class import reference_class
from tests.engine.classes import planted

LEVELS = np.arange(1, 20) / 20


def everybody(told, count):
    return classes_of_others(told.histories, told.way, told.ahead, np.arange(count))


def same(a, b):
    return (a.rate, a.rate_sd, a.noise, a.width) == (b.rate, b.rate_sd, b.noise, b.width) and np.array_equal(a.errors, b.errors)


def test_each_of_a_few_is_left_out_of_its_own_class_and_of_no_other():
    told = planted(3, 8, points=8)
    found, cases = everybody(told, 8), past_cases(told.histories, told.way, told.ahead)
    assert found.histories.tolist() == [7] * 8
    for row in range(8):
        assert same(found.classes[found.of[row]], reference_class(cases.without([row])))


def test_what_a_figure_did_changes_nothing_in_its_own_class_among_many_too():
    told = planted(5, 90, points=8)
    before = everybody(told, 90)
    values = told.histories.values.copy()
    row = 37
    values[told.histories.first[row] : told.histories.first[row + 1]] *= [1, 5, -3, 8, 9, 2, 60, 7]
    changed = Histories(told.histories.first, told.histories.days, values)
    after = classes_of_others(changed, told.way, told.ahead, np.arange(90))
    assert same(before.classes[before.of[row]], after.classes[after.of[row]])
    assert not same(before.classes[before.of[row + 1]], after.classes[after.of[row + 1]])


def test_who_does_not_teach_learns_from_all():
    told = planted(3, 8, points=8)
    way = told.way.copy()
    way[2] = np.nan
    found = classes_of_others(told.histories, way, told.ahead, np.array([2, NOBODY]))
    assert found.of.tolist() == [0, 0]
    assert found.histories.tolist() == [7]


def test_few_cases_or_few_histories_are_no_class():
    few = planted(3, 5, points=24)  # each learns from four others, of twenty cases each
    assert everybody(few, 5).of.tolist() == [NOBODY] * 5
    assert everybody(planted(3, 6, points=24), 6).of.tolist() == [*range(6)]
    short = planted(3, 9, points=4)  # two cases each
    assert everybody(short, 9).of.tolist() == [NOBODY] * 9
    nothing = classes_of_others(histories_of([]), np.zeros(0), np.zeros(0), np.array([NOBODY]))
    assert nothing.of.tolist() == [NOBODY]
    with pytest.raises(EngineError):
        classes_of_others(few.histories, few.way, few.ahead, np.array([5]))


def test_figures_drawn_to_the_others_are_foretold_better():
    """60 targets with four quarterly figures."""
    told = planted(31, 60, points=4)
    found = everybody(told, 60)
    assert NOBODY not in found.of
    size, losses = np.abs(told.way), {}
    alone = outlook(told.histories, told.asked(), DriftOptions()).quantiles(LEVELS)
    drawn = np.empty_like(alone)
    for at, learnt in enumerate(found.classes):
        drawn[found.of == at] = outlook(told.histories, told.asked(), DriftOptions(reference=learnt)).quantiles(LEVELS)[
            found.of == at
        ]
    for name, quantiles in (("alone", alone), ("drawn", drawn)):
        losses[name] = float((pinball(LEVELS, quantiles, told.outcome).mean(axis=1) / size).mean())
    print(losses)
    assert losses["drawn"] < 0.95 * losses["alone"]


def test_ten_thousand_targets_with_24_points_take_less_than_five_seconds_their_classes_included():
    r = np.random.default_rng(1)
    count, points = 10_000, 24
    values = 50 + np.cumsum(r.normal(0.3, 1.0, (count, points)), axis=1)
    histories = Histories(np.arange(count + 1) * points, np.tile(np.arange(points) * 30.0, count), values.reshape(-1))
    none, way, ahead = np.full(count, np.nan), np.full(count, 12.0), np.full(count, 180.0)
    begun = time.process_time()
    found = classes_of_others(histories, way, ahead, np.arange(count))
    told = 0
    for at, learnt in enumerate(found.classes):
        rows = np.flatnonzero(found.of == at)
        part = Histories(
            np.arange(rows.size + 1) * points, np.tile(np.arange(points) * 30.0, rows.size), values[rows].reshape(-1)
        )
        asked = Asked(way[rows], ahead[rows], none[rows], none[rows])
        seen = outlook(part, asked, DriftOptions(reference=learnt))
        seen.quantiles(LEVELS)
        told += rows.size
    taken = time.process_time() - begun
    print(f"{len(found.classes)} classes, {told} targets in {taken:.2f} s")
    assert told == count
    assert taken < 5.0
