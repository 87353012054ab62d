"""Back-tests: `performance` on the targets of Performance.gov, `capital` on a city's capital projects."""

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
