"""Why the PMO exists, what it is to reach, what reaching it is worth, and from whose goals that comes."""

from goldenthread.purpose.models.aims import (
    Clause,
    Kpi,
    Mandate,
    Measurement,
    Objective,
    Office,
    Service,
    Strategy,
    StrategyPart,
    Target,
    ValueRate,
    of_secret_kpis,
    secret_kpis,
)
from goldenthread.purpose.models.cascade import Cascade, CascadeSignature, CascadeWord, MandateService, Side

__all__ = [
    "Cascade",
    "CascadeSignature",
    "CascadeWord",
    "Clause",
    "Kpi",
    "Mandate",
    "MandateService",
    "Measurement",
    "Objective",
    "Office",
    "Service",
    "Side",
    "Strategy",
    "StrategyPart",
    "Target",
    "ValueRate",
    "of_secret_kpis",
    "secret_kpis",
]
