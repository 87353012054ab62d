"""Reference class: which part of a claimed effect came true in finished cases, shrunk towards 1 where cases are few.

Case i claimed c_i and showed a change of y_i beyond drift, known to an error e_i. Its share q_i = y_i / c_i (held within -1..3) has
variance v_i = b^2 + (e_i / c_i)^2, where b is how much shares differ between cases. The belief before any case is normal around 1 with
standard deviation a, so with weights w_i = 1 / v_i
    mean = (1 / a^2 + sum(w_i q_i)) / (1 / a^2 + sum(w_i)),   sd = 1 / sqrt(1 / a^2 + sum(w_i))
and the mean is held within 0..1.5. It is a posterior mean of a normal model with a normal belief (conjugate, textbook).
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
    """Standard deviation of the belief before any case, and of shares between cases."""

    prior_sd: float = 0.5
    between_sd: float = 0.5


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

    claimed: chance times likely effect (KPI units, not 0); realised: change of the KPI beyond its drift, in the same units (shared out
    where several cases moved one KPI); error: standard error of `realised`, such as noise_per_root_day * sqrt(days). All (n,).
    """
    options = options or RealisedShareOptions()
    claim, shown, unsure = (np.asarray(column, np.float64).reshape(-1) for column in (claimed, realised, error))
    if not claim.size == shown.size == unsure.size:
        raise EngineError("Every claim needs a realised change and its error.")
    if claim.size and not all(np.all(np.isfinite(column)) for column in (claim, shown, unsure)):
        raise EngineError("A claim, a realised change or its error is not a number.")
    if np.any(claim == 0.0) or np.any(unsure < 0.0):
        raise EngineError("A claim of zero has no share, and an error cannot be negative.")
    belief = 1.0 / options.prior_sd**2
    share = np.clip(shown / claim, -1.0, 3.0) if claim.size else np.zeros(0)
    weight = 1.0 / (options.between_sd**2 + (unsure / claim) ** 2) if claim.size else np.zeros(0)
    precision = belief + float(weight.sum())
    mean = (belief + float((weight * share).sum())) / precision
    return RealisedShare(
        mean=min(max(mean, LOW), HIGH),
        sd=1.0 / math.sqrt(precision),
        cases=int(claim.size),
        observed=float(share.mean()) if claim.size else math.nan,
    )
