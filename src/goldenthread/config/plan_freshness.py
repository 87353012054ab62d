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

    plan = _plan(session)
    found = plan_freshness(plan, timezone.localdate(), session.person)
    sees_people = may_in(session.person, "v", "PULSE", plan.scope_id)
    if json:
        document(_told(found, sees_people=sees_people))
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


def _told(found: Any, *, sees_people: bool) -> dict[str, Any]:
    return {
        "plan": found.plan.name,
        "office": found.plan.office.code,
        "day": found.day.isoformat(),
        "score": round(found.score, 2),
        "state": found.state,
        "objectives_changed": found.changed,
        "parts": {
            p.code: {"share": p.share, "weight": p.weight, "n": p.n, "formula": p.formula, "words": p.words} for p in found.parts
        },
        "stale": [
            {
                "kind": row.kind,
                "subject": row.subject,
                "owner": row.owner,
                "days": row.days,
                "why": row.words,
                "action": {"label": row.action, "address": row.address, "sends": row.fields} if row.action else None,
            }
            for row in found.stale
        ],
        "confusion": _confusion(found.confusion, sees_people=sees_people),
        "review": {
            "approved_on": found.review.approved_on.isoformat() if found.review.approved_on else None,
            "due_on": found.review.due_on.isoformat() if found.review.due_on else None,
            "days_late": found.review.days_late,
        },
    }


def _confusion(found: Any, *, sees_people: bool) -> dict[str, Any]:
    """The measures; people and the pulse only for who may see the gaps."""
    return {
        "people_without_step": [name for _, name in found.people] if sees_people else None,
        "steps_without_person": [row.title for row in found.steps],
        "claimed_twice": [{"steps": [name for _, name, _ in row.steps], "why": row.why} for row in found.twice],
        "pulse": {"share": found.pulse.share, "knows_goal": found.pulse.knows_goal, "n": found.pulse.n} if sees_people else None,
    }
