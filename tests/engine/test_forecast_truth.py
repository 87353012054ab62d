"""The truth test: organisations with hidden true effects are planted from a seed; the product sees only what such an organisation
would have (history, claims, finished cases), forecasts, and is then held against what happens.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from goldenthread.engine.class_of_others import NOBODY, classes_of_others
from goldenthread.engine.drift import DriftOptions, drift
from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.histories import histories_of
from goldenthread.engine.realised_share import realised_share
from goldenthread.engine.thread_data import Contributions, Kpis, Objectives, Subjects, Targets, ThreadData

KPIS, STEPS, CASES, HISTORY, DUE = 24, 4, 24, 24, 300.0
FEW = 4  # figures of a thin history


@dataclass
class Outcome:
    chance: np.ndarray
    reached: np.ndarray
    inside: np.ndarray


def plant(r, true_share, *, drawn, few):
    """One organisation: what it shows (a ThreadData) and what will happen (value of each KPI at the due day).

    `drawn`: each KPI's trend is drawn to the class of the others; `few`: every second KPI shows its last four figures only.
    """
    noise = 10 ** r.uniform(-1.0, 0.0, KPIS)
    slope = r.normal(0, 1, KPIS) * noise / math.sqrt(365)
    scale = noise * math.sqrt(DUE)
    gaps = np.full(HISTORY - 1, 30.0)
    steps = slope[:, None] * gaps + noise[:, None] * np.sqrt(gaps) * r.normal(size=(KPIS, HISTORY - 1))
    history = 60 + np.concatenate([np.zeros((KPIS, 1)), np.cumsum(steps, axis=1)], axis=1)
    shown = [row[HISTORY - FEW :] if few and k % 2 else row for k, row in enumerate(history)]
    drifts = [drift(days_of(row), row) for row in shown]
    factor = finished_cases(r, true_share, noise, slope, drifts)
    claim = np.sort(r.uniform(0.1, 1.2, (3, KPIS, STEPS)), axis=0) * scale[:, None]
    chance = r.uniform(0.4, 0.95, (KPIS, STEPS))
    finish = r.uniform(10, 260, (KPIS, STEPS))
    finish = np.stack([finish, finish + 20, finish + 60])
    came = r.random((KPIS, STEPS)) < chance
    when = r.triangular(*finish)
    effect = came * (when <= DUE) * r.triangular(*claim) * true_share
    future = history[:, -1] + slope * DUE + noise * math.sqrt(DUE) * r.normal(size=KPIS) + effect.sum(axis=1)
    now = history[:, -1]
    target = now + scale * r.uniform(-0.5, 3.0, KPIS)
    if drawn:
        drifts = drawn_to_the_others(shown, target - now)
    data = ThreadData(
        kpis=Kpis(
            key=range(KPIS),
            value_now=now,
            drift_per_day=[d.mean_per_day for d in drifts],
            drift_error=[d.mean_error for d in drifts],
            noise_per_root_day=[d.noise_per_root_day for d in drifts],
        ),
        objectives=Objectives(key=range(KPIS)),
        targets=Targets(
            key=range(KPIS),
            objective=range(KPIS),
            kpi=range(KPIS),
            baseline=now,
            value=target,
            direction=[1] * KPIS,
            due_day=[DUE] * KPIS,
        ),
        subjects=Subjects(
            key=range(KPIS * STEPS), finish_low=finish[0].ravel(), finish_likely=finish[1].ravel(), finish_high=finish[2].ravel()
        ),
        contributions=Contributions(
            key=range(KPIS * STEPS),
            subject=range(KPIS * STEPS),
            kpi=np.repeat(np.arange(KPIS), STEPS),
            low=claim[0].ravel(),
            likely=claim[1].ravel(),
            high=claim[2].ravel(),
            chance=chance.ravel(),
            factor_mean=[factor.mean] * KPIS * STEPS,
            factor_sd=[factor.sd] * KPIS * STEPS,
        ),
    )
    return data, target, future


def finished_cases(r, true_share, noise, slope, drifts):
    """Finished steps whose lag has passed: what they claimed, and what their KPI did beyond its (estimated) drift."""
    kpi = r.integers(0, KPIS, CASES)
    claimed = r.uniform(0.5, 1.5, CASES) * noise[kpi] * math.sqrt(DUE)
    days = 120.0
    came = claimed * true_share * r.triangular(0.5, 1.0, 1.5, CASES)
    moved = came + slope[kpi] * days + noise[kpi] * math.sqrt(days) * r.normal(size=CASES)
    shown = moved - np.array([drifts[k].mean_per_day for k in kpi]) * days
    error = np.array([math.hypot(drifts[k].noise_per_root_day * math.sqrt(days), drifts[k].mean_error * days) for k in kpi])
    return realised_share(claimed, shown, error)


def days_of(row):
    return np.arange(HISTORY - len(row), HISTORY) * 30.0


def drawn_to_the_others(shown, way):
    """The trends, each drawn to the class of the other KPIs where that is foretold to help."""
    histories = histories_of([list(zip(days_of(row), row, strict=True)) for row in shown])
    found = classes_of_others(histories, way, np.full(KPIS, DUE), np.arange(KPIS))
    assert NOBODY not in found.of
    options = [
        DriftOptions(scale=scale, reference=found.classes[found.of[k]] if found.helps(k, thin=len(shown[k]) == FEW) else None)
        for k, scale in enumerate(way)
    ]
    return [drift(days_of(row), row, chosen) for row, chosen in zip(shown, options, strict=True)]


def outcomes(shares, seed, *, drawn=False, few=False):
    """What was said and what came, for one organisation a share: (organisations, KPIS)."""
    r = np.random.default_rng(seed)
    chance, reached, inside = [], [], []
    for number, share in enumerate(shares):
        data, target, future = plant(r, share, drawn=drawn, few=few)
        got = forecast(data, ForecastOptions(seed=number, runs=2_000, months=(DUE,), path="compiled")).targets
        chance.append(got.chance)
        reached.append(future >= target)
        inside.append((future >= got.p10) & (future <= got.p90))
    return Outcome(np.array(chance), np.array(reached), np.array(inside))


@pytest.fixture(scope="module", params=[False, True], ids=["each on its own", "drawn to the others"])
def usual(request):
    """Organisations whose true shares of claims lie around 0.8."""
    return outcomes(np.random.default_rng(9).normal(0.8, 0.3, 40).clip(0, 1.5), seed=1, drawn=request.param)


def test_80_percent_fans_cover_80_percent_of_outcomes(usual):
    print(f"{usual.inside.size} outcomes: 80 % fans hold {usual.inside.mean():.3f}")
    assert usual.inside.size >= 400
    assert abs(usual.inside.mean() - 0.80) <= 0.05


def test_stated_chances_come_true_on_average_and_in_every_part_of_the_scale(usual):
    print(f"chance {usual.chance.mean():.3f}, came {usual.reached.mean():.3f}")
    assert abs(usual.chance.mean() - usual.reached.mean()) <= 0.04
    bins = np.minimum((usual.chance * 5).astype(int), 4)
    for part in range(5):
        said, came = usual.chance[bins == part], usual.reached[bins == part]
        assert said.size > 30
        assert abs(said.mean() - came.mean()) <= 3.5 * math.sqrt(0.25 / said.size)
    brier = np.mean((usual.chance - usual.reached) ** 2)
    assert brier < 0.8 * usual.reached.mean() * (1 - usual.reached.mean())  # far better than saying the base rate to everybody


def test_80_percent_fans_cover_where_every_second_kpi_has_few_figures():
    got = outcomes(np.random.default_rng(9).normal(0.8, 0.3, 40).clip(0, 1.5), seed=1, drawn=True, few=True)
    print(
        f"every second KPI with {FEW} figures: 80 % fans hold {got.inside.mean():.3f}, thin ones {got.inside[:, 1::2].mean():.3f}"
    )
    assert abs(got.inside.mean() - 0.80) <= 0.05
    assert abs(got.inside[:, 1::2].mean() - 0.80) <= 0.05


@pytest.mark.parametrize("drawn", [False, True])
def test_where_all_true_effects_are_zero_the_product_does_not_say_otherwise(usual, drawn):
    got = outcomes([0.0] * 40, seed=3, drawn=drawn)
    said, came = got.chance.mean(), got.reached.mean()
    error = math.sqrt(came * (1 - came) / got.reached.size)
    print(f"without any effect: chance {said:.3f}, came {came:.3f}, sampling error {error:.3f}")
    assert got.reached.size >= 400
    assert said <= came + 1.96 * error
    assert said >= came - 1.96 * error
    assert abs(got.inside.mean() - 0.80) <= 0.05
    assert usual.chance.mean() > got.chance.mean() + 0.15  # the same claims, where experience backs them
