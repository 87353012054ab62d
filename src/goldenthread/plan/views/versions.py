"""Versions of the plan: the list, one with what was said of it, and what it changes in whose work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in, people
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.actions import telling
from goldenthread.plan.actions import versions as actions
from goldenthread.plan.models import PlanEvent, PlanVersion, SignOff
from goldenthread.plan.queries import version_approval, version_changes
from goldenthread.plan.queries import versions as reads
from goldenthread.plan.views.shared import done, seen, step_of, visitor
from goldenthread.ui import pages, writing

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
    asked = list(reads.signers(row.plan))
    spoken = {word.person_id: word for word in standing.words}
    events = row.events if reads.may_name_readers(row.plan, person) else row.events.exclude(what="SEEN")
    is_open, may_approve = row.state in reads.OPEN, may(person, Act.APPROVE, row.plan)
    context = {
        "version": row,
        "office": row.plan.office,
        "tones": TONES,
        "standing": standing,
        "waits_for": [one for one in asked if one.pk not in spoken] if is_open else [],
        "in_the_way": version_approval.in_the_way(row.plan, row, timezone.localdate()) if is_open and may_approve else [],
        "a_quarter_on": timezone.localdate() + timedelta(days=90),
        "events": events.select_related("person").order_by("-place"),
        "readers": reads.readers_of(row, person) if row.in_force_on else None,
        "before": telling.before(row),
        "is_open": is_open,
        "may_approve": may_approve,
        "may_withdraw": may(person, Act.EDIT, row.plan),
        "may_sign": is_open and (any(one.pk == person.pk for one in asked) or may(person, Act.EDIT, row.plan)),
        "mine": spoken.get(person.pk),
    }
    return pages.page(request, "plan/templates/version.html", context)


@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What a version changes against the one in force before it: in one's own work, in another's, or in all of it."""
    person, row = visitor(request), _version(request, pk)
    old, has_seen = _compared_with(request, row)
    whose = _whose(request, person, row)
    lines = version_changes.changes_between(old, row, person, whose) if old is not None else []
    who = "Your work" if whose == person else f"The work of {whose}" if whose else "The plan"
    context = {
        "version": row,
        "office": row.plan.office,
        "old": old,
        "whose": whose,
        "me": person,
        "lines": lines,
        "sentence": version_changes.in_a_sentence(lines, who),
        "who": who,
        "has_seen": has_seen,
    }
    return pages.page(request, "plan/templates/version_changes.html", context)


def _version(request: HttpRequest, pk: int) -> PlanVersion:
    found: PlanVersion = seen(request, PlanVersion, pk, "plan__office", "plan__scope", "proposed_by")
    return found


def _compared_with(request: HttpRequest, row: PlanVersion) -> tuple[PlanVersion | None, bool]:
    """The version to compare with, and whether the visitor has read this one. One statement."""
    asked = request.GET.get("with", "")
    if asked and (not asked.isdecimal() or len(asked) > 9):
        raise Http404
    beside = Q(number=int(asked)) if asked else Q(number__lt=row.number, in_force_on__isnull=False)
    seen_by = PlanEvent.objects.filter(version=row, person=visitor(request), what=PlanEvent.What.SEEN)
    rows = PlanVersion.objects.filter(Q(pk=row.pk) | beside, plan=row.plan_id).select_related("document")
    found = list(rows.annotate(has_seen=Exists(seen_by)).order_by("-number"))
    old = next((one for one in found if one.pk != row.pk), None)
    if asked and old is None and int(asked) != row.number:
        raise Http404
    if old is not None:
        row.document = next(one.document for one in found if one.pk == row.pk)
    return old, found[0].has_seen


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
