"""Planning sessions: the list, the form that opens one, the room in which people work together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in, people, still_here, visible
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.actions import must_plan
from goldenthread.plan.actions import session_proposals as proposals
from goldenthread.plan.actions import sessions as actions
from goldenthread.plan.models import (
    AgendaItem,
    BusinessPlan,
    EstimateRound,
    PlanningSession,
    SessionWord,
    Step,
    StepProposal,
)
from goldenthread.plan.queries import estimates, session_steps
from goldenthread.plan.queries import sessions as reads
from goldenthread.plan.views.shared import done, may_edit, seen, visitor
from goldenthread.purpose.models import Objective
from goldenthread.ui import pages

ROOM = "plan/templates/session.html"
DAYS = 14


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of a plan, open ones first."""
    person = visitor(request)
    found = queries.plan_of(person, request.GET.get("office"))
    context = {
        "plan": found,
        "office": found.office,
        "rows": list(reads.sessions_of(found, person)),
        "may_edit": may_edit(request, found),
    }
    return pages.page(request, "plan/templates/sessions.html", context)


@require_http_methods(["GET", "POST"])
def new_session(request: HttpRequest) -> HttpResponse:
    """Open a session: what it is about and who is invited are proposed, and may be changed."""
    person = visitor(request)
    found = queries.plan_of(person, request.GET.get("office") or request.POST.get("office"))
    must_plan(person, found)
    wrong = None
    if request.method == "POST":
        try:
            made = _open(request, found)
        except Refused as refusal:
            wrong = refusal
        else:
            return _to(request, f"{made} is open; everybody invited is told", made)
    day = clock.today()
    objective = _objective(request)
    candidates = session_steps.candidates(found, person, day, objective)
    concerned = {one.pk for one in reads.left_out(found, [], day)} | {person.pk}
    context = {
        "plan": found,
        "office": found.office,
        "candidates": candidates,
        "objective": objective,
        "objectives": visible(Objective.objects.filter(office=found.office_id, state="APPROVED"), person).order_by("pk"),
        "people": people(person).filter(still_here(clock.today()), erased_at__isnull=True).order_by("name", "pk"),
        "from_on": day,
        "to_on": day + timedelta(days=DAYS),
        "wrong": wrong,
        "sent": request.POST,
        "picked_steps": set(_numbers(request, "steps")) if wrong else {c.pk for c in candidates if c.because or objective},
        "picked_people": set(_numbers(request, "people")) if wrong else concerned,
    }
    return pages.page(request, "plan/templates/session_new.html", context, status=422 if wrong else 200)


@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """The room: the agenda with what is proposed, said and estimated; its list alone where htmx asks."""
    person, row = visitor(request), _session(request, pk)
    rounds = estimates.rounds_of(row, person)
    plans = reads.may_plan(row, person)
    asked = estimates.invited(row)
    names_missing = reads.may_name_missing(row, person)
    is_open = row.state == PlanningSession.State.OPEN
    context: dict[str, Any] = {
        "session": row,
        "office": row.plan.office,
        "sees_plan": may_in(person, Act.VIEW, Kind.PLAN, row.plan.scope_id),
        "items": reads.items_of(row, person),
        "rounds": rounds,
        "waiting": [one for one in rounds if is_open and one.own and not one.own.answered_at and not one.row.shown_at],
        "waits_for": estimates.waiting_for(row) if names_missing else {},
        "effects": estimates.effects_to_ask(row, person) if plans and is_open else {},
        "remarks": [one for one in reads.words_of(row, person) if one.item_id is None and one.proposal_id is None],
        "meter": reads.meter(row, person),
        "invitees": asked,
        "is_open": is_open,
        "takes_part": is_open and (plans or any(one.person_id == person.pk for one in asked)),
        "me": person,
        "may_plan": plans,
        "may_approve": may(person, Act.APPROVE, row.plan),
        "left_out": reads.left_out(row.plan, [row.pk], clock.today()) if plans else [],
        "names": _names(person, asked),
        "whats": StepProposal.What.choices,
    }
    return pages.page(request, ROOM, context, block="room")


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite more people."""
    row = _session(request, pk)
    who = [seen(request, Person, number) for number in _numbers(request, "person")]
    made = actions.invite(session=row, people=who, by=visitor(request))
    return _to(request, f"Invited: {', '.join(str(one) for one in made)}", row)


@require_POST
def put_on_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """One more step to talk about."""
    row = _session(request, pk)
    for step in _steps(request, row.plan):
        actions.put_on_agenda(session=row, step=step, by=visitor(request))
    return _to(request, "On the agenda", row)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the session with what was agreed."""
    row = _session(request, pk)
    agreed = request.POST.get("agreed", "")
    actions.close_session(session=row, agreed=agreed, by=visitor(request), version=pages.version_seen(request))
    return _to(request, "The session is closed", row)


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a change to a step on the agenda."""
    item = _item(request, pk)
    what, value = request.POST.get("what", ""), request.POST.get("value", "")
    who = _named(request, item, value) if what == StepProposal.What.ACCOUNTABLE else None
    because = request.POST.get("because", "")
    proposals.propose_change(item=item, what=what, value=value, who=who, because=because, by=visitor(request))
    return _to(request, "Proposed", item.session, f"item-{item.pk}")


@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something of a step, agree or object."""
    item = _item(request, pk)
    given = {"stance": request.POST.get("stance", ""), "because": request.POST.get("because", "")}
    actions.say(session=item.session, about=item, by=visitor(request), **given)
    return _to(request, "Noted", item.session, f"item-{item.pk}")


@require_POST
def say_of_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something of a proposal, agree or object."""
    row = _proposal(request, pk)
    given = {"stance": request.POST.get("stance", ""), "because": request.POST.get("because", "")}
    actions.say(session=row.session, about=row, by=visitor(request), **given)
    return _to(request, "Noted", row.session, f"item-{row.item_id}")


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposal, which does it, or decline it."""
    row, by, version = _proposal(request, pk), visitor(request), pages.version_seen(request)
    if request.POST.get("decision") == StepProposal.State.ACCEPTED:
        saw = pages.number_seen(request.POST.get("seen", ""))
        proposals.accept_proposal(proposal=row, by=by, version=version, seen=saw)
        return _to(request, "Accepted: the plan says so now", row.session, f"item-{row.item_id}")
    proposals.decline_proposal(proposal=row, because=request.POST.get("because", ""), by=by, version=version)
    return _to(request, "Declined", row.session, f"item-{row.item_id}")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own proposal."""
    row = _proposal(request, pk)
    proposals.withdraw_proposal(proposal=row, by=visitor(request), version=pages.version_seen(request))
    return _to(request, "Withdrawn", row.session, f"item-{row.item_id}")


@require_POST
def answer_word(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve or overrule an objection made in a session."""
    word: SessionWord = seen(request, SessionWord, pk, "session__plan__office", "session__plan__scope", "person")
    given = {"answer": request.POST.get("answer", ""), "because": request.POST.get("because", "")}
    actions.answer_word(word=word, by=visitor(request), version=pages.version_seen(request), **given)
    return _to(request, "The objection is answered", word.session)


def _session(request: HttpRequest, pk: int) -> PlanningSession:
    found: PlanningSession = seen(request, PlanningSession, pk, "plan__office", "plan__scope", "opened_by")
    return found


def _item(request: HttpRequest, pk: int) -> AgendaItem:
    found: AgendaItem = seen(
        request, AgendaItem, pk, "session__plan__scope", "step__activity__schedule__scope", "step__plan__scope"
    )
    return found


def _proposal(request: HttpRequest, pk: int) -> StepProposal:
    found: StepProposal = seen(
        request, StepProposal, pk, "session__plan__scope", "item__step__activity__schedule__scope", "item__step__plan__scope",
        "by", "who",
    )  # fmt: skip
    return found


def round_of(request: HttpRequest, pk: int) -> EstimateRound:
    """A round of estimates, where the visitor may know of it: not one on a figure that became confidential since."""
    found: EstimateRound = seen(
        request, EstimateRound, pk, "session__plan__scope", "item__step__activity", "item__step__plan__scope", "contribution__kpi"
    )
    if found.contribution_id in estimates.hidden_effects([found], visitor(request)):
        raise Http404
    return found


def _open(request: HttpRequest, plan: BusinessPlan) -> PlanningSession:
    given = request.POST
    because = {one.pk: one.because for one in session_steps.candidates(plan, visitor(request), clock.today())}
    return actions.open_session(
        plan=plan,
        name=given.get("name", ""),
        purpose=given.get("purpose", ""),
        days=(_day(given.get("from_on", ""), "from_on"), _day(given.get("to_on", ""), "to_on")),
        steps=[(step, because.get(step.pk, "")) for step in _steps(request, plan)],
        people=[seen(request, Person, number) for number in _numbers(request, "people")],
        shows_names="shows_names" in given,
        by=visitor(request),
    )


def _steps(request: HttpRequest, plan: BusinessPlan) -> list[Step]:
    wanted = _numbers(request, "steps")
    rows = {step.pk: step for step in visible(Step.objects.filter(pk__in=wanted), visitor(request)).select_related("activity")}
    if any(number not in rows or rows[number].plan_id != plan.pk for number in wanted):
        raise Http404
    return [rows[number] for number in dict.fromkeys(wanted)]


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if text.isascii() and text.isdigit() and len(text) < 19]


def _objective(request: HttpRequest) -> Objective | None:
    asked = request.GET.get("objective", "")
    return seen(request, Objective, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("Say the day, as 2027-03-31.", field=field) from error


def _names(person: Person, asked: list[Any]) -> list[str]:
    """Whom the visitor may name: who is in sight, and those invited with him or her."""
    known = people(person).filter(still_here(clock.today()), erased_at__isnull=True).values_list("name", flat=True)
    return sorted({*known, *(row.person.name for row in asked)})


def _named(request: HttpRequest, item: AgendaItem, name: str) -> Person | None:
    rows = {row.person.name: row.person for row in estimates.invited(item.session)}
    found = list(people(visitor(request)).filter(name=name.strip(), erased_at__isnull=True)[:2])
    if len(found) > 1:
        raise Refused(f"Two people are called {name.strip()}.", field="value", advice="Ask the planner to name the right one.")
    return found[0] if found else rows.get(name.strip())


def _to(request: HttpRequest, text: str, row: PlanningSession, anchor: str = "") -> HttpResponse:
    return done(request, text, reverse("plan:planningsession", args=[row.pk]) + (f"#{anchor}" if anchor else ""))
