"""Keeping what forecasts said, and judging it once its day has passed. Derived data: no changeset, never undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from goldenthread.evidence.models import OwnEstimate, Prediction, StatedChance
from goldenthread.kit import history
from goldenthread.plan.queries import latest_forecast
from goldenthread.purpose.models import Kpi, Measurement, Office, Target
from goldenthread.purpose.queries import NEXT_FIGURE, is_reached

AIM = ("due_on", "value", "band_low", "band_high", "tolerance")
SAID = ("chance", "p10", "p50", "p90", "basis")


def keep_predictions(*, office: Office) -> int:
    """Keep what the office's newest forecast says of each of its targets, the first time in a month. Returns how many.

    A target that was changed since waits for the next forecast: what was said must stand beside the aim it was said of.
    """
    made = latest_forecast(office)
    if made is None:
        return 0
    day = made.data_date
    said = {int(pk): row for pk, row in made.results["targets"].items() if row["chance"] is not None}
    known = Prediction.objects.filter(target__in=said, made_on__year=day.year, made_on__month=day.month)
    changed = history.records(Target).filter(id__in=said, changeset_id__gt=made.head)
    wanted = set(said) - set(known.values_list("target_id", flat=True)) - set(changed.values_list("id", flat=True))
    rows = [
        Prediction(
            organisation=office.organisation,
            target=target,
            made_on=day,
            engine=made.engine,
            **{name: getattr(target, name) for name in AIM},
            **{name: said[target.pk][name] for name in SAID},
        )
        for target in Target.objects.filter(pk__in=wanted, due_on__gt=day)
    ]
    Prediction.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def close_predictions(*, today: date) -> int:
    """Judge every open prediction and own estimate whose due date has passed, once its figure is there. Returns how many.

    Its figure is the first on or after the due date; where none comes within the KPI's own time for a figure, the last one
    before, if it is no older than that; where there is neither, it closes without an outcome.
    """
    return _close(Prediction, today) + _close(OwnEstimate, today)


def _close(model: Any, today: date) -> int:
    due: QuerySet[Any] = model.objects.filter(closed_on=None, due_on__lt=today).select_related("target__kpi")
    closed = []
    for row in due:
        kpi = row.target.kpi
        changed = kpi.redefined_on is not None and kpi.redefined_on > row.made_on
        figure = None if changed else figure_of(kpi, row.due_on)
        still_to_come = today <= row.due_on + timedelta(days=NEXT_FIGURE[kpi.cadence])
        if not changed and still_to_come and (figure is None or figure.on < row.due_on):
            continue
        row.closed_on = today
        if figure is not None:
            row.outcome = figure.value
            row.was_reached = reached(row, kpi, figure.value)
        closed.append(row)
    model.objects.bulk_update(closed, ["closed_on", "outcome", "was_reached"], batch_size=500)
    return len(closed)


def figure_of(kpi: Kpi, day: date) -> Measurement | None:
    """The standing figure that says how a KPI stood on a day; None where none lies near enough."""
    reach = timedelta(days=NEXT_FIGURE[kpi.cadence])
    standing = Measurement.objects.filter(kpi=kpi, withdrawn_at__isnull=True)
    after = standing.filter(on__gte=day, on__lte=day + reach).order_by("on").first()
    return after or standing.filter(on__lt=day, on__gte=day - reach).order_by("-on").first()


def reached(said: StatedChance, kpi: Kpi, value: float) -> bool | None:
    """Whether a figure reaches the aim that a prediction spoke of."""
    return is_reached(
        value,
        direction=kpi.direction,
        target=said.value,
        low=said.band_low,
        high=said.band_high,
        tolerance=said.tolerance,
    )
