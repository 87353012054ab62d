"""Reads of the business plan, one module a noun: the outline, forecasts and their explanations, gaps."""

from goldenthread.plan.queries.explanations import explanation, may_explain, shown_to
from goldenthread.plan.queries.forecasts import (
    NAMELESS,
    basis_of,
    changes_since,
    drift_rows,
    effect_row,
    forecasts_of,
    latest_forecast,
    levers,
    objective_forecasts,
    objectives_that_rank,
    stale_offices,
    target_fans,
    with_shown,
)
from goldenthread.plan.queries.gaps import Gaps, gaps
from goldenthread.plan.queries.outline import (
    PlanRow,
    contribution_sentence,
    named,
    named_plan,
    office_of,
    offices_of,
    plan_of,
    plan_rows,
    plans_of,
)
from goldenthread.plan.queries.step_page import StepPage, step_page

__all__ = [
    "NAMELESS",
    "Gaps",
    "PlanRow",
    "StepPage",
    "basis_of",
    "changes_since",
    "contribution_sentence",
    "drift_rows",
    "effect_row",
    "explanation",
    "forecasts_of",
    "gaps",
    "latest_forecast",
    "levers",
    "may_explain",
    "named",
    "named_plan",
    "objective_forecasts",
    "objectives_that_rank",
    "office_of",
    "offices_of",
    "plan_of",
    "plan_rows",
    "plans_of",
    "shown_to",
    "stale_offices",
    "step_page",
    "target_fans",
    "with_shown",
]
