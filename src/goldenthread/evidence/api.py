"""What programs read of this room: expected results, and what each look at them found. Nothing is written here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from ninja import Path, Router
from pydantic import BaseModel

from goldenthread.evidence.models import ExpectedResult, ResultCheck
from goldenthread.evidence.queries import results as reads
from goldenthread.ui.programs import Id, Noun

FOUND = ("checked_on", "look", "state", "reason", "step_size", "low", "high", "sure", "before", "after")
ACCOUNT = ("observed", "by_itself", "attributed", "to_others", "remainder")

RESULTS = Noun(
    "expected-results",
    ExpectedResult,
    (
        "step", "project", "kpi", "low", "likely", "high", "unit", "lag_days", "ramp_days", "said_on", "registered_on",
        "registered_by", "looker", "finished_on", "begins_on", "look_on", "note", "withdrawn_at", "withdrawn_because",
    ),
    filters=("step", "project", "kpi", "looker", "look_on"),
    sorts=("look_on", "said_on"),
)  # fmt: skip

NOUNS = (RESULTS,)

router = Router()


class Look(BaseModel):
    """One look. The parts add up: by_itself + attributed + to_others + remainder = observed, in the KPI's unit."""

    checked_on: date
    look: int
    state: str
    reason: str
    step_size: float | None
    low: float | None
    high: float | None
    sure: float | None
    before: int
    after: int
    observed: float | None
    by_itself: float | None
    attributed: float | None
    to_others: float | None
    remainder: float | None


class LooksAnswer(BaseModel):
    """Where an expected result stands, and every look at it, oldest first."""

    id: int
    state: str
    words: str
    looks: list[Look]


@router.get(
    "/expected-results/{key}/looks",
    operation_id="expected_result_looks",
    summary="Read: what each look found",
    tags=["expected-results"],
    response=LooksAnswer,
)
def looks(request: Any, key: Path[Id]) -> dict[str, Any]:
    """What each look at an expected result found. Nothing is computed in the request."""
    row = reads.result(request.person, key)
    if row is None:
        raise Http404
    return {"id": key, "state": row.state, "words": row.words, "looks": [_look(check) for check in row.checks]}


def _look(check: ResultCheck) -> dict[str, Any]:
    return {name: getattr(check, name) for name in (*FOUND, *ACCOUNT)}
