"""Duration, work and units of an activity: where one of them is entered, which of the others follows.

Work is duration times units. What is kept is said by the duration type, which Microsoft Project calls task type: fixed units,
fixed work or fixed duration; effort-driven work is divided anew when somebody joins or leaves. Primavera has the same three under
other names (fixed units/time, fixed units, fixed duration and units/time) and a fourth, fixed duration and units, in which an
entered duration changes the units and not the work.

An assignment may last for a part of its activity only, so nothing here is computed from one equation for all of them: figures
change in proportion to what they were, and the activity lasts as long as the longest of its assignments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum


class DurationType(Enum):
    """What is kept while something else is entered."""

    UNITS, WORK, DURATION, DURATION_AND_WORK = "fixed units", "fixed work", "fixed duration", "fixed duration and work"

    @property
    def lets_duration_follow(self) -> bool:
        """Whether an entered work or share of a person makes it last longer or shorter."""
        return self in (DurationType.UNITS, DurationType.WORK)

    @property
    def keeps_work(self) -> bool:
        """Whether an entered duration leaves the work as it is and changes how much of each person is on it."""
        return self in (DurationType.WORK, DurationType.DURATION_AND_WORK)


@dataclass(frozen=True)
class Load:
    """Duration of an activity in working minutes; of each assignment units (1.0: the whole resource) and work in minutes."""

    duration: float
    units: tuple[float, ...]
    work: tuple[float, ...]

    @property
    def total(self) -> float:
        """The work of all together."""
        return sum(self.work)


def with_duration(load: Load, kind: DurationType, duration: float) -> Load:
    """Another duration: the work follows, or the units do. From nothing, everybody works all the time."""
    if load.duration == 0:
        work = load.work if kind.keeps_work else tuple(units * duration for units in load.units)
        return replace(load, duration=duration, work=work)
    share = duration / load.duration
    if kind.keeps_work and share:
        return replace(load, duration=duration, units=_times(load.units, 1 / share))
    return replace(load, duration=duration, work=_times(load.work, share))


def with_work(load: Load, kind: DurationType, total: float) -> Load:
    """Another total of work, divided as it was: the duration follows, or the units do."""
    if not load.units:
        return load
    if load.total == 0:
        shares = tuple(units / sum(load.units) for units in load.units)
        changed = replace(load, work=_times(shares, total))
        return replace(changed, duration=_longest(changed)) if kind.lets_duration_follow else changed
    share = total / load.total
    if kind.lets_duration_follow:
        return replace(load, duration=load.duration * share, work=_times(load.work, share))
    return replace(load, work=_times(load.work, share), units=_times(load.units, share))


def with_units(load: Load, kind: DurationType, place: int, units: float) -> Load:
    """Another share of the resource of one assignment: the duration follows, or its work does. ValueError below or at nothing."""
    if units <= 0:
        raise ValueError("The share of a resource is more than nothing.")
    changed = replace(load, units=_put(load.units, place, units))
    if kind.lets_duration_follow:
        return _lasting(load, changed)
    return replace(changed, work=_put(load.work, place, load.work[place] * units / load.units[place]))


def joined(load: Load, kind: DurationType, units: float, *, is_effort_driven: bool) -> Load:
    """One assignment more, at the end. ValueError where its units are nothing or less.

    Effort-driven or of fixed work, what there is to do is divided by units; else it brings work of its own, all the time.
    """
    if units <= 0:
        raise ValueError("The share of a resource is more than nothing.")
    if not load.units or not (is_effort_driven or kind is DurationType.WORK):
        return replace(load, units=(*load.units, units), work=(*load.work, units * load.duration))
    return _divided(load, kind, (*load.units, units))


def left(load: Load, kind: DurationType, place: int, *, is_effort_driven: bool) -> Load:
    """One assignment less. Effort-driven or of fixed work, the others take over what it had to do."""
    units, work = _without(load.units, place), _without(load.work, place)
    if not units or not (is_effort_driven or kind is DurationType.WORK):
        return replace(load, units=units, work=work)
    return _divided(load, kind, units)


def _divided(load: Load, kind: DurationType, units: tuple[float, ...]) -> Load:
    total, capacity, before = load.total, sum(units), sum(load.units)
    work = tuple(total * one / capacity for one in units)
    if kind.lets_duration_follow:
        return Load(load.duration * before / capacity, units, work)
    return Load(load.duration, _times(units, before / capacity), work)


def _lasting(before: Load, after: Load) -> Load:
    """As long as before, in proportion to its longest assignment."""
    was, now = _longest(before), _longest(after)
    return replace(after, duration=before.duration * now / was if was else before.duration)


def _longest(load: Load) -> float:
    return max((work / units for work, units in zip(load.work, load.units, strict=True)), default=0.0)


def _times(figures: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(figure * share for figure in figures)


def _put(figures: tuple[float, ...], place: int, figure: float) -> tuple[float, ...]:
    return (*figures[:place], figure, *figures[place + 1 :])


def _without(figures: tuple[float, ...], place: int) -> tuple[float, ...]:
    return figures[:place] + figures[place + 1 :]
