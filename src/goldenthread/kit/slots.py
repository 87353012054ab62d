"""How a lower room shows what a higher room knows without importing it.

A higher room registers a provider under a slot's name in its `AppConfig.ready`; a lower page calls the slot once for all
its rows; a lower action calls one for what higher rooms add to it (`office_founded`: the empty plan of a new office;
`undone`: dates computed anew). Each room's `apps.py` lists what it provides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_providers: dict[str, list[tuple[int, str, Callable[..., Any]]]] = defaultdict(list)


def provide(slot: str, provider: Callable[..., Any], *, position: int = 100) -> None:
    """Register `provider` for `slot`; providers answer in order of position, then name. Registering twice is harmless."""
    entry = (position, f"{provider.__module__}.{provider.__qualname__}", provider)
    if entry not in _providers[slot]:
        _providers[slot].append(entry)
        _providers[slot].sort(key=lambda e: e[:2])


def ask(slot: str, *args: Any, **kwargs: Any) -> list[Any]:
    """The answers of all providers of `slot`, in order."""
    return [provider(*args, **kwargs) for _, _, provider in _providers[slot]]


def gather(slot: str, *args: Any, **kwargs: Any) -> list[Any]:
    """The answers of all providers joined into one list; each provider answers a list."""
    return [row for answer in ask(slot, *args, **kwargs) for row in answer]
