"""The organisation's own `calibration`; back-tests: `performance` on published targets, `capital` on a city's projects."""

from goldenthread.evidence.queries.calibration import ENOUGH, Calibration, calibration, next_due
from goldenthread.evidence.queries.capital import CapitalBacktest, HorizonScore, capital_backtest
from goldenthread.evidence.queries.performance import PerformanceBacktest, RuleScore, performance_backtest

__all__ = [
    "ENOUGH",
    "Calibration",
    "CapitalBacktest",
    "HorizonScore",
    "PerformanceBacktest",
    "RuleScore",
    "calibration",
    "capital_backtest",
    "next_due",
    "performance_backtest",
]
