"""Versions of the plan: proposed, signed or objected to, put in force, superseded. Each of these is an event of the chain."""

from __future__ import annotations

import logging
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history, jobs
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.actions.telling import address_of, before
from goldenthread.plan.actions.version_effects import ask_for_effect
from goldenthread.plan.mapping.event_chain import hash_of
from goldenthread.plan.mapping.version_document import canonical, digest_of
from goldenthread.plan.models import (
    BusinessPlan,
    PlanEvent,
    PlanVersion,
    SignOff,
    Step,
    StepException,
    VersionDocument,
    VersionEffect,
)
from goldenthread.plan.queries.version_approval import in_the_way
from goldenthread.plan.queries.version_chain import head_of, heads_file
from goldenthread.plan.queries.versions import OPEN, document_of, frozen_rows, signers, standing_of
from goldenthread.schedule import actions as schedule
from goldenthread.workspace.models import InboxItem

log = logging.getLogger(__name__)
What = PlanEvent.What
LONGEST = 1000
REASONS = 20  # of what stands in the way, as a refusal lists


def propose_version(*, plan: BusinessPlan, because: str, by: Person) -> PlanVersion:
    """Freeze the plan as it stands today and ask for signatures. Refused while another version waits for them."""
    _must(by, Act.EDIT, plan)
    if not because.strip():
        raise Refused("Say what changed and why.", field="because")
    known, read = _written_so_far(), document_of(plan, timezone.localdate())  # of a long plan, for seconds: others may write
    with changeset(title=f"Propose a version of {plan}", by=by, about=f"plan:{plan.pk}") as made:
        _lock(plan)
        waiting = PlanVersion.objects.filter(plan=plan, state__in=OPEN).first()
        if waiting is not None:
            raise Refused(f"{waiting} is proposed already.".capitalize(), advice="Approve or withdraw it first.")
        last = PlanVersion.objects.filter(plan=plan).order_by("-number").values_list("number", flat=True).first() or 0
        day = timezone.localtime(made.at).date()
        baseline = schedule.freeze(schedule=plan.schedule, name=f"Version {last + 1}", on=day)
        document = read if _written_so_far(but=made.pk) == known and day == timezone.localdate() else document_of(plan, day)
        version = PlanVersion(
            plan=plan, number=last + 1, baseline=baseline, digest=digest_of(document, frozen_rows(baseline)),
            because=because.strip()[:LONGEST], proposed_at=made.at, proposed_by=by,
        )  # fmt: skip
        version.save()
        VersionDocument(version=version, text=document).save()
        _append(version, What.PROPOSED, by, made.at)
        _ask_for_effect(version, by)
    return version


def _written_so_far(but: int = 0) -> tuple[int, int]:
    """What tells whether somebody wrote meanwhile: how many actions there are, and the newest."""
    found = Changeset.objects.exclude(pk=but).aggregate(count=Count("pk"), newest=Max("pk"))
    return found["count"], found["newest"] or 0


def sign(*, version: PlanVersion, by: Person) -> SignOff:
    """Agree. Once everybody asked agrees, and no objection is open, the version is signed."""
    return _say(version, SignOff.Verdict.AGREES, "", by)


def object_to(*, version: PlanVersion, because: str, by: Person) -> SignOff:
    """Object, which blocks approval until the objection is resolved, overruled, or its author agrees after all."""
    if not because.strip():
        raise Refused("Say what is wrong with it.", field="because")
    return _say(version, SignOff.Verdict.OBJECTS, because.strip()[:LONGEST], by)


def answer_objection(*, objection: SignOff, answer: str, because: str, by: Person, version: int | None = None) -> None:
    """Resolve or overrule an objection, with a reason. By who may approve the plan."""
    of = objection.plan_version
    _must(by, Act.APPROVE, of.plan)
    if answer not in (SignOff.Answer.RESOLVED, SignOff.Answer.OVERRULED):
        raise Refused("Choose whether it is resolved or overruled.", field="answer")
    if not because.strip():
        raise Refused("Say how it was resolved, or why it is overruled.", field="because")
    with changeset(title=f"Answer the objection of {objection.person}", by=by, about=f"plan:{of.plan_id}") as made:
        _lock(of.plan)
        if objection not in standing_of(_still_open(of)).open_objections:
            raise Refused("This objection is not open any more.")
        answered = {"answer": answer, "answered_by": by, "answered_because": because.strip()[:LONGEST]}
        history.change(objection, answered, version=version)
        _append(of, What(answer), by, made.at)


def approve_version(*, version: PlanVersion, by: Person) -> PlanVersion:
    """Put a version in force; the one before is superseded. Refused with everything that stands in the way."""
    plan = version.plan
    _must(by, Act.APPROVE, plan)
    with changeset(title=f"Put {version} of {plan} in force", by=by, about=f"plan:{plan.pk}") as made:
        _lock(plan)
        version = _still_open(version)
        day = timezone.localtime(made.at).date()
        wrong = in_the_way(plan, version, day)
        if wrong:
            more = [f"And {len(wrong) - REASONS} more."] if len(wrong) > REASONS else []
            told = " ".join([*map(str, wrong[:REASONS]), *more])
            raise Refused(f"{str(version).capitalize()} cannot be put in force: {told}")
        for last in PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.IN_FORCE):
            history.change(last, {"state": PlanVersion.State.SUPERSEDED, "superseded_on": day})
            _append(last, What.SUPERSEDED, by, made.at)
        history.change(version, {"state": PlanVersion.State.IN_FORCE, "in_force_on": day})
        _append(version, What.APPROVED, by, made.at)
        history.change(plan, {"approved_on": day})
        _ask_for_effect(version, by)
        jobs.ask_for("tell-version", by=by, key=f"tell-version:{version.pk}", version_id=version.pk)
    return version


def withdraw_version(*, version: PlanVersion, by: Person) -> None:
    """Take back what was proposed. Its record stays."""
    _must(by, Act.EDIT, version.plan)
    with changeset(title=f"Withdraw {version} of {version.plan}", by=by, about=f"plan:{version.plan_id}") as made:
        _lock(version.plan)
        version = _still_open(version)
        history.change(version, {"state": PlanVersion.State.WITHDRAWN})
        _append(version, What.WITHDRAWN, by, made.at)


def see_version(*, version: PlanVersion, by: Person) -> None:
    """Say that one has read what the version changes. Once is enough."""
    if not may(by, Act.VIEW, version):
        raise Forbidden("You may not see this plan.")
    if PlanEvent.objects.filter(version=version, person=by, what=What.SEEN).exists():
        return
    with changeset(title=f"Read {version} of {version.plan}", by=by, about=f"plan:{version.plan_id}") as made:
        _lock(version.plan)
        _append(version, What.SEEN, by, made.at)
        InboxItem.objects.filter(person=by, link=address_of(version), read_at__isnull=True).update(read_at=made.at)


def except_step(*, step: Step, because: str, until: date, by: Person) -> StepException:
    """Let a step stand in a version although it names nothing that it moves, supervises or has to meet."""
    _must(by, Act.APPROVE, step.plan)
    if not because.strip():
        raise Refused("Say why it may stand.", field="because")
    if until < timezone.localdate():
        raise Refused("The last day is over.", field="until")
    with changeset(title=f"Let {step} stand without a goal", by=by, about=f"step:{step.pk}"):
        row = StepException.objects.filter(step=step).first()
        given = {"because": because.strip()[:500], "until": until, "given_by": by}
        if row is None:
            row = StepException(step=step, **given)
            row.save()
        else:
            history.change(row, given)
    return row


def _say(version: PlanVersion, verdict: str, because: str, by: Person) -> SignOff:
    plan = version.plan
    if not may(by, Act.VIEW, version):
        raise Forbidden("You may not see this plan.")
    asked = signers(plan, timezone.localdate())
    if not asked.filter(pk=by.pk).exists() and not may(by, Act.EDIT, plan):
        raise Forbidden("You are not asked to sign this plan.")
    verb = "Sign" if verdict == SignOff.Verdict.AGREES else "Object to"
    with changeset(title=f"{verb} {version} of {plan}", by=by, about=f"plan:{plan.pk}") as made:
        _lock(plan)
        version = _still_open(version)
        word = SignOff(plan_version=version, person=by, verdict=verdict, because=because, at=made.at)
        word.save()
        _append(version, What.AGREED if verdict == SignOff.Verdict.AGREES else What.OBJECTED, by, made.at)
        standing = standing_of(version)
        all_agree = not standing.open_objections and set(asked) <= {one.person for one in standing.agreed}
        state = PlanVersion.State.SIGNED if all_agree else PlanVersion.State.PROPOSED
        history.change(version, {"state": state})
    return word


def _ask_for_effect(version: PlanVersion, by: Person) -> None:
    """Have computed what it does against the one that was in force before, unless that was done already."""
    old = before(version)
    if old is not None and not VersionEffect.objects.filter(old=old, new=version).exists():
        ask_for_effect(old=old, new=version, by=by)


def _lock(plan: BusinessPlan) -> None:
    """Nobody else writes of this plan's versions until the end of the transaction."""
    BusinessPlan.objects.select_for_update().get(pk=plan.pk)


def _still_open(version: PlanVersion) -> PlanVersion:
    """The version as it stands now; refused where somebody approved, superseded or withdrew it meanwhile."""
    now: PlanVersion = PlanVersion.objects.select_related("plan").get(pk=version.pk)
    if now.state not in OPEN:
        raise Refused(f"{str(now).capitalize()} is {now.get_state_display().lower()} already.")
    return now


def _append(version: PlanVersion, what: Any, person: Person | None, at: Any) -> PlanEvent:
    """One more link of the chain. The plan is locked, so that the place is free."""
    head = head_of(version.plan_id)
    event = PlanEvent(
        plan_id=version.plan_id, place=head.place + 1 if head else 1, version=version, what=what, person=person, at=at,
        holds=version.digest, before=head.hash if head else "",
    )  # fmt: skip
    event.hash = hash_of(event)
    event.save()
    transaction.on_commit(partial(_note, current_organisation().slug, event))
    return event


def _note(organisation: str, event: PlanEvent) -> None:
    """Keep the head of the chain outside the database too, where who changes rows does not reach it."""
    note = {"at": event.at.isoformat(), "organisation": organisation, "plan": event.plan_id, "place": event.place}
    try:
        with heads_file().open("a", encoding="utf-8") as file:
            file.write(canonical(note | {"hash": event.hash}) + "\n")
    except OSError:  # what was decided stands; the next event notes its own head
        log.warning("The head of the plan's record could not be noted in %s", heads_file(), exc_info=True)


def _must(by: Person, act: Act, plan: BusinessPlan) -> None:
    if not may(by, act, plan):
        raise Forbidden("You may not do this with the plan.")
