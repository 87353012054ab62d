"""What stands in a cascade, as plain data that is signed; and what differs between two days, in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from goldenthread.purpose.models import Cascade, Objective, Target
from goldenthread.ui import writing

FIGURES = ("kpi_id", "baseline", "value", "band_low", "band_high", "tolerance", "is_required")
LABELS = {
    "value": "the figure to reach",
    "baseline": "the baseline",
    "band_low": "the lower edge",
    "band_high": "the upper edge",
    "tolerance": "the tolerance",
    "due_on": "the day",
    "baseline_on": "the day of the baseline",
    "is_required": "required",
}
DAYS = ("baseline_on", "due_on")

Signed = dict[str, Any]


def stands(cascade: Cascade, targets: Iterable[Target], above: Iterable[Target]) -> Signed:
    """The goal, the targets of the objective and of the goal, and the share. Ids and figures; the only words are the goal's."""
    parent = cascade.parent
    return {
        "parent": cascade.parent_id,
        "parent_retired": parent is not None and parent.state == Objective.State.RETIRED,
        "goal": cascade.goal,
        "sponsor": cascade.sponsor_id,
        "share": cascade.share,
        "share_means": cascade.share_means,
        "targets": _figures(targets),
        "above": _figures(above),
    }


def _figures(targets: Iterable[Target]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            **{name: getattr(row, name) for name in FIGURES},
            **{name: writing.iso(getattr(row, name)) for name in DAYS},
        }
        for row in sorted(targets, key=lambda row: row.pk)
    ]


def digest_of(signed: Signed) -> str:
    """SHA-256 of what was signed, in one canonical form."""
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(then: Signed, now: Signed, kpis: Mapping[int, Any]) -> list[str]:
    """What stands otherwise than it was signed, a sentence each. Of the goal above only that it changed."""
    found = []
    if (then["parent"], then["goal"]) != (now["parent"], now["goal"]):
        found.append("It comes from another goal.")
    elif now["parent_retired"] and not then["parent_retired"]:
        found.append("The goal it comes from was retired.")
    if then["sponsor"] != now["sponsor"]:
        found.append("Somebody else signs for the goal.")
    if then["share"] != now["share"]:
        found.append(f"The share was {_share(then['share'])}, now it is {_share(now['share'])}.")
    elif then["share_means"] != now["share_means"]:
        found.append("The share is meant otherwise.")
    found += _of_targets({row["id"]: row for row in then["targets"]}, {row["id"]: row for row in now["targets"]}, kpis)
    if then["parent"] == now["parent"] and then["above"] != now["above"]:
        found.append("The targets of the goal it comes from changed.")
    return found


def _of_targets(then: dict[int, Signed], now: dict[int, Signed], kpis: Mapping[int, Any]) -> list[str]:
    found = []
    for key in sorted({*then, *now}):
        old, new = then.get(key), now.get(key)
        kpi = kpis.get((new or old or {})["kpi_id"])
        name = kpi.name if kpi is not None else "a figure"
        if old is None:
            found.append(f"A target of {name} was added.")
        elif new is None:
            found.append(f"The target of {name} was removed.")
        else:
            found += [
                f"{name}: {LABELS[field]} was {_said(old[field])}, now {_said(new[field])} stands."
                for field in LABELS
                if old[field] != new[field]
            ]
    return found


def _share(share: int | None) -> str:
    return "not said" if share is None else writing.percent(share / 100)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return writing.date(date.fromisoformat(value)) if value else "not said"
    return "not said" if value is None else writing.number(value)
