"""Reads of objectives: the table, what is missing for approval, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import for_person, visible
from goldenthread.engine.objective_quality import NEEDED, READY_SCORE, Review
from goldenthread.kit.prepared import Blank, Prepared, attach
from goldenthread.kit.slots import ask
from goldenthread.purpose import progress
from goldenthread.purpose.mapping import quality_of
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target, ValueRate
from goldenthread.purpose.queries.mandates import in_force

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)


@dataclass(frozen=True)
class TargetView:
    """A target, its KPI's last figure and what follows. Shares are 0 at the baseline and 1 at the target, not clipped."""

    target: Target
    kpi: Kpi
    last: float | None
    last_on: date | None
    last_is_estimate: bool
    attainment: float | None  # None also where the KPI was redefined after the baseline
    expected: float | None
    is_reached: bool | None
    is_comparable: bool
    next_figure: date | None  # None: there has been no figure
    has_signed_rate: bool

    def is_over(self, day: date) -> bool:
        """Whether the day it was due has passed."""
        return self.target.due_on is not None and self.target.due_on < day

    def is_stale(self, day: date) -> bool:
        """Whether the next figure should be there by now."""
        return self.next_figure is None or self.next_figure < day


@dataclass(frozen=True)
class ObjectiveRow:
    """One objective as the table shows it."""

    objective: Objective
    targets: tuple[TargetView, ...]
    attainment: float | None  # of the required target that is furthest behind
    review: Review
    mandate_is_in_force: bool
    is_over: bool  # the day of every required target has passed: its chance is settled
    forecast: dict[str, Any] | None  # chance, basis, words, targets: what the room `plan` says of it

    @property
    def main(self) -> TargetView | None:
        """The target that stands for the objective: the first required one."""
        return next((t for t in self.targets if t.target.is_required), self.targets[0] if self.targets else None)


def with_figures(targets: QuerySet[Target]) -> QuerySet[Target]:
    """Targets with their KPI and the KPI's last standing figure as last_on, last_value, last_is_estimate."""
    figures = Measurement.objects.filter(kpi=OuterRef("kpi"), withdrawn_at__isnull=True).order_by("-on")
    signed = ValueRate.objects.filter(kpi=OuterRef("kpi"), signed_on__isnull=False)
    annotated = targets.select_related("kpi__owner").annotate(
        last_on=Subquery(figures.values("on")[:1]),
        last_value=Subquery(figures.values("value")[:1]),
        last_is_estimate=Subquery(figures.values("is_estimate")[:1]),
        has_signed_rate=Exists(signed),
    )
    return annotated.order_by("objective_id", "-is_required", "due_on", "id")


def is_comparable(target: Any) -> bool:
    """Whether baseline and last figure mean the same: not where the KPI was redefined between them."""
    redefined = target.kpi.redefined_on
    return not (redefined and target.baseline_on and target.last_on and target.baseline_on < redefined <= target.last_on)


def attainment_of(target: Any) -> float | None:
    """How far an annotated target's last figure has come: 0 at the baseline, 1 at the target, not clipped."""
    value = target.last_value
    if not is_comparable(target):
        return None
    if target.kpi.direction == progress.BAND:
        return progress.band_attainment(value, target.band_low, target.band_high, target.tolerance)
    return progress.attainment(value, target.baseline, target.value)


def target_view(target: Any, day: date) -> TargetView:
    """What follows from an annotated target on a day."""
    kpi, value, share = target.kpi, target.last_value, attainment_of(target)
    band = {"low": target.band_low, "high": target.band_high}
    reached = progress.is_reached(value, direction=kpi.direction, target=target.value, tolerance=target.tolerance, **band)
    return TargetView(
        target=target,
        kpi=kpi,
        last=value,
        last_on=target.last_on,
        last_is_estimate=bool(target.last_is_estimate),
        attainment=share,
        expected=progress.expected_share(day, target.baseline_on, target.due_on),
        is_reached=reached,
        is_comparable=is_comparable(target),
        next_figure=progress.next_figure_due(target.last_on, kpi.cadence),
        has_signed_rate=target.has_signed_rate,
    )


def objectives(person: Person) -> QuerySet[Objective]:
    """The objectives that the person may see, with owner, clause and office."""
    return visible(Objective.objects.select_related("owner", "clause__mandate", "office"), person)


@for_person
def _narrowed(person: Person, by: tuple[str, ...]) -> QuerySet[Objective]:
    """The objectives that the person may see, by the conditions named."""
    return objectives(person).filter(**{name: Blank(name) for name in by}).order_by("id")


@Prepared
def _targets() -> QuerySet[Target]:
    """The targets of some objectives with their figures."""
    return with_figures(Target.objects.filter(objective__in=Blank("objectives")))


def objective_rows(
    person: Person,
    day: date,
    *,
    office: Office | None = None,
    states: Iterable[str] | None = None,
    ids: Iterable[int] | None = None,
) -> list[ObjectiveRow]:
    """Every objective that the person may see, in two statements beside those of rights and of the slots' providers."""
    narrowed: dict[str, Any] = {}
    if office is not None:
        narrowed["office"] = office.pk
    if states is not None:
        narrowed["state__in"] = list(states)
    if ids is not None:
        narrowed["pk__in"] = list(ids)
    rows = _narrowed(person, tuple(narrowed), **narrowed)
    attach(rows, "targets", _targets.rows(objectives=[row.pk for row in rows]) if rows else [], by="objective_id")
    told = slot_answers("objective_forecasts", [row.pk for row in rows])
    return [_row(row, day, told.get(row.pk)) for row in rows]


def _row(objective: Any, day: date, forecast: dict[str, Any] | None) -> ObjectiveRow:
    views = tuple(target_view(target, day) for target in objective.targets.all())
    required = [view for view in views if view.target.is_required]
    shares = [view.attainment for view in required]
    known = [share for share in shares if share is not None]
    return ObjectiveRow(
        objective=objective,
        targets=views,
        attainment=min(known) if known and len(known) == len(shares) else None,
        review=quality_of(objective, [view.target for view in views], discriminates=_tells_apart(forecast)),
        is_over=bool(required) and all(view.is_over(day) for view in required),
        mandate_is_in_force=objective.clause is not None and in_force(objective.clause.mandate, day),
        forecast=forecast,
    )


def _tells_apart(forecast: dict[str, Any] | None) -> bool | None:
    """Whether the forecast's order of work would differ without the objective; None while that is not known."""
    return forecast.get("tells_apart") if forecast else None


def slot_answers(slot: str, ids: Sequence[int]) -> dict[int, Any]:
    """The answers of a slot whose providers answer a dict by id, as one dict."""
    return {key: value for answer in ask(slot, ids) for key, value in answer.items()} if ids else {}


def missing_ground(objective: Objective, targets: Iterable[Target], day: date) -> list[str]:
    """What an objective lacks to stand on: a clause in force, an owner, a required target; a sentence each."""
    clause, missing = objective.clause, []
    if clause is None:
        missing.append("It cites no clause of the mandate.")
    elif not in_force(clause.mandate, day):
        missing.append(f"Clause {clause.number} belongs to “{clause.mandate}”, which is not in force.")
    if objective.owner is None:
        missing.append("Nobody answers for it: name an owner.")
    if not any(target.is_required for target in targets):
        missing.append("It has no required target.")
    return missing


def missing_for_approval(objective: Objective, day: date) -> list[str]:
    """All that an objective still lacks before it can be approved, a sentence each; empty where it is ready."""
    targets = list(objective.targets.select_related("kpi__owner").order_by("id"))
    missing = missing_ground(objective, targets, day)
    forecast = slot_answers("objective_forecasts", [objective.pk]).get(objective.pk)
    review = quality_of(objective, targets, discriminates=_tells_apart(forecast))
    needed = [result for result in review.results if result.check in NEEDED and not result.passed]
    missing += [f"{result.title}: {result.advice}" for result in needed if result.check != "OQ07" or objective.owner]
    if review.score < READY_SCORE:
        others = [result for result in review.results if not result.passed and result.check not in NEEDED]
        wanted = "; ".join(f"{result.title.lower()} ({result.advice.rstrip('.')})" for result in others)
        missing.append(f"Its quality is {review.score} of 100, {READY_SCORE} are needed. Open: {wanted}.")
    return missing


def required_targets_not_reached(objective: Objective) -> list[str]:
    """The required targets whose last figure has not reached them, in words; all of them where there is none."""
    targets = with_figures(objective.targets.filter(is_required=True))
    views = [target_view(target, target.due_on or date.max) for target in targets]
    if not views:
        return ["there is no required target"]
    return [f"{view.kpi} stands at {_figure(view.last)}" for view in views if not view.is_reached]


def _figure(value: float | None) -> str:
    return "no figure" if value is None else f"{value:g}"
