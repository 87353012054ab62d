"""Making and keeping forecasts. Derived data: computed again, never undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from goldenthread.accounts.queries import newest_changeset_id
from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.kit.errors import Refused
from goldenthread.plan.mapping import levers as lever_mapping
from goldenthread.plan.mapping.experience import experience_by_kind
from goldenthread.plan.mapping.finishes import SEED, finishes, networks_of
from goldenthread.plan.mapping.others import OtherFigures
from goldenthread.plan.mapping.results import stored_inputs, stored_results
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.mapping.thread import thread
from goldenthread.plan.models import Forecast
from goldenthread.plan.queries.freshness import freshness_in_short
from goldenthread.purpose.models import Office
from goldenthread.schedule.actions import compute_dates

RUNS = 10_000
KEEP_NEWEST = 20  # besides the last one of every day


def make_forecast(
    *, office: Office, today: date | None = None, runs: int = RUNS, seed: int = SEED, others: OtherFigures | None = None
) -> Forecast:
    """Compute the office's forecast and keep it with everything that went in. Refused where the engine names a row at fault.

    `others`: whose figures trends are drawn to, where that is not to follow from the targets of this very plan.
    """
    day = today or timezone.localdate()
    head = newest_changeset_id()
    compute_dates(schedule=office.plan.schedule, today=day)
    rows = thread_rows(office, day)
    rows.others = others or rows.others
    rows.networks = networks_of(rows.projects, day, seed)
    options = ForecastOptions(seed=seed, runs=runs, months=_months(rows.targets, day))
    try:
        going_in = thread(rows, finishes(rows, seed))
        made = forecast(going_in.data, options)
        inputs = stored_inputs(going_in, options)
        results = stored_results(going_in, made, options, day, inputs)
        results["experience"] = experience_by_kind(rows, going_in.finish)
        results["levers"] = lever_mapping.levers_by_objective(rows, going_in, made, options)
        results["freshness"] = freshness_in_short(office.plan, day)
    except EngineError as error:
        raise Refused(f"The forecast cannot be computed: {error}") from error
    with transaction.atomic():
        row = Forecast(
            office=office,
            data_date=day,
            seed=seed,
            runs=runs,
            engine=made.engine,
            digest=made.digest,
            inputs=inputs,
            results=results,
            made_at=timezone.now(),
            head=head,
        )
        row.save()
        _forget_old(office)
    return row


def _months(targets: list[Any], day: date) -> tuple[float, ...]:
    """Month ends of the fan, in days from today: to the last due date, at least a year and at most five."""
    last = max((t.due_on for t in targets if t.due_on), default=day)
    count = min(60, max(12, round((last - day).days / 30.4) + 1))
    return tuple(365.25 / 12 * i for i in range(1, count + 1))


def _forget_old(office: Office) -> None:
    kept = set(Forecast.objects.filter(office=office).order_by("-id").values_list("id", flat=True)[:KEEP_NEWEST])
    kept |= set(
        Forecast.objects.filter(office=office).values("data_date").annotate(last=Max("id")).values_list("last", flat=True)
    )
    Forecast.objects.filter(office=office).exclude(pk__in=kept).delete()
