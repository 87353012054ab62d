"""How right an owner was, for the owner alone; and what owners chose to share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.evidence.models import OwnEstimate
from goldenthread.evidence.queries.calibration import that_counts
from goldenthread.purpose.models import Objective, Target


@dataclass(frozen=True)
class OwnRecord:
    """What a person said: the newest of each open target, what came of the closed ones, and the mean of (chance - outcome)^2."""

    open: tuple[OwnEstimate, ...]
    closed: tuple[OwnEstimate, ...]
    brier: float | None


def own_record(person: Person) -> OwnRecord:
    """Everything the person said of targets that he or she may still see. One statement."""
    seen = visible(Target.objects.all(), person).values("pk")
    rows: Any = OwnEstimate.objects.filter(person=person, target__in=seen).select_related("target__objective", "target__kpi")
    by_aim = [list(group) for _, group in groupby(rows.order_by("target_id", "due_on", "made_on"), key=_aim)]
    told = [row for group in by_aim if (row := that_counts(group)) is not None and row.was_reached is not None]
    closed = sorted(told, key=lambda row: (row.due_on, row.pk), reverse=True)
    waiting = sorted((group[-1] for group in by_aim if group[-1].closed_on is None), key=attrgetter("due_on", "pk"))
    brier = sum((row.chance - bool(row.was_reached)) ** 2 for row in closed) / len(closed) if closed else None
    return OwnRecord(tuple(waiting), tuple(closed), brier)


def newest_own(person: Person, targets: Iterable[Target]) -> dict[int, OwnEstimate]:
    """Target id -> what the person said of it last. One statement."""
    rows = OwnEstimate.objects.filter(person=person, target__in=list(targets)).order_by("made_on")
    return {row.target_id: row for row in rows}


def may_say(person: Person, objective: Objective) -> bool:
    """Whether the person is asked how likely the objective's targets are. No statement."""
    return objective.owner_id == person.pk and bool(person.organisation.shows_own_estimates)


def has_said(person: Person, objective: Objective) -> bool:
    """Whether anything is kept that the person said of the objective's targets. One statement."""
    return OwnEstimate.objects.filter(person=person, target__objective=objective).exists()


def targets_ahead(objective: Objective, day: date) -> list[Target]:
    """The targets of an objective whose day is still to come. One statement."""
    return list(objective.targets.filter(due_on__gt=day).select_related("kpi").order_by("due_on", "pk"))


def shared_estimates(person: Person) -> list[OwnEstimate]:
    """The newest that others share of each open target that the person may see; nothing where the organisation shows none."""
    if not person.organisation.shows_own_estimates:
        return []
    seen = visible(Target.objects.all(), person).values("pk")
    rows: Any = OwnEstimate.objects.filter(is_shared=True, closed_on=None, target__in=seen).exclude(person=person)
    found = {
        (row.person_id, row.target_id): row
        for row in rows.select_related("person", "target__objective", "target__kpi").order_by("made_on")
    }
    return sorted(found.values(), key=attrgetter("due_on", "pk"))


def _aim(row: OwnEstimate) -> tuple[int, date]:
    return row.target_id, row.due_on
