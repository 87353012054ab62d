"""Gaps: work with no goal named, goals with no work, people without a line; each row with what repairs it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, rights, still_here, undo_address, visible
from goldenthread.engine.thread_gaps import GoalGap
from goldenthread.engine.unsupported import REASONS
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import actions as plan
from goldenthread.plan import queries as plans
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.thread import actions
from goldenthread.ui import pages

STATES = {
    "not_asked": "not asked yet",
    "owner_says_none": plans.OWNER_SAYS,
    "linked_not_shown": "linked, not shown to work",
    "shown_not_to_work": "shown not to work",
}
ACTIONS = {
    "assign_goal": "Name a goal",
    "ask_owner": "Ask the owner",
    "ask_requester": "Keep or stop?",
    "mark_duty": "It is a duty",
    "stop": "Stop it",
    "name_owner": "Name an owner",
    "plan_work": "Plan work for it",
    "ask_loggers": "Ask who logs them",
    "offer_again": "Offer it again",
}
FEW, MANY = 12, 200  # rows of goals: up to FEW drafts stand among them, and never more than MANY
OF_SERVICE = ("ask_loggers", "offer_again")
ASKED = ("kpi", "size", "source", "name", "person")


def _redirect() -> HttpResponseRedirect:
    return pages.see_other(reverse("thread:gaps"))


@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """The gaps of the person's office."""
    person: Any = request.person  # type: ignore[attr-defined]
    offices = plans.offices_of(person)
    office = plans.named(offices, request.GET.get("office"))
    if not may_in(person, Act.VIEW, Kind.PULSE, office.scope_id):
        raise Forbidden("The gaps are for the PMO, its sponsor and auditors.")
    found = plans.gaps(office, clock.today(), person)
    goals = _in_reach(found.goals)
    context = {
        "office": office,
        "offices": [one for one in offices if may_in(person, Act.VIEW, Kind.PULSE, one.scope_id)],
        "gaps": found,
        "goals": goals,
        "more_goals": len(found.goals) - len(goals),
        "reasons": REASONS,
        "states": STATES,
        "said": plans.none_said(found),
        "actions": ACTIONS,
        "may_edit": may_in(person, Act.EDIT, Kind.PLAN, office.scope_id),
        "of_service": OF_SERVICE if may_in(person, Act.EDIT, Kind.MANDATE, office.scope_id) else (),
    }
    return pages.page(request, "thread/templates/gaps.html", context)


def _in_reach(goals: list[GoalGap]) -> list[GoalGap]:
    """Those to show: where they are many, drafts wait in their list, unless there is nothing else."""
    if len(goals) <= FEW:
        return goals
    standing = [gap for gap in goals if gap.state != "draft"]
    return standing[:MANY] if standing else goals[:FEW]


@require_http_methods(["GET", "POST"])
def act_on_gap(request: HttpRequest) -> HttpResponse:
    """GET asks for what an action needs (which goal, which source); POST does it."""
    person: Any = request.person  # type: ignore[attr-defined]
    ref = request.GET.get("ref") or request.POST.get("ref", "")
    action = request.GET.get("action") or request.POST.get("action", "")
    if not rights(person).anywhere(Act.EDIT if request.method == "POST" else Act.VIEW, Kind.PLAN):
        raise Forbidden("You may not change this plan.")
    subject = actions.subject_of(ref, person)
    if request.method == "POST":
        text = actions.repair_gap(
            ref=ref,
            action=action,
            by=person,
            answers={name: request.POST.get(name, "") for name in ASKED if name in request.POST},
        )
        pages.announce(request, text, undo_url=undo_address())
        return _redirect()
    if action not in ACTIONS:
        raise Refused("There is no such action.", field="action")
    wanted = Q(targets__objective=subject) if isinstance(subject, Objective) else Q(targets__isnull=False)
    context = {
        "subject": subject.label if isinstance(subject, Objective) else subject,
        "ref": ref,
        "action": action,
        "action_name": ACTIONS[action],
        "kpis": visible(Kpi.objects.filter(wanted), person).distinct().order_by("name"),
        "people": visible(Person.objects.filter(still_here(clock.today()), is_external=False), person).order_by("name"),
        "me": person,
    }
    return pages.page(request, "thread/templates/act_on_gap.html", context)


@require_POST
def pulse(request: HttpRequest) -> HttpResponse:
    """Answer the two questions of the pulse."""
    person: Any = request.person  # type: ignore[attr-defined]
    share = request.POST.get("share", "")
    if not share.isdecimal():
        raise Refused("Say what share of your hours serves a goal.", field="share")
    office = plans.office_of(person)
    plan.answer_pulse(office=office, person=person, share=int(share), knows_goal=request.POST.get("knows") == "yes")
    pages.announce(request, "Thank you. Answers are shown in groups only.", undo_url=undo_address())
    return pages.see_other(reverse("thread:today"))
