# mypy: disable-error-code="no-any-return,no-untyped-call"
"""Formulas on single numbers, compiled: twins of `randoms.py` and of the small formulas of `simulation.py`, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from goldenthread.engine.randoms import (
    CENTRE_BOTTOM,
    CENTRE_TOP,
    FAR_BOTTOM,
    FAR_TOP,
    GOLDEN,
    MIX_1,
    MIX_2,
    NEAR_BOTTOM,
    NEAR_TOP,
    UNIT,
)

# Everything is compiled into the one function that calls it: a call that hands on a dozen arrays costs more than most of the
# work in `kernels.py`.
fast = njit(error_model="numpy", forceinline=True)
STEP, ONE_MIX, TWO_MIX = np.uint64(GOLDEN), np.uint64(MIX_1), np.uint64(MIX_2)


@fast
def uniform(start: Any, run: Any) -> Any:
    z = start + np.uint64(run + 1) * STEP
    z = (z ^ (z >> np.uint64(30))) * ONE_MIX
    z = (z ^ (z >> np.uint64(27))) * TWO_MIX
    z = z ^ (z >> np.uint64(31))
    return (np.float64(z >> np.uint64(12)) + 0.5) * UNIT


@fast
def triangular(u: float, low: float, likely: float, high: float) -> float:
    width = high - low
    left = likely - low
    below = low + math.sqrt(u * width * left)
    above = high - math.sqrt((1.0 - u) * width * (high - likely))
    inside = below if u * width < left else above
    return likely if width <= 0.0 else inside


@fast
def log(x: float) -> float:
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = mantissa * 2.0, exponent - 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    total = 0.0
    for k in range(23, 0, -2):
        total = total * q + 1.0 / k
    return 2.0 * s * total + exponent * 0.6931471805599453


@fast
def ratio(x: float, top: Any, bottom: Any) -> float:
    upper, lower = top[0], bottom[0]
    for i in range(1, 8):
        upper = upper * x + top[i]
        lower = lower * x + bottom[i]
    return upper / lower


@fast
def centre(u: float) -> float:
    q = u - 0.5
    return q * ratio(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM)


@fast
def tail(u: float) -> float:
    tail = math.sqrt(-log(u if u < 0.5 else 1.0 - u))
    outer = ratio(tail - 1.6, NEAR_TOP, NEAR_BOTTOM) if tail <= 5.0 else ratio(tail - 5.0, FAR_TOP, FAR_BOTTOM)
    return -outer if u < 0.5 else outer


@fast
def normal(u: float) -> float:
    return centre(u) if abs(u - 0.5) <= 0.425 else tail(u)


@fast
def share(days: float, ramp: float) -> float:
    part = days / ramp
    part = 1.0 if days >= ramp else part
    return 0.0 if days < 0.0 else part


@fast
def integral(days: float, ramp: float) -> float:
    area = days * days / (2.0 * ramp)
    area = days - ramp / 2.0 if days >= ramp else area
    return 0.0 if days <= 0.0 else area


@fast
def cell(x0: float, x1: float, start: float, ramp: float) -> float:
    return (integral(x1 - start, ramp) - integral(x0 - start, ramp)) / (x1 - x0)


@fast
def clipped(floor: float, ceiling: float, value: float) -> float:
    return min(max(value, floor), ceiling)


@fast
def within(low: float, high: float, kept: float) -> bool:
    return (kept >= low) & (kept <= high)


@fast
def gained(rate: float, direction: float, baseline: float, cap: float, kept: float) -> float:
    return rate * min(direction * (kept - baseline), cap)
