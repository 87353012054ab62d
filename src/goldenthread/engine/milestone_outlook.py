"""When a milestone without figures will be done, from how long others took: a hazard, constant in time and unsure itself.

Belief about the rate of being done, a day: Gamma(1, 365), one milestone a year of waiting, before looking. Each finished one of
the class adds 1 to the first number; every day waited for any of them, finished or not, adds 1 to the second, and so do the days
that the milestone itself has waited (a conjugate model for censored waits: Gelman et al., Bayesian Data Analysis, 2.7). With A
and B after that, the wait from now has the Lomax distribution
    P(done within h days) = 1 - (B / (B + h))^A
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Floats


@dataclass(frozen=True)
class MilestoneOptions:
    """The belief before looking: so many milestones done in so many days of waiting."""

    assumed_done: float = 1.0
    assumed_days: float = 365.0


@dataclass(frozen=True, eq=False)
class DoneOrNot:
    """The figure of a milestone on some days: 1 with these chances (n,), else 0. Asked in the same way as an `Outlook`."""

    done: Floats

    def chance(self, low: Floats, high: Floats) -> Floats:
        """Chance (n,) to stand from low to high, ends counted."""
        return np.asarray(self.done * ((low <= 1.0) & (high >= 1.0)) + (1.0 - self.done) * ((low <= 0.0) & (high >= 0.0)))

    def quantiles(self, levels: npt.ArrayLike) -> Floats:
        """Quantiles (n, k) at levels (k,) between 0 and 1."""
        return np.asarray(np.asarray(levels, np.float64).reshape(1, -1) > 1.0 - self.done[:, None], np.float64)


@dataclass(frozen=True, eq=False)
class MilestoneOutlook:
    """A (one number), B (n,) of the formula, and how many finished cases it rests on."""

    done: float
    days: Floats
    cases: int

    def chance(self, ahead: npt.ArrayLike) -> Floats:
        """Chance (n,) to be done within so many days (n,)."""
        h = np.maximum(np.asarray(ahead, np.float64), 0.0)
        return np.asarray(-np.expm1(-self.done * np.log1p(h / self.days)), np.float64)

    def figure(self, ahead: npt.ArrayLike) -> DoneOrNot:
        """The milestone's figure after so many days (n,)."""
        return DoneOrNot(self.chance(ahead))

    def quantiles(self, levels: npt.ArrayLike) -> Floats:
        """Days (n, k) within which it is done with chances (k,) below 1."""
        a = np.asarray(levels, np.float64).reshape(1, -1)
        return np.asarray(self.days[:, None] * np.expm1(-np.log1p(-a) / self.done), np.float64)


def milestone_outlook(
    waited: npt.ArrayLike, class_waits: npt.ArrayLike, class_done: npt.ArrayLike, options: MilestoneOptions | None = None
) -> MilestoneOutlook:
    """Outlook of open milestones that have waited so many days (n,), from the class's waits (m,) and which were done (m,)."""
    options = options or MilestoneOptions()
    own, waits = np.asarray(waited, np.float64).reshape(-1), np.asarray(class_waits, np.float64).reshape(-1)
    done = np.asarray(class_done, np.bool_).reshape(-1)
    if done.size != waits.size or not (np.all(own >= 0.0) and np.all(waits >= 0.0)):
        raise EngineError("Every milestone needs its wait in days, none below zero, and of a class whether it was done.")
    return MilestoneOutlook(
        done=options.assumed_done + float(done.sum()), days=options.assumed_days + float(waits.sum()) + own, cases=int(done.sum())
    )
