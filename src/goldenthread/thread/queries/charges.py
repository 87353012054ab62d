"""Everything that one person does or answers for, each thing once, with who may give it to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.permissions import Act
from goldenthread.plan.models import Duty, Raci
from goldenthread.projects.models import Programme, Project
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.schedule.models import Activity

DOES = (Raci.Letter.RESPONSIBLE, Raci.Letter.ACCOUNTABLE)
OPEN_OBJECTIVES = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
OPEN_PROJECTS = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)


@dataclass(frozen=True)
class Charge:
    """One thing a person does or answers for: `part` says which, `may_move` whether the viewer may give it to another."""

    ref: str
    name: str
    part: str
    may_move: bool


@dataclass(frozen=True)
class Charges:
    """What may be seen of it, and how many more there are."""

    rows: list[Charge]
    unseen: int

    @property
    def parts(self) -> list[tuple[str, list[Charge]]]:
        """By what the person is in it, in order."""
        return [(part, list(rows)) for part, rows in groupby(self.rows, key=lambda row: row.part)]

    @property
    def movable(self) -> list[Charge]:
        """Those that the viewer may give to another."""
        return [row for row in self.rows if row.may_move]


def charges(subject: Person, viewer: Person) -> Charges:
    """Open work, duties, KPIs, projects, programmes and objectives of a person."""
    found: list[Charge] = []
    unseen = 0
    for noun, part, rows in _held(subject):
        seen = list(visible(rows, viewer))
        editable = set(visible(rows, viewer, Act.EDIT).values_list("pk", flat=True))
        approves = _approvable(rows, viewer) if noun == "objective" else editable
        unseen += rows.count() - len(seen)
        found += [Charge(f"{noun}:{row.pk}", str(row), part, row.pk in editable & approves) for row in seen]
    return Charges(found, unseen)


def _held(subject: Person) -> Iterable[tuple[str, str, QuerySet[Any]]]:
    """Noun, the person's part in it, and the rows; a project that one both leads and sponsors stands there once for each."""
    named = Q(assignments__resource__person=subject) | Q(step__raci__person=subject, step__raci__letter__in=DOES)
    open_ones = Activity.objects.filter(actual_finish=None, cancelled_on=None)
    running = Project.objects.filter(state__in=OPEN_PROJECTS, gone_on=None)
    yield "activity", "does it or answers for it", open_ones.filter(pk__in=open_ones.filter(named).values("pk")).order_by("id")
    yield "duty", "holds the duty", Duty.objects.filter(holder=subject).order_by("name", "id")
    yield "kpi", "enters the figure", Kpi.objects.filter(owner=subject).order_by("name", "id")
    yield "manager", "leads the project", running.filter(manager=subject).order_by("name", "id")
    yield "sponsor", "sponsors the project", running.filter(sponsor=subject).order_by("name", "id")
    yield "programme", "leads the programme", Programme.objects.filter(owner=subject).order_by("name", "id")
    yield (
        "objective",
        "answers for the objective",
        Objective.objects.filter(owner=subject, state__in=OPEN_OBJECTIVES).order_by("id"),
    )


def _approvable(rows: QuerySet[Any], viewer: Person) -> set[int]:
    """Objectives whose owner the viewer may change: what is approved, only by somebody who approves."""
    agreed = Q(state=Objective.State.APPROVED)
    return {
        *rows.exclude(agreed).values_list("pk", flat=True),
        *visible(rows.filter(agreed), viewer, Act.APPROVE).values_list("pk", flat=True),
    }
