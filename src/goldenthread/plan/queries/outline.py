"""The plan as people read it: an outline with who, when, and how each step moves which number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import Http404

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.plan.models import BusinessPlan, Contribution, Raci, Step
from goldenthread.purpose.models import Kpi, Office
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import OutlineRow, outline
from goldenthread.ui.terms import term

GRADES = ("asserted", "done", "accepted", "seen as predicted", "compared", "replicated")


@dataclass
class PlanRow:
    """One row of the plan. A row without a step is the work of a duty or a task below a step."""

    row: OutlineRow
    step: Step | None
    raci: dict[str, list[Person]] = field(default_factory=dict)
    contributions: list[Contribution] = field(default_factory=list)
    supervises: int = 0
    waits_for: list[str] = field(default_factory=list)

    @property
    def activity(self) -> Activity:
        """The activity."""
        return self.row.activity

    @property
    def accountable(self) -> Person | None:
        """Who answers for it."""
        return next(iter(self.raci.get(Raci.Letter.ACCOUNTABLE, [])), None)

    @property
    def has_line(self) -> bool:
        """Whether it has effects of its own, or supervises."""
        return bool(self.contributions or self.supervises)


def offices_of(person: Person) -> list[Office]:
    """The offices that the person may see, those where he or she has a role of their own first. One statement."""
    return _own_first(visible(Office.objects.select_related("organisation", "scope"), person).order_by("id"), person)


def office_of(person: Person, code: str | None = None) -> Office:
    """The office named, or the person's own, or the first that the person may see. Http404 where there is none."""
    return named(offices_of(person), code)


def named(offices: list[Office], code: str | None) -> Office:
    """The office of that code, or the first. Http404 where there is none."""
    office = next((o for o in offices if not code or o.code == code), None)
    if office is None:
        raise Http404
    return office


def plans_of(person: Person) -> list[BusinessPlan]:
    """The plans that the person may see, that of the person's own office first. One statement."""
    plans = BusinessPlan.objects.select_related("office__organisation", "schedule__scope", "scope")
    return _own_first(visible(plans, person).order_by("office_id"), person)


def plan_of(person: Person, code: str | None = None) -> BusinessPlan:
    """The plan of the office named, or of the person's own, or the first that the person may see. Http404 where there is none."""
    return named_plan(plans_of(person), code)


def named_plan(plans: list[BusinessPlan], code: str | None) -> BusinessPlan:
    """The plan of the office of that code, or the first. Http404 where there is none."""
    plan = next((p for p in plans if not code or p.office.code == code), None)
    if plan is None:
        raise Http404
    return plan


def _own_first(rows: Iterable[Any], person: Person) -> list[Any]:
    own = {scope for _, scope in rights(person).grants}
    return sorted(rows, key=lambda row: row.scope_id not in own)


def plan_rows(plan: BusinessPlan, *, with_done: bool = True, holder: Person | None = None) -> list[PlanRow]:
    """The plan's outline with people, effects and logic: four statements, whatever its size."""
    activities: list[Any] = list(
        Activity.objects.filter(schedule=plan.schedule_id)
        .select_related("dates", "step__service")
        .annotate(supervises=Count("step__supervisions"))
        .order_by("position", "id")
    )
    people: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for raci in Raci.objects.filter(step__plan=plan).select_related("person").order_by("id"):
        people[raci.step_id][raci.letter].append(raci.person)
    effects: dict[int, list[Contribution]] = defaultdict(list)
    for contribution in Contribution.objects.filter(step__plan=plan).select_related("kpi").order_by("id"):
        effects[contribution.step_id or 0].append(contribution)
    waits: dict[int, list[str]] = defaultdict(list)
    numbered = outline(activities)
    numbers = {r.activity.pk: r.number for r in numbered}
    for link in Relationship.objects.filter(successor__schedule=plan.schedule_id).order_by("id"):
        waits[link.successor_id].append(_written(link, numbers))
    rows = []
    for row in numbered:
        step = getattr(row.activity, "step", None)
        key = step.pk if step is not None else 0
        supervises = getattr(row.activity, "supervises", 0)
        made = PlanRow(row, step, people.get(key, {}), effects.get(key, []), supervises, waits[row.activity.pk])
        if not with_done and row.activity.is_done:
            continue
        if holder is not None and not any(p.pk == holder.pk for letters in made.raci.values() for p in letters):
            continue
        rows.append(made)
    return rows


def _written(link: Relationship, numbers: dict[int, str]) -> str:
    """A relationship as planners write it: 3, 3SS, 3FS+2d."""
    text = numbers.get(link.predecessor_id, "?")
    if link.relationship_kind != Relationship.RelationshipKind.FS or link.lag:
        text += link.relationship_kind
    if link.lag:
        text += f"{'+' if link.lag > 0 else '−'}{abs(link.lag) / 480:g}d"
    return text


def _amount(value: float, kpi: Kpi) -> str:
    return f"{value:+.{kpi.decimals}f}".replace("-", "−")


def contribution_sentence(contribution: Contribution, from_day: date | None) -> str:
    """A18: "This step moves KPI X by a to c from date d because m; evidence E2"."""
    kpi = contribution.kpi
    amounts = f"{_amount(contribution.low, kpi)} to {_amount(contribution.high, kpi)} {kpi.unit}".strip()
    subject = term("This step") if contribution.step_id else "This project"
    when = f" from {from_day.day} {from_day:%b %Y}" if from_day else ""
    because = f", because {contribution.mechanism.rstrip('.')}" if contribution.mechanism else ""
    grade = contribution.grade
    return f"{subject} moves {kpi.name} by {amounts}{when}{because}; evidence E{grade} ({GRADES[grade]})."
