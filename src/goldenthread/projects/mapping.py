"""Rows of a project list <-> fields of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies

from goldenthread.formats.project_rows import Match, ProjectRow
from goldenthread.formats.tables import Table
from goldenthread.kit.money import BIGGEST, exponent
from goldenthread.projects.models import Project

TEXTS = {
    "reference": ("reference", 60),
    "name": ("name", 300),
    "description": ("description", 8000),
    "category": ("category", 120),
    "organisation": ("department", 200),
    "sponsor": ("sponsor_name", 120),
    "manager": ("manager_name", 120),
}
DATES = {"start": "starts_on", "finish": "finishes_on", "baseline_finish": "baseline_finish"}
MONEY = {"budget": "budget_minor", "forecast_cost": "forecast_minor", "spend": "spent_minor"}
COMMENT = 8000
NOT_KEPT = {
    "whole_life_cost": "the cost over the whole life is not kept beside a budget",
    "progress": "the progress of a project comes from its steps",
}
RATINGS = {
    step: Project.Rating(step.replace("-", "_").upper()).value for step in ("green", "amber-green", "amber", "amber-red", "red")
}
STATES = (
    (Project.State.CANCELLED, r"cancel|terminat|abandon|withdrawn|stopped|rejected"),
    (Project.State.CLOSED, r"\bclosed|complete|finish|delivered|\bdone\b|in service|closeout|close-out"),
    (Project.State.ON_HOLD, r"hold|paus|suspend|on ice|deferred|postponed"),
    (Project.State.PROPOSED, r"propos|pipeline|planned|\bidea|concept|\bnot started|pending|draft|requested"),
    (Project.State.RUNNING, r"running|active|progress|execut|ongoing|design|construct|procure|implement|deliver|track|initiat"),
)


@dataclass(frozen=True)
class ListedProject:
    """What one row says in the fields of a project. `values` holds only what the row states; `withheld` words per field."""

    row: int
    place: str
    values: dict[str, Any]
    withheld: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    comment: str = ""
    reported_on: Any = None
    history: tuple[Any, ...] = ()


def listed_project(index: int, row: ProjectRow, currency: str, *, whole_life: bool = False) -> ListedProject:
    """Read one row into the fields of a project. `currency` is used where the list names none.

    `whole_life`: the list has no budget of its own, so that the cost over the whole life is the budget.
    """
    values: dict[str, Any] = {}
    withheld = {
        DATES.get(k) or MONEY.get(k) or ("budget_minor" if k == "whole_life_cost" else k): v[:500]
        for k, v in row.withheld.items()
    }
    problems = list(row.problems)
    for name, (target, longest) in TEXTS.items():
        text = " ".join(getattr(row, name).split()) if name != "description" else getattr(row, name).strip()
        if len(text) > longest:
            problems.append(f"The {name} has {len(text)} characters; the first {longest} were kept.")
        if text:
            values[target] = text[:longest]
    values |= {target: found for name, target in DATES.items() if (found := getattr(row, name)) is not None}
    _keep_order(values, withheld)
    if row.rating is not None:
        values["rating"] = RATINGS[row.rating]
    state = state_of(row.status)
    if state:
        values["state"] = state
    elif row.status:
        problems.append(f"“{row.status[:80]}” is no state that is known here; the state is not set.")
    if len(row.comment.strip()) > COMMENT:
        problems.append(f"The comments have {len(row.comment.strip())} characters; the first {COMMENT} were kept.")
    _add_money(row, values, withheld, currency, whole_life=whole_life)
    return ListedProject(
        index, row.place, values, withheld, tuple(problems), row.comment.strip()[:COMMENT], row.reported_on, row.history
    )


def columns_left_out(table: Table, mapping: Mapping[str, Match]) -> list[tuple[str, str, str]]:
    """Columns of which nothing is kept, as (place, why, how much): those no field takes, and fields a project does not have."""
    fields = {column: name for name, match in mapping.items() for column in match.columns}
    told = []
    for column in table.columns:
        why = NOT_KEPT.get(fields.get(column.index, ""), "" if column.index in fields else "no field takes this column")
        if fields.get(column.index) == "whole_life_cost" and "budget" not in mapping:
            why = ""
        if why and column.filled:
            told.append((f"column {column.name}"[:160], why, f"{column.filled} filled cells left out"))
    return told


def _keep_order(values: dict[str, Any], withheld: dict[str, str]) -> None:
    start, finish = values.get("starts_on"), values.get("finishes_on")
    if start is not None and finish is not None and finish < start:
        withheld["finishes_on"] = f"{values.pop('finishes_on')} lies before the start"


def _add_money(row: ProjectRow, values: dict[str, Any], withheld: dict[str, str], currency: str, *, whole_life: bool) -> None:
    code = row.currency if row.currency in list_currencies() else currency
    amounts = {target: getattr(row, name) for name, target in MONEY.items()}
    if whole_life:
        amounts["budget_minor"] = row.whole_life_cost
    for target, amount in amounts.items():
        if amount is None:
            continue
        minor = minor_units(amount, code)
        if minor is None or (minor < 0 and target != "forecast_minor"):
            withheld[target] = str(amount)
            continue
        values[target] = minor
        values["currency"] = code


def minor_units(amount: Decimal, currency: str) -> int | None:
    """An amount in minor units, or None where it is too large to be one."""
    if not amount.is_finite() or amount.adjusted() > 17:
        return None
    minor = int((amount * (10 ** exponent(currency))).to_integral_value())
    return minor if abs(minor) <= BIGGEST else None


def state_of(text: str) -> str:
    """The state that a word of a list stands for; empty where it says nothing known."""
    plain = text.casefold()
    return next((state.value for state, words in STATES if plain and re.search(words, plain)), "")
