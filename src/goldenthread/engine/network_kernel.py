"""The passes of `network_passes.py` compiled for arrays. Imported lazily, for networks too big for the plain path."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from goldenthread.engine import network_passes

_I, _A, _B = types.int64, types.int64[::1], types.boolean

sort_network = njit(_I(_I, *[_A] * 6), cache=True, nogil=True)(network_passes.sort_network)
forward = njit(_I(*[_A] * 12, _B, *[_A] * 3), cache=True, nogil=True)(network_passes.forward)
backward = njit(types.void(*[_A] * 10, _B, _I, _I, *[_A] * 4), cache=True, nogil=True)(network_passes.backward)


def warm() -> None:
    """Run each kernel once on a network of one activity."""
    one, two = np.zeros(1, np.int64), np.zeros(2, np.int64)
    none = np.zeros(0, np.int64)
    sort_network(1, two, two, none, none, one.copy(), one.copy())
    forward(one, two, none, none, none, none, one, one, one, one, one, one, True, one.copy(), one.copy(), one.copy())
    backward(one, two, none, none, none, none, one, one, one, one, True, 0, 0, one, one, one.copy(), one.copy())
