"""Estimates in a session as one viewer may know them: one's own at once, those of all together once they are shown.

The figures of others are read in one place, `ranges_of`, which only the action that shows them calls; pages read what that action
wrote into the round. Names come from `named_ranges`, for a session that said so when it was opened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import isclose
from typing import Any

from django.db.models import QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.pooled_range import PooledRange, pool
from goldenthread.plan.models import Contribution, Estimate, EstimateRound, Invitee, PlanningSession
from goldenthread.plan.queries.session_steps import effort_of, leaves_below
from goldenthread.purpose.models import secret_kpis
from goldenthread.schedule.models import Activity
from goldenthread.ui import charts

UNITS = {EstimateRound.What.HOURS: "h", EstimateRound.What.DAYS: "working days"}
ROUNDED = 0.005  # as a page writes a figure, and minutes keep hours
FEW = 3  # with fewer answers a reader could guess whose is whose


@dataclass(frozen=True)
class RoundView:
    """A round for one viewer. `figures`, `pooled` and `picture` are empty until the answers are shown."""

    row: EstimateRound
    title: str
    unit: str
    own: Estimate | None
    figures: tuple[tuple[float, float, float], ...] = ()
    names: tuple[str, ...] = ()
    pooled: PooledRange | None = None
    picture: charts.Ranges | None = None
    now: tuple[float, float, float] | None = None
    seen: int | None = None

    @property
    def is_guessable(self) -> bool:
        """Whether a reader could guess who gave which answer."""
        return not self.names and self.row.asked < FEW

    @property
    def is_taken_over(self) -> bool:
        """Whether the step says today what was agreed."""
        if self.pooled is None or self.now is None:
            return False
        agreed = (self.pooled.low, self.pooled.likely, self.pooled.high)
        parts = (1,) if self.row.what == EstimateRound.What.DAYS else (0, 1, 2)
        return all(isclose(self.now[part], agreed[part], rel_tol=ROUNDED, abs_tol=ROUNDED) for part in parts)


def ranges_of(asked: EstimateRound) -> list[list[float]]:
    """All answers of a round by their likely values, without whose they are. For the action that shows them alone."""
    rows = Estimate.objects.filter(round=asked, likely__isnull=False).order_by("likely", "low", "high")
    return [[float(value or 0) for value in row] for row in rows.values_list("low", "likely", "high")]


def effects_to_ask(session: PlanningSession, person: Person) -> dict[int, list[Contribution]]:
    """Effects of the steps on the agenda that can be asked about: seen by the person, and none of a confidential figure."""
    rows = visible(Contribution.objects.filter(step__agenda_items__session=session), person)
    found: dict[int, list[Contribution]] = defaultdict(list)
    for row in rows.exclude(kpi__in=secret_kpis()).select_related("kpi").order_by("pk"):
        found[row.step_id or 0].append(row)
    return found


def rounds_of(session: PlanningSession, person: Person) -> list[RoundView]:
    """The rounds of a session, newest first, as the person may know them."""
    rows: QuerySet[EstimateRound] = visible(EstimateRound.objects.filter(session=session), person)
    rounds = list(rows.select_related("item__step__activity", "contribution__kpi", "shown_by").order_by("-pk"))
    own = {row.round_id: row for row in Estimate.objects.filter(round__session=session, person=person)}
    hidden = hidden_effects(rounds, person)
    named = _named(session, rounds) if session.shows_names else {}
    leaves = leaves_below({row.item.step.activity_id for row in rounds})
    return [
        _view(row, own.get(row.pk), named.get(row.pk, ()), leaves[row.item.step.activity_id])
        for row in rounds
        if row.contribution_id not in hidden and _stands(row)
    ]


def _stands(row: EstimateRound) -> bool:
    """Whether it can still be told what it is about."""
    return row.what != EstimateRound.What.EFFECT or row.contribution is not None


def hidden_effects(rounds: list[EstimateRound], person: Person) -> set[int]:
    """Effects on figures that have become confidential since they were asked about, and that the person may not see."""
    asked = {row.contribution_id for row in rounds if row.contribution_id is not None}
    if not asked:
        return set()
    secret = Contribution.objects.filter(pk__in=asked, kpi__in=secret_kpis())
    shown = visible(Contribution.objects.filter(pk__in=asked), person)
    return set(secret.exclude(pk__in=shown.values("pk")).values_list("pk", flat=True))


def _named(session: PlanningSession, rounds: list[EstimateRound]) -> dict[int, tuple[str, ...]]:
    """By round the names beside its figures, in their order; only of rounds that are shown."""
    shown = [row.pk for row in rounds if row.shown_at is not None]
    rows = Estimate.objects.filter(round__in=shown, likely__isnull=False).order_by("likely", "low", "high")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, name in rows.values_list("round_id", "person__name"):
        found[pk].append(name)
    return {pk: tuple(names) for pk, names in found.items()}


def _view(row: EstimateRound, own: Estimate | None, names: tuple[str, ...], leaves: list[Activity]) -> RoundView:
    what = EstimateRound.What(row.what)
    step, effect = row.item.step, row.contribution
    title = f"{effect.kpi}: effect of {step}" if effect is not None else f"{step}: {row.get_what_display().lower()}"
    unit = effect.kpi.unit if effect is not None else UNITS[what]
    if row.shown_at is None:
        return RoundView(row, title, unit, own)
    figures = tuple((low, likely, high) for low, likely, high in row.figures or ())
    if not figures:
        return RoundView(row, title, unit, own)
    pooled = pool(figures)
    shown = [*figures, (pooled.low, pooled.likely, pooled.high)]
    labels = [*(names or [f"Answer {place}" for place in range(1, len(figures) + 1)]), "Together"]
    now, seen = _now(row, leaves)
    return RoundView(row, title, unit, own, figures, names, pooled, charts.ranges(labels, shown), now, seen)


def _now(row: EstimateRound, leaves: list[Activity]) -> tuple[tuple[float, float, float] | None, int | None]:
    """What stands in the plan today, in the unit of the question, and the versions that a writer saw of it, added up."""
    effect, step = row.contribution, row.item.step
    if effect is not None:
        low, likely, high = sorted((effect.low, effect.likely, effect.high))
        return (low, likely, high), effect.version
    work = step.activity
    if row.what == EstimateRound.What.HOURS:
        return effort_of(step, leaves), step.whole_version + sum(leaf.version for leaf in leaves)
    days = work.duration / 480
    return (days, days, days), step.whole_version


def asked_of(person: Person) -> QuerySet[EstimateRound]:
    """The rounds in open sessions that still wait for this person's answer."""
    waits = Estimate.objects.filter(person=person, answered_at__isnull=True)
    rows = EstimateRound.objects.filter(pk__in=waits.values("round"), shown_at__isnull=True)
    return rows.filter(session__state=PlanningSession.State.OPEN)


def waiting_for(session: PlanningSession) -> dict[int, list[Any]]:
    """By round who has not answered yet. For who may know it: see `may_name_missing`."""
    rows = Estimate.objects.filter(round__session=session, answered_at__isnull=True, round__shown_at__isnull=True)
    found: dict[int, list[Any]] = defaultdict(list)
    for pk, name in rows.order_by("person__name").values_list("round_id", "person__name"):
        found[pk].append(name)
    return found


def invited(session: PlanningSession) -> list[Invitee]:
    """Those invited, by name."""
    return list(Invitee.objects.filter(session=session).select_related("person").order_by("person__name", "pk"))
