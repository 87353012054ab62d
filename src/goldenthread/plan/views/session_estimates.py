"""Estimates in a session: asked, given, shown, taken over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from goldenthread.kit.errors import Refused
from goldenthread.plan.actions import estimates as actions
from goldenthread.plan.models import AgendaItem, Contribution, EstimateRound
from goldenthread.plan.views.sessions import round_of
from goldenthread.plan.views.shared import done, seen, visitor
from goldenthread.ui import pages


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask everybody invited for an estimate of a step on the agenda, or of one of its effects."""
    item: AgendaItem = seen(request, AgendaItem, pk, "session__plan__scope", "step__activity", "step__plan__scope")
    what, _, number = request.POST.get("what", "").partition(":")
    contribution = None
    if what == EstimateRound.What.EFFECT:
        contribution = seen(
            request, Contribution, int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        )
    made = actions.ask_for_estimates(item=item, what=what, contribution=contribution, by=visitor(request))
    return _to(request, "Everybody invited is asked; nobody sees an answer before all are in", made)


@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own estimate, or that one does not know."""
    row = round_of(request, pk)
    unknown = request.POST.get("answer") == "dont_know"
    low, likely, high = (None if unknown else _number(request, name) for name in ("low", "likely", "high"))
    if not unknown and (low is None or likely is None or high is None):
        raise Refused("Say low, likely and high, or that you don’t know.", field="likely")
    actions.estimate(asked=row, by=visitor(request), low=low, likely=likely, high=high)
    return _to(request, "Your answer is kept; only you see it until all are shown", row)


@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the answers before all are in."""
    row = round_of(request, pk)
    actions.show_estimates(asked=row, by=visitor(request), version=pages.version_seen(request))
    return _to(request, "The answers are shown", row)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the agreed value into the plan."""
    row = round_of(request, pk)
    low, likely, high = (_number(request, name) for name in ("low", "likely", "high"))
    if low is None or likely is None or high is None:
        raise Refused("Say low, likely and high.", field="likely")
    seen_as = pages.number_seen(request.POST.get("seen", ""))
    actions.take_over(asked=row, low=low, likely=likely, high=high, by=visitor(request), seen=seen_as)
    return _to(request, "Taken over into the plan", row)


def _number(request: HttpRequest, name: str) -> float | None:
    text = request.POST.get(name, "").strip().replace("−", "-").replace(" ", "").replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Refused(f"“{text[:40]}” is not a number.", field=name) from error


def _to(request: HttpRequest, text: str, row: EstimateRound) -> HttpResponse:
    return done(request, text, reverse("plan:planningsession", args=[row.session_id]) + f"#item-{row.item_id}")
