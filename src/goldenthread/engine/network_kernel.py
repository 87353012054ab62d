"""The passes of `network_passes.py` and `calendar_passes.py` compiled for arrays.

Imported lazily, for networks too big for the plain path.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numba import __version__ as numba_version
from numba import njit, types

from goldenthread.engine import calendar_passes, edit_passes, network_passes

_I, _A, _B = types.int64, types.int64[::1], types.boolean
_T = types.int64[:, ::1]
_EDIT_INNER = ("binds", "mark", "bind_row", "pull_early", "pull_late", "repair_early", "repair_late")
_INNER = ("worked", "end_at", "begin_at", "settled", "finish_of", "start_of", "lagged", "unlagged", "counted", "bound_by")


def _with_compiled_parts(module: ModuleType, inner: tuple[str, ...], known: dict[str, Any]) -> Callable[..., Any]:
    """Compiles a function of a module so that the small functions it calls are the compiled ones, in its own body.

    The cache looks at the file of the function alone; with its name it also tells apart what is compiled in from elsewhere.
    """
    compiled = dict(known)
    sources = hashlib.blake2b((inspect.getsource(calendar_passes) + numba_version).encode(), digest_size=6).hexdigest()

    def rebound(name: str) -> FunctionType:
        plain = getattr(module, name)
        made = FunctionType(plain.__code__, {**vars(module), **compiled}, name, plain.__defaults__)
        made.__qualname__, made.__module__ = f"{plain.__qualname__}_{sources}", plain.__module__
        return made

    for name in inner:
        compiled[name] = njit(forceinline=True)(rebound(name))
    known.update(compiled)
    return lambda name, *signature: njit(*signature, cache=True, nogil=True)(rebound(name))


parts: dict[str, Any] = {}
_calendar = _with_compiled_parts(calendar_passes, _INNER, parts)
_edit = _with_compiled_parts(edit_passes, _EDIT_INNER, parts)

axis = SimpleNamespace(
    arrange=njit(_I(_I, *[_A] * 6), cache=True, nogil=True)(network_passes.arrange),
    forward=njit(_I(_I, *[_A] * 6), cache=True, nogil=True)(network_passes.forward),
    backward=njit(types.void(_I, *[_A] * 3, _I, _I, *[_A] * 6), cache=True, nogil=True)(network_passes.backward),
)
calendars = SimpleNamespace(
    forward=_calendar("forward", _I(_I, *[_A] * 15)),
    backward=_calendar("backward", types.void(_I, *[_A] * 5, _I, _A, _I, *[_A] * 15)),
    postpone=_calendar("postpone", types.void(_I, *[_A] * 4, _I, *[_A] * 8, _A)),
    bounds=_calendar("bounds", types.void(_I, *[_A] * 11, _A)),
    settle_known=_calendar("settle_known", types.void(*[_A] * 10, _A)),
    constrain=_calendar("constrain", types.void(*[_A] * 3, _B, *[_A] * 6, _A)),
    finish_all=_calendar("finish_all", types.void(*[_A] * 4, _A)),
    count_all=_calendar("count_all", types.void(*[_A] * 3, _A)),
)
edits = SimpleNamespace(
    bind_all=_edit("bind_all", types.void(_T, _I, _B, _A)),
    repair=_edit("repair", types.void(_I, _T, _T, _A, _A, _A, _A, _B, _I, _B, _B, _A)),
    floats=_edit("floats", types.UniTuple(_I, 2)(_I, _T, _T, _A, _I, _B, _A)),
)


def warm() -> None:
    """Load every kernel from the cache, or compile it."""
    zero = np.zeros(0, np.int64)
    axis.arrange(0, zero, zero, np.zeros(1, np.int64), zero, zero, zero)
