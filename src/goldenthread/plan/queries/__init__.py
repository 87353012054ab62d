"""Reads of the business plan, one module a noun: the outline, forecasts, gaps."""

from goldenthread.plan.queries.forecasts import (
    explanation,
    forecast_of,
    latest_forecast,
    levers,
    objective_forecasts,
    stale_offices,
    target_fans,
)
from goldenthread.plan.queries.gaps import Gaps, gaps
from goldenthread.plan.queries.outline import PlanRow, contribution_sentence, office_of, plan_of, plan_rows

__all__ = [
    "Gaps",
    "PlanRow",
    "contribution_sentence",
    "explanation",
    "forecast_of",
    "gaps",
    "latest_forecast",
    "levers",
    "objective_forecasts",
    "office_of",
    "plan_of",
    "plan_rows",
    "stale_offices",
    "target_fans",
]
