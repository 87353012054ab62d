"""Estimates given blindly in a session: asked, answered by each for himself, shown together, taken over into the step.

Who answered is told to nobody by the list of actions: an answer is written without author, history or figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.actions.contributions import BIGGEST_EFFECT, edit_contribution
from goldenthread.plan.actions.sessions import must_take_part
from goldenthread.plan.actions.steps import edit_step, must_plan
from goldenthread.plan.models import AgendaItem, Contribution, Estimate, EstimateRound, Invitee, PlanningSession, Step
from goldenthread.plan.queries.estimates import effects_to_ask, ranges_of
from goldenthread.plan.queries.session_steps import EFFORTS, leaves_below
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

What = EstimateRound.What
MOST = {What.HOURS: 20_000.0, What.DAYS: 5_000.0, What.EFFECT: BIGGEST_EFFECT}
HOUR, DAY, DONE = 60, 480, 100


def ask_for_estimates(
    *, item: AgendaItem, what: str, by: Person, people: Iterable[Person] | None = None, contribution: Contribution | None = None
) -> EstimateRound:
    """Ask those invited, or some of them, for low, likely and high. Again after a round was shown: that is the next round."""
    must_plan(by, item.session.plan)
    must_take_part(by, item.session)
    _must_be_askable(item, what, contribution, by)
    invited = Invitee.objects.filter(session=item.session).select_related("person")
    wanted = None if people is None else {person.pk for person in people}
    asked = [row.person for row in invited if wanted is None or row.person_id in wanted]
    if not asked:
        raise Refused("Choose at least one of those invited.", field="people")
    with changeset(title=f"Ask for estimates in {item.session}", by=by, about=f"plan:{item.session.plan_id}") as made:
        PlanningSession.objects.select_for_update().get(pk=item.session_id)  # of two who ask at once one is told
        before = EstimateRound.objects.filter(item=item, what=what, contribution=contribution).order_by("-number").first()
        if before is not None and before.shown_at is None:
            raise Refused("This is asked already.", advice="Show the answers first; then a second round can begin.")
        asked_round = EstimateRound(
            session=item.session, item=item, what=what, contribution=contribution, number=before.number + 1 if before else 1,
            asked=len(asked), opened_at=made.at, opened_by=by,
        )  # fmt: skip
        asked_round.save()
        for person in asked:
            Estimate(round=asked_round, person=person).save()
    return asked_round


def estimate(*, asked: EstimateRound, by: Person, low: float | None, likely: float | None, high: float | None) -> None:
    """Answer: a range, or three times None for “don't know”. It may be changed until the answers are shown.

    With the last answer everybody's are shown.
    """
    must_take_part(by, asked.session)
    given = _range(What(asked.what), low, likely, high)
    with changeset(title=f"An estimate is given in {asked.session}", by=None, about=f"plan:{asked.session.plan_id}"):
        locked = EstimateRound.objects.select_for_update().get(pk=asked.pk)
        own = Estimate.objects.filter(round=locked, person=by).first()
        if own is None:
            raise Forbidden("You are not asked for this estimate.")
        if locked.shown_at is not None:
            raise Refused("The answers are shown already.", advice="A second round takes another one.")
        own.low, own.likely, own.high = given or (None, None, None)
        own.answered_at = timezone.now()
        own.save()
        answered = Estimate.objects.filter(round=locked, answered_at__isnull=False).count()
        changes = {"answered": answered}
        history.change(locked, {**changes, **_shown(locked, None)} if answered == locked.asked else changes)


def show_estimates(*, asked: EstimateRound, by: Person, version: int | None = None) -> None:
    """Show the answers before all are there. That it was early, and how many had answered, stays on record."""
    must_plan(by, asked.session.plan)
    must_take_part(by, asked.session)
    with changeset(title=f"Show the estimates in {asked.session}", by=by, about=f"plan:{asked.session.plan_id}"):
        locked = EstimateRound.objects.select_for_update().get(pk=asked.pk)
        if locked.shown_at is not None:
            raise Refused("The answers are shown already.")
        if not locked.answered:
            raise Refused("Nobody has answered yet.")
        history.change(locked, _shown(locked, by), version=version)


def take_over(*, asked: EstimateRound, low: float, likely: float, high: float, by: Person, seen: int | None = None) -> None:
    """Write the agreed value into the step, or into its effect: one undoable action. `seen`: version of what changes."""
    must_plan(by, asked.session.plan)
    if asked.shown_at is None:
        raise Refused("The answers are not shown yet.")
    what = What(asked.what)
    given = _range(what, low, likely, high)
    if given is None:
        raise Refused("Say low, likely and high.", field="likely")
    step = asked.item.step
    with changeset(title=f"Take over the estimate of {step} from {asked.session}", by=by, about=f"step:{step.pk}"):
        if what == What.EFFECT:
            _take_over_effect(asked, given, by, seen)
            return
        leaves = leaves_below([step.activity_id])[step.activity_id]
        if what == What.DAYS:
            if leaves:
                raise Refused(f"How long “{step}” takes follows from its parts.", advice="Change those.")
            edit_step(step=step, changes={"duration": round(given[1] * DAY)}, by=by, version=seen)
        elif leaves:
            _take_over_hours(step, leaves, given, seen)
        else:
            minutes = (round(value * HOUR) for value in given)
            edit_step(step=step, changes=dict(zip(EFFORTS, minutes, strict=True)), by=by, version=seen)


def _take_over_hours(step: Step, leaves: list[Activity], given: tuple[float, float, float], seen: int | None) -> None:
    """Divide the hours of a step among its open parts, in proportion to what is planned for each; finished parts keep theirs."""
    stored = step.whole_version + sum(leaf.version for leaf in leaves)
    if seen is not None and seen != stored:
        raise Conflict(step, expected=seen, current=stored)
    left = [leaf for leaf in leaves if leaf.progress < DONE]
    done = sum(leaf.effort_likely or 0 for leaf in leaves if leaf.progress >= DONE)
    low, likely, high = (round(value * HOUR) - done for value in given)
    if not left or likely < 0:
        raise Refused(f"The finished parts of “{step}” take all of it already.", field="likely")
    planned = sum(leaf.effort_likely or 0 for leaf in left)
    with schedule.postponed_dates():
        for leaf in left:
            share = (leaf.effort_likely or 0) / planned if planned else 1 / len(left)
            efforts = (round(max(0, minutes) * share) for minutes in (low, likely, high))
            schedule.edit_activity(activity=leaf, changes=dict(zip(EFFORTS, efforts, strict=True)), by=None)


def _take_over_effect(asked: EstimateRound, given: tuple[float, float, float], by: Person, seen: int | None) -> None:
    effect = asked.contribution
    if effect is None or not may(by, Act.VIEW, effect):
        raise Refused("This effect is not there any more.")
    low, likely, high = given if effect.low <= effect.high else given[::-1]
    edit_contribution(contribution=effect, changes={"low": low, "likely": likely, "high": high, "size": ""}, by=by, version=seen)


def _shown(asked: EstimateRound, by: Person | None) -> dict[str, object]:
    return {"shown_at": timezone.now(), "shown_by": by, "figures": ranges_of(asked)}


def _must_be_askable(item: AgendaItem, what: str, contribution: Contribution | None, by: Person) -> None:
    if what not in What.values or (what == What.EFFECT) != (contribution is not None):
        raise Refused("Choose what is to be estimated.", field="what")
    if contribution is not None and contribution.pk not in {
        row.pk for row in effects_to_ask(item.session, by).get(item.step_id, [])
    }:
        raise Refused("This effect cannot be asked about here.", field="what")
    if what == What.DAYS and item.step.activity.children.exists():
        raise Refused(f"How long “{item.step}” takes follows from its parts.", field="what", advice="Ask for its hours.")
    if item.session.state != PlanningSession.State.OPEN:
        raise Refused("This session is closed.")


def _range(
    what: EstimateRound.What, low: float | None, likely: float | None, high: float | None
) -> tuple[float, float, float] | None:
    """The three in rising order; None for who does not know."""
    if low is None and likely is None and high is None:
        return None
    if low is None or likely is None or high is None:
        raise Refused("Say low, likely and high, or that you don’t know.", field="likely")
    most = MOST[what]
    for field, value in (("low", low), ("likely", likely), ("high", high)):
        if not math.isfinite(value) or abs(value) > most or (value < 0 and what != What.EFFECT):
            raise Refused(f"{value:g} is no amount that can be planned with.", field=field)
    if low <= likely <= high:
        return low, likely, high
    if what == What.EFFECT and low >= likely >= high:
        return high, likely, low
    raise Refused("The likely value must lie between the low and the high one.", field="likely")
