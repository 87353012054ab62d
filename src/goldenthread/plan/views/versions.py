"""Versions of the plan: the list, one with what was said of it, and what it changes in whose work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in, people
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.actions import telling
from goldenthread.plan.actions import versions as actions
from goldenthread.plan.actions.version_effects import ask_for_effect
from goldenthread.plan.models import PlanVersion, SignOff
from goldenthread.plan.queries import version_approval, version_beside, version_effects, version_talk
from goldenthread.plan.queries import versions as reads
from goldenthread.plan.queries.session_record import together_of
from goldenthread.plan.queries.version_beside import Beside
from goldenthread.plan.queries.version_changes import Change
from goldenthread.plan.views.shared import done, seen, step_of, visitor
from goldenthread.ui import charts, pages, writing

PAGE = 100
TONES = {"IN_FORCE": "good", "PROPOSED": "warn", "SIGNED": "warn"}


@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """Every version of the plan, newest first, and the way to propose the next."""
    person = visitor(request)
    found = queries.plan_of(person, request.GET.get("office"))
    rows = list(reads.versions(found, person))
    context = {
        "plan": found,
        "office": found.office,
        "rows": rows,
        "tones": TONES,
        "waiting": next((row for row in rows if row.state in reads.OPEN), None),
        "may_propose": may(person, Act.EDIT, found),
    }
    return pages.page(request, "plan/templates/versions.html", context)


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its state, what was said of it, what stands in its way."""
    person, row = visitor(request), _version(request, pk)
    standing = reads.standing_of(row)
    asked = list(reads.signers(row.plan, clock.today()))
    spoken = {word.person_id: word for word in standing.words}
    events = row.events if reads.may_name_readers(row.plan, person) else row.events.exclude(what="SEEN")
    is_open, may_approve = row.state in reads.OPEN, may(person, Act.APPROVE, row.plan)
    before = telling.before(row)
    may_edit = may(person, Act.EDIT, row.plan)
    context = {
        "version": row,
        "office": row.plan.office,
        "tones": TONES,
        "standing": standing,
        "waits_for": [one for one in asked if one.pk not in spoken] if is_open else [],
        "in_the_way": version_approval.in_the_way(row.plan, row, clock.today()) if is_open and may_approve else [],
        "a_quarter_on": clock.today() + timedelta(days=90),
        "events": events.select_related("person").order_by("-place"),
        "readers": reads.readers_of(row, person) if row.in_force_on else None,
        "being_told": version_talk.being_told(row) if row.state == PlanVersion.State.IN_FORCE else None,
        "before": before,
        "effects": version_effects.effects_in_short(before, row, person) if before else None,
        "together": together_of(row, person),
        "is_open": is_open,
        "may_approve": may_approve,
        "may_withdraw": may_edit,
        "may_sign": is_open and (any(one.pk == person.pk for one in asked) or may_edit),
        "questions": version_talk.questions_about(row, person),
        "may_answer": may_edit,
        "may_remind": row.state == PlanVersion.State.IN_FORCE and reads.may_name_readers(row.plan, person),
        "mine": spoken.get(person.pk),
    }
    return pages.page(request, "plan/templates/version.html", context)


@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What a version changes against the one in force before it: in one's own work, in another's, or in all of it."""
    person, row = visitor(request), _version(request, pk)
    beside = _beside(request, row)
    old = beside.old
    whose = _whose(request, person, row)
    number = pages.number_seen(request.GET.get("page", "")) or 1
    shown = slice(PAGE * (number - 1), PAGE * number)
    found = version_effects.comparison((old, row), person, whose, beside.effect, shown) if old is not None else None
    page = Paginator(range(found.count if found else 0), PAGE).get_page(number)
    lines = found.changes if found else []
    context = {
        "version": row,
        "office": row.plan.office,
        "old": old,
        "whose": whose,
        "me": person,
        "lines": lines,
        "page": page,
        "query": "".join(f"{name}={quote(request.GET[name])}&" for name in ("all", "person", "with") if name in request.GET),
        "found": found,
        "job": beside.job,
        "scale": _scale(lines),
        "today": clock.today(),
        "who": "Your work" if whose == person else f"The work of {whose}" if whose else "The plan",
        "has_seen": beside.has_seen,
    }
    return pages.page(request, "plan/templates/version_changes.html", context)


def _version(request: HttpRequest, pk: int) -> PlanVersion:
    found: PlanVersion = seen(request, PlanVersion, pk, "plan__office", "plan__scope", "proposed_by")
    return found


def _beside(request: HttpRequest, row: PlanVersion) -> Beside:
    """The version to compare with: the one that `?with` names, else the one in force before."""
    asked = request.GET.get("with", "")
    if asked and (not asked.isdecimal() or len(asked) > 9):
        raise Http404
    found = version_beside.beside(row, visitor(request), int(asked) if asked else None)
    if found is None:
        raise Http404
    return found


def _whose(request: HttpRequest, person: Person, row: PlanVersion) -> Person | None:
    """Whose work: one's own; with ?all everybody's; with ?person= another's, for who plans."""
    if "all" in request.GET:
        return None
    asked = request.GET.get("person", "")
    if not asked or not may_in(person, Act.EDIT, Kind.PLAN, row.plan.scope_id):
        return person
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    return get_object_or_404(people(person), pk=int(asked))


def _scale(lines: Iterable[Change]) -> charts.TimeScale | None:
    """The time that the bars of these lines need; None where none of them has one."""
    days = [day for line in lines for bar in (line.old_bar, line.new_bar) if bar for day in bar]
    return charts.time_scale(min(days), max([*days, min(days) + timedelta(days=28)]), 4) if days else None


@require_POST
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Have computed what a version does to the chances, against the one that `?with` names or the one in force before."""
    row = _version(request, pk)
    old = _beside(request, row).old
    if old is None:
        raise Refused(f"{str(row).capitalize()} is the first: there is nothing to compare it with.")
    ask_for_effect(old=old, new=row, by=visitor(request))
    where = f"?all=1&with={old.number}"
    return done(request, "It is being computed", reverse("plan:version_changes", args=[row.pk]) + where)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Freeze the plan and ask for signatures."""
    found = queries.plan_of(visitor(request), request.GET.get("office") or request.POST.get("office"))
    made = actions.propose_version(plan=found, because=request.POST.get("because", ""), by=visitor(request))
    return _to(request, f"{_named(made)} is proposed", made)


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree, or object with a reason."""
    row, by = _version(request, pk), visitor(request)
    if request.POST.get("verdict") == SignOff.Verdict.OBJECTS:
        actions.object_to(version=row, because=request.POST.get("because", ""), by=by)
        return _to(request, "Your objection is recorded", row)
    actions.sign(version=row, by=by)
    return _to(request, "You agree", row)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve or overrule an objection."""
    objection: SignOff = seen(request, SignOff, pk, "plan_version__plan__scope", "person")
    actions.answer_objection(
        objection=objection,
        answer=request.POST.get("answer", ""),
        because=request.POST.get("because", ""),
        by=visitor(request),
        version=pages.version_seen(request),
    )
    return _to(request, "The objection is answered", objection.plan_version)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version in force."""
    row = actions.approve_version(version=_version(request, pk), by=visitor(request))
    return _to(request, f"{_named(row)} is in force; everybody concerned is told", row)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was proposed."""
    row = _version(request, pk)
    actions.withdraw_version(version=row, by=visitor(request))
    return _to(request, f"{_named(row)} is withdrawn", row)


@require_POST
def except_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a step stand in a version without a goal, for a while."""
    step, given = step_of(request, pk), request.POST
    try:
        until = date.fromisoformat(given.get("until", ""))
    except ValueError as error:
        raise Refused("Say until when, as 2027-03-31.", field="until") from error
    actions.except_step(step=step, because=given.get("because", ""), until=until, by=visitor(request))
    back = pages.number_seen(given.get("back", ""))
    address = reverse("plan:version", args=[back]) if back else reverse("plan:step", args=[step.pk])
    return done(request, f"{step} may stand until {writing.date(until)}", address)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one has read it."""
    row = _version(request, pk)
    actions.see_version(version=row, by=visitor(request))
    return _to(request, "Noted", row)


def _named(row: Any) -> str:
    return str(row).capitalize()


def _to(request: HttpRequest, text: str, row: PlanVersion) -> HttpResponse:
    return done(request, text, reverse("plan:version", args=[row.pk]))
