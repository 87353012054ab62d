"""Back-tests, which need no database: `performance` on published targets, `capital` on a city's projects.

`calibration`, imported by its own name, reads what the organisation's own forecasts said.
"""

from goldenthread.evidence.queries.capital import CapitalBacktest, HorizonScore, capital_backtest
from goldenthread.evidence.queries.performance import PerformanceBacktest, RuleScore, performance_backtest

__all__ = [
    "CapitalBacktest",
    "HorizonScore",
    "PerformanceBacktest",
    "RuleScore",
    "capital_backtest",
    "performance_backtest",
]
