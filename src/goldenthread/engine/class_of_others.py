"""For each of many figures the class of the others: what a figure itself did is never among what it is drawn to.

The histories that teach are dealt into FOLDS hands, one after the other; who teaches learns from all hands but his own, who
does not from all. Up to FOLDS teachers everybody is left out of his class alone. Of more than `most` histories every so many-th
teaches: by then one more changes nothing, and a large portfolio stays quick. A class of few cases, or of few histories, is none:
its figures would be those of one or two others.

A class must prove itself: thin histories (`drift`) are drawn to it only if its own thin cases would have been foretold better by
drawing than each by itself, and so with those that are not thin. Foretold better: a lower mean of the CRPS of the normal range,
    s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)),  z = (outcome - middle) / s
(Gneiting & Raftery 2007) over the sum of both spreads s, from as many cases as make a class, by more than the standard error of
the difference with whole histories as its units, since cases of one history hang together. Where the ways that are asked say
little about how far figures move, as where each target was set by taste, drawing everybody to the others does harm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from goldenthread.engine.drift import BASES, THIN, DriftOptions, drifts_of
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Floats, Histories, Ints, steps_of
from goldenthread.engine.past_cases import past_cases
from goldenthread.engine.reference_class import Cases, ReferenceClass, reference_class

FOLDS = 20
KEPT_ERRORS = 199  # as many as tell a shape: of more, evenly spaced quantiles stand for all
NOBODY = -1


@dataclass(frozen=True)
class OthersOptions:
    """How many cases of how many histories make a class, and how many histories teach at most."""

    fewest_cases: int = 20
    fewest_histories: int = 5
    most: int = 300


@dataclass(frozen=True, eq=False)
class ClassesOfOthers:
    """The classes; how many histories taught each, (classes,); place of each pupil's class (m,), NOBODY without one.

    better: by which part of the loss drawing to it foretells its own thin and its other cases (classes, 2) better; 0 where not
    clearly.
    """

    classes: tuple[ReferenceClass, ...]
    histories: Ints
    better: Floats
    of: Ints

    def helps(self, pupil: int, *, thin: bool) -> bool:
        """Whether a pupil whose history is thin, or is not, is foretold better when drawn to its class."""
        place = int(self.of[pupil])
        return place != NOBODY and bool(self.better[place, 0 if thin else 1] > 0.0)


def classes_of_others(
    histories: Histories, way: Floats, ahead: Floats, pupils: Ints, options: OthersOptions | None = None
) -> ClassesOfOthers:
    """Classes for the pupils (m,): rows of the histories, or NOBODY for one that is not among them.

    way and ahead (n,) as in `past_cases`; EngineError for a row unfit.
    """
    options = options or OthersOptions()
    if pupils.size and not NOBODY <= int(pupils.min()) <= int(pupils.max()) < histories.count:
        raise EngineError("A pupil is none of the histories.")
    fit = np.flatnonzero(np.isfinite(way) & (way != 0.0) & (np.diff(histories.first) > 1))
    teachers = fit[:: -(-fit.size // options.most)] if fit.size else fit
    found = past_cases(_rows(histories, teachers), way[teachers], ahead[teachers])
    hand = np.full(histories.count + 1, NOBODY)  # the last place is that of who is not among them
    hand[teachers] = np.arange(teachers.size) % FOLDS
    asked = hand[pupils]
    classes: list[ReferenceClass] = []
    taught: list[int] = []
    better: list[tuple[float, float]] = []
    of = np.full(pupils.size, NOBODY)
    for own in np.unique(asked).tolist():
        left_out = np.flatnonzero(hand[teachers] == own)
        cases, source = found.without(left_out), found.source[~np.isin(found.source, left_out)]
        count = np.unique(source).size
        if count >= options.fewest_histories and cases.way.size >= options.fewest_cases:
            of[asked == own] = len(classes)
            classes.append(_learnt(cases))
            taught.append(count)
            better.append(_better(cases, source, classes[-1], options.fewest_cases))
    return ClassesOfOthers(tuple(classes), np.array(taught, np.int64), np.array(better).reshape(-1, 2), of)


def _rows(histories: Histories, rows: Ints) -> Histories:
    """Some of the histories, in this order."""
    parts = [np.arange(histories.first[i], histories.first[i + 1]) for i in rows]
    cells = np.concatenate([np.zeros(0, np.int64), *parts])
    return Histories(np.cumsum([0, *map(len, parts)]), histories.days[cells], histories.values[cells])


def _learnt(cases: Cases) -> ReferenceClass:
    learnt = reference_class(cases)
    if learnt.errors.size <= KEPT_ERRORS:
        return learnt
    return replace(learnt, errors=np.quantile(learnt.errors, np.arange(1, KEPT_ERRORS + 1) / (KEPT_ERRORS + 1)))


def _better(cases: Cases, source: Ints, learnt: ReferenceClass, fewest: int) -> tuple[float, float]:
    """By which part the loss is clearly lower when the thin cases, and the others, are drawn to the class; else 0."""
    steps = steps_of(cases.histories)
    alone, drawn = (drifts_of(steps, cases.way, DriftOptions(reference=which)) for which in (None, learnt))
    spreads = [
        np.sqrt((move.mean_error * cases.ahead) ** 2 + move.noise_per_root_day**2 * cases.ahead) for move in (alone, drawn)
    ]
    before, after = (
        _crps(steps.level + move.mean_per_day * cases.ahead, spread, cases.outcome) / (spreads[0] + spreads[1])
        for move, spread in zip((alone, drawn), spreads, strict=True)
    )
    thin = alone.basis == BASES.index(THIN)
    told = [_gain(before[part], after[part], source[part]) if part.sum() >= fewest else 0.0 for part in (thin, ~thin)]
    return told[0], told[1]


def _gain(before: Floats, after: Floats, source: Ints) -> float:
    """The part of the loss that is gained; 0 where that is not more than the standard error over whole histories."""
    gained = before - after
    mean = float(gained.mean())
    _, place = np.unique(source, return_inverse=True)
    error = float(np.sqrt(np.sum(np.bincount(place, gained - mean) ** 2))) / gained.size
    return mean / float(before.mean()) if mean > error else 0.0


def _crps(middle: Floats, spread: Floats, outcome: Floats) -> Floats:
    """Of a normal range around the middle; the plain error where the spread is 0."""
    from scipy.special import ndtr

    sure = spread <= 0.0
    z = (outcome - middle) / np.where(sure, 1.0, spread)
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    loss: Floats = spread * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))
    return np.where(sure, np.abs(outcome - middle), loss)
