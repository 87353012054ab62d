"""What `goldenthread plan ...` does."""

from __future__ import annotations

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


def _say(version: Any, *, json: bool) -> None:
    if json:
        document(_told(version))
    else:
        say(f"Version {version.number} of {version.plan}: {version.get_state_display().lower()}.")
