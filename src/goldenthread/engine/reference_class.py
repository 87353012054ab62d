"""How the figures of other targets went, as a class to which the forecast of one target is drawn while its own points are few.

Everything is in "ways" (from baseline to target, signed), so that a rate of hospital beds can teach about one of percentages.
Learnt from closed cases (a history, how far ahead was asked, what came):
    rate      a day: the median of the cases' own rates; rate_sd their robust spread (1.4826 times the median absolute
              deviation), less the part that their own noise makes
    noise     a root day: the median over cases of sqrt(rest / median of chi^2 with its freedom)
    stayed    which cases had not moved at all when their day came: figures that nobody touches are common
    errors    of those that moved: (outcome - foretold) / foretold spread, each case foretold by the same rule as a new target
    width     how much wider than foretold the middle 80 % of all errors is; error and noise are widened by it, errors told in it
Robust because starts of 0 and targets of 1 make some ways absurdly short. The rule, for own rate r over a span T with n steps
(conjugate normal model, as `drift` with another belief before looking):
    s^2 = (k noise^2 + rest) / (k + n - 1),  k = 2 assumed steps
    w = 1 / (1 + s^2 / (T rate_sd^2)),  mean = w r + (1 - w) rate,  error^2 = (1 - w) rate_sd^2
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.histories import Histories, Steps, steps_of

Floats = npt.NDArray[np.float64]

LEAST_SPREAD = 0.01 / 365.0  # of the way, a day: however equal the cases were, the next one may differ
LEAST_NOISE = 0.01 / 365.0**0.5
ASSUMED_NOISE = 0.25 / 365.0**0.5  # where no case has the three points that tell noise from rate
WIDTH_CASES = 10.0
NORMAL_90 = 1.2815515655446004  # the normal 90 % point
HORIZON_STEP = 0.05  # logs of days: horizons nearer to each other than 5 % are one


@dataclass(frozen=True)
class ReferenceOptions:
    """What is assumed: the k of the formula, and how near two horizons must be (in logs) to teach each other how many stay."""

    assumed_steps: float = 2.0
    horizon_bandwidth: float = 0.5


@dataclass(frozen=True, eq=False)
class Cases:
    """Closed cases: what was known of each, its way (n,) from baseline to target, days ahead (n,) > 0, and the outcome (n,)."""

    histories: Histories
    way: Floats
    ahead: Floats
    outcome: Floats


@dataclass(frozen=True, eq=False)
class ReferenceClass:
    """What was learnt, in ways and days; errors ascending, ahead and stayed (n,) of all cases."""

    rate: float
    rate_sd: float
    noise: float
    width: float
    errors: Floats
    ahead: Floats
    stayed: npt.NDArray[np.bool_]
    options: ReferenceOptions

    @property
    def cases(self) -> int:
        return int(self.stayed.size)

    def still(self, ahead: Floats) -> Floats:
        """Chance that a figure has not moved at all after so many days: cases of a like horizon, and three assumed, one still.

        Beyond the shortest and the longest horizon of the class it is that of the end.
        """
        known, place = np.unique(np.round(np.log(self.ahead) / HORIZON_STEP), return_inverse=True)
        asked = np.clip(np.log(np.maximum(ahead, 1e-9)) / HORIZON_STEP, known[0], known[-1])
        near = np.exp(-0.5 * ((asked[:, None] - known[None, :]) * HORIZON_STEP / self.options.horizon_bandwidth) ** 2)
        share: Floats = (near @ np.bincount(place, self.stayed) + 1.0) / (near @ np.bincount(place) + 3.0)
        return share


def reference_class(cases: Cases, options: ReferenceOptions | None = None) -> ReferenceClass:
    """Learn the class; EngineError where a way is zero, a day is not ahead, a history has no point or there is no case."""
    options = options or ReferenceOptions()
    steps = steps_of(cases.histories)
    if not steps.points.size or not steps.points.size == cases.way.size == cases.ahead.size == cases.outcome.size:
        raise EngineError("A reference class needs cases, each with a history, a way, days ahead and an outcome.")
    sound = np.isfinite(cases.way) & (cases.way != 0.0) & (cases.ahead > 0.0) & np.isfinite(cases.outcome) & (steps.points > 0)
    if not sound.all():
        raise EngineError(
            f"Case {int(np.argmin(sound))} of the reference class has no point, no way, no day ahead or no outcome."
        )
    rates = (steps.rate / cases.way)[steps.points > 1]
    rate = float(np.median(rates)) if rates.size else 0.0
    noise = max(_noise(steps, cases.way), LEAST_NOISE)
    rate_sd = max(_between(rates, noise, steps.span[steps.points > 1]), LEAST_SPREAD)
    stayed = cases.outcome == steps.level
    learnt = ReferenceClass(rate, rate_sd, noise, 1.0, np.zeros(0), cases.ahead, stayed, options)
    mean, error, wobble = believed(steps, cases.way, learnt)
    spread = np.sqrt((error * cases.ahead) ** 2 + wobble**2 * cases.ahead)
    errors = np.sign(cases.way) * (cases.outcome - steps.level - mean * cases.ahead) / spread
    width = _width(errors)
    return ReferenceClass(rate, rate_sd, noise, width, np.sort(errors[~stayed] / width), cases.ahead, stayed, options)


def believed(steps: Steps, way: Floats, reference: ReferenceClass) -> tuple[Floats, Floats, Floats]:
    """Mean rate a day, its error, and noise a root day of each row, in its own unit: its own steps drawn to the class."""
    size = np.abs(way)
    assumed = reference.options.assumed_steps
    freedom = assumed + np.maximum(steps.points - 2, 0)
    variance = (assumed * (reference.noise * size) ** 2 + steps.rest) / freedom
    own = steps.span * (reference.rate_sd * size) ** 2
    weight = own / (own + variance)
    mean: Floats = weight * steps.rate + (1.0 - weight) * reference.rate * way
    width = reference.width
    return mean, width * np.sqrt(1.0 - weight) * reference.rate_sd * size, width * np.sqrt(variance)


def _between(rates: Floats, noise: float, spans: Floats) -> float:
    """How much true rates differ: the robust spread of the rates seen, less what their own noise makes of it; at least half."""
    if not rates.size:
        return 0.0
    seen = 1.4826 * float(np.median(np.abs(rates - np.median(rates))))
    own = noise * noise * float(np.median(1.0 / spans))
    return math.sqrt(max(seen * seen - own, 0.25 * seen * seen))


def _width(errors: Floats) -> float:
    """Middle 80 % of the errors over that of the normal, drawn to 1 with the weight of ten cases."""
    if errors.size < 2:
        return 1.0
    low, high = np.quantile(errors, [0.1, 0.9])
    seen = float(high - low) / (2.0 * NORMAL_90)
    return (errors.size * seen + WIDTH_CASES) / (errors.size + WIDTH_CASES)


def _noise(steps: Steps, way: Floats) -> float:
    """Median noise a root day, in ways; the median of chi^2 with f degrees of freedom is about f (1 - 2 / (9 f))^3."""
    several = steps.points > 2
    if not several.any():
        return ASSUMED_NOISE
    freedom = steps.points[several] - 2.0
    middle = freedom * (1.0 - 2.0 / (9.0 * freedom)) ** 3
    return float(np.median(np.sqrt(steps.rest[several] / middle) / np.abs(way[several])))
