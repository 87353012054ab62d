"""How far a figure has come: attainment, whether a target is reached, and when the next figure is due. Plain arithmetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

RISE, FALL, BAND = "RISE", "FALL", "BAND"

# Days after the last figure's day when the next one is late: a period, and the time it takes to collect a figure.
NEXT_FIGURE = {"WEEKLY": 10, "MONTHLY": 45, "QUARTERLY": 120, "YEARLY": 425}


def attainment(value: float | None, baseline: float | None, target: float | None) -> float | None:
    """(v - b) / (T - b): 0 at the baseline, 1 at the target, for rising and falling figures alike; not clipped.

    None where one of the three is missing or nothing is to change.
    """
    if value is None or baseline is None or target is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline)


def band_attainment(value: float | None, low: float | None, high: float | None, tolerance: float | None) -> float | None:
    """1 inside the band, else 1 - distance / tolerance; 0 outside a band without tolerance. An edge of None is open."""
    if value is None or (low is None and high is None):
        return None
    distance = max(low - value if low is not None else 0.0, value - high if high is not None else 0.0, 0.0)
    if distance == 0.0:
        return 1.0
    return 1 - distance / tolerance if tolerance else 0.0


def is_reached(
    value: float | None, *, direction: str, target: float | None, low: float | None, high: float | None, tolerance: float | None
) -> bool | None:  # fmt: skip
    """Whether a figure has reached its target within the tolerance; None while that cannot be said."""
    slack = tolerance or 0.0
    if value is None:
        return None
    if direction == BAND:
        if low is None and high is None:
            return None
        return (low is None or value >= low - slack) and (high is None or value <= high + slack)
    if target is None:
        return None
    return value >= target - slack if direction == RISE else value <= target + slack


def expected_share(day: date, start: date | None, end: date | None) -> float | None:
    """Where attainment would stand on a straight line from the baseline's day to the due day, 0 to 1."""
    if start is None or end is None or end <= start:
        return None
    return min(1.0, max(0.0, (day - start).days / (end - start).days))


def next_figure_due(last: date | None, cadence: str) -> date | None:
    """The day by which the next figure is to be there; None where there has been none, so it is due now."""
    return None if last is None else last + timedelta(days=NEXT_FIGURE[cadence])


def end_of(day: date) -> datetime:
    """The last instant of a day where the organisation is."""
    return timezone.make_aware(datetime.combine(day, time.max))
