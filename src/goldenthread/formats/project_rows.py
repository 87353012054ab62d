"""Plain data of a project list: fields, rows, mapping and the list itself. No reading here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

# Field -> what its cells hold: "text", "date", "money", "rating" or "percent". The order is the order of offering.
FIELDS: dict[str, str] = {
    "reference": "text", "name": "text", "description": "text", "sponsor": "text", "manager": "text", "organisation": "text",
    "category": "text", "status": "text", "rating": "rating", "start": "date", "finish": "date", "baseline_finish": "date",
    "budget": "money", "forecast_cost": "money", "whole_life_cost": "money", "spend": "money", "currency": "text",
    "progress": "percent", "comment": "text", "reported_on": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """The columns (indices, best first) that fill a field, how sure 0 to 1, and why.

    The first column with a value wins; comments are joined.
    """

    columns: tuple[int, ...]
    confidence: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell or row to look at: where, which field, what is wrong, what was done."""

    place: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """An earlier report on the same project, from another row of the same file."""

    reported_on: dt.date
    rating: str | None
    status: str
    finish: dt.date | None
    budget: Decimal | None
    forecast_cost: Decimal | None
    place: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project. Amounts are in units of `currency` (scale applied), an ISO code, or None where unsaid or ambiguous.

    rating: one of values.RATING_STEPS. progress: per cent, 0 to 100. withheld: field -> the words found instead of a value.
    """

    place: str
    reference: str = ""
    name: str = ""
    description: str = ""
    sponsor: str = ""
    manager: str = ""
    organisation: str = ""
    category: str = ""
    status: str = ""
    rating: str | None = None
    start: dt.date | None = None
    finish: dt.date | None = None
    baseline_finish: dt.date | None = None
    budget: Decimal | None = None
    forecast_cost: Decimal | None = None
    whole_life_cost: Decimal | None = None
    spend: Decimal | None = None
    currency: str | None = None
    progress: Decimal | None = None
    comment: str = ""
    reported_on: dt.date | None = None
    withheld: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    history: tuple[HistoryPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectList:
    """projects in file order; problems; rows read before snapshots were folded; the mapping used."""

    projects: tuple[ProjectRow, ...]
    problems: tuple[Problem, ...]
    rows: int
    mapping: dict[str, Match]
    folded: int = 0

    @property
    def withheld(self) -> int:
        """Cells that hold words instead of a value, over all projects."""
        return sum(len(project.withheld) for project in self.projects)
