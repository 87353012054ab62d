import math
import os

import numpy as np
import pytest

from goldenthread.engine.effect_check import (
    CANNOT,
    FEW_AFTER,
    FEW_BEFORE,
    NOISE,
    NOT_SEEN,
    REDEFINED,
    SEEN,
    TOO_NEAR,
    Claim,
    effect_check,
)
from goldenthread.engine.errors import EngineError

MONTH = 30.4
CASES = 4000 if os.environ.get("LONG_TESTS") else 200
SLACK = 0.05


def wobble(rng, n, memory):
    """Noise of variance 1 that remembers a part of what it was; memory 1 is a random walk with such steps."""
    fresh = rng.normal(size=n)
    if memory == 1.0:
        return np.cumsum(fresh)
    found = np.empty(n)
    found[0] = fresh[0]
    for i in range(1, n):
        found[i] = memory * found[i - 1] + math.sqrt(1 - memory**2) * fresh[i]
    return found


def history(seed, before, after, effect, *, memory=0.0, trend=0.0, ramp=0.0):
    """Monthly figures around a step at the first figure after."""
    rng = np.random.default_rng(seed)
    days = np.arange(before + after) * MONTH
    begin = before * MONTH
    shape = np.clip((days - begin + 1) / (ramp + 1), 0, 1)
    return days, 50 + trend * np.arange(days.size) + wobble(rng, days.size, memory) + effect * shape, begin


WORLDS = {
    "white noise, two years": {"before": 12, "after": 12},
    "noise that remembers": {"before": 12, "after": 12, "memory": 0.6},
    "a random walk": {"before": 14, "after": 10, "memory": 1.0},
    "a steep trend": {"before": 12, "after": 12, "trend": -1.5, "memory": 0.3},
    "few figures": {"before": 6, "after": 3},
    "few figures that remember": {"before": 7, "after": 4, "memory": 0.5},
    "a slow effect": {"before": 12, "after": 12, "ramp": 90.0},
}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_a_planted_effect_lies_inside_its_range_in_nine_cases_of_ten(world):
    inside = 0
    for seed in range(CASES):
        days, values, begin = history(seed, effect=-3.0, **world)
        found = effect_check(days, values, [Claim(1, begin, world.get("ramp", 0.0), -3.0)]).claims[0]
        inside += found.low <= -3.0 <= found.high
    print(f"inside {inside / CASES:.3f}")
    assert 0.90 - SLACK <= inside / CASES <= 0.90 + SLACK


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_an_effect_that_is_not_there_is_called_seen_in_five_cases_of_a_hundred_at_most(world):
    seen = 0
    for seed in range(CASES):
        days, values, begin = history(10_000 + seed, effect=0.0, **world)
        seen += effect_check(days, values, [Claim(1, begin, world.get("ramp", 0.0), 3.0)]).claims[0].state == SEEN
    print(f"seen {seen / CASES:.3f}")
    assert seen / CASES <= 0.05


def test_two_planted_effects_on_one_kpi_are_told_apart():
    inside, seen_of_nothing = [0, 0], 0
    for seed in range(CASES):
        days, values, begin = history(20_000 + seed, 10, 20, -4.0, memory=0.3)
        second = begin + 10 * MONTH
        claims = [Claim(1, begin, 0, -4.0), Claim(2, second, 0, 3.0)]
        both = effect_check(days, values + 3.0 * (days >= second), claims).claims
        inside[0] += both[0].low <= -4.0 <= both[0].high
        inside[1] += both[1].low <= 3.0 <= both[1].high
        seen_of_nothing += effect_check(days, values, claims).claims[1].state == SEEN
    assert all(0.85 <= n / CASES <= 0.95 for n in inside)
    assert seen_of_nothing / CASES <= 0.05


def test_a_clear_step_is_seen_and_a_missing_one_is_not():
    days, values, begin = history(1, 12, 12, -5.0)
    assert effect_check(days, values, [Claim(1, begin, 0, -4.0)]).claims[0].state == SEEN
    assert effect_check(days, values, [Claim(1, begin, 0, 4.0)]).claims[0].state == NOT_SEEN
    days, values, begin = history(1, 12, 12, 0.0)
    assert effect_check(days, values, [Claim(1, begin, 0, -4.0)]).claims[0].state == NOT_SEEN


def test_a_promise_that_would_drown_in_the_noise_cannot_be_tested():
    days, values, begin = history(3, 12, 12, 0.3)
    found = effect_check(days, values, [Claim(1, begin, 0, 0.3)]).claims[0]
    assert (found.state, found.reason) == (CANNOT, NOISE)


def test_white_noise_and_one_step_give_the_textbook_answer():
    """Ordinary least squares, worked out apart: the middle and the range of a step without memory lie near."""
    days, values, begin = history(5, 40, 40, 2.0)
    found = effect_check(days, values, [Claim(1, begin, 0, 2.0)]).claims[0]
    columns = np.column_stack([np.ones(80), days, days >= begin])
    plain, (rest,), *_ = np.linalg.lstsq(columns, values, rcond=None)
    error = math.sqrt(rest / 77 * np.linalg.inv(columns.T @ columns)[2, 2])
    assert found.step == pytest.approx(plain[2], abs=0.2 * error)
    assert found.high - found.low == pytest.approx(2 * 1.665 * error, rel=0.25)


@pytest.mark.parametrize("seed", range(25))
def test_the_parts_add_up_and_never_pass_what_was_observed(seed):
    rng = np.random.default_rng(seed)
    days, values, begin = history(seed, 12, 24, float(rng.normal(0, 4)), trend=float(rng.normal()), memory=0.4)
    later = begin + 12 * MONTH
    values = values + float(rng.normal(0, 4)) * (days >= later)
    found = effect_check(days, values, [Claim(7, begin, 30, 3.0), Claim(3, later, 0, -3.0)])
    given = sum(row.attributed for row in found.claims)
    assert found.by_itself + given + found.remainder == pytest.approx(found.observed, rel=1e-12, abs=1e-12)
    change = found.observed - found.by_itself
    assert min(change, 0) - 1e-9 <= given <= max(change, 0) + 1e-9
    assert all(row.attributed == 0.0 for row in found.claims if row.state != SEEN)
    last, first = days >= later, days < begin
    assert found.observed == pytest.approx(values[last].mean() - values[first].mean())


def test_more_is_never_attributed_than_was_observed():
    """A third cause that nobody named took half of the step back: only what is left can be anybody's."""
    days, values, begin = history(2, 15, 20, 8.0)
    values = values - 6.0 * (days >= begin + 16 * MONTH)
    found = effect_check(days, values, [Claim(1, begin, 0, 8.0)])
    assert found.claims[0].state == SEEN
    assert 0 < found.claims[0].attributed <= found.observed - found.by_itself + 1e-12


def test_order_and_names_change_nothing():
    days, values, begin = history(4, 12, 24, 4.0, memory=0.3)
    claims = [Claim(1, begin, 30, 4.0), Claim(2, begin + 8 * MONTH, 0, 1.0), Claim(3, begin + 16 * MONTH, 0, 1.0)]
    shuffled = np.random.default_rng(0).permutation(days.size)
    one = effect_check(days, values, claims)
    two = effect_check(days[shuffled], values[shuffled], claims[::-1])
    assert two.claims[::-1] == one.claims
    assert (two.observed, two.by_itself, two.remainder) == (one.observed, one.by_itself, one.remainder)
    renamed = effect_check(days, values, [Claim(90 - c.key, c.begin, c.ramp, c.size) for c in claims])
    told = [(r.state, r.reason, r.step, r.low, r.high, r.sure) for r in one.claims]
    assert [(r.state, r.reason, r.step, r.low, r.high, r.sure) for r in renamed.claims] == told


def test_another_unit_or_another_first_day_changes_no_state():
    days, values, begin = history(6, 12, 12, 3.0, memory=0.3)
    one = effect_check(days, values, [Claim(1, begin, 0, 3.0)]).claims[0]
    two = effect_check(days + 1000, values * 1000, [Claim(1, begin + 1000, 0, 3000.0)]).claims[0]
    assert two.state == one.state
    assert two.low == pytest.approx(one.low * 1000, rel=1e-6)
    assert two.sure == pytest.approx(one.sure, rel=1e-6)


def test_too_few_figures_before_or_after_cannot_be_tested():
    days, values, begin = history(1, 4, 12, 9.0)
    found = effect_check(days, values, [Claim(1, begin, 0, 9.0)]).claims[0]
    assert (found.state, found.reason, found.before, found.after) == (CANNOT, FEW_BEFORE, 4, 12)
    days, values, begin = history(1, 12, 2, 9.0)
    found = effect_check(days, values, [Claim(1, begin, 0, 9.0)]).claims[0]
    assert (found.state, found.reason, found.before, found.after) == (CANNOT, FEW_AFTER, 12, 2)
    found = effect_check([], [], [Claim(1, 5.0, 0, 9.0)])
    assert found.claims[0].state == CANNOT
    assert math.isnan(found.observed)


def test_a_kpi_that_was_redefined_between_cannot_be_tested():
    days, values, begin = history(1, 12, 12, 9.0)
    assert effect_check(days, values, [Claim(1, begin, 0, 9.0)], since=begin + 40).claims[0].reason == REDEFINED
    assert effect_check(days, values, [Claim(1, begin, 0, 9.0)], since=begin - 40).claims[0].reason == REDEFINED
    assert effect_check(days, values, [Claim(1, begin, 0, 9.0)], since=begin - 10 * MONTH).claims[0].state == SEEN


def test_two_that_land_in_one_quarter_cannot_be_told_apart():
    days, values, begin = history(1, 12, 12, 9.0)
    claims = [Claim(1, begin, 0, 4.0), Claim(2, begin + MONTH, 0, 5.0), Claim(3, begin + 7 * MONTH, 0, 1.0)]
    found = effect_check(days, values, claims)
    assert [row.reason for row in found.claims[:2]] == [TOO_NEAR, TOO_NEAR]
    assert [row.beside for row in found.claims] == [(2,), (1,), ()]
    assert found.claims[0].low < 9.0 < found.claims[0].high
    assert found.remainder == pytest.approx(found.observed - found.by_itself)


def test_rounded_figures_that_never_move_prove_nothing():
    days = np.arange(20) * MONTH
    values = np.where(days >= 10 * MONTH, 5.1, 5.0)
    sharp = effect_check(days, values, [Claim(1, 10 * MONTH, 0, 0.1)]).claims[0]
    blunt = effect_check(days, values, [Claim(1, 10 * MONTH, 0, 0.1)], grain=0.1).claims[0]
    assert sharp.state == SEEN
    assert blunt.high - blunt.low > 20 * (sharp.high - sharp.low)


def test_years_of_daily_figures_are_judged_too():
    rng = np.random.default_rng(1)
    days = np.arange(1500.0)
    values = rng.normal(size=1500) + 2.0 * (days >= 900)
    found = effect_check(days, values, [Claim(1, 900, 0, 2.0)])
    assert (found.claims[0].state, found.claims[0].before, found.figures) == (SEEN, 900, 1500)
    assert found.claims[0].low < 2.0 < found.claims[0].high


def test_what_cannot_be_computed_with_is_named():
    with pytest.raises(EngineError, match="day"):
        effect_check([1, 2], [1], [])
    with pytest.raises(EngineError, match="not a number"):
        effect_check([1, 2], [1, math.nan], [])
    with pytest.raises(EngineError, match="size other than 0") as caught:
        effect_check([1, 2], [1, 2], [Claim(9, 1, 0, 0.0)])
    assert caught.value.item == 9
    with pytest.raises(EngineError, match="twice"):
        effect_check([1, 2], [1, 2], [Claim(9, 1, 0, 1.0), Claim(9, 2, 0, 1.0)])
