"""Steps in the level of one series, with trend and noise that may remember itself: an interrupted time series.

    y_i = a + b t_i + sum_j d_j x_j(t_i) + e_i,   corr(e_i, e_k) = r^(|t_i - t_k| / g),   g the median gap between figures
where x_j rises from 0 to 1 (Box & Tiao 1975; Wagner et al. 2002). For each r the rest follows from generalised least squares;
r itself is not chosen but averaged over, weighted by the restricted likelihood (Patterson & Thompson 1971; Berger, De Oliveira
& Sanso 2001), with X the columns and m = n - p degrees of freedom:
    w(r) ~ p(r) |V|^(-1/2) |X' V^-1 X|^(-1/2) RSS(r)^(-m/2),   d_j given r: Student with m degrees of freedom
so that few figures, which cannot tell noise with a memory from a step, give wide ranges. Near r = 1 the noise is a random walk.
The belief p(r) before looking is (1 - r)^(-1/2), sixteenfold in the lowest cell, chosen on simulated worlds so that ranges hold
what they say with and without memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Floats = npt.NDArray[np.float64]
MEMORIES = (np.arange(24) + 0.5) / 24  # values of r
BELIEFS = np.where(np.arange(24) == 0, 16.0, 1.0) / np.sqrt(1.0 - MEMORIES)  # one in four has no memory to speak of
FEWEST_FREE = 3  # degrees of freedom
BISECTIONS = 48


@dataclass(frozen=True, eq=False)
class LevelSteps:
    """The steps d (k,) as mixtures of Student distributions over r (m,): middles and errors (m, k), weights (m,).

    slope: trend a day (mean); freedom: n - p.
    """

    middles: Floats
    errors: Floats
    weights: Floats
    freedom: int
    slope: float

    @property
    def mean(self) -> Floats:
        """The mean of each step, (k,)."""
        return np.asarray(self.weights @ self.middles)

    def below(self, values: Floats) -> Floats:
        """The probability that each step is smaller than its value, (k,)."""
        from scipy.special import stdtr

        return np.asarray(self.weights @ stdtr(self.freedom, (values[None, :] - self.middles) / self.errors))

    def quantiles(self, levels: tuple[float, ...]) -> Floats:
        """The values below which each step lies with these probabilities, (levels, k), by bisection."""
        from scipy.special import stdtr

        low, high = (np.tile(end, (len(levels), 1, 1)) for end in self._ends())
        wanted = np.array(levels)[:, None]
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            shares = stdtr(self.freedom, (middle - self.middles) / self.errors)
            under = (np.einsum("m,lmk->lk", self.weights, shares) < wanted)[:, None, :]
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return np.asarray(0.5 * (low + high)[:, 0, :])

    def _ends(self) -> tuple[Floats, Floats]:
        """Values (1, k) between which each step surely lies."""
        reach = 100.0 * self.errors.max(axis=0, keepdims=True)
        return self.middles.min(axis=0, keepdims=True) - reach, self.middles.max(axis=0, keepdims=True) + reach


def level_steps(days: Floats, values: Floats, shapes: Floats, grain: float = 0.0) -> LevelSteps | None:
    """Steps from distinct ascending days (n,), values (n,) and shapes x (n, k); None where they cannot be told apart.

    grain: the smallest difference that the figures can show; what is lost by rounding counts as noise.
    """
    if values.shape != days.shape or shapes.shape[:1] != days.shape:
        raise EngineError("Every value needs its day and its shapes.")
    columns = np.column_stack([np.ones(days.size), days - days.mean(), shapes])
    size = np.linalg.norm(columns, axis=0)
    freedom = days.size - columns.shape[1]
    if freedom < FEWEST_FREE or np.any(size == 0.0) or np.linalg.cond(columns / size) > 1e6:
        return None
    apart = np.abs(days[:, None] - days[None, :]) / float(np.median(np.diff(days)))
    least = freedom * (grain * grain / 12.0 + (1e-9 * float(np.abs(values).max())) ** 2 + 1e-300)
    found, errors, logs = _fits(columns, values, MEMORIES[:, None, None] ** apart, least)
    weights = BELIEFS * np.exp(logs - logs.max())
    weights /= weights.sum()
    return LevelSteps(found[:, 2:], errors[:, 2:], weights, freedom, float(weights @ found[:, 1]))


def _fits(columns: Floats, values: Floats, v: Floats, least: float) -> tuple[Floats, Floats, Floats]:
    """Coefficients (m, p), their errors (m, p) and the logarithms of the weights (m,), for correlations v (m, n, n)."""
    root = np.linalg.cholesky(v)
    both = np.linalg.solve(root, np.broadcast_to(np.column_stack([columns, values]), (len(v), values.size, columns.shape[1] + 1)))
    x, y = both[:, :, :-1], both[:, :, -1:]
    q, upper = np.linalg.qr(x)
    inverse = np.linalg.inv(upper)
    found = inverse @ (np.swapaxes(q, 1, 2) @ y)
    squares = np.sum((y - x @ found) ** 2, axis=(1, 2)) + least
    freedom = values.size - columns.shape[1]
    errors = np.sqrt(squares[:, None] / freedom * np.sum(inverse * inverse, axis=2))
    halves = [np.log(np.abs(np.diagonal(part, axis1=1, axis2=2))).sum(axis=1) for part in (root, upper)]
    return found[:, :, 0], errors, -halves[0] - halves[1] - 0.5 * freedom * np.log(squares)
