"""Who planned a version together, read back in words from what was taken down by ids when it was proposed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from goldenthread.accounts.models import Person
from goldenthread.plan.models import PlanVersion, VersionDocument
from goldenthread.plan.queries.sessions import TOGETHER
from goldenthread.plan.queries.versions import may_name_readers


@dataclass(frozen=True)
class Together:
    """How many of those invited took part before a version; names for who may know them; staff whom nobody invited."""

    sessions: int
    invited: int
    took_part: int
    left_out: int
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()


def together_of(version: PlanVersion, viewer: Person) -> Together | None:
    """Who planned a version, as it was taken down; None where no session came before it."""
    text = VersionDocument.objects.filter(version=version).values_list("text", flat=True).first()
    told = json.loads(text).get(TOGETHER) if text else None
    if told is None:
        return None
    sessions, invited, took_part, out = (len(told[key]) for key in ("sessions", "invited", "took_part", "left_out"))
    if not may_name_readers(version.plan, viewer):
        return Together(sessions, invited, took_part, out)
    missing = sorted({*told["invited"]} - {*told["took_part"]})
    return Together(sessions, invited, took_part, out, _names(told["took_part"]), _names(missing), _names(told["left_out"]))


def _names(pks: list[int]) -> tuple[str, ...]:
    return tuple(Person.objects.filter(pk__in=pks).order_by("name", "pk").values_list("name", flat=True))
