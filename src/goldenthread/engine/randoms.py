"""Random numbers as a hash of (seed, run, stable key, stream): no state, so no order.

A row keeps its numbers when others are renamed, reordered, added or left out, and when the work is spread over threads. Each
(seed, key, stream) starts one SplitMix64 sequence (Steele, Lea & Flood, 2014) and the run number is the place in it.
Every formula here uses only +, -, *, / and square root, which are exact by IEEE 754, so that the compiled twins in `kernels.py`
give the same bits.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
UNIT = 2.0**-52


def stable_key(kind: str, ident: int) -> int:
    """A signed 64-bit key for row `ident` of a kind ("step", "project"), the same on every machine and for ever."""
    digest = hashlib.blake2b(f"{kind}:{ident}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _mix(word: int) -> int:
    word = ((word ^ (word >> 30)) * MIX_1) & MASK
    word = ((word ^ (word >> 27)) * MIX_2) & MASK
    return word ^ (word >> 31)


def sequence_start(seed: int, key: int, stream: int) -> int:
    """The start of the sequence of one (seed, key, stream), an unsigned 64-bit integer."""
    return _mix(_mix(_mix(seed & MASK) ^ (key & MASK)) + stream * GOLDEN & MASK)


def uniform(seed: int, run: int, key: int, stream: int) -> float:
    """One number strictly between 0 and 1 (52 random bits) for this run, key and stream."""
    word = _mix((sequence_start(seed, key, stream) + (run + 1) * GOLDEN) & MASK)
    return ((word >> 12) + 0.5) * UNIT


def _mix_words(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(MIX_1)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(MIX_2)
    return words ^ (words >> np.uint64(31))


def sequence_starts(seed: int, keys: npt.NDArray[np.int64], stream: int) -> Words:
    """`sequence_start` for many keys: int64 (n,) -> uint64 (n,)."""
    first = np.uint64(_mix(seed & MASK))
    return _mix_words(_mix_words(first ^ keys.astype(np.uint64)) + np.uint64(stream * GOLDEN & MASK))


def uniforms(start: int | np.uint64, runs: npt.NDArray[np.int64]) -> Floats:
    """The numbers of one sequence at these runs: int64 (n,) -> float64 (n,), each strictly between 0 and 1."""
    places = (runs + 1).astype(np.uint64) * np.uint64(GOLDEN)
    words = _mix_words(np.uint64(start) + places)
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * UNIT


def triangular(u: Floats, low: float, likely: float, high: float) -> Floats:
    """Inverse of the triangular distribution at `u`; equal values give a certain number."""
    width = high - low
    if width <= 0.0:
        return np.full_like(u, likely)
    left = likely - low
    below = low + np.sqrt(u * width * left)
    above = high - np.sqrt((1.0 - u) * width * (high - likely))
    return np.where(u * width < left, below, above)


def natural_log(x: Any) -> Any:
    """log(x) for x > 0 by the series of 2 artanh((m - 1) / (m + 1)), to about 1e-15: the same bits in every path."""
    mantissa, exponent = np.frexp(x)
    small = mantissa < 0.7071067811865476
    mantissa = np.where(small, mantissa * 2.0, mantissa)
    exponent = np.where(small, exponent - 1, exponent)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    total = np.zeros_like(s)
    for k in range(23, 0, -2):
        total = total * q + 1.0 / k
    return 2.0 * s * total + exponent * 0.6931471805599453


# Rational approximations of the normal quantile: Wichura (1988), algorithm AS 241, PPND16; |error| about 1e-16 relative.
CENTRE_TOP = (
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
)  # fmt: skip
CENTRE_BOTTOM = (
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
)  # fmt: skip
NEAR_TOP = (
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
)  # fmt: skip
NEAR_BOTTOM = (
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
)  # fmt: skip
FAR_TOP = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
)  # fmt: skip
FAR_BOTTOM = (
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
)  # fmt: skip


def _ratio(x: Floats, top: tuple[float, ...], bottom: tuple[float, ...]) -> Floats:
    upper = np.full_like(x, top[0])
    lower = np.full_like(x, bottom[0])
    for a, b in zip(top[1:], bottom[1:], strict=True):
        upper = upper * x + a
        lower = lower * x + b
    return upper / lower


def normal(u: Floats) -> Floats:
    """The standard normal quantile at `u`, float64 (n,) strictly between 0 and 1 -> float64 (n,)."""
    q = u - 0.5
    tail = np.sqrt(-natural_log(np.where(q < 0.0, u, 1.0 - u)))
    outer = np.where(tail <= 5.0, _ratio(tail - 1.6, NEAR_TOP, NEAR_BOTTOM), _ratio(tail - 5.0, FAR_TOP, FAR_BOTTOM))
    inner = q * _ratio(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM)
    return np.where(np.abs(q) <= 0.425, inner, np.where(q < 0.0, -outer, outer))
