"""Reads of this room, by noun: mandates, services, objectives, KPIs, the past, the library. Used as `queries.kpis(...)`."""

from goldenthread.purpose.progress import NEXT_FIGURE, is_reached
from goldenthread.purpose.queries.cascades import CascadeState, signed_by_both
from goldenthread.purpose.queries.kept_strategies import strategies
from goldenthread.purpose.queries.kpis import (
    KpiRow,
    LateFigure,
    comparable,
    kpi_rows,
    kpis,
    limits_in_words,
    measurements,
    overdue_measurements,
    series,
    signed_rates,
    targets_on,
    value_rates,
)
from goldenthread.purpose.queries.library import Template, objective_library, template_named
from goldenthread.purpose.queries.mandates import (
    citable_clauses,
    clauses,
    in_force,
    mandate_in_force,
    mandates,
    named_services,
    objectives_without_mandate,
    offices,
)
from goldenthread.purpose.queries.objective_page import ObjectivePage, objective_page
from goldenthread.purpose.queries.objectives import (
    ObjectiveRow,
    TargetView,
    attainment_of,
    missing_for_approval,
    objective_rows,
    objectives,
    required_targets_not_reached,
    with_figures,
)
from goldenthread.purpose.queries.office_page import OfficeRow, office_changes, office_rows
from goldenthread.purpose.queries.past import Change, objective_changes
from goldenthread.purpose.queries.services import Catalogue, catalogue
from goldenthread.purpose.queries.strategy_export import live_plan
from goldenthread.purpose.queries.strategy_page import StrategyPage, source_of, strategy_page
from goldenthread.purpose.queries.transition import Comparison, TouchedRow, comparison
from goldenthread.purpose.queries.transition_picture import HEADS, Picture, picture

__all__ = [
    "HEADS",
    "NEXT_FIGURE",
    "CascadeState",
    "Catalogue",
    "Change",
    "Comparison",
    "KpiRow",
    "LateFigure",
    "ObjectivePage",
    "ObjectiveRow",
    "OfficeRow",
    "Picture",
    "StrategyPage",
    "TargetView",
    "Template",
    "TouchedRow",
    "attainment_of",
    "catalogue",
    "citable_clauses",
    "clauses",
    "comparable",
    "comparison",
    "in_force",
    "is_reached",
    "kpi_rows",
    "kpis",
    "limits_in_words",
    "live_plan",
    "mandate_in_force",
    "mandates",
    "measurements",
    "missing_for_approval",
    "named_services",
    "objective_changes",
    "objective_library",
    "objective_page",
    "objective_rows",
    "objectives",
    "objectives_without_mandate",
    "office_changes",
    "office_rows",
    "offices",
    "overdue_measurements",
    "picture",
    "required_targets_not_reached",
    "series",
    "signed_by_both",
    "signed_rates",
    "source_of",
    "strategies",
    "strategy_page",
    "targets_on",
    "template_named",
    "value_rates",
    "with_figures",
]
