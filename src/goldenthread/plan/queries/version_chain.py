"""Whether the record of a plan's versions is what was written: the chain of events, and what each version holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from goldenthread.plan.mapping.event_chain import STANDS, breaks
from goldenthread.plan.mapping.version_document import digest_of
from goldenthread.plan.models import BusinessPlan, PlanEvent, PlanVersion, VersionDocument
from goldenthread.plan.queries.versions import frozen_rows


def head_of(plan: BusinessPlan | int) -> PlanEvent | None:
    """The newest event of a plan's chain."""
    return PlanEvent.objects.filter(plan=plan).order_by("-place").first()


def heads_file() -> Path:
    """Where the head of each chain is noted outside the database: a line an event, appended."""
    return Path(settings.ENVIRONMENT.data_dir) / "plan-heads.jsonl"


def noted_heads() -> dict[tuple[str, int], tuple[int, str]]:
    """Organisation and plan -> place and hash of the last event that was noted; lines that are no notes are passed over."""
    found: dict[tuple[str, int], tuple[int, str]] = {}
    if not heads_file().exists():
        return found
    for line in heads_file().read_text(encoding="utf-8").splitlines():
        try:
            note = json.loads(line)
            found[note["organisation"], note["plan"]] = (note["place"], note["hash"])
        except (ValueError, KeyError, TypeError):
            continue
    return found


def chain_faults(plan: BusinessPlan, head: tuple[int, str] | None = None) -> Iterator[str]:
    """Where the record of a plan's versions is not what was written; `head`: place and hash noted outside the database."""
    events = list(PlanEvent.objects.filter(plan=plan).order_by("place"))
    yield from (f"plan {plan.pk}: {text}" for text in breaks(events))
    if head is not None:
        noted = next((event for event in events if event.place == head[0]), None)
        if noted is None or noted.hash != head[1]:
            how = "it is missing" if noted is None else "it has another hash"
            yield f"plan {plan.pk}: event {head[0]} is not the one noted outside: {how}"
    last: dict[int, str] = {}
    holds: dict[int, str] = {}
    for event in events:
        holds.setdefault(event.version_id, event.holds)
        last[event.version_id] = STANDS.get(PlanEvent.What(event.what), last.get(event.version_id, ""))
        if event.holds != holds[event.version_id]:
            yield f"plan {plan.pk}: event {event.place} speaks of another content of its version"
    rows = {version.pk: version for version in PlanVersion.objects.filter(plan=plan)}
    for pk in sorted(rows.keys() | holds.keys()):
        yield from (f"plan {plan.pk}, {text}" for text in _version_faults(rows.get(pk), pk, holds.get(pk), last.get(pk, "")))


def _version_faults(version: PlanVersion | None, pk: int, holds: str | None, told: str) -> Iterator[str]:
    if version is None:
        yield f"version row {pk}: it is gone, its events speak of it"
        return
    if holds is None:
        yield f"{version}: no event speaks of it"
        return
    text = VersionDocument.objects.filter(version=version).values_list("text", flat=True).first() or ""
    if digest_of(text, frozen_rows(version.baseline_id)) != holds or version.digest != holds:
        yield f"{version}: what it holds, or its baseline, is not what was proposed"
    stands = "PROPOSED" if version.state == PlanVersion.State.SIGNED else version.state
    if stands != told:
        yield f"{version}: its row says {version.get_state_display().lower()}, its events say {told.lower().replace('_', ' ')}"
