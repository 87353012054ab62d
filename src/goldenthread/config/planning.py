"""What `goldenthread plan ...` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session


def _plan(session: Session) -> Any:
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

    found = visible(PlanVersion.objects.filter(plan=_plan(session), number=number), session.person).first()
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

    rows = [_told(version) for version in reads.versions(_plan(session), session.person)]
    if json:
        document({"versions": rows})
    elif rows:
        table(
            ["version", "state", "proposed", "hash"],
            [[r["number"], r["state"], r["proposed_at"][:10], r["hash"][:16]] for r in rows],
        )
    else:
        say("No version has been proposed yet: `goldenthread plan propose --because ...`")


def compare(session: Session, numbers: tuple[int, int], email: str, *, json: bool) -> None:
    """`plan compare`: each change with its kind, subject, people and cause."""
    from goldenthread.accounts.queries import people
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.queries import version_changes as reads

    old, new = (_version(session, number) for number in numbers)
    person = people(session.person).filter(email__iexact=email).first() if email else None
    if email and person is None:
        raise Refused(f"There is nobody with the address {email}.", field="person")
    rows = reads.changes_between(old, new, session.person, person)
    if json:
        document({"old": old.number, "new": new.number, "changes": [_line(row) for row in rows]})
        return
    say(reads.in_a_sentence(rows, f"The work of {person}" if person else "The plan") or "Nothing changed.")
    told = [[row.label, row.subject, ", ".join(row.people), row.cause.words] for row in rows]
    if told:
        table(["change", "what", "who", "because"], told)


def _line(row: Any) -> dict[str, Any]:
    cause = {"ref": ":".join(map(str, row.cause.root)), "words": row.cause.words, "changeset": row.cause.changeset}
    what = [{"field": name, "before": was, "after": now} for name, was, now in row.what]
    return {"kind": row.kind, "subject": row.subject, "ref": row.ref, "person": list(row.people), "what": what, "cause": cause}


def propose(session: Session, because: str, *, json: bool) -> None:
    """`plan propose`: freeze the plan as it stands."""
    from goldenthread.plan.actions import versions as actions

    _say(actions.propose_version(plan=_plan(session), because=because, by=session.person), json=json)


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
    """`plan one-page`: the plan of the office, or of one person, as a PDF of one page."""
    from goldenthread.formats.one_page import as_pdf, is_available, pages_of
    from goldenthread.kit.errors import Refused

    if out.suffix.lower() != ".pdf":
        raise Refused(f"“{out}” does not end in .pdf.", field="--out", advice="PDF is what this command writes.")
    if not is_available():
        raise Refused("PDF is not installed here.", advice="Install the extra: goldenthread[reports].")
    paper, reading = _page_of(session, email) if email else _page(session)
    made = as_pdf(paper)
    try:
        out.write_bytes(made)
    except OSError as error:
        raise Refused(f"“{out}” cannot be written: {error.strerror}.", field="--out") from error
    told = {"file": str(out), "pages": pages_of(made), "reading_grade": reading.grade, "hard_sentences": len(reading.hard)}
    if json:
        document(told)
    else:
        grade = "" if reading.grade is None else f"; reading grade {reading.grade}: {reading.judgement}"
        say(f"{out}: {paper.title}{grade}.")


def _page(session: Session) -> tuple[Any, Any]:
    from django.utils import timezone

    from goldenthread.plan import queries

    page = queries.office_page(_plan(session), session.person, timezone.localdate())
    return queries.office_paper(page), page.reading


def _page_of(session: Session, email: str) -> tuple[Any, Any]:
    from django.utils import timezone

    from goldenthread.accounts.models import Person
    from goldenthread.accounts.queries import visible
    from goldenthread.kit.errors import Refused
    from goldenthread.plan import queries

    subject = visible(Person.objects.select_related("organisation"), session.person).filter(email__iexact=email).first()
    if subject is None or not queries.may_see_work(subject, session.person):
        raise Refused(f"There is nobody with the address {email} whose page you may see.", field="--person")
    page = queries.person_page(subject, session.person, timezone.localdate())
    return queries.person_paper(page), page.reading


def _say(version: Any, *, json: bool) -> None:
    if json:
        document(_told(version))
    else:
        say(f"Version {version.number} of {version.plan}: {version.get_state_display().lower()}.")
