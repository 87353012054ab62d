"""Reference class: which part of a claimed effect came true in finished cases, as a factor for new claims.

Case i claimed c_i and showed a change of y_i beyond drift, known to an error e_i. Its share q_i = y_i / c_i (held within -3..3)
has variance v_i = b^2 + (e_i / c_i)^2, where b is how much shares differ between cases. The weighted mean q = sum(q_i / v_i) *
s^2 has variance s^2 = 1 / sum(1 / v_i). Belief before any case: with probability 1 - z shares lie around 1 (normal, standard
deviation a); with probability z work of this kind moves nothing. Bayes' rule then gives
    odds of the first = (1 - z) N(q; 1, a^2 + s^2) : z N(q; 0, s^2)
    mean = P(first) * m,  m = (1 / a^2 + q / s^2) / (1 / a^2 + 1 / s^2), held within 0..1.5
so few or noisy cases leave a claim nearly as it is, and many cases without effect take it away. With no case at all the factor
is 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

LOW, HIGH = 0.0, 1.5


@dataclass(frozen=True)
class RealisedShareOptions:
    """The a, b and z of the formula.

    Spread of the belief around 1, spread of shares between cases, probability of no effect at all.
    """

    prior_sd: float = 0.5
    between_sd: float = 0.5
    nothing: float = 0.25


@dataclass(frozen=True)
class RealisedShare:
    """The factor for new claims (mean and standard deviation), from how many cases, and the plain mean share of those cases."""

    mean: float
    sd: float
    cases: int
    observed: float


def realised_share(
    claimed: npt.ArrayLike, realised: npt.ArrayLike, error: npt.ArrayLike, options: RealisedShareOptions | None = None
) -> RealisedShare:
    """The factor from finished contributions whose lag and ramp have passed.

    claimed: chance times likely effect (KPI units, not 0); realised: change of the KPI beyond its drift, in the same units
    (shared out where several cases moved one KPI); error: standard error of `realised`, such as noise_per_root_day *
    sqrt(days). All (n,).
    """
    options = options or RealisedShareOptions()
    claim, shown, unsure = (np.asarray(column, np.float64).reshape(-1) for column in (claimed, realised, error))
    if not claim.size == shown.size == unsure.size:
        raise EngineError("Every claim needs a realised change and its error.")
    if not all(np.all(np.isfinite(column)) for column in (claim, shown, unsure)):
        raise EngineError("A claim, a realised change or its error is not a number.")
    if np.any(claim == 0.0) or np.any(unsure < 0.0):
        raise EngineError("A claim of zero has no share, and an error cannot be negative.")
    if not claim.size:
        return RealisedShare(1.0, options.prior_sd, 0, math.nan)
    share = np.clip(shown / claim, -3.0, 3.0)
    weight = 1.0 / (options.between_sd**2 + (unsure / claim) ** 2)
    mean, sd = _posterior(float(weight @ share / weight.sum()), 1.0 / float(weight.sum()), options)
    return RealisedShare(mean=mean, sd=sd, cases=int(claim.size), observed=float(share.mean()))


def _posterior(q: float, variance: float, options: RealisedShareOptions) -> tuple[float, float]:
    """Mean and standard deviation of the share after seeing the weighted mean q with this variance."""
    belief = options.prior_sd**2
    some = math.log1p(-options.nothing) - 0.5 * math.log(belief + variance) - 0.5 * (q - 1.0) ** 2 / (belief + variance)
    nothing = (
        math.log(options.nothing) - 0.5 * math.log(variance) - 0.5 * q * q / variance if options.nothing > 0.0 else -math.inf
    )
    probability = 1.0 / (1.0 + math.exp(min(nothing - some, 700.0)))
    precision = 1.0 / belief + 1.0 / variance
    around = min(max((1.0 / belief + q / variance) / precision, LOW), HIGH)
    mean = probability * around
    return mean, math.sqrt(probability * (1.0 / precision + around * around) - mean * mean)
