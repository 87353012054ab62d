"""Writes of the first run: the office with its mandate, objectives from a slide, the figures that were still a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.actions.choices import answer_with_choice
from goldenthread.plan.models import Contribution, Step
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.actions.strategies import Aim, GoalFigure, Indicator, add_strategy
from goldenthread.purpose.models import Clause, Kpi, Mandate, Objective, Office, Target

LONGEST_CLAUSE, LONGEST_SHORT = 300, 48


@dataclass(frozen=True)
class Kept:
    """A proposed objective that was kept, with the figure that shows it, in its unit; None: not known yet."""

    title: str
    heading: str = ""
    kpi: str = ""
    unit: str = ""
    baseline: float | None = None
    baseline_on: date | None = None
    value: float | None = None
    due_on: date | None = None
    falls: bool = False

    @property
    def source_key(self) -> str:
        """By which the same line of a slide is known again; the import wizard writes it likewise."""
        return f"slide/{' '.join(self.title.split()).casefold()}"[:120]


def found_office(*, name: str, purpose_text: str, issuer: str, by: Person, office: Office | None = None) -> Office:
    """The office, its mandate in force and its empty plan, as one action. An office that is there gets only what it lacks."""
    sentence = purpose_text.strip()
    with changeset(title=f"Begin with {name.strip() or office}", by=by):
        if office is None:
            office = purpose.add_office(name=name, by=by, head=by)
        elif name.strip() and name.strip() != office.name:
            purpose.edit_office(office=office, changes={"name": name}, by=by)
        if not Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).exists():
            title, clauses = f"Mandate of {office.name}", [sentence[:LONGEST_CLAUSE]]
            mandate = purpose.draft_mandate(office=office, title=title, purpose=sentence, issuer=issuer, by=by, clauses=clauses)
            purpose.put_mandate_in_force(mandate=mandate, by=by)
        plan.found_plan(office=office, by=by)
    return office


def plan_first_step(*, office: Office, name: str, goal: str, size: str, deadline: date | None, by: Person) -> Step:
    """A step of the office's own plan that `by` answers for and works on, tied to a goal ("kpi:7") with a size."""
    with changeset(title=f"Plan {name.strip()}", by=by):
        business_plan = plan.found_plan(office=office, by=by)
        step = plan.add_step(plan=business_plan, name=name.strip(), by=by, accountable=by, responsible=(by,), deadline=deadline)
        answer_with_choice(subject=step, choice=goal, size=size, by=by)
    return step


def keep_objectives(*, office: Office, kept: Sequence[Kept], by: Person) -> int:
    """Add what was kept as drafts, each with its KPI and target, under the only clause. Returns how many are new."""
    if not kept:
        raise Refused("Nothing is ticked.", field="keep", advice="Tick the objectives that you want to keep.")
    aims = [_aim(one) for one in kept]
    clauses = list(Clause.objects.filter(mandate__office=office, mandate__state=Mandate.State.IN_FORCE)[:2])
    with changeset(title=f"Keep {len(kept)} objectives", by=by):
        added = add_strategy(office=office, aims=aims, by=by, title="")
        if len(clauses) == 1:
            keys = [aim.source_key for aim in aims]
            for row in Objective.objects.filter(office=office, source_key__in=keys, clause=None, state=Objective.State.DRAFT):
                purpose.edit_objective(objective=row, changes={"clause": clauses[0]}, by=by)
    return added.objectives


def _aim(kept: Kept) -> Aim:
    name = kept.kpi.strip() or kept.title
    goal = GoalFigure(kept.value, kept.due_on, kept.baseline, kept.baseline_on)
    falls = _falls(kept.baseline, kept.value, otherwise=kept.falls)
    direction = Kpi.Direction.FALL if falls else Kpi.Direction.RISE
    indicator = Indicator(name[:1].upper() + name[1:], kept.unit, direction, targets=[goal])
    title = kept.title[:1].upper() + kept.title[1:]
    return Aim(title, kept.source_key, short_name=_short(title, name), leadership_goal=kept.heading, indicators=[indicator])


def _short(title: str, figure: str) -> str:
    """The sentence up to its figure, "Cut complaint resolution", where that is short; else empty."""
    at = title.casefold().find(figure.casefold())
    words = title[: at + len(figure)] if at >= 0 else title
    return words.rstrip(" .,") if len(words) <= LONGEST_SHORT else ""


def _falls(baseline: float | None, value: float | None, *, otherwise: bool) -> bool:
    return otherwise if baseline is None or value is None or baseline == value else value < baseline


def settle_figures(*, target: Target, unit: str, changes: dict[str, Any], by: Person, version: int | None = None) -> int:
    """Answer what was still a question of a target: unit, baseline, value, due_on.

    Work that had named this goal before its figure was known counts as of medium effect from now on, as it would have then.
    Returns how many pieces of work that were.
    """
    kpi = target.kpi
    if "baseline" in changes and changes["baseline"] != target.baseline:
        changes = {**changes, "baseline_on": timezone.localdate() if changes["baseline"] is not None else None}
    with changeset(title=f"Answer the figures of {kpi}", by=by, about=f"objective:{target.objective_id}"):
        purpose.edit_target(target=target, changes=changes, by=by, version=version)
        if not kpi.measurements.filter(withdrawn_at__isnull=True).exists():
            falls = _falls(target.baseline, target.value, otherwise=kpi.direction == Kpi.Direction.FALL)
            wanted = Kpi.Direction.FALL if falls else Kpi.Direction.RISE
            purpose.edit_kpi(kpi=kpi, changes={"unit": unit.strip() or kpi.unit, "direction": wanted}, by=by)
        return _size_what_waited(target, by)


def _size_what_waited(target: Target, by: Person) -> int:
    if target.baseline is None or target.value is None or target.baseline == target.value:
        return 0
    waiting = list(
        Contribution.objects.filter(kpi=target.kpi, size="", low=0.0, likely=0.0, high=0.0).select_related("project", "step")
    )
    for row in waiting:
        plan.edit_contribution(contribution=row, changes={"size": Contribution.Size.MEDIUM}, by=by)
    return len(waiting)
