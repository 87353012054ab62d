"""What `goldenthread plan ...` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session


def the_plan(session: Session) -> Any:
    """The plan of the session's office; Refused where its person may not see one."""
    from goldenthread.accounts.queries import visible
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.models import BusinessPlan

    plan = visible(BusinessPlan.objects.filter(office=session.office), session.person).first()
    if plan is None:
        raise Refused(f"{session.office} has no plan that you may see.")
    return plan


def _version(session: Session, number: int) -> Any:
    from goldenthread.accounts.queries import visible
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.models import PlanVersion

    found = visible(PlanVersion.objects.filter(plan=the_plan(session), number=number), session.person).first()
    if found is None:
        raise Refused(f"There is no version {number}.", field="number")
    return found


def _told(version: Any) -> dict[str, Any]:
    from goldenthread.plan.models import PlanEvent

    newest = PlanEvent.objects.filter(version=version).order_by("-place").first()
    return {
        "number": version.number,
        "state": version.state.lower(),
        "hash": newest.hash if newest else None,
        "holds": version.digest,
        "proposed_at": version.proposed_at.isoformat(),
        "in_force_on": version.in_force_on.isoformat() if version.in_force_on else None,
        "because": version.because,
    }


def versions(session: Session, *, json: bool) -> None:
    """`plan versions`: every version with its state and the hash of its last event."""
    from goldenthread.plan.queries import versions as reads

    rows = [_told(version) for version in reads.versions(the_plan(session), session.person)]
    if json:
        document({"versions": rows})
    elif rows:
        table(
            ["version", "state", "proposed", "hash"],
            [[r["number"], r["state"], r["proposed_at"][:10], r["hash"][:16]] for r in rows],
        )
    else:
        say("No version has been proposed yet: `goldenthread plan propose --because ...`")


def compare(session: Session, numbers: tuple[int, int], email: str, *, effects: bool, json: bool) -> None:
    """`plan compare`: each change with its kind, subject, people and cause, and what it does to the objectives."""
    from goldenthread.accounts.queries import people
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.queries import version_changes as reads
    from goldenthread.plan.queries.version_data import as_data
    from goldenthread.plan.queries.version_effects import comparison

    old, new = (_version(session, number) for number in numbers)
    person = people(session.person).filter(email__iexact=email).first() if email else None
    if email and person is None:
        raise Refused(f"There is nobody with the address {email}.", field="person")
    found = comparison((old, new), session.person, person, _kept_effect(old, new, compute=effects))
    rows = found.changes
    if json:
        document({"old": old.number, "new": new.number} | as_data(found))
        return
    say(reads.in_a_sentence(rows, f"The work of {person}" if person else "The plan") or "Nothing changed.")
    told = [[row.label, row.subject, ", ".join(row.people), row.cause.words] for row in rows]
    if told:
        table(["change", "what", "who", "because"], told)
    if found.effects is None:
        say("The effect on the objectives is not yet computed: add --effects to compute it now.")
    for effect in found.effects or []:
        if effect.matters:
            say(f"{effect.title}: {effect.said}")
            parts = [[part.words, part.said if effect.is_thin else f"{part.points:+d}"] for part in effect.moved]
            if parts:
                table(["cause", "part of it"], parts)


def _kept_effect(old: Any, new: Any, *, compute: bool) -> Any:
    """What is kept of the effect; computed first where that is asked for and was not done."""
    from goldenthread.plan.actions.version_effects import make_effect
    from goldenthread.plan.models import VersionEffect

    kept = VersionEffect.objects.filter(old=old, new=new).first()
    if kept is None and compute:
        kept = make_effect(old=old, new=new, progress=lambda *_: None)
    return kept.results if kept is not None else None


def propose(session: Session, because: str, *, json: bool) -> None:
    """`plan propose`: freeze the plan as it stands."""
    from goldenthread.plan.actions import versions as actions

    _say(actions.propose_version(plan=the_plan(session), because=because, by=session.person), json=json)


def sign(session: Session, number: int, objection: str, *, json: bool) -> None:
    """`plan sign`: agree, or object."""
    from goldenthread.plan.actions import versions as actions

    version = _version(session, number)
    if objection:
        actions.object_to(version=version, because=objection, by=session.person)
    else:
        actions.sign(version=version, by=session.person)
    _say(_version(session, number), json=json)


def approve(session: Session, number: int, *, json: bool) -> None:
    """`plan approve`: put a version in force."""
    from goldenthread.plan.actions import versions as actions

    _say(actions.approve_version(version=_version(session, number), by=session.person), json=json)


def one_page(session: Session, out: Path, email: str, *, json: bool) -> None:
    """`plan one-page`: the plan of the office, or of one person, as a file of one page."""
    from django.utils import timezone

    from goldenthread.formats.one_page import pages_of
    from goldenthread.kit.errors import Refused
    from goldenthread.plan import queries

    form, day = out.suffix.lower().removeprefix("."), timezone.localdate()
    if form not in queries.TYPES:
        raise Refused(
            f"“{out}” does not end in .pdf, .pptx or .xlsx.", field="--out", advice="Those are what this command writes."
        )
    if email:
        subject = _subject(session, email)
        made, reading = (
            queries.person_file(form, subject, session.person, day),
            queries.person_page(subject, session.person, day).reading,
        )
    else:
        plan = the_plan(session)
        made, reading = (
            queries.office_file(form, plan, session.person, day),
            queries.office_page(plan, session.person, day).reading,
        )
    try:
        out.write_bytes(made)
    except OSError as error:
        raise Refused(f"“{out}” cannot be written: {error.strerror}.", field="--out") from error
    told = {"file": str(out), "pages": pages_of(made) if form == "pdf" else 1}
    if json:
        document(told | {"reading_grade": reading.grade, "hard_sentences": len(reading.hard)})
    else:
        grade = "" if reading.grade is None else f"; reading grade {reading.grade}: {reading.judgement}"
        say(f"{out}: {subject.name if email else plan.office.name}: the plan on one page{grade}.")


def _subject(session: Session, email: str) -> Any:
    from goldenthread.accounts.models import Person
    from goldenthread.accounts.queries import visible
    from goldenthread.kit.errors import Refused
    from goldenthread.plan import queries

    subject = visible(Person.objects.select_related("organisation"), session.person).filter(email__iexact=email).first()
    if subject is None or not queries.may_see_work(subject, session.person):
        raise Refused(f"There is nobody with the address {email} whose page you may see.", field="--person")
    return subject


def _say(version: Any, *, json: bool) -> None:
    if json:
        document(_told(version))
    else:
        say(f"Version {version.number} of {version.plan}: {version.get_state_display().lower()}.")
