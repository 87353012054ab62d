"""One statistical model fitted to each series on its own, as statsmodels offers it. Runs under the peers' own Python.

Reads {"series": [[value or null, ...], ...], "ahead": [steps, ...], "levels": [...], "model": name} from standard input, writes
{"quantiles": [[...], ...], "seconds": s, "failed": n, "version": v}. A series that cannot be fitted gets its last value.
"""

import json
import statistics
import sys
import time
import warnings

import numpy as np
import statsmodels
from statsmodels.tsa.statespace.structural import UnobservedComponents


def foretold(series: list[float | None], ahead: int, levels: list[float], model: str) -> list[float] | None:
    """Quantiles of the value so many steps ahead; None where the fit fails."""
    values = np.array([np.nan if v is None else v for v in series], float)
    scale = np.nanmax(np.abs(values)) or 1.0
    try:
        fit = UnobservedComponents(values / scale, model).fit(disp=False)
        seen = fit.get_forecast(ahead)
        middle, spread = float(seen.predicted_mean[-1]), float(seen.se_mean[-1])
    except (ValueError, np.linalg.LinAlgError, IndexError):
        return None
    if not np.isfinite(middle + spread):
        return None
    return [scale * (middle + spread * statistics.NormalDist().inv_cdf(level)) for level in levels]


def main() -> None:
    """Fit one after the other."""
    asked = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    foretold([1.0, 2.0, 2.5, 4.0], 1, [0.5], asked["model"])  # what is imported and compiled at first use is nobody's time
    begun = time.perf_counter()
    found = [foretold(s, a, asked["levels"], asked["model"]) for s, a in zip(asked["series"], asked["ahead"], strict=True)]
    taken = time.perf_counter() - begun
    last = [[v for v in series if v is not None][-1] for series in asked["series"]]
    quantiles = [row or [end] * len(asked["levels"]) for row, end in zip(found, last, strict=True)]
    answer = {"quantiles": quantiles, "seconds": taken, "failed": found.count(None), "version": statsmodels.__version__}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
