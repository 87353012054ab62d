"""The page of one objective."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET
from markupsafe import Markup

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.models import Person
from goldenthread.engine.objective_quality import Review
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries
from goldenthread.purpose.forms import AgreeForm
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.purpose.queries import ObjectivePage, TargetView
from goldenthread.purpose.views.base import visitor
from goldenthread.ui import charts, pages, writing

LONGEST_UNIT = 8  # letters that fit beside the plot
SPAN = 730  # days of history on the chart: enough to see a season twice


@dataclass(frozen=True)
class Drawn:
    """A target's chart, wide and narrow, with the sentence that says the same; no charts where there is nothing to draw."""

    view: TargetView
    wide: charts.Fan | None
    narrow: charts.Fan | None
    title: str
    sentence: str


@require_GET
def objective(request: HttpRequest, key: int) -> HttpResponse:
    """Everything about one objective."""
    person, day = visitor(request), clock.today()
    asked = request.GET.get("open", "")
    page = queries.objective_page(key, person, day, whole=asked == "effects")
    if page is None:
        raise Http404
    row = page.row.objective
    context = {
        "page": page,
        "row": page.row,
        "objective": row,
        "day": day,
        "chain": chain(page),
        "drawn": [draw(view, page, day) for view in page.row.targets],
        "segments": marked_title(page),
        "changes": queries.objective_changes(row) if asked == "history" else None,
        "acts": acts(person, row),
        "me": person,
        "asked": asked,
        "agree": AgreeForm(initial={"leadership_goal": row.leadership_goal, "version": row.version}),
        "expected": expected(page, page.row.main),
        "currency": person.organisation.currency,
        "unit": one_of(page.row.main.kpi.unit) if page.row.main else "",
        "wide": [Markup(panel) for panel in page.wide],  # noqa: S704  rendered by our own rooms, escaped there
        "narrow": [Markup(panel) for panel in page.narrow],  # noqa: S704
    }
    return pages.page(request, "purpose/templates/objective.html", context)


def acts(person: Person, row: Objective) -> dict[str, bool]:
    """What the visitor may do here."""
    return {
        "edit": accounts.may(person, Act.EDIT, row),
        "approve": accounts.may(person, Act.APPROVE, row),
        "edit_kpis": accounts.may_in(person, Act.EDIT, Kind.KPI, row.office.scope_id),
    }


def chain(page: ObjectivePage) -> list[tuple[str, str | None]]:
    """The thread above and through the objective: mandate, leadership goal, the objective, its first KPI."""
    row, main = page.row.objective, page.row.main
    links: list[tuple[str, str | None]] = []
    if row.clause is not None:
        links.append((row.clause.text, f"{reverse('purpose:mandate', args=[row.clause.mandate_id])}#clause-{row.clause.number}"))
    above = page.cascade.cascade.parent if page.cascade is not None and page.sees_goal else None
    if above is not None:
        links.append((above.label, reverse("purpose:objective", args=[above.pk])))
    elif row.leadership_goal:
        links.append((row.leadership_goal, None))
    links.append((row.label, None))
    if main is not None:
        links.append((main.kpi.name, reverse("purpose:kpi", args=[main.kpi.pk])))
    return links


def one_of(unit: str) -> str:
    """A unit as one of it is called: day, complaint per month, percentage point."""
    if unit == "%":
        return "percentage point"
    first, _, rest = unit.partition(" ")
    single = first[:-1] if len(first) > 3 and first.endswith("s") and not first.endswith("ss") else first
    return f"{single} {rest}".strip() or "unit"


def expected(page: ObjectivePage, view: TargetView | None) -> dict[str, Any] | None:
    """What the forecast says of a target at its day: percentiles, coverage, the trend's own share, worth; None without one.

    Worth is that of the objective's target with which the KPI's money counts; `is_paid_elsewhere` where another objective has it.
    """
    if not page.row.forecast or view is None:
        return None
    targets = page.row.forecast.get("targets") or {}
    known = targets.get(view.target.pk)
    if not known:
        return None
    paid_by = known.get("paid_by", view.target.pk)
    paying = targets.get(paid_by, {})
    said = {
        name: known.get(name)
        for name in ("p10", "p50", "p90", "coverage", "drift_share", "why", "fan", "rests_on", "has_work", "basis")
    }
    money = {name: paying.get(name) for name in ("worth_mean", "worth_p10", "worth_p90")}
    return {**said, **money, "why_worth": paying.get("why"), "is_paid_elsewhere": paid_by not in targets}


def draw(view: TargetView, page: ObjectivePage, day: dt.date) -> Drawn:
    """The chart of a target: figures, baseline, target, and the forecast's fan where there is one."""
    target, kpi = view.target, view.kpi
    over = view.is_over(day)
    until_then = min(day, target.due_on) if target.due_on else day
    figures = [row for row in page.figures.get(kpi.pk, []) if row[0] >= until_then - dt.timedelta(days=SPAN)]
    known = None if over else expected(page, view)
    fan = until(_bands(known["fan"] if known else None), target.due_on, known)
    edges = [edge for edge in (target.band_low, target.band_high) if edge is not None]
    band = tuple(edges) if len(edges) == 2 else next(iter(edges), None)
    aim: Any = band if kpi.direction == Kpi.Direction.BAND else target.value
    shows_baseline = view.is_comparable and target.baseline is not None and target.baseline_on is not None
    given: dict[str, Any] = {
        "target": aim,
        "target_date": target.due_on,
        "baseline": (target.baseline_on, target.baseline) if shows_baseline and target.baseline_on not in dict(figures) else None,
        "today": None if over else day,
        "unit": kpi.unit if len(kpi.unit) <= LONGEST_UNIT else "",
    }
    wide = narrow = None
    if figures or fan or given["baseline"]:
        wide = charts.fan(figures, fan, **given)
        narrow = charts.fan(figures, fan, width=360, height=230, **given)
    unit = f", {kpi.unit}" if kpi.unit else ""
    return Drawn(view, wide, narrow, f"{kpi.name}{unit}", _sentence(view, known, over=over))


def _bands(fan: dict[str, Any] | None) -> list[charts.Band]:
    if not fan:
        return []
    count = len(fan["dates"])
    rows = zip(
        fan["dates"], fan["p10"], fan["p50"], fan["p90"], fan.get("p25") or [None] * count, fan.get("p75") or [None] * count,
        strict=True,
    )  # fmt: skip
    days = [(dt.date.fromisoformat(on) if isinstance(on, str) else on, *rest) for on, *rest in rows]
    return [charts.Band(on, p10, p50, p90, p25, p75) for on, p10, p50, p90, p25, p75 in days]


def until(bands: list[charts.Band], due: dt.date | None, known: dict[str, Any] | None) -> list[charts.Band]:
    """The fan cut at the day the target is due, where the forecast's own percentiles of that day stand.

    The quartiles there lie between those of the neighbouring months. Left as it is where the day is not inside the fan.
    """
    if due is None or not known or known["p50"] is None or not bands or not bands[0].day < due <= bands[-1].day:
        return bands
    before, after = [band for band in bands if band.day < due], next(band for band in bands if band.day >= due)
    share = (due - before[-1].day).days / (after.day - before[-1].day).days

    def between(first: float | None, second: float | None) -> float | None:
        return None if first is None or second is None else first + share * (second - first)

    quartiles = between(before[-1].p25, after.p25), between(before[-1].p75, after.p75)
    return [*before, charts.Band(due, known["p10"], known["p50"], known["p90"], *quartiles)]


def _sentence(view: TargetView, known: dict[str, Any] | None, *, over: bool) -> str:
    """What the picture shows, for who does not see it."""
    unit = f" {view.kpi.unit}" if view.kpi.unit else ""
    parts = []
    if view.last is not None:
        parts.append(f"{writing.number(view.last)}{unit} on {writing.date(view.last_on)}.")
    if known and known["p50"] is not None:
        low, middle, high = (writing.number(known[name], view.kpi.decimals) for name in ("p10", "p50", "p90"))
        parts.append(f"Expected {middle}{unit} by {writing.date(view.target.due_on)}, in 8 of 10 cases {low} to {high}.")
        if not known["has_work"] and known["rests_on"]:
            own, _, drawn = known["rests_on"].partition(", ")
            few = " (few)" if known["basis"] == "thin" and own.endswith(("figure", "figures")) else ""
            parts.append(f"From history alone, as no work is linked to it: {own}{few}{', ' if drawn else ''}{drawn}.")
    if view.target.value is not None:
        passed = ", a day that has passed" if over else ""
        parts.append(f"Target {writing.number(view.target.value)}{unit} by {writing.date(view.target.due_on)}{passed}.")
    return " ".join(parts) or "Nothing measured yet."


def marked_title(page: ObjectivePage) -> list[tuple[str, str]]:
    """The title cut into pieces, each with the advice that finds fault with it, or nothing."""
    return segments(page.row.objective.title, faults(page.row.review))


def faults(review: Review) -> list[tuple[int, int, str]]:
    """Where the checks find fault with the title: (start, end, which check)."""
    found = [(start, end, result.title) for result in review.results for _, start, end in result.words]
    return found + [(start, end, "Vague while no figure repairs it") for _, start, end in review.warnings]


def segments(text: str, faults: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """`text` in order as (piece, what is at fault there or ""); overlapping faults share their pieces."""
    edges = sorted({0, len(text), *(edge for start, end, _ in faults for edge in (max(0, start), min(end, len(text))))})
    pieces = []
    for start, end in pairwise(edges):
        said = dict.fromkeys(words for first, last, words in faults if first <= start and end <= last)
        pieces.append((text[start:end], "; ".join(said)))
    return [piece for piece in pieces if piece[0]]
