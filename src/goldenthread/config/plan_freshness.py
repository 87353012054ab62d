"""What `goldenthread plan freshness` does."""

from __future__ import annotations

from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session


def _plan(session: Session) -> Any:
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.queries import plans_of

    office = session.office
    plan = next((plan for plan in plans_of(session.person) if plan.office_id == office.pk), None)
    if plan is None:
        raise Refused(f"{office} has no plan that you may see.")
    return plan


def freshness(session: Session, *, json: bool) -> None:
    """`plan freshness`: the score with its parts, what is stale, the confusion measures, the next review."""
    from django.utils import timezone

    from goldenthread.accounts.queries import may_in
    from goldenthread.plan.queries.freshness import plan_freshness
    from goldenthread.plan.queries.freshness_data import freshness_as_data

    plan = _plan(session)
    found = plan_freshness(plan, timezone.localdate(), session.person)
    sees_people = may_in(session.person, "v", "PULSE", plan.scope_id)
    if json:
        document(freshness_as_data(found, sees_people=sees_people))
        return
    say(f"{plan}: {found.score:.0f} of 100. {found.words} {found.review.words}\n")
    table(
        ["part", "weight", "share", "in words"],
        [[p.title, f"{p.weight:.0%}", "unknown" if p.share is None else f"{p.share:.0%}", p.words] for p in found.parts],
    )
    say("")
    rows = [[row.kind, row.subject[:60], row.owner or "nobody", row.words[:60]] for row in found.stale]
    table(["", "what is stale", "owner", "why"], rows, "Nothing is stale.")
    say("")
    table(["measure", "how many"], _measures(found.confusion, sees_people=sees_people))


def _measures(found: Any, *, sees_people: bool) -> list[list[Any]]:
    rows: list[list[Any]] = [["steps with no person", len(found.steps)], ["claimed twice", len(found.twice)]]
    if sees_people:
        rows += [["people with no step", len(found.people)], ["what people say", found.pulse_words]]
    return rows
