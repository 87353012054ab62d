"""Writes of contributions and supervision: how work moves which number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.steps import must_plan, refuse_doubled_effects
from goldenthread.plan.models import Contribution, Step, Supervision
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Target

BIGGEST_EFFECT = 1e15
# Share of the way from baseline to target that a size stands for: low, likely, high.
SIZES = {"S": (0.02, 0.05, 0.10), "M": (0.08, 0.15, 0.25), "L": (0.15, 0.30, 0.50)}


@dataclass(frozen=True)
class Effect:
    """An expected change in KPI units, signed."""

    low: float
    likely: float
    high: float


def effect_of_size(kpi: Kpi, size: str) -> Effect:
    """What small, medium or large means for this KPI: a share of the widest way that one of its targets asks for."""
    ways = [t.value - t.baseline for t in Target.objects.filter(kpi=kpi) if t.value is not None and t.baseline is not None]
    way = max(ways, key=abs, default=0.0)
    if way == 0:
        raise Refused(
            f"{kpi} has no target yet, so “{Contribution.Size(size).label.lower()}” says nothing.",
            field="size",
            advice=f"Give the effect in {kpi.unit or 'units'}, or set a target first.",
        )
    low, likely, high = (share * way for share in SIZES[size])
    return Effect(low, likely, high)


def _effect(kpi: Kpi, size: str, given: tuple[float, float, float] | None) -> Effect:
    if given is None:
        if size not in SIZES:
            raise Refused("Say how large the effect is: small, medium, large, or a range.", field="size")
        return effect_of_size(kpi, size)
    low, likely, high = given
    if not all(math.isfinite(x) and abs(x) <= BIGGEST_EFFECT for x in given):
        raise Refused("The effect must be a number.", field="likely")
    if not (low <= likely <= high or low >= likely >= high):
        raise Refused("The likely effect must lie between the low and the high one.", field="likely")
    return Effect(low, likely, high)


def _must_contribute(by: Person | None, step: Step | None, project: Project | None, kpi: Kpi) -> None:
    if by is None:
        return
    if step is not None:
        must_plan(by, step.plan)
    elif project is not None and not (may(by, Act.EDIT, project) or may_in(by, Act.EDIT, Kind.PLAN, kpi.office.scope_id)):
        raise Forbidden("You may not change this project.")


def _must_judge(by: Person, kpi: Kpi) -> None:
    """An effect is confirmed and judged where its KPI belongs, not by who claims it."""
    if not may_in(by, Act.EDIT, Kind.PLAN, kpi.office.scope_id):
        raise Forbidden("Effects are judged by the office of the KPI.")


def contribute(
    *,
    kpi: Kpi,
    by: Person | None,
    step: Step | None = None,
    project: Project | None = None,
    size: str = "",
    effect: tuple[float, float, float] | None = None,
    **fields: Any,
) -> Contribution:
    """Say how a step or a project is expected to move a KPI, by size or by a range in KPI units."""
    if (step is None) == (project is None):
        raise Refused("A contribution comes from a step or from a project.", field="step")
    subject: Any = step or project
    _must_contribute(by, step, project, kpi)
    if Contribution.objects.filter(step=step, project=project, kpi=kpi).exists():
        raise Refused(f"{subject} contributes to {kpi} already.", field="kpi", advice="Change that contribution.")
    moved = _effect(kpi, size, effect)
    with changeset(title=f"{subject} moves {kpi}", by=by, about=_about(step, project)):
        row = Contribution(
            step=step, project=project, kpi=kpi, size=size, low=moved.low, likely=moved.likely, high=moved.high, **fields
        )
        _check(row)
        row.save()
        if step is not None:
            refuse_doubled_effects(step.plan)
        if subject.goal_answer != GoalAnswer.LINKED:
            history.change(subject, {"goal_answer": GoalAnswer.LINKED})
    return row


def _about(step: Step | None, project: Project | None) -> str:
    return f"step:{step.pk}" if step is not None else f"project:{project.pk}" if project is not None else ""


def _check(row: Contribution) -> None:
    if not 0 <= row.chance <= 100:
        raise Refused("The chance lies between 0 and 100 percent.", field="chance")
    row.full_clean(exclude=["organisation", "step", "project", "kpi"], validate_unique=False, validate_constraints=False)


def edit_contribution(
    *, contribution: Contribution, changes: dict[str, Any], by: Person | None, version: int | None = None
) -> None:
    """Change a contribution. Giving a range ends the size; giving a size sets the range anew."""
    _must_contribute(by, contribution.step, contribution.project, contribution.kpi)
    changes = dict(changes)
    if changes.get("size"):
        moved = effect_of_size(contribution.kpi, changes["size"])
        changes |= {"low": moved.low, "likely": moved.likely, "high": moved.high}
    elif {"low", "likely", "high"} & set(changes):
        given = tuple(changes.get(n, getattr(contribution, n)) for n in ("low", "likely", "high"))
        _effect(contribution.kpi, "", (given[0], given[1], given[2]))
        changes["size"] = ""
    if not 0 <= changes.get("chance", contribution.chance) <= 100:
        raise Refused("The chance lies between 0 and 100 percent.", field="chance")
    title = f"Change how {contribution.step or contribution.project} moves {contribution.kpi}"
    with changeset(title=title, by=by, about=_about(contribution.step, contribution.project)):
        history.change(contribution, changes, version=version)


def withdraw_contribution(*, contribution: Contribution, by: Person | None, version: int | None = None) -> None:
    """Say that the work is not expected to move the KPI after all."""
    _must_contribute(by, contribution.step, contribution.project, contribution.kpi)
    subject: Any = contribution.step or contribution.project
    with changeset(
        title=f"{subject} no longer moves {contribution.kpi}", by=by, about=_about(contribution.step, contribution.project)
    ):
        history.require_version(contribution, version)
        contribution.delete()
        if not subject.contributions.exists():
            history.change(subject, {"goal_answer": GoalAnswer.DONT_KNOW})


def confirm_contribution(*, contribution: Contribution, by: Person) -> None:
    """The KPI's side agrees that the effect is plausible: makes the basis of the forecast firmer."""
    _must_judge(by, contribution.kpi)
    with changeset(title=f"Confirm: {contribution}", by=by, about=_about(contribution.step, contribution.project)):
        history.change(contribution, {"confirmed_by": by, "confirmed_on": timezone.localdate()})


def judge_contribution(*, contribution: Contribution, shown: str, by: Person, because: str = "") -> None:
    """Mark by hand what was seen of the effect."""
    _must_judge(by, contribution.kpi)
    if shown not in Contribution.Shown.values:
        raise Refused(f"There is no judgement “{shown}”.", field="shown")
    if shown == Contribution.Shown.REFUTED and not because.strip():
        raise Refused("Say what showed it.", field="because")
    with changeset(title=f"Judge: {contribution}", by=by, reason=because, about=_about(contribution.step, contribution.project)):
        history.change(contribution, {"shown": shown})


def supervise(*, step: Step, project: Project, by: Person | None, raised: tuple[int, int, int] = (0, 5, 10)) -> Supervision:
    """Let a step supervise a project: it raises the chance of the project's contributions and has no KPI of its own."""
    must_plan(by, step.plan)
    if Supervision.objects.filter(step=step, project=project).exists():
        raise Refused(f"{step} supervises {project} already.", field="project")
    if list(raised) != sorted(raised) or raised[0] < 0 or raised[2] > 100:
        raise Refused("The raise must rise from low over likely to high, within 0 to 100 points.", field="raise_likely")
    with changeset(title=f"{step} supervises {project}", by=by, about=f"step:{step.pk}"):
        row = Supervision(step=step, project=project, raise_low=raised[0], raise_likely=raised[1], raise_high=raised[2])
        row.save()
        if step.mode != Step.Mode.SUPERVISED or step.goal_answer != GoalAnswer.LINKED:
            history.change(step, {"mode": Step.Mode.SUPERVISED, "goal_answer": GoalAnswer.LINKED})
    return row


def end_supervision(*, supervision: Supervision, by: Person | None) -> None:
    """Stop supervising."""
    must_plan(by, supervision.step.plan)
    with changeset(
        title=f"{supervision.step} no longer supervises {supervision.project}", by=by, about=f"step:{supervision.step_id}"
    ):
        supervision.delete()
