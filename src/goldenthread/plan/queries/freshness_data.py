"""How fresh a plan is as plain data, for commands and programs."""

from __future__ import annotations

from typing import Any


def freshness_as_data(found: Any, *, sees_people: bool) -> dict[str, Any]:
    """Score, parts, stale parts, confusion and review; people only for who may see the gaps."""
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
