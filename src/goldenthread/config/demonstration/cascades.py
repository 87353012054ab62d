"""Where three objectives of the IT office come from: one goal signed, one in negotiation, one signed and void since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration import purpose
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.config.demonstration.life import World
from goldenthread.purpose import actions
from goldenthread.purpose.models import Cascade, Mandate, Objective


def agree_on_dates(objectives: dict[str, Objective], people: dict[str, Person], today: date) -> None:
    """Decisions come from the works' dates. Signed before the board tightened the tolerance: void since."""
    decide, head, capital, on = objectives["decide"], people["head"], people["capital"], ago(today, 8)
    means = "The committees decide; we only make it easy"
    with happened(on, f"Say where {decide.label} comes from", by=head):
        actions.set_cascade(objective=decide, parent=objectives["dates"], share=40, share_means=means, by=head)
    _say(decide, capital, on, share=60, text="Half the delays are papers that come late, and those are yours")
    _say(decide, head, on, share=40, text="The papers are ours, the calendars are not")
    _sign(decide, head, on)
    _sign(decide, capital, on)


def events(world: World) -> list[tuple[int, Callable[[], object]]]:
    """What is negotiated later, and the mandate that is drafted, by how many days ago."""
    return [
        (5, lambda: _ask_for_return(world)),
        (4, lambda: _answer_on_return(world)),
        (3, lambda: _sign_return(world)),
        (3, lambda: _draft_mandate(world)),
        (2, lambda: _ask_for_foresight(world)),
        (1, lambda: _answer_on_foresight(world)),
    ]


def _ask_for_return(world: World) -> None:
    """The sponsor wants more than the office proposes."""
    returns, on, head, sponsor = world.objectives["return"], ago(world.today, 5), world.people["head"], world.people["sponsor"]
    goal = "Pay for the price review out of our own change portfolio"
    means = "The rest is what the lines of business do with what they get"
    with happened(on, f"Say where {returns.label} comes from", by=head):
        actions.set_cascade(objective=returns, goal=goal, sponsor=sponsor, share=60, share_means=means, by=head)
    kpi = returns.targets.get(is_required=True).kpi
    _say(returns, sponsor, on, kpi=kpi, value=3.0, share=80, text="The price review needs three million")


def _answer_on_return(world: World) -> None:
    returns, on, head, sponsor = world.objectives["return"], ago(world.today, 4), world.people["head"], world.people["sponsor"]
    kpi = returns.targets.get(is_required=True).kpi
    text = "2.7 with the money that is left; more once two projects stop"
    _say(returns, head, on, kpi=kpi, value=2.7, share=60, text=text)
    _say(returns, sponsor, on, text="Agreed, and we look at it again after the stop talks")
    _sign(returns, sponsor, on)


def _sign_return(world: World) -> None:
    _sign(world.objectives["return"], world.people["head"], ago(world.today, 3))


def _draft_mandate(world: World) -> None:
    office = world.it.plan.office
    purpose.draft_next(office, Mandate.objects.get(office=office, state=Mandate.State.IN_FORCE), world.people, world.today)


def _ask_for_foresight(world: World) -> None:
    foresight, on, head = world.objectives["foresight"], ago(world.today, 2), world.people["head"]
    given: dict[str, Any] = {"goal": "No surprises for the board", "sponsor": world.people["sponsor"], "share": 50}
    means = "We make the ranges; the projects keep to them or not"
    with happened(on, f"Say where {foresight.label} comes from", by=head):
        actions.set_cascade(objective=foresight, share_means=means, by=head, **given)
    kpi = foresight.targets.get(is_required=True).kpi
    _say(foresight, head, on, kpi=kpi, value=12.0, share=50, text="From 19 to 12 in a year is what others managed")


def _answer_on_foresight(world: World) -> None:
    """The sponsor has answered; the head of PMO is asked."""
    foresight = world.objectives["foresight"]
    kpi = foresight.targets.get(is_required=True).kpi
    text = "The audit committee expects ten"
    _say(foresight, world.people["sponsor"], ago(world.today, 1), kpi=kpi, value=10.0, share=50, text=text)


def _of(objective: Objective) -> Cascade:
    return Cascade.objects.select_related("objective", "parent").get(objective=objective)


def _say(objective: Objective, by: Person, on: date, **given: Any) -> None:
    with happened(on, f"Negotiate {objective.label}", by=by, about=f"objective:{objective.pk}"):
        actions.say(cascade=_of(objective), by=by, **given)


def _sign(objective: Objective, by: Person, on: date) -> None:
    with happened(on, f"Sign {objective.label}", by=by, about=f"objective:{objective.pk}"):
        actions.sign_cascade(cascade=_of(objective), by=by)
