"""In which currency and size a list gives its money, where it does not say so: guesses that a page shows to be confirmed."""

from __future__ import annotations

import math
from statistics import median

from goldenthread.formats.project_lists import ProjectFile
from goldenthread.formats.tables import Column
from goldenthread.kit.money import exponent
from goldenthread.projects.models import Project

SMALLEST_BUDGET = 10_000  # in units: half of a list's projects are rarely below
POWERS = (3, 6, 9)
NEAR = 1.2  # powers of ten by which two portfolios of one organisation may differ
DOLLARS = frozenset({"AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"})
MOST_COMPARED = 5_000


def currency_stated(reading: ProjectFile, own: str) -> str:
    """What the columns of money say; a bare $ is the organisation's own dollar, else the US one; else its own currency."""
    said = [column.currency for column in _money(reading) if column.currency]
    code = next((text for text in said if len(text) == 3), "")
    if code or "$" not in said:
        return code or own
    return own if own in DOLLARS else "USD"


def is_dollar_sign_alone(reading: ProjectFile) -> bool:
    """Whether a list marks its money by $ and nowhere says whose."""
    said = [column.currency for column in _money(reading) if column.currency]
    return "$" in said and not any(len(text) == 3 for text in said)


def looks_small(reading: ProjectFile) -> bool:
    """Whether half of the budgets are below 10,000 units: projects rarely are, so the list is kept in thousands or millions."""
    return 0 < _typical(reading) < SMALLEST_BUDGET


def typical_budget(currency: str) -> float:
    """The middle budget of the known projects in a currency, in units; 0 where none is known."""
    known = Project.objects.filter(budget_minor__gt=0, currency=currency, is_confidential=False).order_by("-id")
    amounts = [float(minor or 0) for minor in known.values_list("budget_minor", flat=True)[:MOST_COMPARED]]
    return median(amounts) / 10 ** exponent(currency) if amounts else 0.0


def suggested_power(reading: ProjectFile, known: float) -> int | None:
    """Thousands (3), millions (6) or billions (9): as the budgets known have it, else as other columns of the list say."""
    listed = _typical(reading)
    if known > 0 and listed > 0:
        return next((power for power in POWERS if abs(math.log10(known / listed) - power) <= NEAR), None)
    stated = {column.power for column in _money(reading) if column.power}
    return stated.pop() if len(stated) == 1 else None


def _typical(reading: ProjectFile) -> float:
    budgets = [amount for row in reading.projects.projects for amount in (row.budget or row.whole_life_cost,) if amount]
    return float(median(budgets)) if budgets else 0.0


def _money(reading: ProjectFile) -> list[Column]:
    return [column for column in reading.detected.table.columns if column.kind == "money"]
