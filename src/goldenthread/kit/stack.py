"""Calls that stand on a stack with room: Python takes and gives back memory each time that its frames cross the end of a piece.

A piece of CPython's stack of frames holds 16 KB. Where a loop happens to stand at its end, every call in it asks the system for
another piece and gives it back, which took a quarter of the time of some pages. A call of a function whose frame is said to be
large gets a piece of a megabyte, and all that it calls stands on that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SLOTS = 66_000  # of eight bytes: the next power of two is a megabyte, of which the frame itself touches a few bytes


def _call(function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return function(*arguments, **named)


_call.__code__ = _call.__code__.replace(co_stacksize=SLOTS)


def with_room(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What the function returns."""
    return _call(function, arguments, named)
