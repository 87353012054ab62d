"""What makes a plan less than fresh: each part with its owner, since when, and the one action that refreshes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.confusion import Held
from goldenthread.plan.queries.freshness_rows import Changed, PlanRead
from goldenthread.plan.queries.gaps import NAMELESS_GOAL, NAMELESS_PROJECT
from goldenthread.purpose.models import Objective
from goldenthread.purpose.queries import LateFigure, overdue_measurements
from goldenthread.ui import writing

HIDDEN_KPI = "a confidential KPI"
BACK = {"next": "freshness"}


@dataclass(frozen=True)
class Stale:
    """A part of the plan that is stale: who answers for it, since when, and the one action that refreshes it.

    `days`: since somebody last looked, None where nobody did. `fields`: what the action sends; None where it is a page.
    """

    kind: str  # plan, objective, step, assumption, figure
    subject: str
    url: str | None
    owner: str
    days: int | None
    words: str
    action: str = ""
    address: str = ""
    fields: dict[str, str] | None = None


@dataclass(frozen=True)
class _Viewer:
    """Who reads: what may be named and done."""

    person: Person
    may_edit: bool
    sees_secrets: bool

    def may_name(self, owner_id: int | None, *, is_secret: bool) -> bool:
        """Whether something of that owner may be named."""
        return not is_secret or self.sees_secrets or owner_id == self.person.pk


def stale_parts(plan: BusinessPlan, read: PlanRead, who: Held, day: date, person: Person) -> list[Stale]:
    """The plan itself, objectives that changed, steps, assumptions, figures; each the longest unseen first. One statement."""
    viewer = _Viewer(
        person,
        may_edit=may_in(person, Act.EDIT, Kind.PLAN, plan.scope_id),
        sees_secrets=may_in(person, Act.VIEW, Kind.CONFIDENTIAL, plan.scope_id),
    )
    steps, assumed = {step.pk: step for step in read.steps}, {row.pk: row for row in read.assumptions}
    return [
        *_plan(plan, day, viewer),
        *(_objective(plan, row, day, viewer) for row in read.changes),
        *_ordered(_step(read, steps[int(pk)], who, day, viewer) for pk in read.made.stale_steps),
        *_ordered(_assumption(read, assumed[int(pk)], who, day, viewer) for pk in read.made.stale_assumptions),
        *(_figure(row, viewer) for row in overdue_measurements(day) if _counts(row, plan)),
    ]


def _plan(plan: BusinessPlan, day: date, viewer: _Viewer) -> list[Stale]:
    """The plan where it was never approved or its review is overdue."""
    days = (day - plan.approved_on).days if plan.approved_on else None
    if days is not None and days <= plan.review_days:
        return []
    words = (
        "no version of it is in force"
        if days is None
        else f"its review is {writing.plural(days - plan.review_days, 'day')} overdue"
    )
    url, owner = f"{reverse('plan:plan')}?office={plan.office.code}", plan.office.head.name if plan.office.head else ""
    return [Stale("plan", plan.name, url, owner, days, words, *_version(plan, viewer))]


def _version(plan: BusinessPlan, viewer: _Viewer) -> tuple[str, str]:
    """What brings a plan up to date as a whole: a new version of it."""
    return ("Propose a version", f"{reverse('plan:versions')}?office={plan.office.code}") if viewer.may_edit else ("", "")


def _ordered(rows: Iterable[Stale]) -> list[Stale]:
    """Those that nobody ever looked at first, then the longest unseen."""
    return sorted(rows, key=lambda row: (row.days is not None, -(row.days or 0), row.subject))


def _objective(plan: BusinessPlan, row: Changed, day: date, viewer: _Viewer) -> Stale:
    days, words = (day - row.on).days, "changed since the version in force"
    if not viewer.may_name(row.owner_id, is_secret=row.is_confidential):
        return Stale("objective", NAMELESS_GOAL, None, "", days, words, *_version(plan, viewer))
    url = reverse("purpose:objective", args=[row.pk])
    return Stale("objective", row.name, url, row.owner, days, words, *_version(plan, viewer))


def _step(read: PlanRead, step: Any, who: Held, day: date, viewer: _Viewer) -> Stale:
    days = (day - step.updated_on).days if step.updated_on else None
    url = reverse("plan:step", args=[step.pk])
    name, words = read.known.rows.names[step.activity_id], _unseen(days, "confirmed")
    if not viewer.may_edit:
        return Stale("step", name, url, who.owner(step), days, words)
    return Stale(
        "step", name, url, who.owner(step), days, words, "Still right", reverse("plan:confirm_step", args=[step.pk]), BACK
    )


def _assumption(read: PlanRead, row: Any, who: Held, day: date, viewer: _Viewer) -> Stale:
    """An effect, by what it comes from and which figure it moves, as far as the viewer may see both."""
    days = (day - row.confirmed_on).days if row.confirmed_on else None
    words = _unseen(days, "confirmed") + (f"; it assumes: {row.assumption}" if row.is_shown and row.assumption else "")
    if row.project is not None:
        name, owner = (row.project.name, row.leader or row.project.manager_name) if row.is_shown else (NAMELESS_PROJECT, "")
    else:
        step = read.known.rows.steps[row.step_id]
        name, owner = read.known.rows.names[step.activity_id], who.owner(step)
    subject = f"{name} → {row.kpi_name if row.is_shown else HIDDEN_KPI}"
    if not row.is_shown:
        return Stale("assumption", subject, None, owner, days, words)
    url = reverse("plan:edit_contribution", args=[row.pk])
    if not viewer.may_edit:
        return Stale("assumption", subject, url, owner, days, words)
    address = reverse("plan:judge_contribution", args=[row.pk])
    return Stale("assumption", subject, url, owner, days, words, "Still plausible", address, {"what": "confirm", **BACK})


def _counts(row: LateFigure, plan: BusinessPlan) -> bool:
    """Whether the figure is one of the office's, of an objective that is more than a draft."""
    return row.kpi.office_id == plan.office_id and any(o.state != Objective.State.DRAFT for o in row.objectives)


def _figure(row: LateFigure, viewer: _Viewer) -> Stale:
    days = None if row.due_on is None else row.days_late
    words = "no figure yet" if row.due_on is None else f"its figure is {writing.plural(row.days_late, 'day')} late"
    if not viewer.may_name(row.kpi.owner_id, is_secret=all(o.is_confidential for o in row.objectives)):
        return Stale("figure", HIDDEN_KPI.capitalize(), None, "", days, words)
    url = reverse("purpose:kpi", args=[row.kpi.pk])
    owner = row.kpi.owner.name if row.kpi.owner else ""
    return Stale("figure", row.kpi.name, url, owner, days, words, "Enter the figure", url)


def _unseen(days: int | None, what: str) -> str:
    return f"never {what}" if days is None else f"{what} {writing.plural(days, 'day')} ago"
