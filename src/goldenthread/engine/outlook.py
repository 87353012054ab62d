"""Where a KPI will stand on a day, from its history and a reference class: a whole distribution, for many targets at once.

With the drift m and its error e, the noise s and h days ahead (`drift`), the value is
    with chance `still`: what it is today; else  level + m h + sqrt(e^2 h^2 + s^2 h) Z
where Z has the shape of the class's own standardised errors (n of them, counted towards the target) mixed with the normal one
(weight of 10 cases), so that few cases change little and many replace the textbook. Without a class `still` is 0 and Z is normal.
The value is then kept between floor and ceiling, as the thread's simulation keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.drift import DriftOptions, drifts
from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Floats, Histories, Ints
from goldenthread.engine.reference_class import ReferenceClass

NORMAL_CASES = 10.0
NO_ERRORS = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Asked:
    """Columns (n,): the signed way from baseline to target (nan: nobody asked), days ahead, the KPI's range (nan: none)."""

    way: Floats
    ahead: Floats
    floor: Floats
    ceiling: Floats


@dataclass(frozen=True, eq=False)
class Outlook:
    """Columns (n,): last level, where it is foretold with which spread, chance that it stays; points and basis (`drift`).

    side: +1 or -1, which way the target lies. A history without a point has nan throughout: nothing is known.
    """

    level: Floats
    middle: Floats
    spread: Floats
    still: Floats
    side: Floats
    floor: Floats
    ceiling: Floats
    points: Ints
    basis: Ints
    errors: Floats

    def chance(self, low: Floats, high: Floats) -> Floats:
        """Chance (n,) to stand from low to high, ends counted; minus and plus infinity where a side is open."""
        low = np.where(low <= self.floor, -np.inf, np.where(low > self.ceiling, np.inf, low))
        high = np.where(high >= self.ceiling, np.inf, np.where(high < self.floor, -np.inf, high))
        inside = (self.level >= low) & (self.level <= high)
        moved = self._below(high, ends=True) - self._below(low, ends=False)
        chance = self.still * inside + (1.0 - self.still) * np.maximum(moved, 0.0)
        return np.where(np.isnan(self.level), np.nan, chance)

    def quantiles(self, levels: npt.ArrayLike) -> Floats:
        """Quantiles (n, k) at levels (k,) between 0 and 1."""
        a = np.asarray(levels, np.float64).reshape(1, -1)
        still, moving = self.still[:, None], np.maximum(1.0 - self.still, 1e-12)[:, None]
        before = moving * self._below(self.level, ends=False)[:, None]  # chance to fall below today's level
        shape = self._shape_at(np.where(a < before, a, np.maximum(a - still, before)) / moving)
        found = self.middle[:, None] + self.spread[:, None] * shape
        stays = (a >= before) & (a <= before + still) & (still > 0.0)
        found = np.where(stays, self.level[:, None], found)
        bounded: Floats = np.fmin(np.fmax(found, self.floor[:, None]), self.ceiling[:, None])
        return np.where(np.isnan(self.level)[:, None], np.nan, bounded)

    def _below(self, bound: Floats, *, ends: bool) -> Floats:
        """Chance that a figure that moves ends below the bound, the bound itself counted if `ends`."""
        sure = self.spread <= 0.0
        with np.errstate(invalid="ignore"):
            z = (bound - self.middle) / np.where(sure, 1.0, self.spread)
        certain = (self.middle <= bound) if ends else (self.middle < bound)
        mirrored = 1.0 - shape_below(-z, self.errors, ends=not ends)
        return np.where(sure, certain, np.where(self.side > 0.0, shape_below(z, self.errors, ends=ends), mirrored))

    def _shape_at(self, levels: Floats) -> Floats:
        """The quantile function of Z, linear between its points."""
        from scipy.special import ndtri

        points = np.sort(np.concatenate([self.errors, ndtri(np.arange(1, 2000) / 2000.0)]))
        side = self.side[:, None]
        at = np.interp(np.where(side > 0.0, levels, 1.0 - levels), shape_below(points, self.errors, ends=True), points)
        return np.asarray(side * at, np.float64)


def outlook(histories: Histories, asked: Asked, options: DriftOptions | None = None) -> Outlook:
    """The distribution of each KPI at its day. `options.reference` is the class; EngineError where a row does not fit."""
    options = options or DriftOptions()
    if not histories.count == asked.way.size == asked.ahead.size == asked.floor.size == asked.ceiling.size:
        raise EngineError("Every history needs its way, days ahead, floor and ceiling.")
    if not np.all(asked.ahead >= 0.0) or np.any(asked.floor > asked.ceiling):
        raise EngineError("A day lies behind, or a floor above its ceiling.")
    moves = drifts(histories, asked.way, options)
    reference: ReferenceClass | None = options.reference
    ahead = asked.ahead
    return Outlook(
        level=moves.level,
        middle=moves.level + moves.mean_per_day * ahead,
        spread=np.sqrt((moves.mean_error * ahead) ** 2 + moves.noise_per_root_day**2 * ahead),
        still=np.zeros(ahead.size) if reference is None else np.where(ahead > 0.0, reference.still(ahead), 1.0),
        side=np.where(asked.way < 0.0, -1.0, 1.0),
        floor=np.where(np.isnan(asked.floor), -np.inf, asked.floor),
        ceiling=np.where(np.isnan(asked.ceiling), np.inf, asked.ceiling),
        points=moves.points,
        basis=moves.basis,
        errors=NO_ERRORS if reference is None else reference.errors,
    )


def shape_below(z: Floats, errors: Floats, *, ends: bool) -> Floats:
    """Chance that Z lies below z, z itself counted if `ends`.

    From n cases nobody can know of less than half a case in n + 1 (Krichevsky & Trofimov 1981), so that much lies beyond all of
    them on either side.
    """
    from scipy.special import ndtr  # here, so that commands that foretell nothing start fast

    if not errors.size:
        return np.asarray(ndtr(z), np.float64)
    seen = np.searchsorted(errors, z, side="right" if ends else "left")
    share = (seen + NORMAL_CASES * ndtr(z) + 0.5) / (errors.size + NORMAL_CASES + 1.0)
    return np.where(np.isinf(z), z > 0.0, share)
