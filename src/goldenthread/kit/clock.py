"""What time it is for who reads: now, or the moment at which a page of the past stands still (`kit.worlds`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_stopped: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The moment, with its time zone."""
    return _stopped.get() or timezone.now()


def today() -> date:
    """The day in the organisation's time zone."""
    return timezone.localdate(now())


@contextmanager
def stopped(moment: datetime | None) -> Iterator[None]:
    """Stand still at `moment` until the block ends; None lets the clock run."""
    token = _stopped.set(moment)
    try:
        yield
    finally:
        _stopped.reset(token)
