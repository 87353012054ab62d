"""Cells of the tables of a plan: ids, hours and words, and the plan that a new row belongs to."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.formats.records import Field
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Step
from goldenthread.workspace.queries.records import Row

KEY = (Field("id", "id"), Field("version", "integer"))
HOUR = 60


def found(rows: Any, row: Row, name: str) -> Any:
    """The stored row that a line names; 404 where there is none that the person may see."""
    key = str(row[name])
    stored = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if stored is None:
        raise Http404
    return stored


def text(row: Row, name: str) -> str:
    """A cell of words, empty where it has none."""
    return (row.get(name) or "").strip()


def hours(minutes: int | None) -> float | int | None:
    """Minutes as hours."""
    if minutes is None:
        return None
    return minutes // HOUR if minutes % HOUR == 0 else minutes / HOUR


def minutes(value: Any) -> int | None:
    """Hours as minutes."""
    return None if value is None else round(float(value) * HOUR)


def plan_of(row: Row, by: Person, parent: Step | None) -> BusinessPlan:
    """The plan of a new row: that of the step above it, the one named, else the only one the person may change."""
    if parent is not None:
        return parent.plan
    plans = visible(BusinessPlan.objects.select_related("office", "schedule"), by).order_by("id")
    wanted = text(row, "plan")
    named = [p for p in plans if wanted in {"", p.office.code, p.name} and may_in(by, Act.EDIT, Kind.PLAN, p.scope_id)]
    if len(named) != 1:
        raise Refused("Say to which plan the row belongs." if named else "There is no such plan for you.", field="plan")
    return named[0]
