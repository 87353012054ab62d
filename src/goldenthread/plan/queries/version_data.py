"""What changed between two versions as plain data, for commands and programs."""

from __future__ import annotations

from typing import Any

from goldenthread.plan.queries.version_changes import Change
from goldenthread.plan.queries.version_effects import Comparison, Effect


def as_data(found: Comparison) -> dict[str, Any]:
    """The changes, and the effects with whether they are computed."""
    return {"changes": [_line(row) for row in found.changes]} | effects_as_data(found.effects)


def effects_as_data(effects: list[Effect] | None) -> dict[str, Any]:
    """Effects for a program: chances and parts as figures, or words and no figure where the basis is thin."""
    if effects is None:
        return {"effects": [], "effects_state": "not yet computed"}
    told = []
    for effect in effects:
        shown = not effect.is_thin
        parts = [
            {"cause": {"ref": part.ref, "words": part.words}, "change": part.change if shown else None, "words": part.said}
            for part in effect.parts
        ]
        ends = {"before": effect.before, "after": effect.after} if shown else {"before": None, "after": None}
        named = {"objective": effect.title, "ref": f"objective:{effect.objective}", "basis": effect.basis, "words": effect.said}
        told.append(named | ends | {"parts": parts})
    return {"effects": told, "effects_state": "computed"}


def _line(row: Change) -> dict[str, Any]:
    cause = {"ref": ":".join(map(str, row.cause.root)), "words": row.cause.words, "changeset": row.cause.changeset}
    what = [{"field": name, "before": was, "after": now} for name, was, now in row.what]
    return {"kind": row.kind, "subject": row.subject, "ref": row.ref, "person": list(row.people), "what": what, "cause": cause}
