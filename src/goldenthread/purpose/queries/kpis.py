"""Reads of KPIs: figures, what a unit is worth, and which figures are late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.purpose import progress
from goldenthread.purpose.mapping import beyond_share, is_share
from goldenthread.purpose.models import Kpi, Measurement, Objective, Target, ValueRate
from goldenthread.purpose.queries.objectives import with_figures
from goldenthread.ui import writing

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)


def kpis(person: Person) -> QuerySet[Kpi]:
    """The KPIs that the person may see, with office and owner, by name."""
    return visible(Kpi.objects.select_related("office", "owner"), person).order_by("name", "id")


def measurements(kpi: Kpi) -> QuerySet[Measurement]:
    """All figures of a KPI, the withdrawn ones too, newest day first, with who entered them."""
    return Measurement.objects.filter(kpi=kpi).select_related("entered_by").order_by("-on", "-id")


@Prepared
def _figures() -> QuerySet[Measurement, Any]:
    found = Measurement.objects.filter(kpi__in=Blank("kpis"), withdrawn_at__isnull=True, on__gte=Blank("since"))
    return found.order_by("kpi_id", "on").values_list("kpi_id", "on", "value")


def series(kpi_ids: Iterable[int], *, since: date | None = None) -> dict[int, list[tuple[date, float]]]:
    """The standing figures of each KPI, oldest first, in one statement."""
    rows: dict[int, list[tuple[date, float]]] = {}
    for kpi_id, on, value in _figures.rows(kpis=list(kpi_ids), since=since or date.min):
        rows.setdefault(kpi_id, []).append((on, value))
    return rows


def comparable(figures: list[tuple[date, float]], kpi: Kpi) -> list[tuple[date, float]]:
    """The figures since the KPI last changed its meaning."""
    return [row for row in figures if kpi.redefined_on is None or row[0] >= kpi.redefined_on]


def signed_rates(kpi_ids: Iterable[int], day: date) -> dict[int, ValueRate]:
    """For each KPI the signed rate that holds on a day: the newest begun. Unsigned rates never count."""
    found = ValueRate.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gte=day), kpi__in=list(kpi_ids), signed_on__isnull=False, valid_from__lte=day
    )
    return {rate.kpi_id: rate for rate in found.order_by("kpi_id", "valid_from")}


def value_rates(kpi: Kpi, person: Person) -> list[ValueRate]:
    """All rates of a KPI that the person may see, newest first."""
    found = visible(ValueRate.objects.filter(kpi=kpi).select_related("signed_by"), person)
    return list(found.order_by("-valid_from"))


@dataclass(frozen=True)
class LateFigure:
    """A KPI whose next figure should be there: due `due_on` (None: there has been none yet), `days_late` from that day."""

    kpi: Kpi
    last_on: date | None
    due_on: date | None
    days_late: int
    objectives: tuple[Objective, ...]


def overdue_measurements(day: date, person: Person | None = None) -> list[LateFigure]:
    """KPIs of live objectives whose next figure is late, longest first; with a person, those that he or she is to enter.

    A KPI is late when its last figure is older than its cadence and the time to collect one (`progress.NEXT_FIGURE`).
    """
    live = Target.objects.filter(objective__state__in=LIVE).select_related("objective", "kpi")
    if person is not None:
        live = live.filter(kpi__owner=person)
    late: dict[int, LateFigure] = {}
    for target in with_figures(live).select_related("objective", "kpi__owner"):
        due = progress.next_figure_due(target.last_on, target.kpi.cadence)  # type: ignore[attr-defined]
        if due is not None and due >= day:
            continue
        before = late.get(target.kpi_id)
        objectives = (*before.objectives, target.objective) if before else (target.objective,)
        days = (day - due).days if due is not None else 0
        last_on = target.last_on  # type: ignore[attr-defined]
        late[target.kpi_id] = LateFigure(target.kpi, last_on, due, days, tuple(dict.fromkeys(objectives)))
    return sorted(late.values(), key=lambda row: (-row.days_late, row.kpi.pk))


def targets_on(kpi: Kpi, person: Person) -> list[Target]:
    """The targets on a KPI that the person may see, live objectives first."""
    found = visible(Target.objects.filter(kpi=kpi).select_related("objective"), person).order_by("due_on", "id")
    return sorted(found, key=lambda target: target.objective.state not in LIVE)


@dataclass(frozen=True)
class KpiRow:
    """A KPI as the list shows it: its last two years of figures and the number of live objectives seen that use it."""

    kpi: Kpi
    figures: tuple[tuple[date, float], ...]
    next_due: date | None
    uses: int

    def is_late(self, day: date) -> bool:
        """Whether the next figure should be there by now."""
        return self.next_due is None or self.next_due < day


def kpi_rows(person: Person, day: date) -> list[KpiRow]:
    """Every KPI that the person may see, those in use first, in two statements."""
    seen = visible(Target.objects.filter(objective__state__in=LIVE), person).order_by().values("pk")
    uses = Count("targets", filter=Q(targets__in=seen), distinct=True)
    found = list(kpis(person).annotate(uses=uses))
    figures = series([kpi.pk for kpi in found])
    rows = []
    for kpi in found:
        mine = comparable(figures.get(kpi.pk, []), kpi)
        last = mine[-1][0] if mine else None
        recent = tuple(row for row in mine if row[0] >= day - timedelta(days=730))
        rows.append(KpiRow(kpi, recent or tuple(mine[-1:]), progress.next_figure_due(last, kpi.cadence), kpi.uses))
    return sorted(rows, key=lambda row: row.uses == 0)


def limits_in_words(kpi: Kpi, figures: Iterable[float], targets: Iterable[Target]) -> str:
    """Between what its figure lies; where a share in % has no limits, why."""
    if kpi.floor is not None and kpi.ceiling is not None:
        return f"{writing.number(kpi.floor)} to {writing.number(kpi.ceiling)}"
    if kpi.floor is not None:
        return f"not below {writing.number(kpi.floor)}"
    if kpi.ceiling is not None:
        return f"not above {writing.number(kpi.ceiling)}"
    if not is_share(kpi):
        return "none"
    aimed = (level for row in targets for level in (row.baseline, row.value, row.band_low, row.band_high))
    if beyond_share([*figures, *aimed]):
        return "none assumed: a figure or a target lies outside 0 to 100"
    return "none set: a forecast may pass 100 %"
