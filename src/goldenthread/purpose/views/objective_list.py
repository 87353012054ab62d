"""The table of objectives, with filters and an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.accounts.queries import rights
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries
from goldenthread.purpose.models import Objective
from goldenthread.purpose.queries import ObjectiveRow
from goldenthread.purpose.views.base import visitor
from goldenthread.ui import pages

STATES = [("", "Live"), *Objective.State.choices, ("ALL", "All")]
LIVE = {Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED}
STANDING = ["APPROVED", "PROPOSED", "DRAFT", "ACHIEVED", "RETIRED"]  # what counts first
PAGE = 100
CHANCES = {
    "": "any",
    "likely": "likely",
    "even": "about even",
    "unlikely": "unlikely",
    "unknown": "not known",
    "over": "date passed",
}
LAST = (1, "")  # what is not known sorts last
ORDERS: dict[str, Callable[[ObjectiveRow], Any]] = {
    "title": lambda row: row.objective.label.casefold(),
    "owner": lambda row: (0, row.objective.owner.name.casefold()) if row.objective.owner else LAST,
    "attained": lambda row: (0, row.attainment) if row.attainment is not None else LAST,
    "due": lambda row: (0, row.main.target.due_on) if row.main and row.main.target.due_on else LAST,
    "chance": lambda row: (0, p) if (p := chance(row)) is not None else LAST,
    "quality": lambda row: row.review.score,
    "state": lambda row: (STANDING.index(row.objective.state), row.main is None),
    "figure": lambda row: (0, row.main.last_on) if row.main and row.main.last_on else LAST,
}


def chance(row: ObjectiveRow) -> float | None:
    """The chance that the forecast gives it, or None."""
    return row.forecast.get("chance") if row.forecast else None


def _band(row: ObjectiveRow) -> str:
    """Under which of CHANCES it is found."""
    p = chance(row)
    if row.is_over:
        return "over"
    if p is None:
        return "unknown"
    return "likely" if p >= 0.6 else "even" if p >= 0.4 else "unlikely"


@require_GET
def objective_list(request: HttpRequest) -> HttpResponse:
    """The objectives that the visitor may see."""
    person, day = visitor(request), clock.today()
    rows = queries.objective_rows(person, day)
    signed = queries.signed_by_both(rows)
    wanted = {name: request.GET.get(name, "").replace("\0", "") for name in ("q", "state", "owner", "chance", "office", "goal")}
    sort = request.GET.get("sort", "state")
    shown = sorted((row for row in rows if _fits(row, wanted, signed)), key=ORDERS["title"])
    shown.sort(key=ORDERS.get(sort.removeprefix("-"), ORDERS["state"]), reverse=sort.startswith("-"))
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    kept = urlencode({name: value for name, value in wanted.items() if value})
    context = {
        "rows": page.object_list,
        "page": page,
        "total": len(rows),
        "day": day,
        "wanted": wanted,
        "sort": sort,
        "base": f"?{kept}&" if kept else "?",
        "states": STATES,
        "owners": _owners(rows),
        "offices": _offices(rows),
        "signed": signed,
        "goals": [("", "any"), ("signed", "signed by both sides"), ("self", "self-issued")],
        "chances": list(CHANCES.items()),
        "has_forecast": any(row.forecast for row in rows),
        "may_add": rights(person).anywhere(Act.EDIT, Kind.OBJECTIVE),
        "address": reverse("purpose:objectives"),
    }
    return pages.page(request, "purpose/templates/objectives.html", context, block="list")


def _fits(row: ObjectiveRow, wanted: dict[str, str], signed: set[int]) -> bool:
    objective, state = row.objective, wanted["state"]
    if state == "" and objective.state not in LIVE:
        return False
    if state not in {"", "ALL"} and objective.state != state:
        return False
    if wanted["owner"] and str(objective.owner_id or "none") != wanted["owner"]:
        return False
    if wanted["office"] and str(objective.office_id) != wanted["office"]:
        return False
    if wanted["chance"] in CHANCES and wanted["chance"] not in {"", _band(row)}:
        return False
    if wanted["goal"] in {"self", "signed"} and (wanted["goal"] == "signed") != (objective.pk in signed):
        return False
    words = wanted["q"].casefold().split()
    text = f"{objective.title} {objective.short_name} {' '.join(view.kpi.name for view in row.targets)}".casefold()
    return all(word in text for word in words)


def _owners(rows: list[ObjectiveRow]) -> list[tuple[str, str]]:
    named = {row.objective.owner_id: row.objective.owner.name for row in rows if row.objective.owner}
    nobody = [("none", "nobody yet")] if any(row.objective.owner_id is None for row in rows) else []
    return [("", "anybody"), *sorted(((str(key), name) for key, name in named.items()), key=lambda pair: pair[1]), *nobody]


def _offices(rows: list[ObjectiveRow]) -> list[tuple[str, str]]:
    named = {row.objective.office_id: row.objective.office.name for row in rows}
    return [("", "all"), *sorted(((str(key), name) for key, name in named.items()), key=lambda pair: pair[1])]
